/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-sweep.h"

G_BEGIN_DECLS

/* Layers that several kinds of chart share: worker counts go to the right. */
void    speedup_layers_set_workers_axis (SpeedupPlot        *plot,
                                         const SpeedupSweep *sweep,
                                         SpeedupScale        scale);
void    speedup_layers_add_cpus         (SpeedupPlot        *plot,
                                         const SpeedupSweep *sweep);
void    speedup_layers_add_voids        (SpeedupPlot        *plot,
                                         const SpeedupSweep *sweep);
GArray *speedup_layers_worker_samples   (const SpeedupPlot  *plot,
                                         gboolean            whole) G_GNUC_WARN_UNUSED_RESULT;
guint   speedup_time_unit               (double              longest_s);
void    speedup_range_include           (double             *min,
                                         double             *max,
                                         double              value);
void    speedup_range_include_layers    (const SpeedupPlot  *plot,
                                         double             *min,
                                         double             *max);

G_END_DECLS
