/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-amdahl.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_min.h>
#include <gsl/gsl_roots.h>
#include <math.h>

/* T1 and s. */
#define N_PARAMETERS 2

/* Fewer points leave nothing to judge the scatter by. */
#define MIN_POINTS (N_PARAMETERS + 1)

#define LEVEL         0.95
#define TOLERANCE     1e-12
#define MAX_STEPS     200
#define N_GRID_STEPS  100

typedef struct
{
  const double *workers;
  const double *log_times;
  gsize n_points;
  double threshold;
} Profile;

/* ln T1 that fits best for a given s: with T1 free it is a mean of logs. */
static double
profile_log_t1 (const Profile *self,
                double         serial_fraction)
{
  double sum = 0;

  for (gsize i = 0; i < self->n_points; i++)
    sum += self->log_times[i] + log (speedup_amdahl (serial_fraction, self->workers[i]));

  return sum / self->n_points;
}

static double
profile_sse (const Profile *self,
             double         serial_fraction)
{
  double log_t1 = profile_log_t1 (self, serial_fraction);
  double sse = 0;

  for (gsize i = 0; i < self->n_points; i++)
    {
      double log_speedup = log (speedup_amdahl (serial_fraction, self->workers[i]));
      double residual = self->log_times[i] - (log_t1 - log_speedup);

      sse += residual * residual;
    }

  return sse;
}

/* Mirrors the number line at 0 and at 1, so that a smallest value at either end of the allowed
 * range lies inside a bracket, as the minimiser wants it. */
static double
fold (double s)
{
  s = fabs (s);

  return s > 1 ? 2 - s : s;
}

static double
folded_sse_cb (double   s,
               gpointer data)
{
  return profile_sse (data, fold (s));
}

static double
excess_sse_cb (double   s,
               gpointer data)
{
  const Profile *self = data;

  return profile_sse (self, s) - self->threshold;
}

/* Steps are finer near 0, where a small difference in s is a large one in speed. */
static double
grid_point (int step)
{
  double x = (double) step / N_GRID_STEPS;

  return step < 0 ? -(x * x) : x * x;
}

/* A grid comes first, for times that follow no curve can have more than one smallest value. */
static double
find_minimum (const Profile *self)
{
  g_autofree double *sse = g_new (double, N_GRID_STEPS + 1);
  gsl_function function = { folded_sse_cb, (gpointer) self };
  gsl_min_fminimizer *minimizer;
  double lower, upper, minimum;
  int best = 0;

  for (int i = 0; i <= N_GRID_STEPS; i++)
    {
      sse[i] = profile_sse (self, grid_point (i));
      if (sse[i] < sse[best])
        best = i;
    }

  minimum = grid_point (best);
  lower = grid_point (best - 1);
  upper = best == N_GRID_STEPS ? 2 - lower : grid_point (best + 1);

  /* Where the curve is flat to the last digit there is nothing to refine. */
  if (!(folded_sse_cb (lower, (gpointer) self) > sse[best]
        && folded_sse_cb (upper, (gpointer) self) > sse[best]))
    return minimum;

  minimizer = gsl_min_fminimizer_alloc (gsl_min_fminimizer_brent);
  gsl_min_fminimizer_set (minimizer, &function, minimum, lower, upper);
  for (int i = 0; i < MAX_STEPS; i++)
    {
      if (gsl_min_fminimizer_iterate (minimizer) != GSL_SUCCESS
          || gsl_min_test_interval (gsl_min_fminimizer_x_lower (minimizer),
                                    gsl_min_fminimizer_x_upper (minimizer),
                                    TOLERANCE, 0) == GSL_SUCCESS)
        break;
    }
  minimum = fold (gsl_min_fminimizer_x_minimum (minimizer));
  gsl_min_fminimizer_free (minimizer);

  return minimum;
}

/* Where the sum of squares crosses the threshold between the minimum and an end of the range; the
 * end itself when it does not get that high. */
static double
find_limit (const Profile *self,
            double         minimum,
            double         end)
{
  gsl_function function = { excess_sse_cb, (gpointer) self };
  gsl_root_fsolver *solver;
  double limit;

  if (minimum == end || profile_sse (self, end) <= self->threshold)
    return end;

  solver = gsl_root_fsolver_alloc (gsl_root_fsolver_brent);
  gsl_root_fsolver_set (solver, &function, MIN (minimum, end), MAX (minimum, end));
  for (int i = 0; i < MAX_STEPS; i++)
    {
      if (gsl_root_fsolver_iterate (solver) != GSL_SUCCESS
          || gsl_root_test_interval (gsl_root_fsolver_x_lower (solver),
                                     gsl_root_fsolver_x_upper (solver),
                                     TOLERANCE, 0) == GSL_SUCCESS)
        break;
    }
  limit = gsl_root_fsolver_root (solver);
  gsl_root_fsolver_free (solver);

  return limit;
}

static gboolean
points_are_usable (const double *workers,
                   const double *log_times,
                   gsize         n_points)
{
  gboolean differ = FALSE;

  for (gsize i = 0; i < n_points; i++)
    {
      if (!isfinite (workers[i]) || workers[i] < 1 || !isfinite (log_times[i]))
        return FALSE;
      differ = differ || workers[i] != workers[0];
    }

  return differ;
}

/**
 * speedup_amdahl:
 * @serial_fraction: s, the share of the work that cannot be shared out, 0 to 1
 * @workers: N, 1 or more; not a whole number where tasks do not divide evenly
 *
 * Amdahl's law, S(N) = 1 / (s + (1 - s) / N). All work serial (s = 1, p = 0) gives a speedup of 1,
 * none of it (s = 0, p = 1) gives N. (Amdahl, "Validity of the single processor approach to
 * achieving large scale computing capabilities", AFIPS 1967.)
 *
 * Returns: the speedup against one worker; %NAN outside these ranges
 */
double
speedup_amdahl (double serial_fraction,
                double workers)
{
  if (!(serial_fraction >= 0 && serial_fraction <= 1 && workers >= 1))
    return NAN;

  return 1 / (serial_fraction + (1 - serial_fraction) / workers);
}

/**
 * speedup_whole_task_bound:
 * @n_tasks: n, tasks of like size
 * @workers: N
 *
 * A task cannot be split, so N workers take ceil (n / N) waves for n of them: 100 days on 40
 * workers take three, and the ideal is 33.3, not 40.
 *
 * Returns: n / ceil (n / N), the highest speedup that N workers can reach; %NAN without tasks or
 *   without workers
 */
double
speedup_whole_task_bound (gsize n_tasks,
                          guint workers)
{
  gsize n_waves;

  if (n_tasks == 0 || workers == 0)
    return NAN;

  n_waves = (n_tasks - 1) / workers + 1;

  return (double) n_tasks / n_waves;
}

/**
 * speedup_karp_flatt:
 * @speedup: S, measured against one worker, above 0
 * @workers: N, above 1
 *
 * The serial fraction determined by experiment, e = (1/S - 1/N) / (1 - 1/N). It is below 0 where
 * N workers are more than N times as fast, and above 1 where they are slower than one. (Karp and
 * Flatt, "Measuring parallel processor performance", Communications of the ACM 33, 1990.)
 *
 * Returns: e, not cut to 0 ... 1; %NAN outside these ranges
 */
double
speedup_karp_flatt (double speedup,
                    double workers)
{
  if (!(speedup > 0 && workers > 1))
    return NAN;

  return (1 / speedup - 1 / workers) / (1 - 1 / workers);
}

/**
 * speedup_amdahl_fit:
 * @workers: (array length=n_points): N, 1 or more each
 * @log_times: (array length=n_points): ln T(N), T in seconds
 * @n_points: how many
 * @fit: (out caller-allocates): the fit
 *
 * Fits ln T(N) = ln T1 + ln (s + (1 - s) / N) by least squares, with T1 free and 0 <= s <= 1.
 * The interval is the profile likelihood's, with the variance estimated:
 * {s : SSE(s) <= SSE_min (1 + F(1, m - 2; 0.95) / (m - 2))} for m points. It needs no symmetry and
 * ends at 0 or 1 where the data do not exclude them. (Bates and Watts, "Nonlinear regression
 * analysis and its applications", 1988, section 6.1.)
 *
 * Returns: whether there is a fit; there is none for fewer than three points, for points that all
 *   have the same N, or when a number is not finite or an N below 1
 */
gboolean
speedup_amdahl_fit (const double     *workers,
                    const double     *log_times,
                    gsize             n_points,
                    SpeedupAmdahlFit *fit)
{
  Profile profile = { workers, log_times, n_points, 0 };
  double degrees_of_freedom, sse, s;

  g_return_val_if_fail (fit != NULL, FALSE);

  if (n_points < MIN_POINTS || !points_are_usable (workers, log_times, n_points))
    return FALSE;

  degrees_of_freedom = n_points - N_PARAMETERS;
  s = find_minimum (&profile);
  sse = profile_sse (&profile, s);
  profile.threshold = sse * (1 + gsl_cdf_fdist_Pinv (LEVEL, 1, degrees_of_freedom)
                             / degrees_of_freedom);

  fit->serial_fraction.estimate = s;
  fit->serial_fraction.low = find_limit (&profile, s, 0);
  fit->serial_fraction.high = find_limit (&profile, s, 1);
  fit->log_t1 = profile_log_t1 (&profile, s);
  fit->residual_sd = sqrt (sse / degrees_of_freedom);
  fit->n_points = n_points;

  return TRUE;
}

/**
 * speedup_amdahl_band:
 * @serial_fraction: s with its interval
 * @workers: N, 1 or more
 *
 * The speedup T(1) / T(N) of a fitted curve. It depends on s alone, and falls with s, so the
 * interval of s carries over: this is the profile likelihood's band.
 *
 * Returns: S(N) with its limits; without limits where @serial_fraction has none; %NAN outside
 *   these ranges
 */
SpeedupInterval
speedup_amdahl_band (SpeedupInterval serial_fraction,
                     double          workers)
{
  SpeedupInterval band = {
    .estimate = speedup_amdahl (serial_fraction.estimate, workers),
    .low = speedup_amdahl (serial_fraction.high, workers),
    .high = speedup_amdahl (serial_fraction.low, workers),
  };

  return band;
}
