/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-canvas.h"
#include "speedup-chart.h"
#include "speedup-plot.h"

G_BEGIN_DECLS

/* Written files stay within what every program can open. */
#define SPEEDUP_CHART_MAX_PX 16384.0

const SpeedupResult *speedup_chart_get_result     (const SpeedupChart *self);
SpeedupPlot         *speedup_chart_make_plot      (const SpeedupChart *self,
                                                   SpeedupNumbers      numbers) G_GNUC_WARN_UNUSED_RESULT;
void                 speedup_chart_draw_numbers   (const SpeedupChart *self,
                                                   cairo_t            *cr,
                                                   double              width,
                                                   double              height,
                                                   SpeedupNumbers      numbers);
char                *speedup_chart_describe_in    (const SpeedupChart *self,
                                                   SpeedupNumbers      numbers) G_GNUC_WARN_UNUSED_RESULT;
GArray              *speedup_chart_get_text_boxes (SpeedupChart       *self,
                                                   double              width,
                                                   double              height) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
