/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define _GNU_SOURCE

#include "speedup-task-loop.h"

#include <sys/resource.h>
#include <unistd.h>

#include "speedup-clock.h"
#include "speedup-error.h"

/**
 * speedup_read_cpu_time:
 * @who: RUSAGE_THREAD or RUSAGE_SELF
 * @user_s: (out): CPU time in user mode, in seconds
 * @system_s: (out): CPU time in the kernel, in seconds
 */
void
speedup_read_cpu_time (int     who,
                       double *user_s,
                       double *system_s)
{
  struct rusage usage;

  getrusage (who, &usage);
  *user_s = (double) usage.ru_utime.tv_sec + (double) usage.ru_utime.tv_usec / 1e6;
  *system_s = (double) usage.ru_stime.tv_sec + (double) usage.ru_stime.tv_usec / 1e6;
}

/**
 * speedup_task_conclude:
 * @ok: whether the workload says that the task succeeded
 * @timeout_ns: limit of a task, 0 for none
 * @hash: whether to hash the output now, inside the task's time
 * @stopped: whether the task was told to give up
 * @record: (inout): start_ns is set; gets its end, status, digest, retries and flags
 * @outcome: what the workload left; its output is dropped unless the task succeeded
 * @error: (inout): what the workload said; set exactly where the task failed or timed out
 * @hash_ns: (inout): gets the time spent hashing added
 *
 * Ends a task. A task that took longer than its limit timed out, however it ended, because the
 * limit is on the time and not on the answer.
 */
void
speedup_task_conclude (gboolean             ok,
                       gint64               timeout_ns,
                       gboolean             hash,
                       gboolean             stopped,
                       SpeedupTaskRecord   *record,
                       SpeedupTaskOutcome  *outcome,
                       GError             **error,
                       gint64              *hash_ns)
{
  g_assert (ok == (*error == NULL));

  record->end_ns = speedup_monotonic_ns ();
  record->digest = 0;
  record->retries = (guint8) MIN (outcome->retries, G_MAXUINT8);
  record->flags = (guint16) outcome->flags;

  if (G_UNLIKELY (timeout_ns > 0 && record->end_ns - record->start_ns > timeout_ns))
    {
      record->status = SPEEDUP_TASK_TIMED_OUT;
      g_clear_error (error);
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_TIMED_OUT,
                   "The task took longer than its limit of %g s", (double) timeout_ns / 1e9);
    }
  else if (G_LIKELY (ok))
    {
      record->status = SPEEDUP_TASK_OK;
    }
  else if (stopped && g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      record->status = SPEEDUP_TASK_CANCELLED;
      g_clear_error (error);
    }
  else
    {
      record->status = SPEEDUP_TASK_FAILED;
    }

  if (outcome->output == NULL)
    return;

  g_variant_take_ref (outcome->output);
  if (record->status != SPEEDUP_TASK_OK)
    {
      g_clear_pointer (&outcome->output, g_variant_unref);
    }
  else if (hash)
    {
      gint64 begin_ns = record->end_ns;

      record->digest = speedup_output_digest (outcome->output);
      record->end_ns = speedup_monotonic_ns ();
      *hash_ns += record->end_ns - begin_ns;
    }
}

/**
 * speedup_task_loop_init:
 * @self: uninitialised memory
 * @execution: what to carry out
 * @n_workers: tasks that will be in flight at once
 * @cancellable: (nullable): the run's
 * @error: return location
 *
 * Releases the work: the clock of @execution starts here. The session is left for the caller to
 * open, in the thread that wants it.
 *
 * Returns: whether it could be made; otherwise there is nothing to clear
 */
gboolean
speedup_task_loop_init (SpeedupTaskLoop   *self,
                        SpeedupExecution  *execution,
                        guint              n_workers,
                        GCancellable      *cancellable,
                        GError           **error)
{
  execution->released_ns = speedup_monotonic_ns ();

  self->guard = speedup_task_guard_new (n_workers, execution->task_timeout_ns, cancellable, error);
  if (self->guard == NULL)
    return FALSE;

  self->execution = execution;
  self->session = NULL;
  atomic_init (&self->next, 0);
  atomic_init (&self->next_digest, 0);
  g_mutex_init (&self->lock);

  return TRUE;
}

/**
 * speedup_task_loop_clear:
 * @self: a loop whose workers have ended and whose session is closed
 */
void
speedup_task_loop_clear (SpeedupTaskLoop *self)
{
  g_clear_pointer (&self->guard, speedup_task_guard_free);
  g_mutex_clear (&self->lock);
}

/**
 * speedup_task_loop_add_worker:
 * @self: a loop
 * @name: its name
 *
 * A worker is ready to take a task; the first one ends the start-up.
 *
 * Returns: its index in the execution
 */
guint
speedup_task_loop_add_worker (SpeedupTaskLoop *self,
                              const char      *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->execution->started_ns == 0)
    self->execution->started_ns = speedup_monotonic_ns ();

  return speedup_execution_add_worker (self->execution, name);
}

/**
 * speedup_task_loop_add_thread:
 * @self: a loop
 *
 * Like speedup_task_loop_add_worker(), named after the calling thread.
 *
 * Returns: its index in the execution
 */
guint
speedup_task_loop_add_thread (SpeedupTaskLoop *self)
{
  char name[32];

  g_snprintf (name, sizeof name, "thread %d", (int) gettid ());

  return speedup_task_loop_add_worker (self, name);
}

/**
 * speedup_task_loop_take:
 * @self: a loop
 * @task: (out): the next task
 *
 * Returns: whether there is one
 */
gboolean
speedup_task_loop_take (SpeedupTaskLoop *self,
                        guint           *task)
{
  if (G_UNLIKELY (speedup_task_guard_is_stopped (self->guard)))
    return FALSE;

  *task = atomic_fetch_add_explicit (&self->next, 1, memory_order_relaxed);

  return *task < self->execution->n_tasks;
}

/**
 * speedup_task_loop_end_task:
 * @self: a loop
 * @slot: slot of the task
 * @task: a task that has begun
 * @ok: whether the workload says that it succeeded
 * @outcome: (transfer full): what came of it
 * @error: (transfer full) (nullable): why it failed
 * @tally: of its worker
 *
 * Writes the record of a task. A timed-out one stops the run.
 */
void
speedup_task_loop_end_task (SpeedupTaskLoop    *self,
                            guint               slot,
                            guint               task,
                            gboolean            ok,
                            SpeedupTaskOutcome *outcome,
                            GError             *error,
                            SpeedupTaskTally   *tally)
{
  SpeedupExecution *execution = self->execution;
  SpeedupTaskRecord record = { .start_ns = execution->records[task].start_ns };

  speedup_task_guard_end (self->guard, slot);
  speedup_task_conclude (ok, execution->task_timeout_ns, !execution->keep_outputs,
                         speedup_task_guard_is_stopped (self->guard),
                         &record, outcome, &error, &tally->hash_ns);
  if (G_UNLIKELY (record.status == SPEEDUP_TASK_TIMED_OUT))
    speedup_task_guard_stop (self->guard);

  tally->last_end_ns = MAX (tally->last_end_ns, record.end_ns);
  execution->records[task].digest = record.digest;
  speedup_execution_end_task (execution, task, record.status, record.end_ns, outcome, error);
}

/**
 * speedup_task_loop_work:
 * @self: a loop
 * @slot: slot of the calling thread
 * @tally: (inout): the calling thread's
 *
 * Takes tasks and does them until none is left, blocking.
 */
void
speedup_task_loop_work (SpeedupTaskLoop  *self,
                        guint             slot,
                        SpeedupTaskTally *tally)
{
  GCancellable *cancellable = speedup_task_guard_get_cancellable (self->guard, slot);
  SpeedupWorkload *workload = self->execution->workload;
  double user_s, system_s;
  guint worker, task;

  speedup_read_cpu_time (RUSAGE_THREAD, &user_s, &system_s);
  worker = speedup_task_loop_add_thread (self);

  while (speedup_task_loop_take (self, &task))
    {
      SpeedupTaskOutcome outcome = { NULL };
      GError *error = NULL;
      gint64 start_ns = speedup_monotonic_ns ();
      gboolean ok;

      speedup_task_guard_begin (self->guard, slot, start_ns);
      speedup_execution_begin_task (self->execution, task, worker, start_ns);
      ok = speedup_workload_run_task (workload, self->session, task, cancellable,
                                      &outcome, &error);
      speedup_task_loop_end_task (self, slot, task, ok, &outcome, error, tally);
    }

  speedup_read_cpu_time (RUSAGE_THREAD, &tally->user_s, &tally->system_s);
  tally->user_s -= user_s;
  tally->system_s -= system_s;
}

/**
 * speedup_task_loop_hash:
 * @self: a loop whose tasks have all ended
 * @tally: (inout): the calling thread's
 *
 * Hashes kept outputs, together with the other workers, until none is left.
 */
void
speedup_task_loop_hash (SpeedupTaskLoop  *self,
                        SpeedupTaskTally *tally)
{
  SpeedupExecution *execution = self->execution;
  gint64 begin_ns = speedup_monotonic_ns ();
  guint task;

  if (!execution->keep_outputs)
    return;

  while (!speedup_task_guard_is_stopped (self->guard) &&
         (task = atomic_fetch_add (&self->next_digest, 1)) < execution->n_tasks)
    {
      if (execution->outputs[task] != NULL)
        execution->records[task].digest = speedup_output_digest (execution->outputs[task]);
    }

  tally->hash_ns += speedup_monotonic_ns () - begin_ns;
}

/**
 * speedup_task_loop_finish:
 * @self: a loop whose workers have ended
 * @tallies: (array length=n_tallies): theirs
 * @n_tallies: how many
 * @cancellable: (nullable): the run's
 * @error: return location
 *
 * Fills the sums of the execution.
 *
 * Returns: FALSE with G_IO_ERROR_CANCELLED where the run was cancelled
 */
gboolean
speedup_task_loop_finish (SpeedupTaskLoop         *self,
                          const SpeedupTaskTally  *tallies,
                          guint                    n_tallies,
                          GCancellable            *cancellable,
                          GError                 **error)
{
  SpeedupExecution *execution = self->execution;

  execution->last_end_ns = MAX (execution->released_ns, execution->started_ns);
  for (guint i = 0; i < n_tallies; i++)
    {
      execution->last_end_ns = MAX (execution->last_end_ns, tallies[i].last_end_ns);
      execution->hash_ns += tallies[i].hash_ns;
      execution->user_s += tallies[i].user_s;
      execution->system_s += tallies[i].system_s;
    }

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}
