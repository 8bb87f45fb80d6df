/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SpeedupError:
 * @SPEEDUP_ERROR_INVALID_ARGUMENT: an option or a number is outside what is allowed
 * @SPEEDUP_ERROR_NO_TASKS: there is nothing to do (empty folder, no picture)
 * @SPEEDUP_ERROR_INPUT: an input cannot be read, is corrupt, too large or not what it says it is
 * @SPEEDUP_ERROR_NETWORK: a source did not answer, or answered with an error
 * @SPEEDUP_ERROR_BODY: a source answered, but not with what was asked for
 * @SPEEDUP_ERROR_TIMED_OUT: a task took longer than its limit
 * @SPEEDUP_ERROR_WORKER_MISSING: the worker or server program cannot be started
 * @SPEEDUP_ERROR_WORKER_DIED: a worker process ended before its work was done
 * @SPEEDUP_ERROR_PROTOCOL: a worker sent something that is not a frame
 * @SPEEDUP_ERROR_FORMAT: a result file is damaged or is not one
 * @SPEEDUP_ERROR_NEWER_SCHEMA: a result file was written by a newer program
 * @SPEEDUP_ERROR_CHANGED: the inputs or the machine changed since the measurement began
 * @SPEEDUP_ERROR_NOTHING_MEASURED: no run ended well, so there is nothing to show
 *
 * Errors that users cause or meet. The message names the thing, says why, and what to do.
 */
typedef enum
{
  SPEEDUP_ERROR_INVALID_ARGUMENT,
  SPEEDUP_ERROR_NO_TASKS,
  SPEEDUP_ERROR_INPUT,
  SPEEDUP_ERROR_NETWORK,
  SPEEDUP_ERROR_BODY,
  SPEEDUP_ERROR_TIMED_OUT,
  SPEEDUP_ERROR_WORKER_MISSING,
  SPEEDUP_ERROR_WORKER_DIED,
  SPEEDUP_ERROR_PROTOCOL,
  SPEEDUP_ERROR_FORMAT,
  SPEEDUP_ERROR_NEWER_SCHEMA,
  SPEEDUP_ERROR_CHANGED,
  SPEEDUP_ERROR_NOTHING_MEASURED,
} SpeedupError;

#define SPEEDUP_ERROR (speedup_error_quark ())

GQuark speedup_error_quark (void);

G_END_DECLS
