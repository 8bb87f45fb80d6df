/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-dispatch.h"

#include <string.h>

#include "speedup-clock.h"
#include "speedup-error.h"
#include "speedup-helper.h"

/* This many workers that end before they are ready mean that none ever will be. */
#define MAX_FAILED_STARTS 3

static char *
describe_death (const SpeedupWorkerDeath *death)
{
  g_autofree char *who = death->pid > 0 ? g_strdup_printf ("process %d", death->pid)
                                        : g_strdup ("the process");

  if (death->signal != 0)
    return g_strdup_printf ("%s was ended by signal %d (%s)",
                            who, death->signal, g_strsignal (death->signal));

  return g_strdup_printf ("%s ended with status %d", who, death->exit_status);
}

/* A death voids the run. What is told of it is the first death, until a task is proven to have
 * caused one.
 */
static void
record_death (SpeedupDispatch          *self,
              const SpeedupWorkerDeath *death,
              const GError             *garbage,
              GArray                   *unfinished,
              gboolean                  proven)
{
  SpeedupExecution *execution = self->execution;
  GVariantDict details;

  if (execution->void_reason != NULL && !proven)
    return;

  g_variant_dict_init (&details, NULL);
  g_variant_dict_insert (&details, "pid", "i", death->pid);
  g_variant_dict_insert (&details, "signal", "i", death->signal);
  g_variant_dict_insert (&details, "exit-status", "i", death->exit_status);
  g_variant_dict_insert (&details, "proven", "b", proven);
  if (garbage != NULL)
    g_variant_dict_insert (&details, "message", "s", garbage->message);
  if (unfinished->len > 0)
    {
      guint task = g_array_index (unfinished, guint, 0);
      g_autofree char *name = speedup_workload_dup_task_name (execution->workload, task);

      g_variant_dict_insert (&details, "task-index", "u", task);
      g_variant_dict_insert (&details, "task", "s", name);
    }

  g_free (execution->void_reason);
  execution->void_reason = g_strdup ("worker-died");
  g_clear_pointer (&execution->void_details, g_variant_unref);
  execution->void_details = g_variant_ref_sink (g_variant_dict_end (&details));
}

/* A task that has killed too many is recorded as failed, and the others go on without it. */
static void
give_up_task (SpeedupDispatch          *self,
              SpeedupWorkerHandle      *worker,
              const SpeedupWorkerDeath *death,
              guint                     task)
{
  g_autofree char *name = speedup_workload_dup_task_name (self->execution->workload, task);
  g_autofree char *how = describe_death (death);
  SpeedupTaskOutcome outcome = { NULL };

  speedup_execution_begin_task (self->execution, task, worker->worker, worker->sent_ns);
  speedup_execution_end_task (self->execution, task, SPEEDUP_TASK_FAILED, speedup_monotonic_ns (),
                              &outcome,
                              g_error_new (SPEEDUP_ERROR, SPEEDUP_ERROR_WORKER_DIED,
                                           "“%s” ended %d worker processes; the last, %s",
                                           name, SPEEDUP_MAX_KILLS, how));
}

static void
note_failed_start (SpeedupDispatch          *self,
                   const SpeedupWorkerDeath *death,
                   const GError             *garbage)
{
  g_autofree char *how = NULL;

  if (++self->n_failed_starts < MAX_FAILED_STARTS || self->error != NULL)
    return;

  how = describe_death (death);
  if (garbage != NULL)
    g_set_error (&self->error, SPEEDUP_ERROR, SPEEDUP_ERROR_PROTOCOL,
                 "The worker program “%s” does not work: %s", self->path, garbage->message);
  else
    g_set_error (&self->error, SPEEDUP_ERROR, SPEEDUP_ERROR_WORKER_DIED,
                 "The worker program “%s” ends before it is ready: %s", self->path, how);
}

/**
 * speedup_dispatch_init:
 * @self: uninitialised memory
 * @execution: what to carry out
 * @cancellable: (nullable): the run's
 * @error: return location
 *
 * Makes a run in which no worker was started. It is to be cleared in any case.
 *
 * Returns: whether it can be made
 */
gboolean
speedup_dispatch_init (SpeedupDispatch   *self,
                       SpeedupExecution  *execution,
                       GCancellable      *cancellable,
                       GError           **error)
{
  const SpeedupConfiguration *configuration = execution->configuration;
  g_autoptr (GVariant) spec = NULL;
  guint chunk_size = MAX (configuration->chunk_size, 1);
  guint n_chunks = execution->n_tasks / chunk_size + (execution->n_tasks % chunk_size != 0);

  *self = (SpeedupDispatch) { .execution = execution };
  self->path = speedup_find_helper ("speedup-worker", error);
  if (self->path == NULL)
    return FALSE;

  spec = speedup_workload_dup_spec (execution->workload);
  self->init = g_variant_ref_sink (g_variant_new (
                                     "(usvbx)", SPEEDUP_WIRE_VERSION,
                                     speedup_workload_get_name (execution->workload), spec,
                                     execution->keep_outputs, execution->task_timeout_ns));
  if (g_variant_get_size (self->init) > speedup_frame_kind_max_size (SPEEDUP_FRAME_INIT))
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
                   "The list of tasks is too long for worker processes; use fewer tasks");
      return FALSE;
    }

  self->n_workers = MIN (configuration->workers, n_chunks);
  self->launcher = speedup_worker_launcher_new ();
  self->suspects = speedup_suspects_new ();
  self->workers = g_new0 (SpeedupWorkerHandle *, self->n_workers + 1);
  self->polls = g_new0 (struct pollfd, 2 * self->n_workers + 1);
  speedup_chunker_init (&self->chunker, execution->n_tasks, MAX (self->n_workers, 1),
                        configuration->chunk_size);

  self->cancellable = cancellable;
  self->polls[2 * self->n_workers] = (struct pollfd) { -1, POLLIN, 0 };
  if (cancellable != NULL)
    {
      GPollFD fd;

      if (g_cancellable_make_pollfd (cancellable, &fd))
        self->polls[2 * self->n_workers].fd = fd.fd;
    }

  return TRUE;
}

/**
 * speedup_dispatch_clear:
 * @self: a run
 *
 * Leaves no worker behind.
 */
void
speedup_dispatch_clear (SpeedupDispatch *self)
{
  /* All are killed before any is waited for, so that this takes no longer for many. */
  for (guint i = 0; i < self->n_workers; i++)
    {
      if (self->workers[i] != NULL)
        speedup_worker_handle_kill (self->workers[i]);
    }
  for (guint i = 0; i < self->n_workers; i++)
    g_clear_pointer (&self->workers[i], speedup_worker_handle_free);

  if (self->polls != NULL && self->polls[2 * self->n_workers].fd >= 0)
    g_cancellable_release_fd (self->cancellable);

  g_clear_object (&self->launcher);
  g_clear_pointer (&self->suspects, speedup_suspects_free);
  g_clear_pointer (&self->init, g_variant_unref);
  g_free (self->workers);
  g_free (self->polls);
  g_free (self->path);
  g_clear_error (&self->error);
}

/**
 * speedup_dispatch_is_over:
 * @self: a run
 *
 * Returns: whether no further task is to be handed out or waited for
 */
gboolean
speedup_dispatch_is_over (SpeedupDispatch *self)
{
  return self->error != NULL || self->timed_out ||
         speedup_execution_get_n_completed (self->execution) == self->execution->n_tasks;
}

/**
 * speedup_dispatch_fail_if_cancelled:
 * @self: a run
 *
 * Ends it with G_IO_ERROR_CANCELLED where it was cancelled.
 */
void
speedup_dispatch_fail_if_cancelled (SpeedupDispatch *self)
{
  if (self->error == NULL)
    g_cancellable_set_error_if_cancelled (self->cancellable, &self->error);
}

/**
 * speedup_dispatch_start_worker:
 * @self: a run
 * @place: place without a worker
 *
 * Starts a worker there; where that is not possible, the run has an error.
 */
void
speedup_dispatch_start_worker (SpeedupDispatch *self,
                               guint            place)
{
  g_autoptr (GError) error = NULL;
  SpeedupWorkerHandle *worker;
  g_autofree char *name = NULL;

  worker = speedup_worker_handle_new (self->launcher, self->path, self->init, &error);
  if (worker == NULL)
    {
      guint n_started = speedup_execution_get_n_workers (self->execution);

      if (n_started == 0)
        g_set_error (&self->error, SPEEDUP_ERROR, SPEEDUP_ERROR_WORKER_MISSING,
                     "The worker program cannot be started: %s", error->message);
      else
        g_set_error (&self->error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                     "Only %u of %u worker processes could be started: %s; use fewer workers",
                     n_started, self->n_workers, error->message);
      return;
    }

  name = g_strdup_printf ("pid %d", worker->pid);
  worker->worker = speedup_execution_add_worker (self->execution, name);
  self->workers[place] = worker;
}

/**
 * speedup_dispatch_top_up:
 * @self: a run
 * @worker: one of its workers
 *
 * Gives it what it may have now; to be written by the caller. One that replaces a dead one first
 * does, alone and one by one, what the dead one has left.
 */
void
speedup_dispatch_top_up (SpeedupDispatch     *self,
                         SpeedupWorkerHandle *worker)
{
  guint first, count;

  if (worker->careful)
    {
      if (worker->n_queue > 0)
        return;
      if (speedup_suspects_take (self->suspects, &first))
        {
          speedup_worker_handle_send_chunk (worker, first, 1);
          return;
        }
      worker->careful = FALSE;
    }

  while (worker->n_queue < speedup_chunker_get_queue_length (&self->chunker))
    {
      count = speedup_chunker_take (&self->chunker, &first);
      if (count == 0)
        return;
      speedup_worker_handle_send_chunk (worker, first, count);
    }
}

/**
 * speedup_dispatch_bury:
 * @self: a run
 * @place: place of a worker that closed its end or talks garbage
 * @garbage: (nullable): what is wrong with what it said
 *
 * Ends what is left of it. A fresh worker takes its place while there is anything to do.
 */
void
speedup_dispatch_bury (SpeedupDispatch *self,
                       guint            place,
                       const GError    *garbage)
{
  g_autoptr (SpeedupWorkerHandle) worker = g_steal_pointer (&self->workers[place]);
  g_autoptr (GArray) unfinished = speedup_worker_handle_get_unfinished (worker);
  gboolean proven = worker->ready && unfinished->len == 1;
  SpeedupWorkerDeath death;

  /* One that has ended by itself keeps its exit status. */
  speedup_worker_handle_kill (worker);
  speedup_worker_handle_wait (worker, &death);
  record_death (self, &death, garbage, unfinished, proven);

  if (proven)
    {
      guint task = g_array_index (unfinished, guint, 0);

      if (speedup_suspects_add_kill (self->suspects, task))
        give_up_task (self, worker, &death, task);
    }
  else
    {
      speedup_suspects_add_group (self->suspects, unfinished, worker->ready);
    }

  if (!worker->ready)
    note_failed_start (self, &death, garbage);

  if (speedup_dispatch_is_over (self) || (speedup_suspects_is_empty (self->suspects) &&
                                          self->chunker.next == self->chunker.n_tasks))
    return;

  speedup_dispatch_start_worker (self, place);
  if (self->workers[place] != NULL)
    {
      self->workers[place]->careful = TRUE;
      speedup_dispatch_top_up (self, self->workers[place]);
      speedup_worker_handle_write (self->workers[place]);
    }
}
