/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-cli.h"

G_BEGIN_DECLS

/**
 * SpeedupCliParser:
 *
 * Takes the command line of one command apart.
 */
typedef struct _SpeedupCliParser SpeedupCliParser;

SpeedupCliParser *speedup_cli_parser_new (const SpeedupCommand  *command) G_GNUC_WARN_UNUSED_RESULT;
void              speedup_cli_parser_free (SpeedupCliParser      *self);
void              speedup_cli_parser_add (SpeedupCliParser      *self,
                                          const char            *title,
                                          const GOptionEntry    *entries);
gboolean          speedup_cli_parser_parse (SpeedupCliParser      *self,
                                            GStrv                 *args,
                                            gboolean              *helped,
                                            GError               **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupCliParser, speedup_cli_parser_free)

char           *speedup_cli_closest (const char            *word,
                                     const char *const     *choices) G_GNUC_WARN_UNUSED_RESULT;
gboolean        speedup_cli_parse_choice (const char            *option,
                                          const char            *text,
                                          const char *const     *choices,
                                          guint                 *choice,
                                          GError               **error);
gboolean        speedup_cli_parse_number (const char            *option,
                                          const char            *text,
                                          guint64                min,
                                          guint64                max,
                                          guint64               *value,
                                          GError               **error);
GArray         *speedup_cli_parse_counts (const char            *option,
                                          const char            *text,
                                          guint                  max,
                                          GError               **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean        speedup_cli_parse_duration (const char            *option,
                                            const char            *text,
                                            double                 min_s,
                                            double                 max_s,
                                            double                *value_s,
                                            GError               **error);
gboolean        speedup_cli_parse_bandwidth (const char            *option,
                                             const char            *text,
                                             double                *bytes_per_s,
                                             GError               **error);
gboolean        speedup_cli_parse_share (const char            *option,
                                         const char            *text,
                                         double                 max,
                                         double                *share,
                                         GError               **error);
gboolean        speedup_cli_parse_size (const char            *option,
                                        const char            *text,
                                        guint                  min,
                                        guint                  max,
                                        guint                 *width,
                                        guint                 *height,
                                        GError               **error);

G_END_DECLS
