/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-analysis.h"

#include <math.h>

#include "speedup-amdahl.h"
#include "speedup-measurements.h"
#include "speedup-verdict.h"

/* Task times that vary less make waves of whole tasks. */
#define LIKE_SIZE_CV 0.2

/* Tasks for each worker from which on unlike task times even out. */
#define MANY_TASKS 10

#define MIN_PROFILE_POINTS     4
#define MIN_KARP_FLATT_POINTS  2

/* A point of a fit: its configuration, and N as far as whole tasks let it count. */
typedef struct
{
  guint configuration;
  double workers;
} FitPoint;

static const SpeedupInterval no_interval = { NAN, NAN, NAN };

static SpeedupInterval
exponentiate (SpeedupInterval log_interval)
{
  SpeedupInterval interval = {
    .estimate = exp (log_interval.estimate),
    .low = exp (log_interval.low),
    .high = exp (log_interval.high),
  };

  return interval;
}

/* The fastest sequential configuration, so that no ratio is flattered by a slow one. */
static guint
find_base (const SpeedupMeasurements *measurements)
{
  guint base = G_MAXUINT;
  double base_log_t = INFINITY;

  for (guint i = 0; i < measurements->n_configurations; i++)
    {
      double log_t = speedup_measurements_get_log_t (measurements, i);

      if (measurements->configurations[i].sequential && log_t < base_log_t)
        {
          base = i;
          base_log_t = log_t;
        }
    }

  return base;
}

static guint
find_relative_base (const SpeedupMeasurements *measurements,
                    guint                      series)
{
  for (guint i = 0; i < measurements->n_configurations; i++)
    {
      if (measurements->configurations[i].series == series
          && measurements->configurations[i].workers == 1)
        return i;
    }

  return G_MAXUINT;
}

/* Only runs of as many tasks are the same work. */
static SpeedupInterval
get_ratio (const SpeedupMeasurements *measurements,
           guint                      base,
           guint                      configuration,
           guint                     *n_pairs)
{
  const SpeedupObservedConfiguration *configurations = measurements->configurations;

  if (base == G_MAXUINT || configurations[base].n_tasks != configurations[configuration].n_tasks)
    return no_interval;

  return exponentiate (speedup_measurements_compare (measurements, base, configuration, n_pairs));
}

static void
add_summaries (SpeedupAnalysis           *self,
               const SpeedupMeasurements *measurements)
{
  for (guint i = 0; i < measurements->n_configurations; i++)
    {
      const SpeedupObservedConfiguration *configuration = &measurements->configurations[i];
      guint relative_base = find_relative_base (measurements, configuration->series);
      SpeedupSummary summary = { .configuration = i };

      summary.wall_s = exp (speedup_measurements_get_log_t (measurements, i));
      if (isnan (summary.wall_s))
        continue;

      summary.ratio = get_ratio (measurements, self->base, i, &summary.n_pairs);
      summary.ratio_relative = get_ratio (measurements, relative_base, i, NULL);
      summary.bound = speedup_whole_task_bound (configuration->n_tasks, configuration->workers);
      summary.efficiency = summary.ratio.estimate / configuration->workers;
      summary.throughput_per_s = configuration->n_tasks / summary.wall_s;
      g_array_append_val (self->summary, summary);
    }
}

static double
find_precision (const SpeedupAnalysis *self)
{
  double precision = NAN;

  for (guint i = 0; i < self->summary->len; i++)
    {
      const SpeedupSummary *summary = &g_array_index (self->summary, SpeedupSummary, i);

      if (!speedup_interval_is_bounded (summary->ratio))
        return NAN;

      precision = fmax (precision, (summary->ratio.high - summary->ratio.low)
                        / 2 / summary->ratio.estimate);
    }

  return precision;
}

static gboolean
has_time (const SpeedupAnalysis *self,
          guint                  configuration)
{
  return speedup_analysis_get_summary (self, configuration) != NULL;
}

/* A cv that is not known (NAN) is not taken for small. */
static gboolean
has_like_tasks (const SpeedupObservedConfiguration *configuration)
{
  return configuration->task_cv < LIKE_SIZE_CV;
}

/* N as far as it counts in a fit; NAN for a point that must stay out. */
static double
get_fit_workers (const SpeedupObservedConfiguration *configuration,
                 const SpeedupAnalysisContext       *context)
{
  if (context->cpu_bound && configuration->workers > context->cpus_usable)
    return NAN;

  if (has_like_tasks (configuration))
    return speedup_whole_task_bound (configuration->n_tasks, configuration->workers);

  if (configuration->n_tasks < (guint64) MANY_TASKS * configuration->workers)
    return NAN;

  return configuration->workers;
}

static int
compare_points_cb (gconstpointer a,
                   gconstpointer b)
{
  const FitPoint *x = a;
  const FitPoint *y = b;

  return (x->workers > y->workers) - (x->workers < y->workers);
}

/* The points of a fit, by N. */
static GArray *
collect_points (const SpeedupAnalysis        *self,
                const SpeedupMeasurements    *measurements,
                guint                         series,
                const SpeedupAnalysisContext *context)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (FitPoint));

  for (guint i = 0; i < measurements->n_configurations; i++)
    {
      const SpeedupObservedConfiguration *configuration = &measurements->configurations[i];
      FitPoint point = { i, get_fit_workers (configuration, context) };

      if (configuration->series == series && !isnan (point.workers) && has_time (self, i))
        g_array_append_val (points, point);
    }

  g_array_sort (points, compare_points_cb);

  return points;
}

static guint
count_distinct (GArray *points)
{
  guint n = 0;

  for (guint i = 0; i < points->len; i++)
    {
      if (i == 0 || g_array_index (points, FitPoint, i).workers
          > g_array_index (points, FitPoint, i - 1).workers)
        n++;
    }

  return n;
}

static gboolean
fit_profile (SpeedupFit                *fit,
             const SpeedupMeasurements *measurements,
             GArray                    *points)
{
  g_autofree guint *configurations = g_new (guint, points->len);
  g_autofree double *workers = g_new (double, points->len);
  g_autofree double *log_times = g_new (double, points->len);
  SpeedupAmdahlFit amdahl;

  for (guint i = 0; i < points->len; i++)
    {
      configurations[i] = g_array_index (points, FitPoint, i).configuration;
      workers[i] = g_array_index (points, FitPoint, i).workers;
    }

  speedup_measurements_get_levels (measurements, configurations, points->len, log_times);
  if (!speedup_amdahl_fit (workers, log_times, points->len, &amdahl))
    return FALSE;

  fit->method = SPEEDUP_FIT_PROFILE;
  fit->serial_fraction = amdahl.serial_fraction;
  fit->log_t1 = amdahl.log_t1;

  return TRUE;
}

/* Carries the interval of the relative ratio through: the slower, the larger the serial fraction.
 * Amdahl's law knows fractions from 0 to 1 alone. */
static gboolean
fit_karp_flatt (SpeedupFit            *fit,
                const SpeedupAnalysis *self,
                const FitPoint        *point)
{
  const SpeedupSummary *summary = speedup_analysis_get_summary (self, point->configuration);
  SpeedupInterval ratio = summary->ratio_relative;
  double estimate = speedup_karp_flatt (ratio.estimate, point->workers);
  double low = speedup_karp_flatt (ratio.high, point->workers);
  double high = speedup_karp_flatt (ratio.low, point->workers);

  if (isnan (estimate) || high < 0 || low > 1)
    return FALSE;

  fit->method = SPEEDUP_FIT_KARP_FLATT;
  fit->serial_fraction.estimate = CLAMP (estimate, 0, 1);
  fit->serial_fraction.low = CLAMP (low, 0, 1);
  fit->serial_fraction.high = CLAMP (high, 0, 1);
  fit->log_t1 = NAN;

  return TRUE;
}

static void
add_fit (SpeedupAnalysis              *self,
         const SpeedupMeasurements    *measurements,
         guint                         series,
         const SpeedupAnalysisContext *context)
{
  g_autoptr (GArray) points = collect_points (self, measurements, series, context);
  SpeedupFit fit = { .series = series, .n_points = count_distinct (points) };
  const FitPoint *last;
  gboolean fitted;

  if (fit.n_points < MIN_KARP_FLATT_POINTS)
    return;

  last = &g_array_index (points, FitPoint, points->len - 1);
  fit.workers_max = measurements->configurations[last->configuration].workers;
  fit.whole_tasks = has_like_tasks (&measurements->configurations[last->configuration]);

  if (fit.n_points >= MIN_PROFILE_POINTS)
    fitted = fit_profile (&fit, measurements, points);
  else
    fitted = fit_karp_flatt (&fit, self, last);

  if (fitted)
    g_array_append_val (self->fits, fit);
}

static void
add_fits (SpeedupAnalysis              *self,
          const SpeedupMeasurements    *measurements,
          const SpeedupAnalysisContext *context)
{
  g_autoptr (GHashTable) done = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < measurements->n_configurations; i++)
    {
      const SpeedupObservedConfiguration *configuration = &measurements->configurations[i];

      if (!configuration->sequential
          && g_hash_table_add (done, GUINT_TO_POINTER (configuration->series)))
        add_fit (self, measurements, configuration->series, context);
    }
}

/**
 * speedup_analysis_new:
 * @configurations: (array length=n_configurations): what was measured; those of a series differ in
 *   workers alone
 * @n_configurations: how many
 * @observations: (array length=n_observations): the clean runs, in any order; up to a few hundred
 *   rounds
 * @n_observations: how many
 * @context: what else bears on the verdict
 *
 * Says what measured times mean: ratios paired by round, with their intervals, against the best
 * sequential configuration and against one worker; the serial fraction of each series; and a
 * verdict on each. The methods are documented with #SpeedupSummary, #SpeedupFit and
 * #SpeedupVerdict.
 *
 * An observation of an unknown configuration, or whose time is not a finite number above 0, is left
 * out. Of two for the same configuration and round the first counts. A round whose base is missing
 * gives no ratio.
 *
 * Returns: (transfer full): the analysis; without a single observation it has no summaries and its
 *   verdicts cannot tell
 */
SpeedupAnalysis *
speedup_analysis_new (const SpeedupObservedConfiguration *configurations,
                      guint                               n_configurations,
                      const SpeedupObservation           *observations,
                      gsize                               n_observations,
                      const SpeedupAnalysisContext       *context)
{
  SpeedupAnalysis *self;
  g_autoptr (SpeedupMeasurements) measurements = NULL;

  g_return_val_if_fail (configurations != NULL || n_configurations == 0, NULL);
  g_return_val_if_fail (observations != NULL || n_observations == 0, NULL);
  g_return_val_if_fail (context != NULL, NULL);

  measurements = speedup_measurements_new (configurations, n_configurations,
                                           observations, n_observations);

  self = g_new0 (SpeedupAnalysis, 1);
  self->summary = g_array_new (FALSE, FALSE, sizeof (SpeedupSummary));
  self->fits = g_array_new (FALSE, FALSE, sizeof (SpeedupFit));
  self->verdicts = g_array_new (FALSE, FALSE, sizeof (SpeedupVerdict));
  self->outliers = g_array_new (FALSE, FALSE, sizeof (SpeedupOutlier));

  self->base = find_base (measurements);
  add_summaries (self, measurements);
  self->precision = find_precision (self);
  add_fits (self, measurements, context);
  speedup_analysis_add_verdicts (self, measurements, context);
  speedup_measurements_add_outliers (measurements, self->outliers);

  return self;
}

/**
 * speedup_analysis_free:
 * @self: (transfer full) (nullable): an analysis
 */
void
speedup_analysis_free (SpeedupAnalysis *self)
{
  if (self == NULL)
    return;

  g_array_unref (self->summary);
  g_array_unref (self->fits);
  g_array_unref (self->verdicts);
  g_array_unref (self->outliers);
  g_free (self);
}

/**
 * speedup_analysis_get_summary:
 * @self: an analysis
 * @configuration: index of a configuration
 *
 * Returns: (nullable) (transfer none): its summary; %NULL when it has no clean run
 */
const SpeedupSummary *
speedup_analysis_get_summary (const SpeedupAnalysis *self,
                              guint                  configuration)
{
  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->summary->len; i++)
    {
      const SpeedupSummary *summary = &g_array_index (self->summary, SpeedupSummary, i);

      if (summary->configuration == configuration)
        return summary;
    }

  return NULL;
}

/**
 * speedup_analysis_get_fit:
 * @self: an analysis
 * @series: number of a series
 *
 * Returns: (nullable) (transfer none): its fit; %NULL when there is none
 */
const SpeedupFit *
speedup_analysis_get_fit (const SpeedupAnalysis *self,
                          guint                  series)
{
  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->fits->len; i++)
    {
      const SpeedupFit *fit = &g_array_index (self->fits, SpeedupFit, i);

      if (fit->series == series)
        return fit;
    }

  return NULL;
}

/**
 * speedup_analysis_get_band:
 * @self: an analysis
 * @series: number of a series
 * @workers: N, 1 or more; where whole tasks limit it, the whole-task bound in its stead
 *
 * The fitted relative ratio T(1) / T(N) with its 95 % band, for drawing. The data stand behind it
 * up to the fit's `workers_max` alone.
 *
 * Returns: the ratio and its band; %NAN without a profile fit, as a serial fraction from a single N
 *   makes no curve
 */
SpeedupInterval
speedup_analysis_get_band (const SpeedupAnalysis *self,
                           guint                  series,
                           double                 workers)
{
  const SpeedupFit *fit = speedup_analysis_get_fit (self, series);

  if (fit == NULL || fit->method != SPEEDUP_FIT_PROFILE)
    return no_interval;

  return speedup_amdahl_band (fit->serial_fraction, workers);
}
