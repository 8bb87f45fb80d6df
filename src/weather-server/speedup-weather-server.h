/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SpeedupWeatherServerOptions:
 * @port: on the loopback; 0 for any that is free
 * @latency_ms: between request and answer
 * @latency_spread: 0 for a fixed latency, else the sigma of a log-normal one with median @latency_ms
 * @bandwidth: bytes a second, shared by all connections, at least 1; 0 for no limit
 * @concurrency: requests served at once, the others wait; 0 for no limit
 * @share_429: share of answers that are "too many requests", from 0 to 1
 * @share_500: share of answers that are "internal server error"
 * @share_empty: share of answers without items, as in an outage
 * @share_cut_off: share of answers that break off half-way
 */
typedef struct
{
  guint port;
  double latency_ms;
  double latency_spread;
  double bandwidth;
  guint concurrency;
  double share_429;
  double share_500;
  double share_empty;
  double share_cut_off;
} SpeedupWeatherServerOptions;

typedef struct _SpeedupWeatherServer SpeedupWeatherServer;

SpeedupWeatherServer *speedup_weather_server_new (const SpeedupWeatherServerOptions *options,
                                                  GError                           **error) G_GNUC_WARN_UNUSED_RESULT;
void                  speedup_weather_server_free (SpeedupWeatherServer              *self);
guint                 speedup_weather_server_get_port (SpeedupWeatherServer              *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupWeatherServer, speedup_weather_server_free)

G_END_DECLS
