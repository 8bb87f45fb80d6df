/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "fake-executor.h"
#include "speedup-error.h"
#include "speedup-journal.h"
#include "speedup-result-file.h"
#include "speedup-schedule.h"

/* The runner on a clock that only work moves: exact numbers, no sleeping. */

#define N_TASKS 8

static void
finished_cb (GObject      *source G_GNUC_UNUSED,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static SpeedupResult *
run (SpeedupRunner *runner,
     GCancellable  *cancellable,
     GError       **error)
{
  g_autoptr (GAsyncResult) done = NULL;

  speedup_runner_run_async (runner, cancellable, finished_cb, &done);
  while (done == NULL)
    g_main_context_iteration (NULL, TRUE);

  return speedup_runner_run_finish (runner, done, error);
}

static SpeedupResult *
run_world (FakeWorld   *world,
           SpeedupPlan *plan,
           GError     **error)
{
  g_autoptr (SpeedupRunner) runner = fake_world_new_runner (world, plan);
  SpeedupResult *result = run (runner, world->cancellable, error);

  g_assert_cmpuint (world->n_stopped, ==, world->n_started);
  g_assert_finalize_object (g_steal_pointer (&runner));

  return result;
}

/* sequential, threads x 2, threads x 4 */
static SpeedupPlan *
make_plan (guint rounds)
{
  const guint workers[] = { 2, 4 };
  SpeedupPlan *plan = speedup_plan_new ("fake", g_variant_new_parsed ("@a{sv} {}"), N_TASKS);

  plan->rounds = rounds;
  plan->seed = 42;
  speedup_plan_add_sweep (plan, SPEEDUP_EXECUTOR_SEQUENTIAL, NULL, 0, NULL, 0);
  speedup_plan_add_sweep (plan, SPEEDUP_EXECUTOR_THREADS, workers, G_N_ELEMENTS (workers), NULL, 0);

  return plan;
}

static void
test_numbers (void)
{
  g_autoptr (SpeedupPlan) plan = make_plan (6);
  g_autoptr (SpeedupResult) result = NULL;
  g_autoptr (GError) error = NULL;
  const SpeedupTimeline *timeline;
  const SpeedupSummary *summary;
  const SpeedupRun *one;
  FakeWorld world;

  fake_world_init (&world);
  result = run_world (&world, plan, &error);
  g_assert_no_error (error);
  g_assert_cmpint (result->status, ==, SPEEDUP_RESULT_COMPLETE);
  g_assert_cmpuint (result->rounds_completed, ==, 6);
  g_assert_cmpuint (result->runs->len, ==, 7 * 3);
  g_assert_cmpuint (world.n_started, ==, 1);

  one = speedup_result_get_counted (result, 2, 3);
  g_assert_true (one->wall_s == 2.0);
  g_assert_true (one->user_s == 8.0);
  g_assert_true (one->task_cv == 0.0);
  g_assert_cmpuint (one->failed_tasks, ==, 0);
  g_assert_null (one->reason);

  summary = speedup_analysis_get_summary (result->analysis, 2);
  g_assert_cmpfloat_with_epsilon (summary->ratio.estimate, 4, 1e-12);
  g_assert_cmpuint (summary->n_pairs, ==, 6);

  timeline = speedup_result_get_timeline (result, 2);
  g_assert_cmpuint (timeline->n_tasks, ==, N_TASKS);
  g_assert_cmpuint (timeline->round, ==, 1);
  g_assert_true (timeline->start_s[5] == 1.0 && timeline->end_s[5] == 2.0);
  g_assert_cmpuint (timeline->worker[5], ==, 1);
  g_assert_cmpuint (g_strv_length (timeline->worker_names), ==, 4);
  g_assert_nonnull (result->output);
}

/* Everything slows down by 2 % a round, as a machine that warms up, and the truth must come out. */
static void
drift (FakeWorld *world,
       FakeRun   *fake)
{
  guint n_configurations = GPOINTER_TO_UINT (world->data);

  fake->factor = 1 + 0.02 * (fake->index / n_configurations);
}

static void
test_known_truth (gconstpointer data)
{
  const guint workers[] = { 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64 };
  double serial = *(const double *) data;
  g_autoptr (SpeedupPlan) plan = NULL;
  g_autoptr (SpeedupResult) result = NULL;
  g_autoptr (GError) error = NULL;
  const SpeedupFit *fit;
  FakeWorld world;

  /* 100 is no multiple of most of these numbers of workers. */
  plan = speedup_plan_new ("fake", g_variant_new_parsed ("@a{sv} {}"), 100);
  speedup_plan_add_sweep (plan, SPEEDUP_EXECUTOR_SEQUENTIAL, NULL, 0, NULL, 0);
  speedup_plan_add_sweep (plan, SPEEDUP_EXECUTOR_THREADS, workers, G_N_ELEMENTS (workers), NULL, 0);
  fake_world_init (&world);
  world.script = drift;
  world.data = GUINT_TO_POINTER (plan->configurations->len);
  world.task_s = (1 - serial) / 100;
  world.serial_s = serial;

  result = run_world (&world, plan, &error);
  g_assert_no_error (error);
  fit = speedup_analysis_get_fit (result->analysis, 1);
  g_assert_nonnull (fit);
  g_assert_cmpint (fit->method, ==, SPEEDUP_FIT_PROFILE);
  g_assert_cmpuint (fit->workers_max, ==, 64);
  g_assert_cmpfloat_with_epsilon (fit->serial_fraction.estimate, serial, 0.005);
  g_assert_cmpfloat (fit->serial_fraction.low, <=, serial + 1e-6);
  g_assert_cmpfloat (fit->serial_fraction.high, >=, serial - 1e-6);
  g_assert_cmpfloat (fit->serial_fraction.high - fit->serial_fraction.low, <, 0.01);
}

/* What happens to the attempts of threads x 2 in round 2, one letter for each, and what becomes of
 * them: o foreign CPU, c canary, d other output, f other failures, r retried, l rate-limited,
 * w worker died, s server died, t too long, . nothing.
 */
static const struct
{
  const char *attempts;
  const char *reasons[3];
  guint counted;      /* attempt; 0 for none */
  gboolean flagged;
} rules[] = {
  { ".", { NULL }, 1, FALSE },
  { "d.", { "wrong-digest", NULL }, 2, FALSE },
  { "dd.", { "wrong-digest", "wrong-digest", NULL }, 3, FALSE },
  { "ddd", { "wrong-digest", "wrong-digest", "wrong-digest" }, 0, FALSE },
  { "f.", { "differing-failures", NULL }, 2, FALSE },
  { "r.", { "retried", NULL }, 2, FALSE },
  { "l.", { "rate-limited", NULL }, 2, FALSE },
  { "w.", { "worker-died", NULL }, 2, FALSE },
  { "www", { "worker-died", "worker-died", "worker-died" }, 0, FALSE },
  { "s.", { "server-died", NULL }, 2, FALSE },
  { "t", { "task-timeout" }, 0, FALSE },
  { "wt", { "worker-died", "task-timeout" }, 0, FALSE },
  { "o.", { "foreign-cpu", NULL }, 2, FALSE },
  { "ooo", { "foreign-cpu", "foreign-cpu", "foreign-cpu" }, 3, TRUE },
  { "oow", { "foreign-cpu", "foreign-cpu", "worker-died" }, 2, TRUE },
  { "wo.", { "worker-died", "foreign-cpu", NULL }, 3, FALSE },
  { "odo", { "foreign-cpu", "wrong-digest", "foreign-cpu" }, 3, TRUE },
  { "c.", { "canary", NULL }, 2, FALSE },
  { "ccc", { "canary", "canary", "canary" }, 3, TRUE },
};

typedef struct
{
  const char *attempts;
  guint first_index;
  guint n_seen;
} Rule;

static char
get_attempt (const Rule *rule,
             guint       index)
{
  /* Round 0 and 1 take 6 runs; the repeats come after the 9 of round 2. */
  if (index == rule->first_index)
    return rule->attempts[0];
  if (index >= 9 && index < 9 + strlen (rule->attempts) - 1)
    return rule->attempts[index - 8];

  return '.';
}

static void
apply_rule (FakeWorld *world,
            FakeRun   *fake)
{
  switch (get_attempt (world->data, fake->index))
    {
    case 'o':
      fake->foreign_s = 100000;
      break;
    case 'd':
      fake->digest = 1;
      break;
    case 'f':
      fake->fail_from = 2;
      fake->fail_to = 3;
      break;
    case 'r':
      fake->retries = 1;
      break;
    case 'l':
      fake->rate_limited = TRUE;
      break;
    case 'w':
      fake->void_reason = "worker-died";
      break;
    case 's':
      fake->server_died = TRUE;
      break;
    case 't':
      fake->timed_out = 3;
      break;
    default:
      break;
    }
}

static double
apply_canary (FakeWorld *world,
              guint      index)
{
  return get_attempt (world->data, index) == 'c' ? 1.06 : 1;
}

static guint
find_place (guint64 seed,
            guint   round,
            guint   configuration)
{
  g_autoptr (GArray) order = speedup_schedule_get_order (seed, round, 3);
  guint place = 0;

  while (g_array_index (order, guint, place) != configuration)
    place++;

  return place;
}

static void
check_rule (const SpeedupResult *result,
            gsize                row)
{
  guint n = 0;
  const SpeedupRun *counted;

  for (guint i = 0; i < result->runs->len; i++)
    {
      const SpeedupRun *one = g_ptr_array_index (result->runs, i);

      if (one->round != 2 || one->configuration->workers != 2)
        continue;
      g_assert_cmpuint (n, <, strlen (rules[row].attempts));
      g_assert_cmpuint (one->attempt, ==, n + 1);
      g_assert_cmpstr (one->reason, ==, rules[row].reasons[n]);
      n++;
    }
  g_assert_cmpuint (n, ==, strlen (rules[row].attempts));

  counted = speedup_result_get_counted (result, 1, 2);
  if (rules[row].counted == 0)
    {
      g_assert_null (counted);
      return;
    }
  g_assert_nonnull (counted);
  g_assert_cmpuint (counted->attempt, ==, rules[row].counted);
  g_assert_cmpint (counted->flagged, ==, rules[row].flagged);
  g_assert_cmpint (counted->status, ==,
                   rules[row].flagged ? SPEEDUP_RUN_BUSY : SPEEDUP_RUN_OK);
  g_assert_cmpint (speedup_result_has_warning (result, "busy"), ==, rules[row].flagged);
}

static void
test_rules (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      g_autoptr (SpeedupPlan) plan = make_plan (3);
      g_autoptr (SpeedupResult) result = NULL;
      g_autoptr (GError) error = NULL;
      Rule rule = { rules[i].attempts, 6 + find_place (plan->seed, 2, 1), 0 };
      FakeWorld world;

      g_test_message ("%s", rules[i].attempts);
      fake_world_init (&world);
      world.script = apply_rule;
      world.canary = apply_canary;
      world.data = &rule;
      result = run_world (&world, plan, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (result->rounds_completed, ==, 3);
      g_assert_cmpuint (result->runs->len, ==, 4 * 3 + strlen (rules[i].attempts) - 1);
      check_rule (result, i);
    }
}

static void
make_busy (FakeWorld *world G_GNUC_UNUSED,
           FakeRun   *fake)
{
  fake->foreign_s = 100000;
}

/* On a machine that is never quiet the measurement ends, and says so. */
static void
test_always_busy (void)
{
  g_autoptr (SpeedupPlan) plan = make_plan (6);
  g_autoptr (SpeedupResult) result = NULL;
  FakeWorld world;

  fake_world_init (&world);
  world.script = make_busy;
  result = run_world (&world, plan, NULL);
  g_assert_nonnull (result);
  g_assert_cmpuint (result->rounds_completed, ==, 6);
  g_assert_cmpuint (result->runs->len, ==, 3 + 6 * 3 * 3);
  g_assert_true (speedup_result_has_warning (result, "busy"));
  g_assert_cmpuint (speedup_analysis_get_summary (result->analysis, 1)->n_pairs, ==, 6);
}

/* Voids every attempt of the base in the first @data timed rounds. */
static void
void_base (FakeWorld *world,
           FakeRun   *fake)
{
  static guint n_base;

  if (fake->index == 0)
    n_base = 0;
  if (fake->configuration->executor != SPEEDUP_EXECUTOR_SEQUENTIAL)
    return;
  n_base++;
  if (n_base > 1 && n_base <= 1 + 3 * GPOINTER_TO_UINT (world->data))
    fake->void_reason = "worker-died";
}

static void
test_extra_rounds (void)
{
  const struct
  {
    guint rounds;
    guint n_void;
    guint expected_rounds;
    guint expected_pairs;
  } cases[] = {
    { 6, 0, 6, 6 }, { 6, 1, 7, 6 }, { 6, 3, 9, 6 }, { 6, 4, 9, 5 }, { 7, 1, 7, 6 },
    { 5, 1, 5, 4 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpeedupPlan) plan = make_plan (cases[i].rounds);
      g_autoptr (SpeedupResult) result = NULL;
      FakeWorld world;

      fake_world_init (&world);
      world.script = void_base;
      world.data = GUINT_TO_POINTER (cases[i].n_void);
      result = run_world (&world, plan, NULL);
      g_assert_nonnull (result);
      g_assert_cmpuint (result->rounds_completed, ==, cases[i].expected_rounds);
      g_assert_cmpuint (speedup_analysis_get_summary (result->analysis, 1)->n_pairs, ==,
                        cases[i].expected_pairs);
    }
}

/* threads x 2 takes up to twice its time, differently in every round. */
static void
vary (FakeWorld *world G_GNUC_UNUSED,
      FakeRun   *fake)
{
  if (fake->configuration->workers == 2)
    fake->factor = 1 + fake->index / 3 * 7919 % 13 / 13.0;
}

static void
test_precision (void)
{
  g_autoptr (SpeedupPlan) plan = make_plan (SPEEDUP_DEFAULT_ROUNDS);
  g_autoptr (SpeedupResult) steady = NULL;
  g_autoptr (SpeedupResult) unsteady = NULL;
  FakeWorld world;

  plan->precision = 0.03;
  fake_world_init (&world);
  steady = run_world (&world, plan, NULL);
  g_assert_cmpuint (steady->rounds_completed, ==, SPEEDUP_MIN_INTERVAL_ROUNDS);

  fake_world_init (&world);
  world.script = vary;
  unsteady = run_world (&world, plan, NULL);
  g_assert_cmpuint (unsteady->rounds_completed, ==, SPEEDUP_MAX_ROUNDS);
  g_assert_cmpint (unsteady->status, ==, SPEEDUP_RESULT_COMPLETE);
}

/* A round takes 8 + 4 + 2 = 14 s. */
static void
test_budget (void)
{
  const struct
  {
    double budget_s;
    guint expected_rounds;
  } cases[] = { { 28, 1 }, { 41.9, 1 }, { 42, 2 }, { 100, 6 }, { 1000, 7 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpeedupPlan) plan = make_plan (7);
      g_autoptr (SpeedupResult) result = NULL;
      FakeWorld world;

      plan->time_budget_s = cases[i].budget_s;
      fake_world_init (&world);
      result = run_world (&world, plan, NULL);
      g_assert_nonnull (result);
      g_assert_cmpuint (result->rounds_completed, ==, cases[i].expected_rounds);
      g_assert_cmpfloat (world.now_ns / 1e9, <=, cases[i].budget_s);
    }
}

static void
test_budget_too_small (void)
{
  const double budgets_s[] = { 1, 20, 27.9 };

  for (gsize i = 0; i < G_N_ELEMENTS (budgets_s); i++)
    {
      g_autoptr (SpeedupPlan) plan = make_plan (7);
      g_autoptr (GError) error = NULL;
      FakeWorld world;

      plan->time_budget_s = budgets_s[i];
      fake_world_init (&world);
      g_assert_null (run_world (&world, plan, &error));
      g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_NOTHING_MEASURED);
      g_assert_nonnull (strstr (error->message, "budget"));
    }
}

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
      g_autoptr (SpeedupPlan) plan = make_plan (3);
      g_autoptr (SpeedupResult) result = NULL;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      FakeWorld world;

      fake_world_init (&world);
      world.script = cancel_at;
      world.data = GUINT_TO_POINTER (at);
      world.cancellable = cancellable;
      result = run_world (&world, plan, &error);
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
  g_autoptr (SpeedupPlan) plan = make_plan (3);
  g_autoptr (SpeedupResult) result = NULL;
  g_autoptr (GError) error = NULL;
  FakeWorld world;

  fake_world_init (&world);
  world.script = break_run;
  world.data = GUINT_TO_POINTER (1);
  g_assert_null (run_world (&world, plan, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_WORKER_MISSING);

  fake_world_init (&world);
  world.script = break_run;
  world.data = GUINT_TO_POINTER (7);
  result = run_world (&world, plan, NULL);
  g_assert_nonnull (result);
  g_assert_cmpint (result->status, ==, SPEEDUP_RESULT_INTERRUPTED);
  g_assert_true (speedup_result_has_warning (result, "stopped"));
}

static void
test_start_fails (void)
{
  g_autoptr (SpeedupPlan) plan = make_plan (3);
  g_autoptr (GError) error = NULL;
  FakeWorld world;

  fake_world_init (&world);
  world.fail_start = TRUE;
  g_assert_null (run_world (&world, plan, &error));
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
  g_autoptr (SpeedupPlan) plan = make_plan (3);
  g_autoptr (GError) error = NULL;
  FakeWorld world;

  fake_world_init (&world);
  world.script = fail_all;
  g_assert_null (run_world (&world, plan, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_NOTHING_MEASURED);
  g_assert_nonnull (strstr (error->message, "task-0: It is broken."));
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
  g_autoptr (SpeedupPlan) plan = make_plan (1);
  g_autoptr (GError) error = NULL;
  FakeWorld world;

  fake_world_init (&world);
  world.script = void_all;
  g_assert_null (run_world (&world, plan, &error));
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
  g_autoptr (SpeedupPlan) plan = make_plan (2);
  g_autoptr (SpeedupResult) result = NULL;
  const SpeedupFailure *failure;
  FakeWorld world;

  fake_world_init (&world);
  world.script = fail_one;
  result = run_world (&world, plan, NULL);
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
      g_autoptr (SpeedupPlan) plan = make_plan (2);
      g_autoptr (SpeedupResult) result = NULL;
      FakeWorld world;

      fake_world_init (&world);
      world.script = change_source;
      world.data = GUINT_TO_POINTER (odd);
      world.live = TRUE;
      result = run_world (&world, plan, NULL);
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
  g_autoptr (SpeedupPlan) plan = make_plan (3);
  g_autoptr (SpeedupResult) result = NULL;
  FakeWorld world;

  fake_world_init (&world);
  world.script = change_late;
  result = run_world (&world, plan, NULL);
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
  g_autoptr (SpeedupPlan) plan = make_plan (7);
  g_autoptr (SpeedupResult) result = NULL;
  FakeWorld world;

  fake_world_init (&world);
  world.script = spoil_one;
  result = run_world (&world, plan, NULL);
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
  g_autoptr (SpeedupPlan) plan = make_plan (6);
  g_autoptr (SpeedupResult) result = NULL;
  g_autoptr (GError) error = NULL;
  FakeWorld world;

  fake_world_init (&world);
  world.script = limit_rate;
  world.data = GUINT_TO_POINTER (10);
  result = run_world (&world, plan, &error);
  g_assert_no_error (error);
  g_assert_cmpint (result->status, ==, SPEEDUP_RESULT_INTERRUPTED);
  g_assert_cmpuint (result->rounds_completed, ==, 2);
  g_assert_cmpuint (world.n_runs, ==, 12);
  g_assert_true (speedup_result_has_warning (result, "server-limited"));

  fake_world_init (&world);
  world.script = limit_rate;
  world.data = GUINT_TO_POINTER (1);
  g_assert_null (run_world (&world, plan, &error));
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
      g_autoptr (SpeedupPlan) plan = make_plan (2);
      g_autoptr (SpeedupResult) result = NULL;
      double share = shares[i];
      FakeWorld world;

      fake_world_init (&world);
      world.script = load_server;
      world.data = &share;
      result = run_world (&world, plan, NULL);
      g_assert_nonnull (result);
      g_assert_cmpuint (result->runs->len, ==, 9);
      g_assert_cmpint (speedup_result_has_warning (result, "server-limited"), ==, share > 0.8);
    }
}

static void
test_cold_cache (void)
{
  g_autoptr (SpeedupPlan) plan = make_plan (1);
  g_autoptr (SpeedupResult) result = NULL;
  FakeWorld world;

  plan->cache = SPEEDUP_CACHE_COLD;
  fake_world_init (&world);
  world.no_cold_cache = TRUE;
  result = run_world (&world, plan, NULL);
  g_assert_nonnull (result);
  g_assert_true (speedup_result_has_warning (result, "cold-cache-unavailable"));
  g_assert_cmpuint (result->warnings->len, ==, 1);
}

static void
test_outputs (void)
{
  g_autoptr (SpeedupPlan) plan = make_plan (2);
  g_autoptr (SpeedupRunner) runner = NULL;
  g_autoptr (SpeedupResult) result = NULL;
  GVariant **outputs;
  FakeWorld world;
  guint n = 0;

  /* The warm-up fails task 5 in every run; the first timed round is clean with other data. */
  fake_world_init (&world);
  world.script = fail_one;
  runner = fake_world_new_runner (&world, plan);
  result = run (runner, NULL, NULL);
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
  g_autoptr (SpeedupPlan) plan = make_plan (4);
  g_autoptr (SpeedupResult) whole = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *folder = g_dir_make_tmp ("speedup-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "x.speedup.journal", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  FakeWorld world;

  fake_world_init (&world);
  whole = run_world (&world, plan, NULL);
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
      part = run (first, cancellable, NULL);

      previous = speedup_journal_load (file, &fingerprint, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (previous->rounds_completed, ==, at / 3 - 1);
      fake_world_init (&world);
      workload = fake_world_new_workload (&world, N_TASKS);
      g_assert_true (speedup_journal_check (previous, fingerprint, workload, &error));
      second = fake_world_new_runner (&world, previous->plan);
      speedup_runner_set_journal (second, file);
      speedup_runner_set_previous (second, previous);
      resumed = run (second, NULL, &error);
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
  g_autoptr (SpeedupPlan) plan = make_plan (4);
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
  result = run (runner, NULL, &error);
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
  g_autoptr (SpeedupPlan) plan = make_plan (4);
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
  static const double parallel = 0.0, tenth = 0.1;

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/runner/numbers", test_numbers);
  g_test_add_data_func ("/engine/runner/known-truth/0", &parallel, test_known_truth);
  g_test_add_data_func ("/engine/runner/known-truth/0.1", &tenth, test_known_truth);
  g_test_add_func ("/engine/runner/rules", test_rules);
  g_test_add_func ("/engine/runner/always-busy", test_always_busy);
  g_test_add_func ("/engine/runner/extra-rounds", test_extra_rounds);
  g_test_add_func ("/engine/runner/precision", test_precision);
  g_test_add_func ("/engine/runner/budget", test_budget);
  g_test_add_func ("/engine/runner/budget-too-small", test_budget_too_small);
  g_test_add_func ("/engine/runner/cancel", test_cancel);
  g_test_add_func ("/engine/runner/run-impossible", test_run_impossible);
  g_test_add_func ("/engine/runner/start-fails", test_start_fails);
  g_test_add_func ("/engine/runner/all-fail", test_all_fail);
  g_test_add_func ("/engine/runner/all-void", test_all_void);
  g_test_add_func ("/engine/runner/failing-alike", test_failing_alike);
  g_test_add_func ("/engine/runner/live-source", test_live_source);
  g_test_add_func ("/engine/runner/changing-inputs", test_changing_inputs);
  g_test_add_func ("/engine/runner/always-wrong", test_always_wrong);
  g_test_add_func ("/engine/runner/rate-limited", test_rate_limited);
  g_test_add_func ("/engine/runner/server-limited", test_server_limited);
  g_test_add_func ("/engine/runner/cold-cache", test_cold_cache);
  g_test_add_func ("/engine/runner/outputs", test_outputs);
  g_test_add_func ("/engine/runner/resume", test_resume);
  g_test_add_func ("/engine/runner/resume-elsewhere", test_resume_elsewhere);
  g_test_add_func ("/engine/runner/signals", test_signals);

  return g_test_run ();
}
