/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "speedup-cli-load.h"

#include <glib/gi18n.h>
#include <string.h>

#include "speedup-result-file.h"

/**
 * speedup_cli_get_argument:
 * @args: command line without its options
 * @what: what the one argument is, for messages
 * @error: return location
 *
 * Returns: (nullable): the one argument, in the file system's encoding
 */
const char *
speedup_cli_get_argument (GStrv         args,
                          const char   *what,
                          GError      **error)
{
  guint first = args[1] != NULL && strcmp (args[1], "--") == 0 ? 2 : 1;

  if (args[first] == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   /* Translators: %s is FILE or DIR */
                   _("Give the %s as an argument; --help shows how."), what);
      return NULL;
    }
  if (args[first + 1] != NULL)
    {
      g_autofree char *name = g_filename_display_name (args[first + 1]);

      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   _("'%s' is one argument too many; give one %s."), name, what);
      return NULL;
    }

  return args[first];
}

/**
 * speedup_cli_load_argument:
 * @args: command line without its options
 * @error: return location
 *
 * Returns: (transfer full): the result in the one file that is named; %NULL with an error
 */
SpeedupResult *
speedup_cli_load_argument (GStrv    args,
                           GError **error)
{
  const char *path = speedup_cli_get_argument (args, "FILE", error);
  g_autoptr (GFile) file = NULL;

  if (path == NULL)
    return NULL;

  file = g_file_new_for_path (path);

  return speedup_result_load (file, NULL, error);
}
