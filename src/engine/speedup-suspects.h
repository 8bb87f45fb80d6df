/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A task that has killed this many workers is not tried again. */
#define SPEEDUP_MAX_KILLS 3

/**
 * SpeedupSuspects:
 *
 * The tasks that were unfinished when a worker process died. They are done again one by one, which
 * shows who did it: a worker that dies with a single task was killed by that task. The death that
 * made it a suspect is then its deed too.
 */
typedef struct _SpeedupSuspects SpeedupSuspects;

SpeedupSuspects *speedup_suspects_new (void) G_GNUC_WARN_UNUSED_RESULT;
void             speedup_suspects_free (SpeedupSuspects *self);
void             speedup_suspects_add_group (SpeedupSuspects *self,
                                             GArray          *tasks,
                                             gboolean         suspected);
gboolean         speedup_suspects_add_kill (SpeedupSuspects *self,
                                            guint            task);
gboolean         speedup_suspects_take (SpeedupSuspects *self,
                                        guint           *task);
gboolean         speedup_suspects_is_empty (SpeedupSuspects *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupSuspects, speedup_suspects_free)

G_END_DECLS
