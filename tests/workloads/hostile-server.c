/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hostile-server.h"

#include <libsoup/soup.h>
#include <string.h>

#define MAX_HEAD_BYTES 16384

struct _HostileServer
{
  GSocketListener *listener;
  GCancellable *end;
  GThread *accepting;
  GPtrArray *serving;      /* GThread, touched by the accepting thread alone until it ended */
  guint port;

  GMutex lock;
  GCond arrived;
  guint n_requests;
  char *head;              /* of the last request */
};

typedef struct
{
  HostileServer *server;
  GSocketConnection *connection;
} Visit;

typedef struct
{
  const char *path;
  const char *answer;      /* head and body */
} Answer;

#define HEAD(status, body_bytes, more) \
  "HTTP/1.1 " status "\r\nConnection: close\r\nContent-Length: " body_bytes "\r\n" more "\r\n"
#define OPEN_HEAD "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"

#define PAGE_OF(token) \
  "{\"code\":0,\"data\":{\"readings\":[{\"timestamp\":\"2020-07-23T00:00:00+08:00\"," \
  "\"data\":[{\"stationId\":\"S1\",\"value\":26}]}],\"paginationToken\":\"" token "\"}}"

/* Bodies without an announced length end with the connection. */
static const Answer answers[] = {
  { "/good", OPEN_HEAD HOSTILE_DAY },
  { "/404", HEAD ("404 Not Found", "0", "") },
  { "/429", HEAD ("429 Too Many Requests", "0", "") },
  { "/429-for-an-hour", HEAD ("429 Too Many Requests", "0", "Retry-After: 3600\r\n") },
  { "/429-for-ages", HEAD ("429 Too Many Requests", "0", "Retry-After: 99999999999999999999\r\n") },
  { "/500", HEAD ("500 Internal Server Error", "0", "") },
  { "/503", HEAD ("503 Service Unavailable", "0", "") },
  { "/empty", HEAD ("200 OK", "0", "") },
  { "/no-items", OPEN_HEAD "{\"items\":[],\"api_info\":{\"status\":\"healthy\"}}" },
  { "/wrong-json", OPEN_HEAD "{\"people\":[\"Ada\",\"Grace\"]}" },
  { "/not-json", OPEN_HEAD "<!DOCTYPE html><html><body>Welcome!</body></html>" },
  { "/truncated-json", OPEN_HEAD "{\"items\":[{\"timestamp\":\"2020-07-23T00:00" },
  { "/cut-off", HEAD ("200 OK", "100000", "") "{\"items\":[{\"timestamp\":\"2020-07-23T00:00" },
  { "/garbage", "good morning, how do you do?\r\n\r\n" },
  { "/loop", HEAD ("302 Found", "0", "Location: /loop?date=2020-07-23\r\n") },
  { "/same-page", OPEN_HEAD PAGE_OF ("again") },
  { "/error-reason", HEAD ("400 Bad Request", "45", "")
    "{\"error\":true,\"reason\":\"the date is too far\"}" },
};

static void
serve_text (GOutputStream *out,
            GCancellable  *end,
            const char    *text)
{
  g_output_stream_write_all (out, text, strlen (text), NULL, end, NULL);
}

/* The first request is turned away, the others are answered. */
static void
serve_second (HostileServer *self,
              GOutputStream *out,
              guint          number,
              const char    *first)
{
  serve_text (out, self->end, number == 1 ? first : OPEN_HEAD HOSTILE_DAY);
}

static void
serve_second_after_date (HostileServer *self,
                         GOutputStream *out,
                         guint          number)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) later = g_date_time_add_seconds (now, 2);
  g_autofree char *date = soup_date_time_to_string (later, SOUP_DATE_HTTP);
  g_autofree char *first = g_strdup_printf ("HTTP/1.1 429 Too Many Requests\r\n"
                                            "Connection: close\r\nContent-Length: 0\r\n"
                                            "Retry-After: %s\r\n\r\n", date);

  serve_second (self, out, number, first);
}

static void
serve_endless (HostileServer *self,
               GOutputStream *out)
{
  g_autofree char *block = g_strnfill (65536, ' ');

  serve_text (out, self->end, OPEN_HEAD "{\"items\":[");
  while (g_output_stream_write_all (out, block, 65536, NULL, self->end, NULL))
    ;
}

/* Every page is as large as may be and announces another one. */
static void
serve_large_page (HostileServer *self,
                  GOutputStream *out,
                  guint          number)
{
  g_autofree char *padding = g_strnfill (15 * 1024 * 1024, ' ');
  g_autofree char *page = g_strdup_printf (OPEN_HEAD PAGE_OF ("%u"), number);

  serve_text (out, self->end, page);
  serve_text (out, self->end, padding);
}

/* Slower than any body should be, but never silent for long. */
static void
serve_drip (HostileServer *self,
            GOutputStream *out)
{
  serve_text (out, self->end, OPEN_HEAD "{\"items\":[");
  while (g_output_stream_write_all (out, " ", 1, NULL, self->end, NULL))
    g_usleep (5000);
}

static void
serve_silent (HostileServer *self,
              GInputStream  *in)
{
  char ignored[64];

  while (g_input_stream_read (in, ignored, sizeof ignored, self->end, NULL) > 0)
    ;
}

/* Three readings on two pages, the newest first, and a station that is silent. */
static void
serve_v2 (HostileServer *self,
          GOutputStream *out,
          gboolean       second)
{
  serve_text (out, self->end, OPEN_HEAD
              "{\"code\":0,\"errorMsg\":null,\"data\":{\"stations\":[{\"id\":\"S1\"},"
              "{\"id\":\"S2\"}],\"readings\":[{\"timestamp\":");
  serve_text (out, self->end, second
              ? "\"2020-07-23T00:00:00+08:00\",\"data\":[{\"stationId\":\"S2\",\"value\":25.5}]}]}}"
              : "\"2020-07-23T00:01:00+08:00\",\"data\":[{\"stationId\":\"S2\",\"value\":25.75},"
                "{\"stationId\":\"S1\",\"value\":26}]}],\"paginationToken\":\"a+b=\"}}");
}

static void
serve_path (HostileServer *self,
            const char    *path,
            const char    *query,
            GIOStream     *stream,
            guint          number)
{
  GOutputStream *out = g_io_stream_get_output_stream (stream);

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    if (g_str_equal (answers[i].path, path))
      {
        serve_text (out, self->end, answers[i].answer);
        return;
      }

  if (g_str_equal (path, "/500-once"))
    serve_second (self, out, number, HEAD ("500 Internal Server Error", "0", ""));
  else if (g_str_equal (path, "/429-for-a-second"))
    serve_second (self, out, number, HEAD ("429 Too Many Requests", "0", "Retry-After: 1\r\n"));
  else if (g_str_equal (path, "/429-until-date"))
    serve_second_after_date (self, out, number);
  else if (g_str_equal (path, "/endless"))
    serve_endless (self, out);
  else if (g_str_equal (path, "/drip"))
    serve_drip (self, out);
  else if (g_str_equal (path, "/large-pages"))
    serve_large_page (self, out, number);
  else if (g_str_equal (path, "/v2"))
    serve_v2 (self, out, strstr (query, "paginationToken=a%2Bb%3D") != NULL);
  else
    serve_silent (self, g_io_stream_get_input_stream (stream));
}

static guint
note_request (HostileServer *self,
              const char    *head)
{
  guint number;

  g_mutex_lock (&self->lock);
  number = ++self->n_requests;
  g_free (self->head);
  self->head = g_strdup (head);
  g_cond_broadcast (&self->arrived);
  g_mutex_unlock (&self->lock);

  return number;
}

static gpointer
visit_thread (gpointer data)
{
  Visit *visit = data;
  HostileServer *self = visit->server;
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (visit->connection));
  g_autoptr (GString) head = g_string_new (NULL);
  g_auto (GStrv) words = NULL;
  char byte;

  while (head->len < MAX_HEAD_BYTES && !g_str_has_suffix (head->str, "\r\n\r\n") &&
         (head->len < 4 || g_str_has_prefix (head->str, "GET ")) &&
         g_input_stream_read (in, &byte, 1, self->end, NULL) == 1)
    g_string_append_c (head, byte);

  /* Somebody who speaks TLS is answered in plain text. */
  if (!g_str_has_prefix (head->str, "GET "))
    {
      note_request (self, head->str);
      serve_text (g_io_stream_get_output_stream (G_IO_STREAM (visit->connection)), self->end,
                  HEAD ("400 Bad Request", "0", ""));
    }
  else if (g_str_has_suffix (head->str, "\r\n\r\n"))
    {
      guint number = note_request (self, head->str);

      words = g_strsplit_set (head->str, " ?", 4);
      serve_path (self, words[1], words[2], G_IO_STREAM (visit->connection), number);
    }

  g_io_stream_close (G_IO_STREAM (visit->connection), NULL, NULL);
  g_object_unref (visit->connection);
  g_free (visit);
  return NULL;
}

static gpointer
accept_thread (gpointer data)
{
  HostileServer *self = data;
  GSocketConnection *connection;

  while ((connection = g_socket_listener_accept (self->listener, NULL, self->end, NULL)) != NULL)
    {
      Visit *visit = g_new0 (Visit, 1);

      visit->server = self;
      visit->connection = connection;
      g_ptr_array_add (self->serving, g_thread_new ("visit", visit_thread, visit));
    }

  return NULL;
}

HostileServer *
hostile_server_new (void)
{
  HostileServer *self = g_new0 (HostileServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) given = NULL;
  g_autoptr (GError) error = NULL;

  g_mutex_init (&self->lock);
  g_cond_init (&self->arrived);
  self->end = g_cancellable_new ();
  self->listener = g_socket_listener_new ();
  self->serving = g_ptr_array_new ();
  g_socket_listener_add_address (self->listener, wanted, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &given, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (given));
  self->accepting = g_thread_new ("accept", accept_thread, self);

  return self;
}

void
hostile_server_free (HostileServer *self)
{
  g_cancellable_cancel (self->end);
  g_thread_join (self->accepting);
  for (guint i = 0; i < self->serving->len; i++)
    g_thread_join (g_ptr_array_index (self->serving, i));

  g_socket_listener_close (self->listener);
  g_ptr_array_unref (self->serving);
  g_object_unref (self->listener);
  g_object_unref (self->end);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->arrived);
  g_free (self->head);
  g_free (self);
}

guint
hostile_server_get_port (HostileServer *self)
{
  return self->port;
}

char *
hostile_server_dup_template (HostileServer *self,
                             const char    *scheme,
                             const char    *path)
{
  return g_strdup_printf ("%s://127.0.0.1:%u/%s?date={date}", scheme, self->port, path);
}

guint
hostile_server_get_n_requests (HostileServer *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->n_requests;
  g_mutex_unlock (&self->lock);

  return n;
}

/* Blocks until there was a request. */
void
hostile_server_wait_request (HostileServer *self)
{
  g_mutex_lock (&self->lock);
  while (self->n_requests == 0)
    g_cond_wait (&self->arrived, &self->lock);
  g_mutex_unlock (&self->lock);
}

char *
hostile_server_dup_head (HostileServer *self)
{
  char *head;

  g_mutex_lock (&self->lock);
  head = g_strdup (self->head);
  g_mutex_unlock (&self->lock);

  return head;
}

/* A port where nobody listens: it was just ours. */
guint
hostile_find_closed_port (void)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) given = NULL;
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_TCP, NULL);

  g_assert_true (g_socket_bind (socket, wanted, TRUE, NULL));
  given = g_socket_get_local_address (socket, NULL);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (given));
}
