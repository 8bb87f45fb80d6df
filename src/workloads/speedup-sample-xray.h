/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

GBytes *speedup_sample_xray_make (guint64   seed,
                                  guint     index,
                                  guint    *width,
                                  guint    *height) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
