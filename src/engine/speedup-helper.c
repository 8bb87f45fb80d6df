/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "speedup-helper.h"

#include "speedup-error.h"

static char *
find_in (const char *folder,
         const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR) ||
      !g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
    return NULL;

  return g_steal_pointer (&path);
}

/**
 * speedup_find_helper:
 * @name: file name of a helper program, such as "speedup-worker"
 * @error: return location; %SPEEDUP_ERROR_WORKER_MISSING, naming the program and where it was
 *   looked for
 *
 * Finds a helper program in the folders of the environment variable `SPEEDUP_LIBEXECDIR`
 * (separated by ':'; for running without installing), then where helpers are installed.
 *
 * Returns: (transfer full): its path
 */
char *
speedup_find_helper (const char  *name,
                     GError     **error)
{
  const char *searched = g_getenv ("SPEEDUP_LIBEXECDIR");
  g_auto (GStrv) folders = g_strsplit (searched == NULL ? "" : searched, ":", -1);
  g_autofree char *shown = NULL;
  char *path;

  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  for (guint i = 0; folders[i] != NULL; i++)
    {
      if (folders[i][0] == '\0')
        continue;

      path = find_in (folders[i], name);
      if (path != NULL)
        return path;
    }

  path = find_in (SPEEDUP_LIBEXECDIR, name);
  if (path != NULL)
    return path;

  if (searched == NULL || searched[0] == '\0')
    shown = g_strdup (SPEEDUP_LIBEXECDIR);
  else
    shown = g_strdup_printf ("%s:%s", searched, SPEEDUP_LIBEXECDIR);

  g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_WORKER_MISSING,
               "The program “%s” is missing in %s. Install Speedup again, or set "
               "SPEEDUP_LIBEXECDIR to the folder that holds it.", name, shown);
  return NULL;
}
