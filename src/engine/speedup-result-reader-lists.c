/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-result-json-private.h"

#include <math.h>

/* Bounds of what a file may claim, as in speedup-result-reader.c. */
#define MAX_LIST    1000000
#define MAX_ROUNDS  (SPEEDUP_ROUNDS_LIMIT + SPEEDUP_EXTRA_ROUNDS)
#define MAX_SECONDS 1e9

static gboolean
read_column (const SpeedupJsonCursor  *cursor,
             const char               *key,
             guint                     n,
             JsonArray               **array,
             GError                  **error)
{
  if (!speedup_json_read_array (cursor, key, n, array, error))
    return FALSE;
  if (json_array_get_length (*array) != n)
    return speedup_json_fail (cursor, key, "as long as the other columns", error);

  return TRUE;
}

static gboolean
read_uint_column (const SpeedupJsonCursor  *cursor,
                  const char               *key,
                  guint                     limit,
                  guint                    *values,
                  guint                     n,
                  GError                  **error)
{
  JsonArray *array;

  if (!read_column (cursor, key, n, &array, error))
    return FALSE;

  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      gint64 number = -1;

      if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64)
        number = json_node_get_int (node);
      if (number < 0 || number >= limit)
        return speedup_json_fail (cursor, key, "a list of valid indices", error);
      values[i] = (guint) number;
    }

  return TRUE;
}

static gboolean
read_double_column (const SpeedupJsonCursor  *cursor,
                    const char               *key,
                    double                   *values,
                    guint                     n,
                    GError                  **error)
{
  JsonArray *array;

  if (!read_column (cursor, key, n, &array, error))
    return FALSE;

  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

      values[i] = type == G_TYPE_DOUBLE || type == G_TYPE_INT64 ? json_node_get_double (node) : NAN;
      if (!(fabs (values[i]) <= MAX_SECONDS))
        return speedup_json_fail (cursor, key, "a list of seconds", error);
    }

  return TRUE;
}

static gboolean
read_status_column (const SpeedupJsonCursor  *cursor,
                    guint8                   *values,
                    guint                     n,
                    GError                  **error)
{
  JsonArray *array;

  if (!speedup_json_read_array (cursor, "status", n, &array, error))
    return FALSE;
  if (json_array_get_length (array) != n)
    return speedup_json_fail (cursor, "status", "as long as the other columns", error);

  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      const char *name = NULL;
      guint8 status = 0;

      if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
        name = json_node_get_string (node);
      while (status < SPEEDUP_JSON_N_TASK_STATUSES &&
             g_strcmp0 (name, speedup_json_task_status_names[status]) != 0)
        status++;
      if (status == SPEEDUP_JSON_N_TASK_STATUSES)
        return speedup_json_fail (cursor, "status", "a list of task states", error);
      values[i] = status;
    }

  return TRUE;
}

static gboolean
read_worker_names (const SpeedupJsonCursor  *cursor,
                   GStrv                    *names,
                   GError                  **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonArray *array;

  if (!speedup_json_read_array (cursor, "worker_names", MAX_LIST, &array, error))
    return FALSE;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
        return speedup_json_fail (cursor, "worker_names", "a list of texts", error);
      g_strv_builder_add (builder, json_node_get_string (node));
    }
  *names = g_strv_builder_end (builder);

  return TRUE;
}

static SpeedupTimeline *
read_timeline (const SpeedupJsonCursor  *cursor,
               const SpeedupPlan        *plan,
               GError                  **error)
{
  g_autoptr (SpeedupConfiguration) configuration = NULL;
  g_autoptr (SpeedupTimeline) timeline = NULL;
  JsonArray *tasks;
  guint index, round, n;

  configuration = speedup_json_read_configuration (cursor, plan->n_tasks, error);
  if (configuration == NULL)
    return NULL;
  index = speedup_plan_find_configuration (plan, configuration);
  if (index == G_MAXUINT)
    {
      speedup_json_fail (cursor, "workers", "those of a configuration of the plan", error);
      return NULL;
    }
  if (!speedup_json_read_uint (cursor, "round", 0, MAX_ROUNDS, &round, error) ||
      !speedup_json_read_array (cursor, "task", SPEEDUP_TIMELINE_MAX_TASKS, &tasks, error))
    return NULL;

  n = json_array_get_length (tasks);
  timeline = speedup_timeline_new (index, round, n);
  if (!read_worker_names (cursor, &timeline->worker_names, error) ||
      !read_uint_column (cursor, "task", plan->n_tasks, timeline->task, n, error) ||
      !read_uint_column (cursor, "worker", g_strv_length (timeline->worker_names),
                         timeline->worker, n, error) ||
      !read_double_column (cursor, "start_s", timeline->start_s, n, error) ||
      !read_double_column (cursor, "end_s", timeline->end_s, n, error) ||
      !read_status_column (cursor, timeline->status, n, error))
    return NULL;

  return g_steal_pointer (&timeline);
}

gboolean
speedup_json_read_timelines (const SpeedupJsonCursor  *cursor,
                             const SpeedupPlan        *plan,
                             GPtrArray                *timelines,
                             GError                  **error)
{
  g_autofree gboolean *seen = g_new0 (gboolean, plan->configurations->len);
  JsonArray *array;

  if (!speedup_json_read_array (cursor, "timeline", plan->configurations->len, &array, error))
    return FALSE;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      SpeedupJsonCursor child;
      SpeedupTimeline *timeline;

      if (!speedup_json_enter_element (array, "timeline", i, &child, error))
        return FALSE;
      timeline = read_timeline (&child, plan, error);
      if (timeline == NULL)
        return FALSE;
      g_ptr_array_add (timelines, timeline);
      if (seen[timeline->configuration])
        return speedup_json_fail (&child, "workers", "different from the other timelines", error);
      seen[timeline->configuration] = TRUE;
    }

  return TRUE;
}

static SpeedupFailure *
read_failure (const SpeedupJsonCursor  *cursor,
              const SpeedupPlan        *plan,
              GError                  **error)
{
  g_autoptr (SpeedupFailure) failure = NULL;
  g_autofree char *task = NULL;
  g_autofree char *message = NULL;
  JsonArray *array;

  if (!speedup_json_read_string (cursor, "task", FALSE, &task, error) ||
      !speedup_json_read_string (cursor, "message", FALSE, &message, error) ||
      !speedup_json_read_array (cursor, "configurations", plan->configurations->len, &array,
                                error))
    return NULL;

  failure = speedup_failure_new (task, message);
  g_array_set_size (failure->configurations, json_array_get_length (array));
  if (!read_uint_column (cursor, "configurations", plan->configurations->len,
                         (guint *) failure->configurations->data, failure->configurations->len,
                         error))
    return NULL;

  return g_steal_pointer (&failure);
}

gboolean
speedup_json_read_failures (const SpeedupJsonCursor  *cursor,
                            const SpeedupPlan        *plan,
                            GPtrArray                *failures,
                            GError                  **error)
{
  JsonArray *array;

  if (!speedup_json_read_array (cursor, "failures", MAX_LIST, &array, error))
    return FALSE;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      SpeedupJsonCursor child;
      SpeedupFailure *failure;

      if (!speedup_json_enter_element (array, "failures", i, &child, error))
        return FALSE;
      failure = read_failure (&child, plan, error);
      if (failure == NULL)
        return FALSE;
      g_ptr_array_add (failures, failure);
    }

  return TRUE;
}

gboolean
speedup_json_read_warnings (const SpeedupJsonCursor  *cursor,
                            GPtrArray                *warnings,
                            GError                  **error)
{
  JsonArray *array;

  if (!speedup_json_read_array (cursor, "warnings", MAX_LIST, &array, error))
    return FALSE;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      g_autofree char *code = NULL;
      g_autoptr (GVariant) members = NULL;
      SpeedupJsonCursor child;
      GVariantDict dict;

      if (!speedup_json_enter_element (array, "warnings", i, &child, error) ||
          !speedup_json_read_string (&child, "code", FALSE, &code, error))
        return FALSE;
      members = json_gvariant_deserialize (json_array_get_element (array, i), "a{sv}", NULL);
      if (members == NULL)
        return speedup_json_fail (&child, "code", "followed by plain values", error);
      g_variant_ref_sink (members);
      g_variant_dict_init (&dict, members);
      g_variant_dict_remove (&dict, "code");
      g_ptr_array_add (warnings, speedup_warning_new (code, g_variant_dict_end (&dict)));
    }

  return TRUE;
}
