/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define _GNU_SOURCE

#include "speedup-worker-process.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "speedup-clock.h"
#include "speedup-error.h"
#include "speedup-task-loop.h"
#include "speedup-wire.h"

/* Results of a long chunk are handed in now and then, so that progress is seen, outputs do not pile
 * up and little is lost if the process dies. */
#define FLUSH_INTERVAL_NS (50 * G_GINT64_CONSTANT (1000000))
#define FLUSH_OUTPUT_BYTES (1024 * 1024)
/* Results of very short chunks go together, where more chunks are at hand anyway. */
#define COALESCE_NS (200 * G_GINT64_CONSTANT (1000))

typedef struct
{
  int out_fd;
  GMutex write_lock;
  SpeedupFrameReader *reader;
  GByteArray *unsent;           /* under write_lock */

  SpeedupWorkload *workload;
  gpointer session;
  SpeedupTaskGuard *guard;
  gboolean keep_outputs;
  gint64 timeout_ns;
  _Atomic guint task;           /* in flight */

  /* Done and not yet handed in. */
  guint first;
  GArray *records;
  GVariantBuilder errors;
  GPtrArray *outputs;
  gsize output_bytes;           /* of outputs and errors */
  gint64 flushed_ns;

  /* Kept for hashing when everyone is done. */
  GArray *kept_tasks;
  GPtrArray *kept_outputs;
  gint64 hash_ns;
} Worker;

static void
clear_output (gpointer output)
{
  if (output != NULL)
    g_variant_unref (output);
}

static void
worker_init (Worker *self,
             int     in_fd,
             int     out_fd)
{
  *self = (Worker) { .out_fd = out_fd };
  g_mutex_init (&self->write_lock);
  self->reader = speedup_frame_reader_new (in_fd);
  self->unsent = g_byte_array_new ();
  self->records = g_array_new (FALSE, FALSE, sizeof (SpeedupTaskRecord));
  g_variant_builder_init (&self->errors, G_VARIANT_TYPE ("a(usis)"));
  self->outputs = g_ptr_array_new_with_free_func (clear_output);
  self->kept_tasks = g_array_new (FALSE, FALSE, sizeof (guint));
  self->kept_outputs = g_ptr_array_new_with_free_func (clear_output);
}

static void
worker_clear (Worker *self)
{
  if (self->guard != NULL)
    {
      speedup_workload_close_session (self->workload, self->session);
      speedup_task_guard_free (self->guard);
    }
  g_clear_object (&self->workload);
  g_mutex_clear (&self->write_lock);
  speedup_frame_reader_free (self->reader);
  g_byte_array_unref (self->unsent);
  g_array_unref (self->records);
  g_variant_builder_clear (&self->errors);
  g_ptr_array_unref (self->outputs);
  g_array_unref (self->kept_tasks);
  g_ptr_array_unref (self->kept_outputs);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Worker, worker_clear)

static gboolean
write_all (int            fd,
           const guint8  *data,
           gsize          length,
           GError       **error)
{
  while (length > 0)
    {
      gssize n = write (fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
                       "The program that started this worker is gone: %s", g_strerror (errno));
          return FALSE;
        }
      data += n;
      length -= (gsize) n;
    }

  return TRUE;
}

static void
queue_frame (Worker           *self,
             SpeedupFrameKind  kind,
             GVariant         *body)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->write_lock);

  speedup_frame_append (self->unsent, kind, body);
}

static gboolean
write_frames (Worker  *self,
              GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->write_lock);
  gboolean written = write_all (self->out_fd, self->unsent->data, self->unsent->len, error);

  g_byte_array_set_size (self->unsent, 0);

  return written;
}

/* In the guard's thread: the task does not look at its cancellable. The program kills this process
 * when it reads this.
 */
static void
stuck_cb (guint    slot,
          gpointer user_data)
{
  Worker *self = user_data;
  g_autoptr (GError) error = NULL;

  queue_frame (self, SPEEDUP_FRAME_STUCK, g_variant_new ("(u)", atomic_load (&self->task)));
  if (!write_frames (self, &error))
    g_debug ("%s", error->message);
}

/* Makes a frame of the results so far. */
static void
collect_results (Worker *self)
{
  GVariantBuilder outputs;
  GVariant *records, *errors;

  if (self->records->len == 0)
    return;

  g_variant_builder_init (&outputs, G_VARIANT_TYPE ("amv"));
  for (guint i = 0; i < self->outputs->len; i++)
    g_variant_builder_add (&outputs, "mv", g_ptr_array_index (self->outputs, i));

  records = g_variant_new_fixed_array (G_VARIANT_TYPE (SPEEDUP_RECORD_TYPE), self->records->data,
                                       self->records->len, sizeof (SpeedupTaskRecord));
  errors = g_variant_builder_end (&self->errors);
  g_variant_builder_init (&self->errors, G_VARIANT_TYPE ("a(usis)"));
  queue_frame (self, SPEEDUP_FRAME_RESULT,
               g_variant_new ("(u@a" SPEEDUP_RECORD_TYPE "@a(usis)amv)", self->first, records,
                              errors, &outputs));

  self->first += self->records->len;
  g_array_set_size (self->records, 0);
  g_ptr_array_set_size (self->outputs, 0);
  self->output_bytes = 0;
}

static gboolean
flush (Worker  *self,
       GError **error)
{
  collect_results (self);
  self->flushed_ns = speedup_monotonic_ns ();

  return write_frames (self, error);
}

static void
add_error (Worker       *self,
           const GError *error)
{
  g_autoptr (GVariant) fields = g_variant_ref_sink (speedup_frame_new_error (error));
  const char *domain, *message;
  int code;

  g_variant_get (fields, "(&si&s)", &domain, &code, &message);
  g_variant_builder_add (&self->errors, "(usis)", self->records->len, domain, code, message);
  self->output_bytes += g_variant_get_size (fields);
}

static void
add_output (Worker   *self,
            guint     task,
            GVariant *output)
{
  /* Serialised once, for sending and for hashing. */
  if (output != NULL)
    {
      self->output_bytes += g_variant_get_size (output);
      g_variant_get_data (output);
      g_array_append_val (self->kept_tasks, task);
      g_ptr_array_add (self->kept_outputs, g_variant_ref (output));
    }
  g_ptr_array_add (self->outputs, output);
}

static SpeedupTaskStatus
do_task (Worker *self,
         guint   task)
{
  SpeedupTaskRecord record = { .start_ns = speedup_monotonic_ns () };
  SpeedupTaskOutcome outcome = { NULL };
  g_autoptr (GError) error = NULL;
  gboolean ok;

  atomic_store_explicit (&self->task, task, memory_order_relaxed);
  speedup_task_guard_begin (self->guard, 0, record.start_ns);
  ok = speedup_workload_run_task (self->workload, self->session, task,
                                  speedup_task_guard_get_cancellable (self->guard, 0),
                                  &outcome, &error);
  speedup_task_guard_end (self->guard, 0);
  speedup_task_conclude (ok, self->timeout_ns, !self->keep_outputs,
                         speedup_task_guard_is_stopped (self->guard),
                         &record, &outcome, &error, &self->hash_ns);

  if (G_UNLIKELY (error != NULL))
    add_error (self, error);
  g_array_append_val (self->records, record);
  if (self->keep_outputs)
    add_output (self, task, g_steal_pointer (&outcome.output));
  g_clear_pointer (&outcome.output, g_variant_unref);

  return record.status;
}

static gboolean
do_chunk (Worker    *self,
          GVariant  *body,
          GError   **error)
{
  guint first, count;

  g_variant_get (body, "(uu)", &first, &count);
  if ((guint64) first + count > speedup_workload_get_n_tasks (self->workload))
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_PROTOCOL,
                   "Tasks %u to %" G_GUINT64_FORMAT " were asked for; there are %u",
                   first, (guint64) first + count, speedup_workload_get_n_tasks (self->workload));
      return FALSE;
    }

  self->first = first;
  for (guint i = 0; i < count && !speedup_task_guard_is_stopped (self->guard); i++)
    {
      SpeedupTaskStatus status = do_task (self, first + i);
      const SpeedupTaskRecord *record = &g_array_index (self->records, SpeedupTaskRecord,
                                                        self->records->len - 1);

      if (status == SPEEDUP_TASK_TIMED_OUT ||
          self->output_bytes > FLUSH_OUTPUT_BYTES ||
          record->end_ns - self->flushed_ns > FLUSH_INTERVAL_NS)
        {
          if (!flush (self, error))
            return FALSE;
        }
    }

  collect_results (self);

  return self->unsent->len < FLUSH_OUTPUT_BYTES &&
         speedup_monotonic_ns () - self->flushed_ns < COALESCE_NS ? TRUE : flush (self, error);
}

static gint64
read_peak_rss_bytes (void)
{
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return -1;

  line = strstr (status, "VmHWM:");

  return line != NULL ? g_ascii_strtoll (line + strlen ("VmHWM:"), NULL, 10) * 1024 : -1;
}

/* The CPU time is read before the kept outputs are hashed, which is no part of the work. */
static gboolean
finish (Worker  *self,
        GError **error)
{
  g_autofree guint64 *digests = g_new0 (guint64, self->kept_tasks->len + 1);
  gint64 begin_ns = speedup_monotonic_ns ();
  GVariant *tasks, *hashes;
  double user_s, system_s;

  speedup_read_cpu_time (RUSAGE_SELF, &user_s, &system_s);

  for (guint i = 0; i < self->kept_outputs->len; i++)
    digests[i] = speedup_output_digest (g_ptr_array_index (self->kept_outputs, i));
  self->hash_ns += self->keep_outputs ? speedup_monotonic_ns () - begin_ns : 0;

  tasks = g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, self->kept_tasks->data,
                                     self->kept_tasks->len, sizeof (guint));
  hashes = g_variant_new_fixed_array (G_VARIANT_TYPE_UINT64, digests,
                                      self->kept_tasks->len, sizeof (guint64));

  queue_frame (self, SPEEDUP_FRAME_LAST,
               g_variant_new ("(@au@atxddx)", tasks, hashes, self->hash_ns, user_s, system_s,
                              read_peak_rss_bytes ()));

  return write_frames (self, error);
}

/* Returns whether to go on. A refusal is a regular end: the program tells it, not this process. */
static gboolean
begin (Worker                  *self,
       GVariant                *body,
       SpeedupWorkloadFactory   factory,
       gboolean                *done,
       GError                 **error)
{
  g_autoptr (GVariant) spec = NULL;
  g_autoptr (GError) refusal = NULL;
  const char *name;
  guint version;

  g_variant_get (body, "(u&svbx)", &version, &name, &spec, &self->keep_outputs, &self->timeout_ns);

  if (version != SPEEDUP_WIRE_VERSION)
    g_set_error (&refusal, SPEEDUP_ERROR, SPEEDUP_ERROR_PROTOCOL,
                 "The worker program is of another version of Speedup; install it anew");
  else
    self->workload = factory (name, spec, &refusal);

  if (self->workload != NULL)
    self->guard = speedup_task_guard_new (1, MAX (self->timeout_ns, 0), NULL, &refusal);

  if (self->guard == NULL)
    {
      queue_frame (self, SPEEDUP_FRAME_REFUSED, speedup_frame_new_error (refusal));
      *done = write_frames (self, error);
      return FALSE;
    }

  speedup_task_guard_set_stuck_func (self->guard, stuck_cb, self);
  self->session = speedup_workload_open_session (self->workload, 1, FALSE);
  self->flushed_ns = speedup_monotonic_ns ();
  queue_frame (self, SPEEDUP_FRAME_READY, g_variant_new ("(x)", self->flushed_ns));

  return write_frames (self, error);
}

/* Returns whether to go on; @done tells whether the end is the regular one. */
static gboolean
handle (Worker                  *self,
        SpeedupFrameKind         kind,
        GVariant                *body,
        SpeedupWorkloadFactory   factory,
        gboolean                *done,
        GError                 **error)
{
  if (kind == SPEEDUP_FRAME_INIT && self->workload == NULL)
    return begin (self, body, factory, done, error);

  if (kind == SPEEDUP_FRAME_CHUNK && self->guard != NULL)
    return do_chunk (self, body, error);

  if (kind == SPEEDUP_FRAME_FINISH && self->guard != NULL)
    {
      *done = finish (self, error);
      return FALSE;
    }

  g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_PROTOCOL,
               "A frame of kind %u is not expected here", kind);

  return FALSE;
}

/**
 * speedup_worker_process_serve:
 * @in_fd: where frames come from, blocking
 * @out_fd: where frames go to, blocking
 * @factory: makes the workload
 * @error: return location
 *
 * Does tasks for another process until that closes or says that it is done.
 *
 * Returns: whether it ended regularly: told to finish, or left alone between two frames
 */
gboolean
speedup_worker_process_serve (int                      in_fd,
                              int                      out_fd,
                              SpeedupWorkloadFactory   factory,
                              GError                 **error)
{
  g_auto (Worker) self = { 0 };
  gboolean done = FALSE;

  worker_init (&self, in_fd, out_fd);

  while (TRUE)
    {
      g_autoptr (GVariant) body = NULL;
      g_autoptr (GError) local_error = NULL;
      SpeedupFrameKind kind;

      if (speedup_frame_reader_pop (self.reader, &kind, &body, &local_error))
        {
          if (!handle (&self, kind, body, factory, &done, error))
            return done;
          continue;
        }

      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }

      /* Nothing more is at hand: what is known must not wait for what may come. */
      if (self.unsent->len > 0 && !flush (&self, error))
        return FALSE;

      switch (speedup_frame_reader_fill (self.reader, error))
        {
        case SPEEDUP_READ_DATA:
          break;

        case SPEEDUP_READ_END:
          return TRUE;

        case SPEEDUP_READ_WAIT:
        case SPEEDUP_READ_FAILED:
        default:
          return FALSE;
        }
    }
}

/**
 * speedup_worker_process_main:
 * @factory: makes workloads
 * @error: return location
 *
 * The whole of a worker program: serves standard input and output. What libraries print on standard
 * output goes to standard error, where it cannot be taken for a frame. The process ends with the
 * thread that started it, even where that is killed while a task runs here.
 *
 * Returns: whether it ended regularly
 */
gboolean
speedup_worker_process_main (SpeedupWorkloadFactory   factory,
                             GError                 **error)
{
  int out_fd;

  signal (SIGPIPE, SIG_IGN);
  prctl (PR_SET_PDEATHSIG, SIGKILL);

  out_fd = fcntl (STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  if (out_fd < 0 || dup2 (STDERR_FILENO, STDOUT_FILENO) < 0)
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_PROTOCOL,
                   "Standard output is not open; this program is started by Speedup");
      return FALSE;
    }

  return speedup_worker_process_serve (STDIN_FILENO, out_fd, factory, error);
}
