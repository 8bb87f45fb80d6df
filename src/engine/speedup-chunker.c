/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-chunker.h"

#include <math.h>

#include "speedup-configuration.h"

/* Handing out a chunk costs some 20 us; at 20 ms a chunk that is a thousandth. */
#define TARGET_NS (20 * 1000 * 1000)
/* Below this a chunk takes less time than the way of its result and of the next chunk. */
#define SHORT_NS (50 * 1000)
/* Below this, a worker that waits for its next chunk loses more than a hundredth. */
#define QUEUE_NS (2 * 1000 * 1000)
#define MAX_CHUNK_SIZE 32768

static guint
next_size (const SpeedupChunker *self)
{
  guint remaining = self->n_tasks - self->next;
  double mean_ns;
  guint size;

  if (self->chunk_size != SPEEDUP_CHUNK_SIZE_AUTO)
    return MIN (self->chunk_size, remaining);

  if (remaining == 0 || self->n_done == 0)
    return MIN (1, remaining);

  mean_ns = (double) self->busy_ns / self->n_done;
  size = (guint) MIN (MAX_CHUNK_SIZE, TARGET_NS / MAX (mean_ns, 1.0));

  return CLAMP (size, 1, MAX (1, remaining / (2 * self->n_workers)));
}

/**
 * speedup_chunker_init:
 * @self: (out caller-allocated): a chunker
 * @n_tasks: tasks of the run
 * @n_workers: who share them, at least 1
 * @chunk_size: fixed, or %SPEEDUP_CHUNK_SIZE_AUTO
 */
void
speedup_chunker_init (SpeedupChunker *self,
                      guint           n_tasks,
                      guint           n_workers,
                      guint           chunk_size)
{
  g_assert (n_workers > 0);

  *self = (SpeedupChunker) {
    .n_tasks = n_tasks,
    .n_workers = n_workers,
    .chunk_size = chunk_size,
  };
}

/**
 * speedup_chunker_take:
 * @self: a chunker
 * @first: (out): first task of the chunk
 *
 * Returns: tasks in the chunk, 0 where all are handed out
 */
guint
speedup_chunker_take (SpeedupChunker *self,
                      guint          *first)
{
  guint size = next_size (self);

  *first = self->next;
  self->next += size;

  return size;
}

/**
 * speedup_chunker_get_queue_length:
 * @self: a chunker
 *
 * A second chunk at a worker hides the way of the first one's result, but towards the end it may
 * wait behind a long task while another worker has nothing to do. Where a chunk takes less time
 * than its way, more of them share one.
 *
 * Returns: how many chunks a worker may have, the one it works on counted
 */
guint
speedup_chunker_get_queue_length (const SpeedupChunker *self)
{
  guint64 size = next_size (self);
  guint remaining = self->n_tasks - self->next;
  double chunk_ns = self->n_done > 0 ? (double) self->busy_ns / self->n_done * (double) size
                                     : INFINITY;

  if (chunk_ns < SHORT_NS)
    return SPEEDUP_CHUNKER_MAX_QUEUE_LENGTH;

  return chunk_ns < QUEUE_NS || remaining > 4 * size * self->n_workers ? 2 : 1;
}

/**
 * speedup_chunker_add_done:
 * @self: a chunker
 * @n_tasks: tasks that ended
 * @busy_ns: their times, summed
 */
void
speedup_chunker_add_done (SpeedupChunker *self,
                          guint           n_tasks,
                          gint64          busy_ns)
{
  self->n_done += n_tasks;
  self->busy_ns += MAX (busy_ns, 0);
}
