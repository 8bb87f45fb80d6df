/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "speedup-weather-session.h"

#include <math.h>

#include "speedup-weather-fetch.h"

/* A body of the built-in server comes in reads of up to this many bytes. */
#define MAX_READ_BYTES (1024 * 1024)

/**
 * SpeedupWeatherSession:
 *
 * The connections and parsers of one run in one process. Blocking fetches come from many threads
 * at once: libsoup lets any thread send, and each message is handled in the thread that sent it.
 */
struct _SpeedupWeatherSession
{
  const SpeedupWeatherOptions *options;
  SpeedupWeatherService *service;
  SoupSession *soup;

  /* The parser used last is taken first: its memory is in the cache, and there are only ever as
   * many as parse at once, not as many as wait for an answer.
   */
  GMutex lock;
  GPtrArray *parsers;
};

/* One asynchronous fetch, owned by its task. */
typedef struct
{
  SpeedupWeatherSession *session;
  SpeedupWeatherFetch *fetch;
  GInputStream *stream;
  gboolean entered;
} Chain;

static void chain_ask_to_send (GTask *task);

static SpeedupWeatherParser *
take_parser (SpeedupWeatherSession *self)
{
  SpeedupWeatherParser *parser = NULL;

  g_mutex_lock (&self->lock);
  if (self->parsers->len > 0)
    parser = g_ptr_array_steal_index_fast (self->parsers, self->parsers->len - 1);
  g_mutex_unlock (&self->lock);

  return parser == NULL ? speedup_weather_parser_new () : parser;
}

static void
put_parser (SpeedupWeatherSession *self,
            SpeedupWeatherParser  *parser)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->parsers, parser);
  g_mutex_unlock (&self->lock);
}

static const char *
describe_http_version (SoupMessage *message)
{
  switch (soup_message_get_http_version (message))
    {
    case SOUP_HTTP_1_0:
      return "1.0";
    case SOUP_HTTP_2_0:
      return "2";
    case SOUP_HTTP_1_1:
    default:
      return "1.1";
    }
}

static SpeedupWeatherVerdict
read_answer (SpeedupWeatherSession  *self,
             SpeedupWeatherFetch    *fetch,
             GError                **error)
{
  SpeedupWeatherParser *parser = take_parser (self);
  SpeedupWeatherVerdict verdict;

  speedup_weather_service_set_http_version (self->service, describe_http_version (fetch->message));
  verdict = speedup_weather_fetch_read_answer (fetch, parser, error);
  put_parser (self, parser);

  return verdict;
}

/* Blocks for a time, or until cancelled. */
static gboolean
sleep_us (gint64         wait_us,
          GCancellable  *cancellable,
          GError       **error)
{
  gint64 end_us = g_get_monotonic_time () + wait_us;
  GPollFD poll_fd;

  if (!g_cancellable_make_pollfd (cancellable, &poll_fd))
    {
      g_usleep ((gulong) wait_us);
      return TRUE;
    }

  for (;;)
    {
      gint64 left_us = end_us - g_get_monotonic_time ();

      if (left_us <= 0 || g_cancellable_is_cancelled (cancellable))
        break;
      g_poll (&poll_fd, 1, (int) ((left_us + 999) / 1000));
    }

  g_cancellable_release_fd (cancellable);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static gboolean
enter_service (SpeedupWeatherSession  *self,
               GCancellable           *cancellable,
               GError                **error)
{
  gint64 wait_us;

  while ((wait_us = speedup_weather_service_enter (self->service, g_get_monotonic_time ())) > 0)
    if (!sleep_us (wait_us, cancellable, error))
      return FALSE;

  return TRUE;
}

static gboolean
receive (SpeedupWeatherSession  *self,
         SpeedupWeatherFetch    *fetch,
         GCancellable           *cancellable,
         GError                **error)
{
  g_autoptr (GInputStream) stream = soup_session_send (self->soup, fetch->message, cancellable,
                                                       error);

  if (stream == NULL)
    return FALSE;

  for (;;)
    {
      gssize n_read;

      if (!speedup_weather_fetch_make_room (fetch, error))
        return FALSE;

      n_read = g_input_stream_read (stream, fetch->body + fetch->length,
                                    MIN (fetch->capacity - fetch->length, MAX_READ_BYTES),
                                    cancellable, error);
      if (n_read <= 0)
        return n_read == 0;

      fetch->length += (gsize) n_read;
    }
}

static SpeedupWeatherVerdict
attempt (SpeedupWeatherSession  *self,
         SpeedupWeatherFetch    *fetch,
         GCancellable           *cancellable,
         GError                **error)
{
  g_autoptr (GError) trouble = NULL;
  SpeedupWeatherVerdict verdict;

  if (!enter_service (self, cancellable, error))
    return SPEEDUP_WEATHER_FAILED;

  if (!speedup_weather_fetch_begin (fetch, &trouble))
    verdict = SPEEDUP_WEATHER_FAILED;
  else if (receive (self, fetch, cancellable, &trouble))
    verdict = read_answer (self, fetch, &trouble);
  else
    verdict = speedup_weather_fetch_judge_error (fetch, &trouble);

  speedup_weather_service_leave (self->service);
  if (verdict == SPEEDUP_WEATHER_FAILED)
    g_propagate_error (error, g_steal_pointer (&trouble));

  return verdict;
}

static void
chain_free (gpointer data)
{
  Chain *chain = data;

  g_clear_object (&chain->stream);
  if (chain->entered)
    speedup_weather_service_leave (chain->session->service);
  speedup_weather_fetch_free (chain->fetch);
  g_free (chain);
}

static gboolean
wait_over_cb (gpointer data)
{
  GTask *task = data;

  if (g_task_return_error_if_cancelled (task))
    g_object_unref (task);
  else
    chain_ask_to_send (task);

  return G_SOURCE_REMOVE;
}

/* Does not block: comes back after a time, or when cancelled. */
static void
chain_wait (GTask  *task,
            gint64  wait_us)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GSource) source = g_timeout_source_new ((guint) ((wait_us + 999) / 1000));

  if (cancellable != NULL)
    {
      g_autoptr (GSource) cancelled = g_cancellable_source_new (cancellable);

      g_source_set_dummy_callback (cancelled);
      g_source_add_child_source (source, cancelled);
    }

  g_source_set_static_name (source, "speedup weather wait");
  g_source_set_callback (source, wait_over_cb, task, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
}

static void
chain_continue (GTask                 *task,
                SpeedupWeatherVerdict  verdict,
                GError                *error)
{
  Chain *chain = g_task_get_task_data (task);

  g_clear_object (&chain->stream);
  if (chain->entered)
    speedup_weather_service_leave (chain->session->service);
  chain->entered = FALSE;

  switch (verdict)
    {
    case SPEEDUP_WEATHER_DONE:
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      break;
    case SPEEDUP_WEATHER_NEXT_PAGE:
      chain_ask_to_send (task);
      break;
    case SPEEDUP_WEATHER_RETRY:
      chain_wait (task, chain->fetch->wait_us);
      break;
    case SPEEDUP_WEATHER_FAILED:
    default:
      g_task_return_error (task, error);
      g_object_unref (task);
      break;
    }
}

static void
chain_fail (GTask  *task,
            GError *error)
{
  Chain *chain = g_task_get_task_data (task);
  SpeedupWeatherVerdict verdict = speedup_weather_fetch_judge_error (chain->fetch, &error);

  chain_continue (task, verdict, error);
}

static void chain_read (GTask *task);

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  GTask *task = data;
  Chain *chain = g_task_get_task_data (task);
  GError *error = NULL;
  gssize n_read = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (n_read < 0)
    {
      chain_fail (task, error);
    }
  else if (n_read > 0)
    {
      chain->fetch->length += (gsize) n_read;
      chain_read (task);
    }
  else
    {
      SpeedupWeatherVerdict verdict = read_answer (chain->session, chain->fetch, &error);

      chain_continue (task, verdict, error);
    }
}

static void
chain_read (GTask *task)
{
  Chain *chain = g_task_get_task_data (task);
  SpeedupWeatherFetch *fetch = chain->fetch;
  GError *error = NULL;

  if (!speedup_weather_fetch_make_room (fetch, &error))
    {
      chain_fail (task, error);
      return;
    }

  g_input_stream_read_async (chain->stream, fetch->body + fetch->length,
                             MIN (fetch->capacity - fetch->length, MAX_READ_BYTES),
                             G_PRIORITY_DEFAULT, g_task_get_cancellable (task), read_cb, task);
}

static void
send_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  GTask *task = data;
  Chain *chain = g_task_get_task_data (task);
  GError *error = NULL;

  chain->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (chain->stream == NULL)
    chain_fail (task, error);
  else
    chain_read (task);
}

static void
chain_send (GTask *task)
{
  Chain *chain = g_task_get_task_data (task);
  GError *error = NULL;

  chain->entered = TRUE;
  if (!speedup_weather_fetch_begin (chain->fetch, &error))
    {
      chain_continue (task, SPEEDUP_WEATHER_FAILED, error);
      return;
    }

  soup_session_send_async (chain->session->soup, chain->fetch->message, G_PRIORITY_DEFAULT,
                           g_task_get_cancellable (task), send_cb, task);
}

static void
chain_ask_to_send (GTask *task)
{
  Chain *chain = g_task_get_task_data (task);
  gint64 wait_us = speedup_weather_service_enter (chain->session->service,
                                                  g_get_monotonic_time ());

  if (wait_us > 0)
    chain_wait (task, wait_us);
  else
    chain_send (task);
}

static gboolean
is_loopback (const SpeedupWeatherOptions *options)
{
  g_autofree char *text = NULL;
  g_autoptr (GUri) uri = NULL;

  if (options->source == SPEEDUP_WEATHER_BUILTIN)
    return TRUE;

  text = speedup_weather_options_dup_uri (options, 0, NULL);
  uri = g_uri_parse (text, SOUP_HTTP_URI_FLAGS, NULL);
  return uri != NULL && speedup_weather_is_loopback (g_uri_get_host (uri));
}

/**
 * speedup_weather_session_new:
 * @options: must outlive the session
 * @service: must outlive the session
 * @concurrency: fetches that will be in flight at once
 *
 * Opens a session without any connection.
 *
 * Returns: (transfer full): a session
 */
SpeedupWeatherSession *
speedup_weather_session_new (const SpeedupWeatherOptions *options,
                             SpeedupWeatherService       *service,
                             guint                        concurrency)
{
  SpeedupWeatherSession *self = g_new0 (SpeedupWeatherSession, 1);
  double timeout_s = ceil (options->request_timeout_s);

  g_mutex_init (&self->lock);
  self->options = options;
  self->service = service;
  self->parsers = g_ptr_array_new_with_free_func ((GDestroyNotify) speedup_weather_parser_free);

  /* Unless told otherwise here, libsoup opens two connections per host and ten in all. */
  self->soup = g_object_new (SOUP_TYPE_SESSION,
                             "max-conns", (int) MAX (concurrency, 1),
                             "max-conns-per-host", (int) MAX (concurrency, 1),
                             "timeout", (guint) timeout_s,
                             "user-agent", "Speedup/" SPEEDUP_VERSION,
                             NULL);
  if (is_loopback (options))
    soup_session_set_proxy_resolver (self->soup, NULL);

  return self;
}

void
speedup_weather_session_free (SpeedupWeatherSession *self)
{
  soup_session_abort (self->soup);
  g_object_unref (self->soup);
  g_ptr_array_unref (self->parsers);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * speedup_weather_session_fetch:
 * @self: a session
 * @task: index of the day
 * @cancellable: (nullable): ends it at once, also while waiting for a retry
 * @outcome: is filled, also where the fetch fails
 * @error: return location; %SPEEDUP_ERROR_NETWORK, %SPEEDUP_ERROR_BODY, %G_IO_ERROR_CANCELLED
 *
 * Downloads and reads a day, blocking. Thread-safe.
 *
 * Returns: whether there is an output
 */
gboolean
speedup_weather_session_fetch (SpeedupWeatherSession  *self,
                               guint                   task,
                               GCancellable           *cancellable,
                               SpeedupTaskOutcome     *outcome,
                               GError                **error)
{
  g_autoptr (SpeedupWeatherFetch) fetch = speedup_weather_fetch_new (self->options, task);
  SpeedupWeatherVerdict verdict;

  do
    {
      verdict = attempt (self, fetch, cancellable, error);
      if (verdict == SPEEDUP_WEATHER_RETRY && !sleep_us (fetch->wait_us, cancellable, error))
        verdict = SPEEDUP_WEATHER_FAILED;
    }
  while (verdict == SPEEDUP_WEATHER_RETRY || verdict == SPEEDUP_WEATHER_NEXT_PAGE);

  speedup_weather_fetch_fill_outcome (fetch, verdict == SPEEDUP_WEATHER_DONE, outcome);
  return verdict == SPEEDUP_WEATHER_DONE;
}

/**
 * speedup_weather_session_fetch_async:
 * @self: a session, opened in this thread-default main context
 * @source_object: (type GObject): what the callback is told
 * @task: index of the day
 * @cancellable: (nullable): ends it at once, also while waiting for a retry
 * @callback: called on the thread-default main context
 * @user_data: for @callback
 *
 * Downloads and reads a day without blocking. The session must outlive it.
 */
void
speedup_weather_session_fetch_async (SpeedupWeatherSession *self,
                                     gpointer               source_object,
                                     guint                  task,
                                     GCancellable          *cancellable,
                                     GAsyncReadyCallback    callback,
                                     gpointer               user_data)
{
  GTask *job = g_task_new (source_object, cancellable, callback, user_data);
  Chain *chain = g_new0 (Chain, 1);

  g_task_set_source_tag (job, speedup_weather_session_fetch_async);
  chain->session = self;
  chain->fetch = speedup_weather_fetch_new (self->options, task);
  g_task_set_task_data (job, chain, chain_free);

  chain_ask_to_send (job);
}

/**
 * speedup_weather_session_fetch_finish:
 * @source_object: (type GObject): as given
 * @result: what the callback got
 * @outcome: is filled, also where the fetch failed
 * @error: return location; as speedup_weather_session_fetch()
 *
 * Returns: whether there is an output
 */
gboolean
speedup_weather_session_fetch_finish (gpointer             source_object,
                                      GAsyncResult        *result,
                                      SpeedupTaskOutcome  *outcome,
                                      GError             **error)
{
  Chain *chain;
  gboolean done;

  g_return_val_if_fail (g_task_is_valid (result, source_object), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, speedup_weather_session_fetch_async),
                        FALSE);

  chain = g_task_get_task_data (G_TASK (result));
  done = g_task_propagate_boolean (G_TASK (result), error);
  speedup_weather_fetch_fill_outcome (chain->fetch, done, outcome);

  return done;
}
