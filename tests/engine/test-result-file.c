/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "speedup-error.h"
#include "speedup-execution.h"
#include "speedup-options.h"
#include "speedup-result-file.h"

#define N_TASKS 12

static SpeedupPlan *
make_plan (void)
{
  g_autoptr (SpeedupPlan) plan = NULL;
  const guint workers[] = { 1, 2, 4 };
  const guint chunks[] = { 0, 10 };
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  const char *const files[] = { "a", "b \"quoted\" [{", NULL };

  g_variant_dict_insert (&options, "count", "u", 100u);
  g_variant_dict_insert (&options, "latency", "d", 0.05);
  g_variant_dict_insert (&options, "recursive", "b", TRUE);
  g_variant_dict_insert (&options, "inputs", "^as", files);

  plan = speedup_plan_new ("test", g_variant_dict_end (&options), N_TASKS);
  plan->seed = G_MAXUINT64 - 1;
  plan->rounds = 6;
  plan->population = 50000;
  plan->cpu_bound = TRUE;
  plan->cache = SPEEDUP_CACHE_COLD;
  plan->precision = 0.03;
  speedup_plan_add_sweep (plan, SPEEDUP_EXECUTOR_SEQUENTIAL, NULL, 0, NULL, 0);
  speedup_plan_add_sweep (plan, SPEEDUP_EXECUTOR_THREADS, workers, 3, NULL, 0);
  speedup_plan_add_sweep (plan, SPEEDUP_EXECUTOR_PROCESSES, workers, 3, chunks, 2);

  return g_steal_pointer (&plan);
}

static SpeedupTimeline *
make_timeline (void)
{
  const char *const names[] = { "thread 1", "thread 2", NULL };
  SpeedupTimeline *timeline = speedup_timeline_new (2, 3, N_TASKS);

  timeline->worker_names = g_strdupv ((GStrv) names);
  for (guint i = 0; i < N_TASKS; i++)
    {
      timeline->task[i] = N_TASKS - 1 - i;
      timeline->worker[i] = i % 2;
      timeline->start_s[i] = i / 3.0;
      timeline->end_s[i] = (i + 1) / 3.0;
      timeline->status[i] = SPEEDUP_TASK_OK;
    }

  return timeline;
}

static void
add_runs (SpeedupResult *result)
{
  for (guint round = 0; round <= 2; round++)
    for (guint i = 0; i < result->plan->configurations->len; i++)
      {
        const SpeedupConfiguration *configuration =
          g_ptr_array_index (result->plan->configurations, i);
        SpeedupRun *run = speedup_run_new (configuration, round, i + 1, 1);

        run->wall_s = (1 + 0.01 * round) / configuration->workers;
        run->startup_s = 0.1 + 0.2;
        run->peak_rss_bytes = i % 2 == 0 ? 31000000 : -1;
        run->digest = g_strdup ("abc");
        run->status = round == 0 ? SPEEDUP_RUN_WARM_UP : SPEEDUP_RUN_OK;
        run->noise.canary_s = 0.02;
        run->noise.on_battery = i % 3 - 1;
        run->noise.governor = g_strdup ("performance");
        g_ptr_array_add (result->runs, run);
      }
}

static SpeedupResult *
make_result (void)
{
  g_autoptr (SpeedupPlan) plan = make_plan ();
  g_autoptr (SpeedupMachine) machine = speedup_machine_new ();
  g_autoptr (SpeedupResult) result = NULL;
  SpeedupFailure *failure;
  guint where = 3;

  machine->cpu = g_strdup ("Test CPU");
  machine->cpus_online = 8;
  machine->cpus_usable = 4;
  machine->memory_bytes = 1;
  g_variant_unref (machine->libraries);
  machine->libraries = g_variant_ref_sink (g_variant_new_parsed ("{'gdk-pixbuf': '2.42.10'}"));

  result = speedup_result_new (plan, g_steal_pointer (&machine));
  result->rounds_completed = 2;
  add_runs (result);
  g_ptr_array_add (result->timelines, make_timeline ());

  failure = speedup_failure_new ("x.jpg", "broken \xff\xfe bytes");
  g_array_append_val (failure->configurations, where);
  g_ptr_array_add (result->failures, failure);
  g_ptr_array_add (result->warnings,
                   speedup_warning_new ("worker-died",
                                        g_variant_new_parsed ("{'pid': <4711>, 'task': <'x'>}")));
  g_ptr_array_add (result->warnings, speedup_warning_new ("few-points", NULL));
  result->output = g_variant_ref_sink (g_variant_new_parsed ("{'date': <['a', 'b']>, "
                                                             "'mean': <[1.5, 0.1]>}"));
  speedup_result_analyse (result);

  return g_steal_pointer (&result);
}

static void
test_round_trip (void)
{
  g_autoptr (SpeedupResult) result = make_result ();
  g_autofree char *first = speedup_result_to_json (result);
  g_autoptr (GError) error = NULL;
  g_autoptr (SpeedupResult) read = speedup_result_from_json (first, -1, &error);
  g_autofree char *second = NULL;
  const SpeedupRun *run;

  g_assert_no_error (error);
  second = speedup_result_to_json (read);
  g_assert_cmpstr (first, ==, second);

  g_assert_cmpuint (read->plan->seed, ==, G_MAXUINT64 - 1);
  g_assert_cmpuint (read->plan->configurations->len, ==, result->plan->configurations->len);
  g_assert_cmpuint (read->runs->len, ==, result->runs->len);
  g_assert_true (read->plan->cpu_bound);
  g_assert_true (isnan (read->machine->quota_cpus));
  run = speedup_result_get_counted (read, 1, 2);
  g_assert_nonnull (run);
  g_assert_true (run->wall_s == 1.02);
  g_assert_true (run->startup_s == 0.1 + 0.2);
  g_assert_true (isnan (run->noise.steal_s));
  g_assert_cmpint (run->peak_rss_bytes, ==, -1);
  g_assert_cmpstr (((SpeedupFailure *) read->failures->pdata[0])->message, ==,
                   "broken \357\277\275\357\277\275 bytes");
  g_assert_cmpuint (read->analysis->summary->len, ==, read->plan->configurations->len);
}

static void
test_options_come_back (void)
{
  g_autoptr (SpeedupResult) result = make_result ();
  g_autofree char *json = speedup_result_to_json (result);
  g_autoptr (GError) error = NULL;
  g_autoptr (SpeedupResult) read = speedup_result_from_json (json, -1, &error);
  g_auto (GStrv) inputs = NULL;
  const char *const files[] = { "a", "b \"quoted\" [{", NULL };
  double latency = 0;
  gboolean recursive = FALSE;
  guint count = 0, absent = 7;

  g_assert_no_error (error);
  g_assert_true (speedup_options_read_uint (read->plan->options, "count", 1, 1000, &count, &error));
  g_assert_true (speedup_options_read_double (read->plan->options, "latency", 0, 1, &latency,
                                              &error));
  g_assert_true (speedup_options_read_boolean (read->plan->options, "recursive", &recursive,
                                               &error));
  g_assert_true (speedup_options_read_strv (read->plan->options, "inputs", &inputs, &error));
  g_assert_true (speedup_options_read_uint (read->plan->options, "absent", 1, 9, &absent, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count, ==, 100);
  g_assert_true (latency == 0.05);
  g_assert_true (recursive);
  g_assert_cmpuint (absent, ==, 7);
  g_assert_cmpstrv (inputs, files);
}

static void
test_non_finite_output (void)
{
  g_autoptr (SpeedupResult) result = make_result ();
  g_autofree char *json = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SpeedupResult) read = NULL;
  const double values[] = { NAN, INFINITY, 1 };

  g_variant_unref (result->output);
  result->output = g_variant_ref_sink (
    g_variant_new_parsed ("{'mean': <%@ad>}",
                          g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, values, 3,
                                                     sizeof *values)));
  json = speedup_result_to_json (result);
  g_assert_nonnull (strstr (json, "\"mean\":[null,null,1.0]"));
  read = speedup_result_from_json (json, -1, &error);
  g_assert_no_error (error);
}

/* Each line replaces the first occurrence of a text in a good file. */
static const struct
{
  const char *name;
  const char *find;
  const char *replace;
  int code;
  const char *message;
} damaged[] = {
  { "newer", "speedup-result/1", "speedup-result/2", SPEEDUP_ERROR_NEWER_SCHEMA, "update" },
  { "much-newer", "speedup-result/1", "speedup-result/37", SPEEDUP_ERROR_NEWER_SCHEMA, "update" },
  { "other-schema", "speedup-result/1", "other/1", SPEEDUP_ERROR_FORMAT, "schema" },
  { "no-number", "speedup-result/1", "speedup-result/x", SPEEDUP_ERROR_FORMAT, "schema" },
  { "workers-0", "\"workers\":2", "\"workers\":0", SPEEDUP_ERROR_FORMAT, "workers" },
  { "workers-4097", "\"workers\":2", "\"workers\":4097", SPEEDUP_ERROR_FORMAT, "workers" },
  { "workers-text", "\"workers\":2", "\"workers\":\"2\"", SPEEDUP_ERROR_FORMAT, "workers" },
  { "workers-fraction", "\"workers\":2", "\"workers\":2.5", SPEEDUP_ERROR_FORMAT, "workers" },
  { "executor", "\"threads\"", "\"fibres\"", SPEEDUP_ERROR_FORMAT, "executor" },
  { "twice", "\"workers\":2", "\"workers\":1", SPEEDUP_ERROR_FORMAT, "plan.configurations[2]" },
  { "no-such-run", "\"attempt\":1,\"executor\":\"sequential\",\"workers\":1",
    "\"attempt\":1,\"executor\":\"threads\",\"workers\":3", SPEEDUP_ERROR_FORMAT, "runs[0]" },
  { "wall-0", "\"wall_s\":1.01", "\"wall_s\":0", SPEEDUP_ERROR_FORMAT, "wall_s" },
  { "wall-null", "\"wall_s\":1.01", "\"wall_s\":null,\"x\":1.01", SPEEDUP_ERROR_FORMAT, "wall_s" },
  { "wall-huge", "\"wall_s\":1.01", "\"wall_s\":1e300,\"x\":1.01", SPEEDUP_ERROR_FORMAT, "wall_s" },
  { "wall-negative", "\"wall_s\":1.01", "\"wall_s\":-1.01", SPEEDUP_ERROR_FORMAT, "wall_s" },
  { "status", "\"status\":\"ok\"", "\"status\":\"fine\"", SPEEDUP_ERROR_FORMAT, "status" },
  { "round-huge", "\"round\":0", "\"round\":1000000000", SPEEDUP_ERROR_FORMAT, "round" },
  { "rounds-huge", "\"rounds_completed\":2", "\"rounds_completed\":4000000000",
    SPEEDUP_ERROR_FORMAT, "rounds_completed" },
  { "tasks-0", "\"tasks\":12", "\"tasks\":0", SPEEDUP_ERROR_FORMAT, "tasks" },
  { "column-index", "\"task\":[11", "\"task\":[12", SPEEDUP_ERROR_FORMAT, "task" },
  { "column-worker", "\"worker\":[0", "\"worker\":[2", SPEEDUP_ERROR_FORMAT, "worker" },
  { "column-length", "\"worker\":[0,", "\"worker\":[", SPEEDUP_ERROR_FORMAT, "worker" },
  { "column-longer", "\"end_s\":[", "\"end_s\":[0,", SPEEDUP_ERROR_FORMAT, "end_s" },
  { "column-status", "\"status\":[\"ok\"", "\"status\":[\"odd\"", SPEEDUP_ERROR_FORMAT, "status" },
  { "failure-index", "\"configurations\":[3]", "\"configurations\":[99]", SPEEDUP_ERROR_FORMAT,
    "configurations" },
  { "runs-object", "\"runs\":[", "\"runs\":{},\"was\":[", SPEEDUP_ERROR_FORMAT, "runs" },
  { "run-number", "\"runs\":[", "\"runs\":[7,", SPEEDUP_ERROR_FORMAT, "runs[0]" },
  { "no-plan", "\"plan\":", "\"was\":", SPEEDUP_ERROR_FORMAT, "plan" },
  { "created", "\"created\":\"2", "\"created\":\"x2", SPEEDUP_ERROR_FORMAT, "created" },
  { "result-status", "\"status\":\"complete\"", "\"status\":\"done\"", SPEEDUP_ERROR_FORMAT,
    "status" },
  { "seed", "\"18446744073709551614\"", "\"18446744073709551616\"", SPEEDUP_ERROR_FORMAT, "seed" },
  { "seed-negative", "\"18446744073709551614\"", "-1", SPEEDUP_ERROR_FORMAT, "seed" },
  { "cache", "\"cold\"", "\"cool\"", SPEEDUP_ERROR_FORMAT, "cache" },
  { "warning", "\"code\":\"few-points\"", "\"code\":null", SPEEDUP_ERROR_FORMAT, "code" },
  { "libraries", "\"2.42.10\"", "[1]", SPEEDUP_ERROR_FORMAT, "libraries" },
  { "comment", "\"plan\":", "/* \" */ \"plan\":", SPEEDUP_ERROR_FORMAT, "JSON" },
  { "latin-1", "Test CPU", "Test \xe9 CPU", SPEEDUP_ERROR_FORMAT, "UTF-8" },
};

static char *
replace_first (const char *text,
               const char *find,
               const char *replace)
{
  const char *place = strstr (text, find);

  g_assert_nonnull (place);

  return g_strdup_printf ("%.*s%s%s", (int) (place - text), text, replace, place + strlen (find));
}

static void
test_damaged (void)
{
  g_autoptr (SpeedupResult) result = make_result ();
  g_autofree char *json = speedup_result_to_json (result);

  for (gsize i = 0; i < G_N_ELEMENTS (damaged); i++)
    {
      g_autofree char *bad = replace_first (json, damaged[i].find, damaged[i].replace);
      g_autoptr (GError) error = NULL;
      g_autoptr (SpeedupResult) read = speedup_result_from_json (bad, -1, &error);

      g_test_message ("%s: %s", damaged[i].name, error != NULL ? error->message : "read");
      g_assert_null (read);
      g_assert_error (error, SPEEDUP_ERROR, damaged[i].code);
      g_assert_nonnull (strstr (error->message, damaged[i].message));
    }
}

static void
test_unknown_keys (void)
{
  g_autoptr (SpeedupResult) result = make_result ();
  g_autofree char *json = speedup_result_to_json (result);
  g_autofree char *more = replace_first (json, "\"plan\":{",
                                         "\"later\":[1,{}],\"plan\":{\"x\":[],");
  g_autoptr (GError) error = NULL;
  g_autoptr (SpeedupResult) read = speedup_result_from_json (more, -1, &error);
  g_autofree char *again = NULL;

  g_assert_no_error (error);
  again = speedup_result_to_json (read);
  g_assert_cmpstr (again, ==, json);
}

static void
test_garbage (void)
{
  const char *const texts[] = { "", "garbage", "[]", "{}", "null", "{\"schema\":1}", "\"", "{\"a\"",
                                "\x01\x02\x03", "{\"schema\":\"speedup-result/1\"}" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (speedup_result_from_json (texts[i], -1, &error));
      g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_FORMAT);
    }
}

/* Without the check of depth these overflow json-glib's stack. */
static void
test_nested (void)
{
  const struct
  {
    const char *before;
    const char *repeated;
  } hostile[] = {
    { "", "[" }, { "{\"schema\":\"speedup-result/1\",\"x\":", "[" }, { "", "{\"a\":" },
    { "/* \" */", "[" }, { "# \"\n", "[" }, { "// \"\n", "[" }, { "'\"'", "[" },
    { "{\"\\\\\":", "[" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_autoptr (GString) text = g_string_new (hostile[i].before);
      g_autoptr (GError) error = NULL;

      for (guint k = 0; k < 200000; k++)
        g_string_append (text, hostile[i].repeated);
      g_assert_null (speedup_result_from_json (text->str, (gssize) text->len, &error));
      g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_FORMAT);
    }
}

static void
test_truncated (void)
{
  g_autoptr (SpeedupResult) result = make_result ();
  g_autofree char *json = speedup_result_to_json (result);
  gsize length = strlen (json);

  for (gsize cut = 0; cut < length; cut += 397)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (speedup_result_from_json (json, (gssize) cut, &error));
      g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_FORMAT);
    }
}

/* A thousand files, each damaged at a few random places, the same ones every time. Each must be
 * read or refused with a sentence; what is read must be able to be written.
 */
static void
test_mutated (void)
{
  g_autoptr (SpeedupResult) result = make_result ();
  g_autofree char *json = speedup_result_to_json (result);
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261122);
  const char alphabet[] = "0123456789-+.eE\"\\{}[],:nulltrue \xff\n";
  gsize length = strlen (json);
  guint n_read = 0, n_refused = 0;

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *bad = g_strdup (json);
      g_autoptr (GError) error = NULL;
      g_autoptr (SpeedupResult) read = NULL;
      int n_changes = g_rand_int_range (rand, 1, 4);

      for (int k = 0; k < n_changes; k++)
        bad[g_rand_int_range (rand, 0, (gint32) length)] =
          alphabet[g_rand_int_range (rand, 0, sizeof alphabet - 1)];

      read = speedup_result_from_json (bad, (gssize) length, &error);
      if (read != NULL)
        {
          g_autofree char *again = speedup_result_to_json (read);

          g_assert_no_error (error);
          g_assert_nonnull (again);
          n_read++;
        }
      else
        {
          g_assert_true (error != NULL && error->domain == SPEEDUP_ERROR);
          g_assert_cmpuint (strlen (error->message), >, 10);
          n_refused++;
        }
    }

  g_test_message ("%u read, %u refused", n_read, n_refused);
  g_assert_cmpuint (n_refused, >, 100);
  g_assert_cmpuint (n_read, >, 10);
}

static GFile *
make_temporary (char **folder)
{
  g_autofree char *path = NULL;

  *folder = g_dir_make_tmp ("speedup-test-XXXXXX", NULL);
  g_assert_nonnull (*folder);
  path = g_build_filename (*folder, "x.speedup", NULL);

  return g_file_new_for_path (path);
}

static void
loaded_cb (GObject             *source G_GNUC_UNUSED,
           GAsyncResult        *result,
           gpointer             user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
test_save_load (void)
{
  g_autoptr (SpeedupResult) result = make_result ();
  g_autoptr (SpeedupResult) read = NULL;
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL;
  g_autoptr (GFile) file = make_temporary (&folder);
  g_autofree char *json = speedup_result_to_json (result);
  g_autofree char *again = NULL;

  g_assert_true (speedup_result_save (result, file, NULL, &error));
  g_assert_no_error (error);
  speedup_result_load_async (file, NULL, loaded_cb, &done);
  while (done == NULL)
    g_main_context_iteration (NULL, TRUE);
  read = speedup_result_load_finish (done, &error);
  g_assert_no_error (error);
  again = speedup_result_to_json (read);
  g_assert_cmpstr (again, ==, json);

  g_assert_true (g_file_delete (file, NULL, NULL));
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_load_cancelled (void)
{
  g_autoptr (SpeedupResult) result = make_result ();
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *folder = NULL;
  g_autoptr (GFile) file = make_temporary (&folder);

  g_assert_true (speedup_result_save (result, file, NULL, NULL));
  speedup_result_load_async (file, cancellable, loaded_cb, &done);
  g_cancellable_cancel (cancellable);
  while (done == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (speedup_result_load_finish (done, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  g_assert_true (g_file_delete (file, NULL, NULL));
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_cannot_save_or_load (void)
{
  g_autoptr (SpeedupResult) result = make_result ();
  g_autoptr (GFile) nowhere = g_file_new_for_path ("/nonexistent/x.speedup");
  g_autoptr (GFile) device = g_file_new_for_path ("/dev/zero");
  g_autoptr (GError) error = NULL;

  g_assert_false (speedup_result_save (result, nowhere, NULL, &error));
  g_assert_nonnull (strstr (error->message, "/nonexistent/x.speedup"));
  g_clear_error (&error);
  g_assert_null (speedup_result_load (nowhere, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (speedup_result_load (device, NULL, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_FORMAT);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/result-file/round-trip", test_round_trip);
  g_test_add_func ("/engine/result-file/options-come-back", test_options_come_back);
  g_test_add_func ("/engine/result-file/non-finite-output", test_non_finite_output);
  g_test_add_func ("/engine/result-file/damaged", test_damaged);
  g_test_add_func ("/engine/result-file/unknown-keys", test_unknown_keys);
  g_test_add_func ("/engine/result-file/garbage", test_garbage);
  g_test_add_func ("/engine/result-file/nested", test_nested);
  g_test_add_func ("/engine/result-file/truncated", test_truncated);
  g_test_add_func ("/engine/result-file/mutated", test_mutated);
  g_test_add_func ("/engine/result-file/save-load", test_save_load);
  g_test_add_func ("/engine/result-file/load-cancelled", test_load_cancelled);
  g_test_add_func ("/engine/result-file/cannot-save-or-load", test_cannot_save_or_load);

  return g_test_run ();
}
