/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-workload.h"

G_BEGIN_DECLS

GVariant *speedup_weather_summarise (SpeedupWorkload  *workload,
                                     GVariant *const  *outputs,
                                     guint             n_outputs) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
