/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-verdict.h"

#include <math.h>

/* Less is won: "a little". */
#define LITTLE 1.10

/* A difference between two N that is worth more workers, or that makes them a mistake. */
#define WORTH_IT 1.05

/* (high - low) / estimate. */
#define WIDE 0.15

#define TOO_MANY_VOID 0.20

typedef struct
{
  const SpeedupAnalysis *analysis;
  const SpeedupMeasurements *measurements;
  const SpeedupAnalysisContext *context;
  GPtrArray *points;
} Judge;

static int
compare_points_cb (gconstpointer a,
                   gconstpointer b,
                   gpointer      data)
{
  const SpeedupMeasurements *measurements = data;
  const SpeedupSummary *const *x = a;
  const SpeedupSummary *const *y = b;
  guint n_x = measurements->configurations[(*x)->configuration].workers;
  guint n_y = measurements->configurations[(*y)->configuration].workers;

  return (n_x > n_y) - (n_x < n_y);
}

/* The configurations of a series that have a ratio, by workers. */
static GPtrArray *
collect_points (const SpeedupAnalysis     *analysis,
                const SpeedupMeasurements *measurements,
                guint                      series)
{
  GPtrArray *points = g_ptr_array_new ();

  for (guint i = 0; i < analysis->summary->len; i++)
    {
      const SpeedupSummary *summary = &g_array_index (analysis->summary, SpeedupSummary, i);

      if (measurements->configurations[summary->configuration].series == series
          && !measurements->configurations[summary->configuration].sequential
          && !isnan (summary->ratio.estimate))
        g_ptr_array_add (points, (gpointer) summary);
    }

  g_ptr_array_sort_with_data (points, compare_points_cb, (gpointer) measurements);

  return points;
}

static const SpeedupSummary *
get_point (const Judge *self,
           guint        i)
{
  return g_ptr_array_index (self->points, i);
}

static guint
get_workers (const Judge          *self,
             const SpeedupSummary *point)
{
  return self->measurements->configurations[point->configuration].workers;
}

static const SpeedupSummary *
find_best (const Judge *self)
{
  const SpeedupSummary *best = NULL;

  for (guint i = 0; i < self->points->len; i++)
    {
      if (best == NULL || get_point (self, i)->ratio.estimate > best->ratio.estimate)
        best = get_point (self, i);
    }

  return best;
}

/* Whether one N beats another by 5 % or more and, where there are rounds enough for an interval, by
 * more than chance. The two are paired by round: that is sharper than to compare their ratios. */
static gboolean
is_clearly_faster (const Judge          *self,
                   const SpeedupSummary *fast,
                   const SpeedupSummary *slow)
{
  SpeedupInterval gain = speedup_measurements_compare (self->measurements, slow->configuration,
                                                       fast->configuration, NULL);

  /* Without a round in common only their ratios can be compared. */
  if (isnan (gain.estimate))
    return fast->ratio.estimate >= WORTH_IT * slow->ratio.estimate;

  return gain.estimate >= log (WORTH_IT) && !(gain.low <= 0);
}

/* The smallest N that the best N does not clearly beat. */
static const SpeedupSummary *
find_smallest_sufficient (const Judge          *self,
                          const SpeedupSummary *best)
{
  guint i = 0;

  while (get_point (self, i) != best && is_clearly_faster (self, best, get_point (self, i)))
    i++;

  return get_point (self, i);
}

static gboolean
is_slower_after (const Judge          *self,
                 const SpeedupSummary *best)
{
  for (guint i = 0; i < self->points->len; i++)
    {
      if (get_workers (self, get_point (self, i)) > get_workers (self, best)
          && is_clearly_faster (self, best, get_point (self, i)))
        return TRUE;
    }

  return FALSE;
}

/* The largest measured N that could have been better than all smaller ones: computing tasks cannot
 * use more workers than CPUs, and N workers are no use where fewer take as many waves of tasks. */
static guint
get_largest_useful_workers (const Judge *self)
{
  double best_bound = 0;
  guint largest = 0;

  for (guint i = 0; i < self->points->len; i++)
    {
      const SpeedupSummary *point = get_point (self, i);
      guint workers = get_workers (self, point);

      if (self->context->cpu_bound && workers > self->context->cpus_usable)
        break;

      if (point->bound > best_bound)
        {
          best_bound = point->bound;
          largest = workers;
        }
    }

  return largest;
}

static gboolean
is_wide (SpeedupInterval ratio)
{
  return ratio.high - ratio.low > WIDE * ratio.estimate;
}

static SpeedupVerdictReason
get_reservation (SpeedupInterval ratio)
{
  if (!speedup_interval_is_bounded (ratio))
    return SPEEDUP_REASON_FEW_ROUNDS;

  if (ratio.low <= 1 && ratio.high >= 1)
    return SPEEDUP_REASON_OVER_ONE;

  return is_wide (ratio) ? SPEEDUP_REASON_WIDE_INTERVAL : SPEEDUP_REASON_NONE;
}

static gboolean
is_slower_than_base (SpeedupInterval ratio)
{
  if (speedup_interval_is_bounded (ratio))
    return ratio.high < 1;

  return ratio.estimate <= 1 / WORTH_IT;
}

/* What stands in the way of any verdict at all. */
static SpeedupVerdictReason
find_obstacle (const Judge          *self,
               const SpeedupSummary *best)
{
  if (self->analysis->base == G_MAXUINT)
    return SPEEDUP_REASON_NO_BASE;

  if (self->context->void_share > TOO_MANY_VOID)
    return SPEEDUP_REASON_VOID_RUNS;

  if (self->context->server_limited)
    return SPEEDUP_REASON_SERVER_LIMITED;

  if (best == NULL)
    return SPEEDUP_REASON_FEW_ROUNDS;

  /* A wide interval matters only where it leaves open whether there is a gain worth having. */
  if (is_wide (best->ratio) && best->ratio.low < LITTLE && best->ratio.high >= LITTLE)
    return SPEEDUP_REASON_WIDE_INTERVAL;

  if (best->ratio.estimate >= LITTLE && best->ratio.low <= 1)
    return SPEEDUP_REASON_OVER_ONE;

  return SPEEDUP_REASON_NONE;
}

static SpeedupVerdictForm
choose_form (const Judge           *self,
             const SpeedupSummary  *best,
             const SpeedupSummary **speaks_of)
{
  *speaks_of = best;

  if (is_slower_than_base (best->ratio))
    {
      *speaks_of = speedup_analysis_get_summary (self->analysis, self->analysis->base);
      return SPEEDUP_VERDICT_SLOWER_AFTER;
    }

  if (best->ratio.estimate < LITTLE)
    return SPEEDUP_VERDICT_A_LITTLE;

  if (is_slower_after (self, best))
    return SPEEDUP_VERDICT_SLOWER_AFTER;

  *speaks_of = find_smallest_sufficient (self, best);

  return get_workers (self, *speaks_of) >= get_largest_useful_workers (self)
         ? SPEEDUP_VERDICT_GO_TO : SPEEDUP_VERDICT_KNEE;
}

static SpeedupVerdict
judge_series (const Judge *self,
              guint        series)
{
  SpeedupVerdict verdict = {
    .series = series,
    .form = SPEEDUP_VERDICT_CANNOT_TELL,
    .configuration = G_MAXUINT,
    .ratio = { NAN, NAN, NAN },
  };
  const SpeedupSummary *best = find_best (self);
  const SpeedupSummary *speaks_of = best;

  verdict.reason = find_obstacle (self, best);
  if (verdict.reason == SPEEDUP_REASON_NONE)
    {
      verdict.form = choose_form (self, best, &speaks_of);
      verdict.reason = get_reservation (best->ratio);
    }

  if (speaks_of != NULL)
    {
      verdict.configuration = speaks_of->configuration;
      verdict.workers = get_workers (self, speaks_of);
      verdict.ratio = speaks_of->ratio;
    }

  return verdict;
}

static void
add_nothing_parallel (SpeedupAnalysis           *self,
                      const SpeedupMeasurements *measurements)
{
  guint configuration = self->base == G_MAXUINT ? 0 : self->base;
  SpeedupVerdict verdict = {
    .series = measurements->configurations[configuration].series,
    .form = SPEEDUP_VERDICT_CANNOT_TELL,
    .configuration = self->base,
    .workers = self->base == G_MAXUINT ? 0 : measurements->configurations[self->base].workers,
    .ratio = { NAN, NAN, NAN },
    .reason = SPEEDUP_REASON_NOTHING_PARALLEL,
  };

  g_array_append_val (self->verdicts, verdict);
}

static gboolean
has_verdict (const SpeedupAnalysis *self,
             guint                  series)
{
  for (guint i = 0; i < self->verdicts->len; i++)
    {
      if (g_array_index (self->verdicts, SpeedupVerdict, i).series == series)
        return TRUE;
    }

  return FALSE;
}

/*
 * speedup_analysis_add_verdicts:
 *
 * One verdict for each parallel series, in order of its first configuration; the rules are in the
 * documentation of SpeedupVerdict.
 */
void
speedup_analysis_add_verdicts (SpeedupAnalysis              *self,
                               const SpeedupMeasurements    *measurements,
                               const SpeedupAnalysisContext *context)
{
  for (guint i = 0; i < measurements->n_configurations; i++)
    {
      const SpeedupObservedConfiguration *configuration = &measurements->configurations[i];
      g_autoptr (GPtrArray) points = NULL;
      SpeedupVerdict verdict;

      if (configuration->sequential || has_verdict (self, configuration->series))
        continue;

      points = collect_points (self, measurements, configuration->series);
      verdict = judge_series (&(Judge) { self, measurements, context, points },
                              configuration->series);
      g_array_append_val (self->verdicts, verdict);
    }

  if (self->verdicts->len == 0 && measurements->n_configurations > 0)
    add_nothing_parallel (self, measurements);
}
