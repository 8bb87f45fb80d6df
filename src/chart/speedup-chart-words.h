/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libintl.h>

#include "config.h"

/* Words of charts. dgettext() names the domain of this program, so that the library also speaks
 * the user's language inside a program with a domain of its own.
 */
#define _(string) dgettext (SPEEDUP_GETTEXT_DOMAIN, string)
#define N_(string) (string)
#undef ngettext
#define ngettext(singular, plural, n) dngettext (SPEEDUP_GETTEXT_DOMAIN, singular, plural, n)
