/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "speedup-error.h"
#include "speedup-execution.h"
#include "speedup-weather-readings.h"
#include "speedup-weather-workload.h"
#include "speedup-workloads.h"

#define HOLD_SERVER "--hold-server"

static SpeedupWorkload *
make (const char *options)
{
  g_autoptr (GError) error = NULL;
  GVariant *parsed = g_variant_parse (G_VARIANT_TYPE_VARDICT, options, NULL, NULL, &error);
  SpeedupWorkload *workload;

  g_assert_no_error (error);
  workload = speedup_workload_new_from_options ("weather", parsed, NULL, &error);
  g_assert_no_error (error);
  return workload;
}

static SpeedupWorkload *
make_started (const char *options)
{
  SpeedupWorkload *workload = make (options);
  g_autoptr (GError) error = NULL;

  speedup_workload_start (workload, NULL, &error);
  g_assert_no_error (error);
  return workload;
}

static GVariant **
run_all (SpeedupWorkload *workload)
{
  guint n = speedup_workload_get_n_tasks (workload);
  GVariant **outputs = g_new0 (GVariant *, n);
  gpointer session = speedup_workload_open_session (workload, 1, FALSE);

  /* The last day first, so that the order of completion is not the order of the days. */
  for (guint i = n; i-- > 0;)
    {
      SpeedupTaskOutcome outcome = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_true (speedup_workload_run_task (workload, session, i, NULL, &outcome, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (outcome.retries, ==, 0);
      outputs[i] = outcome.output;
    }

  speedup_workload_close_session (workload, session);
  return outputs;
}

static void
free_outputs (GVariant **outputs,
              guint      n)
{
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&outputs[i], g_variant_unref);

  g_free (outputs);
}

static gboolean
exists (gint64 pid)
{
  return kill ((pid_t) pid, 0) == 0 || errno != ESRCH;
}

static char *
make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("speedup-weather-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }

  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* Every day has its own readings, the same ones each time and for each process. */
static void
test_same_answers (void)
{
  g_autoptr (SpeedupWorkload) first = make_started ("{'days': <3>, 'latency-ms': <0.0>}");
  g_autoptr (SpeedupWorkload) second = make_started ("{'days': <3>, 'latency-ms': <0.0>}");
  g_autoptr (GVariant) spec = speedup_workload_dup_spec (first);
  g_autoptr (GError) error = NULL;
  g_autoptr (SpeedupWorkload) worker = speedup_workload_new_from_spec ("weather", spec, &error);
  GVariant **outputs[3];

  g_assert_no_error (error);
  outputs[0] = run_all (first);
  outputs[1] = run_all (second);
  outputs[2] = run_all (worker);

  for (guint i = 0; i < 3; i++)
    {
      guint64 digest = speedup_output_digest (outputs[0][i]);

      g_assert_cmpuint (speedup_output_digest (outputs[1][i]), ==, digest);
      g_assert_cmpuint (speedup_output_digest (outputs[2][i]), ==, digest);
      g_assert_cmpuint (speedup_output_digest (outputs[0][(i + 1) % 3]), !=, digest);
    }

  for (guint i = 0; i < 3; i++)
    free_outputs (outputs[i], 3);
  speedup_workload_stop (first);
  speedup_workload_stop (second);
}

static void
test_csv (void)
{
  g_autoptr (SpeedupWorkload) workload = make_started ("{'days': <3>, 'latency-ms': <0.0>}");
  g_autofree char *folder = make_folder ();
  g_autoptr (GFile) file = g_file_new_build_filename (folder, "days.csv", NULL);
  GVariant **outputs = run_all (workload);
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  g_autofree char *before = NULL;
  g_autoptr (GError) error = NULL;
  guint n_lines = 0;
  char *line;

  /* A day that failed is left out. */
  g_clear_pointer (&outputs[1], g_variant_unref);
  g_assert_true (speedup_weather_save_csv (workload, outputs, 3, file, &error));
  g_assert_no_error (error);

  stream = g_file_read (file, NULL, &error);
  lines = g_data_input_stream_new (G_INPUT_STREAM (stream));
  line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_cmpstr (line, ==, "timestamp,station,value");
  g_free (line);

  for (; (line = g_data_input_stream_read_line (lines, NULL, NULL, &error)) != NULL; n_lines++)
    {
      if (n_lines == 0)
        g_assert_true (g_str_has_prefix (line, "2020-07-21T00:00:00+08:00,S109,"));
      else
        g_assert_cmpint (strncmp (before, line, strlen ("2020-07-21T00:00:00")), <=, 0);

      g_assert_false (g_str_has_prefix (line, "2020-07-22"));
      g_free (before);
      before = line;
    }

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (before, "2020-07-23T23:59:00+08:00,S100,"));
  g_assert_cmpuint (n_lines, >, 2 * 1440 * 14);

  free_outputs (outputs, 3);
  speedup_workload_stop (workload);
  remove_folder (folder);
}

/* What is there stays where writing fails, and nothing half is left. */
static void
test_csv_unwritable (void)
{
  g_autoptr (SpeedupWorkload) workload = make ("{'days': <1>}");
  g_autoptr (GFile) file = g_file_new_for_path ("/nonexistent/folder/days.csv");
  g_autoptr (GFile) full = g_file_new_for_path ("/dev/full");
  g_autoptr (GError) error = NULL;

  g_assert_false (speedup_weather_save_csv (workload, NULL, 0, file, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "/nonexistent/folder/days.csv"));

  g_clear_error (&error);
  g_assert_false (speedup_weather_save_csv (workload, NULL, 0, full, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "/dev/full"));
}

/* The answers as they came; and they do not change what a run is compared by. */
static void
test_save_folder (void)
{
  g_autoptr (SpeedupWorkload) plain = make_started ("{'days': <2>, 'latency-ms': <0.0>}");
  g_autoptr (SpeedupWorkload) workload = NULL;
  g_autofree char *folder = make_folder ();
  g_autoptr (GFile) target = g_file_new_for_path (folder);
  g_autofree char *path = g_build_filename (folder, "2020-07-23.json", NULL);
  GVariant **plain_outputs = run_all (plain);
  GVariant **outputs;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  workload = make_started ("{'days': <2>, 'latency-ms': <0.0>, 'keep-raw': <true>}");
  outputs = run_all (workload);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpuint (speedup_output_digest (outputs[i]), ==,
                      speedup_output_digest (plain_outputs[i]));

  g_assert_true (speedup_weather_save_folder (workload, outputs, 2, target, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  g_assert_true (g_str_has_prefix (text, "{\"metadata\":{\"stations\":["));
  g_assert_true (g_str_has_suffix (text, "\"api_info\":{\"status\":\"healthy\"}}"));

  g_assert_false (speedup_weather_save_folder (plain, plain_outputs, 2, target, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT);

  free_outputs (outputs, 2);
  free_outputs (plain_outputs, 2);
  speedup_workload_stop (workload);
  speedup_workload_stop (plain);
  remove_folder (folder);
}

static void
test_summary (void)
{
  g_autoptr (SpeedupWorkload) workload = make_started ("{'days': <2>, 'latency-ms': <0.0>}");
  GVariant **outputs = run_all (workload);
  g_autoptr (GVariant) summary = speedup_workload_summarise_output (workload, outputs, 2);
  g_autofree const char **dates = NULL;
  g_autofree const char **stations = NULL;
  GVariant *columns[3];
  const double *values[3];
  gsize n_values[3];

  g_assert_true (g_variant_lookup (summary, "date", "^a&s", &dates));
  g_assert_true (g_variant_lookup (summary, "station", "^a&s", &stations));
  g_assert_true (g_variant_lookup (summary, "min", "@ad", &columns[0]));
  g_assert_true (g_variant_lookup (summary, "mean", "@ad", &columns[1]));
  g_assert_true (g_variant_lookup (summary, "max", "@ad", &columns[2]));
  for (guint i = 0; i < 3; i++)
    values[i] = g_variant_get_fixed_array (columns[i], &n_values[i], sizeof (double));

  g_assert_cmpuint (g_strv_length ((char **) dates), ==, 30);
  g_assert_cmpuint (g_strv_length ((char **) stations), ==, 30);
  g_assert_cmpstr (dates[14], ==, "2020-07-22");
  g_assert_cmpstr (dates[15], ==, "2020-07-23");
  for (guint i = 0; i < 30; i++)
    {
      g_assert_cmpuint (n_values[i % 3], ==, 30);
      g_assert_cmpfloat (values[0][i], <, values[1][i]);
      g_assert_cmpfloat (values[1][i], <, values[2][i]);
      g_assert_cmpfloat (values[0][i], >, 10);
      g_assert_cmpfloat (values[2][i], <, 50);
    }

  for (guint i = 0; i < 3; i++)
    g_variant_unref (columns[i]);
  free_outputs (outputs, 2);
  speedup_workload_stop (workload);
}

typedef struct
{
  const char *options;
  int code;
  const char *words;
} Knob;

static const Knob knobs[] = {
  { "{'days': <1>, 'attempts': <1>, 'share-429': <1.0>}", SPEEDUP_ERROR_NETWORK, "429" },
  { "{'days': <1>, 'attempts': <1>, 'share-500': <1.0>}", SPEEDUP_ERROR_NETWORK, "500" },
  { "{'days': <1>, 'attempts': <1>, 'share-empty': <1.0>}", SPEEDUP_ERROR_BODY, "no readings" },
  { "{'days': <1>, 'attempts': <1>, 'share-cut-off': <1.0>}", SPEEDUP_ERROR_NETWORK, "cut" },
};

static void
test_faults (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (knobs); i++)
    {
      g_autoptr (SpeedupWorkload) workload = make_started (knobs[i].options);
      gpointer session = speedup_workload_open_session (workload, 1, FALSE);
      SpeedupTaskOutcome outcome = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_false (speedup_workload_run_task (workload, session, 0, NULL, &outcome, &error));
      g_assert_error (error, SPEEDUP_ERROR, knobs[i].code);
      g_assert_nonnull (strstr (error->message, knobs[i].words));

      speedup_workload_close_session (workload, session);
      speedup_workload_stop (workload);
    }
}

typedef struct
{
  SpeedupWorkload *workload;
  gpointer session;
  guint task;
} Download;

static gpointer
download_thread (gpointer data)
{
  Download *download = data;
  SpeedupTaskOutcome outcome = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (speedup_workload_run_task (download->workload, download->session, download->task,
                                            NULL, &outcome, &error));
  g_assert_no_error (error);
  g_variant_unref (outcome.output);
  return NULL;
}

/* Four days at once; returns the time that all took together. */
static double
time_four (const char *options)
{
  g_autoptr (SpeedupWorkload) workload = make_started (options);
  gpointer session = speedup_workload_open_session (workload, 4, FALSE);
  gint64 start_us = g_get_monotonic_time ();
  Download downloads[4];
  GThread *threads[4];

  for (guint i = 0; i < 4; i++)
    {
      downloads[i] = (Download) { workload, session, i };
      threads[i] = g_thread_new ("download", download_thread, &downloads[i]);
    }
  for (guint i = 0; i < 4; i++)
    g_thread_join (threads[i]);

  speedup_workload_close_session (workload, session);
  speedup_workload_stop (workload);
  return (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
}

/* How slow the server is made is a promise; how fast it is else, is not. */
static void
test_slow_server (void)
{
  g_assert_cmpfloat (time_four ("{'days': <4>, 'latency-ms': <150.0>}"), >=, 0.15);
  g_assert_cmpfloat (time_four ("{'days': <4>, 'latency-ms': <80.0>,"
                                " 'concurrency-limit': <uint32 1>}"), >=, 0.32);

  /* Four days are three megabytes, and share the link. */
  g_assert_cmpfloat (time_four ("{'days': <4>, 'latency-ms': <0.0>, 'bandwidth': <10e6>}"),
                     >=, 0.3);
  g_assert_cmpfloat (time_four ("{'days': <4>, 'latency-ms': <1.0>, 'latency-spread': <0.5>}"),
                     >, 0);
}

/* A killed server is named, replaced, and its time still counts. */
static void
test_killed_server (void)
{
  g_autoptr (SpeedupWorkload) workload = make_started ("{'days': <2>, 'latency-ms': <0.0>}");
  SpeedupWeatherWorkload *weather = SPEEDUP_WEATHER_WORKLOAD (workload);
  gint64 pid = speedup_weather_workload_get_server_pid (weather);
  g_autofree char *named = g_strdup_printf ("process %" G_GINT64_FORMAT, pid);
  g_autoptr (GError) error = NULL;
  double cpu_s;

  g_assert_cmpint (pid, >, 0);
  free_outputs (run_all (workload), 2);
  g_assert_true (speedup_workload_check_run (workload, &error));
  g_assert_no_error (error);
  cpu_s = speedup_workload_read_server_cpu_s (workload);
  g_assert_cmpfloat (cpu_s, >=, 0);

  g_assert_cmpint (kill ((pid_t) pid, SIGKILL), ==, 0);
  while (speedup_workload_check_run (workload, NULL))
    g_usleep (1000);
  g_assert_false (speedup_workload_check_run (workload, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_WORKER_DIED);
  g_assert_nonnull (strstr (error->message, named));
  g_assert_nonnull (strstr (error->message, "signal 9"));

  g_clear_error (&error);
  g_assert_true (speedup_workload_prepare_run (workload, SPEEDUP_CACHE_WARM, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (speedup_weather_workload_get_server_pid (weather), !=, pid);
  g_assert_true (speedup_workload_check_run (workload, &error));
  free_outputs (run_all (workload), 2);
  g_assert_cmpfloat (speedup_workload_read_server_cpu_s (workload), >=, cpu_s);

  pid = speedup_weather_workload_get_server_pid (weather);
  speedup_workload_stop (workload);
  g_assert_false (exists (pid));
  g_assert_cmpint (speedup_weather_workload_get_server_pid (weather), ==, 0);
}

static void
test_missing_server (void)
{
  g_autofree char *kept = g_strdup (g_getenv ("SPEEDUP_LIBEXECDIR"));
  g_autofree char *empty = make_folder ();
  g_autoptr (SpeedupWorkload) workload = make ("{'days': <1>}");
  g_autoptr (GError) error = NULL;

  g_setenv ("SPEEDUP_LIBEXECDIR", empty, TRUE);
  if (speedup_workload_start (workload, NULL, &error))
    {
      g_test_skip ("the program is installed");
    }
  else
    {
      g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_WORKER_MISSING);
      g_assert_nonnull (strstr (error->message, "speedup-weather-server"));
      g_assert_nonnull (strstr (error->message, empty));
    }

  speedup_workload_stop (workload);
  g_setenv ("SPEEDUP_LIBEXECDIR", kept, TRUE);
  remove_folder (empty);
}

/* Programs in place of the server that end at once, say nonsense, or never say anything. */
static void
test_odd_server (void)
{
  static const char *const scripts[] = {
    "#!/bin/sh\nexit 3\n",
    "#!/bin/sh\necho good morning\nexec sleep 100\n",
    "#!/bin/sh\necho listening on http://127.0.0.1:99999\nexec sleep 100\n",
  };
  g_autofree char *kept = g_strdup (g_getenv ("SPEEDUP_LIBEXECDIR"));
  g_autofree char *folder = make_folder ();
  g_autofree char *program = g_build_filename (folder, "speedup-weather-server", NULL);

  g_setenv ("SPEEDUP_LIBEXECDIR", folder, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      g_autoptr (SpeedupWorkload) workload = make ("{'days': <1>}");
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents_full (program, scripts[i], -1, G_FILE_SET_CONTENTS_NONE,
                                               0755, NULL));
      g_assert_false (speedup_workload_start (workload, NULL, &error));
      g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_WORKER_MISSING);
    }

  g_setenv ("SPEEDUP_LIBEXECDIR", kept, TRUE);
  remove_folder (folder);
}

static gpointer
cancel_thread (gpointer data)
{
  g_usleep (100000);
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_cancelled_start (void)
{
  g_autofree char *kept = g_strdup (g_getenv ("SPEEDUP_LIBEXECDIR"));
  g_autofree char *folder = make_folder ();
  g_autofree char *program = g_build_filename (folder, "speedup-weather-server", NULL);
  g_autoptr (SpeedupWorkload) workload = make ("{'days': <1>}");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread;

  g_assert_true (g_file_set_contents_full (program, "#!/bin/sh\nexec sleep 100\n", -1,
                                           G_FILE_SET_CONTENTS_NONE, 0755, NULL));
  g_setenv ("SPEEDUP_LIBEXECDIR", folder, TRUE);
  thread = g_thread_new ("cancel", cancel_thread, cancellable);
  g_assert_false (speedup_workload_start (workload, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);

  g_setenv ("SPEEDUP_LIBEXECDIR", kept, TRUE);
  remove_folder (folder);
}

/* This program again, as one that is killed while its server runs. */
static G_NORETURN void
hold_server (void)
{
  SpeedupWorkload *workload = make_started ("{'days': <1>}");

  g_print ("%" G_GINT64_FORMAT "\n",
           speedup_weather_workload_get_server_pid (SPEEDUP_WEATHER_WORKLOAD (workload)));
  for (;;)
    pause ();
}

static char *own_path;

static void
test_dies_with_parent (void)
{
  const char *const arguments[] = { own_path, HOLD_SERVER, NULL };
  g_autoptr (GSubprocess) parent = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;
  gint64 pid;

  parent = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (parent));
  line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  pid = g_ascii_strtoll (line, NULL, 10);
  g_assert_cmpint (pid, >, 0);
  g_assert_true (exists (pid));

  g_subprocess_force_exit (parent);
  g_assert_true (g_subprocess_wait (parent, NULL, NULL));

  /* Where nobody reaps orphans it stays as a zombie, which answers nobody. */
  for (;;)
    {
      g_autofree char *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/stat", pid);
      g_autofree char *stat = NULL;

      if (!exists (pid) || !g_file_get_contents (path, &stat, NULL, NULL) ||
          strstr (stat, ") Z ") != NULL)
        break;
      g_usleep (1000);
    }
}

int
main (int   argc,
      char *argv[])
{
  if (argc > 1 && g_str_equal (argv[1], HOLD_SERVER))
    hold_server ();

  own_path = argv[0];
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/weather-workload/same-answers", test_same_answers);
  g_test_add_func ("/weather-workload/csv", test_csv);
  g_test_add_func ("/weather-workload/csv-unwritable", test_csv_unwritable);
  g_test_add_func ("/weather-workload/save-folder", test_save_folder);
  g_test_add_func ("/weather-workload/summary", test_summary);
  g_test_add_func ("/weather-workload/faults", test_faults);
  g_test_add_func ("/weather-workload/slow-server", test_slow_server);
  g_test_add_func ("/weather-workload/killed-server", test_killed_server);
  g_test_add_func ("/weather-workload/missing-server", test_missing_server);
  g_test_add_func ("/weather-workload/odd-server", test_odd_server);
  g_test_add_func ("/weather-workload/cancelled-start", test_cancelled_start);
  g_test_add_func ("/weather-workload/dies-with-parent", test_dies_with_parent);

  return g_test_run ();
}
