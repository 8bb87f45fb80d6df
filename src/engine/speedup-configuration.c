/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-configuration.h"

#include <string.h>

G_DEFINE_BOXED_TYPE (SpeedupConfiguration, speedup_configuration,
                     speedup_configuration_copy, speedup_configuration_free)

static const char *const kind_names[SPEEDUP_N_EXECUTOR_KINDS] = {
  [SPEEDUP_EXECUTOR_SEQUENTIAL] = "sequential",
  [SPEEDUP_EXECUTOR_ASYNC] = "async",
  [SPEEDUP_EXECUTOR_THREADS] = "threads",
  [SPEEDUP_EXECUTOR_PROCESSES] = "processes",
};

/**
 * speedup_executor_kind_to_string:
 * @kind: an executor
 *
 * Returns: its name on the command line and in result files
 */
const char *
speedup_executor_kind_to_string (SpeedupExecutorKind kind)
{
  g_assert (kind < SPEEDUP_N_EXECUTOR_KINDS);

  return kind_names[kind];
}

/**
 * speedup_executor_kind_from_string:
 * @string: a name
 * @kind: (out): the executor of that name
 *
 * Returns: whether there is one
 */
gboolean
speedup_executor_kind_from_string (const char          *string,
                                   SpeedupExecutorKind *kind)
{
  g_assert (string != NULL);
  g_assert (kind != NULL);

  for (guint i = 0; i < SPEEDUP_N_EXECUTOR_KINDS; i++)
    {
      if (strcmp (string, kind_names[i]) == 0)
        {
          *kind = i;
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * speedup_executor_kind_max_workers:
 * @kind: an executor
 *
 * Returns: the largest N that it takes
 */
guint
speedup_executor_kind_max_workers (SpeedupExecutorKind kind)
{
  switch (kind)
    {
    case SPEEDUP_EXECUTOR_SEQUENTIAL:
      return 1;
    case SPEEDUP_EXECUTOR_PROCESSES:
      return SPEEDUP_MAX_WORKER_PROCESSES;
    case SPEEDUP_EXECUTOR_ASYNC:
    case SPEEDUP_EXECUTOR_THREADS:
    default:
      return SPEEDUP_MAX_WORKERS;
    }
}

/**
 * speedup_configuration_new:
 * @executor: how the tasks are carried out
 * @workers: N, at least 1
 * @chunk_size: tasks handed over at once, or %SPEEDUP_CHUNK_SIZE_AUTO
 * @variant: (nullable): another way to do the same job
 * @n_tasks: tasks in a run
 *
 * Returns: (transfer full): a new configuration
 */
SpeedupConfiguration *
speedup_configuration_new (SpeedupExecutorKind executor,
                           guint               workers,
                           guint               chunk_size,
                           const char         *variant,
                           guint               n_tasks)
{
  SpeedupConfiguration *self;

  g_return_val_if_fail (workers >= 1, NULL);
  g_return_val_if_fail (workers <= speedup_executor_kind_max_workers (executor), NULL);

  self = g_new0 (SpeedupConfiguration, 1);
  self->executor = executor;
  self->workers = workers;
  self->chunk_size = chunk_size;
  self->variant = g_strdup (variant);
  self->n_tasks = n_tasks;

  return self;
}

/**
 * speedup_configuration_copy:
 * @self: a configuration
 *
 * Returns: (transfer full): a copy
 */
SpeedupConfiguration *
speedup_configuration_copy (const SpeedupConfiguration *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return speedup_configuration_new (self->executor, self->workers, self->chunk_size,
                                    self->variant, self->n_tasks);
}

/**
 * speedup_configuration_free:
 * @self: (transfer full) (nullable): a configuration
 */
void
speedup_configuration_free (SpeedupConfiguration *self)
{
  if (self == NULL)
    return;

  g_free (self->variant);
  g_free (self);
}

/**
 * speedup_configuration_same_series:
 * @a: a configuration
 * @b: another one
 *
 * Returns: whether they differ in nothing but the number of workers
 */
gboolean
speedup_configuration_same_series (const SpeedupConfiguration *a,
                                   const SpeedupConfiguration *b)
{
  g_return_val_if_fail (a != NULL, FALSE);
  g_return_val_if_fail (b != NULL, FALSE);

  return a->executor == b->executor &&
         a->chunk_size == b->chunk_size &&
         a->n_tasks == b->n_tasks &&
         g_strcmp0 (a->variant, b->variant) == 0;
}

/**
 * speedup_configuration_equal:
 * @a: a configuration
 * @b: another one
 *
 * Returns: whether they are the same point of a sweep
 */
gboolean
speedup_configuration_equal (const SpeedupConfiguration *a,
                             const SpeedupConfiguration *b)
{
  return speedup_configuration_same_series (a, b) && a->workers == b->workers;
}
