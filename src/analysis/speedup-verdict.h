/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-measurements.h"

G_BEGIN_DECLS

void speedup_analysis_add_verdicts (SpeedupAnalysis              *self,
                                    const SpeedupMeasurements    *measurements,
                                    const SpeedupAnalysisContext *context);

G_END_DECLS
