/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void     speedup_page_cache_warm (const char    *path,
                                  GCancellable  *cancellable);
gboolean speedup_page_cache_drop (const char    *path,
                                  GError       **error);
gboolean speedup_page_cache_count (const char    *path,
                                   gsize         *n_resident,
                                   gsize         *n_pages,
                                   GError       **error);

G_END_DECLS
