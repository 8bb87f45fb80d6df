/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-executor-private.h"

#include "speedup-error.h"
#include "speedup-task-loop.h"

/* A pool of exactly N threads of its own, made for the run and joined after it. It is not a
 * GThreadPool: that one would need a push for each task or each thread, and even an exclusive one
 * hands up to eight threads on to the next pool, so that a later run would not start fresh.
 *
 * A task that blocks without looking at its cancellable cannot be taken from its thread; the run
 * ends when the task does. Worker processes are there for such work.
 */
struct _SpeedupThreadsExecutor
{
  SpeedupExecutor parent_instance;
};

G_DEFINE_FINAL_TYPE (SpeedupThreadsExecutor, speedup_threads_executor, SPEEDUP_TYPE_EXECUTOR)

typedef struct
{
  SpeedupTaskLoop loop;
  guint n_threads;
  guint n_working;    /* under loop.lock */
  GCond all_done;
} Pool;

typedef struct
{
  Pool *pool;
  guint slot;
  GThread *thread;
} PoolThread;

/* Outputs are hashed once nobody works any more, so that hashing takes no time from a task. */
static void
wait_for_all (Pool *pool)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&pool->loop.lock);

  pool->n_working--;
  if (pool->n_working == 0)
    g_cond_broadcast (&pool->all_done);
  while (pool->n_working > 0)
    g_cond_wait (&pool->all_done, &pool->loop.lock);
}

static gpointer
pool_thread (gpointer data)
{
  PoolThread *thread = data;
  Pool *pool = thread->pool;
  /* On the thread's own stack while it works, so that no two threads write one cache line. */
  SpeedupTaskTally tally = { 0 };

  speedup_task_loop_work (&pool->loop, thread->slot, &tally);
  wait_for_all (pool);
  speedup_task_loop_hash (&pool->loop, &tally);

  return g_memdup2 (&tally, sizeof tally);
}

/* Threads that could not be started do not work: nobody must wait for them. */
static void
give_up_starting (Pool  *pool,
                  guint  n_started)
{
  g_autoptr (GMutexLocker) locker = NULL;

  speedup_task_guard_stop (pool->loop.guard);

  locker = g_mutex_locker_new (&pool->loop.lock);
  pool->n_working -= pool->n_threads - n_started;
  if (pool->n_working == 0)
    g_cond_broadcast (&pool->all_done);
}

static gboolean
start_threads (Pool        *pool,
               PoolThread  *threads,
               GError     **error)
{
  g_autoptr (GError) local_error = NULL;

  pool->n_working = pool->n_threads;
  for (guint i = 0; i < pool->n_threads; i++)
    {
      threads[i] = (PoolThread) { .pool = pool, .slot = i };
      threads[i].thread = g_thread_try_new ("speedup-worker", pool_thread, &threads[i],
                                            &local_error);
      if (threads[i].thread == NULL)
        {
          give_up_starting (pool, i);
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                       "Only %u of %u threads could be started: %s; use fewer workers",
                       i, pool->n_threads, local_error->message);
          return FALSE;
        }
    }

  return TRUE;
}

static void
join_threads (Pool             *pool,
              PoolThread       *threads,
              SpeedupTaskTally *tallies)
{
  for (guint i = 0; i < pool->n_threads && threads[i].thread != NULL; i++)
    {
      g_autofree SpeedupTaskTally *tally = g_thread_join (threads[i].thread);

      tallies[i] = *tally;
    }
}

static gboolean
speedup_threads_executor_execute (SpeedupExecutor            *executor,
                                  SpeedupExecution           *execution,
                                  GCancellable               *cancellable,
                                  GError                    **error)
{
  guint n_threads = MIN (execution->configuration->workers, execution->n_tasks);
  g_autofree PoolThread *threads = g_new0 (PoolThread, n_threads + 1);
  g_autofree SpeedupTaskTally *tallies = g_new0 (SpeedupTaskTally, n_threads + 1);
  Pool pool = { .n_threads = n_threads };
  gboolean started, done;

  if (!speedup_task_loop_init (&pool.loop, execution, n_threads, cancellable, error))
    return FALSE;

  g_cond_init (&pool.all_done);
  pool.loop.session = speedup_workload_open_session (execution->workload, MAX (n_threads, 1),
                                                     FALSE);
  started = start_threads (&pool, threads, error);
  join_threads (&pool, threads, tallies);
  speedup_workload_close_session (execution->workload, pool.loop.session);

  done = started &&
         speedup_task_loop_finish (&pool.loop, tallies, n_threads, cancellable, error);
  g_cond_clear (&pool.all_done);
  speedup_task_loop_clear (&pool.loop);

  return done;
}

static void
speedup_threads_executor_class_init (SpeedupThreadsExecutorClass *klass)
{
  SpeedupExecutorClass *executor_class = SPEEDUP_EXECUTOR_CLASS (klass);

  executor_class->kind = SPEEDUP_EXECUTOR_THREADS;
  executor_class->execute = speedup_threads_executor_execute;
}

static void
speedup_threads_executor_init (SpeedupThreadsExecutor *self)
{
}
