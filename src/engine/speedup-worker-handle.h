/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-chunker.h"
#include "speedup-wire.h"

G_BEGIN_DECLS

typedef struct
{
  guint first;
  guint count;
} SpeedupTaskRange;

/**
 * SpeedupWorkerDeath:
 * @pid: of the process, 0 for one that had ended before it could be asked
 * @signal: that ended it, 0 if none did
 * @exit_status: of a process that exited
 *
 * How a worker process ended.
 */
typedef struct
{
  int pid;
  int signal;
  int exit_status;
} SpeedupWorkerDeath;

/**
 * SpeedupWorkerHandle:
 * @pid: of the process, 0 for one that had ended before it could be asked
 * @out_fd: to poll for reading; -1 once closed
 * @in_fd: to poll for writing while there is something to write; -1 once closed
 * @reader: of its frames
 * @queue: chunks that it has, without the tasks whose results came
 * @n_queue: how many
 * @sent_ns: when it got the last chunk
 * @worker: index in the execution
 * @ready: whether it said that it is
 * @careful: whether it gets one task at a time, because one of them may kill it
 * @done: whether its last frame came
 *
 * A worker process as the program sees it.
 */
typedef struct
{
  /*< private >*/
  GSubprocess *process;
  GByteArray *unsent;
  gsize n_sent;

  /*< public >*/
  int pid;
  int out_fd;
  int in_fd;
  SpeedupFrameReader *reader;
  SpeedupTaskRange queue[SPEEDUP_CHUNKER_MAX_QUEUE_LENGTH];
  guint n_queue;
  gint64 sent_ns;
  guint worker;
  gboolean ready;
  gboolean careful;
  gboolean done;
} SpeedupWorkerHandle;

GSubprocessLauncher *speedup_worker_launcher_new (void) G_GNUC_WARN_UNUSED_RESULT;
SpeedupWorkerHandle *speedup_worker_handle_new (GSubprocessLauncher  *launcher,
                                                const char           *path,
                                                GVariant             *init,
                                                GError              **error) G_GNUC_WARN_UNUSED_RESULT;
void                 speedup_worker_handle_free (SpeedupWorkerHandle  *self);
void                 speedup_worker_handle_kill (SpeedupWorkerHandle  *self);
void                 speedup_worker_handle_wait (SpeedupWorkerHandle  *self,
                                                 SpeedupWorkerDeath   *death);
void                 speedup_worker_handle_send_chunk (SpeedupWorkerHandle  *self,
                                                       guint                 first,
                                                       guint                 count);
void                 speedup_worker_handle_send_finish (SpeedupWorkerHandle  *self);
gboolean             speedup_worker_handle_has_unsent (SpeedupWorkerHandle  *self);
void                 speedup_worker_handle_write (SpeedupWorkerHandle  *self);
gboolean             speedup_worker_handle_take_results (SpeedupWorkerHandle  *self,
                                                         guint                 first,
                                                         guint                 count);
GArray              *speedup_worker_handle_get_unfinished (SpeedupWorkerHandle *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupWorkerHandle, speedup_worker_handle_free)

G_END_DECLS
