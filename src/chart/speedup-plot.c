/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-plot.h"

#include <math.h>

#include "speedup-plot-words.h"

static int
compare_data (gconstpointer a,
              gconstpointer b)
{
  const SpeedupDatum *first = a;
  const SpeedupDatum *second = b;

  if (first->x != second->x)
    return first->x < second->x ? -1 : 1;

  return (first->y > second->y) - (first->y < second->y);
}

static void
layer_free (gpointer data)
{
  SpeedupLayer *layer = data;

  g_array_unref (layer->data);
  g_free (layer->label);
  g_free (layer->short_label);
  g_free (layer->legend);
  g_free (layer->short_legend);
  g_free (layer);
}

/**
 * speedup_plot_new:
 * @request: what to describe
 *
 * Returns: (transfer full): the description; it must not outlive the request's result
 */
SpeedupPlot *
speedup_plot_new (const SpeedupPlotRequest *request)
{
  static void (*const fill[]) (SpeedupPlot *, const SpeedupPlotRequest *) = {
    [SPEEDUP_CHART_SPEEDUP] = speedup_plot_fill_speedup,
    [SPEEDUP_CHART_TIME] = speedup_plot_fill_time,
    [SPEEDUP_CHART_EFFICIENCY] = speedup_plot_fill_efficiency,
    [SPEEDUP_CHART_TIMELINE] = speedup_plot_fill_timeline,
    [SPEEDUP_CHART_CHUNK_SIZE] = speedup_plot_fill_chunk_size,
  };
  SpeedupPlot *self = g_new0 (SpeedupPlot, 1);

  g_assert (request->kind < G_N_ELEMENTS (fill));

  self->numbers = request->numbers;
  self->layers = g_ptr_array_new_with_free_func (layer_free);
  speedup_axis_init (&self->x, SPEEDUP_SCALE_LINEAR, 0, 1);
  speedup_axis_init (&self->y, SPEEDUP_SCALE_LINEAR, 0, 1);

  fill[request->kind] (self, request);

  if (self->title == NULL)
    self->title = speedup_words_title (request->result, request->kind);
  if (self->subtitle == NULL)
    self->subtitle = speedup_words_subtitle (request->result, NULL);

  return self;
}

/**
 * speedup_plot_free:
 * @self: (transfer full): a description
 */
void
speedup_plot_free (SpeedupPlot *self)
{
  g_free (self->title);
  g_free (self->subtitle);
  g_free (self->empty);
  speedup_axis_clear (&self->x);
  speedup_axis_clear (&self->y);
  g_ptr_array_unref (self->layers);
  g_free (self);
}

/**
 * speedup_plot_add_layer:
 * @self: a description
 * @kind: how its data are drawn
 * @role: what they stand for
 *
 * Returns: (transfer none): a new layer above the others, still without data
 */
SpeedupLayer *
speedup_plot_add_layer (SpeedupPlot      *self,
                        SpeedupLayerKind  kind,
                        SpeedupRole       role)
{
  SpeedupLayer *layer = g_new0 (SpeedupLayer, 1);

  layer->kind = kind;
  layer->role = role;
  layer->data = g_array_new (FALSE, FALSE, sizeof (SpeedupDatum));
  g_ptr_array_add (self->layers, layer);

  return layer;
}

/**
 * speedup_layer_add:
 * @self: a layer
 * @x: in units of the horizontal axis
 * @y: in units of the upright axis
 *
 * Adds a datum without an interval.
 */
void
speedup_layer_add (SpeedupLayer *self,
                   double        x,
                   double        y)
{
  const SpeedupDatum datum = { x, y, NAN, NAN };

  g_array_append_val (self->data, datum);
}

/**
 * speedup_layer_sort:
 * @self: a layer
 *
 * Puts its data in order from left to right, and from low to high.
 */
void
speedup_layer_sort (SpeedupLayer *self)
{
  g_array_sort (self->data, compare_data);
}
