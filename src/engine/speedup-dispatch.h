/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <poll.h>

#include "speedup-chunker.h"
#include "speedup-execution.h"
#include "speedup-suspects.h"
#include "speedup-worker-handle.h"

G_BEGIN_DECLS

/**
 * SpeedupDispatch:
 * @execution: what is carried out
 * @cancellable: (nullable): the run's
 * @launcher: starts workers
 * @path: of the worker program
 * @init: body of the first frame to each of them
 * @chunker: cuts the tasks into chunks
 * @suspects: what dead workers have left
 * @n_workers: places for workers
 * @workers: (nullable elements): the worker of each place; %NULL where one died or was let go and
 *   nothing is left to do
 * @polls: two for each place, reading and writing, and the cancellable's
 * @n_failed_starts: workers in a row that ended before they were ready
 * @timed_out: a task took longer than its limit, which ends the run
 * @ending: all tasks ended, and the workers are to say their last word
 * @error: why the run cannot be made
 *
 * A run on worker processes, as the executor's thread sees it.
 */
typedef struct
{
  SpeedupExecution *execution;
  GCancellable *cancellable;
  GSubprocessLauncher *launcher;
  char *path;
  GVariant *init;
  SpeedupChunker chunker;
  SpeedupSuspects *suspects;
  guint n_workers;
  SpeedupWorkerHandle **workers;
  struct pollfd *polls;
  guint n_failed_starts;
  gboolean timed_out;
  gboolean ending;
  GError *error;
} SpeedupDispatch;

gboolean  speedup_dispatch_init (SpeedupDispatch      *self,
                                 SpeedupExecution     *execution,
                                 GCancellable         *cancellable,
                                 GError              **error);
void      speedup_dispatch_clear (SpeedupDispatch      *self);
gboolean  speedup_dispatch_is_over (SpeedupDispatch      *self);
void      speedup_dispatch_fail_if_cancelled (SpeedupDispatch      *self);
void      speedup_dispatch_start_worker (SpeedupDispatch      *self,
                                         guint                 place);
void      speedup_dispatch_top_up (SpeedupDispatch      *self,
                                   SpeedupWorkerHandle  *worker);
GError   *speedup_dispatch_handle_frame (SpeedupDispatch      *self,
                                         SpeedupWorkerHandle  *worker,
                                         SpeedupFrameKind      kind,
                                         GVariant             *body);
void      speedup_dispatch_bury (SpeedupDispatch      *self,
                                 guint                 place,
                                 const GError         *garbage);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SpeedupDispatch, speedup_dispatch_clear)

G_END_DECLS
