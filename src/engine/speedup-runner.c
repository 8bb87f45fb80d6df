/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-runner.h"

#include <math.h>

#include "speedup-runner-private.h"

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

struct _SpeedupRunner
{
  GObject parent_instance;

  SpeedupMeasureSettings settings;
  SpeedupOutputs outputs;
  gboolean running;
};

G_DEFINE_FINAL_TYPE (SpeedupRunner, speedup_runner, G_TYPE_OBJECT)

enum
{
  PROGRESS,
  TASKS_FINISHED,
  RUN_FINISHED,
  ROUND_FINISHED,
  WARNING,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static SpeedupExecutor *
make_executor (SpeedupExecutorKind kind,
               gpointer            user_data G_GNUC_UNUSED)
{
  return speedup_executor_new (kind);
}

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

  g_signal_emit (self->runner, signals[TASKS_FINISHED], 0, execution, self->n_reported, count);
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
  g_signal_emit (self->runner, signals[PROGRESS], 0, &progress);
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
      g_signal_emit (self->runner, signals[RUN_FINISHED], 0, event->run);
      break;
    case EVENT_ROUND_FINISHED:
      g_signal_emit (self->runner, signals[ROUND_FINISHED], 0, event->round, event->result);
      break;
    case EVENT_WARNING:
      g_signal_emit (self->runner, signals[WARNING], 0, event->warning);
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

static void
speedup_runner_finalize (GObject *object)
{
  SpeedupRunner *self = SPEEDUP_RUNNER (object);

  g_clear_pointer (&self->settings.plan, speedup_plan_unref);
  g_clear_object (&self->settings.workload);
  g_clear_pointer (&self->settings.libraries, g_variant_unref);
  g_clear_object (&self->settings.journal_file);
  g_clear_pointer (&self->settings.previous, speedup_result_unref);
  speedup_outputs_clear (&self->outputs);

  G_OBJECT_CLASS (speedup_runner_parent_class)->finalize (object);
}

static void
speedup_runner_class_init (SpeedupRunnerClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = speedup_runner_finalize;

  /**
   * SpeedupRunner::progress:
   * @progress: (type gpointer): a #SpeedupProgress, valid during the emission
   *
   * At most 20 times a second while a run goes on.
   */
  signals[PROGRESS] = g_signal_new ("progress", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_POINTER);

  /**
   * SpeedupRunner::tasks-finished:
   * @execution: the run
   * @first: place in its order of completion
   * @count: how many tasks ended since
   *
   * At most 20 times a second, and once more at the end of a run for what is left.
   */
  signals[TASKS_FINISHED] = g_signal_new ("tasks-finished", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 3, SPEEDUP_TYPE_EXECUTION, G_TYPE_UINT,
                                          G_TYPE_UINT);

  /**
   * SpeedupRunner::run-finished:
   * @run: the run as it was judged now; a later one may still void it
   */
  signals[RUN_FINISHED] = g_signal_new ("run-finished", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 1,
                                        SPEEDUP_TYPE_RUN | G_SIGNAL_TYPE_STATIC_SCOPE);

  /**
   * SpeedupRunner::round-finished:
   * @round: 0 is the warm-up round
   * @result: what is known so far, analysed, without timelines and output
   */
  signals[ROUND_FINISHED] = g_signal_new ("round-finished", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 2, G_TYPE_UINT, SPEEDUP_TYPE_RESULT);

  /**
   * SpeedupRunner::warning:
   * @warning: (type gpointer): a #SpeedupWarning, valid during the emission
   */
  signals[WARNING] = g_signal_new ("warning", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
speedup_runner_init (SpeedupRunner *self)
{
  self->settings.clock = speedup_clock_get_monotonic ();
  self->settings.probe = speedup_noise_probe_get_system ();
  self->settings.factory = make_executor;
}

/**
 * speedup_runner_new:
 * @plan: what to measure
 * @workload: what is run
 *
 * Returns: (transfer full): a runner that has not begun
 */
SpeedupRunner *
speedup_runner_new (SpeedupPlan     *plan,
                    SpeedupWorkload *workload)
{
  SpeedupRunner *self;

  g_return_val_if_fail (plan != NULL, NULL);
  g_return_val_if_fail (plan->configurations->len > 0, NULL);
  g_return_val_if_fail (SPEEDUP_IS_WORKLOAD (workload), NULL);
  g_return_val_if_fail (plan->n_tasks == speedup_workload_get_n_tasks (workload), NULL);

  self = g_object_new (SPEEDUP_TYPE_RUNNER, NULL);
  self->settings.plan = speedup_plan_ref (plan);
  self->settings.workload = g_object_ref (workload);

  return self;
}

/**
 * speedup_runner_set_clock:
 * @self: a runner that has not begun
 * @clock: (transfer none): where the time of rounds and budgets comes from; it must outlive @self
 */
void
speedup_runner_set_clock (SpeedupRunner      *self,
                          const SpeedupClock *clock)
{
  g_return_if_fail (SPEEDUP_IS_RUNNER (self) && !self->running);
  g_return_if_fail (clock != NULL);

  self->settings.clock = clock;
}

/**
 * speedup_runner_set_noise_probe:
 * @self: a runner that has not begun
 * @probe: (transfer none): where the noise comes from; it must outlive @self
 */
void
speedup_runner_set_noise_probe (SpeedupRunner           *self,
                                const SpeedupNoiseProbe *probe)
{
  g_return_if_fail (SPEEDUP_IS_RUNNER (self) && !self->running);
  g_return_if_fail (probe != NULL);

  self->settings.probe = probe;
}

/**
 * speedup_runner_set_executor_factory:
 * @self: a runner that has not begun
 * @factory: (scope forever): makes executors, in the runner's thread
 * @user_data: for @factory
 */
void
speedup_runner_set_executor_factory (SpeedupRunner          *self,
                                     SpeedupExecutorFactory  factory,
                                     gpointer                user_data)
{
  g_return_if_fail (SPEEDUP_IS_RUNNER (self) && !self->running);
  g_return_if_fail (factory != NULL);

  self->settings.factory = factory;
  self->settings.factory_data = user_data;
}

/**
 * speedup_runner_set_libraries:
 * @self: a runner that has not begun
 * @libraries: a{ss}: versions that the result's machine names; a floating reference is taken
 */
void
speedup_runner_set_libraries (SpeedupRunner *self,
                              GVariant      *libraries)
{
  g_return_if_fail (SPEEDUP_IS_RUNNER (self) && !self->running);
  g_return_if_fail (g_variant_is_of_type (libraries, G_VARIANT_TYPE ("a{ss}")));

  g_clear_pointer (&self->settings.libraries, g_variant_unref);
  self->settings.libraries = g_variant_ref_sink (libraries);
}

/**
 * speedup_runner_set_keep_outputs:
 * @self: a runner that has not begun
 * @keep_outputs: whether the outputs are wanted whatever memory they take
 *
 * Without this, outputs above 512 MiB a run are hashed in the tasks and dropped. What is done is
 * decided after the first run and is then the same for every run.
 */
void
speedup_runner_set_keep_outputs (SpeedupRunner *self,
                                 gboolean       keep_outputs)
{
  g_return_if_fail (SPEEDUP_IS_RUNNER (self) && !self->running);

  self->settings.keep_outputs = keep_outputs;
}

/**
 * speedup_runner_set_journal:
 * @self: a runner that has not begun
 * @file: (nullable): where every finished round is written; deleting it is left to the caller
 */
void
speedup_runner_set_journal (SpeedupRunner *self,
                            GFile         *file)
{
  g_return_if_fail (SPEEDUP_IS_RUNNER (self) && !self->running);
  g_return_if_fail (file == NULL || G_IS_FILE (file));

  g_set_object (&self->settings.journal_file, file);
}

/**
 * speedup_runner_set_previous:
 * @self: a runner that has not begun, for the same plan
 * @previous: (nullable): what speedup_journal_load() gave, or a result that was cancelled
 *
 * Makes the runner go on after the last round that came to its end. Check with
 * speedup_journal_check() first.
 */
void
speedup_runner_set_previous (SpeedupRunner *self,
                             SpeedupResult *previous)
{
  g_return_if_fail (SPEEDUP_IS_RUNNER (self) && !self->running);
  g_return_if_fail (previous == NULL ||
                    (previous->plan->n_tasks == self->settings.plan->n_tasks &&
                     previous->plan->configurations->len ==
                     self->settings.plan->configurations->len));

  g_clear_pointer (&self->settings.previous, speedup_result_unref);
  if (previous != NULL)
    self->settings.previous = speedup_result_ref (previous);
}

/**
 * speedup_runner_run_async:
 * @self: a runner that has not begun
 * @cancellable: (nullable): ends the measurement within a second
 * @callback: called when it ended
 * @user_data: for @callback
 *
 * Measures in a thread of its own. Signals and @callback come on the thread-default main context
 * of this call.
 */
void
speedup_runner_run_async (SpeedupRunner       *self,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task;
  Session *session;

  g_return_if_fail (SPEEDUP_IS_RUNNER (self) && !self->running);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, speedup_runner_run_async);
  /* A cancelled measurement has a result where a round came to its end. */
  g_task_set_check_cancellable (task, FALSE);

  session = g_new0 (Session, 1);
  session->runner = self;
  session->task = task;
  session->context = g_main_context_ref_thread_default ();
  session->began_us = g_get_monotonic_time ();
  g_mutex_init (&session->lock);
  g_queue_init (&session->events);
  g_task_set_task_data (task, session, session_free);

  self->running = TRUE;
  speedup_outputs_clear (&self->outputs);
  session->tick = g_timeout_source_new (TICK_MS);
  g_source_set_callback (session->tick, tick_cb, session, NULL);
  g_source_set_static_name (session->tick, "[speedup] runner progress");
  g_source_attach (session->tick, session->context);
  session->thread = g_thread_new ("speedup-runner", measure_in_thread, task);
}

/**
 * speedup_runner_run_finish:
 * @self: a runner
 * @result: what the callback got
 * @error: return location
 *
 * A measurement that was cancelled after its first round gives a result with the status
 * "cancelled".
 *
 * Returns: (transfer full) (nullable): the result; %NULL with %G_IO_ERROR_CANCELLED,
 *   %SPEEDUP_ERROR_NOTHING_MEASURED or what kept the first round from ending
 */
SpeedupResult *
speedup_runner_run_finish (SpeedupRunner  *self,
                           GAsyncResult   *result,
                           GError        **error)
{
  g_return_val_if_fail (SPEEDUP_IS_RUNNER (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, speedup_runner_run_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * speedup_runner_get_outputs:
 * @self: a runner that finished
 * @n_outputs: (out): how many
 *
 * Returns: (transfer none) (nullable) (array length=n_outputs): what the tasks made in the first
 *   clean timed run (or in the warm-up round, where none was clean), in task order, %NULL where a
 *   task failed; %NULL where outputs were not kept
 */
GVariant **
speedup_runner_get_outputs (SpeedupRunner *self,
                            guint         *n_outputs)
{
  g_return_val_if_fail (SPEEDUP_IS_RUNNER (self) && !self->running, NULL);
  g_return_val_if_fail (n_outputs != NULL, NULL);

  *n_outputs = self->outputs.n_outputs;

  return self->outputs.outputs;
}
