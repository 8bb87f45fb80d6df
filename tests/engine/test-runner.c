/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>
#include <string.h>

#include "fake-executor.h"
#include "speedup-error.h"
#include "speedup-schedule.h"

/* The runner on a clock that only work moves: exact numbers, no sleeping. */

#define N_TASKS 8

static void
test_numbers (void)
{
  g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, 6);
  g_autoptr (SpeedupResult) result = NULL;
  g_autoptr (GError) error = NULL;
  const SpeedupTimeline *timeline;
  const SpeedupSummary *summary;
  const SpeedupRun *one;
  FakeWorld world;

  fake_world_init (&world);
  result = fake_world_run (&world, plan, &error);
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

  result = fake_world_run (&world, plan, &error);
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
      g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, 3);
      g_autoptr (SpeedupResult) result = NULL;
      g_autoptr (GError) error = NULL;
      Rule rule = { rules[i].attempts, 6 + find_place (plan->seed, 2, 1), 0 };
      FakeWorld world;

      g_test_message ("%s", rules[i].attempts);
      fake_world_init (&world);
      world.script = apply_rule;
      world.canary = apply_canary;
      world.data = &rule;
      result = fake_world_run (&world, plan, &error);
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
  g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, 6);
  g_autoptr (SpeedupResult) result = NULL;
  FakeWorld world;

  fake_world_init (&world);
  world.script = make_busy;
  result = fake_world_run (&world, plan, NULL);
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
      g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, cases[i].rounds);
      g_autoptr (SpeedupResult) result = NULL;
      FakeWorld world;

      fake_world_init (&world);
      world.script = void_base;
      world.data = GUINT_TO_POINTER (cases[i].n_void);
      result = fake_world_run (&world, plan, NULL);
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
  g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, SPEEDUP_DEFAULT_ROUNDS);
  g_autoptr (SpeedupResult) steady = NULL;
  g_autoptr (SpeedupResult) unsteady = NULL;
  FakeWorld world;

  plan->precision = 0.03;
  fake_world_init (&world);
  steady = fake_world_run (&world, plan, NULL);
  g_assert_cmpuint (steady->rounds_completed, ==, SPEEDUP_MIN_INTERVAL_ROUNDS);

  fake_world_init (&world);
  world.script = vary;
  unsteady = fake_world_run (&world, plan, NULL);
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
      g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, 7);
      g_autoptr (SpeedupResult) result = NULL;
      FakeWorld world;

      plan->time_budget_s = cases[i].budget_s;
      fake_world_init (&world);
      result = fake_world_run (&world, plan, NULL);
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
      g_autoptr (SpeedupPlan) plan = fake_plan_new (N_TASKS, 7);
      g_autoptr (GError) error = NULL;
      FakeWorld world;

      plan->time_budget_s = budgets_s[i];
      fake_world_init (&world);
      g_assert_null (fake_world_run (&world, plan, &error));
      g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_NOTHING_MEASURED);
      g_assert_nonnull (strstr (error->message, "budget"));
    }
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

  return g_test_run ();
}
