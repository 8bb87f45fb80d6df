/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-execution.h"

#include <math.h>
#include <string.h>

#include "speedup-statistics.h"

G_DEFINE_BOXED_TYPE (SpeedupExecution, speedup_execution,
                     speedup_execution_ref, speedup_execution_unref)

/**
 * speedup_execution_ref:
 * @self: an execution
 *
 * Returns: (transfer full): @self
 */
SpeedupExecution *
speedup_execution_ref (SpeedupExecution *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * speedup_execution_unref:
 * @self: (transfer full): an execution
 */
void
speedup_execution_unref (SpeedupExecution *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  if (self->outputs != NULL)
    {
      for (guint i = 0; i < self->n_tasks; i++)
        g_clear_pointer (&self->outputs[i], g_variant_unref);
    }

  g_free (self->outputs);
  g_free (self->records);
  g_free (self->completions);
  g_free (self->void_reason);
  g_clear_pointer (&self->void_details, g_variant_unref);
  g_hash_table_unref (self->errors);
  g_ptr_array_unref (self->worker_names);
  g_mutex_clear (&self->lock);
  speedup_configuration_free (self->configuration);
  g_object_unref (self->workload);
  g_free (self);
}

/**
 * speedup_execution_new:
 * @workload: what is run
 * @configuration: how
 * @keep_outputs: whether the outputs are wanted
 * @task_timeout_s: limit of a task in seconds, 0 for none
 *
 * Returns: (transfer full): an execution in which nothing has run
 */
SpeedupExecution *
speedup_execution_new (SpeedupWorkload            *workload,
                       const SpeedupConfiguration *configuration,
                       gboolean                    keep_outputs,
                       double                      task_timeout_s)
{
  SpeedupExecution *self;

  g_return_val_if_fail (SPEEDUP_IS_WORKLOAD (workload), NULL);
  g_return_val_if_fail (configuration != NULL, NULL);
  g_return_val_if_fail (configuration->n_tasks == speedup_workload_get_n_tasks (workload), NULL);

  self = g_new0 (SpeedupExecution, 1);
  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  self->workload = g_object_ref (workload);
  self->configuration = speedup_configuration_copy (configuration);
  self->n_tasks = configuration->n_tasks;
  self->keep_outputs = keep_outputs;
  self->task_timeout_ns = (gint64) (task_timeout_s * 1e9);
  self->records = g_new0 (SpeedupTaskRecord, self->n_tasks);
  self->completions = g_new0 (guint, self->n_tasks);
  if (keep_outputs)
    self->outputs = g_new0 (GVariant *, self->n_tasks);
  self->errors = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_error_free);
  self->worker_names = g_ptr_array_new_with_free_func (g_free);
  self->peak_rss_bytes = -1;

  return self;
}

/**
 * speedup_execution_add_worker:
 * @self: an execution
 * @name: "thread 4711" or "pid 4712"
 *
 * Returns: the new worker's index
 */
guint
speedup_execution_add_worker (SpeedupExecution *self,
                              const char       *name)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_assert (self != NULL);
  g_assert (name != NULL);

  locker = g_mutex_locker_new (&self->lock);
  g_ptr_array_add (self->worker_names, g_strdup (name));

  return self->worker_names->len - 1;
}

/**
 * speedup_execution_dup_worker_name:
 * @self: an execution
 * @worker: index of a worker
 *
 * Returns: (transfer full): its name
 */
char *
speedup_execution_dup_worker_name (SpeedupExecution *self,
                                   guint             worker)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  locker = g_mutex_locker_new (&self->lock);
  g_return_val_if_fail (worker < self->worker_names->len, NULL);

  return g_strdup (g_ptr_array_index (self->worker_names, worker));
}

/**
 * speedup_execution_get_n_workers:
 * @self: an execution
 *
 * Returns: how many workers took part, replacements of dead ones counted
 */
guint
speedup_execution_get_n_workers (SpeedupExecution *self)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (self != NULL, 0);

  locker = g_mutex_locker_new (&self->lock);

  return self->worker_names->len;
}

/**
 * speedup_execution_begin_task:
 * @self: an execution
 * @task: index of the task
 * @worker: who does it
 * @start_ns: when it began
 */
void
speedup_execution_begin_task (SpeedupExecution *self,
                              guint             task,
                              guint             worker,
                              gint64            start_ns)
{
  SpeedupTaskRecord *record = &self->records[task];

  record->start_ns = start_ns;
  record->worker = worker;
  record->status = SPEEDUP_TASK_RUNNING;
}

/**
 * speedup_execution_end_task:
 * @self: an execution
 * @task: index of the task
 * @status: how it ended
 * @end_ns: when it ended
 * @outcome: what came of it; its output is taken where outputs are kept, else dropped
 * @error: (nullable) (transfer full): why it failed
 *
 * Writes the task's record and then its place in the order of completion. Each task ends once.
 */
void
speedup_execution_end_task (SpeedupExecution   *self,
                            guint               task,
                            SpeedupTaskStatus   status,
                            gint64              end_ns,
                            SpeedupTaskOutcome *outcome,
                            GError             *error)
{
  SpeedupTaskRecord *record = &self->records[task];
  guint place;

  record->end_ns = end_ns;
  record->retries = MIN (outcome->retries, G_MAXUINT8);
  record->flags = outcome->flags;
  record->status = status;

  if (self->keep_outputs)
    self->outputs[task] = g_steal_pointer (&outcome->output);
  else
    g_clear_pointer (&outcome->output, g_variant_unref);

  if (G_UNLIKELY (error != NULL))
    {
      g_mutex_lock (&self->lock);
      g_hash_table_replace (self->errors, GUINT_TO_POINTER (task), error);
      g_mutex_unlock (&self->lock);
    }

  place = (guint) g_atomic_int_add ((gint *) &self->completed, 1);
  g_assert (place < self->n_tasks);
  g_atomic_int_set ((gint *) &self->completions[place], (gint) (task + 1));
}

/**
 * speedup_execution_get_n_completed:
 * @self: an execution
 *
 * Returns: how many tasks have ended
 */
guint
speedup_execution_get_n_completed (SpeedupExecution *self)
{
  return (guint) g_atomic_int_get ((gint *) &self->completed);
}

/**
 * speedup_execution_read_completions:
 * @self: an execution
 * @first: place in the order of completion to read from
 * @tasks: (out caller-allocated) (array length=n_tasks): the tasks that ended, in that order
 * @n_tasks: room in @tasks
 *
 * Callable from any thread while the run goes on. The records of the tasks that it gives are
 * complete.
 *
 * Returns: how many were read
 */
gsize
speedup_execution_read_completions (SpeedupExecution *self,
                                    guint             first,
                                    guint            *tasks,
                                    gsize             n_tasks)
{
  gsize n = 0;

  g_return_val_if_fail (self != NULL, 0);

  while (n < n_tasks && first + n < self->n_tasks)
    {
      guint task = (guint) g_atomic_int_get ((gint *) &self->completions[first + n]);

      if (task == 0)
        break;
      tasks[n++] = task - 1;
    }

  return n;
}

/**
 * speedup_execution_dup_error:
 * @self: an execution
 * @task: index of a task
 *
 * Returns: (transfer full) (nullable): why it failed
 */
GError *
speedup_execution_dup_error (SpeedupExecution *self,
                             guint             task)
{
  g_autoptr (GMutexLocker) locker = NULL;
  GError *error;

  g_return_val_if_fail (self != NULL, NULL);

  locker = g_mutex_locker_new (&self->lock);
  error = g_hash_table_lookup (self->errors, GUINT_TO_POINTER (task));

  return error != NULL ? g_error_copy (error) : NULL;
}

/**
 * speedup_execution_get_failed:
 * @self: an execution that ended
 *
 * Returns: (transfer full) (element-type guint): the tasks that failed, in task order
 */
GArray *
speedup_execution_get_failed (SpeedupExecution *self)
{
  GArray *failed = g_array_new (FALSE, FALSE, sizeof (guint));

  g_return_val_if_fail (self != NULL, failed);

  for (guint i = 0; i < self->n_tasks; i++)
    {
      if (self->records[i].status == SPEEDUP_TASK_FAILED)
        g_array_append_val (failed, i);
    }

  return failed;
}

/**
 * speedup_execution_get_retries:
 * @self: an execution that ended
 *
 * Returns: the waited-for retries of all tasks
 */
guint
speedup_execution_get_retries (SpeedupExecution *self)
{
  guint retries = 0;

  g_return_val_if_fail (self != NULL, 0);

  for (guint i = 0; i < self->n_tasks; i++)
    retries += self->records[i].retries;

  return retries;
}

/**
 * speedup_execution_get_flags:
 * @self: an execution that ended
 *
 * Returns: what was seen in any task
 */
SpeedupTaskFlags
speedup_execution_get_flags (SpeedupExecution *self)
{
  SpeedupTaskFlags flags = SPEEDUP_TASK_FLAGS_NONE;

  g_return_val_if_fail (self != NULL, flags);

  for (guint i = 0; i < self->n_tasks; i++)
    flags |= self->records[i].flags;

  return flags;
}

/**
 * speedup_execution_get_task_cv:
 * @self: an execution that ended
 *
 * Returns: the coefficient of variation of the times of the tasks that succeeded, %NAN for fewer
 *   than two
 */
double
speedup_execution_get_task_cv (SpeedupExecution *self)
{
  g_autofree double *times_s = NULL;
  gsize n = 0;

  g_return_val_if_fail (self != NULL, NAN);

  times_s = g_new (double, MAX (self->n_tasks, 1));
  for (guint i = 0; i < self->n_tasks; i++)
    {
      const SpeedupTaskRecord *record = &self->records[i];

      if (record->status == SPEEDUP_TASK_OK)
        times_s[n++] = (double) (record->end_ns - record->start_ns) / 1e9;
    }

  return n >= 2 ? speedup_coefficient_of_variation (times_s, n) : NAN;
}

/**
 * speedup_execution_dup_digest:
 * @self: an execution that ended, whose records hold the digests
 *
 * Returns: (transfer full): SHA-256 over the digests of the tasks that succeeded, with their
 *   indices, in task order
 */
char *
speedup_execution_dup_digest (SpeedupExecution *self)
{
  g_autoptr (GChecksum) checksum = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  checksum = g_checksum_new (G_CHECKSUM_SHA256);
  for (guint i = 0; i < self->n_tasks; i++)
    {
      guint64 words[2] = { GUINT64_TO_LE (i), GUINT64_TO_LE (self->records[i].digest) };

      if (self->records[i].status == SPEEDUP_TASK_OK)
        g_checksum_update (checksum, (const guchar *) words, sizeof words);
    }

  return g_strdup (g_checksum_get_string (checksum));
}

/**
 * speedup_output_digest:
 * @output: (nullable): what a task made
 *
 * What a run is compared by. Of an output of the type `(vay)`, the bytes are what the work was made
 * from, kept for the user (a web server's raw answer, with its time stamp): only the first part is
 * hashed.
 *
 * Returns: the first 8 bytes of the SHA-256 of its serialised form; 0 for %NULL
 */
guint64
speedup_output_digest (GVariant *output)
{
  g_autoptr (GVariant) boxed = NULL;
  g_autoptr (GVariant) compared = NULL;
  g_autoptr (GChecksum) checksum = NULL;
  guint8 bytes[32];
  gsize length = sizeof bytes;
  guint64 digest;

  if (output == NULL)
    return 0;

  if (g_variant_is_of_type (output, G_VARIANT_TYPE ("(vay)")))
    {
      boxed = g_variant_get_child_value (output, 0);
      compared = g_variant_get_variant (boxed);
    }
  else
    {
      compared = g_variant_ref (output);
    }

  checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (checksum, g_variant_get_data (compared),
                     (gssize) g_variant_get_size (compared));
  g_checksum_get_digest (checksum, bytes, &length);
  memcpy (&digest, bytes, sizeof digest);

  return GUINT64_FROM_LE (digest);
}
