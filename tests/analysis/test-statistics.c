/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>

#include "session.h"

#define EXACT 1e-12

/* What is given for each set of values: n, values, then what is expected. */
static const struct
{
  gsize n;
  double values[8];
  double median;
  double robust_sd;
  double cv;
  double hodges_lehmann;
} samples[] = {
  { 0, { 0 }, NAN, NAN, NAN, NAN },
  { 1, { 3 }, 3, NAN, NAN, 3 },
  { 2, { 4, 2 }, 3, 1.4826, M_SQRT2 / 3, 3 },
  { 3, { 3, 1, 8 }, 3, 2.9652, 0.9013878188659973, 3.75 },
  { 4, { 1, 2, 3, 4 }, 2.5, 1.4826, 0.5163977794943222, 2.5 },
  { 5, { 7, 7, 7, 7, 7 }, 7, 0, 0, 7 },
  /* One outlier moves the robust figures little. */
  { 5, { 1, 2, 3, 4, 1000 }, 3, 1.4826, 2.2084008047233, 3 },
  { 3, { -1, 0, 1 }, 0, 1.4826, NAN, 0 },
  { 3, { 1, NAN, 2 }, NAN, NAN, NAN, NAN },
  { 3, { 1, INFINITY, 2 }, NAN, NAN, NAN, NAN },
};

/* Wilcoxon's table, two-sided 5 %: largest rank sum that is significant. (Hollander, Wolfe and
 * Chicken, table A.4; n = 22 is given as 65 or 66 by rounding, and P (W <= 66) is 0.02504.) */
static const int critical_values[] = {
  -1, -1, -1, -1, -1, -1, 0, 2, 3, 5, 8, 10, 13, 17, 21, 25, 29, 34, 40, 46, 52, 58, 65, 73, 81, 89,
};

static void
test_samples (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      const double *values = samples[i].values;
      gsize n = samples[i].n;

      g_test_message ("sample %u", i);
      assert_near (speedup_median (values, n), samples[i].median, EXACT);
      assert_near (speedup_robust_sd (values, n), samples[i].robust_sd, EXACT);
      assert_near (speedup_hodges_lehmann (values, n), samples[i].hodges_lehmann, EXACT);
      assert_near (speedup_coefficient_of_variation (values, n), samples[i].cv, EXACT);
    }
}

static void
test_inputs_stay_as_they_are (void)
{
  double values[] = { 5, 1, 4, 2, 3, 6, 9 };
  const double before[] = { 5, 1, 4, 2, 3, 6, 9 };

  speedup_median (values, G_N_ELEMENTS (values));
  speedup_robust_sd (values, G_N_ELEMENTS (values));
  speedup_signed_rank_interval (values, G_N_ELEMENTS (values));

  g_assert_cmpmem (values, sizeof values, before, sizeof before);
}

static void
test_critical_values (void)
{
  for (guint n = 0; n < G_N_ELEMENTS (critical_values); n++)
    g_assert_cmpint (speedup_signed_rank_critical_value (n), ==, critical_values[n]);
}

/* Every one of the 2^n ways to sign the ranks, counted one by one. */
static void
test_critical_values_by_enumeration (void)
{
  for (guint n = 1; n <= 14; n++)
    {
      int critical = speedup_signed_rank_critical_value (n);
      guint n_signs = 1u << n;
      guint n_up_to = 0, n_next = 0;

      for (guint signs = 0; signs < n_signs; signs++)
        {
          int sum = 0;

          for (guint rank = 1; rank <= n; rank++)
            sum += (signs >> (rank - 1) & 1) ? (int) rank : 0;

          n_up_to += sum <= critical;
          n_next += sum <= critical + 1;
        }

      g_assert_cmpfloat (n_up_to, <=, 0.025 * n_signs);
      g_assert_cmpfloat (n_next, >, 0.025 * n_signs);
    }
}

/* The normal approximation holds for many values, and nothing overflows on the way there. */
static void
test_critical_value_of_many (void)
{
  double n = 300;
  double mean = n * (n + 1) / 4;
  double sd = sqrt (n * (n + 1) * (2 * n + 1) / 24);

  assert_near (speedup_signed_rank_critical_value (300), mean - 1.959964 * sd, 3);
}

/* Hollander and Wolfe, "Nonparametric Statistical Methods", examples 3.3 and 3.4: Hamilton's
 * depression scale factor of nine patients before and after a tranquillizer. */
static void
test_published_interval (void)
{
  const double before[] = { 1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30 };
  const double after[] = { 0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29 };
  double change[G_N_ELEMENTS (before)];

  for (guint i = 0; i < G_N_ELEMENTS (before); i++)
    change[i] = after[i] - before[i];

  assert_interval (speedup_signed_rank_interval (change, G_N_ELEMENTS (change)),
                   -0.46, -0.786, -0.010, 1e-9);
}

static void
test_interval_needs_six (void)
{
  const double values[] = { 5, 1, 4, 2, 3, 6 };

  for (gsize n = 1; n < 6; n++)
    {
      SpeedupInterval interval = speedup_signed_rank_interval (values, n);

      g_assert_false (isnan (interval.estimate));
      g_assert_true (isnan (interval.low) && isnan (interval.high));
      g_assert_false (speedup_interval_is_bounded (interval));
    }

  /* For six values 95 % takes all of them: the limits are the extremes. */
  assert_interval (speedup_signed_rank_interval (values, 6), 3.5, 1, 6, EXACT);
  g_assert_true (speedup_interval_is_bounded (speedup_signed_rank_interval (values, 6)));
}

static void
test_interval_of_ties_and_zeros (void)
{
  const double zeros[] = { 0, 0, 0, 0, 0, 0, 0 };
  const double ties[] = { 2, 2, 2, 2, 0, 0, 0 };

  assert_interval (speedup_signed_rank_interval (zeros, G_N_ELEMENTS (zeros)), 0, 0, 0, EXACT);
  assert_interval (speedup_signed_rank_interval (ties, G_N_ELEMENTS (ties)), 1, 0, 2, EXACT);
}

static void
test_interval_of_bad_values (void)
{
  const double values[] = { 1, 2, 3, 4, 5, 6, NAN, INFINITY };

  assert_interval (speedup_signed_rank_interval (NULL, 0), NAN, NAN, NAN, 0);
  assert_interval (speedup_signed_rank_interval (values, 7), NAN, NAN, NAN, 0);
  assert_interval (speedup_signed_rank_interval (values + 7, 1), NAN, NAN, NAN, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/statistics/samples", test_samples);
  g_test_add_func ("/statistics/inputs-stay-as-they-are", test_inputs_stay_as_they_are);
  g_test_add_func ("/statistics/critical-values", test_critical_values);
  g_test_add_func ("/statistics/critical-values-by-enumeration",
                   test_critical_values_by_enumeration);
  g_test_add_func ("/statistics/critical-value-of-many", test_critical_value_of_many);
  g_test_add_func ("/statistics/published-interval", test_published_interval);
  g_test_add_func ("/statistics/interval-needs-six", test_interval_needs_six);
  g_test_add_func ("/statistics/interval-of-ties-and-zeros", test_interval_of_ties_and_zeros);
  g_test_add_func ("/statistics/interval-of-bad-values", test_interval_of_bad_values);

  return g_test_run ();
}
