/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-statistics.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

/* Makes the median absolute deviation of normal values estimate their standard deviation. */
#define MAD_TO_SD 1.4826

/* Of a two-sided 95 % interval, on each side. */
#define TAIL 0.025

static gboolean
all_finite (const double *values,
            gsize         n_values)
{
  for (gsize i = 0; i < n_values; i++)
    {
      if (!isfinite (values[i]))
        return FALSE;
    }

  return TRUE;
}

static double *
copy_sorted (const double *values,
             gsize         n_values)
{
  double *sorted = g_memdup2 (values, n_values * sizeof *values);

  gsl_sort (sorted, 1, n_values);

  return sorted;
}

/* The n (n + 1) / 2 means of every value with itself and with every other one, in order. */
static double *
make_walsh_averages (const double *values,
                     gsize         n_values,
                     gsize        *n_averages)
{
  double *averages = g_new (double, n_values * (n_values + 1) / 2);
  gsize n = 0;

  for (gsize i = 0; i < n_values; i++)
    {
      for (gsize j = i; j < n_values; j++)
        averages[n++] = 0.5 * values[i] + 0.5 * values[j];
    }

  gsl_sort (averages, 1, n);
  *n_averages = n;

  return averages;
}

/**
 * speedup_interval_is_bounded:
 * @interval: an interval
 *
 * Returns: whether it has both limits
 */
gboolean
speedup_interval_is_bounded (SpeedupInterval interval)
{
  return isfinite (interval.low) && isfinite (interval.high);
}

/**
 * speedup_median:
 * @values: (array length=n_values): in any order
 * @n_values: how many
 *
 * Returns: the median; %NAN without values, or when one of them is not finite
 */
double
speedup_median (const double *values,
                gsize         n_values)
{
  g_autofree double *sorted = NULL;

  if (n_values == 0 || !all_finite (values, n_values))
    return NAN;

  sorted = copy_sorted (values, n_values);

  return gsl_stats_median_from_sorted_data (sorted, 1, n_values);
}

/**
 * speedup_robust_sd:
 * @values: (array length=n_values): in any order
 * @n_values: how many
 *
 * A standard deviation that single outliers do not move: 1.4826 times the median absolute
 * deviation from the median, which for normal values is their standard deviation.
 *
 * Returns: the robust standard deviation; %NAN for fewer than two values, or when one of them is
 *   not finite
 */
double
speedup_robust_sd (const double *values,
                   gsize         n_values)
{
  g_autofree double *deviations = NULL;
  double median;

  if (n_values < 2 || !all_finite (values, n_values))
    return NAN;

  median = speedup_median (values, n_values);
  deviations = g_new (double, n_values);
  for (gsize i = 0; i < n_values; i++)
    deviations[i] = fabs (values[i] - median);

  return MAD_TO_SD * speedup_median (deviations, n_values);
}

/**
 * speedup_coefficient_of_variation:
 * @values: (array length=n_values): durations or other amounts above 0
 * @n_values: how many
 *
 * The standard deviation (n - 1 below the line) as a share of the mean.
 *
 * Returns: the coefficient of variation; %NAN for fewer than two values, when one of them is not
 *   finite, or when their mean is not above 0
 */
double
speedup_coefficient_of_variation (const double *values,
                                  gsize         n_values)
{
  double mean;

  if (n_values < 2 || !all_finite (values, n_values))
    return NAN;

  mean = gsl_stats_mean (values, 1, n_values);
  if (!(mean > 0))
    return NAN;

  return gsl_stats_sd_m (values, 1, n_values, mean) / mean;
}

/**
 * speedup_hodges_lehmann:
 * @values: (array length=n_values): in any order; up to a few hundred
 * @n_values: how many
 *
 * The median of all Walsh averages (x_i + x_j) / 2, i <= j: nearly as precise as the mean where
 * that is best, and unmoved by a single outlier. (Hodges and Lehmann, "Estimates of location based
 * on rank tests", Annals of Mathematical Statistics 34, 1963.)
 *
 * Returns: the estimate of location; %NAN without values, or when one of them is not finite
 */
double
speedup_hodges_lehmann (const double *values,
                        gsize         n_values)
{
  g_autofree double *averages = NULL;
  gsize n_averages;

  if (n_values == 0 || !all_finite (values, n_values))
    return NAN;

  averages = make_walsh_averages (values, n_values, &n_averages);

  return gsl_stats_median_from_sorted_data (averages, 1, n_averages);
}

/**
 * speedup_signed_rank_critical_value:
 * @n_values: number of differences; up to a few hundred
 *
 * The two-sided 5 % critical value of Wilcoxon's signed-rank statistic W, from its exact
 * distribution: under the null hypothesis each rank 1 ... n is in the sum with probability 1/2.
 *
 * Returns: the largest w with P (W <= w) <= 0.025; -1 where there is none, that is for n < 6
 */
int
speedup_signed_rank_critical_value (gsize n_values)
{
  /* W is symmetrical about its mean, and the critical value lies below that. */
  gsize n_sums = n_values * (n_values + 1) / 4 + 1;
  g_autofree double *probability = g_new0 (double, n_sums);
  double below = 0;
  int w = 0;

  /* Of the 2^n sets of ranks, the empty one has the sum 0. Each rank in turn is added to all sets
   * of the ranks before it. */
  probability[0] = ldexp (1, -(int) n_values);
  for (gsize rank = 1; rank <= n_values; rank++)
    {
      for (gsize sum = n_sums; sum-- > rank;)
        probability[sum] += probability[sum - rank];
    }

  while (below + probability[w] <= TAIL)
    below += probability[w++];

  return w - 1;
}

/**
 * speedup_signed_rank_interval:
 * @values: (array length=n_values): differences, in any order; up to a few hundred
 * @n_values: how many
 *
 * The Hodges-Lehmann estimate with the interval that belongs to Wilcoxon's signed-rank test: with
 * w its critical value, the limits are the (w + 1)th Walsh average from below and from above.
 * The null distribution is exact, so the level is at least 95 % whatever symmetric distribution the
 * values have; ties and zeros need no correction and can only make it more. (Hollander, Wolfe and
 * Chicken, "Nonparametric Statistical Methods", 3rd edition, section 3.3.)
 *
 * Returns: the estimate and its limits; the limits are %NAN for fewer than 6 values, where 95 %
 *   cannot be reached; everything is %NAN without values, or when one of them is not finite
 */
SpeedupInterval
speedup_signed_rank_interval (const double *values,
                              gsize         n_values)
{
  SpeedupInterval interval = { NAN, NAN, NAN };
  g_autofree double *averages = NULL;
  gsize n_averages;
  int critical;

  if (n_values == 0 || !all_finite (values, n_values))
    return interval;

  averages = make_walsh_averages (values, n_values, &n_averages);
  interval.estimate = gsl_stats_median_from_sorted_data (averages, 1, n_averages);

  critical = speedup_signed_rank_critical_value (n_values);
  if (critical >= 0)
    {
      interval.low = averages[critical];
      interval.high = averages[n_averages - 1 - (gsize) critical];
    }

  return interval;
}
