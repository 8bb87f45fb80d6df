/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-plot-layers.h"

#include <math.h>

#include "speedup-chart-words.h"
#include "speedup-plot-words.h"

#define SAMPLES_PER_CURVE 96

/**
 * speedup_time_unit:
 * @longest_s: the longest time on an axis, in seconds
 *
 * Returns: 0 for microseconds, 1 for milliseconds, 2 for seconds, 3 for minutes: the largest unit
 *   in which it has a digit other than 0 before the point; minutes from ten on
 */
guint
speedup_time_unit (double longest_s)
{
  if (longest_s < 1e-3)
    return 0;
  if (longest_s < 1)
    return 1;

  return longest_s < 600 ? 2 : 3;
}

/**
 * speedup_range_include:
 * @min: (inout): a range, empty while @min is above @max
 * @max: (inout): its end
 * @value: must lie in it; not looked at unless finite
 */
void
speedup_range_include (double *min,
                       double *max,
                       double  value)
{
  if (!isfinite (value))
    return;

  *min = MIN (*min, value);
  *max = MAX (*max, value);
}

/**
 * speedup_range_include_layers:
 * @plot: a description
 * @min: (inout): a range
 * @max: (inout): its end
 *
 * Widens the range to everything that was measured.
 */
void
speedup_range_include_layers (const SpeedupPlot *plot,
                              double            *min,
                              double            *max)
{
  for (guint i = 0; i < plot->layers->len; i++)
    {
      const SpeedupLayer *layer = g_ptr_array_index (plot->layers, i);

      if (layer->kind != SPEEDUP_LAYER_MARKS && layer->kind != SPEEDUP_LAYER_DOTS)
        continue;

      for (guint j = 0; j < layer->data->len; j++)
        {
          const SpeedupDatum *datum = &g_array_index (layer->data, SpeedupDatum, j);

          speedup_range_include (min, max, datum->y);
          speedup_range_include (min, max, datum->low);
          speedup_range_include (min, max, datum->high);
        }
    }
}

/**
 * speedup_layers_set_workers_axis:
 * @plot: a description
 * @sweep: what was measured
 * @scale: of the axis
 *
 * Makes the horizontal axis one of worker counts, wide enough for the measured ones and for the
 * machine's CPUs where these are near.
 */
void
speedup_layers_set_workers_axis (SpeedupPlot        *plot,
                                 const SpeedupSweep *sweep,
                                 SpeedupScale        scale)
{
  const guint cpus = sweep->result->machine->cpus_usable;
  double max = MAX (sweep->max_workers, 2);

  if (cpus > max && cpus <= 2 * max)
    max = cpus;

  speedup_axis_clear (&plot->x);
  speedup_axis_init (&plot->x, scale, scale == SPEEDUP_SCALE_LOG2 ? 1 : 0, max);
  plot->x.powers_of_two = TRUE;
  plot->x.integers = TRUE;
  for (guint i = 0; i < sweep->result->plan->configurations->len; i++)
    speedup_axis_add_value (&plot->x, speedup_sweep_get_configuration (sweep, i)->workers);
  plot->x.title = g_strdup (_("Workers"));
  plot->x.short_title = g_strdup (_("Workers"));
}

/**
 * speedup_layers_add_cpus:
 * @plot: a description with its horizontal axis
 * @sweep: what was measured
 *
 * Marks the machine's usable CPUs; beyond them, work that computes cannot gain, so that region is
 * shaded.
 */
void
speedup_layers_add_cpus (SpeedupPlot        *plot,
                         const SpeedupSweep *sweep)
{
  const guint cpus = sweep->result->machine->cpus_usable;
  SpeedupLayer *layer;

  if (cpus > plot->x.max)
    return;

  if (sweep->result->plan->cpu_bound && cpus < plot->x.max)
    {
      layer = speedup_plot_add_layer (plot, SPEEDUP_LAYER_REGION, SPEEDUP_ROLE_CPUS);
      layer->legend = g_strdup (_("more workers than CPUs"));
      speedup_layer_add (layer, cpus, NAN);
    }

  layer = speedup_plot_add_layer (plot, SPEEDUP_LAYER_RULE, SPEEDUP_ROLE_CPUS);
  layer->label = g_strdup_printf (ngettext ("%u CPU", "%u CPUs", cpus), cpus);
  speedup_layer_add (layer, cpus, NAN);
}

/**
 * speedup_layers_add_voids:
 * @plot: a description
 * @sweep: what was measured
 *
 * Marks configurations that were tried but gave no run that counts: a mark, never a number.
 */
void
speedup_layers_add_voids (SpeedupPlot        *plot,
                          const SpeedupSweep *sweep)
{
  SpeedupLayer *layer = NULL;

  for (guint i = 0; i < sweep->result->plan->configurations->len; i++)
    {
      if (!speedup_sweep_was_void (sweep, i))
        continue;

      /* One layer for each series, because each is dodged by its own step. */
      layer = speedup_plot_add_layer (plot, SPEEDUP_LAYER_CROSSES, SPEEDUP_ROLE_VOID);
      layer->dodge = speedup_sweep_get_dodge (sweep, i);
      speedup_layer_add (layer, speedup_sweep_get_configuration (sweep, i)->workers, NAN);
    }

  if (layer != NULL)
    layer->legend = g_strdup (_("void or did not finish"));
}

/**
 * speedup_layers_worker_samples:
 * @plot: a description with its horizontal axis
 * @whole: whether worker counts must be whole numbers
 *
 * Returns: (transfer full) (element-type double): worker counts from 1 to the end of the axis,
 *   dense enough for a smooth curve
 */
GArray *
speedup_layers_worker_samples (const SpeedupPlot *plot,
                               gboolean           whole)
{
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (double));
  const double factor = pow (plot->x.max, 1.0 / SAMPLES_PER_CURVE);
  double at = 1;

  while (at < plot->x.max * (1 - 1e-9))
    {
      g_array_append_val (samples, at);
      at = whole ? MAX (at + 1, floor (at * sqrt (factor))) : at * factor;
    }
  at = plot->x.max;
  g_array_append_val (samples, at);

  return samples;
}
