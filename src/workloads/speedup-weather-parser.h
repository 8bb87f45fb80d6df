/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-weather-readings.h"

G_BEGIN_DECLS

/* Bytes that must follow a body in its buffer, so that it need not be copied; their content does
 * not matter.
 */
#define SPEEDUP_WEATHER_PADDING 64

/* A day of v1 is 830 KB. simdjson needs up to 14 times a body, so this bounds its memory too. */
#define SPEEDUP_WEATHER_MAX_BODY_BYTES (16 * 1024 * 1024)

/**
 * SpeedupWeatherShape:
 * @SPEEDUP_WEATHER_SHAPE_ANY: whichever of the others it is
 * @SPEEDUP_WEATHER_SHAPE_V1: data.gov.sg v1, and the built-in server
 * @SPEEDUP_WEATHER_SHAPE_V2: data.gov.sg v2
 * @SPEEDUP_WEATHER_SHAPE_OPEN_METEO: Open-Meteo archive, hourly
 *
 * What an answer looks like.
 */
typedef enum
{
  SPEEDUP_WEATHER_SHAPE_ANY,
  SPEEDUP_WEATHER_SHAPE_V1,
  SPEEDUP_WEATHER_SHAPE_V2,
  SPEEDUP_WEATHER_SHAPE_OPEN_METEO,
} SpeedupWeatherShape;

typedef struct _SpeedupWeatherParser SpeedupWeatherParser;

SpeedupWeatherParser *speedup_weather_parser_new (void);
void                  speedup_weather_parser_free (SpeedupWeatherParser   *self);
gboolean              speedup_weather_parser_read_body (SpeedupWeatherParser   *self,
                                                        const char             *body,
                                                        gsize                   length,
                                                        SpeedupWeatherShape     shape,
                                                        SpeedupWeatherReadings *readings,
                                                        char                  **next_page,
                                                        GError                **error);
const char           *speedup_weather_parser_get_library_version (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupWeatherParser, speedup_weather_parser_free)

G_END_DECLS
