/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-clock.h"

#include <time.h>

static gint64
now_ns (gpointer data G_GNUC_UNUSED)
{
  return speedup_monotonic_ns ();
}

static const SpeedupClock monotonic_clock = { now_ns, NULL };

/**
 * speedup_monotonic_ns:
 *
 * Returns: CLOCK_MONOTONIC in nanoseconds, which every process of the machine shares
 */
gint64
speedup_monotonic_ns (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);

  return (gint64) time.tv_sec * G_GINT64_CONSTANT (1000000000) + time.tv_nsec;
}

/**
 * speedup_clock_get_monotonic:
 *
 * Returns: (transfer none): the clock that measurements use
 */
const SpeedupClock *
speedup_clock_get_monotonic (void)
{
  return &monotonic_clock;
}

/**
 * speedup_clock_now_ns:
 * @clock: a clock
 *
 * Returns: its time in nanoseconds
 */
gint64
speedup_clock_now_ns (const SpeedupClock *clock)
{
  g_assert (clock != NULL);

  return clock->now_ns (clock->data);
}
