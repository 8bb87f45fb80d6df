/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n.h>

#include "speedup-cli-load.h"
#include "speedup-cli-outputs.h"
#include "speedup-cli-terminal.h"

/**
 * speedup_cli_show:
 * @command: its row of the table
 * @args: (inout): command line
 *
 * `speedup-cli show FILE`: prints a saved result.
 *
 * Returns: the exit code
 */
SpeedupExit
speedup_cli_show (const SpeedupCommand *command,
                  GStrv                *args)
{
  g_autoptr (SpeedupCliParser) parser = speedup_cli_parser_new (command);
  g_autoptr (SpeedupResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *format = NULL;
  gboolean helped = FALSE;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "format", 0, 0, G_OPTION_ARG_STRING, &format,
      N_("What to print on standard output (text)"), "text|json" },
    G_OPTION_ENTRY_NULL,
  };

  speedup_cli_parser_add (parser, NULL, entries);
  if (!speedup_cli_parser_parse (parser, args, &helped, &error))
    return speedup_cli_fail (command, error);
  if (helped)
    return SPEEDUP_EXIT_DONE;

  if (!speedup_cli_parse_format (format, &json, &error))
    return speedup_cli_fail (command, error);

  result = speedup_cli_load_argument (*args, &error);
  if (result == NULL || !speedup_cli_print_result (result, json, &error))
    return speedup_cli_fail (command, error);

  return SPEEDUP_EXIT_DONE;
}
