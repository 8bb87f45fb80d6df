/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-resize-workload.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include "speedup-error.h"
#include "speedup-page-cache.h"
#include "speedup-resize-inputs.h"
#include "test-pictures.h"

static void
add_pictures (TestPictures *fixture,
              guint         n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%02u.png", fixture->dir, i);
      g_autoptr (GdkPixbuf) picture = test_pictures_new_noise (20 + (int) i, 20);

      test_pictures_save (picture, path, "png");
    }
}

static SpeedupWorkload *
make (GVariant  *options,
      GError   **error)
{
  g_autoptr (GVariant) taken = g_variant_ref_sink (options);

  return speedup_resize_workload_new_from_options (taken, NULL, error);
}

/* text is a dictionary in the text format of GVariant, without the input. */
static SpeedupWorkload *
make_for_dir (TestPictures *fixture,
              const char   *text,
              GError      **error)
{
  g_autoptr (GVariant) options = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
  const char *inputs[] = { fixture->dir, NULL };
  GVariantDict dict;

  g_assert_nonnull (options);
  g_variant_dict_init (&dict, options);
  g_variant_dict_insert_value (&dict, "input", g_variant_new_strv (inputs, -1));

  return make (g_variant_dict_end (&dict), error);
}

static GVariant *
run_task (SpeedupWorkload *workload,
          guint            task)
{
  SpeedupTaskOutcome outcome = { NULL };
  g_autoptr (GError) error = NULL;

  speedup_workload_run_task (workload, NULL, task, NULL, &outcome, &error);
  g_assert_no_error (error);

  return outcome.output;
}

static void
test_defaults (TestPictures *fixture,
               gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SpeedupWorkload) workload = NULL;
  const SpeedupResizeSettings *settings;
  g_autoptr (GVariant) output = NULL;
  g_autofree char *name = NULL;
  g_autofree char *path = g_build_filename (fixture->dir, "02.png", NULL);

  add_pictures (fixture, 3);
  workload = make_for_dir (fixture, "{}", &error);
  g_assert_no_error (error);

  g_assert_cmpstr (speedup_workload_get_name (workload), ==, "resize");
  g_assert_true (speedup_workload_is_cpu_bound (workload));
  g_assert_cmpuint (speedup_workload_get_n_tasks (workload), ==, 3);
  g_assert_cmpuint (speedup_workload_get_population (workload), ==, 3);
  name = speedup_workload_dup_task_name (workload, 2);
  g_assert_cmpstr (name, ==, path);

  settings = speedup_resize_workload_get_settings (SPEEDUP_RESIZE_WORKLOAD (workload));
  g_assert_cmpuint (settings->width, ==, 64);
  g_assert_cmpuint (settings->height, ==, 64);
  g_assert_cmpint (settings->fit, ==, SPEEDUP_RESIZE_STRETCH);
  g_assert_cmpint (settings->decode, ==, SPEEDUP_RESIZE_SCALED);
  g_assert_cmpuint (settings->max_pixels, ==, 100000000);

  output = run_task (workload, 0);
  g_assert_true (g_variant_is_of_type (output, G_VARIANT_TYPE_BYTESTRING));
  g_assert_cmpuint (g_variant_get_size (output), ==, 64 * 64 * 3);
}

static void
test_bad_options (TestPictures *fixture,
                  gconstpointer data G_GNUC_UNUSED)
{
  static const struct
  {
    const char *options;
    const char *reason;
  } rows[] = {
    { "{'width': <0>}", "between 1 and 4096" },
    { "{'width': <4097>}", "between 1 and 4096" },
    { "{'height': <-1>}", "between 1 and 4096" },
    { "{'height': <'tall'>}", "whole number" },
    { "{'fit': <'squash'>}", "stretch, contain or cover" },
    { "{'fit': <1>}", "text" },
    { "{'decode': <'half'>}", "scaled or full" },
    { "{'max-pixels': <0>}", "max-pixels" },
    { "{'max-pixels': <uint64 18446744073709551615>}", "max-pixels" },
    { "{'count': <0>}", "count" },
    { "{'count': <5001>}", "count" },
    { "{'sample': <-5>}", "sample" },
    { "{'sample-seed': <-5>}", "sample-seed" },
    { "{'recursive': <1>}", "true or false" },
    { "{'colour': <'grey'>}", "no option" },
    { "{'input': <'a'>}", "list of texts" },
    { "{'input': <['file://elsewhere.example/%zz']>}", "no file on this machine" },
  };

  add_pictures (fixture, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariant) options = g_variant_parse (G_VARIANT_TYPE_VARDICT, rows[i].options, NULL,
                                                      NULL, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (SpeedupWorkload) workload = NULL;

      workload = strstr (rows[i].options, "input") != NULL ? make (options, &error)
                                                           : make_for_dir (fixture, rows[i].options,
                                                                           &error);
      g_test_message ("%s: %s", rows[i].options, error != NULL ? error->message : "taken");
      g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT);
      g_assert_null (workload);
      g_assert_nonnull (strstr (error->message, rows[i].reason));
    }
}

/* What dup_options() tells makes the same workload again, also by way of a result file, where every
 * integer comes back as a signed one.
 */
static void
test_options_again (TestPictures *fixture,
                    gconstpointer data G_GNUC_UNUSED)
{
  static const char *const texts[] = {
    "{}",
    "{'width': <int64 30>, 'height': <uint16 20>, 'fit': <'cover'>, 'decode': <'full'>, "
    "'max-pixels': <int64 1000>, 'sample': <int64 4>, 'sample-seed': <uint64 12345678901234>, "
    "'recursive': <true>}",
  };
  g_autofree char *odd = g_build_filename (fixture->dir, "\xff\n.png", NULL);
  g_autoptr (GdkPixbuf) picture = test_pictures_new_noise (8, 8);

  add_pictures (fixture, 9);
  test_pictures_save (picture, odd, "png");

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SpeedupWorkload) first = make_for_dir (fixture, texts[i], &error);
      g_autoptr (GVariant) options = NULL;
      g_autoptr (GVariant) options_again = NULL;
      g_autoptr (SpeedupWorkload) again = NULL;
      g_autoptr (GVariant) spec = NULL;
      g_autoptr (GVariant) spec_again = NULL;
      g_autofree char *fingerprint = NULL;
      g_autofree char *fingerprint_again = NULL;

      g_assert_no_error (error);
      options = speedup_workload_dup_options (first);
      again = make (options, &error);
      g_assert_no_error (error);

      options_again = speedup_workload_dup_options (again);
      g_assert_true (g_variant_equal (options, options_again));
      spec = speedup_workload_dup_spec (first);
      spec_again = speedup_workload_dup_spec (again);
      g_assert_true (g_variant_equal (spec, spec_again));
      fingerprint = speedup_workload_dup_fingerprint (first);
      fingerprint_again = speedup_workload_dup_fingerprint (again);
      g_assert_cmpstr (fingerprint, ==, fingerprint_again);
      g_assert_cmpuint (speedup_workload_get_population (again), ==, 10);
      g_assert_cmpuint (speedup_workload_get_n_tasks (again), ==, i == 0 ? 10 : 4);
    }
}

static void
test_odd_name (TestPictures *fixture,
               gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->dir, "\xff\n.png", NULL);
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  const char *inputs[] = { uri, NULL };
  g_autoptr (GdkPixbuf) picture = test_pictures_new_noise (8, 8);
  g_autoptr (GError) error = NULL;
  g_autoptr (SpeedupWorkload) workload = NULL;
  g_autoptr (SpeedupWorkload) worker = NULL;
  g_autoptr (GVariant) output = NULL;
  g_autoptr (GVariant) output_again = NULL;
  g_autoptr (GVariant) spec = NULL;
  g_autofree char *name = NULL;
  GVariantDict dict;

  test_pictures_save (picture, path, "png");
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "input", g_variant_new_strv (inputs, -1));
  workload = make (g_variant_dict_end (&dict), &error);
  g_assert_no_error (error);
  name = speedup_workload_dup_task_name (workload, 0);
  g_assert_true (g_utf8_validate (name, -1, NULL));

  spec = speedup_workload_dup_spec (workload);
  worker = speedup_resize_workload_new_from_spec (spec, &error);
  g_assert_no_error (error);
  output = run_task (workload, 0);
  output_again = run_task (worker, 0);
  g_assert_true (g_variant_equal (output, output_again));
}

static void
test_bad_specs (void)
{
  static const char *const specs[] = {
    "()",
    "'resize'",
    "(@aay [], uint32 0, uint32 64, 'stretch', 'scaled', uint64 1000)",
    "(@aay [], uint32 64, uint32 5000, 'stretch', 'scaled', uint64 1000)",
    "(@aay [], uint32 64, uint32 64, 'squash', 'scaled', uint64 1000)",
    "(@aay [], uint32 64, uint32 64, 'stretch', 'half', uint64 1000)",
    "(@aay [], uint32 64, uint32 64, 'stretch', 'scaled', uint64 0)",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (specs); i++)
    {
      g_autoptr (GVariant) spec = g_variant_parse (NULL, specs[i], NULL, NULL, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_nonnull (spec);
      g_assert_null (speedup_resize_workload_new_from_spec (spec, &error));
      g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_PROTOCOL);
    }
}

static void
test_fingerprint (TestPictures *fixture,
                  gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->dir, "01.png", NULL);
  const struct utimbuf times = { 1000000000, 1000000000 };
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  add_pictures (fixture, 3);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (SpeedupWorkload) workload = make_for_dir (fixture, "{}", &error);

      g_assert_no_error (error);
      *(i == 0 ? &before : &after) = speedup_workload_dup_fingerprint (workload);
      g_assert_cmpint (utime (path, &times), ==, 0);
    }
  g_assert_cmpstr (before, !=, after);
}

/* A broken picture fails by name, and the others do not. */
static void
test_failing_task (TestPictures *fixture,
                   gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->dir, "01.png", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SpeedupWorkload) workload = NULL;
  g_autoptr (GVariant) output = NULL;
  SpeedupTaskOutcome outcome = { NULL };

  add_pictures (fixture, 3);
  test_pictures_truncate (path, 0.6);
  workload = make_for_dir (fixture, "{}", &error);
  g_assert_no_error (error);

  output = run_task (workload, 2);
  g_assert_false (speedup_workload_run_task (workload, NULL, 1, NULL, &outcome, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INPUT);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_null (outcome.output);
}

typedef struct
{
  guint n_done;
  guint n_cancelled;
  GCancellable *cancellable;
} Counts;

static void
task_done_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Counts *counts = user_data;
  SpeedupTaskOutcome outcome = { NULL };
  g_autoptr (GError) error = NULL;

  if (speedup_workload_run_task_finish (SPEEDUP_WORKLOAD (source), result, &outcome, &error))
    {
      counts->n_done++;
      g_variant_unref (outcome.output);
    }
  else
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      counts->n_cancelled++;
    }

  if (counts->n_done == 2)
    g_cancellable_cancel (counts->cancellable);
}

static void
test_cancel_half_way (TestPictures *fixture,
                      gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SpeedupWorkload) workload = NULL;
  Counts counts = { 0, 0, cancellable };

  add_pictures (fixture, 5);
  workload = make_for_dir (fixture, "{}", &error);
  g_assert_no_error (error);

  for (guint i = 0; i < 5; i++)
    {
      speedup_workload_run_task_async (workload, NULL, i, cancellable, task_done_cb, &counts);
      while (counts.n_done + counts.n_cancelled <= i)
        g_main_context_iteration (NULL, TRUE);
    }
  g_assert_cmpuint (counts.n_done, ==, 2);
  g_assert_cmpuint (counts.n_cancelled, ==, 3);
}

static void
count_resident (const char *path,
                gsize      *n_resident,
                gsize      *n_pages)
{
  g_autoptr (GError) error = NULL;

  speedup_page_cache_count (path, n_resident, n_pages, &error);
  g_assert_no_error (error);
}

/* A file without an end, as good as: nothing is read, and no memory is asked for each page. */
static void
test_page_cache_sparse (TestPictures *fixture,
                        gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->dir, "sparse.bmp", NULL);
  gsize n_resident, n_pages;
  g_autoptr (GError) error = NULL;

  test_pictures_write (path, "BM", 2);
  if (truncate (path, (off_t) 8 << 40) != 0)
    {
      g_test_skip ("The file system has no file of 8 TiB");
      return;
    }

  speedup_page_cache_warm (path, NULL);
  g_assert_false (speedup_page_cache_drop (path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "larger than any picture"));
  g_clear_error (&error);
  g_assert_false (speedup_page_cache_count (path, &n_resident, &n_pages, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INPUT);
}

static void
test_page_cache (TestPictures *fixture,
                 gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->dir, "00.bmp", NULL);
  g_autofree char *fifo = g_build_filename (fixture->dir, "fifo.bmp", NULL);
  const char *inputs[] = { path, fifo, NULL };
  g_autoptr (GdkPixbuf) picture = test_pictures_new_noise (500, 500);
  g_autoptr (SpeedupWorkload) workload = NULL;
  g_autoptr (GError) error = NULL;
  gsize n_resident, n_pages;
  GVariantDict dict;

  test_pictures_save (picture, path, "bmp");
  test_pictures_make_fifo (fifo);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "input", g_variant_new_strv (inputs, -1));
  workload = make (g_variant_dict_end (&dict), &error);
  g_assert_no_error (error);

  if (!speedup_workload_prepare_run (workload, SPEEDUP_CACHE_COLD, NULL, &error))
    {
      /* A temporary folder in memory: it must say so. */
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
      g_assert_nonnull (strstr (error->message, path));
      g_test_skip (error->message);
      return;
    }
  count_resident (path, &n_resident, &n_pages);
  g_assert_cmpuint (n_pages, >, 100);
  g_assert_cmpuint (n_resident, ==, 0);

  speedup_workload_prepare_run (workload, SPEEDUP_CACHE_WARM, NULL, &error);
  g_assert_no_error (error);
  count_resident (path, &n_resident, &n_pages);
  g_assert_cmpuint (n_resident, ==, n_pages);
}

static void
test_cold_is_refused (TestPictures *fixture,
                      gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->dir, "00.png", NULL);
  g_autoptr (GError) error = NULL;

  add_pictures (fixture, 1);
  if (geteuid () == 0)
    {
      g_assert_cmpint (chown (path, 12345, (gid_t) -1), ==, 0);
      g_assert_false (speedup_page_cache_drop (path, &error));
    }
  else
    g_assert_false (speedup_page_cache_drop ("/etc/passwd", &error));

  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "another user"));
}

static void
test_prepare_cancel (TestPictures *fixture,
                     gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SpeedupWorkload) workload = NULL;
  g_autoptr (GError) error = NULL;

  add_pictures (fixture, 2);
  workload = make_for_dir (fixture, "{}", &error);
  g_cancellable_cancel (cancellable);
  g_assert_false (speedup_workload_prepare_run (workload, SPEEDUP_CACHE_WARM, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Without an input: sample images, made in the cache. */
static void
test_sample_images (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SpeedupWorkload) workload = make (g_variant_new_parsed ("{'count': <2>}"), &error);
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GVariant) output = NULL;
  g_autofree char *name = NULL;
  guint count;

  g_assert_no_error (error);
  g_assert_cmpuint (speedup_workload_get_n_tasks (workload), ==, 2);
  name = speedup_workload_dup_task_name (workload, 0);
  g_assert_true (g_str_has_prefix (name, g_get_user_cache_dir ()));
  options = speedup_workload_dup_options (workload);
  g_assert_true (g_variant_lookup (options, "count", "u", &count));
  g_assert_cmpuint (count, ==, 2);
  output = run_task (workload, 1);
}

static void
test_no_pictures (TestPictures *fixture,
                  gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (make_for_dir (fixture, "{}", &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_NO_TASKS);
}

#define ADD(path, function) \
  g_test_add (path, TestPictures, NULL, test_pictures_set_up, function, test_pictures_tear_down)

int
main (int    argc,
      char **argv)
{
  char *cache = test_pictures_make_dir ();
  int status;

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_test_init (&argc, &argv, NULL);

  ADD ("/resize/workload/defaults", test_defaults);
  ADD ("/resize/workload/bad-options", test_bad_options);
  ADD ("/resize/workload/options-again", test_options_again);
  ADD ("/resize/workload/odd-name", test_odd_name);
  g_test_add_func ("/resize/workload/bad-specs", test_bad_specs);
  ADD ("/resize/workload/fingerprint", test_fingerprint);
  ADD ("/resize/workload/failing-task", test_failing_task);
  ADD ("/resize/workload/cancel-half-way", test_cancel_half_way);
  ADD ("/resize/workload/page-cache", test_page_cache);
  ADD ("/resize/workload/page-cache-sparse", test_page_cache_sparse);
  ADD ("/resize/workload/cold-is-refused", test_cold_is_refused);
  ADD ("/resize/workload/prepare-cancel", test_prepare_cancel);
  g_test_add_func ("/resize/workload/sample-images", test_sample_images);
  ADD ("/resize/workload/no-pictures", test_no_pictures);

  status = g_test_run ();
  test_pictures_remove_dir (cache);

  return status;
}
