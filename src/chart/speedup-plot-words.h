/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-plot.h"

G_BEGIN_DECLS

char *speedup_words_title     (const SpeedupResult        *result,
                               SpeedupChartKind            kind) G_GNUC_WARN_UNUSED_RESULT;
char *speedup_words_subtitle  (const SpeedupResult        *result,
                               const char                 *what) G_GNUC_WARN_UNUSED_RESULT;
char *speedup_words_executor  (SpeedupExecutorKind         executor) G_GNUC_WARN_UNUSED_RESULT;
char *speedup_words_series    (const SpeedupResult        *result,
                               const SpeedupConfiguration *configuration) G_GNUC_WARN_UNUSED_RESULT;
char *speedup_words_workers   (guint                       workers) G_GNUC_WARN_UNUSED_RESULT;
char *speedup_words_clean     (const char                 *words) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
