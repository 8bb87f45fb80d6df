/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-result-file.h"

#include <string.h>

#include "speedup-error.h"
#include "speedup-result-json-private.h"

static const char *const status_names[] = {
  [SPEEDUP_RESULT_COMPLETE] = "complete",
  [SPEEDUP_RESULT_CANCELLED] = "cancelled",
  [SPEEDUP_RESULT_INTERRUPTED] = "interrupted",
};

static void
put_head (JsonBuilder         *builder,
          const SpeedupResult *self)
{
  g_autofree char *created = g_date_time_format (self->created, "%Y-%m-%dT%H:%M:%SZ");

  speedup_json_put_string (builder, "schema", SPEEDUP_RESULT_SCHEMA);
  speedup_json_put_string (builder, "created", created);
  speedup_json_put_string (builder, "title", self->title);
  speedup_json_put_string (builder, "status", status_names[self->status]);
  speedup_json_put_int (builder, "rounds_completed", self->rounds_completed);
}

/**
 * speedup_result_to_json:
 * @self: a result
 *
 * Numbers are written so that they read back exactly; what is not known (NAN) is null.
 *
 * Returns: (transfer full): the document, as a result file holds it
 */
char *
speedup_result_to_json (SpeedupResult *self)
{
  g_autoptr (JsonBuilder) builder = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  builder = json_builder_new_immutable ();
  json_builder_begin_object (builder);
  put_head (builder, self);
  json_builder_set_member_name (builder, "machine");
  speedup_json_add_machine (builder, self->machine);
  json_builder_set_member_name (builder, "plan");
  speedup_json_add_plan (builder, self->plan);
  json_builder_set_member_name (builder, "runs");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->runs->len; i++)
    speedup_json_add_run (builder, g_ptr_array_index (self->runs, i));
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "timeline");
  speedup_json_add_timelines (builder, self);
  json_builder_set_member_name (builder, "failures");
  speedup_json_add_failures (builder, self->failures);
  json_builder_set_member_name (builder, "output");
  speedup_json_add_variant (builder, self->output);
  speedup_json_add_analysis (builder, self);
  json_builder_end_object (builder);

  return speedup_json_builder_to_text (builder);
}

static gboolean
read_created (const SpeedupJsonCursor  *cursor,
              GDateTime               **created,
              GError                  **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GDateTime) time = NULL;

  if (!speedup_json_read_string (cursor, "created", FALSE, &text, error))
    return FALSE;
  time = g_date_time_new_from_iso8601 (text, NULL);
  if (time == NULL)
    return speedup_json_fail (cursor, "created", "a date and time as in ISO 8601", error);
  *created = g_date_time_to_utc (time);

  return TRUE;
}

static gboolean
read_status (const SpeedupJsonCursor  *cursor,
             SpeedupResultStatus      *status,
             GError                  **error)
{
  g_autofree char *name = NULL;

  if (!speedup_json_read_string (cursor, "status", FALSE, &name, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (status_names); i++)
    {
      if (g_str_equal (name, status_names[i]))
        {
          *status = i;
          return TRUE;
        }
    }

  return speedup_json_fail (cursor, "status", "complete, cancelled or interrupted", error);
}

static gboolean
read_rest (const SpeedupJsonCursor  *cursor,
           SpeedupResult            *result,
           GError                  **error)
{
  g_autoptr (GDateTime) created = NULL;

  if (!read_created (cursor, &created, error))
    return FALSE;
  g_date_time_unref (result->created);
  result->created = g_steal_pointer (&created);

  return speedup_json_read_string (cursor, "title", FALSE, &result->title, error) &&
         read_status (cursor, &result->status, error) &&
         speedup_json_read_uint (cursor, "rounds_completed", 0,
                                 SPEEDUP_ROUNDS_LIMIT + SPEEDUP_EXTRA_ROUNDS,
                                 &result->rounds_completed, error) &&
         speedup_json_read_runs (cursor, result->plan, result->runs, error) &&
         speedup_json_read_timelines (cursor, result->plan, result->timelines, error) &&
         speedup_json_read_failures (cursor, result->plan, result->failures, error) &&
         speedup_json_read_variant (cursor, "output", &result->output, error) &&
         speedup_json_read_warnings (cursor, result->warnings, error);
}

static SpeedupResult *
read_result (const SpeedupJsonCursor  *cursor,
             GError                  **error)
{
  g_autoptr (SpeedupPlan) plan = NULL;
  g_autoptr (SpeedupMachine) machine = NULL;
  g_autoptr (SpeedupResult) result = NULL;
  SpeedupJsonCursor child;

  if (!speedup_json_enter (cursor, "machine", &child, error))
    return NULL;
  machine = speedup_json_read_machine (&child, error);
  if (machine == NULL || !speedup_json_enter (cursor, "plan", &child, error))
    return NULL;
  plan = speedup_json_read_plan (&child, error);
  if (plan == NULL)
    return NULL;

  result = speedup_result_new (plan, g_steal_pointer (&machine));
  if (!read_rest (cursor, result, error))
    return NULL;
  speedup_result_analyse (result);

  return g_steal_pointer (&result);
}

/**
 * speedup_result_from_json:
 * @json: the bytes of a result file, which need not be trusted
 * @length: how many; -1 when they end with a zero
 * @error: return location
 *
 * Keys that are not known are ignored. The analysis is made again from the runs, so that summary,
 * fits and verdict always follow from them. Options come back with `x` for whole numbers and `av`
 * for lists: see speedup_options_read_int64() and its kin.
 *
 * Returns: (transfer full) (nullable): the result; %NULL with %SPEEDUP_ERROR_FORMAT or
 *   %SPEEDUP_ERROR_NEWER_SCHEMA
 */
SpeedupResult *
speedup_result_from_json (const char  *json,
                          gssize       length,
                          GError     **error)
{
  g_autoptr (JsonNode) root = NULL;
  SpeedupJsonCursor cursor = { NULL, "" };
  gsize size;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  size = length < 0 ? strlen (json) : (gsize) length;
  if (size > SPEEDUP_RESULT_MAX_BYTES)
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_FORMAT,
                   "This is no Speedup result file: it is larger than %d MiB.",
                   SPEEDUP_RESULT_MAX_BYTES / (1024 * 1024));
      return NULL;
    }

  root = speedup_json_parse (json, size, "result file", error);
  if (root == NULL)
    return NULL;
  cursor.object = json_node_get_object (root);
  if (!speedup_json_check_schema (cursor.object, SPEEDUP_RESULT_SCHEMA, "result file", error))
    return NULL;

  return read_result (&cursor, error);
}

/**
 * speedup_result_save:
 * @self: a result
 * @file: where to
 * @cancellable: (nullable): ends it
 * @error: return location
 *
 * Writes the file so that it is either there as a whole or stays as it was. Blocks.
 *
 * Returns: whether it was written
 */
gboolean
speedup_result_save (SpeedupResult  *self,
                     GFile          *file,
                     GCancellable   *cancellable,
                     GError        **error)
{
  g_autofree char *json = NULL;
  g_autofree char *name = NULL;
  g_autoptr (GError) local_error = NULL;
  gsize length;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (G_IS_FILE (file), FALSE);

  json = speedup_result_to_json (self);
  length = strlen (json);
  name = g_file_get_parse_name (file);
  if (length > SPEEDUP_RESULT_MAX_BYTES)
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_FORMAT,
                   "“%s” cannot be saved: a result file holds at most %d MiB.",
                   name, SPEEDUP_RESULT_MAX_BYTES / (1024 * 1024));
      return FALSE;
    }

  if (!g_file_replace_contents (file, json, length, NULL, FALSE, G_FILE_CREATE_NONE, NULL,
                                cancellable, &local_error))
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&local_error),
                                  "“%s” cannot be saved: ", name);
      return FALSE;
    }

  return TRUE;
}

/* Opening a FIFO that nobody writes would hang. */
static gboolean
check_regular (GFile         *file,
               GCancellable  *cancellable,
               GError       **error)
{
  g_autoptr (GFileInfo) info = NULL;

  info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE,
                            cancellable, error);
  if (info == NULL)
    return FALSE;
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_FORMAT,
                   "It is not a regular file.");
      return FALSE;
    }

  return TRUE;
}

/* Reads no more than the limit and one chunk, whatever the size that the file system tells. */
static GBytes *
read_bounded (GFile         *file,
              GCancellable  *cancellable,
              GError       **error)
{
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *buffer = g_malloc (64 * 1024);
  gssize n;

  stream = g_file_read (file, cancellable, error);
  if (stream == NULL)
    return NULL;

  while ((n = g_input_stream_read (G_INPUT_STREAM (stream), buffer, 64 * 1024, cancellable,
                                   error)) > 0)
    {
      g_byte_array_append (bytes, buffer, (guint) n);
      if (bytes->len > SPEEDUP_RESULT_MAX_BYTES)
        break;
    }

  return n >= 0 ? g_byte_array_free_to_bytes (g_steal_pointer (&bytes)) : NULL;
}

/**
 * speedup_result_load:
 * @file: a result file, which need not be trusted
 * @cancellable: (nullable): ends it
 * @error: return location
 *
 * Blocks; see speedup_result_load_async().
 *
 * Returns: (transfer full) (nullable): the result
 */
SpeedupResult *
speedup_result_load (GFile         *file,
                     GCancellable  *cancellable,
                     GError       **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *name = NULL;
  SpeedupResult *result = NULL;
  gsize length = 0;
  const char *data;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  if (check_regular (file, cancellable, &local_error))
    bytes = read_bounded (file, cancellable, &local_error);
  if (bytes != NULL)
    {
      data = g_bytes_get_data (bytes, &length);
      result = speedup_result_from_json (data != NULL ? data : "", (gssize) length, &local_error);
    }
  if (result == NULL)
    {
      name = g_file_get_parse_name (file);
      g_propagate_prefixed_error (error, g_steal_pointer (&local_error),
                                  "“%s” cannot be opened: ", name);
    }

  return result;
}

static void
load_in_thread (GTask                 *task,
                gpointer               source_object G_GNUC_UNUSED,
                gpointer               task_data,
                GCancellable          *cancellable)
{
  GError *error = NULL;
  SpeedupResult *result = speedup_result_load (task_data, cancellable, &error);

  if (result != NULL)
    g_task_return_pointer (task, result, (GDestroyNotify) speedup_result_unref);
  else
    g_task_return_error (task, error);
}

/**
 * speedup_result_load_async:
 * @file: a result file, which need not be trusted
 * @cancellable: (nullable): ends it
 * @callback: called when it was read
 * @user_data: for @callback
 *
 * Reads and checks the file away from the calling thread's main loop.
 */
void
speedup_result_load_async (GFile               *file,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (G_IS_FILE (file));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, speedup_result_load_async);
  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, load_in_thread);
}

/**
 * speedup_result_load_finish:
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the result
 */
SpeedupResult *
speedup_result_load_finish (GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, speedup_result_load_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
