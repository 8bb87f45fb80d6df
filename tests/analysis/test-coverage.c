/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* How often the 95 % intervals hold the truth, in simulated sessions with a fixed seed. */

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

#include "session.h"
#include "speedup-amdahl.h"

#define N_SESSIONS 2000

typedef double (*Draw) (gsl_rng *rng);

static double
draw_normal (gsl_rng *rng)
{
  return gsl_ran_gaussian (rng, 0.03);
}

/* Heavy tails: now and then a run is far off. */
static double
draw_student (gsl_rng *rng)
{
  return 0.03 * gsl_ran_tdist (rng, 3);
}

static double
draw_uniform (gsl_rng *rng)
{
  return gsl_ran_flat (rng, -0.05, 0.05);
}

static gsl_rng *
make_rng (void)
{
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);

  gsl_rng_set (rng, 20261122);

  return rng;
}

static gboolean
contains (SpeedupInterval interval,
          double          truth)
{
  return interval.low <= truth && truth <= interval.high;
}

/* Exact levels: 1 - 2 P (W <= critical value); 0.969, 0.953, 0.951 and 0.952. */
static void
test_signed_rank (void)
{
  const Draw draws[] = { draw_normal, draw_student, draw_uniform };
  const guint rounds[] = { 6, 7, 10, 25 };
  gsl_rng *rng = make_rng ();

  for (guint i = 0; i < G_N_ELEMENTS (draws) * G_N_ELEMENTS (rounds); i++)
    {
      Draw draw = draws[i % G_N_ELEMENTS (draws)];
      guint n_rounds = rounds[i / G_N_ELEMENTS (draws)];
      guint n_hits = 0;

      for (guint session = 0; session < N_SESSIONS; session++)
        {
          double values[25];

          for (guint round = 0; round < n_rounds; round++)
            values[round] = 0.5 + draw (rng);
          n_hits += contains (speedup_signed_rank_interval (values, n_rounds), 0.5);
        }

      g_test_message ("%u rounds, distribution %u: %.4f", n_rounds,
                      i % (guint) G_N_ELEMENTS (draws), n_hits / (double) N_SESSIONS);
      g_assert_cmpfloat (n_hits, >=, 0.93 * N_SESSIONS);
      g_assert_cmpfloat (n_hits, <=, 0.98 * N_SESSIONS);
    }

  gsl_rng_free (rng);
}

/* At s = 0 the interval ends at the boundary and holds the truth more often still. */
static void
test_profile (void)
{
  const double workers[] = { 1, 2, 3, 4, 6, 8, 12, 16 };
  const double fractions[] = { 0, 0.005, 0.05, 0.3 };
  const gsize points[] = { 4, 5, 8 };
  gsl_rng *rng = make_rng ();

  for (guint i = 0; i < G_N_ELEMENTS (fractions) * G_N_ELEMENTS (points); i++)
    {
      double serial_fraction = fractions[i % G_N_ELEMENTS (fractions)];
      gsize n_points = points[i / G_N_ELEMENTS (fractions)];
      guint n_hits = 0;

      for (guint session = 0; session < N_SESSIONS; session++)
        {
          double log_times[G_N_ELEMENTS (workers)];
          SpeedupAmdahlFit fit;

          for (gsize point = 0; point < n_points; point++)
            log_times[point] = draw_normal (rng)
                               - log (speedup_amdahl (serial_fraction, workers[point]));
          g_assert_true (speedup_amdahl_fit (workers, log_times, n_points, &fit));
          n_hits += contains (fit.serial_fraction, serial_fraction);
        }

      g_test_message ("s = %g, %u points: %.4f", serial_fraction, (guint) n_points,
                      n_hits / (double) N_SESSIONS);
      g_assert_cmpfloat (n_hits, >=, 0.93 * N_SESSIONS);
    }

  gsl_rng_free (rng);
}

/* A machine that grows 10 % slower as it warms up in the course of a session of 7 rounds of a
 * base and of 1, 2 and 4 workers, whose true ratio at 4 is 3.5. Returns that interval. */
static SpeedupInterval
measure_drifting (gsl_rng *rng,
                  gboolean interleaved)
{
  const double true_ratios[] = { 1, 1, 1.9, 3.5 };
  const guint n_rounds = 7;
  const guint n_runs = n_rounds * G_N_ELEMENTS (true_ratios);
  g_autoptr (Session) session = session_new ();
  g_autoptr (SpeedupAnalysis) analysis = NULL;
  guint order[G_N_ELEMENTS (true_ratios)] = { 0, 1, 2, 3 };

  session_add (session, SEQUENTIAL, 1, 200, 0);
  session_add (session, 1, 1, 200, 0);
  session_add (session, 1, 2, 200, 0);
  session_add (session, 1, 4, 200, 0);

  for (guint run = 0; run < n_runs; run++)
    {
      guint configuration, round;
      double slowness = 1 + 0.1 * run / n_runs;

      if (interleaved && run % G_N_ELEMENTS (order) == 0)
        gsl_ran_shuffle (rng, order, G_N_ELEMENTS (order), sizeof *order);

      configuration = interleaved ? order[run % G_N_ELEMENTS (order)] : run / n_rounds;
      round = interleaved ? run / (guint) G_N_ELEMENTS (order) + 1 : run % n_rounds + 1;
      slowness *= exp (gsl_ran_gaussian (rng, 0.01));
      session_observe (session, configuration, round, 10 / true_ratios[configuration] * slowness);
    }

  analysis = session_analyse (session);

  return speedup_analysis_get_summary (analysis, 3)->ratio;
}

static void
test_drift (void)
{
  gsl_rng *rng = make_rng ();
  guint n_interleaved = 0, n_back_to_back = 0;

  for (guint session = 0; session < N_SESSIONS; session++)
    {
      n_interleaved += contains (measure_drifting (rng, TRUE), 3.5);
      n_back_to_back += contains (measure_drifting (rng, FALSE), 3.5);
    }
  gsl_rng_free (rng);

  g_test_message ("interleaved %.4f, back to back %.4f", n_interleaved / (double) N_SESSIONS,
                  n_back_to_back / (double) N_SESSIONS);
  g_assert_cmpfloat (n_interleaved, >=, 0.93 * N_SESSIONS);
  g_assert_cmpfloat (n_interleaved, <=, 0.97 * N_SESSIONS);
  g_assert_cmpfloat (n_back_to_back, <, 0.62 * N_SESSIONS);
}

/* The whole way from times to a serial fraction: rounds that drift by 10 %, runs that scatter by
 * 3 %, and now and then a run that is missing. */
static void
test_fit_of_sessions (void)
{
  const guint workers[] = { 1, 2, 3, 4, 6, 8, 12, 16 };
  const guint n_sessions = N_SESSIONS / 2;
  gsl_rng *rng = make_rng ();
  guint n_hits = 0;

  for (guint i = 0; i < n_sessions; i++)
    {
      g_autoptr (Session) session = session_new ();
      g_autoptr (SpeedupAnalysis) analysis = NULL;

      for (guint j = 0; j < G_N_ELEMENTS (workers); j++)
        {
          guint configuration = session_add (session, 1, workers[j], 960, 0);

          for (guint round = 1; round <= 7; round++)
            {
              if (gsl_rng_uniform (rng) < 0.9)
                session_observe (session, configuration, round,
                                 (1 + 0.1 * round / 7) * exp (draw_normal (rng))
                                 / speedup_amdahl (0.05, workers[j]));
            }
        }
      analysis = session_analyse (session);
      n_hits += contains (speedup_analysis_get_fit (analysis, 1)->serial_fraction, 0.05);
    }
  gsl_rng_free (rng);

  g_test_message ("%.4f", n_hits / (double) n_sessions);
  g_assert_cmpfloat (n_hits, >=, 0.93 * n_sessions);
  g_assert_cmpfloat (n_hits, <=, 0.97 * n_sessions);
}

/* Rounds are added until the half-width is 3 %, or there are 25: to stop when it looks good costs
 * little of the coverage. */
static void
test_optional_stopping (void)
{
  gsl_rng *rng = make_rng ();
  guint n_hits = 0, n_all_rounds = 0;

  for (guint i = 0; i < N_SESSIONS; i++)
    {
      g_autoptr (Session) session = session_new ();
      guint base = session_add (session, SEQUENTIAL, 1, 100, 0);
      guint two = session_add (session, 1, 2, 100, 0);
      SpeedupInterval ratio = { NAN, NAN, NAN };
      double precision = NAN;
      guint round;

      for (round = 1; round <= 25 && !(precision <= 0.03); round++)
        {
          g_autoptr (SpeedupAnalysis) analysis = NULL;

          session_observe (session, base, round, 10 * exp (draw_normal (rng)));
          session_observe (session, two, round, 5 * exp (draw_normal (rng)));
          analysis = session_analyse (session);
          precision = analysis->precision;
          ratio = speedup_analysis_get_summary (analysis, two)->ratio;
        }

      n_hits += contains (ratio, 2);
      n_all_rounds += round - 1;
    }
  gsl_rng_free (rng);

  g_test_message ("%.4f after %.1f rounds", n_hits / (double) N_SESSIONS,
                  n_all_rounds / (double) N_SESSIONS);
  g_assert_cmpfloat (n_hits, >=, 0.92 * N_SESSIONS);
  g_assert_cmpfloat (n_hits, <=, 0.97 * N_SESSIONS);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/coverage/signed-rank", test_signed_rank);
  g_test_add_func ("/coverage/profile", test_profile);
  g_test_add_func ("/coverage/drift", test_drift);
  g_test_add_func ("/coverage/fit-of-sessions", test_fit_of_sessions);
  g_test_add_func ("/coverage/optional-stopping", test_optional_stopping);

  return g_test_run ();
}
