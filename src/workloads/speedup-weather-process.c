/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "speedup-weather-process.h"

#include <gio/gunixinputstream.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "speedup-error.h"
#include "speedup-helper.h"

#define PROGRAM "speedup-weather-server"

/* It listens within milliseconds; a machine that swaps may need longer. */
#define START_LIMIT_US (20 * G_USEC_PER_SEC)

/* After it has been asked to end. */
#define STOP_LIMIT_US (1 * G_USEC_PER_SEC)

#define READY_PREFIX "listening on http://127.0.0.1:"

/**
 * SpeedupWeatherProcess:
 *
 * The built-in server as a child process. One thread at a time.
 */
struct _SpeedupWeatherProcess
{
  GSubprocess *subprocess;
  gint64 pid;
  guint port;
  double cpu_s;            /* read last */
  double earlier_cpu_s;    /* of those that died */
};

/* "utime" and "stime" are the 14th and 15th fields; the 2nd one may contain anything, so counting
 * begins after its last bracket. "state" is the 3rd.
 */
static gboolean
read_stat (gint64  pid,
           char   *state,
           double *cpu_s)
{
  g_autofree char *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/stat", pid);
  g_autofree char *text = NULL;
  g_auto (GStrv) fields = NULL;
  const char *after;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;

  after = strrchr (text, ')');
  if (after == NULL || after[1] == '\0')
    return FALSE;

  fields = g_strsplit (after + 2, " ", 15);
  if (g_strv_length (fields) < 14)
    return FALSE;

  *state = fields[0][0];
  *cpu_s = (g_ascii_strtod (fields[11], NULL) + g_ascii_strtod (fields[12], NULL)) /
           sysconf (_SC_CLK_TCK);
  return TRUE;
}

/* GLib learns of the end of a child in another thread, a moment later than the kernel. */
static gboolean
is_running (SpeedupWeatherProcess *self)
{
  char state;

  if (self->subprocess == NULL)
    return FALSE;

  if (read_stat (self->pid, &state, &self->cpu_s) && state != 'Z' && state != 'X')
    return TRUE;

  /* A zombie's times are its last ones. */
  return FALSE;
}

static void
forget (SpeedupWeatherProcess *self)
{
  self->earlier_cpu_s += self->cpu_s;
  self->cpu_s = 0;
  self->pid = 0;
  self->port = 0;
  g_clear_object (&self->subprocess);
}

static void
add_number (GPtrArray  *arguments,
            const char *option,
            double      number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_dtostr (text, sizeof text, number);
  g_ptr_array_add (arguments, g_strdup_printf ("--%s=%s", option, text));
}

static GSubprocess *
spawn (const SpeedupWeatherOptions  *options,
       GError                      **error)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GSubprocess) subprocess = NULL;
  g_autofree char *program = speedup_find_helper (PROGRAM, error);

  if (program == NULL)
    return NULL;

  g_ptr_array_add (arguments, g_steal_pointer (&program));
  add_number (arguments, "latency", options->latency_ms);
  add_number (arguments, "latency-spread", options->latency_spread);
  add_number (arguments, "bandwidth", options->bandwidth);
  add_number (arguments, "concurrency", options->concurrency_limit);
  add_number (arguments, "share-429", options->share_429);
  add_number (arguments, "share-500", options->share_500);
  add_number (arguments, "share-empty", options->share_empty);
  add_number (arguments, "share-cut-off", options->share_cut_off);
  g_ptr_array_add (arguments, NULL);

  subprocess = g_subprocess_newv ((const char *const *) arguments->pdata,
                                  G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                  error);
  if (subprocess == NULL)
    g_prefix_error (error, "The built-in weather server cannot be started: ");

  return g_steal_pointer (&subprocess);
}

/* Waits for more output, for cancellation or for the time limit. Not with sources on a main context
 * of its own: GLib 2.74 may still be waking a context for the cancellation in the cancelling thread
 * when this thread frees it.
 */
static gboolean
wait_for_output (GPollableInputStream  *output,
                 gint64                 end_us,
                 GCancellable          *cancellable,
                 GError               **error)
{
  GPollFD fds[2] = { { g_unix_input_stream_get_fd (G_UNIX_INPUT_STREAM (output)), G_IO_IN, 0 } };
  gboolean cancellation = g_cancellable_make_pollfd (cancellable, &fds[1]);
  gint64 left_us = MAX (0, end_us - g_get_monotonic_time ());

  g_poll (fds, cancellation ? 2 : 1, (int) ((left_us + 999) / 1000));
  if (cancellation)
    g_cancellable_release_fd (cancellable);

  if (g_get_monotonic_time () >= end_us)
    {
      g_set_error_literal (error, SPEEDUP_ERROR, SPEEDUP_ERROR_TIMED_OUT,
                           "The built-in weather server did not get ready in time.");
      return FALSE;
    }

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static gboolean
parse_ready (const char *line,
             guint      *port)
{
  guint64 number;

  if (!g_str_has_prefix (line, READY_PREFIX) ||
      !g_ascii_string_to_unsigned (line + strlen (READY_PREFIX), 10, 1, G_MAXUINT16, &number, NULL))
    return FALSE;

  *port = (guint) number;
  return TRUE;
}

static gboolean
read_port (GSubprocess   *subprocess,
           guint         *port,
           GCancellable  *cancellable,
           GError       **error)
{
  GPollableInputStream *output = G_POLLABLE_INPUT_STREAM (
    g_subprocess_get_stdout_pipe (subprocess));
  gint64 end_us = g_get_monotonic_time () + START_LIMIT_US;
  char line[128];
  gsize length = 0;

  while (length < sizeof line - 1)
    {
      g_autoptr (GError) trouble = NULL;
      gssize n_read = g_pollable_input_stream_read_nonblocking (output, line + length,
                                                                sizeof line - 1 - length,
                                                                cancellable, &trouble);
      char *end;

      if (g_error_matches (trouble, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        {
          if (!wait_for_output (output, end_us, cancellable, error))
            return FALSE;
          continue;
        }
      if (n_read < 0)
        {
          g_propagate_error (error, g_steal_pointer (&trouble));
          return FALSE;
        }
      if (n_read == 0)
        break;

      length += (gsize) n_read;
      line[length] = '\0';
      end = strchr (line, '\n');
      if (end != NULL)
        {
          *end = '\0';
          if (parse_ready (line, port))
            return TRUE;
          break;
        }
    }

  g_set_error_literal (error, SPEEDUP_ERROR, SPEEDUP_ERROR_WORKER_MISSING,
                       "The built-in weather server did not start as it should; what it printed "
                       "may say why. Install Speedup again if this goes on.");
  return FALSE;
}

static void
end_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      data)
{
  gboolean *ended = data;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  *ended = TRUE;
}

/* Asks it to end, and makes it end where that takes too long. */
static void
end_subprocess (GSubprocess *subprocess)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSource) late = g_timeout_source_new (0);
  gint64 end_us = g_get_monotonic_time () + STOP_LIMIT_US;
  gboolean ended = FALSE;

  g_main_context_push_thread_default (context);
  g_source_set_ready_time (late, end_us);
  g_source_set_dummy_callback (late);
  g_source_attach (late, context);

  g_subprocess_send_signal (subprocess, SIGTERM);
  g_subprocess_wait_async (subprocess, NULL, end_cb, &ended);
  while (!ended && g_get_monotonic_time () < end_us)
    g_main_context_iteration (context, TRUE);

  if (!ended)
    g_subprocess_force_exit (subprocess);
  while (!ended)
    g_main_context_iteration (context, TRUE);

  g_source_destroy (late);
  g_main_context_pop_thread_default (context);
}

SpeedupWeatherProcess *
speedup_weather_process_new (void)
{
  return g_new0 (SpeedupWeatherProcess, 1);
}

void
speedup_weather_process_free (SpeedupWeatherProcess *self)
{
  speedup_weather_process_stop (self);
  g_free (self);
}

/**
 * speedup_weather_process_start:
 * @self: a process
 * @options: how the server behaves
 * @cancellable: (nullable): ends the waiting
 * @error: return location; %SPEEDUP_ERROR_WORKER_MISSING, %SPEEDUP_ERROR_TIMED_OUT
 *
 * Starts the server and waits until it listens; does nothing where it runs already.
 *
 * Returns: whether it runs
 */
gboolean
speedup_weather_process_start (SpeedupWeatherProcess        *self,
                               const SpeedupWeatherOptions  *options,
                               GCancellable                 *cancellable,
                               GError                      **error)
{
  const char *identifier;

  if (is_running (self))
    return TRUE;

  forget (self);
  self->subprocess = spawn (options, error);
  if (self->subprocess == NULL)
    return FALSE;

  /* One that has ended already has no number any more, and nothing to read either. */
  identifier = g_subprocess_get_identifier (self->subprocess);
  self->pid = identifier == NULL ? 0 : g_ascii_strtoll (identifier, NULL, 10);
  if (read_port (self->subprocess, &self->port, cancellable, error))
    return TRUE;

  speedup_weather_process_stop (self);
  return FALSE;
}

/**
 * speedup_weather_process_stop:
 * @self: a process
 *
 * Ends the server, in a second at most.
 */
void
speedup_weather_process_stop (SpeedupWeatherProcess *self)
{
  if (self->subprocess == NULL)
    return;

  is_running (self);
  end_subprocess (self->subprocess);
  forget (self);
}

/**
 * speedup_weather_process_check:
 * @self: a process that was started
 * @error: return location; %SPEEDUP_ERROR_WORKER_DIED, naming process and signal
 *
 * Returns: whether it still runs
 */
gboolean
speedup_weather_process_check (SpeedupWeatherProcess  *self,
                               GError                **error)
{
  g_autofree char *how = NULL;

  if (self->subprocess == NULL || is_running (self))
    return TRUE;

  g_subprocess_wait (self->subprocess, NULL, NULL);
  if (g_subprocess_get_if_signaled (self->subprocess))
    {
      int number = g_subprocess_get_term_sig (self->subprocess);

      how = g_strdup_printf ("was ended by signal %d (%s)", number, g_strsignal (number));
    }
  else
    {
      how = g_strdup_printf ("ended by itself with status %d",
                             g_subprocess_get_exit_status (self->subprocess));
    }

  g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_WORKER_DIED,
               "The built-in weather server, process %" G_GINT64_FORMAT ", %s.", self->pid, how);
  return FALSE;
}

/**
 * speedup_weather_process_read_cpu_s:
 * @self: a process
 *
 * Returns: CPU seconds of the server and of those that it replaced, since the first was started
 */
double
speedup_weather_process_read_cpu_s (SpeedupWeatherProcess *self)
{
  is_running (self);
  return self->earlier_cpu_s + self->cpu_s;
}

/**
 * speedup_weather_process_get_port:
 * @self: a process
 *
 * Returns: where the server listens on 127.0.0.1; 0 where none was started
 */
guint
speedup_weather_process_get_port (SpeedupWeatherProcess *self)
{
  return self->port;
}

/**
 * speedup_weather_process_get_pid:
 * @self: a process
 *
 * Returns: the server's process; 0 where none was started
 */
gint64
speedup_weather_process_get_pid (SpeedupWeatherProcess *self)
{
  return self->pid;
}
