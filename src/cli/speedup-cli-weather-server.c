/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <unistd.h>

#include "speedup-cli-terminal.h"
#include "speedup-helper.h"

/**
 * speedup_cli_weather_server:
 * @command: its row of the table
 * @args: (inout): command line
 *
 * `speedup-cli weather-server`: becomes the built-in server, which has its own options and its own
 * help.
 *
 * Returns: the exit code, where the server could not be started
 */
SpeedupExit
speedup_cli_weather_server (const SpeedupCommand *command,
                            GStrv                *args)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = speedup_find_helper ("speedup-weather-server", &error);

  if (path == NULL)
    return speedup_cli_fail (command, error);

  execv (path, *args);

  g_set_error (&error, G_IO_ERROR, g_io_error_from_errno (errno),
               _("'%s' cannot be started: %s."), path, g_strerror (errno));

  return speedup_cli_fail (command, error);
}
