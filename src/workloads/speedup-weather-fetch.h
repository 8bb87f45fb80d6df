/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "speedup-weather-options.h"
#include "speedup-weather-parser.h"
#include "speedup-workload.h"

G_BEGIN_DECLS

/**
 * SpeedupWeatherVerdict:
 * @SPEEDUP_WEATHER_DONE: the day is complete
 * @SPEEDUP_WEATHER_NEXT_PAGE: its next page must be asked for
 * @SPEEDUP_WEATHER_RETRY: the same again, after a wait
 * @SPEEDUP_WEATHER_FAILED: there is an error
 *
 * What comes next.
 */
typedef enum
{
  SPEEDUP_WEATHER_DONE,
  SPEEDUP_WEATHER_NEXT_PAGE,
  SPEEDUP_WEATHER_RETRY,
  SPEEDUP_WEATHER_FAILED,
} SpeedupWeatherVerdict;

/**
 * SpeedupWeatherFetch:
 *
 * One day on its way: everything but the sending, receiving and waiting, which are blocking or not.
 */
typedef struct
{
  const SpeedupWeatherOptions *options;
  guint task;

  char *next_page;
  guint n_pages;
  gsize all_pages_bytes;
  guint attempt;
  gint64 wait_us;           /* before the next attempt */
  gint64 deadline_us;       /* of the whole answer */
  SoupMessage *message;

  char *body;
  gsize length;
  gsize capacity;

  SpeedupWeatherReadings *readings;
  GByteArray *raw;
  guint retries;
  SpeedupTaskFlags flags;
} SpeedupWeatherFetch;

SpeedupWeatherFetch   *speedup_weather_fetch_new (const SpeedupWeatherOptions *options,
                                                  guint                        task) G_GNUC_WARN_UNUSED_RESULT;
void                   speedup_weather_fetch_free (SpeedupWeatherFetch         *self);
gboolean               speedup_weather_fetch_begin (SpeedupWeatherFetch         *self,
                                                    GError                     **error);
gboolean               speedup_weather_fetch_make_room (SpeedupWeatherFetch         *self,
                                                        GError                     **error);
SpeedupWeatherVerdict  speedup_weather_fetch_read_answer (SpeedupWeatherFetch         *self,
                                                          SpeedupWeatherParser        *parser,
                                                          GError                     **error);
SpeedupWeatherVerdict  speedup_weather_fetch_judge_error (SpeedupWeatherFetch         *self,
                                                          GError                     **error);
void                   speedup_weather_fetch_fill_outcome (SpeedupWeatherFetch         *self,
                                                           gboolean                     done,
                                                           SpeedupTaskOutcome          *outcome);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupWeatherFetch, speedup_weather_fetch_free)

G_END_DECLS
