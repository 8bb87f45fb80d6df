/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Numbers follow the locale in the window and never in files. */
typedef enum
{
  SPEEDUP_NUMBERS_C,
  SPEEDUP_NUMBERS_LOCALE,
} SpeedupNumbers;

char *speedup_format_fixed        (double          value,
                                   int             decimals,
                                   SpeedupNumbers  numbers) G_GNUC_WARN_UNUSED_RESULT;
char *speedup_format_significant  (double          value,
                                   int             digits,
                                   SpeedupNumbers  numbers) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
