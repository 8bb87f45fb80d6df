/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-journal.h"

#include <glib/gstdio.h>
#include <string.h>

#include "fake-executor.h"
#include "speedup-error.h"
#include "speedup-result-file.h"

typedef struct
{
  char *folder;
  char *path;
  GFile *file;
  SpeedupResult *result;
} Fixture;

static SpeedupResult *
make_result (void)
{
  g_autoptr (SpeedupPlan) plan = NULL;
  SpeedupResult *result;

  plan = speedup_plan_new ("fake", g_variant_new_parsed ("{'days': <int64 3>}"), 4);
  speedup_plan_add_sweep (plan, SPEEDUP_EXECUTOR_SEQUENTIAL, NULL, 0, NULL, 0);
  result = speedup_result_new (plan, speedup_machine_read (NULL));
  for (guint round = 0; round <= 3; round++)
    {
      SpeedupRun *run = speedup_run_new (g_ptr_array_index (plan->configurations, 0), round, 1, 1);

      run->wall_s = 1.0 / 3 + round;
      run->status = round == 0 ? SPEEDUP_RUN_WARM_UP : SPEEDUP_RUN_OK;
      run->digest = g_strdup ("abc");
      g_ptr_array_add (result->runs, run);
    }
  g_ptr_array_add (result->warnings, speedup_warning_new ("source-changed", NULL));

  return result;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (SpeedupJournal) journal = NULL;
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("speedup-test-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "x.speedup.journal", NULL);
  fixture->file = g_file_new_for_path (fixture->path);
  fixture->result = make_result ();
  journal = speedup_journal_create (fixture->file, fixture->result, "print", &error);
  g_assert_no_error (error);
  for (guint round = 0; round <= 2; round++)
    g_assert_true (speedup_journal_append_round (journal, fixture->result, round, &error));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->path);
  g_object_unref (fixture->file);
  speedup_result_unref (fixture->result);
}

static void
test_load (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *fingerprint = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SpeedupResult) read = speedup_journal_load (fixture->file, &fingerprint, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (fingerprint, ==, "print");
  g_assert_cmpint (read->status, ==, SPEEDUP_RESULT_INTERRUPTED);
  g_assert_cmpuint (read->rounds_completed, ==, 2);
  g_assert_cmpuint (read->runs->len, ==, 3);
  g_assert_true (speedup_result_get_counted (read, 0, 2)->wall_s == 1.0 / 3 + 2);
  g_assert_true (speedup_result_has_warning (read, "source-changed"));
  g_assert_nonnull (read->analysis);
}

/* Wherever the power goes while the last line is written, the rounds before it are there, and the
 * journal can be gone on with.
 */
static void
test_torn (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *text = NULL;
  gsize length, last;

  g_assert_true (g_file_get_contents (fixture->path, &text, &length, NULL));
  last = (gsize) (g_strrstr_len (text, (gssize) length - 1, "\n") - text) + 1;

  for (gsize cut = last; cut < length; cut += 1 + (length - last) / 23)
    {
      g_autofree char *fingerprint = NULL;
      g_autofree char *again = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (SpeedupResult) read = NULL;
      g_autoptr (SpeedupResult) mended = NULL;
      g_autoptr (SpeedupJournal) journal = NULL;

      g_assert_true (g_file_set_contents (fixture->path, text, (gssize) cut, NULL));
      read = speedup_journal_load (fixture->file, &fingerprint, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (read->rounds_completed, ==, 1);

      journal = speedup_journal_reopen (fixture->file, &error);
      g_assert_no_error (error);
      g_assert_true (speedup_journal_append_round (journal, fixture->result, 2, &error));
      g_assert_true (speedup_journal_append_round (journal, fixture->result, 3, &error));
      mended = speedup_journal_load (fixture->file, &again, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (mended->rounds_completed, ==, 3);
    }
}

/* Some file systems leave zeros where a line was to be. */
static void
test_zeros (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *text = NULL;
  g_autofree char *fingerprint = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SpeedupResult) read = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (fixture->path, &text, &length, NULL));
  memset (text + length - 50, 0, 49);
  g_assert_true (g_file_set_contents (fixture->path, text, (gssize) length, NULL));
  read = speedup_journal_load (fixture->file, &fingerprint, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (read->rounds_completed, ==, 1);
}

static void
assert_refused (Fixture    *fixture,
                const char *text,
                gsize       length,
                int         code)
{
  g_autofree char *fingerprint = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (fixture->path, text, (gssize) length, NULL));
  g_assert_null (speedup_journal_load (fixture->file, &fingerprint, &error));
  g_assert_error (error, SPEEDUP_ERROR, code);
  g_assert_null (fingerprint);
}

static void
test_damaged (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *text = NULL;
  g_autofree char *newer = NULL;
  g_autofree char *twice = NULL;
  g_autoptr (GString) deep = g_string_new ("{\"x\":");
  g_auto (GStrv) lines = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (fixture->path, &text, &length, NULL));
  lines = g_strsplit (text, "\n", -1);

  assert_refused (fixture, "", 0, SPEEDUP_ERROR_FORMAT);
  assert_refused (fixture, "garbage\n", 8, SPEEDUP_ERROR_FORMAT);
  assert_refused (fixture, "{}\n", 3, SPEEDUP_ERROR_FORMAT);
  for (guint i = 0; i < 200000; i++)
    g_string_append_c (deep, '[');
  g_string_append_c (deep, '\n');
  assert_refused (fixture, deep->str, deep->len, SPEEDUP_ERROR_FORMAT);

  newer = g_strdup (text);
  *strstr (newer, "journal/1") = 'J';
  assert_refused (fixture, newer, length, SPEEDUP_ERROR_FORMAT);
  memcpy (strstr (newer, "Journal/1"), "journal/2", 9);
  assert_refused (fixture, newer, length, SPEEDUP_ERROR_NEWER_SCHEMA);

  /* A round that is there twice, in the midst. */
  twice = g_strdup_printf ("%s\n%s\n%s\n%s\n%s\n", lines[0], lines[1], lines[2], lines[2],
                           lines[3]);
  assert_refused (fixture, twice, strlen (twice), SPEEDUP_ERROR_FORMAT);
}

static void
test_check (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (SpeedupWorkload) workload = NULL;
  g_autoptr (SpeedupWorkload) larger = NULL;
  g_autofree char *fingerprint = NULL;
  g_autoptr (GError) error = NULL;
  FakeWorld world;

  fake_world_init (&world);
  workload = fake_world_new_workload (&world, 4);
  larger = fake_world_new_workload (&world, 5);
  fingerprint = speedup_workload_dup_fingerprint (workload);

  g_assert_true (speedup_journal_check (fixture->result, fingerprint, workload, &error));
  g_assert_no_error (error);
  g_assert_false (speedup_journal_check (fixture->result, "other", workload, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_CHANGED);
  g_clear_error (&error);
  g_assert_false (speedup_journal_check (fixture->result, fingerprint, larger, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_CHANGED);
  g_clear_error (&error);
  fixture->result->machine->cpus_usable++;
  g_assert_false (speedup_journal_check (fixture->result, fingerprint, workload, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_CHANGED);
}

static void
test_cannot_open (Fixture       *fixture,
                  gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GFile) nowhere = g_file_new_for_path ("/nonexistent/x.journal");
  g_autoptr (GFile) full = g_file_new_for_path ("/dev/full");
  g_autofree char *fingerprint = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (speedup_journal_create (nowhere, fixture->result, "print", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (speedup_journal_load (nowhere, &fingerprint, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (speedup_journal_create (full, fixture->result, "print", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
}

static void
test_name (void)
{
  g_autoptr (GFile) result = g_file_new_for_path ("/tmp/a/weather.speedup");
  g_autoptr (GFile) journal = speedup_journal_get_file_for_result (result);
  g_autofree char *path = g_file_get_path (journal);

  g_assert_cmpstr (path, ==, "/tmp/a/weather.speedup.journal");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/engine/journal/load", Fixture, NULL, set_up, test_load, tear_down);
  g_test_add ("/engine/journal/torn", Fixture, NULL, set_up, test_torn, tear_down);
  g_test_add ("/engine/journal/zeros", Fixture, NULL, set_up, test_zeros, tear_down);
  g_test_add ("/engine/journal/damaged", Fixture, NULL, set_up, test_damaged, tear_down);
  g_test_add ("/engine/journal/check", Fixture, NULL, set_up, test_check, tear_down);
  g_test_add ("/engine/journal/cannot-open", Fixture, NULL, set_up, test_cannot_open, tear_down);
  g_test_add_func ("/engine/journal/name", test_name);

  return g_test_run ();
}
