/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-plot-layers.h"

#include <math.h>

#include "speedup-amdahl.h"
#include "speedup-chart-words.h"
#include "speedup-plot-words.h"

/* Both charts of ratios: the speedup itself, and divided by the workers the efficiency. */
typedef struct
{
  SpeedupPlot *plot;
  SpeedupSweep *sweep;
  gboolean per_worker;
} Ratios;

static const struct
{
  double share;
  const char *label;
  const char *short_label;
  int priority;
} amdahl_curves[] = {
  /* xgettext:no-c-format */
  { 0.50, N_("50 % parallel"), N_("50 %"), 4 },
  /* xgettext:no-c-format */
  { 0.75, N_("75 % parallel"), N_("75 %"), 2 },
  /* xgettext:no-c-format */
  { 0.90, N_("90 % parallel"), N_("90 %"), 5 },
  /* xgettext:no-c-format */
  { 0.95, N_("95 % parallel"), N_("95 %"), 1 },
  /* xgettext:no-c-format */
  { 0.99, N_("99 % parallel"), N_("99 %"), 3 },
};

static double
scaled (const Ratios *ratios,
        double        ratio,
        double        workers)
{
  return ratios->per_worker ? ratio / workers : ratio;
}

static void
add_amdahl (const Ratios *ratios)
{
  g_autoptr (GArray) samples = speedup_layers_worker_samples (ratios->plot, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (amdahl_curves); i++)
    {
      SpeedupLayer *layer = speedup_plot_add_layer (ratios->plot, SPEEDUP_LAYER_LINE,
                                                    SPEEDUP_ROLE_AMDAHL);

      layer->label = g_strdup (_(amdahl_curves[i].label));
      layer->short_label = g_strdup (_(amdahl_curves[i].short_label));
      layer->priority = amdahl_curves[i].priority;
      if (i == 0)
        layer->legend = g_strdup (_("Amdahl’s law, share that is parallel"));

      for (guint j = 0; j < samples->len; j++)
        {
          const double n = g_array_index (samples, double, j);

          speedup_layer_add (layer, n,
                             scaled (ratios, speedup_amdahl (1 - amdahl_curves[i].share, n), n));
        }
    }
}

static void
add_ideal (const Ratios *ratios)
{
  g_autoptr (GArray) samples = speedup_layers_worker_samples (ratios->plot, FALSE);
  SpeedupLayer *layer = speedup_plot_add_layer (ratios->plot, SPEEDUP_LAYER_LINE,
                                                SPEEDUP_ROLE_IDEAL);

  layer->legend = g_strdup (_("ideal"));
  layer->label = g_strdup (_("ideal"));
  layer->short_label = g_strdup (_("ideal"));
  layer->priority = 6;
  for (guint i = 0; i < samples->len; i++)
    {
      const double n = g_array_index (samples, double, i);

      speedup_layer_add (layer, n, scaled (ratios, n, n));
    }
}

/* The steps of n / ceil (n / N), through whole N because there are no others; drawn only where they
 * leave the ideal line for the eye.
 */
static void
add_bound (const Ratios *ratios)
{
  g_autoptr (GArray) samples = speedup_layers_worker_samples (ratios->plot, TRUE);
  const guint n_tasks = ratios->sweep->result->plan->n_tasks;
  SpeedupLayer *layer;
  double lowest = 1;

  for (guint i = 0; i < samples->len; i++)
    {
      const double n = g_array_index (samples, double, i);

      lowest = MIN (lowest, speedup_whole_task_bound (n_tasks, n) / n);
    }
  if (n_tasks == 0 || lowest > 0.98)
    return;

  layer = speedup_plot_add_layer (ratios->plot, SPEEDUP_LAYER_LINE, SPEEDUP_ROLE_BOUND);
  layer->legend = g_strdup_printf (ngettext ("bound of %u whole task", "bound of %u whole tasks",
                                             n_tasks),
                                   n_tasks);
  for (guint i = 0; i < samples->len; i++)
    {
      const double n = g_array_index (samples, double, i);

      speedup_layer_add (layer, n, scaled (ratios, speedup_whole_task_bound (n_tasks, n), n));
    }
}

/* What one round says of a configuration: its base against its run. */
static void
add_rounds (const Ratios *ratios,
            guint         configuration,
            SpeedupLayer *dots)
{
  const double workers = speedup_sweep_get_configuration (ratios->sweep, configuration)->workers;
  GHashTableIter iter;
  gpointer round;
  gpointer value;

  g_hash_table_iter_init (&iter, ratios->sweep->by_round[configuration]);
  while (g_hash_table_iter_next (&iter, &round, &value))
    {
      const SpeedupRun *run = value;
      const double base_s = speedup_sweep_get_base_wall_s (ratios->sweep, GPOINTER_TO_UINT (round));

      if (isfinite (base_s))
        speedup_layer_add (dots, workers, scaled (ratios, base_s / run->wall_s, workers));
    }
}

static gboolean
has_profile_fit (const Ratios *ratios,
                 guint         series)
{
  const SpeedupAnalysis *analysis = ratios->sweep->result->analysis;
  const SpeedupFit *fit;

  if (ratios->sweep->base == G_MAXUINT ||
      speedup_sweep_get_summary (ratios->sweep, ratios->sweep->base) == NULL)
    return FALSE;

  fit = speedup_analysis_get_fit (analysis, series);

  return fit != NULL && fit->method == SPEEDUP_FIT_PROFILE;
}

/* The fitted serial fraction in words, which compares times with the time of one worker of the same
 * executor; brief beside the name of the points, else beside that of the curve.
 */
static char *
describe_fit (const Ratios     *ratios,
              const SpeedupFit *fit,
              const char       *series,
              gboolean          brief)
{
  const SpeedupNumbers numbers = ratios->plot->numbers;
  const SpeedupInterval s = fit->serial_fraction;
  g_autofree char *estimate = NULL;
  g_autofree char *low = NULL;
  g_autofree char *high = NULL;
  int decimals = 1;

  if (!isfinite (s.low) || !isfinite (s.high))
    {
      estimate = speedup_format_significant (100 * s.estimate, 2, numbers);

      /* Translators: name of an executor, serial fraction */
      return g_strdup_printf (_("%s, fit to 1 worker: %s %% serial"), series, estimate);
    }

  /* As many decimals as the width of the interval lets mean something. */
  if (s.high > s.low)
    decimals = CLAMP (floor (1 - log10 (100 * (s.high - s.low))), 0, 4);
  estimate = speedup_format_fixed (100 * s.estimate, decimals, numbers);
  low = speedup_format_fixed (100 * s.low, decimals, numbers);
  high = speedup_format_fixed (100 * s.high, decimals, numbers);

  if (brief)
    /* Translators: name of an executor, serial fraction and its limits, as short as can be */
    return g_strdup_printf (_("%s: %s %% serial (%s to %s)"), series, estimate, low, high);

  /* Translators: name of an executor, serial fraction and the limits of its 95 % interval */
  return g_strdup_printf (_("%s, fit to 1 worker: %s %% serial (%s to %s)"),
                          series, estimate, low, high);
}

static void
add_measured (const Ratios *ratios,
              guint         series,
              gboolean      joined)
{
  const SpeedupPlan *plan = ratios->sweep->result->plan;
  SpeedupLayer *dots = speedup_plot_add_layer (ratios->plot, SPEEDUP_LAYER_DOTS,
                                               SPEEDUP_ROLE_MEASURED);
  SpeedupLayer *marks = speedup_plot_add_layer (ratios->plot, SPEEDUP_LAYER_MARKS,
                                                SPEEDUP_ROLE_MEASURED);

  dots->series = marks->series = ratios->sweep->look[series];
  marks->dodge = speedup_sweep_get_dodge (ratios->sweep, series);

  /* Beside the bar of the interval, which would hide them. */
  dots->dodge = marks->dodge - 0.5;
  marks->joined = joined;
  marks->legend = speedup_words_series (ratios->sweep->result,
                                        speedup_sweep_get_configuration (ratios->sweep, series));
  if (!joined)
    marks->short_legend =
      describe_fit (ratios, speedup_analysis_get_fit (ratios->sweep->result->analysis, series),
                    marks->legend, TRUE);

  for (guint i = series; i < plan->configurations->len; i++)
    {
      const SpeedupSummary *summary = speedup_sweep_get_summary (ratios->sweep, i);
      const double n = speedup_sweep_get_configuration (ratios->sweep, i)->workers;
      SpeedupDatum datum;

      if (speedup_plan_get_series (plan, i) != series)
        continue;
      add_rounds (ratios, i, dots);
      if (summary == NULL || !isfinite (summary->ratio.estimate) || summary->ratio.estimate <= 0)
        continue;

      datum.x = n;
      datum.y = scaled (ratios, summary->ratio.estimate, n);
      datum.low = scaled (ratios, summary->ratio.low, n);
      datum.high = scaled (ratios, summary->ratio.high, n);
      g_array_append_val (marks->data, datum);
    }

  speedup_layer_sort (dots);
  speedup_layer_sort (marks);
}

/* A fit speaks of times relative to its own one-worker time T1. Times T_base / T1 the curve comes
 * to the absolute base of the points; its band is the interval of the serial fraction, which is
 * exact because the curve falls with s everywhere. Where the fit counted in whole tasks, so does
 * the curve.
 */
static void
add_fit (const Ratios *ratios,
         guint         series)
{
  const SpeedupAnalysis *analysis = ratios->sweep->result->analysis;
  const SpeedupFit *fit = speedup_analysis_get_fit (analysis, series);
  const SpeedupSummary *base = speedup_sweep_get_summary (ratios->sweep, ratios->sweep->base);
  g_autoptr (GArray) samples = speedup_layers_worker_samples (ratios->plot, fit->whole_tasks);
  const guint n_tasks = ratios->sweep->result->plan->n_tasks;
  g_autofree char *name = NULL;
  SpeedupLayer *band;
  SpeedupLayer *line;
  double factor;

  factor = base->wall_s / exp (fit->log_t1);
  if (!isfinite (factor) || factor <= 0 || !isfinite (fit->serial_fraction.estimate))
    return;

  band = speedup_plot_add_layer (ratios->plot, SPEEDUP_LAYER_BAND, SPEEDUP_ROLE_FIT);
  line = speedup_plot_add_layer (ratios->plot, SPEEDUP_LAYER_LINE, SPEEDUP_ROLE_FIT);
  band->series = line->series = ratios->sweep->look[series];
  name = speedup_words_series (ratios->sweep->result,
                               speedup_sweep_get_configuration (ratios->sweep, series));
  line->legend = describe_fit (ratios, fit, name, FALSE);
  line->short_legend = g_strdup ("");

  for (guint i = 0; i < samples->len; i++)
    {
      const double n = g_array_index (samples, double, i);
      const double used = fit->whole_tasks ? speedup_whole_task_bound (n_tasks, n) : n;
      const SpeedupInterval band_here = speedup_analysis_get_band (analysis, series, used);
      SpeedupDatum datum = { .x = n };

      if (n > fit->workers_max)
        break;
      datum.y = scaled (ratios, factor * band_here.estimate, n);
      datum.low = scaled (ratios, factor * band_here.low, n);
      datum.high = scaled (ratios, factor * band_here.high, n);
      g_array_append_val (line->data, datum);
      if (isfinite (datum.low) && isfinite (datum.high))
        g_array_append_val (band->data, datum);
    }
}

static gboolean
has_ratio (const SpeedupSweep *sweep)
{
  for (guint i = 0; i < sweep->result->plan->configurations->len; i++)
    {
      const SpeedupSummary *summary = speedup_sweep_get_summary (sweep, i);

      if (summary != NULL && summary->ratio.estimate > 0 && isfinite (summary->ratio.estimate) &&
          speedup_sweep_get_configuration (sweep, i)->executor != SPEEDUP_EXECUTOR_SEQUENTIAL)
        return TRUE;
    }

  return FALSE;
}

static void
add_all_series (const Ratios *ratios)
{
  const guint n_configurations = ratios->sweep->result->plan->configurations->len;
  SpeedupLayer *last_dots = NULL;

  for (guint i = 0; i < n_configurations; i++)
    {
      if (speedup_sweep_is_series_head (ratios->sweep, i) && has_profile_fit (ratios, i))
        add_fit (ratios, i);
    }

  for (guint i = 0; i < n_configurations; i++)
    {
      if (speedup_sweep_is_series_head (ratios->sweep, i))
        add_measured (ratios, i, !has_profile_fit (ratios, i));
    }

  for (guint i = 0; i < ratios->plot->layers->len; i++)
    {
      SpeedupLayer *layer = g_ptr_array_index (ratios->plot->layers, i);

      if (layer->kind == SPEEDUP_LAYER_DOTS && layer->data->len > 0)
        last_dots = layer;
    }
  if (last_dots != NULL)
    last_dots->legend = g_strdup (_("single rounds"));
}

static void
set_speedup_axis (SpeedupPlot  *plot,
                  SpeedupScale  scale)
{
  double min = 1;
  double max = 2;

  speedup_range_include_layers (plot, &min, &max);

  /* The ideal line belongs into the picture as long as it does not press the data flat. */
  max = MAX (max * 1.05, MIN (plot->x.max, max * (scale == SPEEDUP_SCALE_LOG2 ? 2.5 : 1.5)));

  speedup_axis_init (&plot->y, scale, scale == SPEEDUP_SCALE_LOG2 ? min / 1.02 : 0, max);
  plot->y.powers_of_two = TRUE;
  plot->y.title = g_strdup (_("Speedup (time of the best sequential run / time)"));
  plot->y.short_title = g_strdup (_("Speedup"));
}

static void
set_efficiency_axis (SpeedupPlot *plot)
{
  double min = 0;
  double max = 1.1;

  speedup_range_include_layers (plot, &min, &max);
  speedup_axis_init (&plot->y, SPEEDUP_SCALE_LINEAR, 0, max * 1.02);
  plot->y.unit = 100;
  /* xgettext:no-c-format */
  plot->y.title = g_strdup (_("Efficiency in % (speedup / workers)"));
  /* xgettext:no-c-format */
  plot->y.short_title = g_strdup (_("Efficiency in %"));
}

static void
fill_ratios (SpeedupPlot              *plot,
             const SpeedupPlotRequest *request,
             gboolean                  per_worker)
{
  g_autoptr (SpeedupSweep) sweep = speedup_sweep_new (request->result);
  const Ratios ratios = { plot, sweep, per_worker };

  if (!has_ratio (sweep))
    {
      plot->empty = g_strdup (_("Nothing to show: no parallel run could be compared with a "
                                "sequential one."));
      return;
    }

  speedup_layers_set_workers_axis (plot, sweep, request->scale);
  speedup_layers_add_cpus (plot, sweep);
  add_amdahl (&ratios);
  add_ideal (&ratios);
  add_bound (&ratios);
  add_all_series (&ratios);
  speedup_layers_add_voids (plot, sweep);

  if (per_worker)
    set_efficiency_axis (plot);
  else
    set_speedup_axis (plot, request->scale);
}

/**
 * speedup_plot_fill_speedup:
 * @self: an empty description
 * @request: what to describe
 *
 * Ratio against workers: points with intervals and their rounds, the ideal line, Amdahl's curves,
 * the bound of whole tasks, fits with their bands.
 */
void
speedup_plot_fill_speedup (SpeedupPlot              *self,
                           const SpeedupPlotRequest *request)
{
  fill_ratios (self, request, FALSE);
}

/**
 * speedup_plot_fill_efficiency:
 * @self: an empty description
 * @request: what to describe
 *
 * The same, divided by the workers. The upright axis is always linear, from 0.
 */
void
speedup_plot_fill_efficiency (SpeedupPlot              *self,
                              const SpeedupPlotRequest *request)
{
  fill_ratios (self, request, TRUE);
}
