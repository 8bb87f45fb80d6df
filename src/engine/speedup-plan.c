/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-plan.h"

G_DEFINE_BOXED_TYPE (SpeedupPlan, speedup_plan, speedup_plan_ref, speedup_plan_unref)

static void
plan_clear (gpointer data)
{
  SpeedupPlan *self = data;

  g_free (self->workload);
  g_variant_unref (self->options);
  g_ptr_array_unref (self->configurations);
}

/**
 * speedup_plan_new:
 * @workload: name of the workload
 * @options: a{sv}: how to make it again; a floating reference is taken
 * @n_tasks: tasks in a run
 *
 * A plan with the default rounds and no configuration yet. Fill its fields before it is shared.
 *
 * Returns: (transfer full): a new plan
 */
SpeedupPlan *
speedup_plan_new (const char *workload,
                  GVariant   *options,
                  guint       n_tasks)
{
  SpeedupPlan *self;

  g_return_val_if_fail (workload != NULL, NULL);
  g_return_val_if_fail (options != NULL, NULL);
  g_return_val_if_fail (g_variant_is_of_type (options, G_VARIANT_TYPE_VARDICT), NULL);

  self = g_atomic_rc_box_new0 (SpeedupPlan);
  self->workload = g_strdup (workload);
  self->options = g_variant_ref_sink (options);
  self->configurations =
    g_ptr_array_new_with_free_func ((GDestroyNotify) speedup_configuration_free);
  self->n_tasks = n_tasks;
  self->population = n_tasks;
  self->rounds = SPEEDUP_DEFAULT_ROUNDS;

  return self;
}

/**
 * speedup_plan_ref:
 * @self: a plan
 *
 * Returns: (transfer full): @self
 */
SpeedupPlan *
speedup_plan_ref (SpeedupPlan *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * speedup_plan_unref:
 * @self: (transfer full): a plan
 */
void
speedup_plan_unref (SpeedupPlan *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, plan_clear);
}

static void
plan_add (SpeedupPlan         *self,
          SpeedupExecutorKind  executor,
          guint                workers,
          guint                chunk_size)
{
  g_autoptr (SpeedupConfiguration) configuration = NULL;

  configuration = speedup_configuration_new (executor, workers, chunk_size, NULL, self->n_tasks);

  for (guint i = 0; i < self->configurations->len; i++)
    {
      if (speedup_configuration_equal (g_ptr_array_index (self->configurations, i), configuration))
        return;
    }

  g_ptr_array_add (self->configurations, g_steal_pointer (&configuration));
}

/**
 * speedup_plan_add_sweep:
 * @self: a plan that is not yet shared
 * @executor: an executor
 * @workers: (array length=n_workers): the worker counts; not looked at for sequential
 * @n_workers: how many
 * @chunk_sizes: (array length=n_chunk_sizes) (nullable): looked at for processes alone
 * @n_chunk_sizes: how many; 0 means automatic
 *
 * Adds one configuration for each worker count (and chunk size). What is there already is not
 * added again.
 */
void
speedup_plan_add_sweep (SpeedupPlan         *self,
                        SpeedupExecutorKind  executor,
                        const guint         *workers,
                        gsize                n_workers,
                        const guint         *chunk_sizes,
                        gsize                n_chunk_sizes)
{
  const guint automatic = SPEEDUP_CHUNK_SIZE_AUTO;

  g_return_if_fail (self != NULL);

  if (executor == SPEEDUP_EXECUTOR_SEQUENTIAL)
    {
      plan_add (self, executor, 1, SPEEDUP_CHUNK_SIZE_AUTO);
      return;
    }

  if (executor != SPEEDUP_EXECUTOR_PROCESSES || n_chunk_sizes == 0)
    {
      chunk_sizes = &automatic;
      n_chunk_sizes = 1;
    }

  for (gsize c = 0; c < n_chunk_sizes; c++)
    for (gsize w = 0; w < n_workers; w++)
      plan_add (self, executor, workers[w], chunk_sizes[c]);
}

/**
 * speedup_plan_get_series:
 * @self: a plan
 * @configuration: index of one of its configurations
 *
 * Returns: the index of the first configuration of the same series, which serves as its number
 */
guint
speedup_plan_get_series (const SpeedupPlan *self,
                         guint              configuration)
{
  const SpeedupConfiguration *wanted;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (configuration < self->configurations->len, 0);

  wanted = g_ptr_array_index (self->configurations, configuration);

  for (guint i = 0; i < configuration; i++)
    {
      if (speedup_configuration_same_series (g_ptr_array_index (self->configurations, i), wanted))
        return i;
    }

  return configuration;
}

/**
 * speedup_plan_find_configuration:
 * @self: a plan
 * @configuration: a configuration
 *
 * Returns: its index among those of @self; %G_MAXUINT where it is none of them
 */
guint
speedup_plan_find_configuration (const SpeedupPlan          *self,
                                 const SpeedupConfiguration *configuration)
{
  g_return_val_if_fail (self != NULL, G_MAXUINT);
  g_return_val_if_fail (configuration != NULL, G_MAXUINT);

  for (guint i = 0; i < self->configurations->len; i++)
    {
      if (speedup_configuration_equal (g_ptr_array_index (self->configurations, i), configuration))
        return i;
    }

  return G_MAXUINT;
}

/**
 * speedup_plan_get_default_workers:
 * @cpu_bound: whether the tasks compute
 * @cpus_usable: affinity mask and quota
 *
 * 1, 2, 3, 4, 6, 8, 12, 16 ... up to the usable CPUs and one oversubscribed point; downloads go
 * on to 40, or to four times the CPUs where that is more.
 *
 * Returns: (transfer full) (element-type guint): the worker counts of a sweep
 */
GArray *
speedup_plan_get_default_workers (gboolean cpu_bound,
                                  guint    cpus_usable)
{
  GArray *workers = g_array_new (FALSE, FALSE, sizeof (guint));
  guint last = MAX (cpus_usable, 1);
  guint extra;

  if (cpu_bound)
    extra = MIN (2 * last, SPEEDUP_MAX_WORKER_PROCESSES);
  else
    extra = last = MIN (MAX (40, 4 * last), SPEEDUP_MAX_WORKER_PROCESSES);

  for (guint power = 1; power <= last; power *= 2)
    {
      guint middle = power + power / 2;

      g_array_append_val (workers, power);
      if (power >= 2 && middle <= last)
        g_array_append_val (workers, middle);
    }

  if (g_array_index (workers, guint, workers->len - 1) < last)
    g_array_append_val (workers, last);
  if (extra > last)
    g_array_append_val (workers, extra);

  return workers;
}
