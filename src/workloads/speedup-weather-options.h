/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "speedup-weather-parser.h"

G_BEGIN_DECLS

#define SPEEDUP_WEATHER_MAX_DAYS       100000
#define SPEEDUP_WEATHER_LIVE_IN_FLIGHT       4
/* Its free tier answers an address one request at a time. */
#define SPEEDUP_WEATHER_OPEN_METEO_IN_FLIGHT 1

typedef enum
{
  SPEEDUP_WEATHER_BUILTIN,
  SPEEDUP_WEATHER_DATA_GOV_SG,
  SPEEDUP_WEATHER_DATA_GOV_SG_V2,
  SPEEDUP_WEATHER_OPEN_METEO,
  SPEEDUP_WEATHER_TEMPLATE,
} SpeedupWeatherSource;

/**
 * SpeedupWeatherOptions:
 *
 * What a user asked for, checked. The keys are listed at #SpeedupWeatherWorkload.
 */
typedef struct
{
  SpeedupWeatherSource source;
  char *source_text;        /* as given: a name or a template */
  guint days;
  char *last_date;
  GDate last;

  double latency_ms;        /* of the built-in server */
  double latency_spread;
  double bandwidth;
  guint concurrency_limit;
  double share_429;
  double share_500;
  double share_empty;
  double share_cut_off;

  guint max_in_flight;      /* 0: no limit */
  double request_timeout_s;
  guint attempts;
  double back_off_s;
  char *api_key;
  gboolean keep_raw;
  guint port;               /* of the built-in server, in a worker process */
} SpeedupWeatherOptions;

SpeedupWeatherOptions *speedup_weather_options_new (GVariant                    *options,
                                                    GError                     **error) G_GNUC_WARN_UNUSED_RESULT;
void                   speedup_weather_options_free (SpeedupWeatherOptions       *self);
GVariant              *speedup_weather_options_to_variant (const SpeedupWeatherOptions *self,
                                                           gboolean                     for_worker) G_GNUC_WARN_UNUSED_RESULT;
SpeedupWeatherShape    speedup_weather_options_get_shape (const SpeedupWeatherOptions *self);
gboolean               speedup_weather_options_is_live (const SpeedupWeatherOptions *self);
char                  *speedup_weather_options_dup_date (const SpeedupWeatherOptions *self,
                                                         guint                        task) G_GNUC_WARN_UNUSED_RESULT;
char                  *speedup_weather_options_dup_uri (const SpeedupWeatherOptions *self,
                                                        guint                        task,
                                                        const char                  *next_page) G_GNUC_WARN_UNUSED_RESULT;
gboolean               speedup_weather_is_loopback (const char                  *host);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupWeatherOptions, speedup_weather_options_free)

G_END_DECLS
