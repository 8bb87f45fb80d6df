/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The a{sv} that a workload is made from. It comes from the command line with the types that the
 * caller likes, or from a result file, where JSON knows but one kind of integer and no array of
 * strings. So these readers take every integer type (y n q i u x t), every number where a double
 * is wanted, and `as` or `av` where strings are. A key that is absent leaves the value as it was:
 * set the default first.
 */
gboolean speedup_options_check_keys (GVariant           *options,
                                     const char *const  *known,
                                     GError            **error);
gboolean speedup_options_read_int64 (GVariant           *options,
                                     const char         *key,
                                     gint64              minimum,
                                     gint64              maximum,
                                     gint64             *value,
                                     GError            **error);
gboolean speedup_options_read_uint64 (GVariant           *options,
                                      const char         *key,
                                      guint64            *value,
                                      GError            **error);
gboolean speedup_options_read_uint (GVariant           *options,
                                    const char         *key,
                                    guint               minimum,
                                    guint               maximum,
                                    guint              *value,
                                    GError            **error);
gboolean speedup_options_read_double (GVariant           *options,
                                      const char         *key,
                                      double              minimum,
                                      double              maximum,
                                      double             *value,
                                      GError            **error);
gboolean speedup_options_read_boolean (GVariant           *options,
                                       const char         *key,
                                       gboolean           *value,
                                       GError            **error);
gboolean speedup_options_read_string (GVariant           *options,
                                      const char         *key,
                                      char              **value,
                                      GError            **error);
gboolean speedup_options_read_strv (GVariant           *options,
                                    const char         *key,
                                    GStrv              *value,
                                    GError            **error);

G_END_DECLS
