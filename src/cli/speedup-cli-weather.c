/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "speedup-cli-knobs.h"
#include "speedup-cli-run.h"
#include "speedup-weather-workload.h"

#define MAX_DAYS 100000

typedef struct
{
  char *source;
  char *days;
  char *last_date;
  SpeedupCliKnobs knobs;
  char *max_in_flight;
  char *request_timeout;
  char *attempts;
  char *back_off;
  char *api_key;
  char *csv_path;
  char *folder_path;
  SpeedupCliFile *csv;
} Options;

static void
options_clear (Options *self)
{
  speedup_cli_knobs_clear (&self->knobs);
  g_free (self->source);
  g_free (self->days);
  g_free (self->last_date);
  g_free (self->max_in_flight);
  g_free (self->request_timeout);
  g_free (self->attempts);
  g_free (self->back_off);
  g_free (self->api_key);
  g_free (self->csv_path);
  g_free (self->folder_path);
  g_clear_pointer (&self->csv, speedup_cli_file_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static void
add_options (gpointer          data,
             SpeedupCliParser *parser)
{
  Options *self = data;
  const GOptionEntry entries[] = {
    { "source", 0, 0, G_OPTION_ARG_STRING, &self->source,
      N_("builtin, data.gov.sg, data.gov.sg-v2, open-meteo, or any address with {date} (builtin)"),
      N_("SOURCE") },
    { "days", 0, 0, G_OPTION_ARG_STRING, &self->days, N_("Days to download (100)"), N_("N") },
    { "last-date", 0, 0, G_OPTION_ARG_STRING, &self->last_date,
      N_("The last of them (2020-07-23; 8 days ago for live sources)"), "YYYY-MM-DD" },
    { "max-in-flight", 0, 0, G_OPTION_ARG_STRING, &self->max_in_flight,
      N_("Requests at once, whatever the workers (4 for live sources, 1 for open-meteo, else no "
         "limit)"), N_("N") },
    { "request-timeout", 0, 0, G_OPTION_ARG_STRING, &self->request_timeout,
      N_("How long a request may take (30s)"), N_("TIME") },
    { "attempts", 0, 0, G_OPTION_ARG_STRING, &self->attempts,
      N_("How often a request is tried, 1 to 5 (5)"), N_("N") },
    { "back-off", 0, 0, G_OPTION_ARG_STRING, &self->back_off,
      N_("Wait before the second attempt, doubled for each further one (1s)"), N_("TIME") },
    { "api-key", 0, 0, G_OPTION_ARG_STRING, &self->api_key,
      N_("Key for data.gov.sg-v2; it is never saved"), N_("KEY") },
    { "save-csv", 0, 0, G_OPTION_ARG_FILENAME, &self->csv_path,
      N_("Save the readings as timestamp, station, value, in order of date"), N_("FILE") },
    { "save-dir", 0, 0, G_OPTION_ARG_FILENAME, &self->folder_path,
      N_("Save the answers as they came, a file for each day"), N_("DIR") },
    G_OPTION_ENTRY_NULL,
  };

  speedup_cli_parser_add (parser, _("Weather:"), entries);
  speedup_cli_knobs_add_options (&self->knobs, _("Built-in server:"), parser);
}

static gboolean
check_source (const char    *source,
              GVariantDict  *options,
              GError       **error)
{
  const char *const names[] = { "builtin", "data.gov.sg", "data.gov.sg-v2", "open-meteo", NULL };
  guint choice;

  if (source == NULL)
    return TRUE;

  /* Whether an address is one is for the workload to say. */
  if (strstr (source, "://") == NULL &&
      !speedup_cli_parse_choice ("--source", source, names, &choice, error))
    {
      g_autofree char *message = g_strdup ((*error)->message);

      g_clear_error (error);
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   /* Translators: %s is a sentence that lists names */
                   _("%s Or give an address with {date} in it."), message);
      return FALSE;
    }

  g_variant_dict_insert (options, "source", "s", source);

  return TRUE;
}

static gboolean
check (gpointer       data,
       GStrv          arguments,
       GVariantDict  *options,
       GError       **error)
{
  Options *self = data;

  if (arguments[1] != NULL)
    {
      g_autofree char *name = g_filename_display_name (arguments[1]);

      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   _("'%s' is an argument, but this command takes options only."), name);
      return FALSE;
    }

  if (!check_source (self->source, options, error) ||
      !speedup_cli_take_number ("--days", self->days, 1, MAX_DAYS, options, error) ||
      !speedup_cli_take_number ("--max-in-flight", self->max_in_flight, 1, 100000, options,
                                error) ||
      !speedup_cli_take_duration ("--request-timeout", self->request_timeout, 1, 3600,
                                  "request-timeout-s", 1, options, error) ||
      !speedup_cli_take_number ("--attempts", self->attempts, 1, 5, options, error) ||
      !speedup_cli_take_duration ("--back-off", self->back_off, 0.001, 10, "back-off-s", 1,
                                  options, error) ||
      !speedup_cli_knobs_check (&self->knobs, options, error))
    return FALSE;

  if (self->last_date != NULL)
    g_variant_dict_insert (options, "last-date", "s", self->last_date);
  if (self->api_key != NULL)
    g_variant_dict_insert (options, "api-key", "s", self->api_key);
  if (self->folder_path != NULL)
    g_variant_dict_insert (options, "keep-raw", "b", TRUE);

  return TRUE;
}

static gboolean
open_files (gpointer   data,
            gboolean  *wants_outputs,
            GError   **error)
{
  Options *self = data;

  if (self->csv_path != NULL)
    {
      self->csv = speedup_cli_file_open_regular ("--save-csv", self->csv_path, error);
      if (self->csv == NULL)
        return FALSE;
    }
  if (self->folder_path != NULL &&
      !speedup_cli_folder_open ("--save-dir", self->folder_path, error))
    return FALSE;

  *wants_outputs = self->csv_path != NULL || self->folder_path != NULL;

  return TRUE;
}

static gboolean
save (SpeedupWorkload  *workload,
      GVariant *const  *outputs,
      guint             n_outputs,
      gpointer          data,
      GCancellable     *cancellable G_GNUC_UNUSED,
      GError          **error)
{
  Options *self = data;

  if (self->csv != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_path (speedup_cli_file_get_path (self->csv));

      if (!speedup_weather_save_csv (workload, outputs, n_outputs, file, error))
        return FALSE;
    }

  if (self->folder_path != NULL)
    {
      g_autoptr (GFile) folder = g_file_new_for_path (self->folder_path);

      if (!speedup_weather_save_folder (workload, outputs, n_outputs, folder, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * speedup_cli_run_weather:
 * @command: its row of the table
 * @args: (inout): command line
 *
 * `speedup-cli run weather`: measures downloading days of weather.
 *
 * Returns: the exit code
 */
SpeedupExit
speedup_cli_run_weather (const SpeedupCommand *command,
                         GStrv                *args)
{
  g_auto (Options) options = { NULL };
  const SpeedupCliJob job = {
    .workload = "weather",
    .options = &options,
    .add_options = add_options,
    .check = check,
    .open = open_files,
    .save = save,
  };

  return speedup_cli_run (command, args, &job);
}
