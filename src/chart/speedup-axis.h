/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-chart.h"
#include "speedup-numbers.h"

G_BEGIN_DECLS

/**
 * SpeedupAxis:
 * @scale: how values become places
 * @min: value at the start of the axis, above 0 on a log2 axis
 * @max: value at its end, above @min
 * @powers_of_two: whether ticks of a log2 axis are powers of two, else 1, 2, 5, 10 ...
 * @integers: whether only whole numbers mean something
 * @unit: what values are multiplied by for the eye, 100 for per cent
 * @values: (nullable) (element-type double): the measured values in ascending order, which are the
 *   ticks where their labels have room
 * @tick_max: no ordinary tick stands above this value
 * @extra: value of one tick with words of its own; %NAN when there is none
 * @extra_label: (nullable): the words of that tick
 * @title: what the axis shows, with its unit
 * @short_title: the same for small charts
 */
typedef struct
{
  SpeedupScale scale;
  double min;
  double max;
  gboolean powers_of_two;
  gboolean integers;
  double unit;
  GArray *values;
  double tick_max;
  double extra;
  char *extra_label;
  char *title;
  char *short_title;
} SpeedupAxis;

typedef struct
{
  double value;
  char *label;
} SpeedupTick;

void    speedup_axis_init       (SpeedupAxis       *self,
                                 SpeedupScale       scale,
                                 double             min,
                                 double             max);
void    speedup_axis_clear      (SpeedupAxis       *self);
void    speedup_axis_add_value  (SpeedupAxis       *self,
                                 double             value);
double  speedup_axis_place      (const SpeedupAxis *self,
                                 double             value);
GArray *speedup_axis_get_values (const SpeedupAxis *self,
                                 SpeedupNumbers     numbers) G_GNUC_WARN_UNUSED_RESULT;
GArray *speedup_axis_get_ticks  (const SpeedupAxis *self,
                                 guint              n_ticks,
                                 SpeedupNumbers     numbers) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
