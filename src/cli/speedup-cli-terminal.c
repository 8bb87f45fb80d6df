/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Everything that this program shares with its terminal: standard output, standard error, signals
 * and the exit code that an error earns.
 */

#include "config.h"

#include "speedup-cli-terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "speedup-error.h"

#define DEFAULT_COLUMNS 80

static void
keep_descriptor_taken (int fd,
                       int flags)
{
  int opened;

  if (fcntl (fd, F_GETFD) != -1 || errno != EBADF)
    return;

  /* The lowest free number is this one, because the lower ones were looked at before. */
  opened = open ("/dev/null", flags);
  g_assert (opened == -1 || opened == fd);
}

/**
 * speedup_cli_terminal_init:
 *
 * Call it first. A closed pipe becomes an error of write() instead of a signal. Where a standard
 * descriptor is closed its number is taken, so that no result file or socket can end up there; for
 * standard output by something that cannot be written to, so that what is printed does not vanish
 * without an error.
 */
void
speedup_cli_terminal_init (void)
{
  signal (SIGPIPE, SIG_IGN);

  keep_descriptor_taken (STDIN_FILENO, O_RDONLY);
  keep_descriptor_taken (STDOUT_FILENO, O_RDONLY);
  keep_descriptor_taken (STDERR_FILENO, O_WRONLY);
}

static gboolean
write_all (int         fd,
           const char *text,
           gsize       length)
{
  while (length > 0)
    {
      gssize written = write (fd, text, length);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return FALSE;

      text += written;
      length -= (gsize) written;
    }

  return TRUE;
}

static char *
to_locale (const char *text,
           gsize      *length)
{
  const char *charset;
  char *converted = NULL;

  if (!g_get_charset (&charset))
    converted = g_convert_with_fallback (text, -1, charset, "UTF-8", "?", NULL, length, NULL);
  if (converted == NULL)
    {
      converted = g_strdup (text);
      *length = strlen (converted);
    }

  return converted;
}

/**
 * speedup_cli_print:
 * @text: UTF-8
 * @error: return location
 *
 * Writes to standard output, all of it.
 *
 * Returns: whether it was written
 */
gboolean
speedup_cli_print (const char  *text,
                   GError     **error)
{
  g_autofree char *converted = NULL;
  gsize length = 0;
  int code;

  g_assert (text != NULL);

  converted = to_locale (text, &length);
  if (write_all (STDOUT_FILENO, converted, length))
    return TRUE;

  code = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               _("Standard output cannot be written: %s."),
               code == EBADF ? _("it is closed") : g_strerror (code));

  return FALSE;
}

/**
 * speedup_cli_log:
 * @format: printf format, UTF-8
 * @...: its arguments
 *
 * Writes to standard error. Where that is not possible there is nobody to tell.
 */
void
speedup_cli_log (const char *format,
                 ...)
{
  g_autofree char *text = NULL;
  g_autofree char *converted = NULL;
  gsize length = 0;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  converted = to_locale (text, &length);
  write_all (STDERR_FILENO, converted, length);
}

/**
 * speedup_cli_printable:
 * @text: anything, such as a file's name or a server's message
 *
 * Makes text of unknown origin safe for a line of a terminal: bytes that are not UTF-8 and control
 * characters (line ends, escape sequences) are spelt out.
 *
 * Returns: (transfer full): one line of UTF-8
 */
char *
speedup_cli_printable (const char *text)
{
  g_autofree char *valid = NULL;
  GString *line = g_string_new (NULL);

  g_assert (text != NULL);

  valid = g_utf8_make_valid (text, -1);
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '\n')
        g_string_append (line, "\\n");
      else if (g_unichar_iscntrl (c))
        g_string_append_printf (line, "\\x%02x", c);
      else
        g_string_append_unichar (line, c);
    }

  return g_string_free (line, FALSE);
}

/**
 * speedup_cli_is_terminal:
 *
 * Returns: whether standard error is a terminal that understands escape sequences
 */
gboolean
speedup_cli_is_terminal (void)
{
  const char *term = g_getenv ("TERM");

  return isatty (STDERR_FILENO) && term != NULL && *term != '\0' && strcmp (term, "dumb") != 0;
}

/**
 * speedup_cli_get_columns:
 *
 * Returns: the width of the terminal that standard error is
 */
guint
speedup_cli_get_columns (void)
{
  const char *columns = g_getenv ("COLUMNS");
  struct winsize size;
  guint64 value;

  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  if (columns != NULL && g_ascii_string_to_unsigned (columns, 10, 1, 10000, &value, NULL))
    return (guint) value;

  return DEFAULT_COLUMNS;
}

/**
 * speedup_cli_text_width:
 * @text: UTF-8
 *
 * Returns: how many columns of a terminal it takes
 */
guint
speedup_cli_text_width (const char *text)
{
  guint width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!g_unichar_iszerowidth (c))
        width += g_unichar_iswide (c) ? 2 : 1;
    }

  return width;
}

/**
 * speedup_cli_fail:
 * @command: (nullable): the command that failed
 * @error: why
 *
 * Prints the one sentence.
 *
 * Returns: the exit code that the error earns
 */
SpeedupExit
speedup_cli_fail (const SpeedupCommand *command,
                  const GError         *error)
{
  g_autofree char *message = NULL;

  g_assert (error != NULL);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      speedup_cli_log (_("Interrupted.\n"));
      return SPEEDUP_EXIT_INTERRUPTED;
    }

  message = speedup_cli_printable (error->message);
  if (command != NULL)
    speedup_cli_log ("speedup-cli %s: %s\n", command->name, message);
  else
    speedup_cli_log ("speedup-cli: %s\n", message);

  if (error->domain == G_OPTION_ERROR ||
      g_error_matches (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT))
    return SPEEDUP_EXIT_USAGE;

  return SPEEDUP_EXIT_FAILED;
}

static gboolean
signal_cb (gpointer user_data)
{
  GCancellable *cancellable = user_data;

  /* Whoever asks twice does not want to wait: nothing is half-written, because files are renamed
   * into place when they are whole, and workers and servers end when this end of their pipes does.
   */
  if (g_cancellable_is_cancelled (cancellable))
    _exit (SPEEDUP_EXIT_INTERRUPTED);

  g_cancellable_cancel (cancellable);

  return G_SOURCE_CONTINUE;
}

static gpointer
signals_thread (gpointer data)
{
  GMainContext *context = data;

  g_main_context_push_thread_default (context);
  for (;;)
    g_main_context_iteration (context, TRUE);

  return NULL;
}

/**
 * speedup_cli_catch_signals:
 *
 * From now on SIGINT and SIGTERM cancel, at any moment, because a thread of its own waits for
 * them; the second one ends the program at once. Call it once.
 *
 * Returns: (transfer full): what is cancelled
 */
GCancellable *
speedup_cli_catch_signals (void)
{
  const int signals[] = { SIGINT, SIGTERM };
  GCancellable *cancellable = g_cancellable_new ();
  GMainContext *context = g_main_context_new ();

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      g_autoptr (GSource) source = g_unix_signal_source_new (signals[i]);

      g_source_set_callback (source, signal_cb, g_object_ref (cancellable), g_object_unref);
      g_source_attach (source, context);
    }

  /* The thread waits until the program ends. */
  g_thread_unref (g_thread_new ("signals", signals_thread, context));

  return cancellable;
}
