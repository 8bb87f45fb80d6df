/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-analysis.h"

G_BEGIN_DECLS

/*
 * SpeedupMeasurements:
 * @configurations: borrowed
 * @n_configurations: how many
 * @n_rounds: rounds with at least one usable time
 * @rounds: (array length=n_rounds): their numbers, ascending
 * @log_times: ln T, a row of rounds for each configuration; NAN where there is none
 *
 * The observations as a table, so that whatever is compared is compared within rounds.
 * Private to this room.
 */
typedef struct
{
  const SpeedupObservedConfiguration *configurations;
  guint n_configurations;
  guint n_rounds;
  guint *rounds;
  double *log_times;
} SpeedupMeasurements;

SpeedupMeasurements *speedup_measurements_new         (const SpeedupObservedConfiguration *configurations,
                                                       guint                               n_configurations,
                                                       const SpeedupObservation           *observations,
                                                       gsize                               n_observations);
void                 speedup_measurements_free        (SpeedupMeasurements                *self);
double               speedup_measurements_get_log_t   (const SpeedupMeasurements          *self,
                                                       guint                               configuration);
SpeedupInterval      speedup_measurements_compare     (const SpeedupMeasurements          *self,
                                                       guint                               base,
                                                       guint                               configuration,
                                                       guint                              *n_pairs);
void                 speedup_measurements_get_levels  (const SpeedupMeasurements          *self,
                                                       const guint                        *selected,
                                                       guint                               n_selected,
                                                       double                             *levels);
void                 speedup_measurements_add_outliers (const SpeedupMeasurements         *self,
                                                        GArray                            *outliers);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupMeasurements, speedup_measurements_free)

G_END_DECLS
