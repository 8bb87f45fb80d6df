/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-canvas.h"
#include "speedup-plot.h"

G_BEGIN_DECLS

void speedup_plot_draw (const SpeedupPlot *self,
                        SpeedupCanvas     *canvas);

G_END_DECLS
