/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <gio/gio.h>
#include <string.h>

#include "hostile-server.h"
#include "speedup-error.h"
#include "speedup-weather-fetch.h"
#include "speedup-weather-readings.h"
#include "speedup-weather-workload.h"

#define QUICK_BACK_OFF_S 0.01

typedef enum
{
  BLOCKING,
  ASYNCHRONOUS,
} Way;

/* Everything that a fetch leaves behind. */
typedef struct
{
  SpeedupTaskOutcome outcome;
  gboolean done;
  GError *error;
  double took_s;
} Fetched;

typedef struct
{
  const char *path;
  Way way;
  int code;               /* of SPEEDUP_ERROR; -1 for none */
  const char *words;      /* in the message */
  guint n_requests;
  guint retries;
  SpeedupTaskFlags flags;
} Case;

typedef struct
{
  GMainLoop *loop;
  Fetched *fetched;
} Waiting;

static void
fetched_clear (Fetched *fetched)
{
  g_clear_pointer (&fetched->outcome.output, g_variant_unref);
  g_clear_error (&fetched->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fetched, fetched_clear)

static SpeedupWorkload *
make_workload (const char *source,
               guint attempts,
               double back_off_s,
               double timeout_s)
{
  GVariantDict options;
  g_autoptr (GVariant) made = NULL;
  g_autoptr (GError) error = NULL;
  SpeedupWorkload *workload;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "source", "s", source);
  g_variant_dict_insert (&options, "days", "u", 1);
  g_variant_dict_insert (&options, "last-date", "s", "2020-07-23");
  g_variant_dict_insert (&options, "attempts", "u", attempts);
  g_variant_dict_insert (&options, "back-off-s", "d", back_off_s);
  g_variant_dict_insert (&options, "request-timeout-s", "d", timeout_s);
  made = g_variant_ref_sink (g_variant_dict_end (&options));

  workload = speedup_weather_workload_new_from_options (made, NULL, &error);
  g_assert_no_error (error);
  return workload;
}

static void
fetched_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  Waiting *waiting = data;

  waiting->fetched->done = speedup_workload_run_task_finish (SPEEDUP_WORKLOAD (source), result,
                                                             &waiting->fetched->outcome,
                                                             &waiting->fetched->error);
  g_main_loop_quit (waiting->loop);
}

static void
fetch_asynchronously (SpeedupWorkload *workload,
                      GCancellable    *cancellable,
                      Fetched         *fetched)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
  Waiting waiting = { loop, fetched };
  gpointer session;

  g_main_context_push_thread_default (context);
  session = speedup_workload_open_session (workload, 1, TRUE);
  speedup_workload_run_task_async (workload, session, 0, cancellable, fetched_cb, &waiting);
  g_main_loop_run (loop);
  speedup_workload_close_session (workload, session);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);
}

static void
fetch (SpeedupWorkload *workload,
       Way              way,
       GCancellable    *cancellable,
       Fetched         *fetched)
{
  gint64 start_us = g_get_monotonic_time ();
  gpointer session;

  if (way == ASYNCHRONOUS)
    {
      fetch_asynchronously (workload, cancellable, fetched);
    }
  else
    {
      session = speedup_workload_open_session (workload, 1, FALSE);
      fetched->done = speedup_workload_run_task (workload, session, 0, cancellable,
                                                 &fetched->outcome, &fetched->error);
      speedup_workload_close_session (workload, session);
    }

  fetched->took_s = (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
}

static void
assert_message (const GError *error,
                int           code,
                const char   *words)
{
  g_assert_error (error, SPEEDUP_ERROR, code);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” is not in “%s”", words, error->message);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpint (error->message[strlen (error->message) - 1], ==, '.');
}

static void
test_answer (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (HostileServer) server = hostile_server_new ();
  g_autofree char *source = hostile_server_dup_template (server, "http", test->path);
  g_autoptr (SpeedupWorkload) workload = make_workload (source, 3, QUICK_BACK_OFF_S, 30);
  g_auto (Fetched) fetched = { 0 };

  fetch (workload, test->way, NULL, &fetched);

  if (test->code < 0)
    {
      g_assert_no_error (fetched.error);
      g_assert_true (fetched.done);
      g_assert_nonnull (fetched.outcome.output);
    }
  else
    {
      assert_message (fetched.error, test->code, test->words);
      g_assert_false (fetched.done);
      g_assert_null (fetched.outcome.output);
    }

  if (test->n_requests > 0)
    g_assert_cmpuint (hostile_server_get_n_requests (server), ==, test->n_requests);
  g_assert_cmpuint (fetched.outcome.retries, ==, test->retries);
  g_assert_cmpuint (fetched.outcome.flags, ==, test->flags);
}

#define NETWORK SPEEDUP_ERROR_NETWORK
#define BODY    SPEEDUP_ERROR_BODY
#define LIMITED SPEEDUP_TASK_RATE_LIMITED

static const Case cases[] = {
  { "good", BLOCKING, -1, NULL, 1, 0, 0 },
  { "404", BLOCKING, NETWORK, "404 Not Found", 1, 0, 0 },
  { "429", BLOCKING, NETWORK, "429", 3, 2, LIMITED },
  { "429-for-an-hour", BLOCKING, NETWORK, "wait for 3600 s", 1, 0, LIMITED },
  { "429-for-ages", BLOCKING, NETWORK, "wait for 2147483647 s", 1, 0, LIMITED },
  { "500", BLOCKING, NETWORK, "500 Internal Server Error, 3 times", 3, 2, 0 },
  { "500-once", BLOCKING, -1, NULL, 2, 1, 0 },
  { "503", BLOCKING, NETWORK, "503", 3, 2, LIMITED },
  { "empty", BLOCKING, BODY, "is empty", 1, 0, 0 },
  { "no-items", BLOCKING, BODY, "no readings", 1, 0, 0 },
  { "wrong-json", BLOCKING, BODY, "neither of data.gov.sg's", 1, 0, 0 },
  { "not-json", BLOCKING, BODY, "is not JSON", 1, 0, 0 },
  { "truncated-json", BLOCKING, BODY, "ends early", 1, 0, 0 },
  { "cut-off", BLOCKING, NETWORK, "cut its answer off", 3, 2, 0 },
  { "garbage", BLOCKING, NETWORK, "gave no answer", 0, 0, 0 },
  { "endless", BLOCKING, BODY, "larger than 16 MiB", 1, 0, 0 },
  { "same-page", BLOCKING, BODY, "no end of pages", 2, 0, 0 },
  { "large-pages", BLOCKING, BODY, "too large with all its pages", 5, 0, 0 },
  { "loop", BLOCKING, NETWORK, "redirects in circles", 0, 0, 0 },
  { "error-reason", BLOCKING, NETWORK, "“the date is too far”", 1, 0, 0 },
};

/* Retry-After as seconds, and as a date. */
static void
test_retry_after (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (HostileServer) server = hostile_server_new ();
  g_autofree char *source = hostile_server_dup_template (server, "http", test->path);
  g_autoptr (SpeedupWorkload) workload = make_workload (source, 3, QUICK_BACK_OFF_S, 30);
  g_auto (Fetched) fetched = { 0 };

  fetch (workload, test->way, NULL, &fetched);

  g_assert_no_error (fetched.error);
  g_assert_cmpuint (hostile_server_get_n_requests (server), ==, 2);
  g_assert_cmpuint (fetched.outcome.retries, ==, 1);
  g_assert_cmpuint (fetched.outcome.flags, ==, LIMITED);

  /* A date has no fractions of a second, so two seconds may be little more than one. */
  g_assert_cmpfloat (fetched.took_s, >=, 0.99);
}

static const Case retry_after_cases[] = {
  { "429-for-a-second", BLOCKING },
  { "429-until-date", BLOCKING },
};

/* Accepts and says nothing; answers, but never comes to an end. */
static void
test_time_limit (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (HostileServer) server = hostile_server_new ();
  g_autofree char *source = hostile_server_dup_template (server, "http", test->path);
  g_autoptr (SpeedupWorkload) workload = make_workload (source, 1, QUICK_BACK_OFF_S, 0.25);
  g_auto (Fetched) fetched = { 0 };

  fetch (workload, test->way, NULL, &fetched);

  assert_message (fetched.error, NETWORK, test->words);
}

static const Case time_limit_cases[] = {
  { "silent", BLOCKING, .words = "did not answer within" },
  { "drip", BLOCKING, .words = "did not end within" },
};

static void
test_refused (gconstpointer data)
{
  const Case *test = data;
  g_autofree char *source = g_strdup_printf ("http://127.0.0.1:%u/{date}",
                                             hostile_find_closed_port ());
  g_autoptr (SpeedupWorkload) workload = make_workload (source, 3, QUICK_BACK_OFF_S, 30);
  g_auto (Fetched) fetched = { 0 };

  fetch (workload, test->way, NULL, &fetched);

  assert_message (fetched.error, NETWORK, "refuses connections");
  g_assert_cmpuint (fetched.outcome.retries, ==, 2);
}

static void
test_no_such_host (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (SpeedupWorkload) workload = make_workload ("http://no-such-host.invalid/{date}", 2,
                                                        QUICK_BACK_OFF_S, 30);
  g_auto (Fetched) fetched = { 0 };

  fetch (workload, test->way, NULL, &fetched);

  assert_message (fetched.error, NETWORK, "“no-such-host.invalid” cannot be found");
}

static void
test_tls (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (HostileServer) server = hostile_server_new ();
  g_autofree char *source = hostile_server_dup_template (server, "https", "good");
  g_autoptr (SpeedupWorkload) workload = make_workload (source, 3, QUICK_BACK_OFF_S, 30);
  g_auto (Fetched) fetched = { 0 };

  fetch (workload, test->way, NULL, &fetched);

  assert_message (fetched.error, NETWORK, "No secure connection");
  g_assert_cmpuint (fetched.outcome.retries, ==, 0);
}

static const Case plain_cases[] = {
  { "", BLOCKING },
};

typedef struct
{
  HostileServer *server;
  GCancellable *cancellable;
} Canceller;

static gpointer
cancel_thread (gpointer data)
{
  Canceller *canceller = data;

  /* The request is in, so the client waits: for the answer, for more of it, or to try again. */
  hostile_server_wait_request (canceller->server);
  g_usleep (100000);
  g_cancellable_cancel (canceller->cancellable);

  return NULL;
}

static void
test_cancel (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (HostileServer) server = hostile_server_new ();
  g_autofree char *source = hostile_server_dup_template (server, "http", test->path);
  g_autoptr (SpeedupWorkload) workload = make_workload (source, 5, 10, 30);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Fetched) fetched = { 0 };
  Canceller canceller = { server, cancellable };
  GThread *thread = g_thread_new ("cancel", cancel_thread, &canceller);

  fetch (workload, test->way, cancellable, &fetched);
  g_thread_join (thread);

  g_assert_error (fetched.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (fetched.outcome.output);

  /* Waiting on would have taken ten seconds at least. */
  g_assert_cmpfloat (fetched.took_s, <, 5);
}

static const Case cancel_cases[] = {
  { "silent", BLOCKING },
  { "drip", BLOCKING },
  { "500", BLOCKING },
  { "429-for-a-second", BLOCKING },
};

static void
list_reading_cb (gint64      timestamp,
                 const char *station,
                 double      value,
                 gpointer    data)
{
  g_string_append_printf (data, "%" G_GINT64_FORMAT " %s %g\n", timestamp, station, value);
}

static void
test_pages (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (HostileServer) server = hostile_server_new ();
  g_autofree char *source = hostile_server_dup_template (server, "http", "v2");
  g_autoptr (SpeedupWorkload) workload = make_workload (source, 1, QUICK_BACK_OFF_S, 30);
  g_autoptr (GString) list = g_string_new (NULL);
  g_auto (Fetched) fetched = { 0 };

  fetch (workload, test->way, NULL, &fetched);

  g_assert_no_error (fetched.error);
  g_assert_cmpuint (hostile_server_get_n_requests (server), ==, 2);
  g_assert_true (speedup_weather_output_foreach (fetched.outcome.output, list_reading_cb, list));
  g_assert_cmpstr (list->str, ==,
                   "1595433600 S2 25.5\n1595433660 S1 26\n1595433660 S2 25.75\n");
}

static void
test_request (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (HostileServer) server = hostile_server_new ();
  g_autofree char *source = hostile_server_dup_template (server, "http", "good");
  g_autoptr (SpeedupWorkload) workload = make_workload (source, 1, QUICK_BACK_OFF_S, 30);
  g_autofree char *head = NULL;
  g_auto (Fetched) fetched = { 0 };

  fetch (workload, test->way, NULL, &fetched);

  head = hostile_server_dup_head (server);
  g_assert_no_error (fetched.error);
  g_assert_true (g_str_has_prefix (head, "GET /good?date=2020-07-23 HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (head, "\r\nUser-Agent: Speedup/" SPEEDUP_VERSION "\r\n"));
}

/* The key goes to its own host alone, and never in the clear. */
static void
test_api_key (void)
{
  static const struct
  {
    const char *location;
    gboolean kept;
  } redirections[] = {
    { "https://api-open.data.gov.sg/v3/elsewhere", TRUE },
    { "http://api-open.data.gov.sg/v2/", FALSE },
    { "https://example.org/v2/", FALSE },
  };
  g_autoptr (GVariant) made = NULL;
  g_autoptr (SpeedupWeatherOptions) options = NULL;
  g_autoptr (GError) error = NULL;

  made = g_variant_ref_sink (g_variant_new_parsed (
                               "{'source': <'data.gov.sg-v2'>, 'api-key': <'secret'>}"));
  options = speedup_weather_options_new (made, &error);
  g_assert_no_error (error);

  for (gsize i = 0; i < G_N_ELEMENTS (redirections); i++)
    {
      g_autoptr (SpeedupWeatherFetch) fetch = speedup_weather_fetch_new (options, 0);
      g_autoptr (GUri) uri = g_uri_parse (redirections[i].location, SOUP_HTTP_URI_FLAGS, NULL);
      SoupMessageHeaders *headers;

      speedup_weather_fetch_begin (fetch, &error);
      g_assert_no_error (error);
      headers = soup_message_get_request_headers (fetch->message);
      g_assert_cmpstr (soup_message_headers_get_one (headers, "x-api-key"), ==, "secret");

      soup_message_set_uri (fetch->message, uri);
      g_signal_emit_by_name (fetch->message, "restarted");
      g_assert_cmpstr (soup_message_headers_get_one (headers, "x-api-key"), ==,
                       redirections[i].kept ? "secret" : NULL);
    }
}

/* Each case, once for either way of waiting. */
static void
add_cases (const char    *name,
           const Case    *first,
           gsize          n_cases,
           GTestDataFunc  func)
{
  for (gsize i = 0; i < n_cases * 2; i++)
    {
      Case *test = g_memdup2 (&first[i / 2], sizeof *test);
      g_autofree char *path = NULL;

      test->way = i % 2 == 0 ? BLOCKING : ASYNCHRONOUS;
      path = g_strdup_printf ("/weather-client/%s%s%s/%s", name, test->path[0] == '\0' ? "" : "/",
                              test->path, test->way == BLOCKING ? "blocking" : "asynchronous");
      g_test_add_data_func_full (path, test, func, g_free);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_cases ("answer", cases, G_N_ELEMENTS (cases), test_answer);
  add_cases ("retry-after", retry_after_cases, G_N_ELEMENTS (retry_after_cases), test_retry_after);
  add_cases ("time-limit", time_limit_cases, G_N_ELEMENTS (time_limit_cases), test_time_limit);
  add_cases ("connection-refused", plain_cases, 1, test_refused);
  add_cases ("no-such-host", plain_cases, 1, test_no_such_host);
  add_cases ("tls-failure", plain_cases, 1, test_tls);
  add_cases ("cancel", cancel_cases, G_N_ELEMENTS (cancel_cases), test_cancel);
  add_cases ("pages", plain_cases, 1, test_pages);
  g_test_add_func ("/weather-client/api-key", test_api_key);
  add_cases ("request", plain_cases, 1, test_request);

  return g_test_run ();
}
