/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SPEEDUP_CHUNKER_MAX_QUEUE_LENGTH 8

/**
 * SpeedupChunker:
 * @n_tasks: tasks of the run
 * @n_workers: who share them
 * @chunk_size: fixed, or %SPEEDUP_CHUNK_SIZE_AUTO
 * @next: first task that was not handed out
 * @n_done: tasks that ended
 * @busy_ns: their times, summed
 *
 * Cuts the tasks of a run into chunks. `auto` is guided self-scheduling (Polychronopoulos and Kuck,
 * 1987) with half its share, remaining / (2 workers): large first, single tasks at the end, so
 * that no straggler is left. Its first chunks are single tasks, which tell how long a task takes;
 * no chunk is cut longer than hides the cost of handing it out.
 */
typedef struct
{
  guint n_tasks;
  guint n_workers;
  guint chunk_size;
  guint next;
  guint n_done;
  gint64 busy_ns;
} SpeedupChunker;

void     speedup_chunker_init (SpeedupChunker       *self,
                               guint                 n_tasks,
                               guint                 n_workers,
                               guint                 chunk_size);
guint    speedup_chunker_take (SpeedupChunker       *self,
                               guint                *first);
guint    speedup_chunker_get_queue_length (const SpeedupChunker *self);
void     speedup_chunker_add_done (SpeedupChunker       *self,
                                   guint                 n_tasks,
                                   gint64                busy_ns);

G_END_DECLS
