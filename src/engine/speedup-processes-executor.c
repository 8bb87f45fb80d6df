/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-executor-private.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

#include "speedup-chunker.h"
#include "speedup-clock.h"
#include "speedup-error.h"
#include "speedup-helper.h"
#include "speedup-suspects.h"
#include "speedup-worker-handle.h"

/* This many workers that end before they are ready mean that none ever will be. */
#define MAX_FAILED_STARTS 3
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

typedef struct
{
  SpeedupExecution *execution;
  GCancellable *cancellable;
  GSubprocessLauncher *launcher;
  char *path;                     /* of the worker program */
  GVariant *init;
  SpeedupChunker chunker;
  SpeedupSuspects *suspects;
  guint n_workers;
  SpeedupWorkerHandle **workers;  /* NULL where one died and nothing is left to do */
  struct pollfd *polls;           /* two for each worker, and the cancellable's */
  guint n_failed_starts;
  gboolean timed_out;
  gboolean ending;                /* all tasks ended */
  GError *error;                  /* why the run cannot be made */
} Dispatch;

static guint
n_completed (Dispatch *self)
{
  return speedup_execution_get_n_completed (self->execution);
}

static gboolean
is_over (Dispatch *self)
{
  return self->error != NULL || self->timed_out || n_completed (self) == self->execution->n_tasks;
}

static void
fail_if_cancelled (Dispatch *self)
{
  if (self->error == NULL)
    g_cancellable_set_error_if_cancelled (self->cancellable, &self->error);
}

static SpeedupWorkerHandle *
start_worker (Dispatch *self)
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
      return NULL;
    }

  name = g_strdup_printf ("pid %d", worker->pid);
  worker->worker = speedup_execution_add_worker (self->execution, name);

  return worker;
}

/* Gives a worker what it may have now. One that replaces a dead one first does, alone and one by
 * one, what the dead one has left.
 */
static void
top_up (Dispatch            *self,
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

  while (worker->n_queue < SPEEDUP_WORKER_QUEUE_LENGTH)
    {
      if (worker->n_queue > 0 && !speedup_chunker_may_queue (&self->chunker))
        return;
      count = speedup_chunker_take (&self->chunker, &first);
      if (count == 0)
        return;
      speedup_worker_handle_send_chunk (worker, first, count);
    }
}

static GError *
protocol_error (const char *what)
{
  return g_error_new (SPEEDUP_ERROR, SPEEDUP_ERROR_PROTOCOL, "A worker process sent %s", what);
}

/* Checks what a worker says about its tasks before any of it is believed. */
static gboolean
check_results (const SpeedupTaskRecord *records,
               gsize                    n_records,
               GVariant                *errors,
               gsize                    n_outputs,
               gboolean                 keep_outputs)
{
  gsize n_failed = 0;
  GVariantIter iter;
  guint offset;

  for (gsize i = 0; i < n_records; i++)
    {
      const SpeedupTaskRecord *record = &records[i];

      if (record->status < SPEEDUP_TASK_OK || record->status > SPEEDUP_TASK_CANCELLED ||
          record->start_ns <= 0 || record->end_ns < record->start_ns)
        return FALSE;
      if (record->status == SPEEDUP_TASK_FAILED || record->status == SPEEDUP_TASK_TIMED_OUT)
        n_failed++;
    }

  if (g_variant_n_children (errors) != n_failed ||
      n_outputs != (keep_outputs ? n_records : 0))
    return FALSE;

  g_variant_iter_init (&iter, errors);
  while (g_variant_iter_loop (&iter, "(usis)", &offset, NULL, NULL, NULL))
    {
      if (offset >= n_records || records[offset].status == SPEEDUP_TASK_OK)
        return FALSE;
    }

  return TRUE;
}

/* Writes the records of tasks whose results came. */
static void
record_results (Dispatch                *self,
                SpeedupWorkerHandle     *worker,
                guint                    first,
                const SpeedupTaskRecord *records,
                gsize                    n_records,
                GVariant                *errors,
                GVariant                *outputs)
{
  SpeedupExecution *execution = self->execution;
  GVariantIter error_iter, output_iter;
  gint64 busy_ns = 0;

  g_variant_iter_init (&error_iter, errors);
  g_variant_iter_init (&output_iter, outputs);

  for (gsize i = 0; i < n_records; i++)
    {
      SpeedupTaskOutcome outcome = { NULL, records[i].retries, records[i].flags };
      guint task = first + (guint) i;
      GError *error = NULL;

      if (records[i].status == SPEEDUP_TASK_FAILED || records[i].status == SPEEDUP_TASK_TIMED_OUT)
        {
          const char *domain, *message;
          int code;

          g_variant_iter_next (&error_iter, "(u&si&s)", NULL, &domain, &code, &message);
          error = speedup_frame_to_error (domain, code, message);
        }
      if (execution->keep_outputs)
        g_variant_iter_next (&output_iter, "mv", &outcome.output);

      busy_ns += records[i].end_ns - records[i].start_ns;
      self->timed_out |= records[i].status == SPEEDUP_TASK_TIMED_OUT;
      speedup_execution_begin_task (execution, task, worker->worker, records[i].start_ns);
      execution->records[task].digest = records[i].digest;
      speedup_execution_end_task (execution, task, records[i].status, records[i].end_ns,
                                  &outcome, error);
    }

  speedup_chunker_add_done (&self->chunker, (guint) n_records, busy_ns);
}

static GError *
handle_result (Dispatch            *self,
               SpeedupWorkerHandle *worker,
               GVariant            *body)
{
  g_autoptr (GVariant) column = NULL;
  g_autoptr (GVariant) errors = NULL;
  g_autoptr (GVariant) outputs = NULL;
  const SpeedupTaskRecord *records;
  gsize n_records;
  guint first;

  g_variant_get (body, "(u@a" SPEEDUP_RECORD_TYPE "@a(usis)@amv)",
                 &first, &column, &errors, &outputs);
  records = g_variant_get_fixed_array (column, &n_records, sizeof (SpeedupTaskRecord));

  if (n_records > G_MAXUINT ||
      !check_results (records, n_records, errors, g_variant_n_children (outputs),
                      self->execution->keep_outputs) ||
      !speedup_worker_handle_take_results (worker, first, (guint) n_records))
    return protocol_error ("results that do not fit the tasks it was given");

  record_results (self, worker, first, records, n_records, errors, outputs);
  if (!is_over (self))
    top_up (self, worker);

  return NULL;
}

static GError *
handle_last (Dispatch            *self,
             SpeedupWorkerHandle *worker,
             GVariant            *body)
{
  SpeedupExecution *execution = self->execution;
  g_autoptr (GVariant) task_column = NULL;
  g_autoptr (GVariant) digest_column = NULL;
  const guint *tasks;
  const guint64 *digests;
  gsize n_tasks, n_digests;
  gint64 hash_ns, peak_rss_bytes;
  double user_s, system_s;

  g_variant_get (body, "(@au@atxddx)", &task_column, &digest_column,
                 &hash_ns, &user_s, &system_s, &peak_rss_bytes);
  tasks = g_variant_get_fixed_array (task_column, &n_tasks, sizeof (guint));
  digests = g_variant_get_fixed_array (digest_column, &n_digests, sizeof (guint64));

  /* A comparison with NAN is false, and so it is refused here too. */
  if (!self->ending || n_tasks != n_digests || hash_ns < 0 || !(user_s >= 0) || !(system_s >= 0))
    return protocol_error ("a last frame that does not fit its work");

  for (gsize i = 0; i < n_tasks; i++)
    {
      if (tasks[i] >= execution->n_tasks ||
          execution->records[tasks[i]].worker != worker->worker)
        return protocol_error ("the digest of a task that it did not do");
      execution->records[tasks[i]].digest = digests[i];
    }

  execution->hash_ns += hash_ns;
  execution->user_s += user_s;
  execution->system_s += system_s;
  if (peak_rss_bytes > 0)
    execution->peak_rss_bytes = MAX (execution->peak_rss_bytes, 0) + peak_rss_bytes;
  worker->done = TRUE;

  return NULL;
}

static void
handle_ready (Dispatch            *self,
              SpeedupWorkerHandle *worker,
              GVariant            *body)
{
  SpeedupExecution *execution = self->execution;
  gint64 ready_ns;

  g_variant_get (body, "(x)", &ready_ns);
  ready_ns = CLAMP (ready_ns, execution->released_ns, speedup_monotonic_ns ());
  if (execution->started_ns == 0 || ready_ns < execution->started_ns)
    execution->started_ns = ready_ns;

  worker->ready = TRUE;
  self->n_failed_starts = 0;
}

/* The task ignores its cancellable; its process is killed with the others when the run ends. */
static GError *
handle_stuck (Dispatch            *self,
              SpeedupWorkerHandle *worker,
              GVariant            *body)
{
  SpeedupTaskOutcome outcome = { NULL };
  gint64 now_ns = speedup_monotonic_ns ();
  guint task;

  g_variant_get (body, "(u)", &task);
  for (guint i = 0; i < worker->n_queue; i++)
    {
      const SpeedupTaskRange *range = &worker->queue[i];

      if (task < range->first || task - range->first >= range->count)
        continue;

      speedup_execution_begin_task (self->execution, task, worker->worker,
                                    now_ns - self->execution->task_timeout_ns);
      speedup_execution_end_task (self->execution, task, SPEEDUP_TASK_TIMED_OUT, now_ns, &outcome,
                                  g_error_new (SPEEDUP_ERROR, SPEEDUP_ERROR_TIMED_OUT,
                                               "The task took longer than its limit of %g s",
                                               self->execution->task_timeout_ns / 1e9));
      self->timed_out = TRUE;
      return NULL;
    }

  return protocol_error ("word of a task that it was not given");
}

static void
handle_refused (Dispatch *self,
                GVariant *body)
{
  const char *domain, *message;
  int code;

  g_variant_get (body, "(&si&s)", &domain, &code, &message);
  if (self->error == NULL)
    self->error = speedup_frame_to_error (domain, code, message);
}

/* Returns what is wrong with a frame. */
static GError *
handle_frame (Dispatch            *self,
              SpeedupWorkerHandle *worker,
              SpeedupFrameKind     kind,
              GVariant            *body)
{
  if (worker->done || (!worker->ready && kind != SPEEDUP_FRAME_READY &&
                       kind != SPEEDUP_FRAME_REFUSED))
    return protocol_error ("a frame out of turn");

  switch (kind)
    {
    case SPEEDUP_FRAME_READY:
      handle_ready (self, worker, body);
      return NULL;

    case SPEEDUP_FRAME_REFUSED:
      handle_refused (self, body);
      return NULL;

    case SPEEDUP_FRAME_RESULT:
      return handle_result (self, worker, body);

    case SPEEDUP_FRAME_STUCK:
      return handle_stuck (self, worker, body);

    case SPEEDUP_FRAME_LAST:
      return handle_last (self, worker, body);

    case SPEEDUP_FRAME_INIT:
    case SPEEDUP_FRAME_CHUNK:
    case SPEEDUP_FRAME_FINISH:
    default:
      return protocol_error ("a frame that only the program sends");
    }
}

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
record_death (Dispatch                 *self,
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
give_up_task (Dispatch                 *self,
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
note_failed_start (Dispatch                 *self,
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

/* A worker closed its end or talks garbage: a fresh one takes its place. */
static void
bury (Dispatch     *self,
      guint         place,
      const GError *garbage)
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

  if (is_over (self) || (speedup_suspects_is_empty (self->suspects) &&
                         self->chunker.next == self->chunker.n_tasks))
    return;

  self->workers[place] = start_worker (self);
  if (self->workers[place] != NULL)
    {
      self->workers[place]->careful = TRUE;
      top_up (self, self->workers[place]);
      speedup_worker_handle_write (self->workers[place]);
    }
}

/* Reads once and handles every whole frame. */
static void
serve (Dispatch *self,
       guint     place)
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
      error = handle_frame (self, worker, kind, body);
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
      bury (self, place, result == SPEEDUP_READ_DATA ? error : NULL);
    }
}

/* Waits for workers and the cancellable, once. Returns whether anything happened. */
static gboolean
poll_once (Dispatch *self,
           int       timeout_ms)
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

  fail_if_cancelled (self);
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
start_workers (Dispatch *self)
{
  for (guint i = 0; i < self->n_workers && self->error == NULL; i++)
    {
      self->workers[i] = start_worker (self);
      if (self->workers[i] != NULL)
        {
          guint first;
          guint count = speedup_chunker_take (&self->chunker, &first);

          speedup_worker_handle_send_chunk (self->workers[i], first, count);
          speedup_worker_handle_write (self->workers[i]);
        }
      fail_if_cancelled (self);
    }

  /* Second chunks only now, so that the first workers do not take what the last would do. */
  for (guint i = 0; i < self->n_workers && self->error == NULL; i++)
    {
      top_up (self, self->workers[i]);
      speedup_worker_handle_write (self->workers[i]);
    }

  return self->error == NULL;
}

/* All tasks ended: the workers hash what they kept, say their last word and exit. */
static void
end_workers (Dispatch *self)
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
dispatch (Dispatch *self)
{
  SpeedupExecution *execution = self->execution;

  if (start_workers (self))
    {
      while (!is_over (self))
        poll_once (self, -1);
    }

  execution->last_end_ns = speedup_monotonic_ns ();
  if (execution->started_ns == 0)
    execution->started_ns = execution->last_end_ns;

  if (self->error == NULL && !self->timed_out)
    end_workers (self);
}

static gboolean
dispatch_init (Dispatch      *self,
               GCancellable  *cancellable,
               GError       **error)
{
  SpeedupExecution *execution = self->execution;
  const SpeedupConfiguration *configuration = execution->configuration;
  g_autoptr (GVariant) spec = NULL;
  guint chunk_size = MAX (configuration->chunk_size, 1);
  guint n_chunks = execution->n_tasks / chunk_size + (execution->n_tasks % chunk_size != 0);

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

static void
dispatch_clear (Dispatch *self)
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

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Dispatch, dispatch_clear)

static gboolean
speedup_processes_executor_execute (SpeedupExecutor   *executor,
                                    SpeedupExecution  *execution,
                                    GCancellable      *cancellable,
                                    GError           **error)
{
  g_auto (Dispatch) self = { .execution = execution };

  execution->released_ns = speedup_monotonic_ns ();
  if (!dispatch_init (&self, cancellable, error))
    return FALSE;

  dispatch (&self);
  fail_if_cancelled (&self);
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
