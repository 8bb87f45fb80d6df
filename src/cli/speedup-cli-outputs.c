/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "speedup-cli-outputs.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "speedup-cli-report.h"
#include "speedup-cli-terminal.h"
#include "speedup-journal.h"
#include "speedup-result-file.h"

#define CHART_WIDTH  800
#define CHART_HEIGHT 600
#define CHART_ZOOM   2

static const char *const format_names[] = { "text", "json", NULL };

/**
 * speedup_cli_outputs_add_options:
 * @self: where the values go
 * @parser: where the options go
 * @with_output: whether the result file is to be named; a resumed measurement has one
 */
void
speedup_cli_outputs_add_options (SpeedupCliOutputs *self,
                                 SpeedupCliParser  *parser,
                                 gboolean           with_output)
{
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &self->output_path,
      N_("Save the result; without it a result is saved only when it is interrupted"),
      "FILE.speedup" },
    { "chart", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->chart_paths,
      N_("Draw the speedup chart, as SVG, PNG or PDF; may be given more than once"),
      "FILE.{svg,png,pdf}" },
    { "csv", 0, 0, G_OPTION_ARG_FILENAME, &self->csv_path,
      N_("Save the table as comma-separated values"), N_("FILE") },
    { "markdown", 0, 0, G_OPTION_ARG_FILENAME, &self->markdown_path,
      N_("Save the table as Markdown"), N_("FILE") },
    { "format", 0, 0, G_OPTION_ARG_STRING, &self->format_text,
      N_("What to print on standard output (text)"), "text|json" },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &self->quiet,
      N_("Print the result and nothing else"), NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &self->verbose,
      N_("Print the start and the end of each task, with its thread or process"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  speedup_cli_parser_add (parser, _("Output:"), with_output ? entries : entries + 1);
}

/**
 * speedup_cli_outputs_clear:
 * @self: values to free
 */
void
speedup_cli_outputs_clear (SpeedupCliOutputs *self)
{
  g_clear_pointer (&self->output_path, g_free);
  g_clear_pointer (&self->chart_paths, g_strfreev);
  g_clear_pointer (&self->csv_path, g_free);
  g_clear_pointer (&self->markdown_path, g_free);
  g_clear_pointer (&self->format_text, g_free);
  g_clear_pointer (&self->output, speedup_cli_file_free);
  g_clear_pointer (&self->charts, g_ptr_array_unref);
  g_clear_pointer (&self->chart_formats, g_array_unref);
  g_clear_pointer (&self->csv, speedup_cli_file_free);
  g_clear_pointer (&self->markdown, speedup_cli_file_free);
  g_clear_pointer (&self->keep_path, g_free);
}

/**
 * speedup_cli_parse_format:
 * @text: (nullable): the value of --format
 * @json: (out): whether it is JSON
 * @error: return location
 *
 * Returns: whether it is a format
 */
gboolean
speedup_cli_parse_format (const char  *text,
                          gboolean    *json,
                          GError     **error)
{
  guint format = 0;

  if (text != NULL && !speedup_cli_parse_choice ("--format", text, format_names, &format, error))
    return FALSE;

  *json = format == 1;

  return TRUE;
}

static gboolean
check_distinct (SpeedupCliOutputs  *self,
                GError            **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();

  g_ptr_array_add (paths, self->output_path);
  g_ptr_array_add (paths, self->csv_path);
  g_ptr_array_add (paths, self->markdown_path);
  for (guint i = 0; self->chart_paths != NULL && self->chart_paths[i] != NULL; i++)
    g_ptr_array_add (paths, self->chart_paths[i]);

  for (guint i = 0; i < paths->len; i++)
    {
      char *path = g_ptr_array_index (paths, i);

      if (path != NULL && !g_str_has_prefix (path, "/dev/") && !g_hash_table_add (seen, path))
        {
          g_autofree char *name = g_filename_display_name (path);

          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       _("'%s' is given for two outputs; one would overwrite the other."), name);
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * speedup_cli_outputs_check:
 * @self: values as given
 * @error: return location
 *
 * Returns: whether they are allowed; no file is touched
 */
gboolean
speedup_cli_outputs_check (SpeedupCliOutputs  *self,
                           GError            **error)
{
  self->chart_formats = g_array_new (FALSE, FALSE, sizeof (SpeedupChartFormat));

  for (guint i = 0; self->chart_paths != NULL && self->chart_paths[i] != NULL; i++)
    {
      SpeedupChartFormat format;

      if (!speedup_chart_format_from_name (self->chart_paths[i], &format))
        {
          g_autofree char *name = g_filename_display_name (self->chart_paths[i]);

          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       _("--chart: '%s' does not end in .svg, .png or .pdf."), name);
          return FALSE;
        }
      g_array_append_val (self->chart_formats, format);
    }

  if (self->quiet && self->verbose)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("Give --quiet or --verbose, not both."));
      return FALSE;
    }

  return check_distinct (self, error) && speedup_cli_parse_format (self->format_text, &self->json,
                                                                   error);
}

static gboolean
open_one (const char      *option,
          const char      *path,
          SpeedupCliFile **file,
          GError         **error)
{
  if (path == NULL)
    return TRUE;

  *file = speedup_cli_file_open (option, path, error);

  return *file != NULL;
}

/* Where an unfinished measurement is kept when no result file is asked for, or when it is a device:
 * hours of work shall not be lost to a power cut or a full disk.
 */
static char *
make_state_path (const char *name)
{
  g_autofree char *folder = g_build_filename (g_get_user_state_dir (), "speedup", NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *base = g_strdup_printf ("%s-%s-%d.speedup", name, date, (int) getpid ());

  if (g_mkdir_with_parents (folder, 0700) != 0)
    return NULL;

  return g_build_filename (folder, base, NULL);
}

/**
 * speedup_cli_outputs_open:
 * @self: values that were checked
 * @name: what is measured, for the name of an unfinished measurement
 * @error: return location
 *
 * Opens every output file.
 *
 * Returns: whether all can be written
 */
gboolean
speedup_cli_outputs_open (SpeedupCliOutputs  *self,
                          const char         *name,
                          GError            **error)
{
  self->charts = g_ptr_array_new_with_free_func ((GDestroyNotify) speedup_cli_file_free);

  if (!open_one ("--output", self->output_path, &self->output, error) ||
      !open_one ("--csv", self->csv_path, &self->csv, error) ||
      !open_one ("--markdown", self->markdown_path, &self->markdown, error))
    return FALSE;

  for (guint i = 0; self->chart_paths != NULL && self->chart_paths[i] != NULL; i++)
    {
      SpeedupCliFile *file = speedup_cli_file_open ("--chart", self->chart_paths[i], error);

      if (file == NULL)
        return FALSE;
      g_ptr_array_add (self->charts, file);
    }

  if (self->output != NULL && speedup_cli_file_is_regular (self->output))
    self->keep_path = g_strdup (speedup_cli_file_get_path (self->output));
  else
    self->keep_path = make_state_path (name);

  return TRUE;
}

/**
 * speedup_cli_outputs_get_journal:
 * @self: opened outputs
 *
 * Returns: (transfer full) (nullable): where to note every run as soon as it is done
 */
GFile *
speedup_cli_outputs_get_journal (SpeedupCliOutputs *self)
{
  g_autoptr (GFile) file = NULL;

  if (self->keep_path == NULL)
    return NULL;

  file = g_file_new_for_path (self->keep_path);

  return speedup_journal_get_file_for_result (file);
}

static gboolean
save_in_state_folder (SpeedupCliOutputs  *self,
                      SpeedupResult      *result,
                      GError            **error)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *name = NULL;

  if (self->keep_path == NULL || (self->output != NULL &&
                                  speedup_cli_file_is_regular (self->output)))
    {
      g_free (self->keep_path);
      self->keep_path = make_state_path (result->plan->workload);
    }
  if (self->keep_path == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   _("The result cannot be kept in '%s'; use --output."), g_get_user_state_dir ());
      return FALSE;
    }

  file = g_file_new_for_path (self->keep_path);
  if (!speedup_result_save (result, file, NULL, error))
    return FALSE;

  name = g_filename_display_name (self->keep_path);
  speedup_cli_log (_("The result is kept in '%s'.\n"), name);

  return TRUE;
}

/**
 * speedup_cli_outputs_save_result:
 * @self: opened outputs
 * @result: what was measured
 * @error: return location
 *
 * Saves the result file. What was interrupted, or cannot be written where it should be, is kept in
 * the user's state folder, which is said on standard error.
 *
 * Returns: whether it is where it was asked for
 */
gboolean
speedup_cli_outputs_save_result (SpeedupCliOutputs  *self,
                                 SpeedupResult      *result,
                                 GError            **error)
{
  g_autofree char *json = NULL;

  if (self->output == NULL)
    {
      if (result->status == SPEEDUP_RESULT_COMPLETE)
        return TRUE;
      return save_in_state_folder (self, result, error);
    }

  json = speedup_result_to_json (result);
  if (speedup_cli_file_write (self->output, json, strlen (json), error))
    return TRUE;

  save_in_state_folder (self, result, NULL);

  return FALSE;
}

/**
 * speedup_cli_write_chart:
 * @file: where to
 * @chart: what
 * @format: how
 * @width: in CSS pixels or points
 * @height: likewise
 * @zoom: device pixels for each of them, for PNG
 * @cancellable: (nullable): ends the drawing
 * @error: return location
 *
 * Returns: whether it was drawn and written
 */
gboolean
speedup_cli_write_chart (SpeedupCliFile      *file,
                         SpeedupChart        *chart,
                         SpeedupChartFormat   format,
                         double               width,
                         double               height,
                         double               zoom,
                         GCancellable        *cancellable,
                         GError             **error)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  GMemoryOutputStream *memory = G_MEMORY_OUTPUT_STREAM (stream);

  if (!speedup_chart_write (chart, stream, format, width, height, zoom, cancellable, error))
    return FALSE;

  return speedup_cli_file_write (file, g_memory_output_stream_get_data (memory),
                                 g_memory_output_stream_get_data_size (memory), error);
}

static void
note_failure (GError  *failure,
              GError **error)
{
  /* The first failure is returned, further ones are printed: each file is tried. */
  if (failure == NULL)
    return;
  if (error != NULL && *error == NULL)
    {
      g_propagate_error (error, failure);
      return;
    }

  speedup_cli_fail (NULL, failure);
  g_error_free (failure);
}

static void
write_text (SpeedupCliFile  *file,
            char           *(*report)(const SpeedupResult *),
            SpeedupResult   *result,
            GError         **error)
{
  g_autofree char *text = NULL;
  GError *failure = NULL;

  if (file == NULL)
    return;

  text = report (result);
  speedup_cli_file_write (file, text, strlen (text), &failure);
  note_failure (failure, error);
}

/* Where nothing but the chunk size was varied, the speedup over the workers is a single column;
 * what a user wants to see is the speedup over the chunk size.
 */
static SpeedupChartKind
choose_chart (const SpeedupPlan *plan)
{
  const SpeedupConfiguration *first = NULL;
  gboolean varied = FALSE;

  for (guint i = 0; i < plan->configurations->len; i++)
    {
      const SpeedupConfiguration *configuration = g_ptr_array_index (plan->configurations, i);

      if (configuration->executor == SPEEDUP_EXECUTOR_SEQUENTIAL)
        continue;
      if (first == NULL)
        first = configuration;
      if (configuration->executor != SPEEDUP_EXECUTOR_PROCESSES ||
          configuration->workers != first->workers)
        return SPEEDUP_CHART_SPEEDUP;
      varied = varied || configuration->chunk_size != first->chunk_size;
    }

  return varied ? SPEEDUP_CHART_CHUNK_SIZE : SPEEDUP_CHART_SPEEDUP;
}

/**
 * speedup_cli_outputs_save_derived:
 * @self: opened outputs
 * @result: what was measured
 * @cancellable: (nullable): ends the drawing
 * @error: return location for the first failure
 *
 * Writes charts and tables; one that fails does not keep the others from being written.
 *
 * Returns: whether all were written
 */
gboolean
speedup_cli_outputs_save_derived (SpeedupCliOutputs  *self,
                                  SpeedupResult      *result,
                                  GCancellable       *cancellable,
                                  GError            **error)
{
  GError *first = NULL;

  for (guint i = 0; i < self->charts->len; i++)
    {
      g_autoptr (SpeedupChart) chart = speedup_chart_new (result, choose_chart (result->plan));
      SpeedupChartFormat format = g_array_index (self->chart_formats, SpeedupChartFormat, i);
      GError *failure = NULL;

      speedup_cli_write_chart (g_ptr_array_index (self->charts, i), chart, format,
                               CHART_WIDTH, CHART_HEIGHT,
                               format == SPEEDUP_CHART_FORMAT_PNG ? CHART_ZOOM : 1,
                               cancellable, &failure);
      note_failure (failure, &first);
    }

  write_text (self->csv, speedup_cli_report_csv, result, &first);
  write_text (self->markdown, speedup_cli_report_markdown, result, &first);

  if (first == NULL)
    return TRUE;

  g_propagate_error (error, first);

  return FALSE;
}

/**
 * speedup_cli_print_result:
 * @result: a result
 * @json: whether as the document of the result file
 * @error: return location
 *
 * Returns: whether it was printed on standard output
 */
gboolean
speedup_cli_print_result (SpeedupResult  *result,
                          gboolean        json,
                          GError        **error)
{
  g_autofree char *text = NULL;

  if (json)
    {
      g_autofree char *document = speedup_result_to_json (result);

      text = g_strconcat (document, g_str_has_suffix (document, "\n") ? "" : "\n", NULL);
    }
  else
    {
      text = speedup_cli_report_text (result);
    }

  return speedup_cli_print (text, error);
}

/**
 * speedup_cli_outputs_print:
 * @self: outputs
 * @result: what was measured
 * @error: return location
 *
 * Returns: whether the result was printed in the format that was asked for
 */
gboolean
speedup_cli_outputs_print (SpeedupCliOutputs  *self,
                           SpeedupResult      *result,
                           GError            **error)
{
  return speedup_cli_print_result (result, self->json, error);
}
