/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-runner-private.h"

#include <math.h>
#include <string.h>

/* One timed run: what is done before and after it, and what is made of it. */

/* Outputs above this are hashed in the tasks and not kept. */
#define MAX_OUTPUT_BYTES ((gsize) 512 * 1024 * 1024)

/* What is measured around the executor. */
typedef struct
{
  double canary_s;
  double canary_ratio;
  SpeedupNoiseSample before;
  SpeedupNoiseSample after;
  double server_cpu_s;
  gint64 peak_rss_bytes;
  char *void_reason;
} Surroundings;

static void
surroundings_clear (Surroundings *self)
{
  speedup_noise_sample_clear (&self->before);
  speedup_noise_sample_clear (&self->after);
  g_clear_pointer (&self->void_reason, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Surroundings, surroundings_clear)

/* A cold page cache is not to be had everywhere; that is said once, and the cache is then warm for
 * every run, so that they stay alike.
 */
static gboolean
prepare (SpeedupMeasurement  *self,
         GError             **error)
{
  SpeedupWorkload *workload = self->settings->workload;
  g_autoptr (GError) local_error = NULL;

  if (speedup_workload_prepare_run (workload, self->cache, self->cancellable, &local_error))
    return TRUE;

  if (self->cache == SPEEDUP_CACHE_COLD &&
      g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    {
      g_auto (GVariantDict) details = G_VARIANT_DICT_INIT (NULL);

      g_variant_dict_insert (&details, "message", "s", local_error->message);
      speedup_measurement_warn (self, "cold-cache-unavailable", g_variant_dict_end (&details));
      self->cache = SPEEDUP_CACHE_WARM;
      return speedup_workload_prepare_run (workload, self->cache, self->cancellable, error);
    }
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

static void
check_run (SpeedupMeasurement *self,
           SpeedupExecution   *execution,
           Surroundings       *around)
{
  g_auto (GVariantDict) details = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GError) error = NULL;

  if (execution->void_reason != NULL)
    {
      around->void_reason = g_strdup (execution->void_reason);
      speedup_measurement_warn (self, execution->void_reason, execution->void_details);
    }
  if (!speedup_workload_check_run (self->settings->workload, &error))
    {
      g_free (around->void_reason);
      around->void_reason = g_strdup ("server-died");
      g_variant_dict_insert (&details, "message", "s", error->message);
      speedup_measurement_warn (self, "server-died", g_variant_dict_end (&details));
    }
}

static gboolean
execute (SpeedupMeasurement  *self,
         SpeedupExecution    *execution,
         Surroundings        *around,
         GError             **error)
{
  const SpeedupMeasureSettings *settings = self->settings;
  const SpeedupNoiseProbe *probe = settings->probe;
  g_autoptr (SpeedupExecutor) executor = NULL;
  gboolean peak_reset;
  double server_before;

  executor = settings->factory (execution->configuration->executor, settings->factory_data);
  around->canary_s = probe->run_canary (probe->data);
  around->canary_ratio = speedup_canary_add (&self->canary, around->canary_s);
  peak_reset = speedup_noise_reset_peak_rss ();
  server_before = speedup_workload_read_server_cpu_s (settings->workload);
  probe->read_sample (probe->data, &around->before);

  if (!speedup_executor_execute (executor, execution, self->cancellable, error))
    return FALSE;

  probe->read_sample (probe->data, &around->after);
  around->server_cpu_s = speedup_workload_read_server_cpu_s (settings->workload) - server_before;
  around->peak_rss_bytes = execution->peak_rss_bytes;
  if (around->peak_rss_bytes < 0 && peak_reset)
    around->peak_rss_bytes = speedup_noise_read_peak_rss ();
  check_run (self, execution, around);

  return TRUE;
}

static SpeedupRun *
make_run (SpeedupMeasurement *self,
          SpeedupExecution   *execution,
          Surroundings       *around,
          guint               round,
          guint               order,
          guint               attempt)
{
  SpeedupRun *run = speedup_run_new (execution->configuration, round, order, attempt);
  g_autoptr (GArray) failed = speedup_execution_get_failed (execution);

  /* A run can be shorter than the clock is fine, but the analysis takes its logarithm. */
  run->wall_s = fmax ((execution->last_end_ns - execution->released_ns) / 1e9, 1e-9);
  run->startup_s = fmax ((execution->started_ns - execution->released_ns) / 1e9, 0);
  run->hash_s = execution->hash_ns / 1e9;
  run->user_s = execution->user_s;
  run->system_s = execution->system_s;
  run->peak_rss_bytes = around->peak_rss_bytes;
  run->failed_tasks = failed->len;
  run->retries = speedup_execution_get_retries (execution);
  run->task_cv = speedup_execution_get_task_cv (execution);
  run->digest = speedup_execution_dup_digest (execution);
  run->noise.canary_s = around->canary_s;
  run->noise.canary_ratio = around->canary_ratio;
  speedup_noise_compare (&around->before, &around->after, around->server_cpu_s,
                         self->result->machine->cpus_usable, &run->noise);

  return run;
}

/* FNV-1a over the indices of the tasks that failed. */
static guint64
digest_failing (SpeedupExecution *execution)
{
  g_autoptr (GArray) failed = speedup_execution_get_failed (execution);
  guint64 digest = G_GUINT64_CONSTANT (14695981039346656037);

  for (guint i = 0; i < failed->len; i++)
    digest = (digest ^ g_array_index (failed, guint, i)) * G_GUINT64_CONSTANT (1099511628211);

  return MAX (digest, 1);
}

static gboolean
has_timed_out (SpeedupExecution *execution)
{
  for (guint i = 0; i < execution->n_tasks; i++)
    {
      if (execution->records[i].status == SPEEDUP_TASK_TIMED_OUT)
        return TRUE;
    }

  return FALSE;
}

static void
judge (SpeedupMeasurement *self,
       SpeedupExecution   *execution,
       Surroundings       *around,
       SpeedupRun         *run)
{
  const SpeedupRunFacts facts = {
    .void_reason = around->void_reason,
    .timed_out = has_timed_out (execution),
    .rate_limited = (speedup_execution_get_flags (execution) & SPEEDUP_TASK_RATE_LIMITED) != 0,
    .retries = run->retries,
    .canary_ratio = run->noise.canary_ratio,
    .foreign_share = run->noise.foreign_share,
    .foreign_cpu_s = run->noise.foreign_cpu_s,
    .cpus_online = self->result->machine->cpus_online,
  };
  SpeedupJudgedRun judged = { .run = run, .failing = digest_failing (execution) };

  judged.own_status = speedup_judge_alone (&facts, &judged.own_reason);
  self->n_rate_limited += facts.rate_limited;
  g_ptr_array_add (self->result->runs, run);
  g_array_append_val (self->judged, judged);
  speedup_judge_together (self->judged, speedup_workload_is_live (self->settings->workload));
}

static void
note_server_load (SpeedupMeasurement *self,
                  const SpeedupRun   *run)
{
  g_auto (GVariantDict) details = G_VARIANT_DICT_INIT (NULL);
  double share = run->noise.server_cpu_s / run->wall_s;

  if (run->round < 1 || !(share > SPEEDUP_SERVER_LIMIT) ||
      speedup_result_has_warning (self->result, "server-limited"))
    return;

  g_variant_dict_insert (&details, "cause", "s", "server-cpu");
  g_variant_dict_insert (&details, "share", "d", share);
  g_variant_dict_insert (&details, "executor", "s",
                         speedup_executor_kind_to_string (run->configuration->executor));
  g_variant_dict_insert (&details, "workers", "x", (gint64) run->configuration->workers);
  speedup_measurement_warn (self, "server-limited", g_variant_dict_end (&details));
}

static void
add_failure (SpeedupMeasurement *self,
             SpeedupExecution   *execution,
             guint               task,
             guint               configuration)
{
  SpeedupFailure *failure = g_hash_table_lookup (self->failures, GUINT_TO_POINTER (task + 1));

  if (failure == NULL)
    {
      g_autofree char *name = speedup_workload_dup_task_name (self->settings->workload, task);
      g_autoptr (GError) error = speedup_execution_dup_error (execution, task);

      failure = speedup_failure_new (name, error != NULL ? error->message : "It took too long.");
      g_ptr_array_add (self->result->failures, failure);
      g_hash_table_insert (self->failures, GUINT_TO_POINTER (task + 1), failure);
    }

  for (guint i = 0; i < failure->configurations->len; i++)
    {
      if (g_array_index (failure->configurations, guint, i) == configuration)
        return;
    }
  g_array_append_val (failure->configurations, configuration);
}

static void
note_failures (SpeedupMeasurement *self,
               SpeedupExecution   *execution,
               guint               configuration)
{
  for (guint i = 0; i < execution->n_tasks; i++)
    {
      guint8 status = execution->records[i].status;

      if (status == SPEEDUP_TASK_FAILED || status == SPEEDUP_TASK_TIMED_OUT)
        add_failure (self, execution, i, configuration);
    }
}

void
speedup_outputs_clear (SpeedupOutputs *self)
{
  for (guint i = 0; i < self->n_outputs; i++)
    g_clear_pointer (&self->outputs[i], g_variant_unref);
  g_clear_pointer (&self->outputs, g_free);
  self->n_outputs = 0;
}

static void
copy_outputs (SpeedupMeasurement *self,
              SpeedupExecution   *execution)
{
  speedup_outputs_clear (self->outputs);
  self->outputs->outputs = g_new0 (GVariant *, execution->n_tasks);
  self->outputs->n_outputs = execution->n_tasks;
  for (guint i = 0; i < execution->n_tasks; i++)
    {
      if (execution->outputs[i] != NULL)
        self->outputs->outputs[i] = g_variant_ref (execution->outputs[i]);
    }
}

static gsize
get_output_bytes (const SpeedupOutputs *outputs)
{
  gsize bytes = 0;

  for (guint i = 0; i < outputs->n_outputs; i++)
    {
      if (outputs->outputs[i] != NULL)
        bytes += g_variant_get_size (outputs->outputs[i]);
    }

  return bytes;
}

/* Whether outputs are kept changes what is timed, so it is decided once, after the first run of
 * the warm-up round, and then holds for every run of the plan.
 */
static void
decide_keeping (SpeedupMeasurement *self)
{
  g_auto (GVariantDict) details = G_VARIANT_DICT_INIT (NULL);
  gsize bytes = get_output_bytes (self->outputs);
  GVariant *output;

  if (self->settings->keep_outputs || bytes <= MAX_OUTPUT_BYTES)
    return;

  self->keep_outputs = FALSE;
  output = speedup_workload_summarise_output (self->settings->workload, self->outputs->outputs,
                                              self->outputs->n_outputs);
  if (output != NULL)
    self->result->output = g_variant_take_ref (output);
  speedup_outputs_clear (self->outputs);
  g_variant_dict_insert (&details, "bytes", "x", (gint64) bytes);
  speedup_measurement_warn (self, "outputs-not-kept", g_variant_dict_end (&details));
}

static void
note_outputs (SpeedupMeasurement *self,
              SpeedupExecution   *execution,
              const SpeedupRun   *run)
{
  gboolean clean = run->round >= 1 && run->status == SPEEDUP_RUN_OK;

  if (execution->outputs == NULL || self->outputs_clean)
    return;

  if (clean || self->outputs->outputs == NULL)
    copy_outputs (self, execution);
  self->outputs_clean = clean;
  if (self->judged->len == 1)
    decide_keeping (self);
}

/**
 * speedup_measurement_run_once:
 * @self: a measurement
 * @start: what runs now, with estimates
 * @order: place in the round
 * @attempt: from 1
 * @error: return location
 *
 * Makes one run and judges it.
 *
 * Returns: %FALSE where it could not be made at all, or with %G_IO_ERROR_CANCELLED; it then left
 *   no trace in the result
 */
gboolean
speedup_measurement_run_once (SpeedupMeasurement     *self,
                              const SpeedupRunStart  *start,
                              guint                   order,
                              guint                   attempt,
                              GError                **error)
{
  const SpeedupMeasureEvents *events = &self->settings->events;
  guint configuration = start->configuration;
  g_autoptr (SpeedupExecution) execution = NULL;
  g_auto (Surroundings) around = { .canary_s = NAN, .canary_ratio = NAN, .server_cpu_s = NAN };
  double begin_s = speedup_measurement_get_elapsed_s (self);
  SpeedupRun *run;

  speedup_noise_sample_init (&around.before);
  speedup_noise_sample_init (&around.after);
  if (g_cancellable_set_error_if_cancelled (self->cancellable, error) || !prepare (self, error))
    return FALSE;

  execution = speedup_execution_new (self->settings->workload,
                                     g_ptr_array_index (self->plan->configurations, configuration),
                                     self->keep_outputs, self->plan->task_timeout_s);
  events->run_started (events->data, execution, start);
  if (!execute (self, execution, &around, error))
    return FALSE;

  run = make_run (self, execution, &around, start->round, order, attempt);
  judge (self, execution, &around, run);
  note_server_load (self, run);
  note_failures (self, execution, configuration);
  note_outputs (self, execution, run);
  if (run->round >= 1 && (run->status == SPEEDUP_RUN_OK || run->status == SPEEDUP_RUN_BUSY))
    speedup_timeline_keeper_add (self->timelines, configuration, run, execution);

  self->cost_s[configuration] += speedup_measurement_get_elapsed_s (self) - begin_s;
  self->n_cost[configuration]++;
  events->run_finished (events->data, execution, run);

  return TRUE;
}
