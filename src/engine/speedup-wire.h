/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Grows when a frame changes: a worker of another version refuses to begin. */
#define SPEEDUP_WIRE_VERSION 1

/**
 * SpeedupFrameKind:
 * @SPEEDUP_FRAME_INIT: to a worker, once: version, workload, its specification, whether outputs
 *   are kept, limit of a task in nanoseconds
 * @SPEEDUP_FRAME_CHUNK: to a worker: first task, how many
 * @SPEEDUP_FRAME_FINISH: to a worker: no task is left
 * @SPEEDUP_FRAME_READY: from a worker, once: when it was ready to take a task
 * @SPEEDUP_FRAME_REFUSED: from a worker, instead of READY: domain, code and message of the error
 * @SPEEDUP_FRAME_RESULT: from a worker: first task, SpeedupTaskRecords, errors (offset from the
 *   first task, domain, code, message), outputs (none at all, or one for each task)
 * @SPEEDUP_FRAME_STUCK: from a worker: a task that is overdue and does not give in
 * @SPEEDUP_FRAME_LAST: from a worker, after FINISH: tasks and the digests of their kept outputs,
 *   nanoseconds spent hashing, CPU seconds in user mode and in the kernel, peak memory in bytes
 *
 * What crosses between the program and its worker processes. A frame is its body's length and its
 * kind, 4 bytes each, and the body: a serialised GVariant, padded to a multiple of 8 bytes. Both
 * ends are on one machine, so numbers are in its byte order.
 */
typedef enum
{
  SPEEDUP_FRAME_INIT = 1,
  SPEEDUP_FRAME_CHUNK,
  SPEEDUP_FRAME_FINISH,
  SPEEDUP_FRAME_READY,
  SPEEDUP_FRAME_REFUSED,
  SPEEDUP_FRAME_RESULT,
  SPEEDUP_FRAME_STUCK,
  SPEEDUP_FRAME_LAST,
} SpeedupFrameKind;

/* The records of a result are a fixed array of 32-byte elements whose layout is that of
 * SpeedupTaskRecord, so that they are copied as a whole and never looked at one member at a time.
 */
#define SPEEDUP_RECORD_TYPE "(xxtuyyq)"

const GVariantType *speedup_frame_kind_get_type (SpeedupFrameKind kind);
gsize               speedup_frame_kind_max_size (SpeedupFrameKind kind);

void                speedup_frame_append (GByteArray          *bytes,
                                          SpeedupFrameKind     kind,
                                          GVariant            *body);
GVariant           *speedup_frame_new_error (const GError        *error);
GError             *speedup_frame_to_error (const char          *domain,
                                            int                  code,
                                            const char          *message);

/**
 * SpeedupReadResult:
 * @SPEEDUP_READ_DATA: something was read
 * @SPEEDUP_READ_WAIT: nothing is there yet
 * @SPEEDUP_READ_END: the other end closed, between two frames
 * @SPEEDUP_READ_FAILED: reading failed, or the other end closed in the middle of a frame
 */
typedef enum
{
  SPEEDUP_READ_DATA,
  SPEEDUP_READ_WAIT,
  SPEEDUP_READ_END,
  SPEEDUP_READ_FAILED,
} SpeedupReadResult;

typedef struct _SpeedupFrameReader SpeedupFrameReader;

SpeedupFrameReader *speedup_frame_reader_new (int fd) G_GNUC_WARN_UNUSED_RESULT;
void                speedup_frame_reader_free (SpeedupFrameReader  *self);
SpeedupReadResult   speedup_frame_reader_fill (SpeedupFrameReader  *self,
                                               GError             **error);
gboolean            speedup_frame_reader_pop (SpeedupFrameReader  *self,
                                              SpeedupFrameKind    *kind,
                                              GVariant           **body,
                                              GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupFrameReader, speedup_frame_reader_free)

G_END_DECLS
