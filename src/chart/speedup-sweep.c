/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-sweep.h"

#include <math.h>

/* Looks 0 to 3 belong to the executors; a second series of one gets a look from here on. */
#define FIRST_SPARE_LOOK SPEEDUP_N_EXECUTOR_KINDS

static guint
find_configuration (const SpeedupResult        *result,
                    const SpeedupConfiguration *wanted)
{
  for (guint i = 0; i < result->plan->configurations->len; i++)
    {
      if (speedup_configuration_equal (g_ptr_array_index (result->plan->configurations, i), wanted))
        return i;
    }

  return G_MAXUINT;
}

/* The first clean attempt counts, else the last busy one: as speedup_result_get_counted(), but for
 * all runs in one pass.
 */
static void
sort_runs (SpeedupSweep *self)
{
  for (guint i = 0; i < self->result->runs->len; i++)
    {
      SpeedupRun *run = g_ptr_array_index (self->result->runs, i);
      const guint configuration = find_configuration (self->result, run->configuration);
      const SpeedupRun *earlier;

      if (configuration == G_MAXUINT || run->round == 0 ||
          run->round > self->result->rounds_completed ||
          !isfinite (run->wall_s) || run->wall_s <= 0 ||
          (run->status != SPEEDUP_RUN_OK && run->status != SPEEDUP_RUN_BUSY))
        continue;

      earlier = g_hash_table_lookup (self->by_round[configuration], GUINT_TO_POINTER (run->round));
      if (earlier == NULL || earlier->status == SPEEDUP_RUN_BUSY)
        g_hash_table_insert (self->by_round[configuration], GUINT_TO_POINTER (run->round), run);
    }
}

static void
number_series (SpeedupSweep *self)
{
  const SpeedupPlan *plan = self->result->plan;
  gboolean taken[SPEEDUP_N_EXECUTOR_KINDS] = { FALSE };
  guint spare = FIRST_SPARE_LOOK;

  for (guint i = 0; i < plan->configurations->len; i++)
    {
      const SpeedupConfiguration *configuration = g_ptr_array_index (plan->configurations, i);
      const guint head = speedup_plan_get_series (plan, i);

      self->max_workers = MAX (self->max_workers, configuration->workers);
      if (head < i)
        {
          self->ordinal[i] = self->ordinal[head];
          self->look[i] = self->look[head];
          continue;
        }

      self->look[i] = taken[configuration->executor] ? spare++ : configuration->executor;
      taken[configuration->executor] = TRUE;
      if (configuration->executor != SPEEDUP_EXECUTOR_SEQUENTIAL)
        self->ordinal[i] = self->n_series++;
    }
}

/**
 * speedup_sweep_new:
 * @result: what was measured
 *
 * Returns: (transfer full): its runs, sorted for drawing; must not outlive @result
 */
SpeedupSweep *
speedup_sweep_new (const SpeedupResult *result)
{
  const guint n_configurations = result->plan->configurations->len;
  SpeedupSweep *self = g_new0 (SpeedupSweep, 1);

  self->result = result;
  self->base = result->analysis != NULL ? result->analysis->base : G_MAXUINT;
  if (self->base >= n_configurations)
    self->base = G_MAXUINT;
  self->max_workers = 1;
  self->ordinal = g_new0 (guint, n_configurations);
  self->look = g_new0 (guint, n_configurations);
  self->by_round = g_new0 (GHashTable *, n_configurations + 1);
  for (guint i = 0; i < n_configurations; i++)
    self->by_round[i] = g_hash_table_new (NULL, NULL);

  number_series (self);
  sort_runs (self);

  return self;
}

/**
 * speedup_sweep_free:
 * @self: (transfer full): sorted runs
 */
void
speedup_sweep_free (SpeedupSweep *self)
{
  for (guint i = 0; self->by_round[i] != NULL; i++)
    g_hash_table_unref (self->by_round[i]);
  g_free (self->by_round);
  g_free (self->ordinal);
  g_free (self->look);
  g_free (self);
}

/**
 * speedup_sweep_get_configuration:
 * @self: sorted runs
 * @configuration: an index
 *
 * Returns: (transfer none): the configuration of that index
 */
const SpeedupConfiguration *
speedup_sweep_get_configuration (const SpeedupSweep *self,
                                 guint               configuration)
{
  return g_ptr_array_index (self->result->plan->configurations, configuration);
}

/**
 * speedup_sweep_is_series_head:
 * @self: sorted runs
 * @configuration: an index
 *
 * Returns: whether it is the first configuration of a parallel series
 */
gboolean
speedup_sweep_is_series_head (const SpeedupSweep *self,
                              guint               configuration)
{
  const SpeedupConfiguration *head = speedup_sweep_get_configuration (self, configuration);

  return head->executor != SPEEDUP_EXECUTOR_SEQUENTIAL &&
         speedup_plan_get_series (self->result->plan, configuration) == configuration;
}

/**
 * speedup_sweep_get_summary:
 * @self: sorted runs
 * @configuration: an index
 *
 * Returns: (transfer none) (nullable): what the analysis says of it
 */
const SpeedupSummary *
speedup_sweep_get_summary (const SpeedupSweep *self,
                           guint               configuration)
{
  const SpeedupAnalysis *analysis = self->result->analysis;

  if (analysis == NULL)
    return NULL;

  return speedup_analysis_get_summary (analysis, configuration);
}

/**
 * speedup_sweep_get_base_wall_s:
 * @self: sorted runs
 * @round: 1 or more
 *
 * Returns: the base's wall time in that round; %NAN when it has none
 */
double
speedup_sweep_get_base_wall_s (const SpeedupSweep *self,
                               guint               round)
{
  const SpeedupRun *run;

  if (self->base == G_MAXUINT)
    return NAN;

  run = g_hash_table_lookup (self->by_round[self->base], GUINT_TO_POINTER (round));

  return run != NULL ? run->wall_s : NAN;
}

/**
 * speedup_sweep_get_dodge:
 * @self: sorted runs
 * @configuration: an index
 *
 * Returns: how many steps to the side its series stands; the steps of all parallel series have mean
 *   0, and sequential ones stand left of these
 */
double
speedup_sweep_get_dodge (const SpeedupSweep *self,
                         guint               configuration)
{
  const SpeedupConfiguration *shown = speedup_sweep_get_configuration (self, configuration);

  if (shown->executor == SPEEDUP_EXECUTOR_SEQUENTIAL)
    return -(self->n_series + 1.0) / 2;

  return self->ordinal[configuration] - (self->n_series - 1.0) / 2;
}

/**
 * speedup_sweep_was_void:
 * @self: sorted runs
 * @configuration: an index
 *
 * Returns: whether it was tried, but no run of it counts
 */
gboolean
speedup_sweep_was_void (const SpeedupSweep *self,
                        guint               configuration)
{
  const SpeedupConfiguration *wanted = speedup_sweep_get_configuration (self, configuration);

  if (g_hash_table_size (self->by_round[configuration]) > 0)
    return FALSE;

  for (guint i = 0; i < self->result->runs->len; i++)
    {
      const SpeedupRun *run = g_ptr_array_index (self->result->runs, i);

      if (run->round >= 1 && speedup_configuration_equal (run->configuration, wanted))
        return TRUE;
    }

  return FALSE;
}
