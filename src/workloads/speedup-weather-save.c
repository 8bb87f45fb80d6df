/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-weather-workload.h"

#include <string.h>

#include "speedup-error.h"
#include "speedup-weather-readings.h"

/* Singapore, whose weather it is. */
#define UTC_OFFSET_S (8 * 3600)

#define FLUSH_BYTES (1024 * 1024)

typedef struct
{
  GOutputStream *stream;
  GString *text;
  GError *error;
  gint64 stamp_time;
  char *stamp;
} Csv;

static gboolean
flush (Csv *csv)
{
  if (csv->error == NULL)
    g_output_stream_write_all (csv->stream, csv->text->str, csv->text->len, NULL, NULL,
                               &csv->error);
  g_string_truncate (csv->text, 0);

  return csv->error == NULL;
}

/* As RFC 4180 wants it. */
static void
append_field (GString    *text,
              const char *field)
{
  if (strpbrk (field, ",\"\r\n") == NULL)
    {
      g_string_append (text, field);
      return;
    }

  g_string_append_c (text, '"');
  for (; *field != '\0'; field++)
    {
      if (*field == '"')
        g_string_append_c (text, '"');
      g_string_append_c (text, *field);
    }
  g_string_append_c (text, '"');
}

static void
set_stamp (Csv    *csv,
           gint64  timestamp)
{
  g_autoptr (GDateTime) utc = NULL;
  g_autoptr (GDateTime) local = NULL;
  g_autoptr (GTimeZone) zone = NULL;

  if (csv->stamp != NULL && csv->stamp_time == timestamp)
    return;

  utc = g_date_time_new_from_unix_utc (timestamp);
  zone = g_time_zone_new_offset (UTC_OFFSET_S);
  local = utc == NULL ? NULL : g_date_time_to_timezone (utc, zone);

  g_free (csv->stamp);
  if (local == NULL)
    csv->stamp = g_strdup ("");
  else
    csv->stamp = g_date_time_format (local, "%Y-%m-%dT%H:%M:%S+08:00");
  csv->stamp_time = timestamp;
}

static void
reading_cb (gint64      timestamp,
            const char *station,
            double      value,
            gpointer    data)
{
  Csv *csv = data;
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (csv->error != NULL)
    return;

  set_stamp (csv, timestamp);
  g_string_append (csv->text, csv->stamp);
  g_string_append_c (csv->text, ',');
  append_field (csv->text, station);
  g_string_append_c (csv->text, ',');

  /* The shortest text that is this very number. */
  g_ascii_formatd (number, sizeof number, "%.15g", value);
  if (g_ascii_strtod (number, NULL) != value)
    g_ascii_dtostr (number, sizeof number, value);
  g_string_append (csv->text, number);
  g_string_append_c (csv->text, '\n');

  if (csv->text->len >= FLUSH_BYTES)
    flush (csv);
}

static void
prefix_file (GFile   *file,
             GError **error)
{
  g_autofree char *name = g_file_get_parse_name (file);

  g_prefix_error (error, "Cannot write %s: ", name);
}

/**
 * speedup_weather_save_csv:
 * @workload: the weather
 * @outputs: (array length=n_outputs): what its tasks made, in task order, NULL where one failed
 * @n_outputs: how many
 * @file: where to; there is either the whole of it or what was there before
 * @error: return location for an error of %G_IO_ERROR
 *
 * Writes every reading as `timestamp,station,value`, after a line with these names: by date, within
 * a day by time. Times are Singapore's, ISO 8601; values are degrees Celsius.
 *
 * Returns: whether it was written
 */
gboolean
speedup_weather_save_csv (SpeedupWorkload *workload,
                          GVariant *const *outputs,
                          guint            n_outputs,
                          GFile           *file,
                          GError         **error)
{
  g_autoptr (GFileOutputStream) stream = NULL;
  g_autoptr (GString) text = g_string_new ("timestamp,station,value\n");
  g_autoptr (GCancellable) discard = g_cancellable_new ();
  g_autofree char *stamp = NULL;
  Csv csv = { .text = text };

  g_return_val_if_fail (SPEEDUP_IS_WEATHER_WORKLOAD (workload), FALSE);
  g_return_val_if_fail (outputs != NULL || n_outputs == 0, FALSE);
  g_return_val_if_fail (G_IS_FILE (file), FALSE);

  stream = g_file_replace (file, NULL, FALSE, G_FILE_CREATE_NONE, NULL, error);
  if (stream == NULL)
    {
      prefix_file (file, error);
      return FALSE;
    }

  csv.stream = G_OUTPUT_STREAM (stream);
  for (guint i = 0; i < n_outputs && csv.error == NULL; i++)
    if (outputs[i] != NULL)
      speedup_weather_output_foreach (outputs[i], reading_cb, &csv);

  stamp = csv.stamp;

  /* Closing is what puts the file into place, unless it is cancelled. */
  if (!flush (&csv))
    {
      g_cancellable_cancel (discard);
      g_output_stream_close (csv.stream, discard, NULL);
    }
  else
    {
      g_output_stream_close (csv.stream, NULL, &csv.error);
    }

  if (csv.error == NULL)
    return TRUE;

  g_propagate_error (error, csv.error);
  prefix_file (file, error);
  return FALSE;
}

/**
 * speedup_weather_save_folder:
 * @workload: the weather, made with keep-raw
 * @outputs: (array length=n_outputs): what its tasks made, in task order, NULL where one failed
 * @n_outputs: how many
 * @folder: where to; made where it is missing
 * @error: return location for an error of %G_IO_ERROR, or %SPEEDUP_ERROR_INVALID_ARGUMENT where the
 *   answers were not kept
 *
 * Writes each day's answer as it came, as YYYY-MM-DD.json; the pages of data.gov.sg v2 as lines.
 *
 * Returns: whether all were written
 */
gboolean
speedup_weather_save_folder (SpeedupWorkload *workload,
                             GVariant *const *outputs,
                             guint            n_outputs,
                             GFile           *folder,
                             GError         **error)
{
  g_autoptr (GError) made = NULL;

  g_return_val_if_fail (SPEEDUP_IS_WEATHER_WORKLOAD (workload), FALSE);
  g_return_val_if_fail (outputs != NULL || n_outputs == 0, FALSE);
  g_return_val_if_fail (G_IS_FILE (folder), FALSE);

  if (!g_file_make_directory_with_parents (folder, NULL, &made) &&
      !g_error_matches (made, G_IO_ERROR, G_IO_ERROR_EXISTS))
    {
      g_propagate_error (error, g_steal_pointer (&made));
      prefix_file (folder, error);
      return FALSE;
    }

  for (guint i = 0; i < n_outputs; i++)
    {
      g_autoptr (GBytes) raw = NULL;
      g_autoptr (GFile) file = NULL;
      g_autofree char *date = NULL;
      g_autofree char *name = NULL;

      if (outputs[i] == NULL)
        continue;

      raw = speedup_weather_output_dup_raw (outputs[i]);
      if (raw == NULL)
        {
          g_set_error_literal (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
                               "The answers were not kept, so they cannot be saved.");
          return FALSE;
        }

      date = speedup_workload_dup_task_name (workload, i);
      name = g_strconcat (date, ".json", NULL);
      file = g_file_get_child (folder, name);
      if (!g_file_replace_contents (file, g_bytes_get_data (raw, NULL), g_bytes_get_size (raw),
                                    NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL, error))
        {
          prefix_file (file, error);
          return FALSE;
        }
    }

  return TRUE;
}
