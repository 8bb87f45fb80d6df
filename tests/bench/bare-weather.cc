/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The least that downloading and parsing days of weather can cost: libsoup and simdjson in a loop,
 * on N threads or with N requests in flight, and nothing of the engine, its checks or its retries.
 * Prints seconds from the start to the last day, start-up included, as `wall_s` is measured.
 */

#include <libsoup/soup.h>
#include <simdjson.h>

#include <cstdlib>
#include <cstring>

namespace
{

struct Loop
{
  SoupSession *session;
  GPtrArray *urls;
  int next;
  int n_failed;
  guint64 n_readings;
  guint n_in_flight;
  GMutex lock;
};

/* Adds the number of readings of a day, or counts a failure. */
void
read_day (Loop                  *self,
          simdjson::dom::parser &parser,
          GBytes                *body)
{
  guint64 n_readings = 0;
  double sum = 0;
  simdjson::dom::array items;

  if (body != nullptr)
    {
      gsize length;
      auto data = static_cast<const char *> (g_bytes_get_data (body, &length));

      if (parser.parse (data, length)["items"].get (items) == simdjson::SUCCESS)
        {
          for (simdjson::dom::element item : items)
            {
              simdjson::dom::array readings;

              if (item["readings"].get (readings) != simdjson::SUCCESS)
                continue;
              for (simdjson::dom::element reading : readings)
                {
                  double value;

                  if (reading["value"].get (value) == simdjson::SUCCESS)
                    {
                      sum += value;
                      n_readings++;
                    }
                }
            }
        }
    }

  g_mutex_lock (&self->lock);
  if (n_readings == 0 || sum == 0)
    self->n_failed++;
  self->n_readings += n_readings;
  g_mutex_unlock (&self->lock);
}

SoupMessage *
take_message (Loop *self)
{
  auto index = static_cast<guint> (g_atomic_int_add (&self->next, 1));

  if (index >= self->urls->len)
    return nullptr;

  auto url = static_cast<const char *> (g_ptr_array_index (self->urls, index));

  return soup_message_new ("GET", url);
}

gpointer
worker_thread (gpointer data)
{
  auto self = static_cast<Loop *> (data);
  simdjson::dom::parser parser;

  while (SoupMessage *message = take_message (self))
    {
      GBytes *body = soup_session_send_and_read (self->session, message, nullptr, nullptr);

      read_day (self, parser, body);
      g_clear_pointer (&body, g_bytes_unref);
      g_object_unref (message);
    }

  return nullptr;
}

void
run_threads (Loop  *self,
             guint  n_workers)
{
  auto threads = g_new (GThread *, n_workers);

  for (guint i = 0; i < n_workers; i++)
    threads[i] = g_thread_new ("bare", worker_thread, self);
  for (guint i = 0; i < n_workers; i++)
    g_thread_join (threads[i]);

  g_free (threads);
}

void send_next (Loop *self);

void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  static simdjson::dom::parser parser;
  auto self = static_cast<Loop *> (user_data);
  GBytes *body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, nullptr);

  self->n_in_flight--;
  send_next (self);
  read_day (self, parser, body);
  g_clear_pointer (&body, g_bytes_unref);
}

void
send_next (Loop *self)
{
  SoupMessage *message = take_message (self);

  if (message == nullptr)
    return;

  self->n_in_flight++;
  soup_session_send_and_read_async (self->session, message, G_PRIORITY_DEFAULT, nullptr, read_cb,
                                    self);
  g_object_unref (message);
}

void
run_async (Loop  *self,
           guint  n_workers)
{
  for (guint i = 0; i < n_workers; i++)
    send_next (self);
  while (self->n_in_flight > 0)
    g_main_context_iteration (nullptr, TRUE);
}

GPtrArray *
make_urls (const char *base,
           int         n_days)
{
  GPtrArray *urls = g_ptr_array_new_with_free_func (g_free);
  GDateTime *last = g_date_time_new_utc (2020, 7, 23, 0, 0, 0);

  for (int i = n_days - 1; i >= 0; i--)
    {
      GDateTime *day = g_date_time_add_days (last, -i);
      char *date = g_date_time_format (day, "%Y-%m-%d");

      g_ptr_array_add (urls, g_strconcat (base, date, nullptr));
      g_free (date);
      g_date_time_unref (day);
    }
  g_date_time_unref (last);

  return urls;
}

}

int
main (int   argc,
      char *argv[])
{
  Loop self = {};
  gint64 start_us;
  int n_workers;

  if (argc != 5)
    {
      g_printerr ("Usage: %s threads|async URL-PREFIX DAYS WORKERS\n", argv[0]);
      return 2;
    }

  n_workers = atoi (argv[4]);
  self.urls = make_urls (argv[2], atoi (argv[3]));
  g_mutex_init (&self.lock);

  start_us = g_get_monotonic_time ();
  self.session = soup_session_new_with_options ("max-conns", n_workers, "max-conns-per-host",
                                                n_workers, "proxy-resolver", nullptr, nullptr);
  if (strcmp (argv[1], "threads") == 0)
    run_threads (&self, static_cast<guint> (n_workers));
  else
    run_async (&self, static_cast<guint> (n_workers));
  g_print ("%.6f\n", static_cast<double> (g_get_monotonic_time () - start_us) / 1e6);

  if (self.n_failed > 0)
    g_printerr ("%d of %u days failed.\n", self.n_failed, self.urls->len);

  g_object_unref (self.session);
  g_ptr_array_unref (self.urls);
  g_mutex_clear (&self.lock);

  return self.n_failed == 0 ? 0 : 1;
}
