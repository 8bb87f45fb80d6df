/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "speedup-error.h"
#include "speedup-executor.h"
#include "test-workload.h"

static char *workers_folder;

static SpeedupExecution *
execute (SpeedupWorkload  *workload,
         guint             workers,
         guint             chunk_size,
         gboolean          keep_outputs,
         double            task_timeout_s,
         GError          **error)
{
  guint n_tasks = speedup_workload_get_n_tasks (workload);
  g_autoptr (SpeedupConfiguration) configuration = NULL;
  g_autoptr (SpeedupExecutor) executor = speedup_executor_new (SPEEDUP_EXECUTOR_PROCESSES);
  g_autoptr (SpeedupExecution) execution = NULL;

  configuration = speedup_configuration_new (SPEEDUP_EXECUTOR_PROCESSES, workers, chunk_size, NULL,
                                             n_tasks);
  execution = speedup_execution_new (workload, configuration, keep_outputs, task_timeout_s);
  if (!speedup_executor_execute (executor, execution, NULL, error))
    return NULL;

  return g_steal_pointer (&execution);
}

static guint
count_status (SpeedupExecution  *execution,
              SpeedupTaskStatus  status)
{
  guint n = 0;

  for (guint i = 0; i < execution->n_tasks; i++)
    n += execution->records[i].status == status;

  return n;
}

static int
detail (SpeedupExecution *execution,
        const char       *key)
{
  int value = -1;

  g_assert_nonnull (execution->void_details);
  g_assert_true (g_variant_lookup (execution->void_details, key, "i", &value));

  return value;
}

/* One worker is killed, once: the run is void, but all its tasks are done. */
static void
test_killed_once (void)
{
  static const guint chunk_sizes[] = { SPEEDUP_CHUNK_SIZE_AUTO, 1, 10, 1000 };

  for (guint i = 0; i < G_N_ELEMENTS (chunk_sizes); i++)
    {
      TestSpec spec = { .behaviour = TEST_KILL, .n_tasks = 60, .every = 25, .max_kills = 1 };
      g_autoptr (SpeedupWorkload) workload = test_workload_new (&spec);
      g_autoptr (SpeedupExecution) execution = NULL;
      g_autoptr (GError) error = NULL;

      execution = execute (workload, 3, chunk_sizes[i], TRUE, 0, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (count_status (execution, SPEEDUP_TASK_OK), ==, 60);
      g_assert_cmpstr (execution->void_reason, ==, "worker-died");
      g_assert_cmpint (detail (execution, "signal"), ==, SIGKILL);
      g_assert_cmpint (detail (execution, "pid"), >, 1);
      for (guint task = 0; task < 60; task++)
        {
          g_assert_cmpuint (speedup_output_digest (execution->outputs[task]), ==,
                            execution->records[task].digest);
          g_assert_cmpuint (execution->records[task].digest, !=, 0);
        }
    }
}

/* A task that kills whoever does it is named and given up after three; all others are done. */
static void
test_killer (void)
{
  static const struct { guint chunk_size, every, signal; } cases[] = {
    { SPEEDUP_CHUNK_SIZE_AUTO, 1000, SIGTERM },
    { 1, 1000, SIGKILL },
    { 7, 20, SIGKILL },
    { 1000, 15, SIGUSR1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TestSpec spec = { .behaviour = TEST_KILL, .n_tasks = 45, .every = cases[i].every,
                        .signal = cases[i].signal };
      guint n_killers = (44 / cases[i].every) + 1;
      g_autoptr (SpeedupWorkload) workload = test_workload_new (&spec);
      g_autoptr (SpeedupExecution) execution = NULL;
      g_autoptr (GArray) failed = NULL;
      g_autoptr (GError) error = NULL;

      execution = execute (workload, 2, cases[i].chunk_size, FALSE, 0, &error);
      g_assert_no_error (error);
      failed = speedup_execution_get_failed (execution);
      g_assert_cmpuint (failed->len, ==, n_killers);
      g_assert_cmpuint (count_status (execution, SPEEDUP_TASK_OK), ==, 45 - n_killers);
      g_assert_cmpstr (execution->void_reason, ==, "worker-died");
      g_assert_cmpint (detail (execution, "signal"), ==, cases[i].signal);

      for (guint j = 0; j < failed->len; j++)
        {
          guint task = g_array_index (failed, guint, j);
          g_autofree char *name = speedup_workload_dup_task_name (workload, task);
          g_autofree char *expected = g_strdup_printf ("signal %u", cases[i].signal);
          g_autofree char *quoted = g_strdup_printf ("“%s” ended 3 worker processes", name);
          g_autoptr (GError) task_error = speedup_execution_dup_error (execution, task);

          g_assert_cmpuint (task, ==, j * cases[i].every);
          g_assert_error (task_error, SPEEDUP_ERROR, SPEEDUP_ERROR_WORKER_DIED);
          g_assert_nonnull (strstr (task_error->message, quoted));
          g_assert_nonnull (strstr (task_error->message, expected));
          g_assert_nonnull (strstr (task_error->message, "process "));
        }

      /* Every worker that a killer met, and no more: three each, one of them shared at most. */
      if (n_killers == 1)
        g_assert_cmpuint (speedup_execution_get_n_workers (execution), ==, 2 + 3);
    }
}

/* An outsider kills a worker while its task runs. */
static gpointer
outsider_thread (gpointer data)
{
  SpeedupExecution *execution = data;
  TestCounters *counters = test_workload_get_counters (TEST_WORKLOAD (execution->workload));
  g_autofree char *name = NULL;

  while (atomic_load (&counters->in_flight) < 2)
    g_usleep (100);
  name = speedup_execution_dup_worker_name (execution, 1);
  g_assert_true (g_str_has_prefix (name, "pid "));
  kill (atoi (name + strlen ("pid ")), SIGKILL);

  return NULL;
}

static void
test_killed_from_outside (void)
{
  TestSpec spec = { .behaviour = TEST_SLEEP, .n_tasks = 8, .duration_us = 150000 };
  g_autoptr (SpeedupWorkload) workload = test_workload_new (&spec);
  g_autoptr (SpeedupConfiguration) configuration = NULL;
  g_autoptr (SpeedupExecutor) executor = speedup_executor_new (SPEEDUP_EXECUTOR_PROCESSES);
  g_autoptr (SpeedupExecution) execution = NULL;
  g_autoptr (GError) error = NULL;
  const char *task = NULL;
  GThread *thread;

  configuration = speedup_configuration_new (SPEEDUP_EXECUTOR_PROCESSES, 2, 1, NULL, 8);
  execution = speedup_execution_new (workload, configuration, FALSE, 0);
  thread = g_thread_new ("outsider", outsider_thread, execution);
  g_assert_true (speedup_executor_execute (executor, execution, NULL, &error));
  g_assert_no_error (error);
  g_thread_join (thread);

  g_assert_cmpuint (count_status (execution, SPEEDUP_TASK_OK), ==, 8);
  g_assert_cmpstr (execution->void_reason, ==, "worker-died");
  g_assert_cmpint (detail (execution, "signal"), ==, SIGKILL);
  g_assert_true (g_variant_lookup (execution->void_details, "task", "&s", &task));
  g_assert_true (g_str_has_prefix (task, "task "));
  g_assert_cmpuint (speedup_execution_get_n_workers (execution), ==, 3);
}

/* What a worker writes beside its frames is garbage: it is taken for dead. */
static void
test_garbage_mid_run (void)
{
  TestSpec spec = { .behaviour = TEST_GARBAGE, .n_tasks = 20, .every = 1000 };
  g_autoptr (SpeedupWorkload) workload = test_workload_new (&spec);
  g_autoptr (SpeedupExecution) execution = NULL;
  g_autoptr (GError) error = NULL;
  const char *message = NULL;

  execution = execute (workload, 2, 1, FALSE, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_status (execution, SPEEDUP_TASK_OK), ==, 19);
  g_assert_cmpuint (count_status (execution, SPEEDUP_TASK_FAILED), ==, 1);
  g_assert_cmpint (execution->records[0].status, ==, SPEEDUP_TASK_FAILED);
  g_assert_cmpstr (execution->void_reason, ==, "worker-died");
  g_assert_true (g_variant_lookup (execution->void_details, "message", "&s", &message));
  g_assert_nonnull (strstr (message, "not Speedup's protocol"));
}

/* What a library prints on standard output is no frame and does no harm. */
static void
test_print (void)
{
  TestSpec spec = { .behaviour = TEST_PRINT, .n_tasks = 5, .every = 5 };
  g_autoptr (SpeedupWorkload) workload = test_workload_new (&spec);
  g_autoptr (SpeedupExecution) execution = NULL;
  g_autoptr (GError) error = NULL;

  execution = execute (workload, 1, 1, FALSE, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_status (execution, SPEEDUP_TASK_OK), ==, 5);
  g_assert_null (execution->void_reason);
}

/* A task that neither ends nor looks at its cancellable: its process is killed. */
static void
test_stuck (void)
{
  TestSpec spec = { .behaviour = TEST_HANG, .n_tasks = 6, .every = 3,
                    .duration_us = 600 * G_USEC_PER_SEC };
  g_autoptr (SpeedupWorkload) workload = test_workload_new (&spec);
  g_autoptr (SpeedupExecution) execution = NULL;
  g_autoptr (GError) error = NULL;

  execution = execute (workload, 1, 6, FALSE, 0.1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (execution->records[0].status, ==, SPEEDUP_TASK_TIMED_OUT);
  g_assert_cmpuint (count_status (execution, SPEEDUP_TASK_TIMED_OUT), ==, 1);
}

static void
check_error (const char   *folder,
             SpeedupError  code,
             const char   *part)
{
  TestSpec spec = { .behaviour = TEST_OUTPUT, .n_tasks = 10 };
  g_autoptr (SpeedupWorkload) workload = test_workload_new (&spec);
  g_autoptr (SpeedupExecution) execution = NULL;
  g_autoptr (GError) error = NULL;

  g_setenv ("SPEEDUP_LIBEXECDIR", folder, TRUE);
  execution = execute (workload, 4, 1, FALSE, 0, &error);
  g_setenv ("SPEEDUP_LIBEXECDIR", workers_folder, TRUE);

  g_assert_null (execution);
  g_assert_error (error, SPEEDUP_ERROR, (int) code);
  if (strstr (error->message, part) == NULL)
    g_test_fail_printf ("“%s” is not in “%s”", part, error->message);
}

/* Programs that take the worker's name but are none. */
static void
test_no_worker (void)
{
  static const struct
  {
    const char *script;
    SpeedupError code;
    const char *part;
  } cases[] = {
    { "#!/nonexistent/interpreter\n", SPEEDUP_ERROR_WORKER_MISSING, "cannot be started" },
    { "#!/bin/sh\nexit 3\n", SPEEDUP_ERROR_WORKER_DIED, "status 3" },
    { "#!/bin/sh\nkill -9 $$\n", SPEEDUP_ERROR_WORKER_DIED, "signal 9" },
    { "#!/bin/sh\necho 'Hello, is this a worker?'\nexec cat >/dev/null\n",
      SPEEDUP_ERROR_PROTOCOL, "not Speedup's protocol" },
    { "#!/bin/sh\nprintf '\\377\\377\\377\\377\\006\\000\\000\\000'\nexec cat >/dev/null\n",
      SPEEDUP_ERROR_PROTOCOL, "bytes" },
    { "#!/bin/sh\nprintf '\\010\\000\\000\\000\\010\\000\\000\\000aaaaaaaa'\nexec cat >/dev/null\n",
      SPEEDUP_ERROR_PROTOCOL, "out of turn" },
  };
  g_autofree char *folder = g_dir_make_tmp ("speedup-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "speedup-worker", NULL);
  const char *preloaded = g_getenv ("LD_PRELOAD");
  g_autoptr (GError) error = NULL;

  check_error (folder, SPEEDUP_ERROR_WORKER_MISSING, "speedup-worker");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      /* valgrind ends a process whose exec fails, where the system lets it go on. */
      if (i == 0 && preloaded != NULL && strstr (preloaded, "vgpreload") != NULL)
        continue;

      g_file_set_contents (path, cases[i].script, -1, &error);
      g_assert_no_error (error);
      g_chmod (path, 0700);
      check_error (folder, cases[i].code, cases[i].part);
    }

  g_unlink (path);
  g_rmdir (folder);
}

/* The worker does not know the workload: its own words come back. */
static void
test_refused (void)
{
  TestSpec spec = { .behaviour = TEST_OUTPUT, .n_tasks = 10 };
  g_autoptr (SpeedupWorkload) workload = test_workload_new (&spec);
  SpeedupWorkloadClass *klass = SPEEDUP_WORKLOAD_GET_CLASS (workload);
  const char *name = klass->name;
  g_autoptr (SpeedupExecution) execution = NULL;
  g_autoptr (GError) error = NULL;

  klass->name = "unheard-of";
  execution = execute (workload, 4, 1, FALSE, 0, &error);
  klass->name = name;
  g_assert_null (execution);
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT);
  g_assert_cmpstr (error->message, ==, "There is no workload “unheard-of”");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  workers_folder = g_test_build_filename (G_TEST_BUILT, "support", NULL);
  g_setenv ("SPEEDUP_LIBEXECDIR", workers_folder, TRUE);

  g_test_add_func ("/worker-deaths/killed-once", test_killed_once);
  g_test_add_func ("/worker-deaths/killer", test_killer);
  g_test_add_func ("/worker-deaths/killed-from-outside", test_killed_from_outside);
  g_test_add_func ("/worker-deaths/garbage-mid-run", test_garbage_mid_run);
  g_test_add_func ("/worker-deaths/print", test_print);
  g_test_add_func ("/worker-deaths/stuck", test_stuck);
  g_test_add_func ("/worker-deaths/no-worker", test_no_worker);
  g_test_add_func ("/worker-deaths/refused", test_refused);

  return g_test_run ();
}
