/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-result-json-private.h"

#include <math.h>
const char *const speedup_json_task_status_names[SPEEDUP_JSON_N_TASK_STATUSES] = {
  [SPEEDUP_TASK_PENDING] = "pending",
  [SPEEDUP_TASK_RUNNING] = "running",
  [SPEEDUP_TASK_OK] = "ok",
  [SPEEDUP_TASK_FAILED] = "failed",
  [SPEEDUP_TASK_TIMED_OUT] = "timed-out",
  [SPEEDUP_TASK_CANCELLED] = "cancelled",
};

static const char *const method_names[] = {
  [SPEEDUP_FIT_PROFILE] = "profile",
  [SPEEDUP_FIT_KARP_FLATT] = "karp-flatt",
};

static const char *const form_names[] = {
  [SPEEDUP_VERDICT_GO_TO] = "go-to",
  [SPEEDUP_VERDICT_A_LITTLE] = "a-little",
  [SPEEDUP_VERDICT_KNEE] = "knee",
  [SPEEDUP_VERDICT_SLOWER_AFTER] = "slower-after",
  [SPEEDUP_VERDICT_CANNOT_TELL] = "cannot-tell",
};

static const char *const reason_names[] = {
  [SPEEDUP_REASON_NONE] = NULL,
  [SPEEDUP_REASON_NO_BASE] = "no-base",
  [SPEEDUP_REASON_FEW_ROUNDS] = "few-rounds",
  [SPEEDUP_REASON_VOID_RUNS] = "void-runs",
  [SPEEDUP_REASON_SERVER_LIMITED] = "server-limited",
  [SPEEDUP_REASON_WIDE_INTERVAL] = "wide-interval",
  [SPEEDUP_REASON_NOTHING_PARALLEL] = "nothing-parallel",
  [SPEEDUP_REASON_OVER_ONE] = "over-one",
};

void
speedup_json_put_int (JsonBuilder *builder,
                      const char  *key,
                      gint64       value)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_int_value (builder, value);
}

static void
put_boolean (JsonBuilder *builder,
             const char  *key,
             gboolean     value)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_boolean_value (builder, value);
}

static void
add_double (JsonBuilder *builder,
            double       value)
{
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

/* JSON has no NAN: what is not known is null. */
void
speedup_json_put_double (JsonBuilder *builder,
                         const char  *key,
                         double       value)
{
  json_builder_set_member_name (builder, key);
  add_double (builder, value);
}

/* Names of files and messages of libraries may hold bytes that are no UTF-8, which JSON must. */
void
speedup_json_put_string (JsonBuilder *builder,
                         const char  *key,
                         const char  *value)
{
  g_autofree char *valid = value != NULL ? g_utf8_make_valid (value, -1) : NULL;

  json_builder_set_member_name (builder, key);
  if (valid != NULL)
    json_builder_add_string_value (builder, valid);
  else
    json_builder_add_null_value (builder);
}

void
speedup_json_put_interval (JsonBuilder     *builder,
                           const char      *key,
                           const char      *low_key,
                           const char      *high_key,
                           SpeedupInterval  interval)
{
  speedup_json_put_double (builder, key, interval.estimate);
  speedup_json_put_double (builder, low_key, interval.low);
  speedup_json_put_double (builder, high_key, interval.high);
}

/* A number inside of a variant may be not finite, for which json-glib writes "nan", which is no
 * JSON.
 */
static void
replace_non_finite (JsonNode *node)
{
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        replace_non_finite (json_array_get_element (array, i));
    }
  else if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObjectIter iter;
      JsonNode *member;

      json_object_iter_init (&iter, json_node_get_object (node));
      while (json_object_iter_next (&iter, NULL, &member))
        replace_non_finite (member);
    }
  else if (json_node_get_value_type (node) == G_TYPE_DOUBLE &&
           !isfinite (json_node_get_double (node)))
    json_node_init_null (node);
}

void
speedup_json_add_variant (JsonBuilder *builder,
                          GVariant    *variant)
{
  if (variant != NULL)
    {
      JsonNode *node = json_gvariant_serialize (variant);

      replace_non_finite (node);
      json_builder_add_value (builder, node);
    }
  else
    json_builder_add_null_value (builder);
}

/* The members that name a configuration, inside of an object that is open. */
void
speedup_json_put_configuration (JsonBuilder                *builder,
                                const SpeedupConfiguration *configuration)
{
  speedup_json_put_string (builder, "executor",
                           speedup_executor_kind_to_string (configuration->executor));
  speedup_json_put_int (builder, "workers", configuration->workers);
  if (configuration->chunk_size == SPEEDUP_CHUNK_SIZE_AUTO)
    speedup_json_put_string (builder, "chunk_size", "auto");
  else
    speedup_json_put_int (builder, "chunk_size", configuration->chunk_size);
  speedup_json_put_string (builder, "variant", configuration->variant);
  speedup_json_put_int (builder, "tasks", configuration->n_tasks);
}

void
speedup_json_add_machine (JsonBuilder          *builder,
                          const SpeedupMachine *machine)
{
  json_builder_begin_object (builder);
  speedup_json_put_string (builder, "cpu", machine->cpu);
  speedup_json_put_int (builder, "cpus_online", machine->cpus_online);
  speedup_json_put_int (builder, "cpus_usable", machine->cpus_usable);
  speedup_json_put_double (builder, "quota_cpus", machine->quota_cpus);
  speedup_json_put_string (builder, "kernel", machine->kernel);
  speedup_json_put_string (builder, "os", machine->os);
  speedup_json_put_int (builder, "memory_bytes", (gint64) MIN (machine->memory_bytes, G_MAXINT64));
  json_builder_set_member_name (builder, "libraries");
  speedup_json_add_variant (builder, machine->libraries);
  json_builder_end_object (builder);
}

/* json-glib knows no integer above 2^63 - 1: a larger seed is written as a string of digits. */
static void
put_seed (JsonBuilder *builder,
          guint64      seed)
{
  if (seed <= G_MAXINT64)
    {
      speedup_json_put_int (builder, "seed", (gint64) seed);
    }
  else
    {
      g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, seed);

      speedup_json_put_string (builder, "seed", digits);
    }
}

void
speedup_json_add_plan (JsonBuilder       *builder,
                       const SpeedupPlan *plan)
{
  json_builder_begin_object (builder);
  speedup_json_put_string (builder, "workload", plan->workload);
  json_builder_set_member_name (builder, "options");
  speedup_json_add_variant (builder, plan->options);
  json_builder_set_member_name (builder, "configurations");
  json_builder_begin_array (builder);
  for (guint i = 0; i < plan->configurations->len; i++)
    {
      json_builder_begin_object (builder);
      speedup_json_put_configuration (builder, g_ptr_array_index (plan->configurations, i));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  speedup_json_put_int (builder, "tasks", plan->n_tasks);
  speedup_json_put_int (builder, "population", plan->population);
  put_boolean (builder, "cpu_bound", plan->cpu_bound);
  speedup_json_put_int (builder, "rounds", plan->rounds);
  speedup_json_put_double (builder, "precision", plan->precision);
  speedup_json_put_double (builder, "time_budget_s", plan->time_budget_s);
  put_seed (builder, plan->seed);
  speedup_json_put_string (builder, "cache",
                           plan->cache == SPEEDUP_CACHE_COLD ? "cold" : "warm");
  speedup_json_put_double (builder, "task_timeout_s", plan->task_timeout_s);
  json_builder_end_object (builder);
}

static void
add_noise (JsonBuilder        *builder,
           const SpeedupNoise *noise)
{
  json_builder_begin_object (builder);
  speedup_json_put_double (builder, "canary_s", noise->canary_s);
  speedup_json_put_double (builder, "canary_ratio", noise->canary_ratio);
  speedup_json_put_double (builder, "foreign_cpu_s", noise->foreign_cpu_s);
  speedup_json_put_double (builder, "foreign_share", noise->foreign_share);
  speedup_json_put_double (builder, "steal_s", noise->steal_s);
  speedup_json_put_double (builder, "server_cpu_s", noise->server_cpu_s);
  speedup_json_put_double (builder, "pressure_cpu_s", noise->pressure_cpu_s);
  speedup_json_put_double (builder, "pressure_io_s", noise->pressure_io_s);
  speedup_json_put_double (builder, "throttled_s", noise->throttled_s);
  speedup_json_put_double (builder, "thermal_throttles", noise->thermal_throttles);
  speedup_json_put_double (builder, "frequency_mhz", noise->frequency_mhz);
  speedup_json_put_double (builder, "load_1min", noise->load_1min);
  speedup_json_put_string (builder, "governor", noise->governor);
  speedup_json_put_string (builder, "power_profile", noise->power_profile);
  json_builder_set_member_name (builder, "on_battery");
  if (noise->on_battery < 0)
    json_builder_add_null_value (builder);
  else
    json_builder_add_boolean_value (builder, noise->on_battery != 0);
  json_builder_end_object (builder);
}

void
speedup_json_add_run (JsonBuilder      *builder,
                      const SpeedupRun *run)
{
  json_builder_begin_object (builder);
  speedup_json_put_int (builder, "round", run->round);
  speedup_json_put_int (builder, "order", run->order);
  speedup_json_put_int (builder, "attempt", run->attempt);
  speedup_json_put_configuration (builder, run->configuration);
  speedup_json_put_double (builder, "wall_s", run->wall_s);
  speedup_json_put_double (builder, "startup_s", run->startup_s);
  speedup_json_put_double (builder, "hash_s", run->hash_s);
  speedup_json_put_double (builder, "user_s", run->user_s);
  speedup_json_put_double (builder, "system_s", run->system_s);
  json_builder_set_member_name (builder, "peak_rss_bytes");
  if (run->peak_rss_bytes >= 0)
    json_builder_add_int_value (builder, run->peak_rss_bytes);
  else
    json_builder_add_null_value (builder);
  speedup_json_put_int (builder, "failed_tasks", run->failed_tasks);
  speedup_json_put_int (builder, "retries", run->retries);
  speedup_json_put_double (builder, "task_cv", run->task_cv);
  speedup_json_put_string (builder, "digest", run->digest);
  speedup_json_put_string (builder, "status", speedup_run_status_to_string (run->status));
  put_boolean (builder, "flagged", run->flagged);
  speedup_json_put_string (builder, "reason", run->reason);
  json_builder_set_member_name (builder, "noise");
  add_noise (builder, &run->noise);
  json_builder_end_object (builder);
}

static void
put_uints (JsonBuilder *builder,
           const char  *key,
           const guint *values,
           guint        n)
{
  json_builder_set_member_name (builder, key);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    json_builder_add_int_value (builder, values[i]);
  json_builder_end_array (builder);
}

static void
put_doubles (JsonBuilder  *builder,
             const char   *key,
             const double *values,
             guint         n)
{
  json_builder_set_member_name (builder, key);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    add_double (builder, values[i]);
  json_builder_end_array (builder);
}

static void
add_timeline (JsonBuilder           *builder,
              const SpeedupPlan     *plan,
              const SpeedupTimeline *timeline)
{
  json_builder_begin_object (builder);
  speedup_json_put_configuration (builder, g_ptr_array_index (plan->configurations,
                                                              timeline->configuration));
  speedup_json_put_int (builder, "round", timeline->round);
  put_uints (builder, "task", timeline->task, timeline->n_tasks);
  put_uints (builder, "worker", timeline->worker, timeline->n_tasks);
  put_doubles (builder, "start_s", timeline->start_s, timeline->n_tasks);
  put_doubles (builder, "end_s", timeline->end_s, timeline->n_tasks);
  json_builder_set_member_name (builder, "status");
  json_builder_begin_array (builder);
  for (guint i = 0; i < timeline->n_tasks; i++)
    json_builder_add_string_value (builder, speedup_json_task_status_names[timeline->status[i]]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "worker_names");
  json_builder_begin_array (builder);
  for (guint i = 0; timeline->worker_names != NULL && timeline->worker_names[i] != NULL; i++)
    json_builder_add_string_value (builder, timeline->worker_names[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

void
speedup_json_add_timelines (JsonBuilder         *builder,
                            const SpeedupResult *result)
{
  json_builder_begin_array (builder);
  for (guint i = 0; i < result->timelines->len; i++)
    add_timeline (builder, result->plan, g_ptr_array_index (result->timelines, i));
  json_builder_end_array (builder);
}

void
speedup_json_add_failures (JsonBuilder *builder,
                           GPtrArray   *failures)
{
  json_builder_begin_array (builder);
  for (guint i = 0; i < failures->len; i++)
    {
      const SpeedupFailure *failure = g_ptr_array_index (failures, i);

      json_builder_begin_object (builder);
      speedup_json_put_string (builder, "task", failure->task);
      speedup_json_put_string (builder, "message", failure->message);
      put_uints (builder, "configurations", (const guint *) failure->configurations->data,
                 failure->configurations->len);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_warning (JsonBuilder          *builder,
             const SpeedupWarning *warning)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  json_builder_begin_object (builder);
  speedup_json_put_string (builder, "code", warning->code);
  if (warning->details != NULL)
    {
      g_variant_iter_init (&iter, warning->details);
      while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
        {
          json_builder_set_member_name (builder, key);
          speedup_json_add_variant (builder, value);
        }
    }
  json_builder_end_object (builder);
}

void
speedup_json_add_warnings (JsonBuilder *builder,
                           GPtrArray   *warnings)
{
  json_builder_begin_array (builder);
  for (guint i = 0; i < warnings->len; i++)
    add_warning (builder, g_ptr_array_index (warnings, i));
  json_builder_end_array (builder);
}

static void
add_summary (JsonBuilder          *builder,
             const SpeedupPlan    *plan,
             const SpeedupSummary *summary)
{
  json_builder_begin_object (builder);
  speedup_json_put_configuration (builder, g_ptr_array_index (plan->configurations,
                                                              summary->configuration));
  speedup_json_put_int (builder, "pairs", summary->n_pairs);
  speedup_json_put_double (builder, "wall_s", summary->wall_s);
  speedup_json_put_interval (builder, "ratio", "ratio_low", "ratio_high", summary->ratio);
  speedup_json_put_interval (builder, "ratio_relative", "ratio_relative_low",
                             "ratio_relative_high", summary->ratio_relative);
  speedup_json_put_double (builder, "bound", summary->bound);
  speedup_json_put_double (builder, "efficiency", summary->efficiency);
  speedup_json_put_double (builder, "throughput_per_s", summary->throughput_per_s);
  json_builder_end_object (builder);
}

/* The members that name a series: a configuration without its workers. */
static void
put_series (JsonBuilder       *builder,
            const SpeedupPlan *plan,
            guint              series)
{
  const SpeedupConfiguration *first = g_ptr_array_index (plan->configurations, series);

  speedup_json_put_string (builder, "executor", speedup_executor_kind_to_string (first->executor));
  if (first->chunk_size == SPEEDUP_CHUNK_SIZE_AUTO)
    speedup_json_put_string (builder, "chunk_size", "auto");
  else
    speedup_json_put_int (builder, "chunk_size", first->chunk_size);
  speedup_json_put_string (builder, "variant", first->variant);
}

static void
add_fit (JsonBuilder       *builder,
         const SpeedupPlan *plan,
         const SpeedupFit  *fit)
{
  json_builder_begin_object (builder);
  put_series (builder, plan, fit->series);
  speedup_json_put_string (builder, "model", "amdahl");
  speedup_json_put_string (builder, "method", method_names[fit->method]);
  speedup_json_put_interval (builder, "serial_fraction", "low", "high", fit->serial_fraction);
  speedup_json_put_double (builder, "log_t1", fit->log_t1);
  speedup_json_put_int (builder, "points", fit->n_points);
  speedup_json_put_int (builder, "workers_max", fit->workers_max);
  json_builder_end_object (builder);
}

static void
add_verdict (JsonBuilder          *builder,
             const SpeedupPlan    *plan,
             const SpeedupVerdict *verdict)
{
  json_builder_begin_object (builder);
  put_series (builder, plan, verdict->series);
  speedup_json_put_string (builder, "form", form_names[verdict->form]);
  json_builder_set_member_name (builder, "n");
  if (verdict->workers > 0)
    json_builder_add_int_value (builder, verdict->workers);
  else
    json_builder_add_null_value (builder);
  speedup_json_put_interval (builder, "ratio", "low", "high", verdict->ratio);
  speedup_json_put_string (builder, "reason", reason_names[verdict->reason]);
  json_builder_end_object (builder);
}

static void
add_outlier (JsonBuilder          *builder,
             const SpeedupPlan    *plan,
             const SpeedupOutlier *outlier)
{
  json_builder_begin_object (builder);
  speedup_json_put_configuration (builder, g_ptr_array_index (plan->configurations,
                                                              outlier->configuration));
  speedup_json_put_int (builder, "round", outlier->round);
  speedup_json_put_double (builder, "deviation_sd", outlier->deviation_sd);
  json_builder_end_object (builder);
}

static guint
get_length (GArray *array)
{
  return array != NULL ? array->len : 0;
}

/* "summary", "outliers", "fits", "warnings" and "verdict", in that order, inside of an object that
 * is open.
 */
void
speedup_json_add_analysis (JsonBuilder         *builder,
                           const SpeedupResult *result)
{
  const SpeedupAnalysis *analysis = result->analysis;

  json_builder_set_member_name (builder, "summary");
  json_builder_begin_array (builder);
  for (guint i = 0; analysis != NULL && i < get_length (analysis->summary); i++)
    add_summary (builder, result->plan, &g_array_index (analysis->summary, SpeedupSummary, i));
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "outliers");
  json_builder_begin_array (builder);
  for (guint i = 0; analysis != NULL && i < get_length (analysis->outliers); i++)
    add_outlier (builder, result->plan, &g_array_index (analysis->outliers, SpeedupOutlier, i));
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "fits");
  json_builder_begin_array (builder);
  for (guint i = 0; analysis != NULL && i < get_length (analysis->fits); i++)
    add_fit (builder, result->plan, &g_array_index (analysis->fits, SpeedupFit, i));
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "warnings");
  speedup_json_add_warnings (builder, result->warnings);

  json_builder_set_member_name (builder, "verdict");
  json_builder_begin_array (builder);
  for (guint i = 0; analysis != NULL && i < get_length (analysis->verdicts); i++)
    add_verdict (builder, result->plan, &g_array_index (analysis->verdicts, SpeedupVerdict, i));
  json_builder_end_array (builder);
}

char *
speedup_json_builder_to_text (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);

  return json_to_string (root, FALSE);
}
