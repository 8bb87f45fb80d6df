/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-plot.h"

G_BEGIN_DECLS

/**
 * SpeedupSweep:
 * @result: what was measured
 * @base: index of the absolute base; %G_MAXUINT when none
 * @by_round: for each configuration, a table from round to the run that counts
 * @n_series: how many parallel series there are
 * @ordinal: for each configuration, its series' place among the parallel ones
 * @look: for each configuration, the number of its series' look
 * @max_workers: the largest N of the plan
 *
 * The runs of a result, sorted for drawing: what counts, in which series, with which look.
 */
typedef struct
{
  const SpeedupResult *result;
  guint base;
  GHashTable **by_round;
  guint n_series;
  guint *ordinal;
  guint *look;
  guint max_workers;
} SpeedupSweep;

SpeedupSweep               *speedup_sweep_new                (const SpeedupResult *result) G_GNUC_WARN_UNUSED_RESULT;
void                        speedup_sweep_free               (SpeedupSweep        *self);
const SpeedupConfiguration *speedup_sweep_get_configuration  (const SpeedupSweep  *self,
                                                              guint                configuration);
gboolean                    speedup_sweep_is_series_head     (const SpeedupSweep  *self,
                                                              guint                configuration);
const SpeedupSummary       *speedup_sweep_get_summary        (const SpeedupSweep  *self,
                                                              guint                configuration);
double                      speedup_sweep_get_base_wall_s    (const SpeedupSweep  *self,
                                                              guint                round);
double                      speedup_sweep_get_dodge          (const SpeedupSweep  *self,
                                                              guint                configuration);
gboolean                    speedup_sweep_was_void           (const SpeedupSweep  *self,
                                                              guint                configuration);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupSweep, speedup_sweep_free)

G_END_DECLS
