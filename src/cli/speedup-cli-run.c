/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "speedup-cli-run.h"

#include <glib/gi18n.h>

#include "speedup-cli-estimate.h"
#include "speedup-cli-sweep.h"
#include "speedup-cli-terminal.h"
#include "speedup-error.h"
#include "speedup-workloads.h"

/* How long a measurement may become when nobody says, before a sample is taken. */
#define DEFAULT_BUDGET_S     180
#define MIN_TASKS_A_WORKER   10

typedef struct
{
  const SpeedupCliJob *job;
  const SpeedupCliSweep *sweep;
  SpeedupCliOutputs *outputs;
  GVariant *options;
  GCancellable *cancellable;
  guint cpus_usable;

  SpeedupWorkload *workload;
  SpeedupPlan *plan;
  SpeedupCliTaskCost cost;
  gboolean has_cost;
} Preparation;

static void
preparation_clear (Preparation *self)
{
  g_clear_object (&self->workload);
  g_clear_pointer (&self->plan, speedup_plan_unref);
  g_clear_pointer (&self->options, g_variant_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Preparation, preparation_clear)

static gboolean
make_workload (Preparation  *self,
               GError      **error)
{
  g_clear_object (&self->workload);
  g_clear_pointer (&self->plan, speedup_plan_unref);

  self->workload = speedup_workload_new_from_options (self->job->workload, self->options,
                                                      self->cancellable, error);
  if (self->workload == NULL)
    return FALSE;

  self->plan = speedup_cli_sweep_make_plan (self->sweep, self->workload, self->cpus_usable);

  return TRUE;
}

/* The largest sample whose rounds fit into the time, but never fewer tasks than keep the largest
 * number of workers busy.
 */
static guint
choose_sample (const Preparation *self)
{
  double budget_s = self->plan->time_budget_s > 0 ? self->plan->time_budget_s : DEFAULT_BUDGET_S;
  double round_s = speedup_cli_estimate_round (self->plan, &self->cost, self->cpus_usable);
  double n_rounds = self->plan->time_budget_s > 0 ? SPEEDUP_DEFAULT_ROUNDS : self->plan->rounds;
  double all_s = (n_rounds + 1) * round_s;
  guint max_workers = speedup_cli_sweep_get_max_workers (self->sweep, self->plan->cpu_bound,
                                                         self->cpus_usable);
  guint smallest = MIN (MIN_TASKS_A_WORKER * max_workers, self->plan->n_tasks);
  double fitting = self->plan->n_tasks * budget_s / all_s;

  if (all_s <= budget_s)
    return self->plan->n_tasks;

  return CLAMP ((guint) fitting, smallest, self->plan->n_tasks);
}

static gboolean
take_sample (Preparation  *self,
             GError      **error)
{
  g_auto (GVariantDict) options;
  guint sample;

  g_variant_dict_init (&options, self->options);
  if (!self->job->can_sample || !self->has_cost || g_variant_dict_contains (&options, "sample"))
    return TRUE;

  sample = choose_sample (self);
  if (sample >= self->plan->n_tasks)
    return TRUE;

  g_variant_dict_insert (&options, "sample", "u", sample);
  g_variant_unref (self->options);
  self->options = g_variant_ref_sink (g_variant_dict_end (&options));

  return make_workload (self, error);
}

static void
print_note (const Preparation *self)
{
  g_autofree char *note = NULL;

  if (self->outputs->quiet || self->job->dup_note == NULL)
    return;

  note = self->job->dup_note (self->job->options);
  if (note != NULL)
    speedup_cli_log ("%s\n", note);
}

static gboolean
prepare (Preparation  *self,
         GError      **error)
{
  g_autoptr (GError) local_error = NULL;

  print_note (self);
  if (!make_workload (self, error))
    return FALSE;

  self->has_cost = speedup_cli_estimate_task (self->workload, self->cancellable, &self->cost,
                                              &local_error);

  /* What is not installed is missing in the measurement, too. */
  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      g_error_matches (local_error, SPEEDUP_ERROR, SPEEDUP_ERROR_WORKER_MISSING))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  if (!take_sample (self, error))
    return FALSE;

  if (self->outputs->quiet)
    return TRUE;

  if (self->has_cost)
    {
      speedup_cli_estimate_print (self->plan, &self->cost, self->cpus_usable);
    }
  else
    {
      g_autofree char *why = speedup_cli_printable (local_error->message);

      /* Translators: %s is the reason, a sentence */
      speedup_cli_log (_("How long this will take cannot be told: %s\n"), why);
    }

  return TRUE;
}

static SpeedupExit
prepare_and_measure (const SpeedupCommand *command,
                     Preparation          *self,
                     gboolean              wants_outputs)
{
  g_autoptr (GError) error = NULL;
  SpeedupCliMeasurement measurement = { NULL };

  if (!prepare (self, &error))
    return speedup_cli_fail (command, error);

  measurement.plan = self->plan;
  measurement.workload = self->workload;
  measurement.outputs = self->outputs;
  measurement.save = wants_outputs ? self->job->save : NULL;
  measurement.save_data = self->job->options;
  measurement.cancellable = self->cancellable;

  return speedup_cli_measure (command, &measurement);
}

/**
 * speedup_cli_run:
 * @command: the command
 * @args: (inout): command line
 * @job: what the workload adds
 *
 * `speedup-cli run WORKLOAD`: checks all options, then opens all files, then measures.
 *
 * Returns: the exit code
 */
SpeedupExit
speedup_cli_run (const SpeedupCommand *command,
                 GStrv                *args,
                 const SpeedupCliJob  *job)
{
  g_autoptr (SpeedupCliParser) parser = speedup_cli_parser_new (command);
  g_auto (SpeedupCliSweep) sweep = { NULL };
  g_auto (SpeedupCliOutputs) outputs = { NULL };
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_auto (Preparation) preparation = { NULL };
  g_autoptr (GCancellable) cancellable = NULL;
  g_autoptr (GError) error = NULL;
  gboolean helped = FALSE;
  gboolean wants_outputs = FALSE;

  job->add_options (job->options, parser);
  speedup_cli_sweep_add_options (&sweep, parser);
  speedup_cli_outputs_add_options (&outputs, parser, TRUE);

  if (!speedup_cli_parser_parse (parser, args, &helped, &error))
    return speedup_cli_fail (command, error);
  if (helped)
    return SPEEDUP_EXIT_DONE;

  if (!job->check (job->options, *args, &options, &error) ||
      !speedup_cli_sweep_check (&sweep, &error) ||
      !speedup_cli_outputs_check (&outputs, &error))
    return speedup_cli_fail (command, error);

  cancellable = speedup_cli_catch_signals ();
  if (!job->open (job->options, &wants_outputs, &error) ||
      !speedup_cli_outputs_open (&outputs, job->workload, &error))
    return speedup_cli_fail (command, error);

  preparation.job = job;
  preparation.sweep = &sweep;
  preparation.outputs = &outputs;
  preparation.options = g_variant_ref_sink (g_variant_dict_end (&options));
  preparation.cancellable = cancellable;
  preparation.cpus_usable = speedup_cli_get_cpus_usable ();

  return prepare_and_measure (command, &preparation, wants_outputs);
}
