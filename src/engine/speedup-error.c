/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-error.h"

/**
 * speedup_error_quark:
 *
 * Returns: the domain of #SpeedupError
 */
G_DEFINE_QUARK (speedup-error-quark, speedup_error)
