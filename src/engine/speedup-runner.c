/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-runner.h"

#include "speedup-runner-private.h"

G_DEFINE_FINAL_TYPE (SpeedupRunner, speedup_runner, G_TYPE_OBJECT)

static SpeedupExecutor *
make_executor (SpeedupExecutorKind kind,
               gpointer user_data G_GNUC_UNUSED)
{
  return speedup_executor_new (kind);
}

static void
speedup_runner_finalize (GObject *object)
{
  SpeedupRunner *self = SPEEDUP_RUNNER (object);

  g_clear_pointer (&self->settings.plan, speedup_plan_unref);
  g_clear_object (&self->settings.workload);
  g_clear_pointer (&self->settings.libraries, g_variant_unref);
  g_clear_object (&self->settings.journal_file);
  g_clear_pointer (&self->settings.previous, speedup_result_unref);
  speedup_outputs_clear (&self->outputs);

  G_OBJECT_CLASS (speedup_runner_parent_class)->finalize (object);
}

static void
speedup_runner_class_init (SpeedupRunnerClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = speedup_runner_finalize;

  /**
   * SpeedupRunner::progress:
   * @progress: (type gpointer): a #SpeedupProgress, valid during the emission
   *
   * At most 20 times a second while a run goes on.
   */
  g_signal_new ("progress", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_POINTER);

  /**
   * SpeedupRunner::tasks-finished:
   * @execution: the run
   * @first: place in its order of completion
   * @count: how many tasks ended since
   *
   * At most 20 times a second, and once more at the end of a run for what is left.
   */
  g_signal_new ("tasks-finished", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                NULL, G_TYPE_NONE, 3, SPEEDUP_TYPE_EXECUTION, G_TYPE_UINT,
                G_TYPE_UINT);

  /**
   * SpeedupRunner::run-finished:
   * @run: the run as it was judged now; a later one may still void it
   */
  g_signal_new ("run-finished", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                NULL, G_TYPE_NONE, 1,
                SPEEDUP_TYPE_RUN | G_SIGNAL_TYPE_STATIC_SCOPE);

  /**
   * SpeedupRunner::round-finished:
   * @round: 0 is the warm-up round
   * @result: what is known so far, analysed, without timelines and output
   */
  g_signal_new ("round-finished", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                NULL, G_TYPE_NONE, 2, G_TYPE_UINT, SPEEDUP_TYPE_RESULT);

  /**
   * SpeedupRunner::warning:
   * @warning: (type gpointer): a #SpeedupWarning, valid during the emission
   */
  g_signal_new ("warning", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
speedup_runner_init (SpeedupRunner *self)
{
  self->settings.clock = speedup_clock_get_monotonic ();
  self->settings.probe = speedup_noise_probe_get_system ();
  self->settings.factory = make_executor;
}

/**
 * speedup_runner_new:
 * @plan: what to measure
 * @workload: what is run
 *
 * Returns: (transfer full): a runner that has not begun
 */
SpeedupRunner *
speedup_runner_new (SpeedupPlan     *plan,
                    SpeedupWorkload *workload)
{
  SpeedupRunner *self;

  g_return_val_if_fail (plan != NULL, NULL);
  g_return_val_if_fail (plan->configurations->len > 0, NULL);
  g_return_val_if_fail (SPEEDUP_IS_WORKLOAD (workload), NULL);
  g_return_val_if_fail (plan->n_tasks == speedup_workload_get_n_tasks (workload), NULL);

  self = g_object_new (SPEEDUP_TYPE_RUNNER, NULL);
  self->settings.plan = speedup_plan_ref (plan);
  self->settings.workload = g_object_ref (workload);

  return self;
}

/**
 * speedup_runner_set_clock:
 * @self: a runner that has not begun
 * @clock: (transfer none): where the time of rounds and budgets comes from; it must outlive @self
 */
void
speedup_runner_set_clock (SpeedupRunner      *self,
                          const SpeedupClock *clock)
{
  g_return_if_fail (SPEEDUP_IS_RUNNER (self) && !self->running);
  g_return_if_fail (clock != NULL);

  self->settings.clock = clock;
}

/**
 * speedup_runner_set_noise_probe:
 * @self: a runner that has not begun
 * @probe: (transfer none): where the noise comes from; it must outlive @self
 */
void
speedup_runner_set_noise_probe (SpeedupRunner           *self,
                                const SpeedupNoiseProbe *probe)
{
  g_return_if_fail (SPEEDUP_IS_RUNNER (self) && !self->running);
  g_return_if_fail (probe != NULL);

  self->settings.probe = probe;
}

/**
 * speedup_runner_set_executor_factory:
 * @self: a runner that has not begun
 * @factory: (scope forever): makes executors, in the runner's thread
 * @user_data: for @factory
 */
void
speedup_runner_set_executor_factory (SpeedupRunner          *self,
                                     SpeedupExecutorFactory  factory,
                                     gpointer                user_data)
{
  g_return_if_fail (SPEEDUP_IS_RUNNER (self) && !self->running);
  g_return_if_fail (factory != NULL);

  self->settings.factory = factory;
  self->settings.factory_data = user_data;
}

/**
 * speedup_runner_set_libraries:
 * @self: a runner that has not begun
 * @libraries: a{ss}: versions that the result's machine names; a floating reference is taken
 */
void
speedup_runner_set_libraries (SpeedupRunner *self,
                              GVariant      *libraries)
{
  g_return_if_fail (SPEEDUP_IS_RUNNER (self) && !self->running);
  g_return_if_fail (g_variant_is_of_type (libraries, G_VARIANT_TYPE ("a{ss}")));

  g_clear_pointer (&self->settings.libraries, g_variant_unref);
  self->settings.libraries = g_variant_ref_sink (libraries);
}

/**
 * speedup_runner_set_keep_outputs:
 * @self: a runner that has not begun
 * @keep_outputs: whether the outputs are wanted whatever memory they take
 *
 * Without this, outputs above 512 MiB a run are hashed in the tasks and dropped. What is done is
 * decided after the first run and is then the same for every run.
 */
void
speedup_runner_set_keep_outputs (SpeedupRunner *self,
                                 gboolean       keep_outputs)
{
  g_return_if_fail (SPEEDUP_IS_RUNNER (self) && !self->running);

  self->settings.keep_outputs = keep_outputs;
}

/**
 * speedup_runner_set_journal:
 * @self: a runner that has not begun
 * @file: (nullable): where every finished round is written; deleting it is left to the caller
 */
void
speedup_runner_set_journal (SpeedupRunner *self,
                            GFile         *file)
{
  g_return_if_fail (SPEEDUP_IS_RUNNER (self) && !self->running);
  g_return_if_fail (file == NULL || G_IS_FILE (file));

  g_set_object (&self->settings.journal_file, file);
}

/**
 * speedup_runner_set_previous:
 * @self: a runner that has not begun, for the same plan
 * @previous: (nullable): what speedup_journal_load() gave, or a result that was cancelled
 *
 * Makes the runner go on after the last round that came to its end. Check with
 * speedup_journal_check() first.
 */
void
speedup_runner_set_previous (SpeedupRunner *self,
                             SpeedupResult *previous)
{
  g_return_if_fail (SPEEDUP_IS_RUNNER (self) && !self->running);
  g_return_if_fail (previous == NULL ||
                    (previous->plan->n_tasks == self->settings.plan->n_tasks &&
                     previous->plan->configurations->len ==
                     self->settings.plan->configurations->len));

  g_clear_pointer (&self->settings.previous, speedup_result_unref);
  if (previous != NULL)
    self->settings.previous = speedup_result_ref (previous);
}

/**
 * speedup_runner_run_async:
 * @self: a runner that has not begun
 * @cancellable: (nullable): ends the measurement within a second
 * @callback: called when it ended
 * @user_data: for @callback
 *
 * Measures in a thread of its own. Signals and @callback come on the thread-default main context
 * of this call.
 */
void
speedup_runner_run_async (SpeedupRunner       *self,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (SPEEDUP_IS_RUNNER (self) && !self->running);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, speedup_runner_run_async);
  /* A cancelled measurement has a result where a round came to its end. */
  g_task_set_check_cancellable (task, FALSE);

  speedup_outputs_clear (&self->outputs);
  speedup_runner_start_session (self, task);
}

/**
 * speedup_runner_run_finish:
 * @self: a runner
 * @result: what the callback got
 * @error: return location
 *
 * A measurement that was cancelled after its first round gives a result with the status
 * "cancelled".
 *
 * Returns: (transfer full) (nullable): the result; %NULL with %G_IO_ERROR_CANCELLED,
 *   %SPEEDUP_ERROR_NOTHING_MEASURED or what kept the first round from ending
 */
SpeedupResult *
speedup_runner_run_finish (SpeedupRunner  *self,
                           GAsyncResult   *result,
                           GError        **error)
{
  g_return_val_if_fail (SPEEDUP_IS_RUNNER (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, speedup_runner_run_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * speedup_runner_get_outputs:
 * @self: a runner that finished
 * @n_outputs: (out): how many
 *
 * Returns: (transfer none) (nullable) (array length=n_outputs): what the tasks made in the first
 *   clean timed run (or in the warm-up round, where none was clean), in task order, %NULL where a
 *   task failed; %NULL where outputs were not kept
 */
GVariant **
speedup_runner_get_outputs (SpeedupRunner *self,
                            guint         *n_outputs)
{
  g_return_val_if_fail (SPEEDUP_IS_RUNNER (self) && !self->running, NULL);
  g_return_val_if_fail (n_outputs != NULL, NULL);

  *n_outputs = self->outputs.n_outputs;

  return self->outputs.outputs;
}
