/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "example-result.h"

#include <math.h>

#include "speedup-amdahl.h"
#include "speedup-execution.h"

#define SEED 7

static const guint two_cpus[] = { 1, 2, 4, 0 };
static const guint downloads[] = { 1, 2, 4, 8, 16, 24, 32, 40, 0 };
static const guint some_workers[] = { 2, 4, 8, 0 };
static const guint some_chunks[] = { 1, 3, 10, 30, 100, SPEEDUP_CHUNK_SIZE_AUTO, G_MAXUINT };

#define ALL_EXECUTORS ((1 << SPEEDUP_N_EXECUTOR_KINDS) - 1)

const ExampleSpec example_resize = {
  .workload = "resize",
  .n_tasks = 200,
  .task_s = 0.004,
  .cpu_bound = TRUE,
  .cpus = 2,
  .executors = ALL_EXECUTORS,
  .workers = two_cpus,
  .rounds = 7,
  .serial = 0.015,
  .factor = 1,
  .timeline_tasks = 200,
  .analysed = TRUE,
};

const ExampleSpec example_weather = {
  .workload = "weather",
  .n_tasks = 100,
  .task_s = 0.2,
  .cpus = 2,
  .executors = ALL_EXECUTORS,
  .workers = downloads,
  .rounds = 7,
  .serial = 0.004,
  .factor = 1,
  .timeline_tasks = 100,
  .analysed = TRUE,
};

const ExampleSpec example_chunks = {
  .workload = "resize",
  .n_tasks = 400,
  .task_s = 0.001,
  .cpu_bound = TRUE,
  .cpus = 8,
  .executors = 1 << SPEEDUP_EXECUTOR_SEQUENTIAL | 1 << SPEEDUP_EXECUTOR_PROCESSES,
    .workers = some_workers,
    .chunk_sizes = some_chunks,
    .rounds = 7,
    .serial = 0.02,
    .factor = 1,
    .timeline_tasks = 400,
    .analysed = TRUE,
};

/* Seconds that a run takes on the pretended machine, before noise. */
static double
predict (const ExampleSpec          *spec,
         const SpeedupConfiguration *configuration)
{
  static const double overhead_s[] = { 0, 0.002, 0.001, 0.03 };
  const double sequential_s = spec->n_tasks * spec->task_s;
  double workers = configuration->workers;
  double chunk_cost = 0;

  if (configuration->executor == SPEEDUP_EXECUTOR_SEQUENTIAL)
    return sequential_s;

  if (spec->cpu_bound && configuration->executor == SPEEDUP_EXECUTOR_ASYNC)
    workers = 1;
  if (spec->cpu_bound)
    workers = MIN (workers, spec->cpus);
  if (configuration->chunk_size != SPEEDUP_CHUNK_SIZE_AUTO)
    chunk_cost = spec->task_s * (0.3 / configuration->chunk_size +
                                 0.004 * configuration->chunk_size);

  return sequential_s * (1 + chunk_cost / spec->task_s) /
         (spec->factor * speedup_amdahl (spec->serial,
                                         speedup_whole_task_bound (spec->n_tasks, workers))) +
         overhead_s[configuration->executor] * MIN (sequential_s, 1);
}

static void
add_runs (SpeedupResult     *result,
          const ExampleSpec *spec,
          GRand             *random)
{
  for (guint round = 0; round <= spec->rounds; round++)
    {
      const double drift = 1 + 0.01 * round;

      for (guint i = 0; i < result->plan->configurations->len; i++)
        {
          const SpeedupConfiguration *configuration =
            g_ptr_array_index (result->plan->configurations, i);
          SpeedupRun *run = speedup_run_new (configuration, round, i + 1, 1);

          run->wall_s = predict (spec, configuration) * drift *
                        exp (g_rand_double_range (random, -0.02, 0.02));
          run->task_cv = 0.1;
          run->digest = g_strdup ("0123456789abcdef");
          run->status = round == 0 ? SPEEDUP_RUN_WARM_UP : SPEEDUP_RUN_OK;
          if (round == 0)
            run->wall_s *= 1.3;
          if (spec->void_workers != 0 && configuration->workers == spec->void_workers &&
              configuration->executor != SPEEDUP_EXECUTOR_SEQUENTIAL)
            {
              run->status = SPEEDUP_RUN_VOID;
              run->reason = g_strdup ("wrong-digest");
            }
          g_ptr_array_add (result->runs, run);
        }
    }
}

/* Workers take the next task as soon as they are free; every 37th task fails. */
static void
add_timeline (SpeedupResult     *result,
              const ExampleSpec *spec,
              guint              configuration,
              GRand             *random)
{
  const SpeedupConfiguration *shown =
    g_ptr_array_index (result->plan->configurations, configuration);
  SpeedupTimeline *timeline = speedup_timeline_new (configuration, 1, spec->timeline_tasks);
  g_autofree double *free_s = g_new0 (double, shown->workers);

  timeline->worker_names = g_new0 (char *, shown->workers + 1);
  for (guint i = 0; i < shown->workers; i++)
    {
      timeline->worker_names[i] =
        g_strdup_printf (shown->executor == SPEEDUP_EXECUTOR_PROCESSES ? "pid %u" : "thread %u",
                         4711 + i);
      free_s[i] = 0.001 * i / shown->workers;
    }

  for (guint i = 0; i < spec->timeline_tasks; i++)
    {
      guint worker = 0;

      for (guint j = 1; j < shown->workers; j++)
        {
          if (free_s[j] < free_s[worker])
            worker = j;
        }
      timeline->task[i] = i;
      timeline->worker[i] = worker;
      timeline->start_s[i] = free_s[worker];
      timeline->end_s[i] = free_s[worker] + spec->task_s * g_rand_double_range (random, 0.7, 1.3);
      timeline->status[i] = i % 37 == 36 ? SPEEDUP_TASK_FAILED : SPEEDUP_TASK_OK;
      free_s[worker] = timeline->end_s[i] + 0.01 * spec->task_s;
    }

  g_ptr_array_add (result->timelines, timeline);
}

static SpeedupPlan *
make_plan (const ExampleSpec *spec)
{
  SpeedupPlan *plan = speedup_plan_new (spec->workload, g_variant_new ("a{sv}", NULL),
                                        spec->n_tasks);
  gsize n_workers = 0;
  gsize n_chunk_sizes = 0;

  plan->cpu_bound = spec->cpu_bound;
  plan->rounds = spec->rounds;
  while (spec->workers[n_workers] != 0)
    n_workers++;
  while (spec->chunk_sizes != NULL && spec->chunk_sizes[n_chunk_sizes] != G_MAXUINT)
    n_chunk_sizes++;

  for (guint i = 0; i < SPEEDUP_N_EXECUTOR_KINDS; i++)
    {
      if ((spec->executors & (1 << i)) != 0)
        speedup_plan_add_sweep (plan, i, spec->workers, n_workers,
                                spec->chunk_sizes, n_chunk_sizes);
    }

  return plan;
}

/* A result as the runner would have made it on the pretended machine; the same for every call. */
SpeedupResult *
example_result_new (const ExampleSpec *spec)
{
  g_autoptr (SpeedupPlan) plan = make_plan (spec);
  g_autoptr (GRand) random = g_rand_new_with_seed (SEED);
  SpeedupMachine *machine = speedup_machine_new ();
  SpeedupResult *result;

  machine->cpu = g_strdup ("Example CPU 3000");
  machine->cpus_usable = machine->cpus_online = spec->cpus;
  result = speedup_result_new (plan, machine);
  g_date_time_unref (result->created);
  result->created = g_date_time_new_utc (2026, 11, 22, 10, 0, 0);
  if (spec->title != NULL)
    {
      g_free (result->title);
      result->title = g_strdup (spec->title);
    }

  add_runs (result, spec, random);
  result->rounds_completed = spec->rounds;
  for (guint i = 0; spec->timeline_tasks > 0 && i < plan->configurations->len; i++)
    add_timeline (result, spec, i, random);
  if (spec->analysed)
    speedup_result_analyse (result);

  return result;
}
