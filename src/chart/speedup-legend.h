/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-canvas.h"
#include "speedup-plot.h"

G_BEGIN_DECLS

/**
 * SpeedupLegend:
 * @entries: (element-type LegendEntry): what is shown, each with its place
 * @text: how words look
 * @height: of all rows together, px; 0 when there is nothing to explain
 *
 * The key to the looks of a chart, in rows that are filled from the left.
 */
typedef struct
{
  GArray *entries;
  SpeedupText text;
  double height;
} SpeedupLegend;

void speedup_legend_init   (SpeedupLegend     *self,
                            SpeedupCanvas     *canvas,
                            const SpeedupPlot *plot,
                            double             text_px,
                            gboolean           brief,
                            double             width,
                            double             max_height);
void speedup_legend_clear  (SpeedupLegend     *self);
void speedup_legend_draw   (SpeedupLegend     *self,
                            SpeedupCanvas     *canvas,
                            double             x,
                            double             y);

G_END_DECLS
