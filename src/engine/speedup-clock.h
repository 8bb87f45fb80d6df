/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SpeedupClock:
 * @now_ns: monotonic nanoseconds
 * @data: handed to @now_ns
 *
 * Where the time comes from. Tests hand in a clock that they move themselves.
 */
typedef struct
{
  gint64 (*now_ns) (gpointer data);
  gpointer data;
} SpeedupClock;

gint64              speedup_clock_now_ns         (const SpeedupClock *clock);
const SpeedupClock *speedup_clock_get_monotonic  (void);
gint64              speedup_monotonic_ns         (void);

G_END_DECLS
