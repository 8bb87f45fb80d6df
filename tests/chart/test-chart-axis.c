/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>

#include "speedup-axis.h"
#include "speedup-numbers.h"

typedef struct
{
  const char *name;
  SpeedupScale scale;
  double min;
  double max;
  gboolean powers_of_two;
  gboolean integers;
  double unit;
  guint n_ticks;
  const char *labels;
} TickCase;

static const TickCase tick_cases[] = {
  { "workers", SPEEDUP_SCALE_LOG2, 1, 64, TRUE, TRUE, 1, 7, "1 2 4 8 16 32 64" },
  { "fewer", SPEEDUP_SCALE_LOG2, 1, 64, TRUE, TRUE, 1, 4, "1 4 16 64" },
  { "between-powers", SPEEDUP_SCALE_LOG2, 1, 4, TRUE, FALSE, 1, 8, "1 1.5 2 3 4" },
  { "whole-workers", SPEEDUP_SCALE_LOG2, 1, 4, TRUE, TRUE, 1, 8, "1 2 3 4" },
  { "small-ratios", SPEEDUP_SCALE_LOG2, 0.0625, 1, TRUE, FALSE, 1, 5, "0.0625 0.125 0.25 0.5 1" },
  { "many-octaves", SPEEDUP_SCALE_LOG2, 0.01, 1000, TRUE, FALSE, 1, 6, "0.0156 0.125 1 8 64 512" },
  { "times", SPEEDUP_SCALE_LOG2, 0.5, 20, FALSE, FALSE, 1, 9, "0.5 1 2 5 10 20" },
  { "narrow", SPEEDUP_SCALE_LOG2, 0.9, 1.3, FALSE, FALSE, 1, 4, "0.9 1.0 1.1 1.2 1.3" },
  { "linear", SPEEDUP_SCALE_LINEAR, 0, 40, FALSE, TRUE, 1, 4, "0 10 20 30 40" },
  { "whole", SPEEDUP_SCALE_LINEAR, 0, 2, FALSE, TRUE, 1, 10, "0 1 2" },
  { "percent", SPEEDUP_SCALE_LINEAR, 0, 1.1, FALSE, FALSE, 100, 5, "0 50 100" },
  { "milliseconds", SPEEDUP_SCALE_LINEAR, 0, 0.25, FALSE, FALSE, 1000, 5, "0 50 100 150 200 250" },
};

static char *
join_labels (const GArray *ticks)
{
  GString *labels = g_string_new (NULL);

  for (guint i = 0; i < ticks->len; i++)
    g_string_append_printf (labels, "%s%s", i > 0 ? " " : "",
                            g_array_index (ticks, SpeedupTick, i).label);

  return g_string_free (labels, FALSE);
}

static void
test_ticks (gconstpointer data)
{
  const TickCase *test_case = data;
  g_autoptr (GArray) ticks = NULL;
  g_autofree char *labels = NULL;
  SpeedupAxis axis;

  speedup_axis_init (&axis, test_case->scale, test_case->min, test_case->max);
  axis.powers_of_two = test_case->powers_of_two;
  axis.integers = test_case->integers;
  axis.unit = test_case->unit;
  ticks = speedup_axis_get_ticks (&axis, test_case->n_ticks, SPEEDUP_NUMBERS_C);
  labels = join_labels (ticks);
  speedup_axis_clear (&axis);

  g_assert_cmpstr (labels, ==, test_case->labels);
}

static void
test_place (void)
{
  SpeedupAxis axis;

  speedup_axis_init (&axis, SPEEDUP_SCALE_LOG2, 1, 16);
  g_assert_cmpfloat_with_epsilon (speedup_axis_place (&axis, 1), 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (speedup_axis_place (&axis, 4), 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (speedup_axis_place (&axis, 32), 1.25, 1e-12);
  g_assert_cmpfloat (speedup_axis_place (&axis, 0), <, -100);
  g_assert_cmpfloat (speedup_axis_place (&axis, -3), <, -100);

  speedup_axis_init (&axis, SPEEDUP_SCALE_LINEAR, -1, 3);
  g_assert_cmpfloat_with_epsilon (speedup_axis_place (&axis, 0), 0.25, 1e-12);
}

static void
test_values (void)
{
  static const double values[] = { 24, 1, 8, 24, 2, 40 };
  g_autoptr (GArray) ticks = NULL;
  g_autofree char *labels = NULL;
  SpeedupAxis axis;

  speedup_axis_init (&axis, SPEEDUP_SCALE_LOG2, 1, 60);
  axis.tick_max = 24;
  axis.extra = 60;
  axis.extra_label = g_strdup ("auto");
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    speedup_axis_add_value (&axis, values[i]);
  ticks = speedup_axis_get_values (&axis, SPEEDUP_NUMBERS_C);
  labels = join_labels (ticks);
  speedup_axis_clear (&axis);

  g_assert_cmpstr (labels, ==, "1 2 8 24 auto");
}

static void
test_numbers (void)
{
  static const struct
  {
    double value;
    int digits;
    const char *words;
  } cases[] = {
    { 0, 3, "0" }, { 1, 3, "1" }, { 1.5, 3, "1.5" }, { 1.98, 3, "1.98" },
    { 2.004, 3, "2" }, { 29.96, 3, "30" }, { 12345.6, 3, "12346" }, { 0.0123, 2, "0.012" },
    { -0.5, 2, "-0.5" }, { 0.0000001, 2, "0.0000001" }, { 100, 2, "100" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = speedup_format_significant (cases[i].value, cases[i].digits,
                                                           SPEEDUP_NUMBERS_C);

      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tick_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/chart-axis/ticks/", tick_cases[i].name, NULL);

      g_test_add_data_func (path, &tick_cases[i], test_ticks);
    }
  g_test_add_func ("/chart-axis/place", test_place);
  g_test_add_func ("/chart-axis/values", test_values);
  g_test_add_func ("/chart-axis/numbers", test_numbers);

  return g_test_run ();
}
