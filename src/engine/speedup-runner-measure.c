/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-runner-private.h"

#include <math.h>

#include "speedup-error.h"
#include "speedup-schedule.h"

/* A measurement from its start to its end: rounds, repeats, when to stop, what is left. */

/* Timelines of runs that may turn out to be the median one. */
#define MAX_TIMELINE_BYTES ((gsize) 64 * 1024 * 1024)

double
speedup_measurement_get_elapsed_s (SpeedupMeasurement *self)
{
  return (speedup_clock_now_ns (self->settings->clock) - self->start_ns) / 1e9;
}

/**
 * speedup_measurement_warn:
 * @self: a measurement
 * @code: which warning
 * @details: (nullable): a{sv}; a floating reference is taken
 */
void
speedup_measurement_warn (SpeedupMeasurement *self,
                          const char         *code,
                          GVariant           *details)
{
  const SpeedupMeasureEvents *events = &self->settings->events;
  SpeedupWarning *warning = speedup_warning_new (code, details);

  g_ptr_array_add (self->result->warnings, warning);
  events->warning (events->data, warning);
}

static double
get_cost_s (const SpeedupMeasurement *self,
            guint                     configuration)
{
  if (self->n_cost[configuration] == 0)
    return NAN;

  return self->cost_s[configuration] / self->n_cost[configuration];
}

static double
get_round_estimate_s (const SpeedupMeasurement *self)
{
  guint n_runs = self->judged->len;
  double sum = 0;

  for (guint i = 0; i < self->plan->configurations->len; i++)
    sum += get_cost_s (self, i);

  return n_runs > self->n_repeats ? sum * n_runs / (n_runs - self->n_repeats) : sum;
}

/* @order: what the round runs; @next: the place after the run that starts now. */
static SpeedupRunStart
estimate (SpeedupMeasurement *self,
          guint               round,
          GArray             *order,
          guint               place,
          guint               next)
{
  SpeedupRunStart start = { .round = round, .n_rounds = MAX (self->n_rounds, round) };
  guint n_left = order->len - MIN (next, order->len);
  guint rounds_left = start.n_rounds - round;

  start.configuration = g_array_index (order, guint, place);
  start.runs_done = self->judged->len;
  start.n_runs = start.runs_done + 1 + n_left + rounds_left * order->len;
  start.elapsed_s = speedup_measurement_get_elapsed_s (self);
  start.run_estimate_s = get_cost_s (self, start.configuration);
  start.rest_estimate_s = NAN;
  if (round >= 1)
    {
      start.rest_estimate_s = rounds_left * get_round_estimate_s (self);
      for (guint i = next; i < order->len; i++)
        start.rest_estimate_s += get_cost_s (self, g_array_index (order, guint, i));
    }

  return start;
}

static gboolean
is_stopped_by_source (const SpeedupMeasurement *self)
{
  return self->n_rate_limited >= SPEEDUP_RATE_LIMITED_RUNS;
}

static gboolean
fail_budget (SpeedupMeasurement  *self,
             GError             **error)
{
  g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_NOTHING_MEASURED,
               "The time budget of %g s does not allow one round of %u runs beside the warm-up: "
               "allow more time, or measure fewer worker counts or tasks.",
               self->plan->time_budget_s, self->plan->configurations->len);

  return FALSE;
}

static gboolean
run_first_attempts (SpeedupMeasurement  *self,
                    guint                round,
                    GArray              *order,
                    GError             **error)
{
  double budget_s = self->plan->time_budget_s;

  for (guint i = 0; i < order->len && !is_stopped_by_source (self); i++)
    {
      SpeedupRunStart start = estimate (self, round, order, i, i + 1);

      if (round == 0 && budget_s > 0 && start.elapsed_s > budget_s)
        return fail_budget (self, error);
      if (!speedup_measurement_run_once (self, &start, i + 1, 1, error))
        return FALSE;
    }

  return TRUE;
}

/* Runs again what is void or busy, at the end of its round, in the order of the round. */
static gboolean
run_repeats (SpeedupMeasurement  *self,
             guint                round,
             GArray              *order,
             GError             **error)
{
  guint place = order->len;

  for (guint pass = 1; pass < SPEEDUP_MAX_ATTEMPTS; pass++)
    for (guint i = 0; i < order->len && !is_stopped_by_source (self); i++)
      {
        guint configuration = g_array_index (order, guint, i);
        SpeedupRunStart start;
        guint n_attempts;

        if (speedup_judge_is_settled (self->result, configuration, round, &n_attempts) ||
            n_attempts > pass)
          continue;
        start = estimate (self, round, order, i, order->len);
        self->n_repeats++;
        if (!speedup_measurement_run_once (self, &start, ++place, n_attempts + 1, error))
          return FALSE;
      }

  return TRUE;
}

static void
note_change_of_source (SpeedupMeasurement *self,
                       guint               round)
{
  g_auto (GVariantDict) details = G_VARIANT_DICT_INIT (NULL);

  if (!speedup_judge_together (self->judged, speedup_workload_is_live (self->settings->workload)) ||
      speedup_result_has_warning (self->result, "source-changed"))
    return;

  g_variant_dict_insert (&details, "round", "x", (gint64) round);
  speedup_measurement_warn (self, "source-changed", g_variant_dict_end (&details));
}

static void
write_journal (SpeedupMeasurement *self,
               guint               round)
{
  g_autoptr (GError) error = NULL;
  g_auto (GVariantDict) details = G_VARIANT_DICT_INIT (NULL);

  if (self->journal == NULL ||
      speedup_journal_append_round (self->journal, self->result, round, &error))
    return;

  /* A full disk must not end a measurement whose result may still be saved elsewhere. */
  g_clear_object (&self->journal);
  g_variant_dict_insert (&details, "message", "s", error->message);
  speedup_measurement_warn (self, "journal-failed", g_variant_dict_end (&details));
}

static void
finish_round (SpeedupMeasurement *self,
              guint               round)
{
  const SpeedupMeasureEvents *events = &self->settings->events;
  g_autoptr (SpeedupResult) snapshot = NULL;

  self->result->rounds_completed = MAX (self->result->rounds_completed, round);
  note_change_of_source (self, round);
  for (guint i = 1; i <= self->result->rounds_completed; i++)
    speedup_judge_flag (self->result, i);
  speedup_result_analyse (self->result);
  write_journal (self, round);
  snapshot = speedup_result_snapshot (self->result);
  events->round_finished (events->data, round, snapshot);
}

static gboolean
run_round (SpeedupMeasurement  *self,
           guint                round,
           GError             **error)
{
  g_autoptr (GArray) order = NULL;
  double begin_s = speedup_measurement_get_elapsed_s (self);
  double round_s;

  order = speedup_schedule_get_order (self->plan->seed, round, self->plan->configurations->len);
  if (!run_first_attempts (self, round, order, error))
    return FALSE;
  note_change_of_source (self, round);
  if (!run_repeats (self, round, order, error))
    return FALSE;
  if (is_stopped_by_source (self))
    return TRUE;

  round_s = speedup_measurement_get_elapsed_s (self) - begin_s;
  if (round == 0)
    self->warm_up_s = round_s;
  else
    self->longest_round_s = fmax (self->longest_round_s, round_s);
  finish_round (self, round);

  return TRUE;
}

static gboolean
did_not_finish (const SpeedupMeasurement *self,
                guint                     configuration)
{
  const SpeedupConfiguration *wanted;

  wanted = g_ptr_array_index (self->plan->configurations, configuration);
  for (guint i = 0; i < self->result->runs->len; i++)
    {
      const SpeedupRun *run = g_ptr_array_index (self->result->runs, i);

      if (run->status == SPEEDUP_RUN_DID_NOT_FINISH &&
          speedup_configuration_equal (run->configuration, wanted))
        return TRUE;
    }

  return FALSE;
}

/* Whether a ratio lacks pairs that another round may give. What does not finish never will. */
static gboolean
lacks_pairs (const SpeedupMeasurement *self)
{
  for (guint i = 0; i < self->plan->configurations->len; i++)
    {
      const SpeedupSummary *summary = speedup_analysis_get_summary (self->result->analysis, i);

      if ((summary == NULL || summary->n_pairs < SPEEDUP_MIN_INTERVAL_ROUNDS) &&
          !did_not_finish (self, i))
        return TRUE;
    }

  return FALSE;
}

static gboolean
wants_round (const SpeedupMeasurement *self,
             guint                     round)
{
  const SpeedupPlan *plan = self->plan;

  if (plan->precision > 0)
    return round <= SPEEDUP_MIN_INTERVAL_ROUNDS ||
           (round <= SPEEDUP_MAX_ROUNDS &&
            !(self->result->analysis->precision <= plan->precision));

  if (round <= plan->rounds)
    return TRUE;

  return plan->rounds >= SPEEDUP_MIN_INTERVAL_ROUNDS &&
         round <= plan->rounds + SPEEDUP_EXTRA_ROUNDS &&
         lacks_pairs (self);
}

static gboolean
budget_allows (SpeedupMeasurement *self)
{
  double round_s = self->longest_round_s > 0 ? self->longest_round_s : self->warm_up_s;

  return self->plan->time_budget_s <= 0 ||
         speedup_measurement_get_elapsed_s (self) + round_s <= self->plan->time_budget_s;
}

/* Sets NOTHING_MEASURED with what went wrong first. */
static void
fail_nothing (SpeedupMeasurement  *self,
              const char          *what,
              GError             **error)
{
  const SpeedupFailure *failure;
  const char *reason = NULL;

  for (guint i = 0; reason == NULL && i < self->result->runs->len; i++)
    reason = ((const SpeedupRun *) g_ptr_array_index (self->result->runs, i))->reason;

  if (self->result->failures->len > 0)
    {
      failure = g_ptr_array_index (self->result->failures, 0);
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_NOTHING_MEASURED,
                   "Nothing could be measured: %s. The first failure: %s: %s",
                   what, failure->task, failure->message);
    }
  else
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_NOTHING_MEASURED,
                   "Nothing could be measured: %s%s%s%s.", what, reason != NULL ? " (" : "",
                   reason != NULL ? reason : "", reason != NULL ? ")" : "");
    }
}

/* Where every task fails, or takes too long, however it is run, the rounds would time nothing but
 * failing.
 */
static gboolean
check_warm_up (SpeedupMeasurement  *self,
               GError             **error)
{
  for (guint i = 0; i < self->result->runs->len; i++)
    {
      const SpeedupRun *run = g_ptr_array_index (self->result->runs, i);

      if (run->failed_tasks < self->plan->n_tasks && g_strcmp0 (run->reason, "task-timeout") != 0)
        return TRUE;
    }
  fail_nothing (self, "tasks failed or took too long in every configuration", error);

  return FALSE;
}

static gboolean
measure_rounds (SpeedupMeasurement  *self,
                GError             **error)
{
  guint round = self->result->rounds_completed + 1;

  if (!wants_round (self, round))
    return TRUE;

  /* After an interruption caches are cold again, so that the warm-up round is never left out. */
  if (!run_round (self, 0, error) || !check_warm_up (self, error))
    return FALSE;

  for (; !is_stopped_by_source (self) && wants_round (self, round); round++)
    {
      if (!budget_allows (self))
        return round > 1 || fail_budget (self, error);
      self->n_rounds = MAX (self->n_rounds, round);
      if (!run_round (self, round, error))
        return FALSE;
    }

  if (is_stopped_by_source (self))
    {
      g_auto (GVariantDict) details = G_VARIANT_DICT_INIT (NULL);

      g_variant_dict_insert (&details, "cause", "s", "rate-limited");
      speedup_measurement_warn (self, "server-limited", g_variant_dict_end (&details));
    }

  return TRUE;
}

static gboolean
start (SpeedupMeasurement  *self,
       GError             **error)
{
  const SpeedupMeasureSettings *settings = self->settings;
  guint n_configurations = self->plan->configurations->len;

  self->start_ns = speedup_clock_now_ns (settings->clock);
  self->judged = g_array_new (FALSE, FALSE, sizeof (SpeedupJudgedRun));
  self->timelines = speedup_timeline_keeper_new (n_configurations, MAX_TIMELINE_BYTES);
  self->failures = g_hash_table_new (NULL, NULL);
  self->cost_s = g_new0 (double, n_configurations);
  self->n_cost = g_new0 (guint, n_configurations);
  self->cache = self->plan->cache;
  self->n_rounds = self->plan->precision > 0 ? SPEEDUP_MIN_INTERVAL_ROUNDS : self->plan->rounds;
  self->keep_outputs = TRUE;

  if (settings->previous != NULL)
    {
      speedup_measurement_take_previous (self, settings->previous);
      if (speedup_result_has_warning (self->result, "outputs-not-kept"))
        self->keep_outputs = settings->keep_outputs;
    }
  speedup_result_analyse (self->result);

  return (settings->previous == NULL ||
          speedup_machine_check_same (self->result->machine, settings->previous->machine, error)) &&
         speedup_measurement_open_journal (self, error) &&
         speedup_workload_start (settings->workload, self->cancellable, error);
}

static void
measurement_clear (SpeedupMeasurement *self)
{
  g_clear_pointer (&self->result, speedup_result_unref);
  g_clear_object (&self->journal);
  g_clear_pointer (&self->judged, g_array_unref);
  g_clear_pointer (&self->timelines, speedup_timeline_keeper_free);
  g_clear_pointer (&self->failures, g_hash_table_unref);
  g_clear_pointer (&self->cost_s, g_free);
  g_clear_pointer (&self->n_cost, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SpeedupMeasurement, measurement_clear)

/* A series without a curve is not passed over in silence. */
static void
warn_of_few_points (SpeedupMeasurement *self)
{
  const SpeedupAnalysis *analysis = self->result->analysis;

  for (guint i = 0; i < self->plan->configurations->len; i++)
    {
      const SpeedupConfiguration *first = g_ptr_array_index (self->plan->configurations, i);
      const SpeedupFit *fit = speedup_analysis_get_fit (analysis, i);
      g_auto (GVariantDict) details = G_VARIANT_DICT_INIT (NULL);

      if (speedup_plan_get_series (self->plan, i) != i ||
          first->executor == SPEEDUP_EXECUTOR_SEQUENTIAL ||
          (fit != NULL && fit->method == SPEEDUP_FIT_PROFILE))
        continue;
      g_variant_dict_insert (&details, "executor", "s",
                             speedup_executor_kind_to_string (first->executor));
      if (fit != NULL)
        g_variant_dict_insert (&details, "points", "x", (gint64) fit->n_points);
      speedup_measurement_warn (self, "few-points", g_variant_dict_end (&details));
    }
}

static void
add_final_warnings (SpeedupMeasurement *self)
{
  guint n_counted = 0, n_flagged = 0;

  warn_of_few_points (self);
  for (guint i = 0; i < self->plan->configurations->len; i++)
    for (guint round = 1; round <= self->result->rounds_completed; round++)
      {
        const SpeedupRun *run = speedup_result_get_counted (self->result, i, round);

        n_counted += run != NULL;
        n_flagged += run != NULL && run->flagged;
      }
  if (n_flagged > 0)
    {
      g_auto (GVariantDict) details = G_VARIANT_DICT_INIT (NULL);

      g_variant_dict_insert (&details, "flagged", "x", (gint64) n_flagged);
      g_variant_dict_insert (&details, "counted", "x", (gint64) n_counted);
      speedup_measurement_warn (self, "busy", g_variant_dict_end (&details));
    }
}

static void
add_timelines (SpeedupMeasurement *self)
{
  for (guint i = 0; i < self->plan->configurations->len; i++)
    {
      SpeedupTimeline *timeline = speedup_timeline_keeper_steal (self->timelines, self->result, i);

      if (timeline != NULL)
        g_ptr_array_add (self->result->timelines, timeline);
    }
}

static SpeedupResult *
finish (SpeedupMeasurement  *self,
        SpeedupResultStatus  status)
{
  SpeedupResult *result = self->result;

  result->status = status;
  if (self->outputs->outputs != NULL)
    {
      GVariant *output = speedup_workload_summarise_output (self->settings->workload,
                                                            self->outputs->outputs,
                                                            self->outputs->n_outputs);

      g_clear_pointer (&result->output, g_variant_unref);
      if (output != NULL)
        result->output = g_variant_take_ref (output);
    }
  speedup_result_analyse (result);
  add_final_warnings (self);
  add_timelines (self);

  return g_steal_pointer (&self->result);
}

/* What is left where the rounds did not come to their end. */
static SpeedupResult *
finish_early (SpeedupMeasurement  *self,
              GError              *reason,
              GError             **error)
{
  g_auto (GVariantDict) details = G_VARIANT_DICT_INIT (NULL);
  gboolean cancelled = g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  if (self->result->rounds_completed == 0)
    {
      g_propagate_error (error, reason);
      return NULL;
    }
  if (!cancelled)
    {
      g_variant_dict_insert (&details, "message", "s", reason->message);
      speedup_measurement_warn (self, "stopped", g_variant_dict_end (&details));
    }
  g_error_free (reason);

  return finish (self, cancelled ? SPEEDUP_RESULT_CANCELLED : SPEEDUP_RESULT_INTERRUPTED);
}

/* A source is not asked for more at once than it bears, whoever made the plan. */
static gboolean
check_workers (const SpeedupMeasureSettings  *settings,
               GError                       **error)
{
  for (guint i = 0; i < settings->plan->configurations->len; i++)
    {
      const SpeedupConfiguration *configuration =
        g_ptr_array_index (settings->plan->configurations, i);
      const char *executor = speedup_executor_kind_to_string (configuration->executor);
      guint max = speedup_workload_get_max_workers (settings->workload, configuration->executor);

      if (configuration->workers <= max)
        continue;

      if (max == 0)
        g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
                     "The executor %s cannot keep to the rate that the source of %s allows; leave "
                     "it out.", executor, settings->plan->workload);
      else
        g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
                     "%u workers of the executor %s are more than the %u that the source of %s "
                     "bears at once; measure fewer workers, or raise that limit.",
                     configuration->workers, executor, max, settings->plan->workload);
      return FALSE;
    }

  return TRUE;
}

/**
 * speedup_measure:
 * @settings: what to measure and how
 * @outputs: (out caller-allocated): what the tasks made, in the first clean timed run
 * @cancellable: (nullable): ends it within a second
 * @error: return location
 *
 * Measures, blocking. The workload is started and always stopped in the calling thread.
 *
 * Returns: (transfer full) (nullable): the result, whole or as far as rounds came to their end;
 *   %NULL with an error where none did
 */
SpeedupResult *
speedup_measure (const SpeedupMeasureSettings  *settings,
                 SpeedupOutputs                *outputs,
                 GCancellable                  *cancellable,
                 GError                       **error)
{
  g_auto (SpeedupMeasurement) self = { .settings = settings };
  g_autoptr (GError) local_error = NULL;
  gboolean measured;

  if (!check_workers (settings, error))
    return NULL;

  self.plan = settings->plan;
  self.cancellable = cancellable;
  self.outputs = outputs;
  self.result = speedup_result_new (settings->plan, speedup_machine_read (settings->libraries));

  if (!start (&self, error))
    {
      speedup_workload_stop (settings->workload);
      return NULL;
    }

  measured = measure_rounds (&self, &local_error);
  speedup_workload_stop (settings->workload);
  if (!measured)
    return finish_early (&self, g_steal_pointer (&local_error), error);

  speedup_result_analyse (self.result);
  if (self.result->analysis->summary->len == 0)
    {
      fail_nothing (&self, "no run ended well", error);
      return NULL;
    }

  return finish (&self, is_stopped_by_source (&self) ? SPEEDUP_RESULT_INTERRUPTED
                                                     : SPEEDUP_RESULT_COMPLETE);
}
