/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-runner-private.h"

#include <math.h>

/* The runner's thread measures (speedup-runner-measure.c). It never waits for the caller's context:
 * it puts what happened into a queue and goes on. The caller's context empties the queue, and looks
 * 20 times a second how far the run is, so that nothing is sent for single tasks.
 */

#define TICK_MS 50

typedef enum
{
  EVENT_RUN_FINISHED,
  EVENT_ROUND_FINISHED,
  EVENT_WARNING,
  EVENT_DONE,
} EventKind;

typedef struct
{
  EventKind kind;
  SpeedupExecution *execution;
  SpeedupRun *run;
  guint round;
  SpeedupResult *result;
  SpeedupWarning *warning;
  GError *error;
} Event;

/* One call of run_async. Belongs to its GTask; the thread holds a reference to the task. */
typedef struct
{
  SpeedupRunner *runner;       /* (unowned): the task's source */
  GTask *task;                 /* (unowned) */
  GThread *thread;
  GMainContext *context;
  GSource *tick;
  GQueue events;               /* under lock */
  GSource *wake;               /* under lock; NULL while nothing is queued */
  GMutex lock;
  SpeedupExecution *current;   /* under lock */
  SpeedupRunStart start;       /* under lock, of current */
  gint64 started_us;           /* under lock, of current */
  gint64 began_us;

  /* Used on the caller's context alone. */
  SpeedupExecution *reported;
  guint n_reported;
} Session;

static void
event_free (Event *event)
{
  g_clear_pointer (&event->execution, speedup_execution_unref);
  g_clear_pointer (&event->run, speedup_run_free);
  g_clear_pointer (&event->result, speedup_result_unref);
  g_clear_pointer (&event->warning, speedup_warning_free);
  g_clear_error (&event->error);
  g_free (event);
}

static void
session_free (gpointer data)
{
  Session *self = data;

  g_clear_pointer (&self->thread, g_thread_unref);
  g_queue_clear_full (&self->events, (GDestroyNotify) event_free);
  g_clear_pointer (&self->current, speedup_execution_unref);
  g_clear_pointer (&self->reported, speedup_execution_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* On the caller's context from here. */

static void
report_tasks (Session          *self,
              SpeedupExecution *execution)
{
  guint tasks[256];
  guint count = 0;
  gsize n;

  if (self->reported != execution)
    {
      g_clear_pointer (&self->reported, speedup_execution_unref);
      self->reported = speedup_execution_ref (execution);
      self->n_reported = 0;
    }

  /* The counter runs ahead of the entries: only those that are written are told. */
  while ((n = speedup_execution_read_completions (execution, self->n_reported + count, tasks,
                                                  G_N_ELEMENTS (tasks))) > 0)
    count += (guint) n;
  if (count == 0)
    return;

  g_signal_emit_by_name (self->runner, "tasks-finished", execution, self->n_reported, count);
  self->n_reported += count;
}

static double
get_remaining_s (const SpeedupRunStart *start,
                 double                 run_elapsed_s)
{
  return start->rest_estimate_s + fmax (start->run_estimate_s - run_elapsed_s, 0);
}

/* Takes what runs now; NULL between runs, and while what came before it is not told yet. */
static SpeedupExecution *
look (Session         *self,
      SpeedupRunStart *start,
      gint64          *started_us)
{
  SpeedupExecution *execution = NULL;

  g_mutex_lock (&self->lock);
  if (self->current != NULL && g_queue_is_empty (&self->events))
    execution = speedup_execution_ref (self->current);
  *start = self->start;
  *started_us = self->started_us;
  g_mutex_unlock (&self->lock);

  return execution;
}

static void
report_progress (Session               *self,
                 SpeedupExecution      *execution,
                 const SpeedupRunStart *start,
                 gint64                 started_us)
{
  gint64 now_us = g_get_monotonic_time ();
  double run_s = (now_us - started_us) / 1e6;
  SpeedupProgress progress = {
    .round = start->round,
    .n_rounds = start->n_rounds,
    .configuration = execution->configuration,
    .runs_done = start->runs_done,
    .n_runs = start->n_runs,
    .tasks_done = speedup_execution_get_n_completed (execution),
    .n_tasks = execution->n_tasks,
    .elapsed_s = (now_us - self->began_us) / 1e6,
    .remaining_s = get_remaining_s (start, run_s),
  };

  progress.tasks_per_s = run_s > 0 ? progress.tasks_done / run_s : 0;
  g_signal_emit_by_name (self->runner, "progress", &progress);
}

static void
finish (Session *self,
        Event   *done)
{
  GTask *task = self->task;

  g_source_destroy (self->tick);
  g_clear_pointer (&self->tick, g_source_unref);
  g_thread_join (g_steal_pointer (&self->thread));
  self->runner->running = FALSE;

  if (done->result != NULL)
    g_task_return_pointer (task, g_steal_pointer (&done->result),
                           (GDestroyNotify) speedup_result_unref);
  else
    g_task_return_error (task, g_steal_pointer (&done->error));
}

static void
emit (Session *self,
      Event   *event)
{
  switch (event->kind)
    {
    case EVENT_RUN_FINISHED:
      report_tasks (self, event->execution);
      g_signal_emit_by_name (self->runner, "run-finished", event->run);
      break;
    case EVENT_ROUND_FINISHED:
      g_signal_emit_by_name (self->runner, "round-finished", event->round, event->result);
      break;
    case EVENT_WARNING:
      g_signal_emit_by_name (self->runner, "warning", event->warning);
      break;
    case EVENT_DONE:
      finish (self, event);
      break;
    default:
      g_assert_not_reached ();
    }
}

static gboolean
tick_cb (gpointer user_data)
{
  Session *self = user_data;
  SpeedupRunStart start;
  gint64 started_us;
  g_autoptr (SpeedupExecution) execution = look (self, &start, &started_us);

  if (execution != NULL)
    {
      report_progress (self, execution, &start, started_us);
      report_tasks (self, execution);
    }

  return G_SOURCE_CONTINUE;
}

static gboolean
wake_cb (gpointer user_data)
{
  GTask *task = user_data;
  Session *self = g_task_get_task_data (task);
  GQueue events = G_QUEUE_INIT;
  Event *event;

  g_mutex_lock (&self->lock);
  events = self->events;
  g_queue_init (&self->events);
  g_clear_pointer (&self->wake, g_source_unref);
  g_mutex_unlock (&self->lock);

  while ((event = g_queue_pop_head (&events)) != NULL)
    {
      emit (self, event);
      event_free (event);
    }

  return G_SOURCE_REMOVE;
}

/* In the runner's thread from here. */

static void
post (Session *self,
      Event   *event)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_queue_push_tail (&self->events, event);
  if (self->wake != NULL)
    return;

  self->wake = g_idle_source_new ();
  g_source_set_priority (self->wake, g_task_get_priority (self->task));
  g_source_set_callback (self->wake, wake_cb, g_object_ref (self->task), g_object_unref);
  g_source_set_static_name (self->wake, "[speedup] runner events");
  g_source_attach (self->wake, self->context);
}

static void
run_started (gpointer               data,
             SpeedupExecution      *execution,
             const SpeedupRunStart *start)
{
  Session *self = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_clear_pointer (&self->current, speedup_execution_unref);
  self->current = speedup_execution_ref (execution);
  self->start = *start;
  self->started_us = g_get_monotonic_time ();
}

static void
run_finished (gpointer          data,
              SpeedupExecution *execution,
              const SpeedupRun *run)
{
  Session *self = data;
  Event *event = g_new0 (Event, 1);

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->current, speedup_execution_unref);
  g_mutex_unlock (&self->lock);

  event->kind = EVENT_RUN_FINISHED;
  event->execution = speedup_execution_ref (execution);
  event->run = speedup_run_copy (run);
  post (self, event);
}

static void
round_finished (gpointer       data,
                guint          round,
                SpeedupResult *result)
{
  Event *event = g_new0 (Event, 1);

  event->kind = EVENT_ROUND_FINISHED;
  event->round = round;
  event->result = speedup_result_ref (result);
  post (data, event);
}

static void
warning_given (gpointer              data,
               const SpeedupWarning *warning)
{
  Event *event = g_new0 (Event, 1);

  event->kind = EVENT_WARNING;
  event->warning = speedup_warning_copy (warning);
  post (data, event);
}

static gpointer
measure_in_thread (gpointer data)
{
  g_autoptr (GTask) task = data;
  Session *self = g_task_get_task_data (task);
  g_autoptr (GMainContext) context = g_main_context_new ();
  SpeedupMeasureSettings settings = self->runner->settings;
  Event *event = g_new0 (Event, 1);

  /* What a workload does here must not end up on the main loop of the window. */
  g_main_context_push_thread_default (context);
  settings.events = (SpeedupMeasureEvents) {
    run_started, run_finished, round_finished, warning_given, self
  };
  event->kind = EVENT_DONE;
  event->result = speedup_measure (&settings, &self->runner->outputs,
                                   g_task_get_cancellable (task), &event->error);
  g_main_context_pop_thread_default (context);

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->current, speedup_execution_unref);
  g_mutex_unlock (&self->lock);
  post (self, event);

  return NULL;
}

/**
 * speedup_runner_start_session:
 * @self: a runner that is not running
 * @task: (transfer full): its call of speedup_runner_run_async(); gets the result
 *
 * Starts the measuring thread and what tells the caller's context of it.
 */
void
speedup_runner_start_session (SpeedupRunner *self,
                              GTask         *task)
{
  Session *session = g_new0 (Session, 1);

  session->runner = self;
  session->task = task;
  session->context = g_main_context_ref_thread_default ();
  session->began_us = g_get_monotonic_time ();
  g_mutex_init (&session->lock);
  g_queue_init (&session->events);
  g_task_set_task_data (task, session, session_free);

  self->running = TRUE;
  session->tick = g_timeout_source_new (TICK_MS);
  g_source_set_callback (session->tick, tick_cb, session, NULL);
  g_source_set_static_name (session->tick, "[speedup] runner progress");
  g_source_attach (session->tick, session->context);
  session->thread = g_thread_new ("speedup-runner", measure_in_thread, task);
}
