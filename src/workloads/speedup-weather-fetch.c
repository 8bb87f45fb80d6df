/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "speedup-weather-fetch.h"

#include <string.h>

#include "speedup-error.h"

/* The talk's figure is a wait of at most ten times the first one, which is one second. */
#define BACK_OFF_LIMIT 10.0

/* A source that asks for a longer wait is not asked again in this run. */
#define MAX_RETRY_AFTER_S 60

/* A day of data.gov.sg v2 is at most 58 pages, and less than a megabyte. */
#define MAX_PAGES           500
#define MAX_ALL_PAGES_BYTES (4 * (gsize) SPEEDUP_WEATHER_MAX_BODY_BYTES)

#define FIRST_BODY_BYTES (64 * 1024)

/* The whole of an answer may take this many times the limit of a single silence. */
#define ANSWER_TIMEOUTS 4

#define API_KEY_HEADER "x-api-key"

static char *
dup_host (SpeedupWeatherFetch *self)
{
  GUri *uri = soup_message_get_uri (self->message);

  if (g_uri_get_port (uri) <= 0 || g_uri_get_port (uri) == 80 || g_uri_get_port (uri) == 443)
    return g_strdup (g_uri_get_host (uri));

  return g_strdup_printf ("%s:%d", g_uri_get_host (uri), g_uri_get_port (uri));
}

/* Doubles from attempt to attempt; the jitter keeps workers that failed together from coming back
 * together.
 */
static gint64
get_back_off_us (SpeedupWeatherFetch *self)
{
  double wait_s = self->options->back_off_s * (double) (1u << (self->attempt - 1));

  wait_s = MIN (wait_s * g_random_double_range (0.75, 1.25),
                self->options->back_off_s * BACK_OFF_LIMIT);

  return (gint64) (wait_s * G_USEC_PER_SEC);
}

static gboolean
schedule_retry (SpeedupWeatherFetch *self,
                gint64               at_least_us)
{
  if (self->attempt >= self->options->attempts)
    return FALSE;

  self->wait_us = MAX (get_back_off_us (self), at_least_us);
  self->retries++;
  return TRUE;
}

/* Seconds, or a date. */
static gint64
get_retry_after_us (SpeedupWeatherFetch *self)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->message);
  const char *text = soup_message_headers_get_one (headers, "Retry-After");
  g_autoptr (GDateTime) date = NULL;
  g_autoptr (GDateTime) now = NULL;
  g_autoptr (GError) error = NULL;
  guint64 seconds;

  if (text == NULL)
    return 0;

  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT32, &seconds, &error))
    return (gint64) seconds * G_USEC_PER_SEC;
  if (g_error_matches (error, G_NUMBER_PARSER_ERROR, G_NUMBER_PARSER_ERROR_OUT_OF_BOUNDS))
    return (gint64) G_MAXINT32 * G_USEC_PER_SEC;

  date = soup_date_time_new_from_http_string (text);
  if (date == NULL)
    return 0;

  now = g_date_time_new_now_utc ();
  return MAX (g_date_time_difference (date, now), 0);
}

static gboolean
is_passing_status (guint status)
{
  return status == SOUP_STATUS_REQUEST_TIMEOUT || status == 425 || status == 429 ||
         (status >= 500 && status < 600);
}

static void
set_status_error (SpeedupWeatherFetch   *self,
                  SpeedupWeatherParser  *parser,
                  gint64                 retry_after_us,
                  GError               **error)
{
  g_autoptr (SpeedupWeatherReadings) ignored = speedup_weather_readings_new ();
  g_autoptr (GError) reason = NULL;
  g_autofree char *next_page = NULL;
  g_autofree char *host = dup_host (self);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_printf (text, "“%s” answered with %u %s", host, soup_message_get_status (self->message),
                   soup_status_get_phrase (soup_message_get_status (self->message)));

  /* Both live services with errors of their own say what is wrong in the body. */
  speedup_weather_parser_read_body (parser, self->body, self->length,
                                    SPEEDUP_WEATHER_SHAPE_ANY, ignored, &next_page, &reason);
  if (reason != NULL && g_str_has_prefix (reason->message, "is an error"))
    g_string_append_printf (text, ", which %s", reason->message);

  if (self->attempt > 1)
    g_string_append_printf (text, ", %u times", self->attempt);
  if (retry_after_us > MAX_RETRY_AFTER_S * G_USEC_PER_SEC)
    g_string_append_printf (text, ", and asks to wait for %" G_GINT64_FORMAT " s",
                            retry_after_us / G_USEC_PER_SEC);

  g_string_append (text, is_passing_status (soup_message_get_status (self->message))
                           ? "; try again later, or with fewer workers."
                           : "; check the address and the date.");
  g_set_error_literal (error, SPEEDUP_ERROR, SPEEDUP_ERROR_NETWORK, text->str);
}

static SpeedupWeatherVerdict
judge_status (SpeedupWeatherFetch   *self,
              SpeedupWeatherParser  *parser,
              GError               **error)
{
  guint status = soup_message_get_status (self->message);
  gint64 retry_after_us = 0;

  if (status == 429 || status == SOUP_STATUS_SERVICE_UNAVAILABLE)
    self->flags |= SPEEDUP_TASK_RATE_LIMITED;

  if (is_passing_status (status))
    {
      retry_after_us = get_retry_after_us (self);
      if (retry_after_us <= MAX_RETRY_AFTER_S * G_USEC_PER_SEC &&
          schedule_retry (self, retry_after_us))
        return SPEEDUP_WEATHER_RETRY;
    }

  set_status_error (self, parser, retry_after_us, error);
  return SPEEDUP_WEATHER_FAILED;
}

/* Whether trying again can help. A name that does not exist, a certificate that is refused and a
 * redirection in circles will be the same in a second.
 */
static gboolean
is_passing_error (SpeedupWeatherFetch *self,
                  const GError        *error)
{
  /* A built-in server that refuses connections has died; it is started again after the run. */
  if (self->options->source == SPEEDUP_WEATHER_BUILTIN &&
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return FALSE;

  if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_EOF))
    return TRUE;
  if (error->domain == G_RESOLVER_ERROR)
    return error->code != G_RESOLVER_ERROR_NOT_FOUND;

  return error->domain == G_IO_ERROR && error->code != G_IO_ERROR_HOST_NOT_FOUND &&
         error->code != G_IO_ERROR_INVALID_ARGUMENT;
}

static char *
describe_error (SpeedupWeatherFetch *self,
                const GError        *error,
                const char          *host)
{
  if (error->domain == G_RESOLVER_ERROR || g_error_matches (error, G_IO_ERROR,
                                                            G_IO_ERROR_HOST_NOT_FOUND))
    return g_strdup_printf ("The name “%s” cannot be found; check its spelling and the network "
                            "connection.", host);
  if (error->domain == G_TLS_ERROR)
    return g_strdup_printf ("No secure connection to “%s” can be made (%s); check the address, and "
                            "the date of this computer.", host, error->message);
  if (error->domain == SOUP_SESSION_ERROR && error->code == SOUP_SESSION_ERROR_TOO_MANY_REDIRECTS)
    return g_strdup_printf ("“%s” redirects in circles; check the address.", host);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return g_strdup_printf ("“%s” refuses connections; check the address, and that its server is "
                            "running.", host);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return g_strdup_printf ("“%s” did not answer within %g s; check the address and the network "
                            "connection.", host, self->options->request_timeout_s);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
    return g_strdup_printf ("“%s” cut its answer off; try again later.", host);

  return g_strdup_printf ("“%s” gave no answer (%s); check the address and the network "
                          "connection.", host, error->message);
}

/* libsoup does not always tell: a connection that was going to be closed anyway ends like any
 * other. The length is of the body on its way, so it says nothing of one that was unpacked.
 */
static gboolean
is_cut_off (SpeedupWeatherFetch *self)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->message);

  return soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH &&
         soup_message_headers_get_one (headers, "Content-Encoding") == NULL &&
         soup_message_headers_get_content_length (headers) > (goffset) self->length;
}

/* Pages become lines. */
static void
keep_raw (SpeedupWeatherFetch *self)
{
  if (self->raw == NULL)
    return;

  if (self->raw->len > 0)
    g_byte_array_append (self->raw, (const guint8 *) "\n", 1);
  g_byte_array_append (self->raw, (const guint8 *) self->body, (guint) self->length);
}

static void
set_body_error (SpeedupWeatherFetch  *self,
                const char           *complaint,
                GError              **error)
{
  g_autofree char *host = dup_host (self);
  g_autofree char *date = speedup_weather_options_dup_date (self->options, self->task);

  g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_BODY, "The answer of “%s” for %s %s.", host,
               date, complaint);
}

static SpeedupWeatherVerdict
judge_body (SpeedupWeatherFetch   *self,
            SpeedupWeatherParser  *parser,
            GError               **error)
{
  g_autoptr (GError) complaint = NULL;
  g_autofree char *next_page = NULL;
  gboolean repeats;

  self->all_pages_bytes += self->length;
  if (self->all_pages_bytes > MAX_ALL_PAGES_BYTES)
    {
      set_body_error (self, "is too large with all its pages", error);
      return SPEEDUP_WEATHER_FAILED;
    }

  if (!speedup_weather_parser_read_body (parser, self->body, self->length,
                                         speedup_weather_options_get_shape (self->options),
                                         self->readings, &next_page, &complaint))
    {
      set_body_error (self, complaint->message, error);
      return SPEEDUP_WEATHER_FAILED;
    }

  keep_raw (self);
  repeats = next_page != NULL && g_strcmp0 (next_page, self->next_page) == 0;
  g_free (self->next_page);
  self->next_page = g_steal_pointer (&next_page);
  self->attempt = 0;
  if (self->next_page == NULL)
    return SPEEDUP_WEATHER_DONE;

  if (repeats || ++self->n_pages == MAX_PAGES)
    {
      set_body_error (self, "has no end of pages", error);
      return SPEEDUP_WEATHER_FAILED;
    }

  return SPEEDUP_WEATHER_NEXT_PAGE;
}

SpeedupWeatherFetch *
speedup_weather_fetch_new (const SpeedupWeatherOptions *options,
                           guint                        task)
{
  SpeedupWeatherFetch *self = g_new0 (SpeedupWeatherFetch, 1);

  self->options = options;
  self->task = task;
  self->readings = speedup_weather_readings_new ();
  if (options->keep_raw)
    self->raw = g_byte_array_new ();

  return self;
}

void
speedup_weather_fetch_free (SpeedupWeatherFetch *self)
{
  g_clear_object (&self->message);
  g_clear_pointer (&self->raw, g_byte_array_unref);
  speedup_weather_readings_free (self->readings);
  g_free (self->next_page);
  g_free (self->body);
  g_free (self);
}

static void
free_host_cb (gpointer  host,
              GClosure *closure G_GNUC_UNUSED)
{
  g_free (host);
}

/* A redirection to another host must not take the key along. */
static void
restarted_cb (SoupMessage *message,
              gpointer     host)
{
  GUri *uri = soup_message_get_uri (message);

  if (g_strcmp0 (g_uri_get_host (uri), host) != 0 ||
      g_strcmp0 (g_uri_get_scheme (uri), "https") != 0)
    soup_message_headers_remove (soup_message_get_request_headers (message), API_KEY_HEADER);
}

static void
add_api_key (SpeedupWeatherFetch *self)
{
  char *host = g_strdup (g_uri_get_host (soup_message_get_uri (self->message)));

  soup_message_headers_replace (soup_message_get_request_headers (self->message), API_KEY_HEADER,
                                self->options->api_key);
  g_signal_connect_data (self->message, "restarted", G_CALLBACK (restarted_cb), host,
                         free_host_cb, 0);
}

/**
 * speedup_weather_fetch_begin:
 * @self: a fetch
 * @error: return location
 *
 * Makes the message of the next attempt.
 *
 * Returns: FALSE where its address is none
 */
gboolean
speedup_weather_fetch_begin (SpeedupWeatherFetch  *self,
                             GError              **error)
{
  g_autofree char *uri = speedup_weather_options_dup_uri (self->options, self->task,
                                                          self->next_page);

  g_clear_object (&self->message);
  self->message = soup_message_new (SOUP_METHOD_GET, uri);
  if (self->message == NULL)
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
                   "“%s” is no address of a web page; check it.", uri);
      return FALSE;
    }

  if (self->options->source == SPEEDUP_WEATHER_DATA_GOV_SG_V2 && self->options->api_key != NULL)
    add_api_key (self);

  self->attempt++;
  self->length = 0;
  self->deadline_us = g_get_monotonic_time () +
                      (gint64) (self->options->request_timeout_s * ANSWER_TIMEOUTS *
                                G_USEC_PER_SEC);
  return TRUE;
}

/**
 * speedup_weather_fetch_make_room:
 * @self: a fetch whose answer has begun
 * @error: return location; %SPEEDUP_ERROR_BODY, %SPEEDUP_ERROR_NETWORK
 *
 * Makes sure that more of the body can be read to body + length, up to capacity.
 *
 * Returns: FALSE where the answer is too large or has taken too long already
 */
gboolean
speedup_weather_fetch_make_room (SpeedupWeatherFetch  *self,
                                 GError              **error)
{
  g_autofree char *host = NULL;
  goffset announced;
  gsize wanted;

  if (G_UNLIKELY (self->length > SPEEDUP_WEATHER_MAX_BODY_BYTES))
    {
      host = dup_host (self);
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_BODY,
                   "The answer of “%s” is larger than %d MiB, so it is no day of weather; check "
                   "the address.", host, SPEEDUP_WEATHER_MAX_BODY_BYTES / (1024 * 1024));
      return FALSE;
    }

  if (G_UNLIKELY (g_get_monotonic_time () > self->deadline_us))
    {
      host = dup_host (self);
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_NETWORK,
                   "The answer of “%s” did not end within %g s; try again later.", host,
                   self->options->request_timeout_s * ANSWER_TIMEOUTS);
      return FALSE;
    }

  if (self->length < self->capacity)
    return TRUE;

  announced = soup_message_headers_get_content_length (
    soup_message_get_response_headers (self->message));

  /* One byte more than announced, so that the end of the body can be seen without growing. */
  wanted = MAX (self->capacity * 2, FIRST_BODY_BYTES);
  if (announced >= (goffset) self->length && announced <= SPEEDUP_WEATHER_MAX_BODY_BYTES)
    wanted = MAX ((gsize) announced + 1, self->length + 1);

  self->body = g_realloc (self->body, wanted + SPEEDUP_WEATHER_PADDING);
  self->capacity = wanted;
  return TRUE;
}

/**
 * speedup_weather_fetch_read_answer:
 * @self: a fetch whose answer is complete
 * @parser: a parser
 * @error: return location; %SPEEDUP_ERROR_NETWORK, %SPEEDUP_ERROR_BODY
 *
 * Judges status and body, and takes the readings.
 *
 * Returns: what comes next
 */
SpeedupWeatherVerdict
speedup_weather_fetch_read_answer (SpeedupWeatherFetch   *self,
                                   SpeedupWeatherParser  *parser,
                                   GError               **error)
{
  if (is_cut_off (self))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, "Cut off");
      return speedup_weather_fetch_judge_error (self, error);
    }

  /* simdjson reads the padding, and valgrind and MemorySanitizer want it to be something. */
  memset (self->body + self->length, 0, SPEEDUP_WEATHER_PADDING);

  if (soup_message_get_status (self->message) != SOUP_STATUS_OK)
    return judge_status (self, parser, error);

  return judge_body (self, parser, error);
}

/**
 * speedup_weather_fetch_judge_error:
 * @self: a fetch that could not be sent or received
 * @error: (inout): why; cleared when it is worth a retry, else turned into a sentence for people
 *
 * Judges an error of the transport. Cancellation and errors of %SPEEDUP_ERROR stay as they are.
 *
 * Returns: what comes next
 */
SpeedupWeatherVerdict
speedup_weather_fetch_judge_error (SpeedupWeatherFetch  *self,
                                   GError              **error)
{
  g_autofree char *host = NULL;
  g_autofree char *words = NULL;

  if (g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      (*error)->domain == SPEEDUP_ERROR)
    return SPEEDUP_WEATHER_FAILED;

  if (is_passing_error (self, *error) && schedule_retry (self, 0))
    {
      g_clear_error (error);
      return SPEEDUP_WEATHER_RETRY;
    }

  host = dup_host (self);
  words = describe_error (self, *error, host);
  g_clear_error (error);
  g_set_error_literal (error, SPEEDUP_ERROR, SPEEDUP_ERROR_NETWORK, words);
  return SPEEDUP_WEATHER_FAILED;
}

/**
 * speedup_weather_fetch_fill_outcome:
 * @self: a fetch that has ended
 * @done: whether it has an output
 * @outcome: is filled
 *
 * Hands the result over.
 */
void
speedup_weather_fetch_fill_outcome (SpeedupWeatherFetch *self,
                                    gboolean             done,
                                    SpeedupTaskOutcome  *outcome)
{
  outcome->retries = self->retries;
  outcome->flags = self->flags;

  if (done)
    {
      g_autoptr (GBytes) raw = NULL;

      if (self->raw != NULL)
        raw = g_byte_array_free_to_bytes (g_steal_pointer (&self->raw));
      outcome->output = speedup_weather_readings_to_variant (self->readings, raw);
    }
}
