/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-amdahl.h"
#include "speedup-result.h"

/* What a result says of its runs, which are made by hand. */

#define N_TASKS          100
#define SERIAL_FRACTION  0.01

static SpeedupPlan *
make_plan (void)
{
  const guint workers[] = { 1, 4, 16, 40 };
  SpeedupPlan *plan;

  plan = speedup_plan_new ("test", g_variant_new ("a{sv}", NULL), N_TASKS);
  speedup_plan_add_sweep (plan, SPEEDUP_EXECUTOR_SEQUENTIAL, NULL, 0, NULL, 0);
  speedup_plan_add_sweep (plan, SPEEDUP_EXECUTOR_THREADS, workers, G_N_ELEMENTS (workers), NULL, 0);

  return plan;
}

/* A void run that was repeated well is forgiven; one that was left is not. */
static void
test_void_that_was_left (void)
{
  static const struct
  {
    SpeedupRunStatus attempts[2];
    gboolean left;
  } cases[] = {
    { { SPEEDUP_RUN_OK, SPEEDUP_RUN_OK }, FALSE },
    { { SPEEDUP_RUN_VOID, SPEEDUP_RUN_OK }, FALSE },
    { { SPEEDUP_RUN_VOID, SPEEDUP_RUN_BUSY }, FALSE },
    { { SPEEDUP_RUN_VOID, SPEEDUP_RUN_VOID }, TRUE },
    { { SPEEDUP_RUN_DID_NOT_FINISH, SPEEDUP_RUN_DID_NOT_FINISH }, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpeedupPlan) plan = make_plan ();
      g_autoptr (SpeedupResult) result = speedup_result_new (plan, speedup_machine_new ());
      const SpeedupConfiguration *configuration = g_ptr_array_index (plan->configurations, 0);

      for (guint attempt = 1; attempt <= 2; attempt++)
        {
          SpeedupRun *run = speedup_run_new (configuration, 1, attempt, attempt);

          run->status = cases[i].attempts[attempt - 1];
          g_ptr_array_add (result->runs, run);
        }
      g_assert_false (speedup_result_has_void_runs (result));
      result->rounds_completed = 1;
      g_assert_cmpint (speedup_result_has_void_runs (result), ==, cases[i].left);
    }
}

/* Waves of whole tasks: 40 workers do the parallel part of 100 tasks 33.3 times as fast. Side by
 * side the tasks disturb each other and seem unlike; they are not.
 */
static void
add_waves (SpeedupResult *result,
           double         sequential_cv)
{
  const SpeedupPlan *plan = result->plan;

  for (guint round = 1; round <= SPEEDUP_MIN_INTERVAL_ROUNDS; round++)
    for (guint i = 0; i < plan->configurations->len; i++)
      {
        const SpeedupConfiguration *configuration = g_ptr_array_index (plan->configurations, i);
        SpeedupRun *run = speedup_run_new (configuration, round, i + 1, 1);

        run->wall_s = 1 / speedup_amdahl (SERIAL_FRACTION,
                                          speedup_whole_task_bound (N_TASKS,
                                                                    configuration->workers));
        run->task_cv = configuration->executor == SPEEDUP_EXECUTOR_SEQUENTIAL ? sequential_cv : 0.4;
        run->status = SPEEDUP_RUN_OK;
        g_ptr_array_add (result->runs, run);
      }
  result->rounds_completed = SPEEDUP_MIN_INTERVAL_ROUNDS;
}

static void
test_tasks_are_alike (void)
{
  static const struct
  {
    double sequential_cv;
    gboolean whole_tasks;
    guint n_points;
  } cases[] = {
    { 0.05, TRUE, 4 },
    { 0.4, FALSE, 2 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpeedupPlan) plan = make_plan ();
      g_autoptr (SpeedupResult) result = speedup_result_new (plan, speedup_machine_new ());
      const SpeedupFit *fit;

      add_waves (result, cases[i].sequential_cv);
      speedup_result_analyse (result);
      fit = speedup_analysis_get_fit (result->analysis, speedup_plan_get_series (plan, 1));
      g_assert_nonnull (fit);
      g_assert_cmpint (fit->whole_tasks, ==, cases[i].whole_tasks);
      g_assert_cmpuint (fit->n_points, ==, cases[i].n_points);
      g_assert_cmpfloat_with_epsilon (fit->serial_fraction.estimate, SERIAL_FRACTION, 1e-6);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/result/void-that-was-left", test_void_that_was_left);
  g_test_add_func ("/engine/result/tasks-are-alike", test_tasks_are_alike);

  return g_test_run ();
}
