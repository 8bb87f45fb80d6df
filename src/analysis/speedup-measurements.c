/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-measurements.h"

#include <math.h>

/* Sweeps over an incomplete table of rounds; a complete one has settled after two. */
#define MAX_SWEEPS 100
#define SETTLED    1e-12

/* Fewer values say too little on their own spread. */
#define MIN_OUTLIER_ROUNDS 6

static double *
get_row (const SpeedupMeasurements *self,
         guint                      configuration)
{
  return self->log_times + (gsize) configuration * self->n_rounds;
}

static gboolean
is_usable (const SpeedupMeasurements *self,
           const SpeedupObservation  *observation)
{
  return observation->configuration < self->n_configurations
         && isfinite (observation->wall_s)
         && observation->wall_s > 0;
}

static int
compare_rounds_cb (gconstpointer a,
                   gconstpointer b)
{
  guint x = *(const guint *) a;
  guint y = *(const guint *) b;

  return (x > y) - (x < y);
}

/* Round numbers may have gaps, so rounds are numbered anew in their order. */
static GArray *
collect_rounds (const SpeedupMeasurements *self,
                const SpeedupObservation  *observations,
                gsize                      n_observations)
{
  GArray *rounds = g_array_new (FALSE, FALSE, sizeof (guint));
  guint n_distinct = 0;

  for (gsize i = 0; i < n_observations; i++)
    {
      if (is_usable (self, &observations[i]))
        g_array_append_val (rounds, observations[i].round);
    }

  g_array_sort (rounds, compare_rounds_cb);
  for (guint i = 0; i < rounds->len; i++)
    {
      guint round = g_array_index (rounds, guint, i);

      if (i == 0 || round != g_array_index (rounds, guint, n_distinct - 1))
        g_array_index (rounds, guint, n_distinct++) = round;
    }
  g_array_set_size (rounds, n_distinct);

  return rounds;
}

/* What the values of a round have in common: how much slower or faster it was on the whole. */
static double
get_round_effect (const SpeedupMeasurements *self,
                  const guint               *selected,
                  guint                      n_selected,
                  const double              *levels,
                  guint                      round)
{
  double sum = 0;
  guint n = 0;

  for (guint i = 0; i < n_selected; i++)
    {
      double log_time = get_row (self, selected[i])[round];

      if (!isnan (log_time))
        {
          sum += log_time - levels[i];
          n++;
        }
    }

  return n > 0 ? sum / n : NAN;
}

/* Effects are relative to the typical round, or they would carry the level of the times away. */
static void
get_round_effects (const SpeedupMeasurements *self,
                   const guint               *selected,
                   guint                      n_selected,
                   const double              *levels,
                   double                    *effects)
{
  g_autofree double *known = g_new (double, self->n_rounds);
  gsize n_known = 0;
  double typical;

  for (guint round = 0; round < self->n_rounds; round++)
    {
      effects[round] = get_round_effect (self, selected, n_selected, levels, round);
      if (!isnan (effects[round]))
        known[n_known++] = effects[round];
    }

  typical = speedup_hodges_lehmann (known, n_known);
  for (guint round = 0; round < self->n_rounds; round++)
    effects[round] -= typical;
}

/* The Hodges-Lehmann estimate of a row less the effects of its rounds. */
static double
get_level (const SpeedupMeasurements *self,
           guint                      configuration,
           const double              *effects)
{
  g_autofree double *values = g_new (double, self->n_rounds);
  const double *row = get_row (self, configuration);
  gsize n_values = 0;

  for (guint round = 0; round < self->n_rounds; round++)
    {
      if (!isnan (row[round]))
        values[n_values++] = row[round] - effects[round];
    }

  return speedup_hodges_lehmann (values, n_values);
}

/*
 * speedup_measurements_new:
 * @configurations: (array length=n_configurations): must outlive the table
 * @observations: (array length=n_observations): in any order
 *
 * An observation of an unknown configuration, or whose time is not a number above 0, is left out.
 * Of two for the same configuration and round the first counts.
 */
SpeedupMeasurements *
speedup_measurements_new (const SpeedupObservedConfiguration *configurations,
                          guint                               n_configurations,
                          const SpeedupObservation           *observations,
                          gsize                               n_observations)
{
  SpeedupMeasurements *self = g_new0 (SpeedupMeasurements, 1);
  g_autoptr (GArray) rounds = NULL;
  gsize n_cells;

  self->configurations = configurations;
  self->n_configurations = n_configurations;
  rounds = collect_rounds (self, observations, n_observations);
  self->n_rounds = rounds->len;
  self->rounds = g_memdup2 (rounds->data, sizeof (guint) * rounds->len);

  n_cells = (gsize) n_configurations * self->n_rounds;
  self->log_times = g_new (double, n_cells);
  for (gsize i = 0; i < n_cells; i++)
    self->log_times[i] = NAN;

  for (gsize i = 0; i < n_observations; i++)
    {
      double *cell;
      guint round;

      if (!is_usable (self, &observations[i])
          || !g_array_binary_search (rounds, &observations[i].round, compare_rounds_cb, &round))
        continue;

      cell = get_row (self, observations[i].configuration) + round;
      if (isnan (*cell))
        *cell = log (observations[i].wall_s);
    }

  return self;
}

void
speedup_measurements_free (SpeedupMeasurements *self)
{
  g_free (self->rounds);
  g_free (self->log_times);
  g_free (self);
}

/*
 * speedup_measurements_get_log_t:
 *
 * Returns: the Hodges-Lehmann estimate of ln T over all rounds; NAN without any
 */
double
speedup_measurements_get_log_t (const SpeedupMeasurements *self,
                                guint                      configuration)
{
  g_autofree double *no_effects = g_new0 (double, self->n_rounds);

  return get_level (self, configuration, no_effects);
}

/*
 * speedup_measurements_compare:
 * @n_pairs: (out) (optional): rounds that have both
 *
 * Pairs by round: d_i = ln (T_base,i / T_configuration,i). A round that misses either gives none.
 *
 * Returns: the Hodges-Lehmann estimate of d with its signed-rank interval, in logs
 */
SpeedupInterval
speedup_measurements_compare (const SpeedupMeasurements *self,
                              guint                      base,
                              guint                      configuration,
                              guint                     *n_pairs)
{
  g_autofree double *differences = g_new (double, self->n_rounds);
  const double *base_row = get_row (self, base);
  const double *row = get_row (self, configuration);
  guint n = 0;

  for (guint round = 0; round < self->n_rounds; round++)
    {
      if (!isnan (base_row[round]) && !isnan (row[round]))
        differences[n++] = base_row[round] - row[round];
    }

  if (n_pairs != NULL)
    *n_pairs = n;

  return speedup_signed_rank_interval (differences, n);
}

/*
 * speedup_measurements_get_levels:
 * @selected: (array length=n_selected): configurations with at least one time each
 * @levels: (array length=n_selected) (out caller-allocates): a value of ln T for each
 *
 * The values that a curve is fitted to: for each configuration the Hodges-Lehmann estimate over
 * rounds of ln T less the round's effect, so that drift between rounds does not enter. A round's
 * effect is the mean, over the selected configurations that it has, of ln T less the value, so the
 * two are found by turns. In a complete table that is the round's mean log, against the
 * Hodges-Lehmann estimate of all rounds' mean logs; in an incomplete one a configuration that
 * misses a round does not shift the others.
 */
void
speedup_measurements_get_levels (const SpeedupMeasurements *self,
                                 const guint               *selected,
                                 guint                      n_selected,
                                 double                    *levels)
{
  g_autofree double *effects = g_new0 (double, self->n_rounds);
  double change = INFINITY;

  for (guint i = 0; i < n_selected; i++)
    levels[i] = get_level (self, selected[i], effects);

  for (guint sweep = 0; sweep < MAX_SWEEPS && change > SETTLED; sweep++)
    {
      change = 0;
      get_round_effects (self, selected, n_selected, levels, effects);

      for (guint i = 0; i < n_selected; i++)
        {
          double level = get_level (self, selected[i], effects);

          change = MAX (change, fabs (level - levels[i]));
          levels[i] = level;
        }
    }
}

/* The median of those values that are known. */
static double
get_known_median (const double *values,
                  gsize         n_values,
                  gsize         stride)
{
  g_autofree double *known = g_new (double, MAX (n_values, 1));
  gsize n_known = 0;

  for (gsize i = 0; i < n_values; i++)
    {
      if (!isnan (values[i * stride]))
        known[n_known++] = values[i * stride];
    }

  return n_known > 0 ? speedup_median (known, n_known) : NAN;
}

static void
subtract (double *values,
          gsize   n_values,
          gsize   stride,
          double  amount)
{
  for (gsize i = 0; i < n_values; i++)
    values[i * stride] -= amount;
}

/* 0 for values that are too few or all alike. */
static double
get_spread (const double *values,
            gsize         n_values)
{
  g_autofree double *known = g_new (double, MAX (n_values, 1));
  gsize n_known = 0;

  for (gsize i = 0; i < n_values; i++)
    {
      if (!isnan (values[i]))
        known[n_known++] = values[i];
    }

  return n_known >= MIN_OUTLIER_ROUNDS ? speedup_robust_sd (known, n_known) : 0;
}

/*
 * speedup_measurements_add_outliers:
 * @outliers: (element-type SpeedupOutlier): gets those of every configuration
 *
 * A value's residual is its ln T less its configuration's median and its round's median of what is
 * left. Medians, not means: one far value must not push the others of its round out. The scale is
 * the robust SD (1.4826 MAD) of its configuration's residuals or of all residuals, whichever is
 * larger, because that of a few values alone is now and then far too small.
 */
void
speedup_measurements_add_outliers (const SpeedupMeasurements *self,
                                   GArray                    *outliers)
{
  gsize n_rounds = self->n_rounds;
  gsize n_cells = self->n_configurations * n_rounds;
  g_autofree double *residuals = g_memdup2 (self->log_times, sizeof (double) * n_cells);
  double spread;

  for (guint i = 0; i < self->n_configurations; i++)
    subtract (residuals + i * n_rounds, n_rounds, 1,
              get_known_median (residuals + i * n_rounds, n_rounds, 1));
  for (guint round = 0; round < n_rounds; round++)
    subtract (residuals + round, self->n_configurations, n_rounds,
              get_known_median (residuals + round, self->n_configurations, n_rounds));

  spread = get_spread (residuals, n_cells);
  for (gsize cell = 0; cell < n_cells && n_rounds >= MIN_OUTLIER_ROUNDS; cell++)
    {
      guint configuration = (guint) (cell / n_rounds);
      double own = get_spread (residuals + configuration * n_rounds, n_rounds);
      SpeedupOutlier outlier = { configuration, self->rounds[cell % n_rounds], 0 };

      outlier.deviation_sd = residuals[cell] / MAX (spread, own);
      if (isfinite (outlier.deviation_sd) && fabs (outlier.deviation_sd) > SPEEDUP_OUTLIER_SD)
        g_array_append_val (outliers, outlier);
    }
}
