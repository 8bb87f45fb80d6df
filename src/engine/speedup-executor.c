/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-executor-private.h"

#include <sys/resource.h>

G_DEFINE_ABSTRACT_TYPE (SpeedupExecutor, speedup_executor, G_TYPE_OBJECT)

static void
speedup_executor_class_init (SpeedupExecutorClass *klass)
{
}

static void
speedup_executor_init (SpeedupExecutor *self)
{
}

/* A worker may need a pair of pipes or a connection and files. Usual soft limits (1024) are meant
 * for programs that use select(), and may be raised.
 */
static void
raise_descriptor_limit (guint workers)
{
  rlim_t wanted = 4 * (rlim_t) workers + 256;
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
    return;

  limit.rlim_cur = MIN (wanted, limit.rlim_max);
  setrlimit (RLIMIT_NOFILE, &limit);
}

/**
 * speedup_executor_new:
 * @kind: which one
 *
 * Returns: (transfer full): an executor
 */
SpeedupExecutor *
speedup_executor_new (SpeedupExecutorKind kind)
{
  switch (kind)
    {
    case SPEEDUP_EXECUTOR_SEQUENTIAL:
      return g_object_new (SPEEDUP_TYPE_SEQUENTIAL_EXECUTOR, NULL);

    case SPEEDUP_EXECUTOR_ASYNC:
      return g_object_new (SPEEDUP_TYPE_ASYNC_EXECUTOR, NULL);

    case SPEEDUP_EXECUTOR_THREADS:
      return g_object_new (SPEEDUP_TYPE_THREADS_EXECUTOR, NULL);

    case SPEEDUP_EXECUTOR_PROCESSES:
      return g_object_new (SPEEDUP_TYPE_PROCESSES_EXECUTOR, NULL);

    default:
      g_return_val_if_reached (NULL);
    }
}

/**
 * speedup_executor_execute:
 * @self: an executor
 * @execution: a new execution of this executor's kind
 * @cancellable: (nullable): ends it within a second
 * @error: return location
 *
 * Carries out every task, blocking. See #SpeedupExecutorClass.
 *
 * Returns: whether the run was made
 */
gboolean
speedup_executor_execute (SpeedupExecutor   *self,
                          SpeedupExecution  *execution,
                          GCancellable      *cancellable,
                          GError           **error)
{
  g_return_val_if_fail (SPEEDUP_IS_EXECUTOR (self), FALSE);
  g_return_val_if_fail (execution != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  raise_descriptor_limit (execution->configuration->workers);

  return SPEEDUP_EXECUTOR_GET_CLASS (self)->execute (self, execution, cancellable, error);
}
