/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-worker-handle.h"

#include <errno.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib-unix.h>
#include <stdlib.h>
#include <unistd.h>

#include "speedup-clock.h"
#include "speedup-error.h"

/* A worker is one worker: what a library would spread over all cores by itself is held to one
 * thread, unless the user has said otherwise in the environment. */
static const char *const pinned[] = {
  "OMP_NUM_THREADS",
  "OPENBLAS_NUM_THREADS",
  "MKL_NUM_THREADS",
  "VIPS_CONCURRENCY",
  "MAGICK_THREAD_LIMIT",
};

/**
 * speedup_worker_launcher_new:
 *
 * Returns: (transfer full): starts worker processes, on pipes and with one inner thread each
 */
GSubprocessLauncher *
speedup_worker_launcher_new (void)
{
  GSubprocessLauncher *launcher;

  /* With descriptors inherited, GLib starts a process with posix_spawn(), whose cost does not grow
   * with the memory of this one. Those of GLib and of this program are closed by exec. */
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE |
                                        G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                        G_SUBPROCESS_FLAGS_INHERIT_FDS);
  for (gsize i = 0; i < G_N_ELEMENTS (pinned); i++)
    g_subprocess_launcher_setenv (launcher, pinned[i], "1", FALSE);
  g_subprocess_launcher_setenv (launcher, "GIO_USE_VFS", "local", FALSE);

  return launcher;
}

/**
 * speedup_worker_handle_new:
 * @launcher: from speedup_worker_launcher_new()
 * @path: the worker program
 * @init: body of its first frame
 * @error: return location
 *
 * Starts a worker process; it counts as ready when it says so.
 *
 * Returns: (transfer full) (nullable): a handle
 */
SpeedupWorkerHandle *
speedup_worker_handle_new (GSubprocessLauncher  *launcher,
                           const char           *path,
                           GVariant             *init,
                           GError              **error)
{
  const char *argv[] = { path, NULL };
  const char *identifier;
  g_autoptr (GSubprocess) process = NULL;
  SpeedupWorkerHandle *self;

  process = g_subprocess_launcher_spawnv (launcher, argv, error);
  if (process == NULL)
    return NULL;

  self = g_new0 (SpeedupWorkerHandle, 1);
  self->process = g_steal_pointer (&process);
  identifier = g_subprocess_get_identifier (self->process);
  self->pid = identifier != NULL ? atoi (identifier) : 0;
  self->in_fd = g_unix_output_stream_get_fd (
    G_UNIX_OUTPUT_STREAM (g_subprocess_get_stdin_pipe (self->process)));
  self->out_fd = g_unix_input_stream_get_fd (
    G_UNIX_INPUT_STREAM (g_subprocess_get_stdout_pipe (self->process)));
  g_unix_set_fd_nonblocking (self->in_fd, TRUE, NULL);
  g_unix_set_fd_nonblocking (self->out_fd, TRUE, NULL);
  self->reader = speedup_frame_reader_new (self->out_fd);
  self->unsent = g_byte_array_new ();
  speedup_frame_append (self->unsent, SPEEDUP_FRAME_INIT, init);

  return self;
}

static void
close_pipes (SpeedupWorkerHandle *self)
{
  if (self->in_fd >= 0)
    g_output_stream_close (g_subprocess_get_stdin_pipe (self->process), NULL, NULL);
  if (self->out_fd >= 0)
    g_input_stream_close (g_subprocess_get_stdout_pipe (self->process), NULL, NULL);
  self->in_fd = self->out_fd = -1;
}

/**
 * speedup_worker_handle_free:
 * @self: (transfer full): a handle
 *
 * Kills the process where it was not waited for, and waits.
 */
void
speedup_worker_handle_free (SpeedupWorkerHandle *self)
{
  if (self->process != NULL)
    {
      speedup_worker_handle_kill (self);
      speedup_worker_handle_wait (self, NULL);
    }
  speedup_frame_reader_free (self->reader);
  g_byte_array_unref (self->unsent);
  g_free (self);
}

/**
 * speedup_worker_handle_kill:
 * @self: a handle
 *
 * Ends the process at once. It is still to be waited for.
 */
void
speedup_worker_handle_kill (SpeedupWorkerHandle *self)
{
  if (self->process != NULL)
    g_subprocess_force_exit (self->process);
}

/**
 * speedup_worker_handle_wait:
 * @self: a handle whose process has ended or is about to
 * @death: (out) (optional): how it ended
 *
 * Closes the pipes and waits for the process, so that no zombie is left.
 */
void
speedup_worker_handle_wait (SpeedupWorkerHandle *self,
                            SpeedupWorkerDeath  *death)
{
  close_pipes (self);
  g_subprocess_wait (self->process, NULL, NULL);

  if (death != NULL)
    {
      *death = (SpeedupWorkerDeath) { .pid = self->pid };
      if (g_subprocess_get_if_signaled (self->process))
        death->signal = g_subprocess_get_term_sig (self->process);
      else
        death->exit_status = g_subprocess_get_exit_status (self->process);
    }

  g_clear_object (&self->process);
}

/**
 * speedup_worker_handle_has_unsent:
 * @self: a handle
 *
 * Returns: whether something waits to be written
 */
gboolean
speedup_worker_handle_has_unsent (SpeedupWorkerHandle *self)
{
  return self->unsent->len > 0 && self->in_fd >= 0;
}

/**
 * speedup_worker_handle_write:
 * @self: a handle
 *
 * Writes what the pipe takes now. That the other end is closed is found when reading from it.
 */
void
speedup_worker_handle_write (SpeedupWorkerHandle *self)
{
  while (speedup_worker_handle_has_unsent (self))
    {
      gssize n = write (self->in_fd, self->unsent->data + self->n_sent,
                        self->unsent->len - self->n_sent);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && errno == EAGAIN)
        return;

      self->n_sent += n < 0 ? self->unsent->len - self->n_sent : (gsize) n;
      if (self->n_sent == self->unsent->len)
        {
          g_byte_array_set_size (self->unsent, 0);
          self->n_sent = 0;
        }
    }
}

/**
 * speedup_worker_handle_send_chunk:
 * @self: a handle with room in its queue
 * @first: first task
 * @count: how many
 *
 * Call speedup_worker_handle_write() after the last one.
 */
void
speedup_worker_handle_send_chunk (SpeedupWorkerHandle *self,
                                  guint                first,
                                  guint                count)
{
  g_assert (self->n_queue < SPEEDUP_CHUNKER_MAX_QUEUE_LENGTH);
  g_assert (count > 0);

  self->queue[self->n_queue++] = (SpeedupTaskRange) { first, count };
  self->sent_ns = speedup_monotonic_ns ();
  speedup_frame_append (self->unsent, SPEEDUP_FRAME_CHUNK, g_variant_new ("(uu)", first, count));
}

/**
 * speedup_worker_handle_send_finish:
 * @self: a handle whose queue is empty
 *
 * Call speedup_worker_handle_write() then.
 */
void
speedup_worker_handle_send_finish (SpeedupWorkerHandle *self)
{
  speedup_frame_append (self->unsent, SPEEDUP_FRAME_FINISH, g_variant_new ("()"));
}

/**
 * speedup_worker_handle_take_results:
 * @self: a handle
 * @first: first task whose result came
 * @count: how many, in task order
 *
 * Takes them off the queue.
 *
 * Returns: whether these are the tasks whose results were to come next
 */
gboolean
speedup_worker_handle_take_results (SpeedupWorkerHandle *self,
                                    guint                first,
                                    guint                count)
{
  SpeedupTaskRange *range = &self->queue[0];

  if (self->n_queue == 0 || count == 0 || first != range->first || count > range->count)
    return FALSE;

  range->first += count;
  range->count -= count;
  if (range->count == 0)
    {
      self->n_queue--;
      for (guint i = 0; i < self->n_queue; i++)
        self->queue[i] = self->queue[i + 1];
    }

  return TRUE;
}

/**
 * speedup_worker_handle_get_unfinished:
 * @self: a handle
 *
 * Returns: (transfer full) (element-type guint): the tasks in its queue, in order
 */
GArray *
speedup_worker_handle_get_unfinished (SpeedupWorkerHandle *self)
{
  GArray *tasks = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < self->n_queue; i++)
    {
      for (guint j = 0; j < self->queue[i].count; j++)
        {
          guint task = self->queue[i].first + j;

          g_array_append_val (tasks, task);
        }
    }

  return tasks;
}
