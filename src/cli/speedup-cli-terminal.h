/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-cli.h"

G_BEGIN_DECLS

void          speedup_cli_terminal_init (void);
gboolean      speedup_cli_print (const char            *text,
                                 GError               **error);
void          speedup_cli_log (const char            *format,
                               ...) G_GNUC_PRINTF (1, 2);
char         *speedup_cli_printable (const char            *text) G_GNUC_WARN_UNUSED_RESULT;
gboolean      speedup_cli_is_terminal (void);
guint         speedup_cli_get_columns (void);
guint         speedup_cli_text_width (const char            *text);
SpeedupExit   speedup_cli_fail (const SpeedupCommand  *command,
                                const GError          *error);
GCancellable *speedup_cli_catch_signals (void);

G_END_DECLS
