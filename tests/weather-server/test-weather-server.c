/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* memmem() is a GNU extension. */
#define _GNU_SOURCE

#include <gio/gio.h>
#include <libsoup/soup.h>
#include <signal.h>
#include <string.h>

#include "speedup-weather-day.h"
#include "speedup-weather-server.h"

#define PATH "/v1/environment/air-temperature"

static char *program;

static GSubprocess *
spawn (const char *option,
       guint      *port)
{
  const char *const arguments[] = { program, "--latency=0", option, NULL };
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *subprocess;

  subprocess = g_subprocess_newv (arguments,
                                  G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                  &error);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (subprocess));
  line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  g_assert_true (g_str_has_prefix (line, "listening on http://127.0.0.1:"));
  *port = (guint) g_ascii_strtoull (strrchr (line, ':') + 1, NULL, 10);
  g_assert_cmpuint (*port, >, 0);

  return subprocess;
}

static GBytes *
get (guint       port,
     const char *method,
     const char *path,
     guint       expected_status)
{
  g_autofree char *uri = g_strdup_printf ("http://127.0.0.1:%u%s", port, path);
  g_autoptr (SoupSession) session = soup_session_new_with_options ("proxy-resolver", NULL, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, uri);
  g_autoptr (GError) error = NULL;
  GBytes *body = soup_session_send_and_read (session, message, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), ==, expected_status);
  return body;
}

static void
test_same_bytes (void)
{
  g_autoptr (GSubprocess) first = NULL;
  g_autoptr (GSubprocess) second = NULL;
  GBytes *bodies[4];
  guint ports[2];

  first = spawn (NULL, &ports[0]);
  second = spawn (NULL, &ports[1]);
  bodies[0] = get (ports[0], "GET", PATH "?date=2020-07-23", 200);
  bodies[1] = get (ports[1], "GET", PATH "?date=2020-07-23", 200);
  bodies[2] = get (ports[0], "GET", PATH "?date=2020-07-23", 200);
  bodies[3] = get (ports[0], "GET", PATH "?date=2020-07-22", 200);

  g_assert_true (g_bytes_equal (bodies[0], bodies[1]));
  g_assert_true (g_bytes_equal (bodies[0], bodies[2]));
  g_assert_false (g_bytes_equal (bodies[0], bodies[3]));

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    g_bytes_unref (bodies[i]);
  g_subprocess_force_exit (first);
  g_subprocess_force_exit (second);
  g_subprocess_wait (first, NULL, NULL);
  g_subprocess_wait (second, NULL, NULL);
}

static guint
count (GBytes     *bytes,
       const char *text)
{
  gsize size;
  const char *at = g_bytes_get_data (bytes, &size);
  const char *end = at + size;
  guint n = 0;

  while ((at = memmem (at, (gsize) (end - at), text, strlen (text))) != NULL)
    {
      at += strlen (text);
      n++;
    }

  return n;
}

/* The size and the shape that the real service has. */
static void
test_day (void)
{
  g_autoptr (GDate) date = g_date_new_dmy (29, G_DATE_FEBRUARY, 2020);
  g_autoptr (GBytes) day = speedup_weather_day_new (date);
  gsize size = g_bytes_get_size (day);

  g_assert_cmpuint (size, >, 780000);
  g_assert_cmpuint (size, <, 880000);
  g_assert_cmpuint (count (day, "{\"timestamp\":\"2020-02-29T"), ==, 1440);
  g_assert_cmpuint (count (day, "\"device_id\":\"S"), ==, 15);
  g_assert_cmpuint (count (day, "\"items\":[{\"timestamp\":\"2020-02-29T00:00:00+08:00\","), ==, 1);
  g_assert_cmpuint (count (day, "\"2020-02-29T23:59:00+08:00\",\"readings\":["), ==, 1);
  g_assert_cmpuint (count (day, "{\"station_id\":\"S"), >, 1440 * 14);
}

static void
test_refusals (void)
{
  static const struct
  {
    const char *method;
    const char *path;
    guint status;
  } table[] = {
    { "GET", "/", 404 },
    { "GET", "/v2/anything", 404 },
    { "POST", PATH "?date=2020-07-23", 405 },
    { "GET", PATH, 400 },
    { "GET", PATH "?date=", 400 },
    { "GET", PATH "?date=2020-02-30", 400 },
    { "GET", PATH "?date=2020-7-230", 400 },
    { "GET", PATH "?date=../etc/pass", 400 },
    { "GET", PATH "?other=1", 400 },
  };
  guint port;
  g_autoptr (GSubprocess) server = spawn (NULL, &port);

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GBytes) body = get (port, table[i].method, table[i].path, table[i].status);

      g_assert_cmpuint (g_bytes_get_size (body), >, 0);
    }

  g_subprocess_force_exit (server);
  g_subprocess_wait (server, NULL, NULL);
}

/* More days than are kept, so that old ones are dropped and made again. */
static void
test_many_days (void)
{
  guint port;
  g_autoptr (GSubprocess) server = spawn (NULL, &port);
  g_autoptr (SoupSession) session = soup_session_new_with_options ("proxy-resolver", NULL, NULL);
  g_autoptr (GBytes) first = get (port, "GET", PATH "?date=2019-01-01", 200);
  g_autoptr (GBytes) again = NULL;
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, 2, G_DATE_JANUARY, 2019);
  for (guint i = 0; i < 340; i++, g_date_add_days (&date, 1))
    {
      g_autofree char *uri = g_strdup_printf ("http://127.0.0.1:%u" PATH "?date=%04d-%02d-%02d",
                                              port, g_date_get_year (&date),
                                              g_date_get_month (&date), g_date_get_day (&date));
      g_autoptr (SoupMessage) message = soup_message_new ("GET", uri);
      g_autoptr (GBytes) body = soup_session_send_and_read (session, message, NULL, NULL);

      g_assert_cmpuint (soup_message_get_status (message), ==, 200);
      g_assert_cmpuint (g_bytes_get_size (body), >, 780000);
    }

  again = get (port, "GET", PATH "?date=2019-01-01", 200);
  g_assert_true (g_bytes_equal (first, again));

  g_subprocess_force_exit (server);
  g_subprocess_wait (server, NULL, NULL);
}

static void
test_ends_with_input (void)
{
  guint port;
  g_autoptr (GSubprocess) server = spawn (NULL, &port);

  g_output_stream_close (g_subprocess_get_stdin_pipe (server), NULL, NULL);
  g_subprocess_wait (server, NULL, NULL);
  g_assert_true (g_subprocess_get_successful (server));
}

static void
test_ends_on_signal (void)
{
  static const int signals[] = { SIGTERM, SIGINT };

  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      guint port;
      g_autoptr (GSubprocess) server = spawn ("--stand-alone", &port);
      g_autoptr (GBytes) body = NULL;

      /* Stand-alone, the end of its input does not concern it. */
      g_output_stream_close (g_subprocess_get_stdin_pipe (server), NULL, NULL);
      body = get (port, "GET", PATH "?date=2020-07-23", 200);
      g_subprocess_send_signal (server, signals[i]);
      g_subprocess_wait (server, NULL, NULL);
      g_assert_true (g_subprocess_get_successful (server));
    }
}

static void
test_usage (void)
{
  static const char *const options[] = {
    "--colour", "extra", "--port=-1", "--port=70000", "--port=abc", "--latency=-1",
    "--latency=nan", "--latency-spread=9", "--bandwidth=-1", "--bandwidth=1e-9",
    "--bandwidth=inf", "--concurrency=-1", "--share-429=1.5", "--share-cut-off=-0.5",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    {
      g_autofree char *message = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (GSubprocess) server = NULL;

      server = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_PIPE, &error, program, options[i], NULL);
      g_assert_no_error (error);
      g_assert_true (g_subprocess_communicate_utf8 (server, NULL, NULL, NULL, &message, &error));
      g_assert_cmpint (g_subprocess_get_exit_status (server), ==, 2);
      g_assert_cmpuint (strlen (message), >, 0);
    }
}

static void
test_port_in_use (void)
{
  guint port;
  g_autoptr (GSubprocess) server = spawn (NULL, &port);
  g_autofree char *option = g_strdup_printf ("--port=%u", port);
  g_autofree char *number = g_strdup_printf ("port %u", port);
  g_autofree char *message = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) second = NULL;

  second = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_PIPE, &error, program, option, NULL);
  g_assert_true (g_subprocess_communicate_utf8 (second, NULL, NULL, NULL, &message, &error));
  g_assert_cmpint (g_subprocess_get_exit_status (second), ==, 1);
  g_assert_nonnull (strstr (message, number));

  g_subprocess_force_exit (server);
  g_subprocess_wait (server, NULL, NULL);
}

/* In this process, so that what it holds when it is freed in mid-answer is seen by the tools that
 * look for leaks.
 */
static void
test_freed_in_flight (void)
{
  g_autoptr (GError) error = NULL;
  SpeedupWeatherServer *server;
  g_autoptr (SoupSession) session = soup_session_new_with_options ("proxy-resolver", NULL, NULL);
  g_autofree char *uri = NULL;

  server = speedup_weather_server_new (&(SpeedupWeatherServerOptions) {
    .latency_ms = 60000, .concurrency = 1,
  }, &error);
  g_assert_no_error (error);
  uri = g_strdup_printf ("http://127.0.0.1:%u" PATH "?date=2020-07-23",
                         speedup_weather_server_get_port (server));

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (SoupMessage) message = soup_message_new ("GET", uri);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      gint64 end_us = g_get_monotonic_time () + 50000;

      soup_session_send_async (session, message, G_PRIORITY_DEFAULT, cancellable, NULL, NULL);
      while (g_get_monotonic_time () < end_us)
        g_main_context_iteration (NULL, FALSE);
    }

  speedup_weather_server_free (server);
  soup_session_abort (session);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  program = argv[1];

  g_test_add_func ("/weather-server/same-bytes", test_same_bytes);
  g_test_add_func ("/weather-server/day", test_day);
  g_test_add_func ("/weather-server/refusals", test_refusals);
  g_test_add_func ("/weather-server/many-days", test_many_days);
  g_test_add_func ("/weather-server/ends-with-input", test_ends_with_input);
  g_test_add_func ("/weather-server/ends-on-signal", test_ends_on_signal);
  g_test_add_func ("/weather-server/usage", test_usage);
  g_test_add_func ("/weather-server/port-in-use", test_port_in_use);
  g_test_add_func ("/weather-server/freed-in-flight", test_freed_in_flight);

  return g_test_run ();
}
