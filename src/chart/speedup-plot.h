/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-axis.h"
#include "speedup-style.h"

G_BEGIN_DECLS

/**
 * SpeedupLayerKind:
 * @SPEEDUP_LAYER_REGION: shaded from the first datum's x to the end of the axis
 * @SPEEDUP_LAYER_RULE: an upright line at the first datum's x
 * @SPEEDUP_LAYER_BAND: between low and high
 * @SPEEDUP_LAYER_LINE: through x, y
 * @SPEEDUP_LAYER_DOTS: a faint dot at each x, y
 * @SPEEDUP_LAYER_MARKS: a mark at each x, y with a bar from low to high where they are finite
 * @SPEEDUP_LAYER_CROSSES: a cross at each x, at the foot of the chart
 */
typedef enum
{
  SPEEDUP_LAYER_REGION,
  SPEEDUP_LAYER_RULE,
  SPEEDUP_LAYER_BAND,
  SPEEDUP_LAYER_LINE,
  SPEEDUP_LAYER_DOTS,
  SPEEDUP_LAYER_MARKS,
  SPEEDUP_LAYER_CROSSES,
} SpeedupLayerKind;

/* One thing to draw, in the units of the axes; %NAN where there is none. */
typedef struct
{
  double x;
  double y;
  double low;
  double high;
} SpeedupDatum;

/**
 * SpeedupLayer:
 * @kind: how its data are drawn
 * @role: what they stand for
 * @series: number of the look
 * @dodge: step to the side, so that series do not hide each other; 0 is the middle
 * @joined: whether marks are joined by a line
 * @data: (element-type SpeedupDatum)
 * @label: (nullable): words at the end of the line
 * @short_label: (nullable): the same for small charts
 * @priority: of the label; where room is scarce the highest stay
 * @legend: (nullable): words in the legend
 * @short_legend: (nullable): the same for small charts; none there when it is empty
 */
typedef struct
{
  SpeedupLayerKind kind;
  SpeedupRole role;
  guint series;
  double dodge;
  gboolean joined;
  GArray *data;
  char *label;
  char *short_label;
  int priority;
  char *legend;
  char *short_legend;
} SpeedupLayer;

/**
 * SpeedupPlot:
 * @title: what was measured
 * @subtitle: where, when and how, in small print
 * @empty: (nullable): why there is nothing to draw; then the rest is not looked at
 * @numbers: whose decimal point numbers have
 * @x: the horizontal axis
 * @y: the upright axis
 * @layers: (element-type SpeedupLayer): in the order of drawing
 * @timeline: (nullable): bars in lanes instead of layers; belongs to the result
 * @look: number of the look of those bars
 *
 * The description of a chart in the units of the data, with its words, but no pixel.
 */
typedef struct
{
  char *title;
  char *subtitle;
  char *empty;
  SpeedupNumbers numbers;
  SpeedupAxis x;
  SpeedupAxis y;
  GPtrArray *layers;
  const SpeedupTimeline *timeline;
  guint look;
} SpeedupPlot;

/**
 * SpeedupPlotRequest:
 *
 * What to describe. @configuration is looked at for timelines alone; %G_MAXUINT leaves the choice
 * to the chart.
 */
typedef struct
{
  const SpeedupResult *result;
  SpeedupChartKind kind;
  SpeedupScale scale;
  guint configuration;
  SpeedupNumbers numbers;
} SpeedupPlotRequest;

SpeedupPlot  *speedup_plot_new              (const SpeedupPlotRequest *request) G_GNUC_WARN_UNUSED_RESULT;
void          speedup_plot_free             (SpeedupPlot              *self);
SpeedupLayer *speedup_plot_add_layer        (SpeedupPlot              *self,
                                             SpeedupLayerKind          kind,
                                             SpeedupRole               role);
void          speedup_layer_add             (SpeedupLayer             *self,
                                             double                    x,
                                             double                    y);
void          speedup_layer_sort            (SpeedupLayer             *self);

/* One function for each kind of chart fills axes and layers, or says why there is nothing. */
void          speedup_plot_fill_speedup     (SpeedupPlot              *self,
                                             const SpeedupPlotRequest *request);
void          speedup_plot_fill_time        (SpeedupPlot              *self,
                                             const SpeedupPlotRequest *request);
void          speedup_plot_fill_efficiency  (SpeedupPlot              *self,
                                             const SpeedupPlotRequest *request);
void          speedup_plot_fill_timeline    (SpeedupPlot              *self,
                                             const SpeedupPlotRequest *request);
void          speedup_plot_fill_chunk_size  (SpeedupPlot              *self,
                                             const SpeedupPlotRequest *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupPlot, speedup_plot_free)

G_END_DECLS
