/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

GArray *speedup_schedule_get_order (guint64 seed,
                                    guint   round,
                                    guint   n_configurations) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
