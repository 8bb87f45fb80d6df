/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "speedup-cli-measure.h"

#include <glib/gi18n.h>

#include "speedup-cli-progress.h"
#include "speedup-cli-terminal.h"
#include "speedup-error.h"
#include "speedup-runner.h"
#include "speedup-workloads.h"

typedef struct
{
  SpeedupResult *result;
  GError *error;
  gboolean done;
} Ending;

static void
run_cb (GObject      *source,
        GAsyncResult *async_result,
        gpointer      user_data)
{
  Ending *ending = user_data;

  ending->result = speedup_runner_run_finish (SPEEDUP_RUNNER (source), async_result,
                                              &ending->error);
  ending->done = TRUE;
}

/**
 * speedup_cli_get_cpus_usable:
 *
 * Returns: the CPUs that this process may use, at least 1
 */
guint
speedup_cli_get_cpus_usable (void)
{
  g_autoptr (SpeedupMachine) machine = speedup_machine_read (NULL);

  return machine->cpus_usable;
}

static SpeedupRunner *
run (const SpeedupCliMeasurement *self,
     GFile                       *journal,
     Ending                      *ending)
{
  SpeedupRunner *runner = speedup_runner_new (self->plan, self->workload);
  g_autoptr (SpeedupCliProgress) progress = NULL;
  g_autoptr (GVariant) libraries = speedup_workloads_dup_libraries ();

  progress = speedup_cli_progress_new (self->outputs->quiet, self->outputs->verbose);
  speedup_cli_progress_attach (progress, runner);
  speedup_runner_set_libraries (runner, libraries);
  speedup_runner_set_keep_outputs (runner, self->save != NULL);
  if (journal != NULL)
    speedup_runner_set_journal (runner, journal);
  if (self->previous != NULL)
    speedup_runner_set_previous (runner, self->previous);

  speedup_runner_run_async (runner, self->cancellable, run_cb, ending);
  while (!ending->done)
    g_main_context_iteration (NULL, TRUE);

  g_signal_handlers_disconnect_by_data (runner, progress);

  return runner;
}

static gboolean
has_ratio_or_time (const SpeedupResult *result)
{
  return result->analysis != NULL && result->analysis->summary->len > 0;
}

static void
report_failure (const SpeedupCommand *command,
                GError              **error,
                gboolean             *failed)
{
  if (*error == NULL)
    return;

  /* Being interrupted is said once, at the end. */
  if (!g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      speedup_cli_fail (command, *error);
      *failed = TRUE;
    }
  g_clear_error (error);
}

/* What is saved may be less than what a user has; then that is said. */
static void
tell_left_out (const SpeedupPlan *plan,
               GVariant *const   *outputs,
               guint              n_outputs)
{
  guint n_saved = 0;

  for (guint i = 0; i < n_outputs; i++)
    n_saved += outputs[i] != NULL ? 1 : 0;

  if (n_saved < n_outputs)
    speedup_cli_log (_("What was saved holds %u of %u tasks, in their order; the others failed and "
                       "are left out.\n"), n_saved, n_outputs);
  if (plan->n_tasks < plan->population)
    speedup_cli_log (_("What was saved holds the sample of %u of %u alone; --sample=all takes "
                       "all.\n"), plan->n_tasks, plan->population);
}

static void
save_task_outputs (const SpeedupCliMeasurement  *self,
                   SpeedupRunner                *runner,
                   GError                      **error)
{
  GVariant **outputs;
  guint n_outputs = 0;

  if (self->save == NULL)
    return;

  outputs = speedup_runner_get_outputs (runner, &n_outputs);
  if (outputs == NULL)
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_NOTHING_MEASURED,
                   _("No run ended well, so there is nothing to save of what the tasks made."));
      return;
    }

  if (self->save (self->workload, outputs, n_outputs, self->save_data, self->cancellable, error))
    tell_left_out (self->plan, outputs, n_outputs);
}

static SpeedupExit
choose_exit (const SpeedupCliMeasurement *self,
             const SpeedupResult         *result,
             gboolean                     failed)
{
  if (result->status == SPEEDUP_RESULT_CANCELLED ||
      g_cancellable_is_cancelled (self->cancellable))
    return SPEEDUP_EXIT_INTERRUPTED;
  if (failed || result->status != SPEEDUP_RESULT_COMPLETE || !has_ratio_or_time (result))
    return SPEEDUP_EXIT_FAILED;

  return speedup_result_has_void_runs (result) ? SPEEDUP_EXIT_VOID : SPEEDUP_EXIT_DONE;
}

/* The order is that of what would be lost: first the result, then what is drawn from it, then what
 * the tasks made, then the text. One that fails does not keep the next from being tried.
 */
static SpeedupExit
save_and_print (const SpeedupCommand        *command,
                const SpeedupCliMeasurement *self,
                SpeedupRunner               *runner,
                SpeedupResult               *result,
                GFile                       *journal)
{
  g_autoptr (GError) error = NULL;
  gboolean failed = FALSE;
  gboolean saved;

  saved = speedup_cli_outputs_save_result (self->outputs, result, &error);
  report_failure (command, &error, &failed);
  if (saved && result->status == SPEEDUP_RESULT_COMPLETE && journal != NULL)
    g_file_delete (journal, NULL, NULL);

  speedup_cli_outputs_save_derived (self->outputs, result, self->cancellable, &error);
  report_failure (command, &error, &failed);

  save_task_outputs (self, runner, &error);
  report_failure (command, &error, &failed);

  speedup_cli_outputs_print (self->outputs, result, &error);
  report_failure (command, &error, &failed);

  if (!has_ratio_or_time (result) && result->status == SPEEDUP_RESULT_COMPLETE)
    speedup_cli_log (_("Nothing could be measured: no run ended well.\n"));

  return choose_exit (self, result, failed);
}

static void
warn_of_replaced_journal (const SpeedupCliMeasurement *self,
                          GFile                       *journal)
{
  g_autofree char *name = NULL;

  if (self->previous != NULL || journal == NULL || !g_file_query_exists (journal, NULL))
    return;

  name = g_filename_display_name (g_file_peek_path (journal));
  speedup_cli_log (_("'%s' of a measurement that did not come to its end is replaced; 'resume' "
                     "would have gone on with it.\n"), name);
}

/**
 * speedup_cli_measure:
 * @command: the command, for messages
 * @measurement: what to measure
 *
 * Measures with a display of progress, saves and prints.
 *
 * Returns: the exit code
 */
SpeedupExit
speedup_cli_measure (const SpeedupCommand        *command,
                     const SpeedupCliMeasurement *measurement)
{
  g_autoptr (GFile) journal = speedup_cli_outputs_get_journal (measurement->outputs);
  g_autoptr (SpeedupRunner) runner = NULL;
  g_autoptr (SpeedupResult) result = NULL;
  g_autoptr (GError) error = NULL;
  Ending ending = { NULL, NULL, FALSE };
  SpeedupExit code;

  warn_of_replaced_journal (measurement, journal);
  runner = run (measurement, journal, &ending);
  result = ending.result;
  error = ending.error;

  if (result == NULL)
    {
      /* No round came to its end, so the journal holds nothing but what was found there. */
      if (journal != NULL && measurement->previous == NULL)
        g_file_delete (journal, NULL, NULL);
      return speedup_cli_fail (command, error);
    }

  code = save_and_print (command, measurement, runner, result, journal);
  if (code == SPEEDUP_EXIT_INTERRUPTED)
    speedup_cli_log (_("Interrupted; the rounds that were finished are in the result.\n"));

  return code;
}
