/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-executor-private.h"
#include "speedup-task-loop.h"

/* The base of every ratio: one task after the other in the calling thread, which the runner keeps
 * for this alone.
 */
struct _SpeedupSequentialExecutor
{
  SpeedupExecutor parent_instance;
};

G_DEFINE_FINAL_TYPE (SpeedupSequentialExecutor, speedup_sequential_executor, SPEEDUP_TYPE_EXECUTOR)

static gboolean
speedup_sequential_executor_execute (SpeedupExecutor            *executor,
                                     SpeedupExecution           *execution,
                                     GCancellable               *cancellable,
                                     GError                    **error)
{
  SpeedupTaskLoop loop;
  SpeedupTaskTally tally = { 0 };
  gboolean done;

  if (!speedup_task_loop_init (&loop, execution, 1, cancellable, error))
    return FALSE;

  loop.session = speedup_workload_open_session (execution->workload, 1, FALSE);
  speedup_task_loop_work (&loop, 0, &tally);
  speedup_task_loop_hash (&loop, &tally);
  speedup_workload_close_session (execution->workload, loop.session);

  done = speedup_task_loop_finish (&loop, &tally, 1, cancellable, error);
  speedup_task_loop_clear (&loop);

  return done;
}

static void
speedup_sequential_executor_class_init (SpeedupSequentialExecutorClass *klass)
{
  SpeedupExecutorClass *executor_class = SPEEDUP_EXECUTOR_CLASS (klass);

  executor_class->kind = SPEEDUP_EXECUTOR_SEQUENTIAL;
  executor_class->execute = speedup_sequential_executor_execute;
}

static void
speedup_sequential_executor_init (SpeedupSequentialExecutor *self)
{
}
