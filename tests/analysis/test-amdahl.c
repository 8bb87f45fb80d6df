/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>

#include "session.h"
#include "speedup-amdahl.h"

#define EXACT 1e-12

static const double sweep[] = { 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64 };

static const struct
{
  double serial_fraction;
  double workers;
  double speedup;
} amdahl_values[] = {
  /* Nothing is parallel (p = 0): the speedup is 1, not 0. */
  { 1, 1, 1 },
  { 1, 40, 1 },
  { 1, 1e9, 1 },
  /* Everything is (p = 1): it is N. */
  { 0, 1, 1 },
  { 0, 40, 40 },
  { 0, 4096, 4096 },
  { 0.5, 2, 4 / 3.0 },
  { 0.05, 8, 160 / 27.0 },
  { 0.05, 1024, 19.6357 },
  { 0.25, 1e12, 4 },
  /* Workers need not be a whole number. */
  { 0, 100 / 3.0, 100 / 3.0 },
  { -0.1, 4, NAN },
  { 1.1, 4, NAN },
  { 0.1, 0.5, NAN },
  { NAN, 4, NAN },
  { 0.1, NAN, NAN },
};

static const struct
{
  gsize n_tasks;
  guint workers;
  double bound;
} bounds[] = {
  { 100, 1, 1 },
  { 100, 2, 2 },
  { 100, 3, 100 / 34.0 },
  { 100, 40, 100 / 3.0 },
  { 100, 50, 50 },
  { 100, 99, 50 },
  { 100, 100, 100 },
  { 100, 4096, 100 },
  { 1, 8, 1 },
  { 0, 8, NAN },
  { 8, 0, NAN },
};

/* Quinn, "Parallel programming in C with MPI and OpenMP", section 7.5: two programs' speedups on
 * 2 ... 8 processors, rounded to two places, and their serial fractions; constant in the first,
 * rising in the second. */
static const struct
{
  double speedup[7];
  double serial_fraction[7];
} karp_flatt_tables[] = {
  { { 1.82, 2.50, 3.08, 3.57, 4.00, 4.38, 4.71 }, { .10, .10, .10, .10, .10, .10, .10 } },
  { { 1.87, 2.61, 3.23, 3.73, 4.14, 4.46, 4.71 }, { .07, .075, .08, .085, .09, .095, .1 } },
};

static void
make_log_times (double        serial_fraction,
                double        t1,
                const double *workers,
                gsize         n_points,
                double       *log_times)
{
  for (gsize i = 0; i < n_points; i++)
    log_times[i] = log (t1 / speedup_amdahl (serial_fraction, workers[i]));
}

static void
test_amdahl (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (amdahl_values); i++)
    assert_near (speedup_amdahl (amdahl_values[i].serial_fraction, amdahl_values[i].workers),
                 amdahl_values[i].speedup, 1e-4);
}

static void
test_whole_task_bound (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bounds); i++)
    assert_near (speedup_whole_task_bound (bounds[i].n_tasks, bounds[i].workers),
                 bounds[i].bound, EXACT);
}

static void
test_karp_flatt_published (void)
{
  for (guint table = 0; table < G_N_ELEMENTS (karp_flatt_tables); table++)
    {
      for (guint i = 0; i < 7; i++)
        assert_near (speedup_karp_flatt (karp_flatt_tables[table].speedup[i], i + 2),
                     karp_flatt_tables[table].serial_fraction[i], 0.002);
    }
}

/* A public script has 1/N - 1 below the line, and makes 96 % of this 3.9 %. */
static void
test_karp_flatt_sign (void)
{
  for (double workers = 2; workers <= 64; workers *= 2)
    {
      double speedup = speedup_amdahl (0.039, workers);

      assert_near (speedup_karp_flatt (speedup, workers), 0.039, EXACT);
    }
}

static void
test_karp_flatt_limits (void)
{
  assert_near (speedup_karp_flatt (4, 4), 0, EXACT);
  assert_near (speedup_karp_flatt (1, 4), 1, EXACT);
  g_assert_cmpfloat (speedup_karp_flatt (4.4, 4), <, 0);
  g_assert_cmpfloat (speedup_karp_flatt (0.5, 4), >, 1);
  assert_near (speedup_karp_flatt (1, 1), NAN, 0);
  assert_near (speedup_karp_flatt (0, 4), NAN, 0);
  assert_near (speedup_karp_flatt (-2, 4), NAN, 0);
  assert_near (speedup_karp_flatt (NAN, 4), NAN, 0);
  assert_near (speedup_karp_flatt (2, NAN), NAN, 0);
}

/* Times that follow the law to the last digit give back what made them, and no doubt about it. */
static void
test_fit_exact (void)
{
  const double fractions[] = { 0, 1e-6, 0.0001, 0.01, 0.039, 0.1, 0.5, 0.9, 0.999, 1 };
  double log_times[G_N_ELEMENTS (sweep)];

  for (guint i = 0; i < G_N_ELEMENTS (fractions); i++)
    {
      SpeedupAmdahlFit fit;

      make_log_times (fractions[i], 12.5, sweep, G_N_ELEMENTS (sweep), log_times);
      g_assert_true (speedup_amdahl_fit (sweep, log_times, G_N_ELEMENTS (sweep), &fit));
      assert_interval (fit.serial_fraction, fractions[i], fractions[i], fractions[i], 1e-6);
      assert_near (fit.log_t1, log (12.5), 1e-6);
      assert_near (fit.residual_sd, 0, 1e-6);
      g_assert_cmpuint (fit.n_points, ==, G_N_ELEMENTS (sweep));
    }
}

static double
get_sse (double        serial_fraction,
         const double *workers,
         const double *log_times,
         gsize         n_points)
{
  double mean = 0, sse = 0;

  for (gsize i = 0; i < n_points; i++)
    mean += (log_times[i] + log (speedup_amdahl (serial_fraction, workers[i]))) / n_points;
  for (gsize i = 0; i < n_points; i++)
    sse += pow (log_times[i] + log (speedup_amdahl (serial_fraction, workers[i])) - mean, 2);

  return sse;
}

/* The limits are where the sum of squares is 1 + F / (m - 2) times the least. F (1, 6; 0.95) is
 * 5.987 in every table. */
static void
test_fit_interval (void)
{
  const double workers[] = { 1, 2, 3, 4, 6, 8, 12, 16 };
  const double scatter[] = { 0.03, -0.01, -0.03, 0.02, 0, 0.01, -0.04, 0.02 };
  const gsize n = G_N_ELEMENTS (workers);
  double log_times[G_N_ELEMENTS (workers)];
  SpeedupAmdahlFit fit;
  double least;

  make_log_times (0.06, 3, workers, n, log_times);
  for (gsize i = 0; i < n; i++)
    log_times[i] += scatter[i];

  g_assert_true (speedup_amdahl_fit (workers, log_times, n, &fit));
  least = get_sse (fit.serial_fraction.estimate, workers, log_times, n);
  for (double s = 0; s <= 1; s += 0.001)
    g_assert_cmpfloat (get_sse (s, workers, log_times, n), >=, least);

  g_assert_cmpfloat (fit.serial_fraction.low, >, 0);
  g_assert_cmpfloat (fit.serial_fraction.high, <, 1);
  assert_near (get_sse (fit.serial_fraction.low, workers, log_times, n) / least,
               1 + 5.987378 / 6, 1e-6);
  assert_near (get_sse (fit.serial_fraction.high, workers, log_times, n) / least,
               1 + 5.987378 / 6, 1e-6);
  assert_near (fit.residual_sd, sqrt (least / 6), EXACT);
}

/* More than linear speedup, and slowing down: the estimate stays at the end of the range, where
 * an interval from a normal approximation would cross it. */
static void
test_fit_at_boundaries (void)
{
  const double workers[] = { 1, 2, 4, 8, 16 };
  const double more_than_linear[] = { 0, -0.71, -1.40, -2.13, -2.79 };
  const double slowing_down[] = { 0, 0.01, -0.005, 0.02, 0.01 };
  SpeedupAmdahlFit fit;

  g_assert_true (speedup_amdahl_fit (workers, more_than_linear, G_N_ELEMENTS (workers), &fit));
  g_assert_cmpfloat (fit.serial_fraction.estimate, ==, 0);
  g_assert_cmpfloat (fit.serial_fraction.low, ==, 0);
  g_assert_cmpfloat (fit.serial_fraction.high, >, 0);
  g_assert_cmpfloat (fit.serial_fraction.high, <, 0.01);

  g_assert_true (speedup_amdahl_fit (workers, slowing_down, G_N_ELEMENTS (workers), &fit));
  g_assert_cmpfloat (fit.serial_fraction.estimate, >, 0.999999);
  g_assert_cmpfloat (fit.serial_fraction.high, ==, 1);
  g_assert_cmpfloat (fit.serial_fraction.low, <, 1);
}

/* Times that no curve of the law comes near say nothing on s, and the interval says so. */
static void
test_fit_of_nonsense (void)
{
  const double workers[] = { 1, 2, 4 };
  const double log_times[] = { 0, 3, -3 };
  SpeedupAmdahlFit fit;

  g_assert_true (speedup_amdahl_fit (workers, log_times, G_N_ELEMENTS (workers), &fit));
  g_assert_cmpfloat (fit.serial_fraction.low, ==, 0);
  g_assert_cmpfloat (fit.serial_fraction.high, ==, 1);
}

/* From its least value at 0.125 the sum of squares rises up to 0.9, and falls again to an end. */
static void
test_fit_takes_least_of_several (void)
{
  const double workers[] = { 2, 4, 33, 56, 58, 66, 74, 92, 94, 106, 128 };
  const double log_times[] = {
    -1.88, 6.33, 2.22, 0.49, 0.43, 0.07, -3.18, -0.01, 1.94, 2.5, 0.29,
  };
  const gsize n = G_N_ELEMENTS (workers);
  SpeedupAmdahlFit fit;
  double least;

  g_assert_true (speedup_amdahl_fit (workers, log_times, n, &fit));
  assert_near (fit.serial_fraction.estimate, 0.1254, 0.001);
  least = get_sse (fit.serial_fraction.estimate, workers, log_times, n);
  g_assert_cmpfloat (get_sse (1, workers, log_times, n),
                     <, get_sse (0.9, workers, log_times, n));
  for (double s = 0; s <= 1; s += 0.001)
    g_assert_cmpfloat (get_sse (s, workers, log_times, n), >=, least);
}

static void
test_fit_refuses (void)
{
  const struct
  {
    gsize n;
    double workers[4];
    double log_times[4];
  } refused[] = {
    { 0, { 0 }, { 0 } },
    { 2, { 1, 2 }, { 0, -0.6 } },
    { 3, { 4, 4, 4 }, { 0, -0.6, -1 } },
    { 3, { 1, 2, NAN }, { 0, -0.6, -1 } },
    { 3, { 1, 2, INFINITY }, { 0, -0.6, -1 } },
    { 3, { 0, 2, 4 }, { 0, -0.6, -1 } },
    { 3, { 1, 2, 4 }, { 0, NAN, -1 } },
    { 3, { 1, 2, 4 }, { 0, -0.6, -INFINITY } },
  };
  SpeedupAmdahlFit fit;

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    g_assert_false (speedup_amdahl_fit (refused[i].workers, refused[i].log_times, refused[i].n,
                                        &fit));
}

static void
test_band (void)
{
  const SpeedupInterval serial_fraction = { 0.05, 0.02, 0.08 };
  const SpeedupInterval no_limits = { 0.05, NAN, NAN };

  assert_interval (speedup_amdahl_band (serial_fraction, 1), 1, 1, 1, EXACT);
  assert_interval (speedup_amdahl_band (serial_fraction, 20),
                   20 / 1.95, 20 / 2.52, 20 / 1.38, EXACT);
  assert_interval (speedup_amdahl_band (no_limits, 20), 20 / 1.95, NAN, NAN, EXACT);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/amdahl/values", test_amdahl);
  g_test_add_func ("/amdahl/whole-task-bound", test_whole_task_bound);
  g_test_add_func ("/amdahl/karp-flatt/published", test_karp_flatt_published);
  g_test_add_func ("/amdahl/karp-flatt/sign", test_karp_flatt_sign);
  g_test_add_func ("/amdahl/karp-flatt/limits", test_karp_flatt_limits);
  g_test_add_func ("/amdahl/fit/exact", test_fit_exact);
  g_test_add_func ("/amdahl/fit/interval", test_fit_interval);
  g_test_add_func ("/amdahl/fit/at-boundaries", test_fit_at_boundaries);
  g_test_add_func ("/amdahl/fit/of-nonsense", test_fit_of_nonsense);
  g_test_add_func ("/amdahl/fit/takes-least-of-several", test_fit_takes_least_of_several);
  g_test_add_func ("/amdahl/fit/refuses", test_fit_refuses);
  g_test_add_func ("/amdahl/band", test_band);

  return g_test_run ();
}
