/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SpeedupInterval:
 * @estimate: the point estimate; %NAN where there is none
 * @low: lower limit; %NAN where there is no interval
 * @high: upper limit; %NAN where there is no interval
 *
 * An estimate and its two-sided 95 % confidence interval.
 */
typedef struct
{
  double estimate;
  double low;
  double high;
} SpeedupInterval;

gboolean        speedup_interval_is_bounded          (SpeedupInterval  interval);

double          speedup_median                       (const double    *values,
                                                      gsize            n_values);
double          speedup_robust_sd                    (const double    *values,
                                                      gsize            n_values);
double          speedup_coefficient_of_variation     (const double    *values,
                                                      gsize            n_values);
double          speedup_hodges_lehmann               (const double    *values,
                                                      gsize            n_values);
int             speedup_signed_rank_critical_value   (gsize            n_values);
SpeedupInterval speedup_signed_rank_interval         (const double    *values,
                                                      gsize            n_values);

G_END_DECLS
