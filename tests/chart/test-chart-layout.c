/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <locale.h>
#include <math.h>

#include "example-result.h"
#include "speedup-chart-private.h"
#include "speedup-chart-words.h"

/* No two texts overlap, none leaves the canvas, none is too small: for every kind of chart, in
 * every palette, size and language, and for results at the edges of what can be measured.
 */

#define EXECUTORS(...) (1 << SPEEDUP_EXECUTOR_SEQUENTIAL | __VA_ARGS__)
#define THREADS        (1 << SPEEDUP_EXECUTOR_THREADS)
#define PROCESSES      (1 << SPEEDUP_EXECUTOR_PROCESSES)
#define ALL_EXECUTORS  ((1 << SPEEDUP_N_EXECUTOR_KINDS) - 1)

/* Boxes that share less than this touch rather than overlap. */
#define TOUCH_PX 0.3

static const guint one_two[] = { 1, 2, 0 };
static const guint one_two_four[] = { 1, 2, 4, 0 };
static const guint only_four[] = { 4, 0 };
static const guint only_eight[] = { 8, 0 };
static const guint eleven[] = { 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 0 };
static const guint dozens[] = { 1, 64, 0 };
static const guint thousands[] = { 1, 16, 256, 4096, 0 };
static const guint most[] = { 4096, 0 };
static const guint some_chunks[] = { 1, 5, 1000, SPEEDUP_CHUNK_SIZE_AUTO, G_MAXUINT };

static const struct
{
  const char *name;
  ExampleSpec spec;
} edges[] = {
  { "four-executors-eleven-counts",
    { "resize", NULL, 5000, 0.001, TRUE, 64, ALL_EXECUTORS, eleven, NULL, 7, 0.05, 1, 0, 0,
      TRUE } },
  { "many-series",
    { "resize", NULL, 5000, 0.001, TRUE, 64, ALL_EXECUTORS, eleven, some_chunks, 7, 0.05, 1, 0, 0,
      TRUE } },
  { "one-executor",
    { "resize", NULL, 200, 0.004, TRUE, 2, EXECUTORS (THREADS), one_two_four, NULL, 7, 0.02, 1, 0,
      200, TRUE } },
  { "two-counts",
    { "weather", NULL, 100, 0.1, FALSE, 2, EXECUTORS (THREADS | PROCESSES), one_two, NULL, 7, 0.02,
      1, 0, 0, TRUE } },
  { "void-runs",
    { "resize", NULL, 200, 0.004, TRUE, 2, ALL_EXECUTORS, one_two_four, NULL, 7, 0.02, 1, 4, 0,
      TRUE } },
  { "nothing-but-void",
    { "resize", NULL, 200, 0.004, TRUE, 2, EXECUTORS (THREADS), only_four, NULL, 7, 0.02, 1, 4, 0,
      TRUE } },
  { "few-rounds",
    { "resize", NULL, 200, 0.004, TRUE, 4, ALL_EXECUTORS, one_two_four, NULL, 3, 0.02, 1, 0, 0,
      TRUE } },
  { "no-analysis",
    { "resize", NULL, 200, 0.004, TRUE, 2, ALL_EXECUTORS, one_two_four, NULL, 7, 0.02, 1, 0, 200,
      FALSE } },
  { "nothing-measured",
    { "resize", NULL, 200, 0.004, TRUE, 2, ALL_EXECUTORS, one_two_four, NULL, 0, 0.02, 1, 0, 0,
      TRUE } },
  { "a-hundred-times-slower",
    { "resize", NULL, 200, 0.004, TRUE, 4, ALL_EXECUTORS, one_two_four, NULL, 7, 0.02, 0.01, 0, 0,
      TRUE } },
  { "a-thousand-times-faster",
    { "resize", NULL, 200, 40, TRUE, 4, ALL_EXECUTORS, one_two_four, NULL, 7, 0.02, 1000, 0, 0,
      TRUE } },
  { "thousands-of-workers",
    { "weather", NULL, 100000, 0.2, FALSE, 4, EXECUTORS (THREADS), thousands, NULL, 7, 0.0001, 1, 0,
      0, TRUE } },
  { "one-task",
    { "weather", NULL, 1, 0.2, FALSE, 4, ALL_EXECUTORS, one_two_four, NULL, 7, 0, 1, 0, 1, TRUE } },
  { "hundred-thousand-tasks",
    { "resize", NULL, 100000, 0.001, TRUE, 8, EXECUTORS (THREADS), only_eight, NULL, 6, 0.01, 1, 0,
      100000, TRUE } },
  { "sixty-four-lanes",
    { "weather", NULL, 500, 0.2, FALSE, 8, EXECUTORS (PROCESSES), dozens, NULL, 6, 0.01, 1, 0, 500,
      TRUE } },
  { "four-thousand-lanes",
    { "weather", NULL, 5000, 0.2, FALSE, 8, EXECUTORS (THREADS), most, NULL, 6, 0.01, 1, 0, 5000,
      TRUE } },
  { "long-title",
    { "resize",
      "A very long title that somebody wrote who wanted to say everything about a measurement at "
      "once, the machine, the weather outside, the name of the cat and why all of it matters, and "
      "who did not stop there but went on and on until no chart of any size could hold it all",
      200, 0.004, TRUE, 2, ALL_EXECUTORS, one_two_four, NULL, 7, 0.02, 1, 0, 200, TRUE } },
};

static const struct
{
  double width;
  double height;
} sizes[] = {
  { 600, 400 },
  { 800, 560 },
  { 340, 260 },
  { 1600, 1000 },
};

static const char *const languages[] = { "en", "de", "zh_CN" };

static void
speak (const char *language)
{
  g_setenv ("LANGUAGE", language, TRUE);

  /* The call makes gettext look at LANGUAGE again. */
  g_assert_nonnull (setlocale (LC_ALL, "C.UTF-8"));
}

static void
check_box (const SpeedupTextBox *box,
           double                width,
           double                height)
{
  g_assert_cmpfloat (box->size, >=, SPEEDUP_MIN_TEXT_PX);
  g_assert_cmpfloat (box->height, >=, SPEEDUP_MIN_TEXT_PX);
  g_assert_cmpfloat (box->x, >=, -TOUCH_PX);
  g_assert_cmpfloat (box->y, >=, -TOUCH_PX);
  g_assert_cmpfloat (box->x + box->width, <=, width + TOUCH_PX);
  g_assert_cmpfloat (box->y + box->height, <=, height + TOUCH_PX);
}

static void
check_boxes (const GArray *boxes,
             double        width,
             double        height)
{
  for (guint i = 0; i < boxes->len; i++)
    {
      const SpeedupTextBox *a = &g_array_index (boxes, SpeedupTextBox, i);

      check_box (a, width, height);
      for (guint j = 0; j < i; j++)
        {
          const SpeedupTextBox *b = &g_array_index (boxes, SpeedupTextBox, j);
          const double wide = MIN (a->x + a->width, b->x + b->width) - MAX (a->x, b->x);
          const double high = MIN (a->y + a->height, b->y + b->height) - MAX (a->y, b->y);

          if (wide > TOUCH_PX && high > TOUCH_PX)
            g_error ("texts %u (role %d) and %u (role %d) overlap by %.1f x %.1f px",
                     i, a->role, j, b->role, wide, high);
        }
    }
}

static guint
count (const GArray    *boxes,
       SpeedupTextRole  role)
{
  guint n = 0;

  for (guint i = 0; i < boxes->len; i++)
    n += g_array_index (boxes, SpeedupTextBox, i).role == role;

  return n;
}

/* A layout that leaves words out must not pass as one without overlaps. */
static void
check_complete (const GArray     *boxes,
                SpeedupChartKind  kind,
                double            width)
{
  g_assert_cmpuint (count (boxes, SPEEDUP_TEXT_TITLE), ==, 1);
  g_assert_cmpuint (count (boxes, SPEEDUP_TEXT_SUBTITLE), ==, 1);
  if (count (boxes, SPEEDUP_TEXT_SENTENCE) == 1)
    return;

  g_assert_cmpuint (count (boxes, SPEEDUP_TEXT_X_TITLE), ==, 1);
  g_assert_cmpuint (count (boxes, SPEEDUP_TEXT_Y_TITLE), ==, 1);
  g_assert_cmpuint (count (boxes, SPEEDUP_TEXT_Y_TICK), >=, 1);
  g_assert_cmpuint (count (boxes, SPEEDUP_TEXT_X_TICK), >=, 1);
  if (kind == SPEEDUP_CHART_TIMELINE)
    return;

  g_assert_cmpuint (count (boxes, SPEEDUP_TEXT_Y_TICK), >=, 2);
  g_assert_cmpuint (count (boxes, SPEEDUP_TEXT_LEGEND), >=, 2);
  if (kind == SPEEDUP_CHART_SPEEDUP || kind == SPEEDUP_CHART_EFFICIENCY)
    g_assert_cmpuint (count (boxes, SPEEDUP_TEXT_LABEL), >=, width < 480 ? 2 : 3);
}

static void
check_layouts (SpeedupResult    *result,
               SpeedupChartKind  kind,
               SpeedupPalette    palette,
               SpeedupScale      scale)
{
  g_autoptr (SpeedupChart) chart = speedup_chart_new (result, kind);

  speedup_chart_set_palette (chart, palette);
  speedup_chart_set_scale (chart, scale);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GArray) boxes = speedup_chart_get_text_boxes (chart, sizes[i].width,
                                                               sizes[i].height);

      g_test_message ("%s, palette %d, scale %d, %.0f x %.0f, %s",
                      speedup_chart_kind_to_string (kind), palette, scale, sizes[i].width,
                      sizes[i].height, g_getenv ("LANGUAGE"));
      check_boxes (boxes, sizes[i].width, sizes[i].height);
      check_complete (boxes, kind, sizes[i].width);
    }
}

static void
check_languages (SpeedupResult *result,
                 gboolean       all_palettes)
{
  const guint n_palettes = all_palettes ? 3 : 1;

  for (guint i = 0; i < G_N_ELEMENTS (languages); i++)
    {
      speak (languages[i]);
      for (guint kind = 0; kind < SPEEDUP_N_CHART_KINDS; kind++)
        {
          for (guint palette = 0; palette < n_palettes; palette++)
            check_layouts (result, kind, palette, SPEEDUP_SCALE_LOG2);
          check_layouts (result, kind, SPEEDUP_PALETTE_LIGHT, SPEEDUP_SCALE_LINEAR);
        }
    }
}

static void
test_translated (void)
{
  g_autofree char *english = g_strdup ("Nothing to show: no run has ended well.");

  for (guint i = 0; i < G_N_ELEMENTS (languages); i++)
    {
      speak (languages[i]);
      if (i == 0)
        g_assert_cmpstr (_(english), ==, english);
      else
        g_assert_cmpstr (_(english), !=, english);
    }
}

/* Where there is room, every curve has its name. */
static void
test_labels (void)
{
  g_autoptr (SpeedupResult) result = example_result_new (&example_weather);
  g_autoptr (SpeedupChart) chart = speedup_chart_new (result, SPEEDUP_CHART_SPEEDUP);
  g_autoptr (GArray) boxes = NULL;

  speak ("en");
  boxes = speedup_chart_get_text_boxes (chart, 800, 560);

  /* Five of Amdahl's curves, the ideal line and the CPUs. */
  g_assert_cmpuint (count (boxes, SPEEDUP_TEXT_LABEL), ==, 7);
  g_assert_cmpuint (count (boxes, SPEEDUP_TEXT_X_TICK), ==, 8);
  g_assert_cmpuint (count (boxes, SPEEDUP_TEXT_LEGEND), ==, 10);
}

static void
test_example (gconstpointer data)
{
  g_autoptr (SpeedupResult) result = example_result_new (data);

  check_languages (result, TRUE);
}

static void
test_edge (gconstpointer data)
{
  g_autoptr (SpeedupResult) result = example_result_new (data);

  check_languages (result, FALSE);
}

/* Too small for a chart: fewer words, but no two that overlap, and no crash. */
static void
test_tiny (void)
{
  static const double lengths[] = { 1, 7, 20, 50, 90, 130, 180, 245, 320 };
  g_autoptr (SpeedupResult) result = example_result_new (&example_weather);

  speak ("de");
  for (guint kind = 0; kind < SPEEDUP_N_CHART_KINDS; kind++)
    {
      g_autoptr (SpeedupChart) chart = speedup_chart_new (result, kind);

      for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
        for (guint j = 0; j < G_N_ELEMENTS (lengths); j++)
          {
            g_autoptr (GArray) boxes = speedup_chart_get_text_boxes (chart, lengths[i], lengths[j]);

            check_boxes (boxes, lengths[i], lengths[j]);
          }
    }
}

/* Numbers that no measurement gives, but a file can hold. */
static void
test_not_numbers (void)
{
  g_autoptr (SpeedupResult) result = example_result_new (&example_weather);

  for (guint i = 0; i < result->analysis->summary->len; i += 2)
    {
      SpeedupSummary *summary = &g_array_index (result->analysis->summary, SpeedupSummary, i);

      summary->ratio.estimate = i % 4 == 0 ? NAN : INFINITY;
      summary->ratio.low = NAN;
      summary->wall_s = i % 4 == 0 ? -INFINITY : NAN;
    }
  for (guint i = 0; i < result->analysis->fits->len; i++)
    g_array_index (result->analysis->fits, SpeedupFit, i).log_t1 = i == 0 ? NAN : 1e300;
  for (guint i = 0; i < result->timelines->len; i++)
    {
      SpeedupTimeline *timeline = g_ptr_array_index (result->timelines, i);

      timeline->start_s[0] = NAN;
      timeline->end_s[1] = -5;
      timeline->end_s[2] = INFINITY;
      timeline->worker[3] = G_MAXUINT;
      g_clear_pointer (&timeline->worker_names, g_strfreev);
    }

  check_languages (result, FALSE);
}

int
main (int    argc,
      char **argv)
{
  const char *po = g_getenv ("SPEEDUP_PO_DIR");

  g_test_init (&argc, &argv, NULL);
  g_assert_nonnull (po);
  bindtextdomain (SPEEDUP_GETTEXT_DOMAIN, po);
  bind_textdomain_codeset (SPEEDUP_GETTEXT_DOMAIN, "UTF-8");

  g_test_add_func ("/chart-layout/translated", test_translated);
  g_test_add_data_func ("/chart-layout/resize", &example_resize, test_example);
  g_test_add_data_func ("/chart-layout/weather", &example_weather, test_example);
  g_test_add_data_func ("/chart-layout/chunks", &example_chunks, test_example);
  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    {
      g_autofree char *path = g_strconcat ("/chart-layout/", edges[i].name, NULL);

      g_test_add_data_func (path, &edges[i].spec, test_edge);
    }
  g_test_add_func ("/chart-layout/labels", test_labels);
  g_test_add_func ("/chart-layout/tiny", test_tiny);
  g_test_add_func ("/chart-layout/not-numbers", test_not_numbers);

  return g_test_run ();
}
