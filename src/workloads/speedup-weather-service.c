/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-weather-service.h"

/* data.gov.sg v2 answers this many calls in ten seconds: without a key, and with the key that
 * everybody gets. With a better key, its 429 and Retry-After are honoured like anybody's.
 */
#define V2_CALLS          6
#define V2_CALLS_WITH_KEY 12
#define V2_PERIOD_US      (10 * G_USEC_PER_SEC)

/* A live service answers in tens of milliseconds, so asking again after this is soon enough. */
#define ASK_AGAIN_US 5000

/**
 * SpeedupWeatherService:
 *
 * What has to be known of a source beyond a single run: how much of it is in use. Thread-safe.
 */
struct _SpeedupWeatherService
{
  GMutex lock;
  guint in_flight;
  guint max_in_flight;     /* 0: no limit */
  gint64 calls_us[V2_CALLS_WITH_KEY];
  guint max_calls;         /* 0: no limit */
  guint next_call;
  const char *http_version;
};

SpeedupWeatherService *
speedup_weather_service_new (const SpeedupWeatherOptions *options)
{
  SpeedupWeatherService *self = g_new0 (SpeedupWeatherService, 1);

  g_mutex_init (&self->lock);
  self->max_in_flight = options->max_in_flight;
  if (options->source == SPEEDUP_WEATHER_DATA_GOV_SG_V2)
    self->max_calls = options->api_key == NULL ? V2_CALLS : V2_CALLS_WITH_KEY;
  for (guint i = 0; i < self->max_calls; i++)
    self->calls_us[i] = G_MININT64;

  return self;
}

void
speedup_weather_service_free (SpeedupWeatherService *self)
{
  g_assert (self->in_flight == 0);

  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * speedup_weather_service_enter:
 * @self: a service
 * @now_us: g_get_monotonic_time()
 *
 * Asks whether a request may be sent now. A source without limits always lets it.
 *
 * Returns: 0 when it may, and then speedup_weather_service_leave() ends it; else the microseconds
 *   after which to ask again
 */
gint64
speedup_weather_service_enter (SpeedupWeatherService *self,
                               gint64                 now_us)
{
  g_autoptr (GMutexLocker) locker = NULL;

  if (self->max_in_flight == 0 && self->max_calls == 0)
    return 0;

  locker = g_mutex_locker_new (&self->lock);

  if (self->max_in_flight > 0 && self->in_flight >= self->max_in_flight)
    return ASK_AGAIN_US;

  if (self->max_calls > 0)
    {
      gint64 oldest_us = self->calls_us[self->next_call];

      if (oldest_us != G_MININT64 && now_us < oldest_us + V2_PERIOD_US)
        return oldest_us + V2_PERIOD_US - now_us;

      self->calls_us[self->next_call] = now_us;
      self->next_call = (self->next_call + 1) % self->max_calls;
    }

  self->in_flight++;
  return 0;
}

/**
 * speedup_weather_service_leave:
 * @self: a service
 *
 * Tells that a request has ended.
 */
void
speedup_weather_service_leave (SpeedupWeatherService *self)
{
  if (self->max_in_flight == 0 && self->max_calls == 0)
    return;

  g_mutex_lock (&self->lock);
  g_assert (self->in_flight > 0);
  self->in_flight--;
  g_mutex_unlock (&self->lock);
}

/**
 * speedup_weather_service_set_http_version:
 * @self: a service
 * @version: (transfer none): static text
 *
 * Tells what protocol the source spoke last.
 */
void
speedup_weather_service_set_http_version (SpeedupWeatherService *self,
                                          const char            *version)
{
  g_atomic_pointer_set (&self->http_version, version);
}

/**
 * speedup_weather_service_get_http_version:
 * @self: a service
 *
 * Returns: (nullable): "1.1", "2"; %NULL before the first answer in this process
 */
const char *
speedup_weather_service_get_http_version (SpeedupWeatherService *self)
{
  return g_atomic_pointer_get (&self->http_version);
}
