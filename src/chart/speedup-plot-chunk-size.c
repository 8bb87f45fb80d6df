/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-plot-layers.h"

#include <math.h>

#include "speedup-chart-words.h"
#include "speedup-plot-words.h"

/* Automatic chunks have no size; they stand apart, this factor (or share) beyond the largest. */
#define AUTO_FACTOR 3.0
#define AUTO_SHARE  1.2

typedef struct
{
  double min;
  double max;
  double automatic;   /* where automatic chunks stand; NAN when none were measured */
} ChunkRange;

static gboolean
is_shown (const SpeedupSweep *sweep,
          guint               configuration)
{
  const SpeedupSummary *summary = speedup_sweep_get_summary (sweep, configuration);

  return speedup_sweep_get_configuration (sweep, configuration)->executor ==
         SPEEDUP_EXECUTOR_PROCESSES &&
         summary != NULL && isfinite (summary->ratio.estimate) && summary->ratio.estimate > 0;
}

static ChunkRange
find_range (const SpeedupSweep *sweep,
            SpeedupScale        scale)
{
  ChunkRange range = { HUGE_VAL, 0, NAN };
  gboolean automatic = FALSE;

  for (guint i = 0; i < sweep->result->plan->configurations->len; i++)
    {
      const guint chunk_size = speedup_sweep_get_configuration (sweep, i)->chunk_size;

      if (!is_shown (sweep, i))
        continue;
      if (chunk_size == SPEEDUP_CHUNK_SIZE_AUTO)
        automatic = TRUE;
      else
        speedup_range_include (&range.min, &range.max, chunk_size);
    }

  if (automatic && range.max > 0)
    range.automatic = range.max * (scale == SPEEDUP_SCALE_LOG2 ? AUTO_FACTOR : AUTO_SHARE);

  return range;
}

/* One line for each worker count; the point of automatic chunks is not joined to it. */
static void
add_workers (SpeedupPlot        *plot,
             const SpeedupSweep *sweep,
             const ChunkRange   *range,
             guint               workers,
             guint               look)
{
  SpeedupLayer *sized = speedup_plot_add_layer (plot, SPEEDUP_LAYER_MARKS, SPEEDUP_ROLE_MEASURED);
  SpeedupLayer *automatic = speedup_plot_add_layer (plot, SPEEDUP_LAYER_MARKS,
                                                    SPEEDUP_ROLE_MEASURED);

  sized->series = automatic->series = look;
  sized->joined = TRUE;
  sized->legend = speedup_words_workers (workers);

  for (guint i = 0; i < sweep->result->plan->configurations->len; i++)
    {
      const SpeedupConfiguration *configuration = speedup_sweep_get_configuration (sweep, i);
      const gboolean guided = configuration->chunk_size == SPEEDUP_CHUNK_SIZE_AUTO;
      const SpeedupSummary *summary;
      SpeedupDatum datum;

      if (!is_shown (sweep, i) || configuration->workers != workers)
        continue;

      summary = speedup_sweep_get_summary (sweep, i);
      datum.x = guided ? range->automatic : configuration->chunk_size;
      datum.y = summary->ratio.estimate;
      datum.low = summary->ratio.low;
      datum.high = summary->ratio.high;
      g_array_append_val (guided ? automatic->data : sized->data, datum);
    }

  speedup_layer_sort (sized);
}

static void
add_all_workers (SpeedupPlot        *plot,
                 const SpeedupSweep *sweep,
                 const ChunkRange   *range)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  guint n_seen = 0;

  for (guint i = 0; i < sweep->result->plan->configurations->len; i++)
    {
      const guint workers = speedup_sweep_get_configuration (sweep, i)->workers;

      /* Look 0 is the grey of sequential runs. */
      if (is_shown (sweep, i) && g_hash_table_add (seen, GUINT_TO_POINTER (workers)))
        add_workers (plot, sweep, range, workers, 1 + n_seen++ % (SPEEDUP_N_SERIES_STYLES - 1));
    }
}

static void
set_axes (SpeedupPlot        *plot,
          const SpeedupSweep *sweep,
          SpeedupScale        scale,
          const ChunkRange   *range)
{
  double low = HUGE_VAL;
  double high = 0;
  double end = isfinite (range->automatic) ? range->automatic : range->max;

  if (end <= range->min)
    end = 2 * range->min;
  speedup_axis_init (&plot->x, scale, scale == SPEEDUP_SCALE_LOG2 ? range->min : 0, end);
  plot->x.integers = TRUE;
  plot->x.tick_max = range->max;
  for (guint i = 0; i < sweep->result->plan->configurations->len; i++)
    {
      const guint chunk_size = speedup_sweep_get_configuration (sweep, i)->chunk_size;

      if (is_shown (sweep, i) && chunk_size != SPEEDUP_CHUNK_SIZE_AUTO)
        speedup_axis_add_value (&plot->x, chunk_size);
    }
  plot->x.title = g_strdup (_("Chunk size (tasks handed to a process at once)"));
  plot->x.short_title = g_strdup (_("Chunk size (tasks)"));
  if (isfinite (range->automatic))
    {
      plot->x.extra = range->automatic;
      /* Translators: chunks whose size the program chooses; a tick, as short as can be */
      plot->x.extra_label = g_strdup (_("auto"));
    }

  speedup_range_include_layers (plot, &low, &high);
  if (scale == SPEEDUP_SCALE_LOG2)
    speedup_axis_init (&plot->y, scale, low * 0.9, MAX (high * 1.1, low * 2));
  else
    speedup_axis_init (&plot->y, scale, 0, high * 1.1);
  plot->y.powers_of_two = high / low > 8;
  plot->y.title = g_strdup (_("Speedup (time of the best sequential run / time)"));
  plot->y.short_title = g_strdup (_("Speedup"));
}

/**
 * speedup_plot_fill_chunk_size:
 * @self: an empty description
 * @request: what to describe
 *
 * Ratio against chunk size, a line for each worker count.
 */
void
speedup_plot_fill_chunk_size (SpeedupPlot              *self,
                              const SpeedupPlotRequest *request)
{
  g_autoptr (SpeedupSweep) sweep = speedup_sweep_new (request->result);
  const ChunkRange range = find_range (sweep, request->scale);

  if (range.max <= 0)
    {
      self->empty = g_strdup (_("Nothing to show: no chunk size was tried with worker "
                                "processes."));
      return;
    }

  add_all_workers (self, sweep, &range);
  set_axes (self, sweep, request->scale, &range);
}
