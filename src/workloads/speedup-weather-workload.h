/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-workload.h"

G_BEGIN_DECLS

#define SPEEDUP_TYPE_WEATHER_WORKLOAD (speedup_weather_workload_get_type ())

/**
 * SpeedupWeatherWorkload:
 *
 * Downloads days of air temperature; one task is one day. Its options, a{sv}:
 *
 * | key | type | default | meaning |
 * |---|---|---|---|
 * | source | s | "builtin" | "builtin", "data.gov.sg", "data.gov.sg-v2", "open-meteo", or an address with "{date}" in it |
 * | days | u | 100 | how many |
 * | last-date | s | see below | "YYYY-MM-DD", the last of them: 2020-07-23 for the built-in server, else 8 days before today |
 * | latency-ms | d | 20 | built-in server: milliseconds before it answers |
 * | latency-spread | d | 0 | sigma of a log-normal latency, 0 for a fixed one |
 * | bandwidth | d | 0 | bytes a second of all connections together, at least 1; 0 for no limit |
 * | concurrency-limit | u | 0 | requests it serves at once, 0 for no limit |
 * | share-429, share-500, share-empty, share-cut-off | d | 0 | shares of faulty answers, from 0 to 1 |
 * | max-in-flight | u | 4 live, 1 for open-meteo, else 0 | requests to the source at once, 0 for no limit |
 * | request-timeout-s | d | 30 | longest silence of a source; an answer as a whole may take four times that |
 * | attempts | u | 5 | for one request, at most 5 |
 * | back-off-s | d | 1 | wait before the second attempt; doubles each time, up to ten times this |
 * | api-key | s | none | of data.gov.sg v2; not written into plans |
 * | keep-raw | b | false | keep the answers as they came, for speedup_weather_save_folder() |
 *
 * Outputs are described at %SPEEDUP_WEATHER_OUTPUT_TYPE. The summary for a result file, a{sv}, has
 * the columns date (as), station (as), min, mean and max (ad), and source (s); with a live source
 * also http-version (s), and attribution (s) where its licence asks for one.
 */
G_DECLARE_FINAL_TYPE (SpeedupWeatherWorkload, speedup_weather_workload, SPEEDUP, WEATHER_WORKLOAD,
                      SpeedupWorkload)

SpeedupWorkload *speedup_weather_workload_new_from_options (GVariant               *options,
                                                            GCancellable           *cancellable,
                                                            GError                **error) G_GNUC_WARN_UNUSED_RESULT;
SpeedupWorkload *speedup_weather_workload_new_from_spec (GVariant               *spec,
                                                         GError                **error) G_GNUC_WARN_UNUSED_RESULT;
const char      *speedup_weather_workload_get_attribution (SpeedupWeatherWorkload *self);
gint64           speedup_weather_workload_get_server_pid (SpeedupWeatherWorkload *self);
gboolean         speedup_weather_save_csv (SpeedupWorkload        *workload,
                                           GVariant *const        *outputs,
                                           guint                   n_outputs,
                                           GFile                  *file,
                                           GError                **error);
gboolean         speedup_weather_save_folder (SpeedupWorkload        *workload,
                                              GVariant *const        *outputs,
                                              guint                   n_outputs,
                                              GFile                  *folder,
                                              GError                **error);

G_END_DECLS
