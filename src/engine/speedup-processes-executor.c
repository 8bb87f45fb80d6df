/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-executor-private.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>

#include "speedup-clock.h"
#include "speedup-dispatch.h"

/* A worker that has said its last word gets this long to end by itself. */
#define EXIT_WAIT_MS 1000

/* N worker processes, new for every run. The calling thread hands out chunks and takes results, in
 * one poll() loop over pipes that never block it, so that two full pipes cannot wait for each
 * other.
 */
struct _SpeedupProcessesExecutor
{
  SpeedupExecutor parent_instance;
};

G_DEFINE_FINAL_TYPE (SpeedupProcessesExecutor, speedup_processes_executor, SPEEDUP_TYPE_EXECUTOR)

/* Reads once and handles every whole frame. */
static void
serve (SpeedupDispatch *self,
       guint            place)
{
  SpeedupWorkerHandle *worker = self->workers[place];
  g_autoptr (GError) error = NULL;
  SpeedupReadResult result = speedup_frame_reader_fill (worker->reader, &error);

  if (result == SPEEDUP_READ_WAIT)
    return;

  while (result == SPEEDUP_READ_DATA && error == NULL && self->error == NULL && !self->timed_out)
    {
      g_autoptr (GVariant) body = NULL;
      SpeedupFrameKind kind;

      if (!speedup_frame_reader_pop (worker->reader, &kind, &body, &error))
        break;
      error = speedup_dispatch_handle_frame (self, worker, kind, body);
    }
  speedup_worker_handle_write (worker);

  if (worker->done && error == NULL)
    {
      if (result == SPEEDUP_READ_END)
        {
          speedup_worker_handle_wait (worker, NULL);
          g_clear_pointer (&self->workers[place], speedup_worker_handle_free);
        }
    }
  else if (result != SPEEDUP_READ_DATA || error != NULL)
    {
      /* An end in the middle of a frame is how a killed worker ends: no garbage. */
      speedup_dispatch_bury (self, place, result == SPEEDUP_READ_DATA ? error : NULL);
    }
}

/* Waits for workers and the cancellable, once. Returns whether anything happened. */
static gboolean
poll_once (SpeedupDispatch *self,
           int              timeout_ms)
{
  int n_ready;

  for (guint i = 0; i < self->n_workers; i++)
    {
      SpeedupWorkerHandle *worker = self->workers[i];
      gboolean writing = worker != NULL && speedup_worker_handle_has_unsent (worker);

      self->polls[2 * i] = (struct pollfd) { worker != NULL ? worker->out_fd : -1, POLLIN, 0 };
      self->polls[2 * i + 1] = (struct pollfd) { writing ? worker->in_fd : -1, POLLOUT, 0 };
    }

  n_ready = poll (self->polls, 2 * self->n_workers + 1, timeout_ms);
  if (n_ready < 0 && errno != EINTR)
    g_error ("poll: %s", g_strerror (errno));

  speedup_dispatch_fail_if_cancelled (self);
  for (guint i = 0; i < self->n_workers && n_ready > 0; i++)
    {
      if (self->polls[2 * i + 1].revents != 0)
        speedup_worker_handle_write (self->workers[i]);
      if (self->polls[2 * i].revents != 0)
        serve (self, i);
    }

  return n_ready != 0;
}

static gboolean
start_workers (SpeedupDispatch *self)
{
  for (guint i = 0; i < self->n_workers && self->error == NULL; i++)
    {
      speedup_dispatch_start_worker (self, i);
      if (self->workers[i] != NULL)
        {
          guint first;
          guint count = speedup_chunker_take (&self->chunker, &first);

          speedup_worker_handle_send_chunk (self->workers[i], first, count);
          speedup_worker_handle_write (self->workers[i]);
        }
      speedup_dispatch_fail_if_cancelled (self);
    }

  /* Second chunks only now, so that the first workers do not take what the last would do. */
  for (guint i = 0; i < self->n_workers && self->error == NULL; i++)
    {
      speedup_dispatch_top_up (self, self->workers[i]);
      speedup_worker_handle_write (self->workers[i]);
    }

  return self->error == NULL;
}

/* A worker that died took what it had kept with it; its outputs are hashed here. */
static void
hash_orphans (SpeedupExecution *execution)
{
  gint64 begin_ns = speedup_monotonic_ns ();

  for (guint task = 0; task < execution->n_tasks; task++)
    {
      SpeedupTaskRecord *record = &execution->records[task];

      if (record->digest == 0 && execution->outputs[task] != NULL)
        record->digest = speedup_output_digest (execution->outputs[task]);
    }

  execution->hash_ns += speedup_monotonic_ns () - begin_ns;
}

/* All tasks ended: the workers hash what they kept, say their last word and exit. */
static void
end_workers (SpeedupDispatch *self)
{
  self->ending = TRUE;
  for (guint i = 0; i < self->n_workers; i++)
    {
      SpeedupWorkerHandle *worker = self->workers[i];

      if (worker == NULL)
        continue;

      if (worker->ready)
        {
          speedup_worker_handle_send_finish (worker);
          speedup_worker_handle_write (worker);
        }
      else
        {
          /* It has not begun although everything is done. */
          speedup_worker_handle_free (worker);
          self->workers[i] = NULL;
        }
    }

  while (self->error == NULL)
    {
      gboolean any = FALSE, all_done = TRUE;

      for (guint i = 0; i < self->n_workers; i++)
        {
          any |= self->workers[i] != NULL;
          all_done &= self->workers[i] == NULL || self->workers[i]->done;
        }

      if (!any || !poll_once (self, all_done ? EXIT_WAIT_MS : -1))
        return;
    }
}

static void
dispatch (SpeedupDispatch *self)
{
  SpeedupExecution *execution = self->execution;

  if (start_workers (self))
    {
      while (!speedup_dispatch_is_over (self))
        poll_once (self, -1);
    }

  execution->last_end_ns = speedup_monotonic_ns ();
  if (execution->started_ns == 0)
    execution->started_ns = execution->last_end_ns;

  if (self->error == NULL && !self->timed_out)
    end_workers (self);
  if (self->error == NULL && execution->keep_outputs && execution->void_reason != NULL)
    hash_orphans (execution);
}

static gboolean
speedup_processes_executor_execute (SpeedupExecutor   *executor,
                                    SpeedupExecution  *execution,
                                    GCancellable      *cancellable,
                                    GError           **error)
{
  g_auto (SpeedupDispatch) self = { NULL };

  execution->released_ns = speedup_monotonic_ns ();
  if (!speedup_dispatch_init (&self, execution, cancellable, error))
    return FALSE;

  dispatch (&self);
  speedup_dispatch_fail_if_cancelled (&self);
  if (self.error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self.error));
      return FALSE;
    }

  return TRUE;
}

static void
speedup_processes_executor_class_init (SpeedupProcessesExecutorClass *klass)
{
  SpeedupExecutorClass *executor_class = SPEEDUP_EXECUTOR_CLASS (klass);

  executor_class->kind = SPEEDUP_EXECUTOR_PROCESSES;
  executor_class->execute = speedup_processes_executor_execute;

  /* A worker that dies while a chunk is written to it must not end this process. */
  signal (SIGPIPE, SIG_IGN);
}

static void
speedup_processes_executor_init (SpeedupProcessesExecutor *self)
{
}
