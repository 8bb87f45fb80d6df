/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-weather-options.h"
#include "speedup-weather-service.h"
#include "speedup-workload.h"

G_BEGIN_DECLS

typedef struct _SpeedupWeatherSession SpeedupWeatherSession;

SpeedupWeatherSession *speedup_weather_session_new (const SpeedupWeatherOptions *options,
                                                    SpeedupWeatherService       *service,
                                                    guint                        concurrency) G_GNUC_WARN_UNUSED_RESULT;
void                   speedup_weather_session_free (SpeedupWeatherSession       *self);
gboolean               speedup_weather_session_fetch (SpeedupWeatherSession       *self,
                                                      guint                        task,
                                                      GCancellable                *cancellable,
                                                      SpeedupTaskOutcome          *outcome,
                                                      GError                     **error);
void                   speedup_weather_session_fetch_async (SpeedupWeatherSession       *self,
                                                            gpointer                     source_object,
                                                            guint                        task,
                                                            GCancellable                *cancellable,
                                                            GAsyncReadyCallback          callback,
                                                            gpointer                     user_data);
gboolean               speedup_weather_session_fetch_finish (gpointer                     source_object,
                                                             GAsyncResult                *result,
                                                             SpeedupTaskOutcome          *outcome,
                                                             GError                     **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupWeatherSession, speedup_weather_session_free)

G_END_DECLS
