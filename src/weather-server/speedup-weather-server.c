/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "speedup-weather-server.h"

#include <libsoup/soup.h>
#include <math.h>
#include <string.h>

#include "speedup-weather-day.h"

#define PATH "/v1/environment/air-temperature"

/* GLib's default of 10 makes the eleventh of many simultaneous connections wait for a second. */
#define BACKLOG 1024

/* Days are made when first asked for, which takes about a millisecond, and kept up to this size:
 * some 300 of them. Beyond, the oldest is made again when it is asked for again.
 */
#define MAX_CACHE_BYTES (256u * 1024 * 1024)

/* A slow link hands out slices this large, and longer ones than this, so that a fast one does not
 * need a timer more often than timers are good at.
 */
#define MIN_SLICE_BYTES (16 * 1024)
#define MIN_SLICE_S     0.005

typedef enum
{
  FAULT_NONE,
  FAULT_429,
  FAULT_500,
  FAULT_EMPTY,
  FAULT_CUT_OFF,
} Fault;

/**
 * SpeedupWeatherServer:
 *
 * The built-in source: version 1 of data.gov.sg's weather on the loopback, with faults on request.
 */
struct _SpeedupWeatherServer
{
  SpeedupWeatherServerOptions options;
  SoupServer *soup;
  guint port;
  GRand *chance;

  GHashTable *days;       /* "YYYY-MM-DD" -> GBytes */
  GQueue order;           /* keys of days, oldest first */
  gsize cached_bytes;

  GList *answers;         /* every Answer that is not finished */
  GQueue waiting;         /* those that wait for being served */
  guint n_served;
  gint64 link_free_us;    /* when the link has sent all that was promised */
};

typedef struct
{
  SpeedupWeatherServer *server;
  SoupServerMessage *message;
  GBytes *body;
  gsize sent;
  gsize end;              /* where the body breaks off, or its size */
  Fault fault;
  gboolean served;
  GSource *timer;
} Answer;

static void serve_waiting (SpeedupWeatherServer *self);

static void
set_timer (Answer      *answer,
           gint64       wait_us,
           GSourceFunc  callback)
{
  g_assert (answer->timer == NULL);

  answer->timer = g_timeout_source_new (0);
  g_source_set_ready_time (answer->timer, g_get_monotonic_time () + wait_us);
  g_source_set_callback (answer->timer, callback, answer, NULL);
  g_source_attach (answer->timer, g_main_context_get_thread_default ());
}

static void
clear_timer (Answer *answer)
{
  if (answer->timer != NULL)
    g_source_destroy (answer->timer);

  g_clear_pointer (&answer->timer, g_source_unref);
}

static void
answer_free (Answer *answer)
{
  clear_timer (answer);
  g_clear_pointer (&answer->body, g_bytes_unref);
  g_object_unref (answer->message);
  g_free (answer);
}

static GBytes *
get_day (SpeedupWeatherServer *self,
         const char           *text,
         const GDate          *date)
{
  GBytes *day = g_hash_table_lookup (self->days, text);
  char *key;

  if (day != NULL)
    return g_bytes_ref (day);

  day = speedup_weather_day_new (date);
  self->cached_bytes += g_bytes_get_size (day);
  key = g_strdup (text);
  g_hash_table_insert (self->days, key, g_bytes_ref (day));
  g_queue_push_tail (&self->order, key);

  while (self->cached_bytes > MAX_CACHE_BYTES)
    {
      key = g_queue_pop_head (&self->order);
      self->cached_bytes -= g_bytes_get_size (g_hash_table_lookup (self->days, key));
      g_hash_table_remove (self->days, key);
    }

  return day;
}

static gboolean
parse_date (const char *text,
            GDate      *date)
{
  guint part[3] = { 0 };
  guint n_parts = 0;

  if (strlen (text) != 10)
    return FALSE;

  for (guint i = 0; i < 10; i++)
    {
      if (i == 4 || i == 7)
        {
          if (text[i] != '-')
            return FALSE;
          n_parts++;
          continue;
        }
      if (!g_ascii_isdigit (text[i]))
        return FALSE;
      part[n_parts] = part[n_parts] * 10 + (guint) g_ascii_digit_value (text[i]);
    }

  if (!g_date_valid_dmy ((GDateDay) part[2], (GDateMonth) part[1], (GDateYear) part[0]))
    return FALSE;

  g_date_clear (date, 1);
  g_date_set_dmy (date, (GDateDay) part[2], (GDateMonth) part[1], (GDateYear) part[0]);
  return TRUE;
}

static Fault
draw_fault (SpeedupWeatherServer *self)
{
  double draw = g_rand_double (self->chance);

  if ((draw -= self->options.share_429) < 0)
    return FAULT_429;
  if ((draw -= self->options.share_500) < 0)
    return FAULT_500;
  if ((draw -= self->options.share_empty) < 0)
    return FAULT_EMPTY;
  if ((draw -= self->options.share_cut_off) < 0)
    return FAULT_CUT_OFF;

  return FAULT_NONE;
}

/* With a spread, log-normal: exp of a normal deviate, made by Box and Muller's transform. */
static gint64
draw_latency_us (SpeedupWeatherServer *self)
{
  double latency_ms = self->options.latency_ms;

  if (self->options.latency_spread > 0)
    {
      double radius = sqrt (-2 * log (1 - g_rand_double (self->chance)));
      double normal = radius * cos (2 * G_PI * g_rand_double (self->chance));

      latency_ms *= exp (self->options.latency_spread * normal);
    }

  /* A minute and a half at most, so that a wild spread cannot park a connection for hours. */
  return (gint64) (MIN (latency_ms, 90000) * 1000);
}

static void
set_json (SoupServerMessage *message,
          guint              status,
          const char        *json)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, json,
                                    strlen (json));
}

static void
cut_off_cb (SoupServerMessage *message,
            gpointer           data)
{
  Answer *answer = data;

  if (answer->sent >= answer->end)
    g_socket_close (soup_server_message_get_socket (message), NULL);
}

static void
append_slice (Answer *answer,
              gsize   length)
{
  g_autoptr (GBytes) slice = g_bytes_new_from_bytes (answer->body, answer->sent, length);
  SoupMessageBody *body = soup_server_message_get_response_body (answer->message);

  answer->sent += length;
  soup_message_body_append_bytes (body, slice);
  if (answer->sent == g_bytes_get_size (answer->body))
    soup_message_body_complete (body);
  soup_server_message_unpause (answer->message);
}

static gboolean send_slice_cb (gpointer data);

static gsize
get_slice_bytes (Answer *answer)
{
  double bandwidth = answer->server->options.bandwidth;
  gsize left = answer->end - answer->sent;

  if (bandwidth <= 0)
    return left;

  return MIN (left, (gsize) MAX (MIN_SLICE_BYTES, bandwidth * MIN_SLICE_S));
}

/* The link is promised slice by slice, so that answers that are sent at once share it fairly. */
static void
schedule_slice (Answer *answer)
{
  SpeedupWeatherServer *self = answer->server;
  gint64 now_us = g_get_monotonic_time ();
  gsize length = get_slice_bytes (answer);
  gint64 takes_us = 0;

  if (self->options.bandwidth > 0)
    takes_us = (gint64) ((double) length / self->options.bandwidth * G_USEC_PER_SEC);

  self->link_free_us = MAX (self->link_free_us, now_us) + takes_us;
  set_timer (answer, self->link_free_us - now_us, send_slice_cb);
}

static gboolean
send_slice_cb (gpointer data)
{
  Answer *answer = data;

  clear_timer (answer);
  append_slice (answer, get_slice_bytes (answer));
  if (answer->sent < answer->end)
    schedule_slice (answer);

  return G_SOURCE_REMOVE;
}

static void
send_body (Answer *answer)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (answer->message);
  gsize size = g_bytes_get_size (answer->body);

  answer->end = answer->fault == FAULT_CUT_OFF ? size / 2 : size;
  if (answer->fault == FAULT_CUT_OFF)
    g_signal_connect (answer->message, "wrote-chunk", G_CALLBACK (cut_off_cb), answer);

  soup_server_message_set_status (answer->message, SOUP_STATUS_OK, NULL);
  soup_message_headers_set_content_type (headers, "application/json", NULL);
  soup_message_headers_set_content_length (headers, (goffset) size);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (answer->message),
                                    FALSE);

  if (answer->server->options.bandwidth > 0)
    schedule_slice (answer);
  else
    append_slice (answer, answer->end);
}

static void
respond (Answer *answer)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (answer->message);

  switch (answer->fault)
    {
    case FAULT_429:
      soup_message_headers_replace (headers, "Retry-After", "1");
      set_json (answer->message, 429, "{\"code\":429,\"message\":\"Too many requests\"}");
      break;
    case FAULT_500:
      set_json (answer->message, SOUP_STATUS_INTERNAL_SERVER_ERROR,
                "{\"code\":500,\"message\":\"Internal server error\"}");
      break;
    case FAULT_EMPTY:
      set_json (answer->message, SOUP_STATUS_OK,
                "{\"metadata\":{\"stations\":[],\"reading_type\":\"DBT 1M F\","
                "\"reading_unit\":\"deg C\"},\"items\":[],\"api_info\":{\"status\":\"healthy\"}}");
      break;
    case FAULT_NONE:
    case FAULT_CUT_OFF:
    default:
      send_body (answer);
      return;
    }

  soup_server_message_unpause (answer->message);
}

static gboolean
latency_over_cb (gpointer data)
{
  Answer *answer = data;

  clear_timer (answer);
  respond (answer);

  return G_SOURCE_REMOVE;
}

static void
serve (Answer *answer)
{
  gint64 latency_us = draw_latency_us (answer->server);

  answer->served = TRUE;
  answer->server->n_served++;
  if (latency_us > 0)
    set_timer (answer, latency_us, latency_over_cb);
  else
    respond (answer);
}

static void
serve_waiting (SpeedupWeatherServer *self)
{
  while (!g_queue_is_empty (&self->waiting) &&
         (self->options.concurrency == 0 || self->n_served < self->options.concurrency))
    serve (g_queue_pop_head (&self->waiting));
}

static void
finished_cb (SoupServerMessage *message,
             gpointer           data)
{
  Answer *answer = data;
  SpeedupWeatherServer *self = answer->server;

  g_signal_handlers_disconnect_by_data (message, answer);
  self->answers = g_list_remove (self->answers, answer);
  if (answer->served)
    self->n_served--;
  else
    g_queue_remove (&self->waiting, answer);
  answer_free (answer);

  serve_waiting (self);
}

static void
request_cb (SoupServer        *soup,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           data)
{
  SpeedupWeatherServer *self = data;
  const char *text = query == NULL ? NULL : g_hash_table_lookup (query, "date");
  Answer *answer;
  GDate date;

  if (!g_str_equal (path, PATH))
    {
      set_json (message, SOUP_STATUS_NOT_FOUND, "{\"code\":404,\"message\":\"Not found\"}");
      return;
    }
  if (soup_server_message_get_method (message) != SOUP_METHOD_GET)
    {
      set_json (message, SOUP_STATUS_METHOD_NOT_ALLOWED,
                "{\"code\":405,\"message\":\"Only GET is answered\"}");
      return;
    }
  if (text == NULL || !parse_date (text, &date))
    {
      set_json (message, SOUP_STATUS_BAD_REQUEST,
                "{\"code\":400,\"message\":\"date must be YYYY-MM-DD\"}");
      return;
    }

  answer = g_new0 (Answer, 1);
  answer->server = self;
  answer->message = g_object_ref (message);
  answer->body = get_day (self, text, &date);
  answer->fault = draw_fault (self);
  self->answers = g_list_prepend (self->answers, answer);
  g_queue_push_tail (&self->waiting, answer);
  g_signal_connect (message, "finished", G_CALLBACK (finished_cb), answer);

  soup_server_message_pause (message);
  serve_waiting (self);
}

static gboolean
listen_on (SpeedupWeatherServer  *self,
           guint                  port,
           GError               **error)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, (guint16) port);
  g_autoptr (GSocketAddress) given = NULL;
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL || !g_socket_bind (socket, wanted, TRUE, error))
    return FALSE;

  g_socket_set_listen_backlog (socket, BACKLOG);
  if (!g_socket_listen (socket, error))
    return FALSE;

  given = g_socket_get_local_address (socket, error);
  if (given == NULL || !soup_server_listen_socket (self->soup, socket, 0, error))
    return FALSE;

  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (given));
  return TRUE;
}

/**
 * speedup_weather_server_new:
 * @options: checked by the caller
 * @error: return location for an error of %G_IO_ERROR
 *
 * Listens on 127.0.0.1 and serves on the thread-default main context.
 *
 * Returns: (transfer full): a server
 */
SpeedupWeatherServer *
speedup_weather_server_new (const SpeedupWeatherServerOptions  *options,
                            GError                            **error)
{
  g_autoptr (SpeedupWeatherServer) self = g_new0 (SpeedupWeatherServer, 1);

  self->options = *options;
  self->chance = g_rand_new_with_seed (1);
  self->days = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                      (GDestroyNotify) g_bytes_unref);
  g_queue_init (&self->order);
  g_queue_init (&self->waiting);
  self->soup = soup_server_new ("server-header", "Speedup/" SPEEDUP_VERSION, NULL);
  soup_server_add_handler (self->soup, NULL, request_cb, self, NULL);

  if (!listen_on (self, options->port, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
speedup_weather_server_free (SpeedupWeatherServer *self)
{
  for (GList *l = self->answers; l != NULL; l = l->next)
    {
      Answer *answer = l->data;

      g_signal_handlers_disconnect_by_data (answer->message, answer);
      answer_free (answer);
    }

  soup_server_disconnect (self->soup);
  g_object_unref (self->soup);
  g_list_free (self->answers);
  g_queue_clear (&self->waiting);
  g_queue_clear (&self->order);
  g_hash_table_unref (self->days);
  g_rand_free (self->chance);
  g_free (self);
}

/**
 * speedup_weather_server_get_port:
 * @self: a server
 *
 * Returns: where it listens on 127.0.0.1
 */
guint
speedup_weather_server_get_port (SpeedupWeatherServer *self)
{
  return self->port;
}
