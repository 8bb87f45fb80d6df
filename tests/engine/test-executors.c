/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-clock.h"
#include "speedup-error.h"
#include "speedup-executor.h"
#include "test-workload.h"

/* Every case runs for every executor: the kind is the case's data. */
#define KIND(data) ((SpeedupExecutorKind) GPOINTER_TO_UINT (data))

typedef struct
{
  SpeedupExecution *execution;
  TestCounters counters;
} Done;

static void
done_clear (Done *done)
{
  g_clear_pointer (&done->execution, speedup_execution_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Done, done_clear)

static gboolean
execute (SpeedupExecutorKind  kind,
         guint                workers,
         const TestSpec      *spec,
         gboolean             keep_outputs,
         double               task_timeout_s,
         GCancellable        *cancellable,
         Done                *done,
         GError             **error)
{
  g_autoptr (SpeedupWorkload) workload = test_workload_new (spec);
  g_autoptr (SpeedupConfiguration) configuration = NULL;
  g_autoptr (SpeedupExecutor) executor = speedup_executor_new (kind);
  gboolean ok;

  configuration = speedup_configuration_new (kind, workers, SPEEDUP_CHUNK_SIZE_AUTO, NULL,
                                             spec->n_tasks);
  done->execution = speedup_execution_new (workload, configuration, keep_outputs, task_timeout_s);
  ok = speedup_executor_execute (executor, done->execution, cancellable, error);
  done->counters = *test_workload_get_counters (TEST_WORKLOAD (workload));

  return ok;
}

static guint
workers_for (SpeedupExecutorKind kind,
             guint               workers)
{
  return kind == SPEEDUP_EXECUTOR_SEQUENTIAL ? 1 : workers;
}

/* The most tasks whose times, as recorded, have a moment in common. */
static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  const gint64 *x = a, *y = b;

  return x[0] != y[0] ? (x[0] < y[0] ? -1 : 1) : (x[1] < y[1] ? -1 : x[1] > y[1]);
}

static guint
recorded_peak (SpeedupExecution *execution)
{
  g_autofree gint64 *events = g_new (gint64, 4 * execution->n_tasks);
  int in_flight = 0, peak = 0;

  for (guint i = 0; i < execution->n_tasks; i++)
    {
      events[4 * i] = execution->records[i].start_ns;
      events[4 * i + 1] = 1;
      events[4 * i + 2] = execution->records[i].end_ns;
      events[4 * i + 3] = -1;
    }
  qsort (events, 2 * execution->n_tasks, 2 * sizeof (gint64), compare_times);
  for (guint i = 0; i < 2 * execution->n_tasks; i++)
    {
      in_flight += (int) events[2 * i + 1];
      peak = MAX (peak, in_flight);
    }

  return (guint) peak;
}

/* What must hold after every run that came to its end. */
static void
check_complete (SpeedupExecution *execution)
{
  g_autofree guint *order = g_new (guint, execution->n_tasks + 1);
  g_autofree gboolean *seen = g_new0 (gboolean, execution->n_tasks + 1);

  g_assert_cmpuint (speedup_execution_get_n_completed (execution), ==, execution->n_tasks);
  g_assert_cmpint (execution->released_ns, >, 0);
  g_assert_cmpint (execution->last_end_ns, >=, execution->released_ns);
  g_assert_cmpuint (speedup_execution_read_completions (execution, 0, order, execution->n_tasks),
                    ==, execution->n_tasks);

  for (guint i = 0; i < execution->n_tasks; i++)
    {
      const SpeedupTaskRecord *record = &execution->records[i];

      g_assert_cmpint (record->start_ns, >=, execution->started_ns);
      g_assert_cmpint (record->end_ns, >=, record->start_ns);
      g_assert_cmpint (record->end_ns, <=, execution->last_end_ns);
      g_assert_cmpuint (record->worker, <, speedup_execution_get_n_workers (execution));
      g_assert_false (seen[order[i]]);
      seen[order[i]] = TRUE;
    }
}

/* Tasks wait for each other, so that too few in flight cannot end, and one too many is counted. */
static void
test_peak (gconstpointer data)
{
  static const struct { guint workers, n_tasks; } cases[] = {
    { 1, 3 }, { 2, 6 }, { 5, 5 }, { 7, 3 }, { 16, 40 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint workers = workers_for (KIND (data), cases[i].workers);
      guint expected = MIN (workers, cases[i].n_tasks);
      TestSpec spec = { .behaviour = TEST_BARRIER, .n_tasks = cases[i].n_tasks, .width = workers };
      g_auto (Done) done = { NULL };
      g_autoptr (GError) error = NULL;

      g_assert_true (execute (KIND (data), workers, &spec, FALSE, 0, NULL, &done, &error));
      g_assert_no_error (error);
      check_complete (done.execution);
      for (guint task = 0; task < cases[i].n_tasks; task++)
        g_assert_cmpint (done.execution->records[task].status, ==, SPEEDUP_TASK_OK);
      g_assert_cmpint (done.counters.peak, ==, expected);
      g_assert_cmpint (done.counters.in_flight, ==, 0);
      g_assert_cmpuint (recorded_peak (done.execution), ==, expected);
      g_assert_cmpuint (speedup_execution_get_n_workers (done.execution), ==, expected);
    }
}

static void
test_no_tasks (gconstpointer data)
{
  TestSpec spec = { .behaviour = TEST_OUTPUT, .n_tasks = 0 };
  g_auto (Done) done = { NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (execute (KIND (data), workers_for (KIND (data), 4), &spec, TRUE, 0, NULL, &done,
                          &error));
  g_assert_no_error (error);
  check_complete (done.execution);
}

/* The same work gives the same digest in every executor, whether outputs are kept or not, and the
 * kept ones are the task's own.
 */
static void
test_digests (gconstpointer data)
{
  TestSpec spec = { .behaviour = TEST_OUTPUT, .n_tasks = 500, .output_bytes = 1024 };
  g_auto (Done) base = { NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = NULL;

  g_assert_true (execute (SPEEDUP_EXECUTOR_SEQUENTIAL, 1, &spec, FALSE, 0, NULL, &base, &error));
  expected = speedup_execution_dup_digest (base.execution);

  for (int keep = 0; keep < 2; keep++)
    {
      g_auto (Done) done = { NULL };
      g_autofree char *digest = NULL;

      g_assert_true (execute (KIND (data), workers_for (KIND (data), 3), &spec, keep, 0, NULL,
                              &done, &error));
      g_assert_no_error (error);
      check_complete (done.execution);
      digest = speedup_execution_dup_digest (done.execution);
      g_assert_cmpstr (digest, ==, expected);
      g_assert_cmpint (done.execution->hash_ns, >, 0);
      g_assert_true ((done.execution->outputs != NULL) == keep);

      for (guint task = 0; task < spec.n_tasks; task++)
        {
          g_assert_cmpuint (done.execution->records[task].digest, !=, 0);
          if (keep)
            g_assert_cmpuint (speedup_output_digest (done.execution->outputs[task]), ==,
                              done.execution->records[task].digest);
        }
    }
}

static void
test_failures (gconstpointer data)
{
  TestSpec spec = { .behaviour = TEST_FAIL, .n_tasks = 50, .every = 10 };
  g_auto (Done) done = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) failed = NULL;

  g_assert_true (execute (KIND (data), workers_for (KIND (data), 4), &spec, TRUE, 0, NULL, &done,
                          &error));
  g_assert_no_error (error);
  check_complete (done.execution);
  failed = speedup_execution_get_failed (done.execution);
  g_assert_cmpuint (failed->len, ==, 5);
  g_assert_null (done.execution->void_reason);

  for (guint i = 0; i < failed->len; i++)
    {
      guint task = g_array_index (failed, guint, i);
      g_autoptr (GError) task_error = speedup_execution_dup_error (done.execution, task);
      g_autofree char *message = g_strdup_printf ("Task %u is broken", task);

      g_assert_cmpuint (task, ==, i * 10);
      g_assert_error (task_error, SPEEDUP_ERROR, SPEEDUP_ERROR_INPUT);
      g_assert_cmpstr (task_error->message, ==, message);
      g_assert_null (done.execution->outputs[task]);
      g_assert_cmpuint (done.execution->records[task].digest, ==, 0);
    }
}

static gpointer
cancel_thread (gpointer data)
{
  gpointer *both = data;
  TestCounters *counters = test_workload_get_counters (both[0]);

  while (atomic_load (&counters->in_flight) == 0)
    g_usleep (100);
  g_cancellable_cancel (both[1]);

  return NULL;
}

/* Cancelled while tasks sleep that would sleep for minutes. */
static void
test_cancel (gconstpointer data)
{
  SpeedupExecutorKind kind = KIND (data);
  TestSpec spec = { .behaviour = TEST_SLEEP, .n_tasks = 100, .duration_us = 600 * G_USEC_PER_SEC };
  g_autoptr (SpeedupWorkload) workload = test_workload_new (&spec);
  g_autoptr (SpeedupConfiguration) configuration = NULL;
  g_autoptr (SpeedupExecutor) executor = speedup_executor_new (kind);
  g_autoptr (SpeedupExecution) execution = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gpointer both[] = { workload, cancellable };
  GThread *thread;
  gint64 begin_ns = speedup_monotonic_ns ();

  configuration = speedup_configuration_new (kind, workers_for (kind, 8), SPEEDUP_CHUNK_SIZE_AUTO,
                                             NULL, spec.n_tasks);
  execution = speedup_execution_new (workload, configuration, TRUE, 0);
  thread = g_thread_new ("cancel", cancel_thread, both);
  g_assert_false (speedup_executor_execute (executor, execution, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);

  g_assert_cmpuint (speedup_execution_get_n_completed (execution), <, spec.n_tasks);
  g_assert_cmpint (speedup_monotonic_ns () - begin_ns, <, G_GINT64_CONSTANT (20000000000));
}

static void
test_cancelled_before (gconstpointer data)
{
  TestSpec spec = { .behaviour = TEST_OUTPUT, .n_tasks = 3 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Done) done = { NULL };
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (execute (KIND (data), 1, &spec, FALSE, 0, cancellable, &done, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (done.counters.sessions, ==, 0);
}

/* One task in three sleeps for minutes: it is the one that times out, and the run ends with it. */
static void
test_timeout (gconstpointer data)
{
  TestSpec spec = { .behaviour = TEST_SLEEP, .n_tasks = 9, .every = 3,
                    .duration_us = 600 * G_USEC_PER_SEC };
  g_auto (Done) done = { NULL };
  g_autoptr (GError) error = NULL;
  guint timed_out = 0;

  g_assert_true (execute (KIND (data), workers_for (KIND (data), 2), &spec, FALSE, 0.2, NULL,
                          &done, &error));
  g_assert_no_error (error);

  for (guint task = 0; task < spec.n_tasks; task++)
    {
      const SpeedupTaskRecord *record = &done.execution->records[task];
      g_autoptr (GError) task_error = NULL;

      if (record->status != SPEEDUP_TASK_TIMED_OUT)
        continue;
      timed_out++;
      task_error = speedup_execution_dup_error (done.execution, task);
      g_assert_error (task_error, SPEEDUP_ERROR, SPEEDUP_ERROR_TIMED_OUT);
      g_assert_cmpuint (task % 3, ==, 0);
      g_assert_cmpint (record->end_ns - record->start_ns, >, 200 * 1000 * 1000);
    }
  g_assert_cmpuint (timed_out, >=, 1);
}

/* A limit that nobody exceeds changes nothing. */
static void
test_within_limit (gconstpointer data)
{
  TestSpec spec = { .behaviour = TEST_SLEEP, .n_tasks = 20, .duration_us = 1000 };
  g_auto (Done) done = { NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (execute (KIND (data), workers_for (KIND (data), 4), &spec, FALSE, 60, NULL,
                          &done, &error));
  g_assert_no_error (error);
  check_complete (done.execution);
  for (guint task = 0; task < spec.n_tasks; task++)
    g_assert_cmpint (done.execution->records[task].status, ==, SPEEDUP_TASK_OK);
}

/* CPU time is the workers' own: sleeping costs nearly none, computing at least its duration. */
static void
test_cpu_time (gconstpointer data)
{
  TestSpec spin = { .behaviour = TEST_SPIN, .n_tasks = 4, .duration_us = 30000 };
  TestSpec sleep = { .behaviour = TEST_SLEEP, .n_tasks = 4, .duration_us = 30000 };
  g_auto (Done) spun = { NULL };
  g_auto (Done) slept = { NULL };
  g_autoptr (GError) error = NULL;
  double spun_s, slept_s;

  g_assert_true (execute (KIND (data), 1, &spin, FALSE, 0, NULL, &spun, &error));
  g_assert_true (execute (KIND (data), 1, &sleep, FALSE, 0, NULL, &slept, &error));
  spun_s = spun.execution->user_s + spun.execution->system_s;
  slept_s = slept.execution->user_s + slept.execution->system_s;
  g_assert_cmpfloat (spun_s, >, 0);
  g_assert_cmpfloat (slept_s, >=, 0);
  /* Others may take the CPU from a task that spins, but never give it any. */
  g_assert_cmpfloat (spun_s, <, (spun.execution->last_end_ns - spun.execution->released_ns) / 1e9
                     + 0.05);
  g_assert_cmpfloat (slept_s, <, (slept.execution->last_end_ns - slept.execution->released_ns) / 1e9
                     + 0.05);
}

static const struct
{
  const char *name;
  GTestDataFunc func;
} cases[] = {
  { "peak", test_peak },
  { "no-tasks", test_no_tasks },
  { "digests", test_digests },
  { "failures", test_failures },
  { "cancel", test_cancel },
  { "cancelled-before", test_cancelled_before },
  { "timeout", test_timeout },
  { "within-limit", test_within_limit },
  { "cpu-time", test_cpu_time },
};

int
main (int   argc,
      char *argv[])
{
  g_autofree char *workers = NULL;

  g_test_init (&argc, &argv, NULL);
  workers = g_test_build_filename (G_TEST_BUILT, "support", NULL);
  g_setenv ("SPEEDUP_LIBEXECDIR", workers, TRUE);

  for (guint kind = 0; kind < SPEEDUP_N_EXECUTOR_KINDS; kind++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
        {
          g_autofree char *path = g_strdup_printf ("/executors/%s/%s",
                                                   speedup_executor_kind_to_string (kind),
                                                   cases[i].name);

          g_test_add_data_func (path, GUINT_TO_POINTER (kind), cases[i].func);
        }
    }

  return g_test_run ();
}
