/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-runner-private.h"

static void
take_runs (SpeedupMeasurement  *self,
           const SpeedupResult *previous)
{
  SpeedupResult *result = self->result;

  g_free (result->title);
  result->title = g_strdup (previous->title);
  g_date_time_unref (result->created);
  result->created = g_date_time_ref (previous->created);
  result->rounds_completed = previous->rounds_completed;
  if (previous->output != NULL)
    result->output = g_variant_ref (previous->output);

  for (guint i = 0; i < previous->runs->len; i++)
    {
      const SpeedupRun *run = g_ptr_array_index (previous->runs, i);
      SpeedupJudgedRun judged = { 0 };

      if (run->round < 1 || run->round > previous->rounds_completed)
        continue;
      judged.run = speedup_run_copy (run);
      judged.own_status = run->status;
      judged.own_reason = g_intern_string (run->reason);
      if (g_strcmp0 (run->reason, "wrong-digest") == 0 ||
          g_strcmp0 (run->reason, "differing-failures") == 0)
        {
          judged.own_status = SPEEDUP_RUN_OK;
          judged.own_reason = NULL;
        }
      g_ptr_array_add (result->runs, judged.run);
      g_array_append_val (self->judged, judged);
    }
}

static void
take_notes (SpeedupMeasurement  *self,
            const SpeedupResult *previous)
{
  SpeedupResult *result = self->result;

  for (guint i = 0; i < previous->failures->len; i++)
    g_ptr_array_add (result->failures,
                     speedup_failure_copy (g_ptr_array_index (previous->failures, i)));

  for (guint i = 0; i < previous->warnings->len; i++)
    {
      const SpeedupWarning *warning = g_ptr_array_index (previous->warnings, i);

      /* These speak of the result as a whole and are made anew at its end. */
      if (g_str_equal (warning->code, "few-points") || g_str_equal (warning->code, "busy") ||
          g_str_equal (warning->code, "stopped"))
        continue;
      g_ptr_array_add (result->warnings, speedup_warning_copy (warning));
    }

  for (guint task = 0; result->failures->len > 0 && task < self->plan->n_tasks; task++)
    {
      g_autofree char *name = speedup_workload_dup_task_name (self->settings->workload, task);

      for (guint i = 0; i < result->failures->len; i++)
        {
          SpeedupFailure *failure = g_ptr_array_index (result->failures, i);

          if (g_strcmp0 (failure->task, name) == 0)
            g_hash_table_insert (self->failures, GUINT_TO_POINTER (task + 1), failure);
        }
    }
}

/**
 * speedup_measurement_take_previous:
 * @self: a measurement that begins
 * @previous: what an earlier session left
 *
 * Takes over the rounds that came to their end, which are never run again. What is left of an
 * unfinished one is dropped and made anew, as the warm-up round is.
 */
void
speedup_measurement_take_previous (SpeedupMeasurement  *self,
                                   const SpeedupResult *previous)
{
  take_runs (self, previous);
  take_notes (self, previous);
}

/**
 * speedup_measurement_open_journal:
 * @self: a measurement that took over what there was
 * @error: return location
 *
 * Goes on with the journal of an earlier session, or begins one.
 *
 * Returns: whether rounds can be written
 */
gboolean
speedup_measurement_open_journal (SpeedupMeasurement  *self,
                                  GError             **error)
{
  const SpeedupMeasureSettings *settings = self->settings;
  g_autofree char *fingerprint = NULL;

  if (settings->journal_file == NULL)
    return TRUE;

  if (settings->previous != NULL && g_file_query_exists (settings->journal_file, NULL))
    {
      self->journal = speedup_journal_reopen (settings->journal_file, error);
      return self->journal != NULL;
    }

  fingerprint = speedup_workload_dup_fingerprint (settings->workload);
  self->journal = speedup_journal_create (settings->journal_file, self->result, fingerprint, error);
  for (guint round = 1; self->journal != NULL && round <= self->result->rounds_completed; round++)
    {
      if (!speedup_journal_append_round (self->journal, self->result, round, error))
        return FALSE;
    }

  return self->journal != NULL;
}
