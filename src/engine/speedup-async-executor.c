/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define _GNU_SOURCE

#include "speedup-executor-private.h"

#include <sys/resource.h>

#include "speedup-clock.h"
#include "speedup-task-loop.h"

/* What a session may still have to dispatch after it was closed; more than this is no leftover. */
#define MAX_LEFTOVER_ITERATIONS 1000

/* One thread with a main context of its own and N tasks in flight. Work that computes does not
 * get faster here, and is to be seen not to.
 */
struct _SpeedupAsyncExecutor
{
  SpeedupExecutor parent_instance;
};

G_DEFINE_FINAL_TYPE (SpeedupAsyncExecutor, speedup_async_executor, SPEEDUP_TYPE_EXECUTOR)

typedef struct _Flight Flight;

/* A lane in which one task after the other is in flight. */
typedef struct
{
  Flight *flight;
  guint slot;
  guint worker;
  guint task;
} Lane;

struct _Flight
{
  SpeedupTaskLoop loop;
  SpeedupTaskTally tally;
  GMainContext *context;
  guint n_lanes;
  Lane *lanes;
  guint *idle;          /* stack of lanes without a task */
  guint n_idle;
};

static void
task_done_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  Lane *lane = user_data;
  Flight *flight = lane->flight;
  SpeedupTaskOutcome outcome = { NULL };
  GError *error = NULL;
  gboolean ok;

  ok = speedup_workload_run_task_finish (SPEEDUP_WORKLOAD (object), result, &outcome, &error);
  speedup_task_loop_end_task (&flight->loop, lane->slot, lane->task, ok, &outcome, error,
                              &flight->tally);
  flight->idle[flight->n_idle++] = lane->slot;
}

static void
start_task (Flight *flight,
            Lane   *lane,
            guint   task)
{
  SpeedupExecution *execution = flight->loop.execution;
  gint64 start_ns = speedup_monotonic_ns ();

  lane->task = task;
  speedup_task_guard_begin (flight->loop.guard, lane->slot, start_ns);
  speedup_execution_begin_task (execution, task, lane->worker, start_ns);
  speedup_workload_run_task_async (execution->workload, flight->loop.session, task,
                                   speedup_task_guard_get_cancellable (flight->loop.guard,
                                                                       lane->slot),
                                   task_done_cb, lane);
}

static void
add_lanes (Flight *flight)
{
  for (guint i = 0; i < flight->n_lanes; i++)
    {
      g_autofree char *name = g_strdup_printf ("slot %u", i + 1);

      flight->lanes[i] = (Lane) { .flight = flight, .slot = i };
      flight->lanes[i].worker = speedup_task_loop_add_worker (&flight->loop, name);
      flight->idle[flight->n_lanes - 1 - i] = i;
    }
  flight->n_idle = flight->n_lanes;
}

/* Tasks are started from here alone, never from the end of another: however many of them complete
 * at once, the stack does not grow.
 */
static void
fly (Flight *flight)
{
  gboolean more = flight->n_lanes > 0;
  guint task;

  while (more || flight->n_idle < flight->n_lanes)
    {
      while (more && flight->n_idle > 0)
        {
          more = speedup_task_loop_take (&flight->loop, &task);
          if (more)
            start_task (flight, &flight->lanes[flight->idle[--flight->n_idle]], task);
        }

      if (flight->n_idle < flight->n_lanes)
        g_main_context_iteration (flight->context, TRUE);
    }
}

static gpointer
flight_thread (gpointer data)
{
  Flight *flight = data;
  SpeedupWorkload *workload = flight->loop.execution->workload;
  SpeedupTaskTally *tally = &flight->tally;
  double user_s, system_s;

  speedup_read_cpu_time (RUSAGE_THREAD, &user_s, &system_s);
  g_main_context_push_thread_default (flight->context);
  flight->loop.session = speedup_workload_open_session (workload, MAX (flight->n_lanes, 1), TRUE);
  add_lanes (flight);
  fly (flight);
  speedup_read_cpu_time (RUSAGE_THREAD, &tally->user_s, &tally->system_s);
  tally->user_s -= user_s;
  tally->system_s -= system_s;

  speedup_task_loop_hash (&flight->loop, tally);
  speedup_workload_close_session (workload, flight->loop.session);
  for (guint i = 0; i < MAX_LEFTOVER_ITERATIONS; i++)
    {
      if (!g_main_context_iteration (flight->context, FALSE))
        break;
    }
  g_main_context_pop_thread_default (flight->context);

  return NULL;
}

static gboolean
speedup_async_executor_execute (SpeedupExecutor            *executor,
                                SpeedupExecution           *execution,
                                GCancellable               *cancellable,
                                GError                    **error)
{
  guint n_lanes = MIN (execution->configuration->workers, execution->n_tasks);
  g_autofree Lane *lanes = g_new0 (Lane, n_lanes + 1);
  g_autofree guint *idle = g_new0 (guint, n_lanes + 1);
  Flight flight = { .n_lanes = n_lanes, .lanes = lanes, .idle = idle };
  GThread *thread;
  gboolean done = FALSE;

  if (!speedup_task_loop_init (&flight.loop, execution, n_lanes, cancellable, error))
    return FALSE;

  flight.context = g_main_context_new ();
  thread = g_thread_try_new ("speedup-async", flight_thread, &flight, error);
  if (thread != NULL)
    {
      g_thread_join (thread);
      done = speedup_task_loop_finish (&flight.loop, &flight.tally, 1, cancellable, error);
    }
  g_main_context_unref (flight.context);
  speedup_task_loop_clear (&flight.loop);

  return done;
}

static void
speedup_async_executor_class_init (SpeedupAsyncExecutorClass *klass)
{
  SpeedupExecutorClass *executor_class = SPEEDUP_EXECUTOR_CLASS (klass);

  executor_class->kind = SPEEDUP_EXECUTOR_ASYNC;
  executor_class->execute = speedup_async_executor_execute;
}

static void
speedup_async_executor_init (SpeedupAsyncExecutor *self)
{
}
