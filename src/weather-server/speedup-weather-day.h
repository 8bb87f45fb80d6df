/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

GBytes *speedup_weather_day_new (const GDate *date) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
