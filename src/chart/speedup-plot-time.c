/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-plot-layers.h"

#include <math.h>

#include "speedup-chart-words.h"
#include "speedup-plot-words.h"

static const struct
{
  double unit;
  const char *title;
  const char *short_title;
} units[] = {
  { 1e6, N_("Time per run in µs"), N_("Time in µs") },
  { 1e3, N_("Time per run in ms"), N_("Time in ms") },
  { 1, N_("Time per run in s"), N_("Time in s") },
  { 1.0 / 60, N_("Time per run in minutes"), N_("Time in minutes") },
};

static double
longest_run (const SpeedupSweep *sweep)
{
  double longest = 0;

  for (guint i = 0; i < sweep->result->plan->configurations->len; i++)
    {
      GHashTableIter iter;
      gpointer value;

      g_hash_table_iter_init (&iter, sweep->by_round[i]);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        longest = MAX (longest, ((const SpeedupRun *) value)->wall_s);
    }

  return longest;
}

static void
add_rounds (const SpeedupSweep *sweep,
            guint               configuration,
            SpeedupLayer       *dots)
{
  const double workers = speedup_sweep_get_configuration (sweep, configuration)->workers;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, sweep->by_round[configuration]);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    speedup_layer_add (dots, workers, ((const SpeedupRun *) value)->wall_s);
}

static void
add_series (SpeedupPlot        *plot,
            const SpeedupSweep *sweep,
            guint               series)
{
  const SpeedupPlan *plan = sweep->result->plan;
  SpeedupLayer *dots = speedup_plot_add_layer (plot, SPEEDUP_LAYER_DOTS, SPEEDUP_ROLE_MEASURED);
  SpeedupLayer *marks = speedup_plot_add_layer (plot, SPEEDUP_LAYER_MARKS, SPEEDUP_ROLE_MEASURED);

  dots->series = marks->series = sweep->look[series];
  marks->dodge = speedup_sweep_get_dodge (sweep, series);
  dots->dodge = marks->dodge - 0.5;
  marks->joined = TRUE;
  marks->legend = speedup_words_series (sweep->result,
                                        speedup_sweep_get_configuration (sweep, series));

  for (guint i = series; i < plan->configurations->len; i++)
    {
      const SpeedupSummary *summary = speedup_sweep_get_summary (sweep, i);

      if (speedup_plan_get_series (plan, i) != series)
        continue;
      add_rounds (sweep, i, dots);
      if (summary != NULL && isfinite (summary->wall_s) && summary->wall_s > 0)
        speedup_layer_add (marks, speedup_sweep_get_configuration (sweep, i)->workers,
                           summary->wall_s);
    }

  speedup_layer_sort (dots);
  speedup_layer_sort (marks);
}

static void
add_warm_up (SpeedupPlot        *plot,
             const SpeedupSweep *sweep)
{
  SpeedupLayer *layer = speedup_plot_add_layer (plot, SPEEDUP_LAYER_DOTS, SPEEDUP_ROLE_WARM_UP);

  for (guint i = 0; i < sweep->result->runs->len; i++)
    {
      const SpeedupRun *run = g_ptr_array_index (sweep->result->runs, i);

      if (run->status == SPEEDUP_RUN_WARM_UP && isfinite (run->wall_s) && run->wall_s > 0)
        speedup_layer_add (layer, run->configuration->workers, run->wall_s);
    }

  if (layer->data->len > 0)
    layer->legend = g_strdup (_("warm-up, not used"));
}

/* What the best sequential time would become if every worker added its full share. */
static void
add_ideal (SpeedupPlot        *plot,
           const SpeedupSweep *sweep)
{
  g_autoptr (GArray) samples = speedup_layers_worker_samples (plot, FALSE);
  const SpeedupSummary *base = NULL;
  SpeedupLayer *layer;

  if (sweep->base != G_MAXUINT)
    base = speedup_sweep_get_summary (sweep, sweep->base);
  if (base == NULL || !isfinite (base->wall_s))
    return;

  layer = speedup_plot_add_layer (plot, SPEEDUP_LAYER_LINE, SPEEDUP_ROLE_IDEAL);
  layer->legend = g_strdup (_("ideal: best sequential time / workers"));
  for (guint i = 0; i < samples->len; i++)
    {
      const double n = g_array_index (samples, double, i);

      speedup_layer_add (layer, n, base->wall_s / n);
    }
}

static void
set_time_axis (SpeedupPlot  *plot,
               SpeedupScale  scale,
               guint         unit)
{
  double min = HUGE_VAL;
  double max = 0;

  speedup_range_include_layers (plot, &min, &max);
  if (scale == SPEEDUP_SCALE_LOG2)
    {
      min *= 0.85;
      max = MAX (max * 1.1, min * 2.2);
    }
  else
    {
      min = 0;
      max *= 1.05;
    }

  speedup_axis_init (&plot->y, scale, min, max);
  plot->y.unit = units[unit].unit;
  plot->y.title = g_strdup (_(units[unit].title));
  plot->y.short_title = g_strdup (_(units[unit].short_title));
}

/**
 * speedup_plot_fill_time:
 * @self: an empty description
 * @request: what to describe
 *
 * Wall time against workers, with every run as a dot.
 */
void
speedup_plot_fill_time (SpeedupPlot              *self,
                        const SpeedupPlotRequest *request)
{
  g_autoptr (SpeedupSweep) sweep = speedup_sweep_new (request->result);
  const double longest_s = longest_run (sweep);
  SpeedupLayer *dots = NULL;

  if (longest_s <= 0)
    {
      self->empty = g_strdup (_("Nothing to show: no run has ended well."));
      return;
    }

  speedup_layers_set_workers_axis (self, sweep, request->scale);
  speedup_layers_add_cpus (self, sweep);
  add_ideal (self, sweep);
  add_warm_up (self, sweep);

  for (guint i = 0; i < request->result->plan->configurations->len; i++)
    {
      if (speedup_plan_get_series (request->result->plan, i) == i)
        add_series (self, sweep, i);
    }

  for (guint i = 0; i < self->layers->len; i++)
    {
      SpeedupLayer *layer = g_ptr_array_index (self->layers, i);

      if (layer->kind == SPEEDUP_LAYER_DOTS && layer->role == SPEEDUP_ROLE_MEASURED &&
          layer->data->len > 0)
        dots = layer;
    }
  g_assert (dots != NULL);
  dots->legend = g_strdup (_("single runs"));
  speedup_layers_add_voids (self, sweep);
  set_time_axis (self, request->scale, speedup_time_unit (longest_s));
}
