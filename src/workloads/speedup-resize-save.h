/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-resize-workload.h"

G_BEGIN_DECLS

#define SPEEDUP_RESIZE_N_THUMBNAILS    48
#define SPEEDUP_RESIZE_THUMBNAIL_SIZE  128

gboolean  speedup_resize_save_dir (SpeedupResizeWorkload  *workload,
                                   GVariant *const        *outputs,
                                   guint                   n_outputs,
                                   GFile                  *dir,
                                   guint                  *n_saved,
                                   GCancellable           *cancellable,
                                   GError                **error);
gboolean  speedup_resize_save_array (SpeedupResizeWorkload  *workload,
                                     GVariant *const        *outputs,
                                     guint                   n_outputs,
                                     GFile                  *file,
                                     guint                  *n_saved,
                                     GCancellable           *cancellable,
                                     GError                **error);
GVariant *speedup_resize_summarise (SpeedupResizeWorkload  *workload,
                                    GVariant *const        *outputs,
                                    guint                   n_outputs) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
