/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SPEEDUP_WEATHER_MAX_STATIONS      4096
#define SPEEDUP_WEATHER_MAX_STATION_BYTES 64
#define SPEEDUP_WEATHER_MAX_CELLS         (4 * 1024 * 1024)

/* What a task hands back: stations, timestamps (unix seconds, ascending), decimals, then a matrix
 * of one row for each timestamp and one column for each station, twice: in whole units of
 * 10^-decimals where that loses nothing (%G_MININT16: no reading), else empty and in full (NAN: no
 * reading); and how many null values were skipped.
 */
#define SPEEDUP_WEATHER_OUTPUT_TYPE "(asaxyanadx)"

/* The same with the bytes of the answers, where these are kept. */
#define SPEEDUP_WEATHER_RAW_TYPE "(vay)"

typedef struct _SpeedupWeatherReadings SpeedupWeatherReadings;

SpeedupWeatherReadings *speedup_weather_readings_new (void);
void                    speedup_weather_readings_free (SpeedupWeatherReadings *self);
gboolean                speedup_weather_readings_begin_item (SpeedupWeatherReadings *self,
                                                             const char             *timestamp,
                                                             gsize                   length,
                                                             int                     utc_offset_s);
gboolean                speedup_weather_readings_add (SpeedupWeatherReadings *self,
                                                      const char             *station,
                                                      gsize                   length,
                                                      double                  value);
gboolean                speedup_weather_readings_add_station (SpeedupWeatherReadings *self,
                                                              const char             *station,
                                                              gsize                   length);
void                    speedup_weather_readings_skip_null (SpeedupWeatherReadings *self);
guint                   speedup_weather_readings_get_n (SpeedupWeatherReadings *self);
GVariant               *speedup_weather_readings_to_variant (SpeedupWeatherReadings *self,
                                                             GBytes                 *raw) G_GNUC_WARN_UNUSED_RESULT;

/**
 * SpeedupWeatherReadingFunc:
 * @timestamp: unix seconds
 * @station: id
 * @value: degrees Celsius
 * @data: user data
 */
typedef void (*SpeedupWeatherReadingFunc) (gint64      timestamp,
                                           const char *station,
                                           double      value,
                                           gpointer    data);

gboolean speedup_weather_output_foreach (GVariant                  *output,
                                         SpeedupWeatherReadingFunc  func,
                                         gpointer                   data);
GBytes  *speedup_weather_output_dup_raw (GVariant                  *output);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupWeatherReadings, speedup_weather_readings_free)

G_END_DECLS
