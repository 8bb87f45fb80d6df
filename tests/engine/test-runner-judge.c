/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>
#include <string.h>

#include "fake-executor.h"
#include "speedup-runner-private.h"

/* The rules at their limits, and which timeline is kept. */

static const struct
{
  SpeedupRunFacts facts;
  SpeedupRunStatus status;
  const char *reason;
} rules[] = {
  { { .canary_ratio = NAN, .foreign_share = NAN, .foreign_cpu_s = NAN, .cpus_online = 2 },
    SPEEDUP_RUN_OK, NULL },
  { { .canary_ratio = 1.05, .foreign_share = 0.05, .foreign_cpu_s = 9, .cpus_online = 2 },
    SPEEDUP_RUN_OK, NULL },
  { { .canary_ratio = 1.051, .cpus_online = 2 }, SPEEDUP_RUN_BUSY, "canary" },
  { { .canary_ratio = 0.5, .cpus_online = 2 }, SPEEDUP_RUN_OK, NULL },
  { { .foreign_share = 0.051, .foreign_cpu_s = 0.5, .cpus_online = 2 }, SPEEDUP_RUN_BUSY,
    "foreign-cpu" },
  /* Four ticks on two CPUs are rounding, even where they are half of a short run. */
  { { .foreign_share = 0.5, .foreign_cpu_s = 0.04, .cpus_online = 2 }, SPEEDUP_RUN_OK, NULL },
  { { .foreign_share = 0.5, .foreign_cpu_s = 0.05, .cpus_online = 2 }, SPEEDUP_RUN_BUSY,
    "foreign-cpu" },
  { { .foreign_share = 0.5, .foreign_cpu_s = 0.05, .cpus_online = 8 }, SPEEDUP_RUN_OK, NULL },
  { { .retries = 1, .canary_ratio = 2, .cpus_online = 2 }, SPEEDUP_RUN_VOID, "retried" },
  { { .retries = 1, .rate_limited = TRUE, .cpus_online = 2 }, SPEEDUP_RUN_VOID, "rate-limited" },
  { { .timed_out = TRUE, .retries = 1, .cpus_online = 2 }, SPEEDUP_RUN_DID_NOT_FINISH,
    "task-timeout" },
  { { .void_reason = "worker-died", .timed_out = TRUE, .cpus_online = 2 }, SPEEDUP_RUN_VOID,
    "worker-died" },
};

static void
test_alone (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      const char *reason = "unset";

      g_assert_cmpint (speedup_judge_alone (&rules[i].facts, &reason), ==, rules[i].status);
      g_assert_cmpstr (reason, ==, rules[i].reason);
    }
}

/* One run for each letter: its digest. Capital letters are sequential, * is void by itself. */
static const struct
{
  const char *runs;
  const char *is_void;
} ballots[] = {
  { "Aaaa", "...." },
  { "Aaba", "..x." },
  { "Abaa", ".x.." },
  { "Ab", ".x" },         /* a tie goes to the base */
  { "bA", "x." },
  { "ab", ".x" },         /* without a base to the first */
  { "Abbb", "x..." },     /* even the base may be wrong */
  { "A*bb", "xx.." },
  { "***", "xxx" },
};

static SpeedupRun *
make_run (char  letter,
          guint workers)
{
  g_autoptr (SpeedupConfiguration) configuration = NULL;
  char digest[2] = { g_ascii_tolower (letter), '\0' };
  SpeedupRun *run;

  configuration = speedup_configuration_new (g_ascii_isupper (letter) ? SPEEDUP_EXECUTOR_SEQUENTIAL
                                                                      : SPEEDUP_EXECUTOR_THREADS,
                                             g_ascii_isupper (letter) ? 1 : workers, 0, NULL, 8);
  run = speedup_run_new (configuration, 1, 1, 1);
  run->digest = g_strdup (digest);

  return run;
}

static void
test_together (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ballots); i++)
    {
      g_autoptr (GArray) judged = g_array_new (FALSE, FALSE, sizeof (SpeedupJudgedRun));
      g_autoptr (GPtrArray) runs =
        g_ptr_array_new_with_free_func ((GDestroyNotify) speedup_run_free);

      for (guint k = 0; ballots[i].runs[k] != '\0'; k++)
        {
          SpeedupJudgedRun one = { .run = make_run (ballots[i].runs[k], k + 1) };

          if (ballots[i].runs[k] == '*')
            one.own_status = SPEEDUP_RUN_VOID;
          g_ptr_array_add (runs, one.run);
          g_array_append_val (judged, one);
        }

      g_assert_false (speedup_judge_together (judged, FALSE));
      for (guint k = 0; k < runs->len; k++)
        {
          const SpeedupRun *run = g_ptr_array_index (runs, k);

          g_test_message ("%s %u", ballots[i].runs, k);
          g_assert_cmpint (run->status == SPEEDUP_RUN_VOID, ==, ballots[i].is_void[k] == 'x');
        }
    }
}

static SpeedupExecution *
make_execution (FakeWorld                  *world,
                const SpeedupConfiguration *configuration)
{
  g_autoptr (SpeedupWorkload) workload = fake_world_new_workload (world, configuration->n_tasks);
  SpeedupExecution *execution = speedup_execution_new (workload, configuration, FALSE, 0);

  speedup_execution_add_worker (execution, "fake");
  for (guint i = 0; i < configuration->n_tasks; i++)
    {
      SpeedupTaskOutcome outcome = { 0 };

      speedup_execution_begin_task (execution, i, 0, i);
      speedup_execution_end_task (execution, i, SPEEDUP_TASK_OK, i + 1, &outcome, NULL);
    }

  return execution;
}

/* Walls 1 to 7 in another order: the timeline must be that of 4, also where only one can be kept
 * at a time, which then is near it.
 */
static void
test_timelines (void)
{
  const double walls[] = { 5, 1, 7, 4, 2, 6, 3 };
  const gsize limits[] = { 1 << 20, 1 };

  for (gsize l = 0; l < G_N_ELEMENTS (limits); l++)
    {
      g_autoptr (SpeedupPlan) plan = NULL;
      g_autoptr (SpeedupTimelineKeeper) keeper = speedup_timeline_keeper_new (1, limits[l]);
      g_autoptr (SpeedupResult) result = NULL;
      g_autoptr (SpeedupTimeline) timeline = NULL;
      const SpeedupConfiguration *configuration;
      FakeWorld world;

      fake_world_init (&world);
      plan = speedup_plan_new ("fake", g_variant_new_parsed ("@a{sv} {}"), 4);
      speedup_plan_add_sweep (plan, SPEEDUP_EXECUTOR_SEQUENTIAL, NULL, 0, NULL, 0);
      configuration = g_ptr_array_index (plan->configurations, 0);
      result = speedup_result_new (plan, speedup_machine_new ());
      for (guint i = 0; i < G_N_ELEMENTS (walls); i++)
        {
          g_autoptr (SpeedupExecution) execution = make_execution (&world, configuration);
          SpeedupRun *run = speedup_run_new (configuration, i + 1, 1, 1);

          run->wall_s = walls[i];
          g_ptr_array_add (result->runs, run);
          speedup_timeline_keeper_add (keeper, 0, run, execution);
        }
      result->rounds_completed = G_N_ELEMENTS (walls);

      g_assert_cmpuint (speedup_timeline_keeper_get_n_kept (keeper, 0), ==, l == 0 ? 7 : 1);
      timeline = speedup_timeline_keeper_steal (keeper, result, 0);
      g_assert_nonnull (timeline);
      g_assert_cmpuint (timeline->n_tasks, ==, 4);
      if (l == 0)
        g_assert_cmpuint (timeline->round, ==, 4);
      else
        g_assert_cmpfloat (fabs (walls[timeline->round - 1] - 4), <=, 1);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/runner-judge/alone", test_alone);
  g_test_add_func ("/engine/runner-judge/together", test_together);
  g_test_add_func ("/engine/runner-judge/timelines", test_timelines);

  return g_test_run ();
}
