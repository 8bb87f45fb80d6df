/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-result.h"

G_BEGIN_DECLS

const char    *speedup_cli_get_argument (GStrv         args,
                                         const char   *what,
                                         GError      **error);
SpeedupResult *speedup_cli_load_argument (GStrv         args,
                                          GError      **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
