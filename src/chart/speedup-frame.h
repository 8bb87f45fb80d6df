/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-canvas.h"
#include "speedup-plot.h"

G_BEGIN_DECLS

/**
 * SpeedupFrame:
 * @canvas: what is drawn on
 * @plot: what is drawn
 * @left: edge of the area between the axes, px
 * @top: likewise
 * @width: of that area
 * @height: likewise
 * @pad: px between an edge and the first or last value of its axis
 * @mark_px: radius of a mark
 * @dodge_px: one step to the side
 * @text_px: size of ordinary words
 *
 * Where the values of a chart lie on a canvas.
 */
typedef struct
{
  SpeedupCanvas *canvas;
  const SpeedupPlot *plot;
  double left;
  double top;
  double width;
  double height;
  double pad;
  double mark_px;
  double dodge_px;
  double text_px;
} SpeedupFrame;

double  speedup_frame_x              (const SpeedupFrame *self,
                                      double              value);
double  speedup_frame_y              (const SpeedupFrame *self,
                                      double              value);
void    speedup_frame_draw_layers    (const SpeedupFrame *self);
void    speedup_frame_draw_timeline  (const SpeedupFrame *self);
void    speedup_frame_write_labels   (const SpeedupFrame *self,
                                      gboolean            brief);
double  speedup_frame_measure_labels (const SpeedupFrame *self,
                                      gboolean            brief);
double  speedup_frame_measure_lanes  (const SpeedupFrame *self);
void    speedup_mark_draw            (cairo_t            *cr,
                                      const SpeedupStyle *style,
                                      SpeedupColour       background,
                                      double              x,
                                      double              y,
                                      double              radius);

G_END_DECLS
