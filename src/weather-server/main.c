/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib-unix.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "speedup-weather-server.h"

#define EXIT_USAGE 2

static int port;
static int concurrency;
static double latency_ms = 20;
static double latency_spread;
static double bandwidth;
static double share_429;
static double share_500;
static double share_empty;
static double share_cut_off;
static gboolean stand_alone;
static gboolean show_version;

static const GOptionEntry entries[] = {
  { "port", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_INT, &port,
    "Listen on this port of 127.0.0.1; 0 takes any", "PORT" },
  { "latency", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_DOUBLE, &latency_ms,
    "Answer after this many milliseconds", "MS" },
  { "latency-spread", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_DOUBLE, &latency_spread,
    "Sigma of a log-normal latency; 0 keeps it fixed", "SIGMA" },
  { "bandwidth", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_DOUBLE, &bandwidth,
    "Send this many bytes a second in all", "BYTES" },
  { "concurrency", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_INT, &concurrency,
    "Serve this many requests at once, the others wait", "N" },
  { "share-429", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_DOUBLE, &share_429,
    "Share of “too many requests”, from 0 to 1", "SHARE" },
  { "share-500", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_DOUBLE, &share_500,
    "Share of “internal server error”", "SHARE" },
  { "share-empty", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_DOUBLE, &share_empty,
    "Share of answers without readings", "SHARE" },
  { "share-cut-off", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_DOUBLE, &share_cut_off,
    "Share of answers that break off half-way", "SHARE" },
  { "stand-alone", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &stand_alone,
    "Do not end with standard input", NULL },
  { "version", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &show_version,
    "Print the version and exit", NULL },
  G_OPTION_ENTRY_NULL
};

static gboolean
end_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

/* Whoever started this server holds the other end of standard input: when that process ends, in
 * whatever way, the kernel closes it.
 */
static gboolean
input_cb (int          fd,
          GIOCondition condition,
          gpointer     data)
{
  char ignored[256];

  if (read (fd, ignored, sizeof ignored) > 0)
    return G_SOURCE_CONTINUE;

  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static gboolean
is_between (double number,
            double low,
            double high)
{
  return isfinite (number) && number >= low && number <= high;
}

static const char *
find_fault (void)
{
  if (!is_between (port, 0, 65535))
    return "The port must be from 0 to 65535.";
  if (!is_between (latency_ms, 0, 60000))
    return "The latency must be from 0 to 60000 milliseconds.";
  if (!is_between (latency_spread, 0, 3))
    return "The spread of the latency must be from 0 to 3.";
  if (bandwidth != 0 && !is_between (bandwidth, 1, 1e12))
    return "The bandwidth must be 0 (no limit), or from 1 to 1e12 bytes a second.";
  if (!is_between (concurrency, 0, 100000))
    return "The concurrency must be from 0 (no limit) to 100000.";
  if (!is_between (share_429, 0, 1) || !is_between (share_500, 0, 1) ||
      !is_between (share_empty, 0, 1) || !is_between (share_cut_off, 0, 1) ||
      share_429 + share_500 + share_empty + share_cut_off > 1)
    return "The shares of faulty answers must be from 0 to 1, and so must their sum.";

  return NULL;
}

static gboolean
parse (int     *argc,
       char  ***argv,
       int     *status)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  const char *fault;

  g_option_context_set_summary (context,
                                "Answers with made-up air temperatures of Singapore, in the shape "
                                "of data.gov.sg's version 1.");
  g_option_context_add_main_entries (context, entries, NULL);
  *status = EXIT_USAGE;

  if (!g_option_context_parse (context, argc, argv, &error))
    {
      g_printerr ("%s: %s\n", g_get_prgname (), error->message);
      return FALSE;
    }
  if (*argc > 1)
    {
      g_printerr ("%s: “%s” is one argument too many.\n", g_get_prgname (), (*argv)[1]);
      return FALSE;
    }
  if (show_version)
    {
      g_print ("speedup-weather-server %s\n", SPEEDUP_VERSION);
      *status = EXIT_SUCCESS;
      return FALSE;
    }

  fault = find_fault ();
  if (fault != NULL)
    g_printerr ("%s: %s\n", g_get_prgname (), fault);

  return fault == NULL;
}

static void
watch (GMainLoop *loop)
{
  g_unix_signal_add (SIGTERM, end_cb, loop);
  g_unix_signal_add (SIGINT, end_cb, loop);
  g_unix_signal_add (SIGHUP, end_cb, loop);

  if (!stand_alone)
    g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, input_cb, loop);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (SpeedupWeatherServer) server = NULL;
  g_autoptr (GMainLoop) loop = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  setlocale (LC_ALL, "");

  if (!parse (&argc, &argv, &status))
    return status;

  server = speedup_weather_server_new (&(SpeedupWeatherServerOptions) {
    .port = (guint) port,
    .latency_ms = latency_ms,
    .latency_spread = latency_spread,
    .bandwidth = bandwidth,
    .concurrency = (guint) concurrency,
    .share_429 = share_429,
    .share_500 = share_500,
    .share_empty = share_empty,
    .share_cut_off = share_cut_off,
  }, &error);
  if (server == NULL)
    {
      g_printerr ("%s: Cannot listen on port %d of 127.0.0.1: %s\n", g_get_prgname (), port,
                  error->message);
      return EXIT_FAILURE;
    }

  loop = g_main_loop_new (NULL, FALSE);
  watch (loop);

  if (printf ("listening on http://127.0.0.1:%u\n", speedup_weather_server_get_port (server)) < 0 ||
      fflush (stdout) != 0)
    return EXIT_FAILURE;

  g_main_loop_run (loop);
  return EXIT_SUCCESS;
}
