/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SpeedupTaskGuard:
 *
 * Ends the tasks in flight: all of them when the run is cancelled or stopped, and all of them as
 * soon as one has taken longer than its limit, because such a run does not finish. There is one
 * slot for each task in flight, with a cancellable of its own, so that a task costs two stores and
 * no signal connection.
 */
typedef struct _SpeedupTaskGuard SpeedupTaskGuard;

/**
 * SpeedupTaskGuardStuckFunc:
 * @slot: slot whose task goes on although it was cancelled
 * @user_data: data
 *
 * Called once in the guard's thread when an overdue task ignores its cancellable.
 */
typedef void (*SpeedupTaskGuardStuckFunc) (guint    slot,
                                           gpointer user_data);

SpeedupTaskGuard *speedup_task_guard_new (guint                       n_slots,
                                          gint64                      timeout_ns,
                                          GCancellable               *cancellable,
                                          GError                    **error) G_GNUC_WARN_UNUSED_RESULT;
void              speedup_task_guard_free (SpeedupTaskGuard           *self);
void              speedup_task_guard_set_stuck_func (SpeedupTaskGuard           *self,
                                                     SpeedupTaskGuardStuckFunc   func,
                                                     gpointer                    user_data);
GCancellable     *speedup_task_guard_get_cancellable (SpeedupTaskGuard           *self,
                                                      guint                       slot);
void              speedup_task_guard_begin (SpeedupTaskGuard           *self,
                                            guint                       slot,
                                            gint64                      start_ns);
void              speedup_task_guard_end (SpeedupTaskGuard           *self,
                                          guint                       slot);
void              speedup_task_guard_stop (SpeedupTaskGuard           *self);
gboolean          speedup_task_guard_is_stopped (SpeedupTaskGuard           *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupTaskGuard, speedup_task_guard_free)

G_END_DECLS
