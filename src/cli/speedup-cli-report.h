/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-result.h"

G_BEGIN_DECLS

char *speedup_cli_report_text (const SpeedupResult *result) G_GNUC_WARN_UNUSED_RESULT;
char *speedup_cli_report_csv (const SpeedupResult *result) G_GNUC_WARN_UNUSED_RESULT;
char *speedup_cli_report_markdown (const SpeedupResult *result) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
