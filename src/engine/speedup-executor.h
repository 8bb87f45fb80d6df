/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-execution.h"

G_BEGIN_DECLS

#define SPEEDUP_TYPE_EXECUTOR (speedup_executor_get_type ())

G_DECLARE_DERIVABLE_TYPE (SpeedupExecutor, speedup_executor, SPEEDUP, EXECUTOR, GObject)

/**
 * SpeedupExecutorClass:
 * @kind: which one it is
 * @execute: carries out every task of @execution and fills it. Blocks the calling thread, which is
 *   never the main loop's. Tasks that fail are recorded, not returned. The first task that takes
 *   longer than its limit ends the run, which then holds a %SPEEDUP_TASK_TIMED_OUT record and tasks
 *   that are cancelled or still pending. Returns FALSE with an error where the run could not be
 *   made at all (no worker program, no thread), or with G_IO_ERROR_CANCELLED within a second of
 *   @cancellable; no thread or process is left behind
 *
 * How the tasks of a workload are carried out. Holds no state between runs: every run starts fresh.
 */
struct _SpeedupExecutorClass
{
  GObjectClass parent_class;

  SpeedupExecutorKind kind;

  gboolean (*execute) (SpeedupExecutor   *self,
                       SpeedupExecution  *execution,
                       GCancellable      *cancellable,
                       GError           **error);
};

SpeedupExecutor *speedup_executor_new (SpeedupExecutorKind kind) G_GNUC_WARN_UNUSED_RESULT;
gboolean         speedup_executor_execute (SpeedupExecutor      *self,
                                           SpeedupExecution     *execution,
                                           GCancellable         *cancellable,
                                           GError              **error);

G_END_DECLS
