/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "speedup-weather-options.h"

G_BEGIN_DECLS

typedef struct _SpeedupWeatherService SpeedupWeatherService;

SpeedupWeatherService *speedup_weather_service_new (const SpeedupWeatherOptions *options) G_GNUC_WARN_UNUSED_RESULT;
void                   speedup_weather_service_free (SpeedupWeatherService       *self);
gint64                 speedup_weather_service_enter (SpeedupWeatherService       *self,
                                                      gint64                       now_us);
void                   speedup_weather_service_leave (SpeedupWeatherService       *self);
void                   speedup_weather_service_set_http_version (SpeedupWeatherService       *self,
                                                                 const char                  *version);
const char            *speedup_weather_service_get_http_version (SpeedupWeatherService       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupWeatherService, speedup_weather_service_free)

G_END_DECLS
