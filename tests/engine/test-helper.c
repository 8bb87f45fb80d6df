/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <string.h>

#include "speedup-error.h"
#include "speedup-helper.h"

#define NAME "speedup-no-such-program"

/* The first folder of several that has it as an executable file wins. */
static void
test_order (void)
{
  g_autofree char *folder = g_dir_make_tmp ("speedup-helper-XXXXXX", NULL);
  g_autofree char *plain = g_build_filename (folder, "plain", NULL);
  g_autofree char *first = g_build_filename (folder, "first", NULL);
  g_autofree char *second = g_build_filename (folder, "second", NULL);
  g_autofree char *not_executable = g_build_filename (plain, NAME, NULL);
  g_autofree char *in_first = g_build_filename (first, NAME, NULL);
  g_autofree char *in_second = g_build_filename (second, NAME, NULL);
  g_autofree char *path = g_strdup_printf (":/nonexistent:%s:%s:%s", plain, first, second);
  g_autofree char *found = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (plain, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (first, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (second, 0700), ==, 0);
  g_assert_true (g_file_set_contents_full (not_executable, "", 0, G_FILE_SET_CONTENTS_NONE, 0600,
                                           NULL));
  g_assert_true (g_file_set_contents_full (in_first, "", 0, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
  g_assert_true (g_file_set_contents_full (in_second, "", 0, G_FILE_SET_CONTENTS_NONE, 0700,
                                           NULL));

  g_setenv ("SPEEDUP_LIBEXECDIR", path, TRUE);
  found = speedup_find_helper (NAME, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, in_first);

  g_remove (not_executable);
  g_remove (in_first);
  g_remove (in_second);
  g_rmdir (plain);
  g_rmdir (first);
  g_rmdir (second);
  g_rmdir (folder);
}

static void
test_missing (void)
{
  static const char *const paths[] = { "/nonexistent/a:/nonexistent/b", "", NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;

      if (paths[i] == NULL)
        g_unsetenv ("SPEEDUP_LIBEXECDIR");
      else
        g_setenv ("SPEEDUP_LIBEXECDIR", paths[i], TRUE);

      g_assert_null (speedup_find_helper (NAME, &error));
      g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_WORKER_MISSING);
      g_assert_nonnull (strstr (error->message, NAME));
      if (paths[i] != NULL)
        g_assert_nonnull (strstr (error->message, paths[i]));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/helper/order", test_order);
  g_test_add_func ("/helper/missing", test_missing);

  return g_test_run ();
}
