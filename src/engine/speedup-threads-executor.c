/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-executor-private.h"

#include "speedup-error.h"
#include "speedup-task-loop.h"

/* An exclusive GThreadPool of exactly N threads, made for the run. It gets N jobs, not one for each
 * task: every job takes tasks from the shared index until none is left, which costs a tenth of a
 * push. The cost of its making and unmaking is part of the run.
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
  SpeedupTaskTally *tallies;  /* one for each thread */
  guint n_working;            /* under loop.lock */
  GCond all_done;
} Pool;

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

/* @data: the number of the thread, from 1 */
static void
thread_cb (gpointer data,
           gpointer user_data)
{
  Pool *pool = user_data;
  guint slot = GPOINTER_TO_UINT (data) - 1;
  /* On the thread's own stack while it works, so that no two threads write one cache line. */
  SpeedupTaskTally tally = { 0 };

  speedup_task_loop_work (&pool->loop, slot, &tally);
  wait_for_all (pool);
  speedup_task_loop_hash (&pool->loop, &tally);
  pool->tallies[slot] = tally;
}

/* An exclusive pool starts its threads when it is made, or fails with fewer of them. */
static gboolean
work (Pool    *pool,
      guint    n_threads,
      GError **error)
{
  g_autoptr (GError) cause = NULL;
  GThreadPool *threads = g_thread_pool_new (thread_cb, pool, (int) n_threads, TRUE, &cause);

  pool->n_working = n_threads;
  if (cause == NULL)
    {
      for (guint i = 0; i < n_threads; i++)
        g_thread_pool_push (threads, GUINT_TO_POINTER (i + 1), NULL);
    }
  else
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                   "Only %u of %u threads could be started: %s; use fewer workers",
                   g_thread_pool_get_num_threads (threads), n_threads, cause->message);
    }
  g_thread_pool_free (threads, FALSE, TRUE);

  return cause == NULL;
}

static gboolean
speedup_threads_executor_execute (SpeedupExecutor            *executor,
                                  SpeedupExecution           *execution,
                                  GCancellable               *cancellable,
                                  GError                    **error)
{
  guint n_threads = MIN (execution->configuration->workers, execution->n_tasks);
  g_autofree SpeedupTaskTally *tallies = g_new0 (SpeedupTaskTally, n_threads + 1);
  Pool pool = { .tallies = tallies };
  gboolean done;

  if (!speedup_task_loop_init (&pool.loop, execution, n_threads, cancellable, error))
    return FALSE;

  g_cond_init (&pool.all_done);
  pool.loop.session = speedup_workload_open_session (execution->workload, MAX (n_threads, 1),
                                                     FALSE);
  done = (n_threads == 0 || work (&pool, n_threads, error));
  speedup_workload_close_session (execution->workload, pool.loop.session);

  done = done && speedup_task_loop_finish (&pool.loop, tallies, n_threads, cancellable, error);
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

  /* For the whole process: GLib hands up to 8 idle threads of one pool on to the next, so that a
   * later run would not start as fresh as the first.
   */
  g_thread_pool_set_max_unused_threads (0);
}

static void
speedup_threads_executor_init (SpeedupThreadsExecutor *self)
{
}
