/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-result-json-private.h"

#include <math.h>

#include "speedup-error.h"

/* Bounds of what a file may claim. They are far above what a measurement makes, and low enough that
 * no sum of them overflows and that a hostile file is analysed in seconds.
 */
#define MAX_CONFIGURATIONS 1024
#define MAX_RUNS           100000
#define MAX_ROUNDS         (SPEEDUP_ROUNDS_LIMIT + SPEEDUP_EXTRA_ROUNDS)
#define MAX_TASKS          100000000
#define MAX_SECONDS        1e9
#define MAX_BYTES          ((gint64) 1 << 60)

static gboolean
read_chunk_size (const SpeedupJsonCursor  *cursor,
                 guint                    *chunk_size,
                 GError                  **error)
{
  JsonNode *node = json_object_get_member (cursor->object, "chunk_size");

  if (node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
      json_node_get_value_type (node) == G_TYPE_STRING &&
      g_str_equal (json_node_get_string (node), "auto"))
    {
      *chunk_size = SPEEDUP_CHUNK_SIZE_AUTO;
      return TRUE;
    }

  return speedup_json_read_uint (cursor, "chunk_size", 1, MAX_TASKS, chunk_size, error);
}

SpeedupConfiguration *
speedup_json_read_configuration (const SpeedupJsonCursor  *cursor,
                                 guint                     n_tasks,
                                 GError                  **error)
{
  g_autofree char *executor = NULL;
  g_autofree char *variant = NULL;
  SpeedupExecutorKind kind;
  guint workers, chunk_size, tasks;

  if (!speedup_json_read_string (cursor, "executor", FALSE, &executor, error))
    return NULL;
  if (!speedup_executor_kind_from_string (executor, &kind))
    {
      speedup_json_fail (cursor, "executor", "sequential, async, threads or processes", error);
      return NULL;
    }
  if (!speedup_json_read_uint (cursor, "workers", 1, speedup_executor_kind_max_workers (kind),
                               &workers, error) ||
      !read_chunk_size (cursor, &chunk_size, error) ||
      !speedup_json_read_string (cursor, "variant", TRUE, &variant, error) ||
      !speedup_json_read_uint (cursor, "tasks", n_tasks, n_tasks, &tasks, error))
    return NULL;

  return speedup_configuration_new (kind, workers, chunk_size, variant, tasks);
}

/* Not by json_gvariant_deserialize(): it leaks what it has read where a later member is no text. */
static gboolean
read_libraries (const SpeedupJsonCursor  *cursor,
                SpeedupMachine           *machine,
                GError                  **error)
{
  JsonNode *node = json_object_get_member (cursor->object, "libraries");
  g_auto (GVariantBuilder) libraries = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));
  JsonObjectIter iter;
  const char *name;
  JsonNode *version;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return speedup_json_fail (cursor, "libraries", "an object of texts", error);

  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, &version))
    {
      if (json_node_get_value_type (version) != G_TYPE_STRING)
        return speedup_json_fail (cursor, "libraries", "an object of texts", error);
      g_variant_builder_add (&libraries, "{ss}", name, json_node_get_string (version));
    }
  g_variant_unref (machine->libraries);
  machine->libraries = g_variant_ref_sink (g_variant_builder_end (&libraries));

  return TRUE;
}

SpeedupMachine *
speedup_json_read_machine (const SpeedupJsonCursor  *cursor,
                           GError                  **error)
{
  g_autoptr (SpeedupMachine) machine = speedup_machine_new ();
  gint64 memory;

  if (!speedup_json_read_string (cursor, "cpu", TRUE, &machine->cpu, error) ||
      !speedup_json_read_uint (cursor, "cpus_online", 1, 1000000, &machine->cpus_online, error) ||
      !speedup_json_read_uint (cursor, "cpus_usable", 1, 1000000, &machine->cpus_usable, error) ||
      !speedup_json_read_double (cursor, "quota_cpus", 0, 1e6, &machine->quota_cpus, error) ||
      !speedup_json_read_string (cursor, "kernel", TRUE, &machine->kernel, error) ||
      !speedup_json_read_string (cursor, "os", TRUE, &machine->os, error) ||
      !speedup_json_read_int (cursor, "memory_bytes", 0, G_MAXINT64, &memory, error) ||
      !read_libraries (cursor, machine, error))
    return NULL;
  machine->memory_bytes = (guint64) memory;

  return g_steal_pointer (&machine);
}

static gboolean
read_configurations (const SpeedupJsonCursor  *cursor,
                     SpeedupPlan              *plan,
                     GError                  **error)
{
  JsonArray *array;

  if (!speedup_json_read_array (cursor, "configurations", MAX_CONFIGURATIONS, &array, error))
    return FALSE;
  if (json_array_get_length (array) == 0)
    return speedup_json_fail (cursor, "configurations", "a list that is not empty", error);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      g_autoptr (SpeedupConfiguration) configuration = NULL;
      SpeedupJsonCursor child;

      if (!speedup_json_enter_element (array, "plan.configurations", i, &child, error))
        return FALSE;
      configuration = speedup_json_read_configuration (&child, plan->n_tasks, error);
      if (configuration == NULL)
        return FALSE;
      if (speedup_plan_find_configuration (plan, configuration) != G_MAXUINT)
        return speedup_json_fail (&child, "workers", "different from the others", error);
      g_ptr_array_add (plan->configurations, g_steal_pointer (&configuration));
    }

  return TRUE;
}

static gboolean
read_seed (const SpeedupJsonCursor  *cursor,
           guint64                  *seed,
           GError                  **error)
{
  JsonNode *node = json_object_get_member (cursor->object, "seed");
  gint64 number;

  if (node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
      json_node_get_value_type (node) == G_TYPE_STRING)
    {
      if (g_ascii_string_to_unsigned (json_node_get_string (node), 10, 0, G_MAXUINT64, seed, NULL))
        return TRUE;
      return speedup_json_fail (cursor, "seed", "a whole number from 0 on", error);
    }
  if (!speedup_json_read_int (cursor, "seed", 0, G_MAXINT64, &number, error))
    return FALSE;
  *seed = (guint64) number;

  return TRUE;
}

static gboolean
read_cache (const SpeedupJsonCursor  *cursor,
            SpeedupCacheMode         *cache,
            GError                  **error)
{
  g_autofree char *name = NULL;

  if (!speedup_json_read_string (cursor, "cache", FALSE, &name, error))
    return FALSE;
  if (!g_str_equal (name, "warm") && !g_str_equal (name, "cold"))
    return speedup_json_fail (cursor, "cache", "warm or cold", error);
  *cache = g_str_equal (name, "cold") ? SPEEDUP_CACHE_COLD : SPEEDUP_CACHE_WARM;

  return TRUE;
}

SpeedupPlan *
speedup_json_read_plan (const SpeedupJsonCursor  *cursor,
                        GError                  **error)
{
  g_autoptr (SpeedupPlan) plan = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autofree char *workload = NULL;
  guint n_tasks;

  if (!speedup_json_read_string (cursor, "workload", FALSE, &workload, error) ||
      !speedup_json_read_variant (cursor, "options", &options, error) ||
      !speedup_json_read_uint (cursor, "tasks", 1, MAX_TASKS, &n_tasks, error))
    return NULL;
  if (options == NULL)
    {
      speedup_json_fail (cursor, "options", "an object", error);
      return NULL;
    }

  plan = speedup_plan_new (workload, options, n_tasks);
  if (!read_configurations (cursor, plan, error) ||
      !speedup_json_read_uint (cursor, "population", 0, G_MAXUINT, &plan->population, error) ||
      !speedup_json_read_boolean (cursor, "cpu_bound", &plan->cpu_bound, error) ||
      !speedup_json_read_uint (cursor, "rounds", 1, SPEEDUP_ROUNDS_LIMIT, &plan->rounds, error) ||
      !speedup_json_read_double (cursor, "precision", 0, 1e6, &plan->precision, error) ||
      !speedup_json_read_double (cursor, "time_budget_s", 0, MAX_SECONDS, &plan->time_budget_s,
                                 error) ||
      !read_seed (cursor, &plan->seed, error) ||
      !read_cache (cursor, &plan->cache, error) ||
      !speedup_json_read_double (cursor, "task_timeout_s", 0, MAX_SECONDS, &plan->task_timeout_s,
                                 error))
    return NULL;
  if (isnan (plan->precision))
    plan->precision = 0;
  if (isnan (plan->time_budget_s))
    plan->time_budget_s = 0;
  if (isnan (plan->task_timeout_s))
    plan->task_timeout_s = 0;

  return g_steal_pointer (&plan);
}

static gboolean
read_noise (const SpeedupJsonCursor  *run,
            SpeedupNoise             *noise,
            GError                  **error)
{
  SpeedupJsonCursor cursor;
  JsonNode *battery;
  gboolean on_battery = FALSE;

  if (!speedup_json_enter (run, "noise", &cursor, error))
    return FALSE;

#define READ(member) \
  speedup_json_read_double (&cursor, #member, 0, 1e12, &noise->member, error)
  if (!READ (canary_s) || !READ (canary_ratio) || !READ (foreign_cpu_s) ||
      !READ (foreign_share) || !READ (steal_s) || !READ (server_cpu_s) ||
      !READ (pressure_cpu_s) || !READ (pressure_io_s) || !READ (throttled_s) ||
      !READ (thermal_throttles) || !READ (frequency_mhz) || !READ (load_1min) ||
      !speedup_json_read_string (&cursor, "governor", TRUE, &noise->governor, error) ||
      !speedup_json_read_string (&cursor, "power_profile", TRUE, &noise->power_profile, error))
    return FALSE;
#undef READ

  battery = json_object_get_member (cursor.object, "on_battery");
  if (battery == NULL || JSON_NODE_HOLDS_NULL (battery))
    return TRUE;
  if (!speedup_json_read_boolean (&cursor, "on_battery", &on_battery, error))
    return FALSE;
  noise->on_battery = on_battery;

  return TRUE;
}

static gboolean
read_peak (const SpeedupJsonCursor  *cursor,
           SpeedupRun               *run,
           GError                  **error)
{
  JsonNode *node = json_object_get_member (cursor->object, "peak_rss_bytes");

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;

  return speedup_json_read_int (cursor, "peak_rss_bytes", 0, MAX_BYTES, &run->peak_rss_bytes,
                                error);
}

static gboolean
read_run_status (const SpeedupJsonCursor  *cursor,
                 SpeedupRun               *run,
                 GError                  **error)
{
  g_autofree char *status = NULL;

  if (!speedup_json_read_string (cursor, "status", FALSE, &status, error))
    return FALSE;
  if (!speedup_run_status_from_string (status, &run->status))
    return speedup_json_fail (cursor, "status", "ok, warm-up, busy, void or did-not-finish", error);

  /* The analysis takes the logarithm of what counts. */
  if ((run->status == SPEEDUP_RUN_OK || run->status == SPEEDUP_RUN_BUSY) && !(run->wall_s > 0))
    return speedup_json_fail (cursor, "wall_s", "a number above 0", error);

  return TRUE;
}

static gboolean
read_run_numbers (const SpeedupJsonCursor  *cursor,
                  SpeedupRun               *run,
                  GError                  **error)
{
#define READ(member) \
  speedup_json_read_double (cursor, #member, 0, MAX_SECONDS, &run->member, error)
  return READ (wall_s) && READ (startup_s) && READ (hash_s) && READ (user_s) && READ (system_s) &&
         READ (task_cv) && read_peak (cursor, run, error) &&
         speedup_json_read_uint (cursor, "failed_tasks", 0, run->configuration->n_tasks,
                                 &run->failed_tasks, error) &&
         speedup_json_read_uint (cursor, "retries", 0, G_MAXUINT, &run->retries, error) &&
         speedup_json_read_string (cursor, "digest", TRUE, &run->digest, error) &&
         read_run_status (cursor, run, error) &&
         speedup_json_read_boolean (cursor, "flagged", &run->flagged, error) &&
         speedup_json_read_string (cursor, "reason", TRUE, &run->reason, error) &&
         read_noise (cursor, &run->noise, error);
#undef READ
}

static SpeedupRun *
read_run (const SpeedupJsonCursor  *cursor,
          const SpeedupPlan        *plan,
          GError                  **error)
{
  g_autoptr (SpeedupConfiguration) configuration = NULL;
  g_autoptr (SpeedupRun) run = NULL;
  guint round, order, attempt;

  configuration = speedup_json_read_configuration (cursor, plan->n_tasks, error);
  if (configuration == NULL)
    return NULL;
  if (speedup_plan_find_configuration (plan, configuration) == G_MAXUINT)
    {
      speedup_json_fail (cursor, "workers", "those of a configuration of the plan", error);
      return NULL;
    }
  if (!speedup_json_read_uint (cursor, "round", 0, MAX_ROUNDS, &round, error) ||
      !speedup_json_read_uint (cursor, "order", 1, MAX_RUNS, &order, error) ||
      !speedup_json_read_uint (cursor, "attempt", 1, MAX_RUNS, &attempt, error))
    return NULL;

  run = speedup_run_new (configuration, round, order, attempt);
  if (!read_run_numbers (cursor, run, error))
    return NULL;

  return g_steal_pointer (&run);
}

gboolean
speedup_json_read_runs (const SpeedupJsonCursor  *cursor,
                        const SpeedupPlan        *plan,
                        GPtrArray                *runs,
                        GError                  **error)
{
  JsonArray *array;

  if (!speedup_json_read_array (cursor, "runs", MAX_RUNS, &array, error))
    return FALSE;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      SpeedupJsonCursor child;
      SpeedupRun *run;

      if (!speedup_json_enter_element (array, "runs", i, &child, error))
        return FALSE;
      run = read_run (&child, plan, error);
      if (run == NULL)
        return FALSE;
      g_ptr_array_add (runs, run);
    }

  return TRUE;
}
