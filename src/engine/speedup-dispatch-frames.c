/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-dispatch.h"

#include <math.h>

#include "speedup-clock.h"
#include "speedup-error.h"

/* 64-bit machines have no more address space, so a worker that tells more is not to be believed,
 * and the sum over all workers stays within 63 bits. */
#define MAX_RSS_BYTES (G_GINT64_CONSTANT (1) << 48)

static GError *
protocol_error (const char *what)
{
  return g_error_new (SPEEDUP_ERROR, SPEEDUP_ERROR_PROTOCOL, "A worker process sent %s", what);
}

/* Checks what a worker says about its tasks before any of it is believed. Both processes read the
 * same clock, and a worker does one task after the other: the first cannot have begun before the
 * run, nor the last end after now. This also keeps the sum of their times from overflowing.
 */
static gboolean
check_results (const SpeedupExecution  *execution,
               const SpeedupTaskRecord *records,
               gsize                    n_records,
               GVariant                *errors,
               gsize                    n_outputs)
{
  gint64 free_ns = execution->released_ns;
  gint64 now_ns = speedup_monotonic_ns ();
  gsize n_failed = 0;
  GVariantIter iter;
  guint offset;

  for (gsize i = 0; i < n_records; i++)
    {
      const SpeedupTaskRecord *record = &records[i];

      if (record->status < SPEEDUP_TASK_OK || record->status > SPEEDUP_TASK_CANCELLED ||
          record->start_ns < free_ns || record->end_ns < record->start_ns ||
          record->end_ns > now_ns)
        return FALSE;
      free_ns = record->end_ns;
      if (record->status == SPEEDUP_TASK_FAILED || record->status == SPEEDUP_TASK_TIMED_OUT)
        n_failed++;
    }

  if (g_variant_n_children (errors) != n_failed ||
      n_outputs != (execution->keep_outputs ? n_records : 0))
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
record_results (SpeedupDispatch         *self,
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
handle_result (SpeedupDispatch     *self,
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
      !check_results (self->execution, records, n_records, errors,
                      g_variant_n_children (outputs)) ||
      !speedup_worker_handle_take_results (worker, first, (guint) n_records))
    return protocol_error ("results that do not fit the tasks it was given");

  record_results (self, worker, first, records, n_records, errors, outputs);
  if (!speedup_dispatch_is_over (self))
    speedup_dispatch_top_up (self, worker);

  return NULL;
}

static gboolean
is_time (double seconds)
{
  return isfinite (seconds) && seconds >= 0;
}

static GError *
handle_last (SpeedupDispatch     *self,
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

  if (!self->ending || n_tasks != n_digests ||
      hash_ns < 0 || hash_ns > speedup_monotonic_ns () - execution->released_ns ||
      !is_time (user_s) || !is_time (system_s) || peak_rss_bytes > MAX_RSS_BYTES)
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
handle_ready (SpeedupDispatch     *self,
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
handle_stuck (SpeedupDispatch     *self,
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
handle_refused (SpeedupDispatch *self,
                GVariant        *body)
{
  const char *domain, *message;
  int code;

  g_variant_get (body, "(&si&s)", &domain, &code, &message);
  if (self->error == NULL)
    self->error = speedup_frame_to_error (domain, code, message);
}

/**
 * speedup_dispatch_handle_frame:
 * @self: a run
 * @worker: who sent it
 * @kind: kind of the frame
 * @body: its body
 *
 * Takes what a worker says, once it was checked.
 *
 * Returns: (transfer full) (nullable): what is wrong with it (%SPEEDUP_ERROR_PROTOCOL)
 */
GError *
speedup_dispatch_handle_frame (SpeedupDispatch     *self,
                               SpeedupWorkerHandle *worker,
                               SpeedupFrameKind     kind,
                               GVariant            *body)
{
  gboolean is_first = kind == SPEEDUP_FRAME_READY || kind == SPEEDUP_FRAME_REFUSED;

  if (worker->done || worker->ready == is_first)
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
