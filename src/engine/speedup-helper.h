/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

char *speedup_find_helper (const char  *name,
                           GError     **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
