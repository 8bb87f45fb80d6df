/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "speedup-error.h"
#include "speedup-weather-options.h"
#include "speedup-runner.h"
#include "speedup-weather-service.h"
#include "speedup-weather-workload.h"

static SpeedupWeatherOptions *
make (const char  *text,
      GError     **error)
{
  g_autoptr (GError) trouble = NULL;
  g_autoptr (GVariant) options = g_variant_parse (NULL, text, NULL, NULL, &trouble);

  g_assert_no_error (trouble);
  return speedup_weather_options_new (options, error);
}

typedef struct
{
  const char *options;
  const char *words;
} Case;

static const Case bad[] = {
  { "{'colour': <'red'>}", "“colour”" },
  { "{'days': <'many'>}", "“days”" },
  { "{'days': <0>}", "“days”" },
  { "{'days': <-1>}", "“days”" },
  { "{'days': <1000000>}", "“days”" },
  { "{'days': <2.5>}", "“days”" },
  { "{'source': <7>}", "“source”" },
  { "{'source': <'weather.com'>}", "no weather source “weather.com”; there are: builtin" },
  { "{'source': <'ftp://example.org/{date}'>}", "no address" },
  { "{'source': <'http:///{date}'>}", "no address" },
  { "{'source': <'{date}'>}", "no address" },
  { "{'last-date': <'2020-02-30'>}", "“2020-02-30” is no date" },
  { "{'last-date': <'20-02-20'>}", "is no date" },
  { "{'last-date': <'2020/02/20'>}", "is no date" },
  { "{'last-date': <'0001-01-05'>}", "no 100 days" },
  { "{'latency-ms': <-1.0>}", "“latency-ms”" },
  { "{'share-429': <1.5>}", "“share-429”" },
  { "{'share-429': <0.75>, 'share-500': <0.5>}", "must not exceed 1" },
  { "{'bandwidth': <1e-9>}", "at least 1" },
  { "{'attempts': <uint32 6>}", "“attempts”" },
  { "{'request-timeout-s': <0.0>}", "“request-timeout-s”" },
  { "{'keep-raw': <'yes'>}", "“keep-raw”" },
  { "{'api-key': <'a\\r\\nHost: evil'>}", "API key" },
  { "uint32 7", "names and values" },
};

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (make (bad[i].options, &error));
      g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT);
      if (strstr (error->message, bad[i].words) == NULL)
        g_error ("“%s” is not in “%s”", bad[i].words, error->message);
    }
}

static void
test_dates (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SpeedupWeatherOptions) options = make ("{'days': <100>}", &error);
  g_autofree char *first = NULL;
  g_autofree char *leap = NULL;
  g_autofree char *last = NULL;

  g_assert_no_error (error);
  first = speedup_weather_options_dup_date (options, 0);
  leap = speedup_weather_options_dup_date (options, 99 - 23);
  last = speedup_weather_options_dup_date (options, 99);
  g_assert_cmpstr (first, ==, "2020-04-15");
  g_assert_cmpstr (leap, ==, "2020-06-30");
  g_assert_cmpstr (last, ==, "2020-07-23");
}

/* Eight days before today in Singapore, which is a day ahead of others for some hours. */
static void
test_live_date (void)
{
  g_autoptr (SpeedupWeatherOptions) options = make ("{'source': <'open-meteo'>}", NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  GDate today;
  int behind;
  int year;
  int month;
  int day;

  g_date_time_get_ymd (now, &year, &month, &day);
  g_date_clear (&today, 1);
  g_date_set_dmy (&today, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
  behind = g_date_days_between (&options->last, &today);
  g_assert_cmpint (behind, >=, 7);
  g_assert_cmpint (behind, <=, 8);
}

static const Case addresses[] = {
  { "{'source': <'data.gov.sg'>, 'last-date': <'2018-06-13'>}",
    "https://api.data.gov.sg/v1/environment/air-temperature?date=2018-06-13" },
  { "{'source': <'data.gov.sg-v2'>, 'last-date': <'2018-06-13'>}",
    "https://api-open.data.gov.sg/v2/real-time/api/air-temperature?date=2018-06-13" },
  { "{'source': <'open-meteo'>, 'last-date': <'2018-06-13'>}",
    "https://archive-api.open-meteo.com/v1/archive?latitude=1.35&longitude=103.82"
    "&start_date=2018-06-13&end_date=2018-06-13&hourly=temperature_2m"
    "&timezone=Asia%2FSingapore" },
  { "{'source': <'http://example.org/{date}/a?d={date}'>, 'last-date': <'2018-06-13'>}",
    "http://example.org/2018-06-13/a?d=2018-06-13" },
  { "{'port': <uint32 8080>}",
    "http://127.0.0.1:8080/v1/environment/air-temperature?date=2020-07-23" },
};

static void
test_addresses (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autoptr (SpeedupWeatherOptions) options = make (addresses[i].options, NULL);
      g_autofree char *uri = speedup_weather_options_dup_uri (options, 99, NULL);
      g_autofree char *page = speedup_weather_options_dup_uri (options, 99, "a+b&c");
      g_autofree char *expected = g_strconcat (addresses[i].words,
                                               strchr (addresses[i].words, '?') ? "&" : "?",
                                               "paginationToken=a%2Bb%26c", NULL);

      g_assert_cmpstr (uri, ==, addresses[i].words);
      g_assert_cmpstr (page, ==, expected);
    }
}

/* A live source is not asked for more than four days at once, unless the user says so. */
static void
test_politeness (void)
{
  static const struct
  {
    const char *options;
    guint max_in_flight;
    gboolean live;
  } table[] = {
    { "@a{sv} {}", 0, FALSE },
    { "{'source': <'data.gov.sg'>}", 4, TRUE },
    { "{'source': <'data.gov.sg'>, 'max-in-flight': <uint32 16>}", 16, TRUE },
    { "{'source': <'http://example.org/{date}'>}", 4, TRUE },
    { "{'source': <'open-meteo'>}", 1, TRUE },
    { "{'source': <'open-meteo'>, 'max-in-flight': <uint32 2>}", 2, TRUE },
    { "{'source': <'http://127.0.0.1:99/{date}'>}", 0, FALSE },
    { "{'source': <'http://[::1]:99/{date}'>}", 0, FALSE },
    { "{'source': <'http://localhost/{date}'>}", 0, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SpeedupWeatherOptions) options = make (table[i].options, NULL);

      g_assert_cmpuint (options->max_in_flight, ==, table[i].max_in_flight);
      g_assert_cmpint (speedup_weather_options_is_live (options), ==, table[i].live);
    }
}

static void
test_in_flight_limit (void)
{
  g_autoptr (SpeedupWeatherOptions) options = make ("{'source': <'data.gov.sg'>}", NULL);
  g_autoptr (SpeedupWeatherService) service = speedup_weather_service_new (options);

  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (speedup_weather_service_enter (service, 0), ==, 0);
  g_assert_cmpint (speedup_weather_service_enter (service, 0), >, 0);

  speedup_weather_service_leave (service);
  g_assert_cmpint (speedup_weather_service_enter (service, 0), ==, 0);
  for (guint i = 0; i < 4; i++)
    speedup_weather_service_leave (service);
}

/* What one process counts, others do not see; so a plan has to keep to it as well. */
static void
test_max_workers (void)
{
  static const struct
  {
    const char *options;
    SpeedupExecutorKind kind;
    guint max;
  } table[] = {
    { "@a{sv} {}", SPEEDUP_EXECUTOR_PROCESSES, G_MAXUINT },
    { "{'source': <'data.gov.sg'>}", SPEEDUP_EXECUTOR_PROCESSES, 4 },
    { "{'source': <'data.gov.sg'>, 'max-in-flight': <uint32 9>}", SPEEDUP_EXECUTOR_THREADS, 9 },
    { "{'source': <'data.gov.sg-v2'>}", SPEEDUP_EXECUTOR_ASYNC, 4 },
    { "{'source': <'data.gov.sg-v2'>}", SPEEDUP_EXECUTOR_PROCESSES, 0 },
    { "{'source': <'open-meteo'>}", SPEEDUP_EXECUTOR_THREADS, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GVariant) options = g_variant_new_parsed (table[i].options);
      g_autoptr (SpeedupWorkload) workload = NULL;
      g_autoptr (GError) error = NULL;

      workload = speedup_weather_workload_new_from_options (options, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (speedup_workload_get_max_workers (workload, table[i].kind), ==,
                        table[i].max);
    }
}

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  GAsyncResult **ended = user_data;

  *ended = g_object_ref (result);
}

/* A plan may come from a file: no request leaves for one that asks for too much. */
static void
test_plan_beyond (void)
{
  static const struct
  {
    const char *options;
    const char *words;
  } table[] = {
    { "{'source': <'http://192.0.2.1/{date}'>, 'days': <uint32 8>}", "*more than the 4*" },
    { "{'source': <'data.gov.sg-v2'>, 'days': <uint32 8>}", "*cannot keep to the rate*" },
  };
  const guint workers[] = { 2, 5 };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GVariant) options = g_variant_ref_sink (g_variant_new_parsed (table[i].options));
      g_autoptr (SpeedupWorkload) workload =
        speedup_weather_workload_new_from_options (options, NULL, NULL);
      g_autoptr (SpeedupPlan) plan = speedup_plan_new ("weather", options, 8);
      g_autoptr (SpeedupRunner) runner = NULL;
      g_autoptr (GAsyncResult) ended = NULL;
      g_autoptr (GError) error = NULL;

      speedup_plan_add_sweep (plan, SPEEDUP_EXECUTOR_SEQUENTIAL, NULL, 0, NULL, 0);
      speedup_plan_add_sweep (plan, SPEEDUP_EXECUTOR_PROCESSES, workers, G_N_ELEMENTS (workers),
                              NULL, 0);
      runner = speedup_runner_new (plan, workload);
      speedup_runner_run_async (runner, NULL, ended_cb, &ended);
      while (ended == NULL)
        g_main_context_iteration (NULL, TRUE);

      g_assert_null (speedup_runner_run_finish (runner, ended, &error));
      g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT);
      g_assert_true (g_pattern_match_simple (table[i].words, error->message));
    }
}

/* Six calls in ten seconds without a key, twelve with one, on a clock that the test moves. */
static void
test_rate_limit (void)
{
  static const struct
  {
    const char *options;
    guint n_calls;
  } table[] = {
    { "{'source': <'data.gov.sg-v2'>}", 6 },
    { "{'source': <'data.gov.sg-v2'>, 'api-key': <'secret'>}", 12 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SpeedupWeatherOptions) options = make (table[i].options, NULL);
      g_autoptr (SpeedupWeatherService) service = speedup_weather_service_new (options);
      gint64 now_us = 5;

      for (guint n = 0; n < table[i].n_calls; n++, now_us += 1000000 / 12)
        {
          g_assert_cmpint (speedup_weather_service_enter (service, now_us), ==, 0);
          speedup_weather_service_leave (service);
        }

      g_assert_cmpint (speedup_weather_service_enter (service, now_us), ==, 10000005 - now_us);
      g_assert_cmpint (speedup_weather_service_enter (service, 10000004), ==, 1);
      g_assert_cmpint (speedup_weather_service_enter (service, 10000005), ==, 0);
      g_assert_cmpint (speedup_weather_service_enter (service, 10000005), >, 0);
      speedup_weather_service_leave (service);
    }
}

/* A saved plan makes the same workload again, but does not tell the key; a worker needs it. */
static void
test_plan_and_spec (void)
{
  const char *text = "{'source': <'data.gov.sg-v2'>, 'days': <7>, 'api-key': <'secret'>,"
                     " 'keep-raw': <true>}";
  g_autoptr (GVariant) given = g_variant_ref_sink (g_variant_parse (NULL, text, NULL, NULL, NULL));
  g_autoptr (SpeedupWorkload) workload = NULL;
  g_autoptr (SpeedupWorkload) resumed = NULL;
  g_autoptr (SpeedupWorkload) worker = NULL;
  g_autoptr (GVariant) plan = NULL;
  g_autoptr (GVariant) plan_again = NULL;
  g_autoptr (GVariant) spec = NULL;
  g_autoptr (GVariant) spec_again = NULL;
  g_autofree char *plan_text = NULL;
  g_autofree char *spec_text = NULL;
  g_autoptr (GError) error = NULL;

  workload = speedup_weather_workload_new_from_options (given, NULL, &error);
  g_assert_no_error (error);
  plan = speedup_workload_dup_options (workload);
  plan_text = g_variant_print (plan, TRUE);
  g_assert_null (strstr (plan_text, "secret"));
  g_assert_nonnull (strstr (plan_text, "'last-date': <'20"));

  resumed = speedup_weather_workload_new_from_options (plan, NULL, &error);
  g_assert_no_error (error);
  plan_again = speedup_workload_dup_options (resumed);
  g_assert_true (g_variant_equal (plan, plan_again));

  spec = speedup_workload_dup_spec (workload);
  spec_text = g_variant_print (spec, TRUE);
  g_assert_nonnull (strstr (spec_text, "secret"));
  worker = speedup_weather_workload_new_from_spec (spec, &error);
  g_assert_no_error (error);
  spec_again = speedup_workload_dup_spec (worker);
  g_assert_true (g_variant_equal (spec, spec_again));
  g_assert_cmpuint (speedup_workload_get_n_tasks (worker), ==, 7);
}

static void
test_spec_without_port (void)
{
  g_autoptr (GVariant) spec = g_variant_ref_sink (g_variant_new_parsed ("{'days': <7>}"));
  g_autoptr (GError) error = NULL;

  g_assert_null (speedup_weather_workload_new_from_spec (spec, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT);
}

static void
test_attribution (void)
{
  const char *text = "{'source': <'open-meteo'>}";
  g_autoptr (GVariant) given = g_variant_ref_sink (g_variant_parse (NULL, text, NULL, NULL, NULL));
  g_autoptr (SpeedupWorkload) workload = NULL;
  g_autoptr (GVariant) summary = NULL;
  const char *attribution;

  workload = speedup_weather_workload_new_from_options (given, NULL, NULL);
  summary = speedup_workload_summarise_output (workload, NULL, 0);
  g_assert_true (g_variant_lookup (summary, "attribution", "&s", &attribution));
  g_assert_nonnull (strstr (attribution, "CC BY 4.0"));
  g_assert_true (speedup_workload_is_live (workload));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/weather-options/bad", test_bad);
  g_test_add_func ("/weather-options/dates", test_dates);
  g_test_add_func ("/weather-options/max-workers", test_max_workers);
  g_test_add_func ("/weather-options/plan-beyond", test_plan_beyond);
  g_test_add_func ("/weather-options/live-date", test_live_date);
  g_test_add_func ("/weather-options/addresses", test_addresses);
  g_test_add_func ("/weather-options/politeness", test_politeness);
  g_test_add_func ("/weather-options/in-flight-limit", test_in_flight_limit);
  g_test_add_func ("/weather-options/rate-limit", test_rate_limit);
  g_test_add_func ("/weather-options/plan-and-spec", test_plan_and_spec);
  g_test_add_func ("/weather-options/spec-without-port", test_spec_without_port);
  g_test_add_func ("/weather-options/attribution", test_attribution);

  return g_test_run ();
}
