/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>

#include "example-result.h"
#include "speedup-amdahl.h"
#include "speedup-plot.h"

/* What a chart shows is what was measured: the data of every layer against the result. */

static SpeedupPlot *
describe (SpeedupResult    *result,
          SpeedupChartKind  kind,
          guint             configuration)
{
  const SpeedupPlotRequest request = {
    .result = result,
    .kind = kind,
    .scale = SPEEDUP_SCALE_LOG2,
    .configuration = configuration,
    .numbers = SPEEDUP_NUMBERS_C,
  };

  return speedup_plot_new (&request);
}

/* The n-th layer of a kind, a role and a look; NULL when there are not so many. */
static const SpeedupLayer *
find_layer (const SpeedupPlot *plot,
            SpeedupLayerKind   kind,
            SpeedupRole        role,
            guint              series,
            guint              n)
{
  for (guint i = 0; i < plot->layers->len; i++)
    {
      const SpeedupLayer *layer = g_ptr_array_index (plot->layers, i);

      if (layer->kind == kind && layer->role == role && layer->series == series && n-- == 0)
        return layer;
    }

  return NULL;
}

/* The same layer, which must be there. */
static const SpeedupLayer *
get_layer (const SpeedupPlot *plot,
           SpeedupLayerKind   kind,
           SpeedupRole        role,
           guint              series,
           guint              n)
{
  const SpeedupLayer *layer = find_layer (plot, kind, role, series, n);

  if (layer == NULL)
    g_error ("there is no layer %u of kind %d, role %d, look %u", n, kind, role, series);

  return layer;
}

static const SpeedupDatum *
get_datum (const SpeedupLayer *layer,
           guint               i)
{
  g_assert_cmpuint (i, <, layer->data->len);

  return &g_array_index (layer->data, SpeedupDatum, i);
}

static const SpeedupDatum *
get_last (const SpeedupLayer *layer)
{
  return get_datum (layer, layer->data->len - 1);
}

static guint
find_configuration (const SpeedupResult *result,
                    SpeedupExecutorKind  executor,
                    guint                workers)
{
  for (guint i = 0; i < result->plan->configurations->len; i++)
    {
      const SpeedupConfiguration *configuration =
        g_ptr_array_index (result->plan->configurations, i);

      if (configuration->executor == executor && configuration->workers == workers)
        return i;
    }
  g_assert_not_reached ();
}

static void
test_points (void)
{
  g_autoptr (SpeedupResult) result = example_result_new (&example_weather);
  g_autoptr (SpeedupPlot) plot = describe (result, SPEEDUP_CHART_SPEEDUP, G_MAXUINT);
  const SpeedupLayer *marks = get_layer (plot, SPEEDUP_LAYER_MARKS, SPEEDUP_ROLE_MEASURED,
                                         SPEEDUP_EXECUTOR_THREADS, 0);
  const SpeedupLayer *dots = get_layer (plot, SPEEDUP_LAYER_DOTS, SPEEDUP_ROLE_MEASURED,
                                        SPEEDUP_EXECUTOR_THREADS, 0);
  const guint eight = find_configuration (result, SPEEDUP_EXECUTOR_THREADS, 8);
  const SpeedupSummary *summary = speedup_analysis_get_summary (result->analysis, eight);
  const SpeedupDatum *point = get_datum (marks, 3);

  g_assert (summary != NULL);
  g_assert_cmpuint (marks->data->len, ==, 8);
  g_assert_cmpfloat (point->x, ==, 8);
  g_assert_cmpfloat (point->y, ==, summary->ratio.estimate);
  g_assert_cmpfloat (point->low, ==, summary->ratio.low);
  g_assert_cmpfloat (point->high, ==, summary->ratio.high);
  g_assert_cmpstr (marks->legend, ==, "Threads");

  /* Seven rounds of eight worker counts; those of one N in ascending order. */
  g_assert_cmpuint (dots->data->len, ==, 56);
  g_assert_cmpfloat (get_datum (dots, 21)->x, ==, 8);
  g_assert_cmpfloat (get_datum (dots, 21)->y, <=, get_datum (dots, 27)->y);
  g_assert_cmpfloat (get_datum (dots, 21)->y, <=, point->y);
  g_assert_cmpfloat (get_datum (dots, 27)->y, >=, point->y);
}

static void
test_dots_are_pairs (void)
{
  g_autoptr (SpeedupResult) result = example_result_new (&example_resize);
  const guint base = result->analysis->base;
  const guint two = find_configuration (result, SPEEDUP_EXECUTOR_THREADS, 2);
  g_autoptr (SpeedupPlot) plot = describe (result, SPEEDUP_CHART_SPEEDUP, G_MAXUINT);
  const SpeedupLayer *dots = get_layer (plot, SPEEDUP_LAYER_DOTS, SPEEDUP_ROLE_MEASURED,
                                        SPEEDUP_EXECUTOR_THREADS, 0);

  for (guint round = 1; round <= 7; round++)
    {
      const double wanted = speedup_result_get_counted (result, base, round)->wall_s /
                            speedup_result_get_counted (result, two, round)->wall_s;
      gboolean found = FALSE;

      for (guint i = 0; i < dots->data->len; i++)
        found |= get_datum (dots, i)->x == 2 && get_datum (dots, i)->y == wanted;
      g_assert_true (found);
    }
}

static void
test_curves (void)
{
  static const double shares[] = { 0.5, 0.75, 0.9, 0.95, 0.99 };
  static const char *const labels[] = { "50 %", "75 %", "90 %", "95 %", "99 %" };
  g_autoptr (SpeedupResult) result = example_result_new (&example_weather);
  g_autoptr (SpeedupPlot) plot = describe (result, SPEEDUP_CHART_SPEEDUP, G_MAXUINT);
  const SpeedupLayer *ideal = get_layer (plot, SPEEDUP_LAYER_LINE, SPEEDUP_ROLE_IDEAL, 0, 0);
  const SpeedupLayer *bound = get_layer (plot, SPEEDUP_LAYER_LINE, SPEEDUP_ROLE_BOUND, 0, 0);

  g_assert_cmpfloat (get_last (ideal)->x, ==, 40);
  g_assert_cmpfloat (get_last (ideal)->y, ==, 40);
  g_assert_cmpfloat_with_epsilon (get_last (bound)->y, 100 / 3.0, 1e-9);

  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    {
      const SpeedupLayer *curve = get_layer (plot, SPEEDUP_LAYER_LINE, SPEEDUP_ROLE_AMDAHL, 0, i);

      g_assert_cmpstr (curve->short_label, ==, labels[i]);
      g_assert_cmpfloat (get_datum (curve, 0)->y, ==, 1);
      g_assert_cmpfloat_with_epsilon (get_last (curve)->y, 1 / (1 - shares[i] + shares[i] / 40),
                                      1e-9);
    }
}

static void
test_bound_only_where_it_shows (void)
{
  g_autoptr (SpeedupResult) result = example_result_new (&example_resize);
  g_autoptr (SpeedupPlot) plot = describe (result, SPEEDUP_CHART_SPEEDUP, G_MAXUINT);

  /* 200 tasks use 1, 2, 3 and 4 workers evenly to within a percent. */
  g_assert_null (find_layer (plot, SPEEDUP_LAYER_LINE, SPEEDUP_ROLE_BOUND, 0, 0));
}

static void
test_fit (void)
{
  g_autoptr (SpeedupResult) result = example_result_new (&example_weather);
  g_autoptr (SpeedupPlot) plot = describe (result, SPEEDUP_CHART_SPEEDUP, G_MAXUINT);
  const guint forty = find_configuration (result, SPEEDUP_EXECUTOR_THREADS, 40);
  const guint series = speedup_plan_get_series (result->plan, forty);
  const SpeedupFit *fit = speedup_analysis_get_fit (result->analysis, series);
  const SpeedupLayer *line = get_layer (plot, SPEEDUP_LAYER_LINE, SPEEDUP_ROLE_FIT,
                                        SPEEDUP_EXECUTOR_THREADS, 0);
  const SpeedupLayer *band = get_layer (plot, SPEEDUP_LAYER_BAND, SPEEDUP_ROLE_FIT,
                                        SPEEDUP_EXECUTOR_THREADS, 0);
  const SpeedupSummary *base = speedup_analysis_get_summary (result->analysis,
                                                             result->analysis->base);
  double wanted;

  g_assert_cmpint (fit->method, ==, SPEEDUP_FIT_PROFILE);
  wanted = base->wall_s / exp (fit->log_t1) *
           speedup_amdahl (fit->serial_fraction.estimate, speedup_whole_task_bound (100, 40));
  g_assert_cmpfloat (get_last (line)->x, ==, 40);
  g_assert_cmpfloat_with_epsilon (get_last (line)->y, wanted, 1e-9);
  g_assert_cmpfloat (get_last (band)->low, <, get_last (line)->y);
  g_assert_cmpfloat (get_last (band)->high, >, get_last (line)->y);
  g_assert_nonnull (g_strstr_len (line->legend, -1, "fit to 1 worker"));
}

/* A serial fraction from N = 2 alone makes no curve. */
static void
test_no_curve_from_karp_flatt (void)
{
  g_autoptr (SpeedupResult) result = example_result_new (&example_resize);
  g_autoptr (SpeedupPlot) plot = describe (result, SPEEDUP_CHART_SPEEDUP, G_MAXUINT);
  const guint two = find_configuration (result, SPEEDUP_EXECUTOR_THREADS, 2);
  const SpeedupFit *fit =
    speedup_analysis_get_fit (result->analysis, speedup_plan_get_series (result->plan, two));

  g_assert_cmpint (fit->method, ==, SPEEDUP_FIT_KARP_FLATT);
  for (guint i = 0; i < SPEEDUP_N_EXECUTOR_KINDS; i++)
    g_assert_null (find_layer (plot, SPEEDUP_LAYER_LINE, SPEEDUP_ROLE_FIT, i, 0));
}

static void
test_cpus (void)
{
  g_autoptr (SpeedupResult) computing = example_result_new (&example_resize);
  g_autoptr (SpeedupResult) waiting = example_result_new (&example_weather);
  g_autoptr (SpeedupPlot) shaded = describe (computing, SPEEDUP_CHART_SPEEDUP, G_MAXUINT);
  g_autoptr (SpeedupPlot) plain = describe (waiting, SPEEDUP_CHART_SPEEDUP, G_MAXUINT);

  g_assert_cmpfloat (get_datum (get_layer (shaded, SPEEDUP_LAYER_REGION, SPEEDUP_ROLE_CPUS, 0, 0),
                                0)->x, ==, 2);
  g_assert_null (find_layer (plain, SPEEDUP_LAYER_REGION, SPEEDUP_ROLE_CPUS, 0, 0));
  g_assert_cmpfloat (get_datum (get_layer (plain, SPEEDUP_LAYER_RULE, SPEEDUP_ROLE_CPUS, 0, 0),
                                0)->x, ==, 2);
}

static void
test_efficiency (void)
{
  g_autoptr (SpeedupResult) result = example_result_new (&example_weather);
  g_autoptr (SpeedupPlot) plot = describe (result, SPEEDUP_CHART_EFFICIENCY, G_MAXUINT);
  const guint forty = find_configuration (result, SPEEDUP_EXECUTOR_ASYNC, 40);
  const SpeedupSummary *summary = speedup_analysis_get_summary (result->analysis, forty);
  const SpeedupLayer *marks = get_layer (plot, SPEEDUP_LAYER_MARKS, SPEEDUP_ROLE_MEASURED,
                                         SPEEDUP_EXECUTOR_ASYNC, 0);

  g_assert_cmpfloat_with_epsilon (get_last (marks)->y, summary->efficiency, 1e-12);
  g_assert_cmpfloat_with_epsilon (get_last (marks)->high, summary->ratio.high / 40, 1e-12);
  g_assert_cmpint (plot->y.scale, ==, SPEEDUP_SCALE_LINEAR);
  g_assert_cmpfloat (plot->y.unit, ==, 100);
}

static void
test_time (void)
{
  g_autoptr (SpeedupResult) result = example_result_new (&example_resize);
  g_autoptr (SpeedupPlot) plot = describe (result, SPEEDUP_CHART_TIME, G_MAXUINT);
  const SpeedupLayer *sequential = get_layer (plot, SPEEDUP_LAYER_MARKS, SPEEDUP_ROLE_MEASURED,
                                              SPEEDUP_EXECUTOR_SEQUENTIAL, 0);
  const SpeedupLayer *warm_up = get_layer (plot, SPEEDUP_LAYER_DOTS, SPEEDUP_ROLE_WARM_UP, 0, 0);
  const SpeedupSummary *base = speedup_analysis_get_summary (result->analysis,
                                                             result->analysis->base);

  g_assert_cmpfloat (get_datum (sequential, 0)->y, ==, base->wall_s);
  g_assert_cmpuint (warm_up->data->len, ==, result->plan->configurations->len);
  g_assert_cmpstr (plot->y.title, ==, "Time per run in ms");
  g_assert_cmpfloat (plot->y.unit, ==, 1000);
}

static void
test_chunk_size (void)
{
  g_autoptr (SpeedupResult) result = example_result_new (&example_chunks);
  g_autoptr (SpeedupPlot) plot = describe (result, SPEEDUP_CHART_CHUNK_SIZE, G_MAXUINT);
  const SpeedupLayer *sized = get_layer (plot, SPEEDUP_LAYER_MARKS, SPEEDUP_ROLE_MEASURED, 1, 0);
  const SpeedupLayer *automatic = get_layer (plot, SPEEDUP_LAYER_MARKS, SPEEDUP_ROLE_MEASURED,
                                             1, 1);

  g_assert_cmpstr (sized->legend, ==, "2 workers");
  g_assert_cmpuint (sized->data->len, ==, 5);
  g_assert_cmpfloat (get_datum (sized, 0)->x, ==, 1);
  g_assert_cmpfloat (get_last (sized)->x, ==, 100);
  g_assert_cmpuint (automatic->data->len, ==, 1);
  g_assert_cmpfloat (get_datum (automatic, 0)->x, ==, plot->x.extra);
  g_assert_cmpstr (plot->x.extra_label, ==, "auto");
}

static void
test_void (void)
{
  ExampleSpec spec = example_resize;
  g_autoptr (SpeedupResult) result = NULL;
  g_autoptr (SpeedupPlot) plot = NULL;
  const SpeedupLayer *marks;

  spec.void_workers = 4;
  result = example_result_new (&spec);
  plot = describe (result, SPEEDUP_CHART_SPEEDUP, G_MAXUINT);
  marks = get_layer (plot, SPEEDUP_LAYER_MARKS, SPEEDUP_ROLE_MEASURED, SPEEDUP_EXECUTOR_THREADS,
                     0);

  /* A mark for each of three executors, and no number. */
  g_assert_cmpfloat (get_last (marks)->x, ==, 2);
  g_assert_cmpfloat (get_datum (get_layer (plot, SPEEDUP_LAYER_CROSSES, SPEEDUP_ROLE_VOID, 0, 2),
                                0)->x, ==, 4);
  g_assert_null (find_layer (plot, SPEEDUP_LAYER_CROSSES, SPEEDUP_ROLE_VOID, 0, 3));
}

/* The runs of a round that did not end are shown nowhere. */
static void
test_unfinished_round (void)
{
  g_autoptr (SpeedupResult) result = example_result_new (&example_resize);
  g_autoptr (SpeedupPlot) plot = NULL;

  result->rounds_completed = 6;
  speedup_result_analyse (result);
  plot = describe (result, SPEEDUP_CHART_SPEEDUP, G_MAXUINT);

  g_assert_cmpuint (get_layer (plot, SPEEDUP_LAYER_DOTS, SPEEDUP_ROLE_MEASURED,
                               SPEEDUP_EXECUTOR_THREADS, 0)->data->len, ==, 18);
}

static void
test_timeline (void)
{
  g_autoptr (SpeedupResult) result = example_result_new (&example_resize);
  const guint two = find_configuration (result, SPEEDUP_EXECUTOR_THREADS, 2);
  g_autoptr (SpeedupPlot) chosen = describe (result, SPEEDUP_CHART_TIMELINE, two);
  g_autoptr (SpeedupPlot) fastest = describe (result, SPEEDUP_CHART_TIMELINE, G_MAXUINT);

  g_assert_cmpuint (chosen->timeline->configuration, ==, two);
  g_assert_cmpuint (chosen->look, ==, SPEEDUP_EXECUTOR_THREADS);
  g_assert_cmpstr (chosen->title, ==, "Resize, 200 images: timeline, Threads, 2 workers");
  g_assert_nonnull (fastest->timeline);
  g_assert_cmpfloat (fastest->x.max, <=, chosen->x.max);
}

static void
test_empty (void)
{
  ExampleSpec spec = example_resize;
  g_autoptr (SpeedupResult) result = NULL;

  spec.rounds = 0;
  spec.timeline_tasks = 0;
  result = example_result_new (&spec);
  for (guint kind = 0; kind < SPEEDUP_N_CHART_KINDS; kind++)
    {
      g_autoptr (SpeedupPlot) plot = describe (result, kind, G_MAXUINT);

      g_assert_true (g_str_has_prefix (plot->empty, "Nothing to show: "));
      g_assert_nonnull (plot->title);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/chart-plot/points", test_points);
  g_test_add_func ("/chart-plot/dots-are-pairs", test_dots_are_pairs);
  g_test_add_func ("/chart-plot/curves", test_curves);
  g_test_add_func ("/chart-plot/bound-only-where-it-shows", test_bound_only_where_it_shows);
  g_test_add_func ("/chart-plot/fit", test_fit);
  g_test_add_func ("/chart-plot/no-curve-from-karp-flatt", test_no_curve_from_karp_flatt);
  g_test_add_func ("/chart-plot/cpus", test_cpus);
  g_test_add_func ("/chart-plot/efficiency", test_efficiency);
  g_test_add_func ("/chart-plot/time", test_time);
  g_test_add_func ("/chart-plot/chunk-size", test_chunk_size);
  g_test_add_func ("/chart-plot/void", test_void);
  g_test_add_func ("/chart-plot/unfinished-round", test_unfinished_round);
  g_test_add_func ("/chart-plot/timeline", test_timeline);
  g_test_add_func ("/chart-plot/empty", test_empty);

  return g_test_run ();
}
