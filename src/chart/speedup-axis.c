/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-axis.h"

#include <math.h>

/* Rounding of logarithms must not lose a tick that stands exactly on an end of the axis. */
#define SLACK 1e-9

/* Below this ratio of its ends a log axis looks like a linear one. */
#define NEARLY_LINEAR 6.0

#define MAX_MORE_TICKS 8

/**
 * speedup_axis_init:
 * @self: (out): an axis
 * @scale: how values become places
 * @min: value at its start
 * @max: value at its end
 */
void
speedup_axis_init (SpeedupAxis  *self,
                   SpeedupScale  scale,
                   double        min,
                   double        max)
{
  g_assert (isfinite (min) && isfinite (max) && min < max);
  g_assert (scale == SPEEDUP_SCALE_LINEAR || min > 0);

  *self = (SpeedupAxis) {
    .scale = scale,
    .min = min,
    .max = max,
    .unit = 1,
    .tick_max = max,
    .extra = NAN,
  };
}

/**
 * speedup_axis_clear:
 * @self: an axis
 *
 * Frees what the axis holds.
 */
void
speedup_axis_clear (SpeedupAxis *self)
{
  g_clear_pointer (&self->values, g_array_unref);
  g_clear_pointer (&self->extra_label, g_free);
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->short_title, g_free);
}

/**
 * speedup_axis_place:
 * @self: an axis
 * @value: a value
 *
 * Returns: where the value stands, 0 at the start and 1 at the end of the axis. Values outside
 *   give places outside; a value that a log2 axis cannot show gives a place far below 0
 */
double
speedup_axis_place (const SpeedupAxis *self,
                    double             value)
{
  if (self->scale == SPEEDUP_SCALE_LINEAR)
    return (value - self->min) / (self->max - self->min);

  if (value <= 0)
    return -1000;

  return log2 (value / self->min) / log2 (self->max / self->min);
}

static void
tick_clear (gpointer data)
{
  SpeedupTick *tick = data;

  g_free (tick->label);
}

static void
add_tick (const SpeedupAxis *self,
          GArray            *ticks,
          double             value,
          int                decimals,
          SpeedupNumbers     numbers)
{
  const double shown = self->unit * value;
  SpeedupTick tick = { .value = value };
  const double place = speedup_axis_place (self, value);

  if (place < -SLACK || place > 1 + SLACK || value > self->tick_max * (1 + SLACK))
    return;

  if (decimals >= 0)
    tick.label = speedup_format_fixed (shown, decimals, numbers);
  else
    tick.label = speedup_format_significant (shown, 3, numbers);

  g_array_append_val (ticks, tick);
}

/* Steps of 1, 2 or 5 times a power of ten, as few as asked for. */
static void
add_linear_ticks (const SpeedupAxis *self,
                  GArray            *ticks,
                  guint              n_ticks,
                  SpeedupNumbers     numbers)
{
  static const double nice[] = { 1, 2, 5, 10 };
  const double factor = self->unit;
  const double low = self->min * factor;
  const double high = MIN (self->max, self->tick_max) * factor;
  const double rough = (high - low) / MAX (n_ticks, 1);
  const double power = pow (10, floor (log10 (rough) + SLACK));
  double step = 10 * power;
  int decimals;

  for (guint i = 0; i < G_N_ELEMENTS (nice); i++)
    {
      if (nice[i] * power >= rough * (1 - SLACK))
        {
          step = nice[i] * power;
          break;
        }
    }

  if (self->integers)
    step = MAX (step, 1);
  decimals = CLAMP (ceil (-log10 (step) - SLACK), 0, 9);

  /* Plus 0, because the ceiling of a small negative number is -0. */
  for (double i = ceil (low / step - SLACK) + 0.0; i * step <= high + SLACK * step; i++)
    add_tick (self, ticks, i * step / factor, decimals, numbers);
}

static void
add_powers_of_two (const SpeedupAxis *self,
                   GArray            *ticks,
                   guint              n_ticks,
                   SpeedupNumbers     numbers)
{
  const int first = ceil (log2 (self->min) - SLACK);
  const int last = floor (log2 (MIN (self->max, self->tick_max)) + SLACK);
  int stride = 1;

  while ((last - first) / stride + 1 > (int) MAX (n_ticks, 2) && last - first > stride)
    stride++;

  /* Every stride-th power, counted from 1, so that 1 keeps its tick; with much room also the
   * values half-way between, such as 3 and 6.
   */
  for (int exponent = first - 1; exponent <= last; exponent++)
    {
      if (exponent % stride == 0)
        add_tick (self, ticks, ldexp (1, exponent), -1, numbers);
      if (2 * (last - first + 1) <= (int) n_ticks && (exponent >= 1 || !self->integers))
        add_tick (self, ticks, ldexp (1.5, exponent), -1, numbers);
    }
}

static void
add_decades (const SpeedupAxis *self,
             GArray            *ticks,
             guint              n_ticks,
             SpeedupNumbers     numbers)
{
  static const double one[] = { 1 };
  static const double three[] = { 1, 2, 5 };
  const int first = floor (log10 (self->min));
  const int last = ceil (log10 (self->max));
  const double decades = log10 (self->max / self->min);
  const gboolean all = 3 * decades <= n_ticks;
  int stride = 1;

  while (!all && decades / stride > n_ticks)
    stride++;

  for (int exponent = first; exponent <= last; exponent++)
    {
      const double *mantissas = all ? three : one;

      if (!all && exponent % stride != 0)
        continue;
      for (guint i = 0; i < (all ? G_N_ELEMENTS (three) : G_N_ELEMENTS (one)); i++)
        add_tick (self, ticks, mantissas[i] * pow (10, exponent), -1, numbers);
    }
}

static int
compare_values (gconstpointer a,
                gconstpointer b)
{
  const double first = *(const double *) a;
  const double second = *(const double *) b;

  return (first > second) - (first < second);
}

/**
 * speedup_axis_add_value:
 * @self: an axis
 * @value: something was measured there
 */
void
speedup_axis_add_value (SpeedupAxis *self,
                        double       value)
{
  if (self->values == NULL)
    self->values = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < self->values->len; i++)
    {
      if (g_array_index (self->values, double, i) == value)
        return;
    }

  g_array_append_val (self->values, value);
  g_array_sort (self->values, compare_values);
}

static void
add_extra (const SpeedupAxis *self,
           GArray            *ticks)
{
  SpeedupTick tick = { .value = self->extra };

  if (self->extra_label == NULL)
    return;

  tick.label = g_strdup (self->extra_label);
  g_array_append_val (ticks, tick);
}

/**
 * speedup_axis_get_values:
 * @self: an axis
 * @numbers: whose decimal point the labels have
 *
 * Returns: (transfer full) (element-type SpeedupTick): a tick at each measured value, in ascending
 *   order
 */
GArray *
speedup_axis_get_values (const SpeedupAxis *self,
                         SpeedupNumbers     numbers)
{
  GArray *ticks = g_array_new (FALSE, FALSE, sizeof (SpeedupTick));

  g_array_set_clear_func (ticks, tick_clear);
  for (guint i = 0; self->values != NULL && i < self->values->len; i++)
    add_tick (self, ticks, g_array_index (self->values, double, i), -1, numbers);
  add_extra (self, ticks);

  return ticks;
}

/**
 * speedup_axis_get_ticks:
 * @self: an axis
 * @n_ticks: about how many are wanted, at least 1
 * @numbers: whose decimal point the labels have
 *
 * Returns: (transfer full) (element-type SpeedupTick): ticks in ascending order
 */
GArray *
speedup_axis_get_ticks (const SpeedupAxis *self,
                        guint              n_ticks,
                        SpeedupNumbers     numbers)
{
  GArray *ticks = g_array_new (FALSE, FALSE, sizeof (SpeedupTick));

  g_array_set_clear_func (ticks, tick_clear);

  if (self->scale == SPEEDUP_SCALE_LOG2 && self->powers_of_two)
    add_powers_of_two (self, ticks, n_ticks, numbers);
  else if (self->scale == SPEEDUP_SCALE_LOG2)
    add_decades (self, ticks, n_ticks, numbers);

  /* Within about two octaves a log axis is nearly linear, and so are good ticks. A single tick
   * says nothing of the scale: then there are rather more than were asked for.
   */
  if (self->scale == SPEEDUP_SCALE_LINEAR ||
      (ticks->len < 3 && !self->integers && self->max < NEARLY_LINEAR * self->min) ||
      ticks->len < 2)
    {
      for (guint n = n_ticks; n <= n_ticks + MAX_MORE_TICKS; n++)
        {
          g_array_set_size (ticks, 0);
          add_linear_ticks (self, ticks, n, numbers);
          if (ticks->len >= 2)
            break;
        }
    }

  add_extra (self, ticks);

  return ticks;
}
