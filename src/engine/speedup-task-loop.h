/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <stdatomic.h>

#include "speedup-execution.h"
#include "speedup-task-guard.h"

G_BEGIN_DECLS

/**
 * SpeedupTaskLoop:
 * @execution: what is carried out
 * @session: the workload's, for this run
 * @guard: ends tasks; a slot for each worker
 * @next: the next task that nobody has taken, shared by all workers
 * @next_digest: the next task whose output nobody has hashed
 *
 * What the workers of a run inside this process share.
 */
typedef struct
{
  SpeedupExecution *execution;
  gpointer session;
  SpeedupTaskGuard *guard;
  _Alignas (64) _Atomic guint next;
  _Alignas (64) _Atomic guint next_digest;
  GMutex lock;
} SpeedupTaskLoop;

/**
 * SpeedupTaskTally:
 * @last_end_ns: end of its last task, 0 without one
 * @hash_ns: spent hashing outputs
 * @user_s: CPU time in user mode
 * @system_s: CPU time in the kernel
 *
 * What one worker adds up for itself.
 */
typedef struct
{
  gint64 last_end_ns;
  gint64 hash_ns;
  double user_s;
  double system_s;
} SpeedupTaskTally;

gboolean          speedup_task_loop_init (SpeedupTaskLoop        *self,
                                          SpeedupExecution       *execution,
                                          guint                   n_workers,
                                          GCancellable           *cancellable,
                                          GError                **error);
void              speedup_task_loop_clear (SpeedupTaskLoop        *self);
guint             speedup_task_loop_add_worker (SpeedupTaskLoop        *self,
                                                const char             *name);
guint             speedup_task_loop_add_thread (SpeedupTaskLoop        *self);
gboolean          speedup_task_loop_take (SpeedupTaskLoop        *self,
                                          guint                  *task);
void              speedup_task_loop_work (SpeedupTaskLoop        *self,
                                          guint                   slot,
                                          SpeedupTaskTally       *tally);
void              speedup_task_loop_end_task (SpeedupTaskLoop        *self,
                                              guint                   slot,
                                              guint                   task,
                                              gboolean                ok,
                                              SpeedupTaskOutcome     *outcome,
                                              GError                 *error,
                                              SpeedupTaskTally       *tally);
void              speedup_task_loop_hash (SpeedupTaskLoop        *self,
                                          SpeedupTaskTally       *tally);
gboolean          speedup_task_loop_finish (SpeedupTaskLoop        *self,
                                            const SpeedupTaskTally *tallies,
                                            guint                   n_tallies,
                                            GCancellable           *cancellable,
                                            GError                **error);

void              speedup_task_conclude (gboolean                ok,
                                         gint64                  timeout_ns,
                                         gboolean                hash,
                                         gboolean                stopped,
                                         SpeedupTaskRecord      *record,
                                         SpeedupTaskOutcome     *outcome,
                                         GError                **error,
                                         gint64                 *hash_ns);
void              speedup_read_cpu_time (int                     who,
                                         double                 *user_s,
                                         double                 *system_s);

G_END_DECLS
