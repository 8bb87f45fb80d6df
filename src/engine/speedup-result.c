/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-result.h"

#include <math.h>

G_DEFINE_BOXED_TYPE (SpeedupResult, speedup_result, speedup_result_ref, speedup_result_unref)

/**
 * speedup_timeline_new:
 * @configuration: index into the plan's configurations
 * @round: of the run
 * @n_tasks: length of the columns
 *
 * Returns: (transfer full): a timeline with zeroed columns
 */
SpeedupTimeline *
speedup_timeline_new (guint configuration,
                      guint round,
                      guint n_tasks)
{
  SpeedupTimeline *self = g_new0 (SpeedupTimeline, 1);

  self->configuration = configuration;
  self->round = round;
  self->n_tasks = n_tasks;
  self->task = g_new0 (guint, n_tasks);
  self->worker = g_new0 (guint, n_tasks);
  self->start_s = g_new0 (double, n_tasks);
  self->end_s = g_new0 (double, n_tasks);
  self->status = g_new0 (guint8, n_tasks);

  return self;
}

/**
 * speedup_timeline_free:
 * @self: (transfer full) (nullable): a timeline
 */
void
speedup_timeline_free (SpeedupTimeline *self)
{
  if (self == NULL)
    return;

  g_free (self->task);
  g_free (self->worker);
  g_free (self->start_s);
  g_free (self->end_s);
  g_free (self->status);
  g_strfreev (self->worker_names);
  g_free (self);
}

/**
 * speedup_failure_new:
 * @task: name of the task
 * @message: what went wrong
 *
 * Returns: (transfer full): a failure in no configuration yet
 */
SpeedupFailure *
speedup_failure_new (const char *task,
                     const char *message)
{
  SpeedupFailure *self = g_new0 (SpeedupFailure, 1);

  self->task = g_strdup (task);
  self->message = g_strdup (message);
  self->configurations = g_array_new (FALSE, FALSE, sizeof (guint));

  return self;
}

/**
 * speedup_failure_copy:
 * @self: a failure
 *
 * Returns: (transfer full): a copy
 */
SpeedupFailure *
speedup_failure_copy (const SpeedupFailure *self)
{
  SpeedupFailure *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = speedup_failure_new (self->task, self->message);
  g_array_append_vals (copy->configurations, self->configurations->data,
                       self->configurations->len);

  return copy;
}

/**
 * speedup_failure_free:
 * @self: (transfer full) (nullable): a failure
 */
void
speedup_failure_free (SpeedupFailure *self)
{
  if (self == NULL)
    return;

  g_free (self->task);
  g_free (self->message);
  g_array_unref (self->configurations);
  g_free (self);
}

/**
 * speedup_warning_new:
 * @code: which warning
 * @details: (nullable): a{sv}; a floating reference is taken
 *
 * Returns: (transfer full): a warning
 */
SpeedupWarning *
speedup_warning_new (const char *code,
                     GVariant   *details)
{
  SpeedupWarning *self = g_new0 (SpeedupWarning, 1);

  self->code = g_strdup (code);
  self->details = details != NULL ? g_variant_ref_sink (details) : NULL;

  return self;
}

/**
 * speedup_warning_copy:
 * @self: a warning
 *
 * Returns: (transfer full): a copy
 */
SpeedupWarning *
speedup_warning_copy (const SpeedupWarning *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return speedup_warning_new (self->code, self->details);
}

/**
 * speedup_warning_free:
 * @self: (transfer full) (nullable): a warning
 */
void
speedup_warning_free (SpeedupWarning *self)
{
  if (self == NULL)
    return;

  g_free (self->code);
  g_clear_pointer (&self->details, g_variant_unref);
  g_free (self);
}

/**
 * speedup_machine_new:
 *
 * Returns: (transfer full): a machine of which nothing is known but that it has a CPU
 */
SpeedupMachine *
speedup_machine_new (void)
{
  SpeedupMachine *self = g_new0 (SpeedupMachine, 1);

  self->cpus_online = 1;
  self->cpus_usable = 1;
  self->quota_cpus = NAN;
  self->libraries = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("{ss}"), NULL, 0));

  return self;
}

/**
 * speedup_machine_copy:
 * @self: a machine
 *
 * Returns: (transfer full): a copy
 */
SpeedupMachine *
speedup_machine_copy (const SpeedupMachine *self)
{
  SpeedupMachine *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new (SpeedupMachine, 1);
  *copy = *self;
  copy->cpu = g_strdup (self->cpu);
  copy->kernel = g_strdup (self->kernel);
  copy->os = g_strdup (self->os);
  g_variant_ref (copy->libraries);

  return copy;
}

/**
 * speedup_machine_free:
 * @self: (transfer full) (nullable): a machine
 */
void
speedup_machine_free (SpeedupMachine *self)
{
  if (self == NULL)
    return;

  g_free (self->cpu);
  g_free (self->kernel);
  g_free (self->os);
  g_variant_unref (self->libraries);
  g_free (self);
}

/**
 * speedup_result_new:
 * @plan: what was asked
 * @machine: (transfer full): where it is measured
 *
 * Returns: (transfer full): a result with no run yet, created now
 */
SpeedupResult *
speedup_result_new (SpeedupPlan    *plan,
                    SpeedupMachine *machine)
{
  SpeedupResult *self;

  g_return_val_if_fail (plan != NULL, NULL);
  g_return_val_if_fail (machine != NULL, NULL);

  self = g_new0 (SpeedupResult, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->title = g_strdup (plan->workload);
  self->created = g_date_time_new_now_utc ();
  self->plan = speedup_plan_ref (plan);
  self->machine = machine;
  self->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) speedup_run_free);
  self->timelines = g_ptr_array_new_with_free_func ((GDestroyNotify) speedup_timeline_free);
  self->failures = g_ptr_array_new_with_free_func ((GDestroyNotify) speedup_failure_free);
  self->warnings = g_ptr_array_new_with_free_func ((GDestroyNotify) speedup_warning_free);

  return self;
}

/**
 * speedup_result_snapshot:
 * @self: a result that is being built
 *
 * Returns: (transfer full): what is known so far, analysed, as a result of its own; without
 *   timelines and output, which are made at the end
 */
SpeedupResult *
speedup_result_snapshot (const SpeedupResult *self)
{
  SpeedupResult *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = speedup_result_new (self->plan, speedup_machine_copy (self->machine));
  g_free (copy->title);
  copy->title = g_strdup (self->title);
  g_date_time_unref (copy->created);
  copy->created = g_date_time_ref (self->created);
  copy->status = SPEEDUP_RESULT_INTERRUPTED;
  copy->rounds_completed = self->rounds_completed;
  for (guint i = 0; i < self->runs->len; i++)
    g_ptr_array_add (copy->runs, speedup_run_copy (g_ptr_array_index (self->runs, i)));
  for (guint i = 0; i < self->failures->len; i++)
    g_ptr_array_add (copy->failures, speedup_failure_copy (g_ptr_array_index (self->failures, i)));
  for (guint i = 0; i < self->warnings->len; i++)
    g_ptr_array_add (copy->warnings, speedup_warning_copy (g_ptr_array_index (self->warnings, i)));
  speedup_result_analyse (copy);

  return copy;
}

/**
 * speedup_result_ref:
 * @self: a result
 *
 * Returns: (transfer full): @self
 */
SpeedupResult *
speedup_result_ref (SpeedupResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * speedup_result_unref:
 * @self: (transfer full): a result
 */
void
speedup_result_unref (SpeedupResult *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->title);
  g_date_time_unref (self->created);
  speedup_plan_unref (self->plan);
  speedup_machine_free (self->machine);
  g_ptr_array_unref (self->runs);
  g_ptr_array_unref (self->timelines);
  g_ptr_array_unref (self->failures);
  g_ptr_array_unref (self->warnings);
  g_clear_pointer (&self->output, g_variant_unref);
  g_clear_pointer (&self->analysis, speedup_analysis_free);
  g_free (self);
}

/**
 * speedup_result_get_counted:
 * @self: a result
 * @configuration: index into the plan's configurations
 * @round: 1 or more
 *
 * The first clean attempt counts; where there is none, the last busy one. Nothing counts of a round
 * that did not come to its end.
 *
 * Returns: (transfer none) (nullable): the run that counts for a configuration in a round
 */
const SpeedupRun *
speedup_result_get_counted (const SpeedupResult *self,
                            guint                configuration,
                            guint                round)
{
  const SpeedupConfiguration *wanted;
  const SpeedupRun *busy = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (configuration < self->plan->configurations->len, NULL);

  if (round < 1 || round > self->rounds_completed)
    return NULL;

  wanted = g_ptr_array_index (self->plan->configurations, configuration);

  for (guint i = 0; i < self->runs->len; i++)
    {
      const SpeedupRun *run = g_ptr_array_index (self->runs, i);

      if (run->round != round || !speedup_configuration_equal (run->configuration, wanted))
        continue;
      if (run->status == SPEEDUP_RUN_OK)
        return run;
      if (run->status == SPEEDUP_RUN_BUSY)
        busy = run;
    }

  return busy;
}

/**
 * speedup_result_get_timeline:
 * @self: a result
 * @configuration: index into the plan's configurations
 *
 * Returns: (transfer none) (nullable): the timeline of that configuration
 */
const SpeedupTimeline *
speedup_result_get_timeline (const SpeedupResult *self,
                             guint                configuration)
{
  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->timelines->len; i++)
    {
      const SpeedupTimeline *timeline = g_ptr_array_index (self->timelines, i);

      if (timeline->configuration == configuration)
        return timeline;
    }

  return NULL;
}

/**
 * speedup_result_has_void_runs:
 * @self: a result
 *
 * A void run that was repeated well costs time and nothing else. What counts is whether one was
 * left: a configuration that was run in a completed round, without a run that counts there.
 *
 * Returns: whether any was left
 */
gboolean
speedup_result_has_void_runs (const SpeedupResult *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < self->runs->len; i++)
    {
      const SpeedupRun *run = g_ptr_array_index (self->runs, i);
      guint configuration = speedup_plan_find_configuration (self->plan, run->configuration);

      if (run->round >= 1 && run->round <= self->rounds_completed &&
          (run->status == SPEEDUP_RUN_VOID || run->status == SPEEDUP_RUN_DID_NOT_FINISH) &&
          configuration != G_MAXUINT &&
          speedup_result_get_counted (self, configuration, run->round) == NULL)
        return TRUE;
    }

  return FALSE;
}

/**
 * speedup_result_has_warning:
 * @self: a result
 * @code: a warning's code
 *
 * Returns: whether that warning was given
 */
gboolean
speedup_result_has_warning (const SpeedupResult *self,
                            const char          *code)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (code != NULL, FALSE);

  for (guint i = 0; i < self->warnings->len; i++)
    {
      const SpeedupWarning *warning = g_ptr_array_index (self->warnings, i);

      if (g_str_equal (warning->code, code))
        return TRUE;
    }

  return FALSE;
}

/* What counts, by configuration and round (0 is unused), found in one pass, so that the time that a
 * large file takes grows with its size alone.
 */
static const SpeedupRun **
find_counted (const SpeedupResult *self)
{
  gsize n_rounds = self->rounds_completed + 1;
  const SpeedupRun **counted;

  counted = g_new0 (const SpeedupRun *, self->plan->configurations->len * n_rounds);
  for (guint i = 0; i < self->runs->len; i++)
    {
      const SpeedupRun *run = g_ptr_array_index (self->runs, i);
      guint configuration;
      const SpeedupRun **place;

      if (run->round < 1 || run->round > self->rounds_completed ||
          (run->status != SPEEDUP_RUN_OK && run->status != SPEEDUP_RUN_BUSY))
        continue;
      configuration = speedup_plan_find_configuration (self->plan, run->configuration);
      g_assert (configuration != G_MAXUINT);
      place = &counted[configuration * n_rounds + run->round];
      if (*place == NULL || (*place)->status == SPEEDUP_RUN_BUSY)
        *place = run;
    }

  return counted;
}

static double
get_task_cv (const SpeedupRun *const *counted,
             guint                    n_rounds)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint round = 1; round <= n_rounds; round++)
    {
      if (counted[round] != NULL && isfinite (counted[round]->task_cv))
        g_array_append_val (values, counted[round]->task_cv);
    }

  return values->len > 0 ? speedup_median ((const double *) (gpointer) values->data, values->len)
                         : NAN;
}

static double
get_void_share (const SpeedupResult *self)
{
  guint n_void = 0, n_timed = 0;

  for (guint i = 0; i < self->runs->len; i++)
    {
      const SpeedupRun *run = g_ptr_array_index (self->runs, i);

      if (run->round < 1 || run->round > self->rounds_completed)
        continue;
      n_timed++;
      n_void += run->status == SPEEDUP_RUN_VOID;
    }

  return n_timed > 0 ? (double) n_void / n_timed : 0;
}

/* How unlike the tasks are is a property of the tasks, so it is read where they do not disturb each
 * other: in the sequential runs of the same work, or else in the configuration's own.
 */
static double
get_own_task_cv (const SpeedupResult     *self,
                 const SpeedupRun *const *counted,
                 guint                    configuration)
{
  const SpeedupConfiguration *wanted;
  gsize n_rounds = self->rounds_completed + 1;
  double cv = NAN;

  wanted = g_ptr_array_index (self->plan->configurations, configuration);
  for (guint i = 0; i < self->plan->configurations->len; i++)
    {
      const SpeedupConfiguration *base = g_ptr_array_index (self->plan->configurations, i);

      if (base->executor == SPEEDUP_EXECUTOR_SEQUENTIAL && base->n_tasks == wanted->n_tasks &&
          g_strcmp0 (base->variant, wanted->variant) == 0)
        cv = get_task_cv (&counted[i * n_rounds], self->rounds_completed);
    }

  return isnan (cv) ? get_task_cv (&counted[configuration * n_rounds], self->rounds_completed) : cv;
}

static SpeedupObservedConfiguration *
observe_configurations (const SpeedupResult     *self,
                        const SpeedupRun *const *counted)
{
  const SpeedupPlan *plan = self->plan;
  SpeedupObservedConfiguration *observed;

  observed = g_new0 (SpeedupObservedConfiguration, plan->configurations->len);
  for (guint i = 0; i < plan->configurations->len; i++)
    {
      const SpeedupConfiguration *configuration = g_ptr_array_index (plan->configurations, i);

      observed[i] = (SpeedupObservedConfiguration) {
        .series = speedup_plan_get_series (plan, i),
        .workers = configuration->workers,
        .n_tasks = configuration->n_tasks,
        .sequential = configuration->executor == SPEEDUP_EXECUTOR_SEQUENTIAL,
        .task_cv = get_own_task_cv (self, counted, i),
      };
    }

  return observed;
}

/**
 * speedup_result_analyse:
 * @self: a result that is not yet handed out
 *
 * Makes the analysis from the runs that count: in every round that came to its end, the first clean
 * attempt of each configuration, or the last busy one.
 */
void
speedup_result_analyse (SpeedupResult *self)
{
  g_autofree const SpeedupRun **counted = NULL;
  g_autofree SpeedupObservedConfiguration *configurations = NULL;
  g_autoptr (GArray) observations = NULL;
  SpeedupAnalysisContext context;
  guint n_configurations;
  gsize n_rounds;

  g_return_if_fail (self != NULL);

  counted = find_counted (self);
  configurations = observe_configurations (self, counted);
  n_configurations = self->plan->configurations->len;
  n_rounds = self->rounds_completed + 1;
  observations = g_array_new (FALSE, FALSE, sizeof (SpeedupObservation));
  for (guint round = 1; round <= self->rounds_completed; round++)
    for (guint i = 0; i < n_configurations; i++)
      {
        const SpeedupRun *run = counted[i * n_rounds + round];
        SpeedupObservation observation = { i, round, run != NULL ? run->wall_s : NAN };

        if (run != NULL)
          g_array_append_val (observations, observation);
      }

  context = (SpeedupAnalysisContext) {
    .cpus_usable = self->machine->cpus_usable,
    .cpu_bound = self->plan->cpu_bound,
    .server_limited = speedup_result_has_warning (self, "server-limited"),
    .void_share = get_void_share (self),
  };

  g_clear_pointer (&self->analysis, speedup_analysis_free);
  self->analysis = speedup_analysis_new (configurations, n_configurations,
                                         (const SpeedupObservation *) (gpointer) observations->data,
                                         observations->len, &context);
}
