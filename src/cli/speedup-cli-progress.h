/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-runner.h"

G_BEGIN_DECLS

/**
 * SpeedupCliProgress:
 *
 * What is said on standard error while a measurement goes on: a bar on a terminal, else a line for
 * each round; and, where asked for, each task's start and end.
 */
typedef struct _SpeedupCliProgress SpeedupCliProgress;

SpeedupCliProgress *speedup_cli_progress_new (gboolean quiet,
                                              gboolean verbose) G_GNUC_WARN_UNUSED_RESULT;
void                speedup_cli_progress_free (SpeedupCliProgress   *self);
void                speedup_cli_progress_attach (SpeedupCliProgress   *self,
                                                 SpeedupRunner        *runner);
void                speedup_cli_progress_count (SpeedupCliProgress   *self,
                                                guint                 done,
                                                guint                 total);
void                speedup_cli_progress_clear (SpeedupCliProgress   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupCliProgress, speedup_cli_progress_free)

G_END_DECLS
