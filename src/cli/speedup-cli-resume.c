/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "speedup-cli-load.h"
#include "speedup-cli-measure.h"
#include "speedup-cli-options.h"
#include "speedup-cli-terminal.h"
#include "speedup-journal.h"
#include "speedup-workloads.h"

#define JOURNAL_SUFFIX ".journal"

/* The result's name and its journal's name both lead to the same measurement. */
static void
find_files (const char  *path,
            char       **result_path,
            GFile      **journal)
{
  g_autoptr (GFile) result_file = NULL;

  if (g_str_has_suffix (path, JOURNAL_SUFFIX))
    *result_path = g_strndup (path, strlen (path) - strlen (JOURNAL_SUFFIX));
  else
    *result_path = g_strdup (path);

  result_file = g_file_new_for_path (*result_path);
  *journal = speedup_journal_get_file_for_result (result_file);
}

static SpeedupResult *
load_journal (GFile       *journal,
              const char  *result_path,
              char       **fingerprint,
              GError     **error)
{
  g_autofree char *name = NULL;

  if (g_file_query_exists (journal, NULL))
    return speedup_journal_load (journal, fingerprint, error);

  name = g_filename_display_name (g_file_peek_path (journal));
  if (g_file_test (result_path, G_FILE_TEST_EXISTS))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 _("There is nothing to go on with: '%s' does not exist, so the measurement came "
                   "to its end."), name);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 _("There is nothing to go on with: neither the result nor '%s' exists."), name);

  return NULL;
}

static SpeedupExit
resume (const SpeedupCommand *command,
        const char           *path,
        SpeedupCliOutputs    *outputs)
{
  g_autoptr (GFile) journal = NULL;
  g_autofree char *result_path = NULL;
  g_autofree char *fingerprint = NULL;
  g_autoptr (SpeedupResult) previous = NULL;
  g_autoptr (SpeedupWorkload) workload = NULL;
  g_autoptr (GCancellable) cancellable = NULL;
  g_autoptr (GError) error = NULL;
  SpeedupCliMeasurement measurement = { NULL };

  find_files (path, &result_path, &journal);
  previous = load_journal (journal, result_path, &fingerprint, &error);
  if (previous == NULL)
    return speedup_cli_fail (command, error);

  outputs->output_path = g_strdup (result_path);
  cancellable = speedup_cli_catch_signals ();
  if (!speedup_cli_outputs_open (outputs, previous->plan->workload, &error))
    return speedup_cli_fail (command, error);

  workload = speedup_workload_new_from_options (previous->plan->workload, previous->plan->options,
                                                cancellable, &error);
  if (workload == NULL ||
      !speedup_journal_check (previous, fingerprint, workload, &error))
    return speedup_cli_fail (command, error);

  measurement.plan = previous->plan;
  measurement.workload = workload;
  measurement.previous = previous;
  measurement.outputs = outputs;
  measurement.cancellable = cancellable;

  return speedup_cli_measure (command, &measurement);
}

/**
 * speedup_cli_resume:
 * @command: its row of the table
 * @args: (inout): command line
 *
 * `speedup-cli resume FILE`: goes on with what was killed or interrupted.
 *
 * Returns: the exit code
 */
SpeedupExit
speedup_cli_resume (const SpeedupCommand *command,
                    GStrv                *args)
{
  g_autoptr (SpeedupCliParser) parser = speedup_cli_parser_new (command);
  g_auto (SpeedupCliOutputs) outputs = { NULL };
  g_autoptr (GError) error = NULL;
  const char *path;
  gboolean helped = FALSE;

  speedup_cli_outputs_add_options (&outputs, parser, FALSE);
  if (!speedup_cli_parser_parse (parser, args, &helped, &error))
    return speedup_cli_fail (command, error);
  if (helped)
    return SPEEDUP_EXIT_DONE;

  path = speedup_cli_get_argument (*args, "FILE", &error);
  if (path == NULL || !speedup_cli_outputs_check (&outputs, &error))
    return speedup_cli_fail (command, error);

  return resume (command, path, &outputs);
}
