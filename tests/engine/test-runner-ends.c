/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "fake-executor.h"
#include "speedup-error.h"
#include "speedup-journal.h"

/* How a measurement ends, what goes wrong in it, and how it is gone on with; on a clock that only
 * work moves.
 */

#define N_TASKS 8

static void
cancel_at (FakeWorld *world,
           FakeRun   *fake)
{
  fake->cancel = fake->index == GPOINTER_TO_UINT (world->data);
}

static void
test_cancel (void)
{
  for (guint at = 0; at < 12; at++)
    {
      g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, 3);
      g_autoptr (SpeedupResult) result = NULL;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      FakeWorld world;

      fake_world_init (&world);
      world.script = cancel_at;
      world.data = GUINT_TO_POINTER (at);
      world.cancellable = cancellable;
      result = fake_world_run (&world, plan, &error);
      if (at < 6)
        {
          g_assert_null (result);
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
          continue;
        }

      /* The round in progress stays in the file, but nothing of it is used. */
      g_assert_no_error (error);
      g_assert_cmpint (result->status, ==, SPEEDUP_RESULT_CANCELLED);
      g_assert_cmpuint (result->rounds_completed, ==, at / 3 - 1);
      g_assert_cmpuint (result->runs->len, ==, at);
      for (guint i = 0; i < 3; i++)
        {
          g_assert_null (speedup_result_get_counted (result, i, at / 3));
          g_assert_cmpuint (speedup_analysis_get_summary (result->analysis, i)->n_pairs, ==,
                            at / 3 - 1);
        }
    }
}

static void
break_run (FakeWorld *world,
           FakeRun   *fake)
{
  if (fake->index == GPOINTER_TO_UINT (world->data))
    fake->error = "speedup-worker is missing";
}

static void
test_run_impossible (void)
{
  g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, 3);
  g_autoptr (SpeedupResult) result = NULL;
  g_autoptr (GError) error = NULL;
  FakeWorld world;

  fake_world_init (&world);
  world.script = break_run;
  world.data = GUINT_TO_POINTER (1);
  g_assert_null (fake_world_run (&world, plan, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_WORKER_MISSING);

  fake_world_init (&world);
  world.script = break_run;
  world.data = GUINT_TO_POINTER (7);
  result = fake_world_run (&world, plan, NULL);
  g_assert_nonnull (result);
  g_assert_cmpint (result->status, ==, SPEEDUP_RESULT_INTERRUPTED);
  g_assert_true (speedup_result_has_warning (result, "stopped"));
}

static void
test_start_fails (void)
{
  g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, 3);
  g_autoptr (GError) error = NULL;
  FakeWorld world;

  fake_world_init (&world);
  world.fail_start = TRUE;
  g_assert_null (fake_world_run (&world, plan, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_WORKER_MISSING);
}

static void
fail_all (FakeWorld *world G_GNUC_UNUSED,
          FakeRun   *fake)
{
  fake->fail_to = N_TASKS;
}

static void
test_all_fail (void)
{
  g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, 3);
  g_autoptr (GError) error = NULL;
  FakeWorld world;

  fake_world_init (&world);
  world.script = fail_all;
  g_assert_null (fake_world_run (&world, plan, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_NOTHING_MEASURED);
  g_assert_nonnull (strstr (error->message, "task-0: It is broken."));
  g_assert_cmpuint (world.n_runs, ==, 3);
}

static void
delay_one (FakeWorld *world G_GNUC_UNUSED,
           FakeRun   *fake)
{
  fake->timed_out = 3;
}

static void
test_all_too_long (void)
{
  g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, 3);
  g_autoptr (GError) error = NULL;
  FakeWorld world;

  fake_world_init (&world);
  world.script = delay_one;
  g_assert_null (fake_world_run (&world, plan, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_NOTHING_MEASURED);
  g_assert_nonnull (strstr (error->message, "task-3: It took too long."));
  g_assert_cmpuint (world.n_runs, ==, 3);
}

static void
void_all (FakeWorld *world G_GNUC_UNUSED,
          FakeRun   *fake)
{
  fake->void_reason = "worker-died";
}

static void
test_all_void (void)
{
  g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, 1);
  g_autoptr (GError) error = NULL;
  FakeWorld world;

  fake_world_init (&world);
  world.script = void_all;
  g_assert_null (fake_world_run (&world, plan, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_NOTHING_MEASURED);
  g_assert_nonnull (strstr (error->message, "worker-died"));
}

static void
fail_one (FakeWorld *world G_GNUC_UNUSED,
          FakeRun   *fake)
{
  fake->fail_from = 5;
  fake->fail_to = 6;
}

/* A broken picture is broken everywhere: it is named, and nothing is void. */
static void
test_failing_alike (void)
{
  g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, 2);
  g_autoptr (SpeedupResult) result = NULL;
  const SpeedupFailure *failure;
  FakeWorld world;

  fake_world_init (&world);
  world.script = fail_one;
  result = fake_world_run (&world, plan, NULL);
  g_assert_nonnull (result);
  g_assert_false (speedup_result_has_void_runs (result));
  g_assert_cmpuint (result->failures->len, ==, 1);
  failure = g_ptr_array_index (result->failures, 0);
  g_assert_cmpstr (failure->task, ==, "task-5");
  g_assert_cmpstr (failure->message, ==, "It is broken.");
  g_assert_cmpuint (failure->configurations->len, ==, 3);
}

/* Every round sees other data; in round 2 one run does not even see its round's. */
static void
change_source (FakeWorld *world,
               FakeRun   *fake)
{
  fake->digest = fake->index / 3;
  if (world->data != NULL && fake->index == 6)
    fake->digest = 99;
}

static void
test_live_source (void)
{
  for (guint odd = 0; odd < 2; odd++)
    {
      g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, 2);
      g_autoptr (SpeedupResult) result = NULL;
      FakeWorld world;

      fake_world_init (&world);
      world.script = change_source;
      world.data = GUINT_TO_POINTER (odd);
      world.live = TRUE;
      result = fake_world_run (&world, plan, NULL);
      g_assert_nonnull (result);
      g_assert_true (speedup_result_has_warning (result, "source-changed"));
      g_assert_cmpint (speedup_result_has_void_runs (result), ==, odd);
    }
}

/* The same without a live source is wrong. */
static void
change_late (FakeWorld *world G_GNUC_UNUSED,
             FakeRun   *fake)
{
  fake->digest = fake->index >= 9;
}

static void
test_changing_inputs (void)
{
  g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, 3);
  g_autoptr (SpeedupResult) result = NULL;
  FakeWorld world;

  fake_world_init (&world);
  world.script = change_late;
  result = fake_world_run (&world, plan, NULL);
  g_assert_nonnull (result);
  g_assert_cmpuint (result->runs->len, ==, 9 + 9);
  g_assert_nonnull (speedup_result_get_counted (result, 0, 2));
  g_assert_null (speedup_result_get_counted (result, 0, 3));
  g_assert_false (speedup_result_has_warning (result, "source-changed"));
}

static void
spoil_one (FakeWorld *world G_GNUC_UNUSED,
           FakeRun   *fake)
{
  fake->digest = fake->configuration->workers == 2;
}

/* What is always wrong is repeated twice in every round, and must not win by that. */
static void
test_always_wrong (void)
{
  g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, 7);
  g_autoptr (SpeedupResult) result = NULL;
  FakeWorld world;

  fake_world_init (&world);
  world.script = spoil_one;
  result = fake_world_run (&world, plan, NULL);
  g_assert_nonnull (result);
  g_assert_cmpuint (result->rounds_completed, ==, 7 + SPEEDUP_EXTRA_ROUNDS);
  for (guint round = 1; round <= result->rounds_completed; round++)
    {
      g_assert_nonnull (speedup_result_get_counted (result, 0, round));
      g_assert_null (speedup_result_get_counted (result, 1, round));
      g_assert_nonnull (speedup_result_get_counted (result, 2, round));
    }
}

static void
limit_rate (FakeWorld *world,
            FakeRun   *fake)
{
  guint first = GPOINTER_TO_UINT (world->data);

  fake->rate_limited = fake->index == first || fake->index == first + 1;
}

static void
test_rate_limited (void)
{
  g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, 6);
  g_autoptr (SpeedupResult) result = NULL;
  g_autoptr (GError) error = NULL;
  FakeWorld world;

  fake_world_init (&world);
  world.script = limit_rate;
  world.data = GUINT_TO_POINTER (10);
  result = fake_world_run (&world, plan, &error);
  g_assert_no_error (error);
  g_assert_cmpint (result->status, ==, SPEEDUP_RESULT_INTERRUPTED);
  g_assert_cmpuint (result->rounds_completed, ==, 2);
  g_assert_cmpuint (world.n_runs, ==, 12);
  g_assert_true (speedup_result_has_warning (result, "server-limited"));

  fake_world_init (&world);
  world.script = limit_rate;
  world.data = GUINT_TO_POINTER (1);
  g_assert_null (fake_world_run (&world, plan, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_NOTHING_MEASURED);
  g_assert_nonnull (strstr (error->message, "rate-limited"));
}

static void
load_server (FakeWorld *world,
             FakeRun   *fake)
{
  double share = *(const double *) world->data;

  if (fake->configuration->workers == 4)
    fake->server_s = 2 * share;
}

/* The server's CPU time is not foreign, but from 80 % of a CPU on it is what is measured. */
static void
test_server_limited (void)
{
  const double shares[] = { 0.7, 0.9 };

  for (gsize i = 0; i < G_N_ELEMENTS (shares); i++)
    {
      g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, 2);
      g_autoptr (SpeedupResult) result = NULL;
      double share = shares[i];
      FakeWorld world;

      fake_world_init (&world);
      world.script = load_server;
      world.data = &share;
      result = fake_world_run (&world, plan, NULL);
      g_assert_nonnull (result);
      g_assert_cmpuint (result->runs->len, ==, 9);
      g_assert_cmpint (speedup_result_has_warning (result, "server-limited"), ==, share > 0.8);
    }
}

static void
test_cold_cache (void)
{
  g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, 1);
  g_autoptr (SpeedupResult) result = NULL;
  FakeWorld world;
  guint n_told = 0;

  plan->cache = SPEEDUP_CACHE_COLD;
  fake_world_init (&world);
  world.no_cold_cache = TRUE;
  result = fake_world_run (&world, plan, NULL);
  g_assert_nonnull (result);

  for (guint i = 0; i < result->warnings->len; i++)
    {
      const SpeedupWarning *warning = g_ptr_array_index (result->warnings, i);

      n_told += g_str_equal (warning->code, "cold-cache-unavailable");
    }
  g_assert_cmpuint (n_told, ==, 1);
}

static void
test_outputs (void)
{
  g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, 2);
  g_autoptr (SpeedupRunner) runner = NULL;
  g_autoptr (SpeedupResult) result = NULL;
  GVariant **outputs;
  FakeWorld world;
  guint n = 0;

  /* The warm-up fails task 5 in every run; the first timed round is clean with other data. */
  fake_world_init (&world);
  world.script = fail_one;
  runner = fake_world_new_runner (&world, plan);
  result = fake_runner_run (runner, NULL, NULL);
  g_assert_nonnull (result);
  outputs = speedup_runner_get_outputs (runner, &n);
  g_assert_cmpuint (n, ==, N_TASKS);
  g_assert_null (outputs[5]);
  g_assert_cmpuint (g_variant_get_uint64 (outputs[6]), ==, 6);
}

/* Round, place and configuration of every timed run, and how long it took. */
static char *
describe_runs (const SpeedupResult *result)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < result->runs->len; i++)
    {
      const SpeedupRun *one = g_ptr_array_index (result->runs, i);

      if (one->round >= 1 && one->round <= result->rounds_completed)
        g_string_append_printf (text, "%u %u %u %u %.9g\n", one->round, one->order, one->attempt,
                                one->configuration->workers, one->wall_s);
    }

  return g_string_free (text, FALSE);
}

static void
test_resume (void)
{
  g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, 4);
  g_autoptr (SpeedupResult) whole = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *folder = g_dir_make_tmp ("speedup-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "x.speedup.journal", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  FakeWorld world;

  fake_world_init (&world);
  whole = fake_world_run (&world, plan, NULL);
  expected = describe_runs (whole);

  for (guint at = 6; at < 15; at += 2)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (SpeedupRunner) first = NULL;
      g_autoptr (SpeedupRunner) second = NULL;
      g_autoptr (SpeedupWorkload) workload = NULL;
      g_autoptr (SpeedupResult) part = NULL;
      g_autoptr (SpeedupResult) previous = NULL;
      g_autoptr (SpeedupResult) resumed = NULL;
      g_autoptr (SpeedupResult) again = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *fingerprint = NULL;
      g_autofree char *late_fingerprint = NULL;
      g_autofree char *described = NULL;
      g_autofree char *journalled = NULL;

      fake_world_init (&world);
      world.script = cancel_at;
      world.data = GUINT_TO_POINTER (at);
      world.cancellable = cancellable;
      first = fake_world_new_runner (&world, plan);
      speedup_runner_set_journal (first, file);
      part = fake_runner_run (first, cancellable, NULL);

      previous = speedup_journal_load (file, &fingerprint, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (previous->rounds_completed, ==, at / 3 - 1);
      fake_world_init (&world);
      workload = fake_world_new_workload (&world, N_TASKS);
      g_assert_true (speedup_journal_check (previous, fingerprint, workload, &error));
      second = fake_world_new_runner (&world, previous->plan);
      speedup_runner_set_journal (second, file);
      speedup_runner_set_previous (second, previous);
      resumed = fake_runner_run (second, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (resumed->status, ==, SPEEDUP_RESULT_COMPLETE);
      described = describe_runs (resumed);
      g_assert_cmpstr (described, ==, expected);

      again = speedup_journal_load (file, &late_fingerprint, &error);
      g_assert_no_error (error);
      journalled = describe_runs (again);
      g_assert_cmpstr (journalled, ==, expected);
    }

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_resume_elsewhere (void)
{
  g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, 4);
  g_autoptr (SpeedupMachine) machine = speedup_machine_new ();
  g_autoptr (SpeedupResult) previous = NULL;
  g_autoptr (SpeedupRunner) runner = NULL;
  g_autoptr (SpeedupResult) result = NULL;
  g_autoptr (GError) error = NULL;
  FakeWorld world;

  machine->cpu = g_strdup ("Another CPU");
  machine->cpus_usable = 3;
  previous = speedup_result_new (plan, g_steal_pointer (&machine));
  previous->rounds_completed = 2;
  fake_world_init (&world);
  runner = fake_world_new_runner (&world, plan);
  speedup_runner_set_previous (runner, previous);
  result = fake_runner_run (runner, NULL, &error);
  g_assert_null (result);
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_CHANGED);
  g_assert_nonnull (strstr (error->message, "Another CPU with 3"));
}

typedef struct
{
  GThread *thread;
  GMainContext *context;
  guint n_runs;
  guint n_rounds;
  guint n_tasks;
  gboolean done;
} Listener;

static void
check_context (const Listener *listener)
{
  g_assert_true (g_thread_self () == listener->thread);
  g_assert_true (g_main_context_is_owner (listener->context));
}

static void
tasks_cb (SpeedupRunner    *runner G_GNUC_UNUSED,
          SpeedupExecution *execution,
          guint             first,
          guint             count,
          Listener         *listener)
{
  check_context (listener);
  g_assert_cmpuint (first + count, <=, execution->n_tasks);
  listener->n_tasks += count;
}

static void
run_cb (SpeedupRunner    *runner G_GNUC_UNUSED,
        const SpeedupRun *one,
        Listener         *listener)
{
  check_context (listener);
  g_assert_true (one->wall_s > 0);
  listener->n_runs++;
  /* The tasks of a run are told of before the run is. */
  g_assert_cmpuint (listener->n_tasks, ==, listener->n_runs * N_TASKS);
}

static void
round_cb (SpeedupRunner *runner G_GNUC_UNUSED,
          guint          round,
          SpeedupResult *result,
          Listener      *listener)
{
  check_context (listener);
  g_assert_cmpuint (round, ==, listener->n_rounds);
  g_assert_cmpuint (result->rounds_completed, ==, round);
  g_assert_cmpuint (result->runs->len, ==, 3 * (round + 1));
  g_assert_nonnull (result->analysis);
  listener->n_rounds++;
}

static void
listener_done_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  Listener *listener = user_data;
  g_autoptr (SpeedupResult) finished = NULL;

  check_context (listener);
  finished = speedup_runner_run_finish (SPEEDUP_RUNNER (source), result, NULL);
  g_assert_nonnull (finished);
  listener->done = TRUE;
}

static gpointer
listen_in_thread (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, 4);
  g_autoptr (SpeedupRunner) runner = NULL;
  Listener *listener = data;
  FakeWorld world;

  g_main_context_push_thread_default (context);
  listener->thread = g_thread_self ();
  listener->context = context;
  fake_world_init (&world);
  runner = fake_world_new_runner (&world, plan);
  g_signal_connect (runner, "tasks-finished", G_CALLBACK (tasks_cb), listener);
  g_signal_connect (runner, "run-finished", G_CALLBACK (run_cb), listener);
  g_signal_connect (runner, "round-finished", G_CALLBACK (round_cb), listener);
  speedup_runner_run_async (runner, NULL, listener_done_cb, listener);
  while (!listener->done)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);

  return NULL;
}

static void
test_signals (void)
{
  Listener listener = { 0 };

  g_thread_join (g_thread_new ("listener", listen_in_thread, &listener));
  g_assert_true (listener.done);
  g_assert_cmpuint (listener.n_runs, ==, 15);
  g_assert_cmpuint (listener.n_rounds, ==, 5);
  g_assert_cmpuint (listener.n_tasks, ==, 15 * N_TASKS);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/runner-ends/cancel", test_cancel);
  g_test_add_func ("/engine/runner-ends/run-impossible", test_run_impossible);
  g_test_add_func ("/engine/runner-ends/start-fails", test_start_fails);
  g_test_add_func ("/engine/runner-ends/all-fail", test_all_fail);
  g_test_add_func ("/engine/runner-ends/all-too-long", test_all_too_long);
  g_test_add_func ("/engine/runner-ends/all-void", test_all_void);
  g_test_add_func ("/engine/runner-ends/failing-alike", test_failing_alike);
  g_test_add_func ("/engine/runner-ends/live-source", test_live_source);
  g_test_add_func ("/engine/runner-ends/changing-inputs", test_changing_inputs);
  g_test_add_func ("/engine/runner-ends/always-wrong", test_always_wrong);
  g_test_add_func ("/engine/runner-ends/rate-limited", test_rate_limited);
  g_test_add_func ("/engine/runner-ends/server-limited", test_server_limited);
  g_test_add_func ("/engine/runner-ends/cold-cache", test_cold_cache);
  g_test_add_func ("/engine/runner-ends/outputs", test_outputs);
  g_test_add_func ("/engine/runner-ends/resume", test_resume);
  g_test_add_func ("/engine/runner-ends/resume-elsewhere", test_resume_elsewhere);
  g_test_add_func ("/engine/runner-ends/signals", test_signals);

  return g_test_run ();
}
