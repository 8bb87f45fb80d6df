/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-result-file.h"
#include "speedup-runner.h"
#include "test-workload.h"

/* The whole chain with nothing faked: sleeping tasks on the real executors. */

static void
finished_cb (GObject      *source G_GNUC_UNUSED,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
count_cb (SpeedupRunner    *runner G_GNUC_UNUSED,
          SpeedupExecution *execution G_GNUC_UNUSED,
          guint             first G_GNUC_UNUSED,
          guint             count,
          guint            *total)
{
  *total += count;
}

static void
progress_cb (SpeedupRunner         *runner G_GNUC_UNUSED,
             const SpeedupProgress *progress,
             guint                 *n_told)
{
  g_assert_cmpuint (progress->tasks_done, <=, progress->n_tasks);
  g_assert_cmpuint (progress->runs_done, <, progress->n_runs);
  g_assert_cmpuint (progress->round, <=, progress->n_rounds);
  *n_told += 1;
}

/* A task that takes ten seconds is cancelled at once, and the runner with it. */
static gboolean
cancel_cb (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);

  return G_SOURCE_REMOVE;
}

static void
test_cancel (void)
{
  const TestSpec spec = { .behaviour = TEST_SLEEP, .n_tasks = 8, .every = 1,
                          .duration_us = 10000000 };
  const guint workers[] = { 4 };
  g_autoptr (SpeedupWorkload) workload = test_workload_new (&spec);
  g_autoptr (GVariant) options = g_variant_ref_sink (speedup_workload_dup_options (workload));
  g_autoptr (SpeedupPlan) plan = speedup_plan_new ("test", options, 8);
  g_autoptr (SpeedupRunner) runner = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (GError) error = NULL;
  gint64 begin_us;

  speedup_plan_add_sweep (plan, SPEEDUP_EXECUTOR_SEQUENTIAL, NULL, 0, NULL, 0);
  speedup_plan_add_sweep (plan, SPEEDUP_EXECUTOR_THREADS, workers, 1, NULL, 0);
  runner = speedup_runner_new (plan, workload);
  begin_us = g_get_monotonic_time ();
  g_timeout_add (300, cancel_cb, cancellable);
  speedup_runner_run_async (runner, cancellable, finished_cb, &done);
  while (done == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (speedup_runner_run_finish (runner, done, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <, 5 * G_USEC_PER_SEC);
}

static void
test_sleeping (void)
{
  const TestSpec spec = { .behaviour = TEST_SLEEP, .n_tasks = 8, .every = 1, .duration_us = 10000 };
  const guint workers[] = { 1, 4 };
  g_autoptr (SpeedupWorkload) workload = test_workload_new (&spec);
  g_autoptr (GVariant) options = g_variant_ref_sink (speedup_workload_dup_options (workload));
  g_autoptr (SpeedupPlan) plan = speedup_plan_new ("test", options, 8);
  g_autoptr (SpeedupRunner) runner = NULL;
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (SpeedupResult) result = NULL;
  g_autoptr (SpeedupResult) read = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;
  const SpeedupSummary *summary;
  guint total = 0, n_told = 0, n_runs;
  gint64 begin_us;

  plan->rounds = 2;
  speedup_plan_add_sweep (plan, SPEEDUP_EXECUTOR_SEQUENTIAL, NULL, 0, NULL, 0);
  speedup_plan_add_sweep (plan, SPEEDUP_EXECUTOR_THREADS, workers, 2, NULL, 0);
  speedup_plan_add_sweep (plan, SPEEDUP_EXECUTOR_ASYNC, workers, 1, NULL, 0);
  runner = speedup_runner_new (plan, workload);
  g_signal_connect (runner, "tasks-finished", G_CALLBACK (count_cb), &total);
  g_signal_connect (runner, "progress", G_CALLBACK (progress_cb), &n_told);
  begin_us = g_get_monotonic_time ();
  speedup_runner_run_async (runner, NULL, finished_cb, &done);
  while (done == NULL)
    g_main_context_iteration (NULL, TRUE);
  result = speedup_runner_run_finish (runner, done, &error);
  g_assert_no_error (error);
  g_assert_cmpint (result->status, ==, SPEEDUP_RESULT_COMPLETE);
  g_assert_cmpuint (result->rounds_completed, ==, 2);

  /* 20 a second at most, however long it took. */
  g_assert_cmpuint (n_told, >, 0);
  g_assert_cmpuint (n_told, <=, 1 + 20 * (g_get_monotonic_time () - begin_us) / G_USEC_PER_SEC);

  /* Every task of every run was told of, and nothing else. */
  n_runs = result->runs->len;
  g_assert_cmpuint (n_runs, >=, 3 * plan->configurations->len);
  g_assert_cmpuint (total, ==, n_runs * 8);

  /* Four in flight instead of one: sleeping scales whatever the machine; 8 tasks, 2 waves. */
  summary = speedup_analysis_get_summary (result->analysis, 2);
  g_assert_nonnull (summary);
  g_assert_cmpfloat (summary->ratio.estimate, >, 1.5);
  g_assert_cmpfloat (summary->ratio.estimate, <, 4.5);
  g_assert_nonnull (speedup_result_get_timeline (result, 2));
  g_assert_cmpuint (speedup_result_get_timeline (result, 2)->n_tasks, ==, 8);

  json = speedup_result_to_json (result);
  read = speedup_result_from_json (json, -1, &error);
  g_assert_no_error (error);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/runner-real/sleeping", test_sleeping);
  g_test_add_func ("/engine/runner-real/cancel", test_cancel);

  return g_test_run ();
}
