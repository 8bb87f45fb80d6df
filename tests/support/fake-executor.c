/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fake-executor.h"

#include <math.h>

#include "speedup-error.h"

#define FAKE_TYPE_WORKLOAD (fake_workload_get_type ())
G_DECLARE_FINAL_TYPE (FakeWorkload, fake_workload, FAKE, WORKLOAD, SpeedupWorkload)

struct _FakeWorkload
{
  SpeedupWorkload parent_instance;

  FakeWorld *world;
  guint n_tasks;
};

G_DEFINE_FINAL_TYPE (FakeWorkload, fake_workload, SPEEDUP_TYPE_WORKLOAD)

#define FAKE_TYPE_EXECUTOR (fake_executor_get_type ())
G_DECLARE_FINAL_TYPE (FakeExecutor, fake_executor, FAKE, EXECUTOR, SpeedupExecutor)

struct _FakeExecutor
{
  SpeedupExecutor parent_instance;

  FakeWorld *world;
};

G_DEFINE_FINAL_TYPE (FakeExecutor, fake_executor, SPEEDUP_TYPE_EXECUTOR)

static guint
fake_workload_get_n_tasks (SpeedupWorkload *workload)
{
  return FAKE_WORKLOAD (workload)->n_tasks;
}

static char *
fake_workload_dup_task_name (SpeedupWorkload *workload G_GNUC_UNUSED,
                             guint            task)
{
  return g_strdup_printf ("task-%u", task);
}

static GVariant *
fake_workload_dup_options (SpeedupWorkload *workload G_GNUC_UNUSED)
{
  return g_variant_ref_sink (g_variant_new_parsed ("@a{sv} {}"));
}

static gboolean
fake_workload_start (SpeedupWorkload  *workload,
                     GCancellable     *cancellable G_GNUC_UNUSED,
                     GError          **error)
{
  FakeWorld *world = FAKE_WORKLOAD (workload)->world;

  world->n_started++;
  if (world->fail_start)
    g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_WORKER_MISSING, "The server is missing.");

  return !world->fail_start;
}

static void
fake_workload_stop (SpeedupWorkload *workload)
{
  FAKE_WORKLOAD (workload)->world->n_stopped++;
}

static gboolean
fake_workload_prepare_run (SpeedupWorkload   *workload,
                           SpeedupCacheMode   cache,
                           GCancellable      *cancellable G_GNUC_UNUSED,
                           GError           **error)
{
  if (cache == SPEEDUP_CACHE_WARM || !FAKE_WORKLOAD (workload)->world->no_cold_cache)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "It is not available here.");

  return FALSE;
}

static gboolean
fake_workload_check_run (SpeedupWorkload  *workload,
                         GError          **error)
{
  if (!FAKE_WORKLOAD (workload)->world->server_died)
    return TRUE;
  g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_NETWORK, "The server died.");

  return FALSE;
}

static gboolean
fake_workload_is_live (SpeedupWorkload *workload)
{
  return FAKE_WORKLOAD (workload)->world->live;
}

static double
fake_workload_read_server_cpu_s (SpeedupWorkload *workload)
{
  return FAKE_WORKLOAD (workload)->world->server_s;
}

static GVariant *
fake_workload_summarise_output (SpeedupWorkload *workload G_GNUC_UNUSED,
                                GVariant *const *outputs,
                                guint            n_outputs)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  gint64 n = 0;

  for (guint i = 0; i < n_outputs; i++)
    n += outputs[i] != NULL;
  g_variant_dict_insert (&dict, "count", "x", n);

  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
fake_workload_class_init (FakeWorkloadClass *klass)
{
  SpeedupWorkloadClass *workload_class = SPEEDUP_WORKLOAD_CLASS (klass);

  workload_class->name = "fake";
  workload_class->get_n_tasks = fake_workload_get_n_tasks;
  workload_class->dup_task_name = fake_workload_dup_task_name;
  workload_class->dup_options = fake_workload_dup_options;
  workload_class->start = fake_workload_start;
  workload_class->stop = fake_workload_stop;
  workload_class->prepare_run = fake_workload_prepare_run;
  workload_class->check_run = fake_workload_check_run;
  workload_class->is_live = fake_workload_is_live;
  workload_class->read_server_cpu_s = fake_workload_read_server_cpu_s;
  workload_class->summarise_output = fake_workload_summarise_output;
}

static void
fake_workload_init (FakeWorkload *self G_GNUC_UNUSED)
{
}

static gboolean
is_failing (const FakeRun *run,
            guint          task)
{
  return task >= run->fail_from && task < run->fail_to;
}

static void
do_task (SpeedupExecution *execution,
         const FakeRun    *run,
         guint             task,
         gint64            start_ns,
         gint64            end_ns)
{
  SpeedupTaskOutcome outcome = { 0 };
  SpeedupTaskStatus status = SPEEDUP_TASK_OK;
  GError *error = NULL;

  if (task == 0)
    {
      outcome.retries = run->retries;
      outcome.flags = run->rate_limited ? SPEEDUP_TASK_RATE_LIMITED : SPEEDUP_TASK_FLAGS_NONE;
    }

  if (task == run->timed_out)
    {
      status = SPEEDUP_TASK_TIMED_OUT;
      error = g_error_new (SPEEDUP_ERROR, SPEEDUP_ERROR_TIMED_OUT, "It took too long.");
    }
  else if (is_failing (run, task))
    {
      status = SPEEDUP_TASK_FAILED;
      error = g_error_new (SPEEDUP_ERROR, SPEEDUP_ERROR_INPUT, "It is broken.");
    }
  else
    {
      outcome.output = g_variant_ref_sink (g_variant_new_uint64 (task + run->digest));
      execution->records[task].digest = speedup_output_digest (outcome.output);
    }

  speedup_execution_begin_task (execution, task, task % execution->configuration->workers,
                                start_ns);
  speedup_execution_end_task (execution, task, status, end_ns, &outcome, error);
}

static void
do_tasks (FakeWorld        *world,
          SpeedupExecution *execution,
          const FakeRun    *run)
{
  guint workers = MIN (execution->configuration->workers, execution->n_tasks);
  gint64 task_ns = llround (world->task_s * run->factor * 1e9);
  gint64 first_ns = world->now_ns + llround (world->serial_s * run->factor * 1e9);
  guint waves = (execution->n_tasks + workers - 1) / workers;

  for (guint i = 0; i < workers; i++)
    speedup_execution_add_worker (execution, "fake");

  execution->released_ns = world->now_ns;
  execution->started_ns = world->now_ns;
  for (guint task = 0; task < execution->n_tasks; task++)
    do_task (execution, run, task, first_ns + task / workers * task_ns,
             first_ns + (task / workers + 1) * task_ns);
  execution->last_end_ns = first_ns + waves * task_ns;
  execution->user_s = world->serial_s + world->task_s * execution->n_tasks;
  execution->void_reason = g_strdup (run->void_reason);
  world->now_ns = execution->last_end_ns;
}

static gboolean
fake_executor_execute (SpeedupExecutor   *executor,
                       SpeedupExecution  *execution,
                       GCancellable      *cancellable,
                       GError           **error)
{
  FakeWorld *world = FAKE_EXECUTOR (executor)->world;
  FakeRun run = {
    .index = world->n_runs,
    .configuration = execution->configuration,
    .factor = 1,
    .timed_out = FAKE_NO_TASK,
  };

  if (world->script != NULL)
    world->script (world, &run);
  world->n_runs++;

  if (run.cancel)
    g_cancellable_cancel (world->cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (run.error != NULL)
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_WORKER_MISSING, "%s", run.error);
      return FALSE;
    }

  do_tasks (world, execution, &run);
  world->own_s += execution->user_s;
  world->server_s += run.server_s;
  world->busy_s += execution->user_s + run.server_s + run.foreign_s;
  world->server_died = run.server_died;

  return TRUE;
}

static void
fake_executor_class_init (FakeExecutorClass *klass)
{
  SPEEDUP_EXECUTOR_CLASS (klass)->execute = fake_executor_execute;
}

static void
fake_executor_init (FakeExecutor *self G_GNUC_UNUSED)
{
}

static SpeedupExecutor *
make_executor (SpeedupExecutorKind kind G_GNUC_UNUSED,
               gpointer            user_data)
{
  FakeExecutor *self = g_object_new (FAKE_TYPE_EXECUTOR, NULL);

  self->world = user_data;

  return SPEEDUP_EXECUTOR (self);
}

static gint64
get_now_ns (gpointer data)
{
  return ((FakeWorld *) data)->now_ns;
}

static double
run_canary (gpointer data)
{
  FakeWorld *world = data;

  return 0.02 * (world->canary != NULL ? world->canary (world, world->n_runs) : 1);
}

static void
read_sample (gpointer            data,
             SpeedupNoiseSample *sample)
{
  const FakeWorld *world = data;

  sample->at_s = world->now_ns / 1e9;
  sample->busy_s = world->busy_s;
  sample->own_cpu_s = world->own_s;
  sample->steal_s = 0;
}

void
fake_world_init (FakeWorld *world)
{
  *world = (FakeWorld) {
    .task_s = 1,
    .clock = { get_now_ns, world },
    .probe = { run_canary, read_sample, world },
  };
}

SpeedupWorkload *
fake_world_new_workload (FakeWorld *world,
                         guint      n_tasks)
{
  FakeWorkload *self = g_object_new (FAKE_TYPE_WORKLOAD, NULL);

  self->world = world;
  self->n_tasks = n_tasks;

  return SPEEDUP_WORKLOAD (self);
}

SpeedupRunner *
fake_world_new_runner (FakeWorld   *world,
                       SpeedupPlan *plan)
{
  g_autoptr (SpeedupWorkload) workload = fake_world_new_workload (world, plan->n_tasks);
  SpeedupRunner *runner = speedup_runner_new (plan, workload);

  speedup_runner_set_clock (runner, &world->clock);
  speedup_runner_set_noise_probe (runner, &world->probe);
  speedup_runner_set_executor_factory (runner, make_executor, world);

  return runner;
}

static void
finished_cb (GObject      *source G_GNUC_UNUSED,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* Blocks until the runner is done. */
SpeedupResult *
fake_runner_run (SpeedupRunner *runner,
                 GCancellable  *cancellable,
                 GError       **error)
{
  g_autoptr (GAsyncResult) done = NULL;

  speedup_runner_run_async (runner, cancellable, finished_cb, &done);
  while (done == NULL)
    g_main_context_iteration (NULL, TRUE);

  return speedup_runner_run_finish (runner, done, error);
}

/* The same with a runner of its own; the workload must have been stopped as often as started. */
SpeedupResult *
fake_world_run (FakeWorld   *world,
                SpeedupPlan *plan,
                GError     **error)
{
  g_autoptr (SpeedupRunner) runner = fake_world_new_runner (world, plan);
  SpeedupResult *result = fake_runner_run (runner, world->cancellable, error);

  g_assert_cmpuint (world->n_stopped, ==, world->n_started);
  g_assert_finalize_object (g_steal_pointer (&runner));

  return result;
}

/* sequential, threads x 2, threads x 4; seed 42 */
SpeedupPlan *
fake_plan_new (guint n_tasks,
               guint rounds)
{
  const guint workers[] = { 2, 4 };
  SpeedupPlan *plan = speedup_plan_new ("fake", g_variant_new_parsed ("@a{sv} {}"), n_tasks);

  plan->rounds = rounds;
  plan->seed = 42;
  speedup_plan_add_sweep (plan, SPEEDUP_EXECUTOR_SEQUENTIAL, NULL, 0, NULL, 0);
  speedup_plan_add_sweep (plan, SPEEDUP_EXECUTOR_THREADS, workers, G_N_ELEMENTS (workers), NULL, 0);

  return plan;
}
