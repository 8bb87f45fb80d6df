/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-result.h"

G_BEGIN_DECLS

char       *speedup_cli_words_title (const SpeedupResult        *result) G_GNUC_WARN_UNUSED_RESULT;
char       *speedup_cli_words_measured_on (const SpeedupPlan          *plan) G_GNUC_WARN_UNUSED_RESULT;
char       *speedup_cli_words_series (const SpeedupPlan          *plan,
                                      guint                       series) G_GNUC_WARN_UNUSED_RESULT;
char       *speedup_cli_words_workers (SpeedupExecutorKind executor,
                                       guint               workers) G_GNUC_WARN_UNUSED_RESULT;
char       *speedup_cli_words_duration (double seconds) G_GNUC_WARN_UNUSED_RESULT;
char       *speedup_cli_words_verdict (const SpeedupResult        *result,
                                       const SpeedupVerdict       *verdict) G_GNUC_WARN_UNUSED_RESULT;
char       *speedup_cli_words_serial_fraction (const SpeedupResult        *result,
                                               const SpeedupFit           *fit) G_GNUC_WARN_UNUSED_RESULT;
char       *speedup_cli_words_uneven (const SpeedupConfiguration *configuration) G_GNUC_WARN_UNUSED_RESULT;
char       *speedup_cli_words_warning (const SpeedupWarning       *warning,
                                       const char                 *details) G_GNUC_WARN_UNUSED_RESULT;
char       *speedup_cli_words_warning_details (const SpeedupWarning       *warning) G_GNUC_WARN_UNUSED_RESULT;
char       *speedup_cli_words_run_reason (const SpeedupRun           *run) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
