/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-statistics.h"

G_BEGIN_DECLS

/**
 * SpeedupAmdahlFit:
 * @serial_fraction: s = 1 - p, with its profile-likelihood interval
 * @log_t1: ln T(1), T in seconds
 * @residual_sd: standard deviation of the residuals of ln T
 * @n_points: points used
 *
 * T(N) = T1 (s + (1 - s) / N), fitted to ln T with T1 free and 0 <= s <= 1.
 */
typedef struct
{
  SpeedupInterval serial_fraction;
  double log_t1;
  double residual_sd;
  guint n_points;
} SpeedupAmdahlFit;

double          speedup_amdahl                       (double             serial_fraction,
                                                      double             workers);
double          speedup_whole_task_bound             (gsize              n_tasks,
                                                      guint              workers);
double          speedup_karp_flatt                   (double             speedup,
                                                      double             workers);
gboolean        speedup_amdahl_fit                   (const double      *workers,
                                                      const double      *log_times,
                                                      gsize              n_points,
                                                      SpeedupAmdahlFit  *fit);
SpeedupInterval speedup_amdahl_band                  (SpeedupInterval    serial_fraction,
                                                      double             workers);

G_END_DECLS
