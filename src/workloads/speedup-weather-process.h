/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "speedup-weather-options.h"

G_BEGIN_DECLS

typedef struct _SpeedupWeatherProcess SpeedupWeatherProcess;

SpeedupWeatherProcess *speedup_weather_process_new (void) G_GNUC_WARN_UNUSED_RESULT;
void                   speedup_weather_process_free (SpeedupWeatherProcess       *self);
gboolean               speedup_weather_process_start (SpeedupWeatherProcess       *self,
                                                      const SpeedupWeatherOptions *options,
                                                      GCancellable                *cancellable,
                                                      GError                     **error);
void                   speedup_weather_process_stop (SpeedupWeatherProcess       *self);
gboolean               speedup_weather_process_check (SpeedupWeatherProcess       *self,
                                                      GError                     **error);
double                 speedup_weather_process_read_cpu_s (SpeedupWeatherProcess       *self);
guint                  speedup_weather_process_get_port (SpeedupWeatherProcess       *self);
gint64                 speedup_weather_process_get_pid (SpeedupWeatherProcess       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupWeatherProcess, speedup_weather_process_free)

G_END_DECLS
