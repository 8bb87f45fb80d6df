/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-numbers.h"

#include <math.h>

/**
 * speedup_format_fixed:
 * @value: a number
 * @decimals: digits after the decimal point, 0 to 9
 * @numbers: whose decimal point
 *
 * Returns: (transfer full): @value in decimal notation, never with an exponent
 */
char *
speedup_format_fixed (double         value,
                      int            decimals,
                      SpeedupNumbers numbers)
{
  char format[8];
  char buffer[512];

  g_assert (decimals >= 0 && decimals <= 9);

  if (numbers == SPEEDUP_NUMBERS_LOCALE)
    return g_strdup_printf ("%.*f", decimals, value);

  g_snprintf (format, sizeof format, "%%.%df", decimals);

  return g_strdup (g_ascii_formatd (buffer, sizeof buffer, format, value));
}

/**
 * speedup_format_significant:
 * @value: a number
 * @digits: significant digits, 1 to 9
 * @numbers: whose decimal point
 *
 * Returns: (transfer full): @value rounded to so many significant digits, without trailing zeros
 *   and without an exponent
 */
char *
speedup_format_significant (double         value,
                            int            digits,
                            SpeedupNumbers numbers)
{
  int exponent;
  int decimals;

  g_assert (digits >= 1 && digits <= 9);

  if (!isfinite (value) || value == 0)
    return speedup_format_fixed (value, 0, numbers);

  exponent = floor (log10 (fabs (value)) + 1e-9);
  decimals = CLAMP (digits - 1 - exponent, 0, 9);

  while (decimals > 0)
    {
      const double shorter = value * pow (10, decimals - 1);
      const double whole = value * pow (10, decimals);

      /* A trailing zero: one digit fewer says the same. */
      if (fabs (round (shorter) * 10 - round (whole)) > 0.5)
        break;
      decimals--;
    }

  return speedup_format_fixed (value, decimals, numbers);
}
