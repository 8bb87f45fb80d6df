/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Work whose serial fraction is known, scheduled task by task on a virtual clock. */

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

#include "session.h"
#include "speedup-amdahl.h"

#define N_ROUNDS 7

static const guint sweep[] = { 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 40, 48, 64 };

/* All tasks of a run, of which a share comes first and cannot be shared out. */
static double
run_with_serial_part (const double *task_s,
                      guint         n_tasks,
                      double        serial_s,
                      guint         workers)
{
  return serial_s + run_virtually (task_s, n_tasks, workers);
}

static double *
make_tasks (gsl_rng *rng,
            guint    n_tasks,
            double   cv,
            double   total_s)
{
  double *task_s = g_new (double, n_tasks);
  double sum = 0;

  for (guint i = 0; i < n_tasks; i++)
    {
      /* Gamma times are above 0, and have this coefficient of variation. */
      task_s[i] = cv > 0 ? gsl_ran_gamma (rng, 1 / (cv * cv), cv * cv) : 1;
      sum += task_s[i];
    }
  for (guint i = 0; i < n_tasks; i++)
    task_s[i] *= total_s / sum;

  return task_s;
}

/* Measures a sweep up to 64 workers and returns the fit. */
static SpeedupFit
measure (double serial_fraction,
         guint  n_tasks,
         double cv)
{
  g_autoptr (Session) session = session_new ();
  g_autoptr (SpeedupAnalysis) analysis = NULL;
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  const SpeedupFit *fit;
  SpeedupFit copy;
  guint base;

  gsl_rng_set (rng, 1);
  base = session_add (session, SEQUENTIAL, 1, n_tasks, cv);
  for (guint i = 0; i < G_N_ELEMENTS (sweep); i++)
    session_add (session, 1, sweep[i], n_tasks, cv);

  for (guint round = 1; round <= N_ROUNDS; round++)
    {
      g_autofree double *task_s = make_tasks (rng, n_tasks, cv, 1 - serial_fraction);

      session_observe (session, base, round,
                       run_with_serial_part (task_s, n_tasks, serial_fraction, 1));
      for (guint i = 0; i < G_N_ELEMENTS (sweep); i++)
        session_observe (session, base + 1 + i, round,
                         run_with_serial_part (task_s, n_tasks, serial_fraction, sweep[i]));
    }
  gsl_rng_free (rng);

  analysis = session_analyse (session);
  fit = speedup_analysis_get_fit (analysis, 1);
  g_assert_nonnull (fit);
  copy = *fit;
  g_test_message ("s = %g, %u tasks, cv %g: %.5f [%.5f, %.5f] from %u points", serial_fraction,
                  n_tasks, cv, copy.serial_fraction.estimate, copy.serial_fraction.low,
                  copy.serial_fraction.high, copy.n_points);

  return copy;
}

static void
test_known_fractions (void)
{
  const double fractions[] = { 0, 0.02, 0.1, 0.5 };
  const guint tasks[] = { 64, 100, 101, 199, 300, 1000 };

  for (guint i = 0; i < G_N_ELEMENTS (fractions); i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (tasks); j++)
        {
          SpeedupFit fit = measure (fractions[i], tasks[j], 0);

          g_assert_cmpint (fit.method, ==, SPEEDUP_FIT_PROFILE);
          g_assert_cmpuint (fit.workers_max, ==, 64);
          assert_near (fit.serial_fraction.estimate, fractions[i], 0.005);
          assert_near (fit.log_t1, 0, 0.005);
        }
    }
}

/* Tasks a little unlike each other still go in waves; very unlike ones do not, and there the
 * points with few tasks a worker are left out. */
static void
test_unlike_tasks (void)
{
  const double fractions[] = { 0, 0.1 };

  for (guint i = 0; i < G_N_ELEMENTS (fractions); i++)
    {
      SpeedupFit fit = measure (fractions[i], 1000, 0.05);

      g_assert_cmpuint (fit.workers_max, ==, 64);
      assert_near (fit.serial_fraction.estimate, fractions[i], 0.005);

      fit = measure (fractions[i], 300, 0.5);
      g_assert_cmpuint (fit.workers_max, ==, 24);
      assert_near (fit.serial_fraction.estimate, fractions[i], 0.005);

      fit = measure (fractions[i], 1000, 0.5);
      g_assert_cmpuint (fit.workers_max, ==, 64);
      assert_near (fit.serial_fraction.estimate, fractions[i], 0.005);
    }
}

/* Perfectly parallel work of 100 tasks up to 40 workers seems to have a serial part, with an
 * interval that excludes none, to whoever counts N workers as N. */
static void
test_whole_tasks_are_not_serial (void)
{
  const double workers[] = { 1, 2, 4, 8, 16, 40 };
  double log_times[G_N_ELEMENTS (workers)], bounds[G_N_ELEMENTS (workers)];
  double task_s[100];
  SpeedupAmdahlFit fit;

  for (guint i = 0; i < G_N_ELEMENTS (task_s); i++)
    task_s[i] = 0.2;
  for (guint i = 0; i < G_N_ELEMENTS (workers); i++)
    {
      log_times[i] = log (run_virtually (task_s, G_N_ELEMENTS (task_s), (guint) workers[i]));
      bounds[i] = speedup_whole_task_bound (G_N_ELEMENTS (task_s), (guint) workers[i]);
    }

  g_assert_true (speedup_amdahl_fit (workers, log_times, G_N_ELEMENTS (workers), &fit));
  assert_interval (fit.serial_fraction, 0.0055, 0.0036, 0.0076, 0.0001);

  g_assert_true (speedup_amdahl_fit (bounds, log_times, G_N_ELEMENTS (workers), &fit));
  assert_interval (fit.serial_fraction, 0, 0, 0, 1e-6);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/known-truth/fractions", test_known_fractions);
  g_test_add_func ("/known-truth/unlike-tasks", test_unlike_tasks);
  g_test_add_func ("/known-truth/whole-tasks-are-not-serial", test_whole_tasks_are_not_serial);

  return g_test_run ();
}
