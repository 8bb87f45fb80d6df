/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-weather-day.h"

#include <math.h>
#include <string.h>

#define MINUTES_A_DAY 1440
#define N_STATIONS    15

/* A reading is 36 bytes, an item 60 more; some room for the stations. */
#define EXPECTED_BYTES (MINUTES_A_DAY * (N_STATIONS * 36 + 64) + 4096)

/* One minute in so many, a station is silent, as in the real data. */
#define SILENT_ONE_IN 40

typedef struct
{
  const char *id;
  const char *name;
  const char *latitude;
  const char *longitude;
  double warmth;         /* against the island's mean, degrees Celsius */
  double swing;          /* of the daily curve */
} Station;

/* Real stations of the service that this server stands in for, at their places; what they measure
 * is made up.
 */
static const Station stations[N_STATIONS] = {
  { "S109", "Ang Mo Kio Avenue 5", "1.3764", "103.8492", 0.1, 1.00 },
  { "S117", "Banyan Road", "1.256", "103.679", 0.4, 0.70 },
  { "S50", "Clementi Road", "1.3337", "103.7768", -0.2, 1.05 },
  { "S107", "East Coast Parkway", "1.3135", "103.9625", 0.6, 0.65 },
  { "S43", "Kim Chuan Road", "1.3399", "103.8878", 0.2, 0.95 },
  { "S108", "Marina Gardens Drive", "1.2799", "103.8703", 0.5, 0.80 },
  { "S44", "Nanyang Avenue", "1.34583", "103.68166", -0.3, 1.15 },
  { "S121", "Old Choa Chu Kang Road", "1.37288", "103.72244", -0.4, 1.20 },
  { "S111", "Scotts Road", "1.31055", "103.8365", 0.3, 0.90 },
  { "S60", "Sentosa", "1.25", "103.8279", 0.4, 0.70 },
  { "S115", "Tuas South Avenue 3", "1.29377", "103.61843", 0.3, 0.85 },
  { "S24", "Upper Changi Road North", "1.3678", "103.9826", 0.0, 0.90 },
  { "S116", "West Coast Highway", "1.281", "103.754", 0.2, 0.80 },
  { "S104", "Woodlands Avenue 9", "1.44387", "103.78538", -0.1, 1.10 },
  { "S100", "Woodlands Road", "1.4172", "103.74855", -0.3, 1.15 },
};

static void
append_stations (GString *body)
{
  g_string_append (body, "{\"metadata\":{\"stations\":[");

  for (guint i = 0; i < N_STATIONS; i++)
    g_string_append_printf (body,
                            "%s{\"id\":\"%s\",\"device_id\":\"%s\",\"name\":\"%s\","
                            "\"location\":{\"latitude\":%s,\"longitude\":%s}}",
                            i == 0 ? "" : ",", stations[i].id, stations[i].id, stations[i].name,
                            stations[i].latitude, stations[i].longitude);

  g_string_append (body, "],\"reading_type\":\"DBT 1M F\",\"reading_unit\":\"deg C\"},\"items\":[");
}

/* Tenths of a degree, as JSON writes them: 26.9, and 27 without a fraction. */
static void
append_tenths (GString *body,
               int      tenths)
{
  char text[4];
  gssize length = 2;

  text[0] = (char) ('0' + tenths / 100);
  text[1] = (char) ('0' + tenths / 10 % 10);
  if (tenths % 10 != 0)
    {
      text[2] = '.';
      text[3] = (char) ('0' + tenths % 10);
      length = 4;
    }

  g_string_append_len (body, text, length);
}

/* Coolest at six, warmest at two in the afternoon, when the sun has done its work. */
static void
fill_curve (double *curve)
{
  for (guint minute = 0; minute < MINUTES_A_DAY; minute++)
    {
      double hour = minute / 60.0;
      double phase = hour < 6 ? (hour + 10) / 16 : hour < 14 ? (hour - 6) / 8 : (hour - 14) / 16;

      curve[minute] = hour >= 6 && hour < 14 ? -cos (G_PI * phase) : cos (G_PI * phase);
    }
}

/**
 * speedup_weather_day_new:
 * @date: any valid day
 *
 * Writes a day of air temperature as data.gov.sg's version 1 does: 1,440 items, 15 stations, about
 * 830 KB. A day is always the same.
 *
 * Returns: (transfer full): the body of the answer
 */
GBytes *
speedup_weather_day_new (const GDate *date)
{
  GString *body = g_string_sized_new (EXPECTED_BYTES);
  g_autoptr (GRand) chance = g_rand_new_with_seed (g_date_get_julian (date));
  double curve[MINUTES_A_DAY];
  double drift[N_STATIONS] = { 0 };
  double mean = 26.6 + g_rand_double (chance) * 1.6;
  double swing = 2.2 + g_rand_double (chance) * 1.6;
  char stamp[32];

  fill_curve (curve);
  g_snprintf (stamp, sizeof stamp, "%04d-%02d-%02dT00:00:00+08:00", g_date_get_year (date),
              g_date_get_month (date), g_date_get_day (date));
  append_stations (body);

  for (guint minute = 0; minute < MINUTES_A_DAY; minute++)
    {
      gboolean first = TRUE;

      stamp[11] = (char) ('0' + minute / 600);
      stamp[12] = (char) ('0' + minute / 60 % 10);
      stamp[14] = (char) ('0' + minute % 60 / 10);
      stamp[15] = (char) ('0' + minute % 10);
      g_string_append (body, minute == 0 ? "{\"timestamp\":\"" : ",{\"timestamp\":\"");
      g_string_append_len (body, stamp, 25);
      g_string_append (body, "\",\"readings\":[");

      for (guint i = 0; i < N_STATIONS; i++)
        {
          guint32 draw = g_rand_int (chance);
          double value;

          /* A slow walk that comes back, so that the minutes hang together. */
          drift[i] = drift[i] * 0.995 + ((draw & 0xffff) / 65535.0 - 0.5) * 0.2;
          value = mean + stations[i].warmth + swing * stations[i].swing * curve[minute] + drift[i];
          if ((draw >> 16) % SILENT_ONE_IN == 0)
            continue;

          g_string_append (body, first ? "{\"station_id\":\"" : ",{\"station_id\":\"");
          g_string_append (body, stations[i].id);
          g_string_append (body, "\",\"value\":");
          append_tenths (body, CLAMP ((int) lround (value * 10), 100, 499));
          g_string_append_c (body, '}');
          first = FALSE;
        }

      g_string_append (body, "]}");
    }

  g_string_append (body, "],\"api_info\":{\"status\":\"healthy\"}}");
  return g_string_free_to_bytes (body);
}
