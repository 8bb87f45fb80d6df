/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-result.h"

G_BEGIN_DECLS

#define SPEEDUP_RESULT_SCHEMA     "speedup-result/1"
#define SPEEDUP_RESULT_MAX_BYTES  (256 * 1024 * 1024)
#define SPEEDUP_RESULT_MAX_DEPTH  32

char          *speedup_result_to_json (SpeedupResult  *self) G_GNUC_WARN_UNUSED_RESULT;
SpeedupResult *speedup_result_from_json (const char     *json,
                                         gssize          length,
                                         GError        **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean       speedup_result_save (SpeedupResult  *self,
                                    GFile          *file,
                                    GCancellable   *cancellable,
                                    GError        **error);
SpeedupResult *speedup_result_load (GFile          *file,
                                    GCancellable   *cancellable,
                                    GError        **error) G_GNUC_WARN_UNUSED_RESULT;
void           speedup_result_load_async (GFile               *file,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data);
SpeedupResult *speedup_result_load_finish (GAsyncResult        *result,
                                           GError             **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
