/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>
#include <string.h>

#include "speedup-error.h"
#include "speedup-weather-parser.h"

#define ANY  SPEEDUP_WEATHER_SHAPE_ANY
#define V1   SPEEDUP_WEATHER_SHAPE_V1
#define V2   SPEEDUP_WEATHER_SHAPE_V2
#define OPEN SPEEDUP_WEATHER_SHAPE_OPEN_METEO

/* An item of v1 at the first second of the day on which the tests play. */
#define ITEM(readings) \
  "{\"timestamp\":\"2020-07-23T00:00:00+08:00\",\"readings\":[" readings "]}"
#define AT(station, value) "{\"station_id\":\"" station "\",\"value\":" value "}"

typedef struct
{
  const char *name;
  SpeedupWeatherShape shape;
  const char *body;
  const char *expected;      /* readings as lines, and nulls; or what is wrong */
} Case;


/* Exactly as long as promised, so that valgrind sees a read beyond it. */
static char *
pad (const char *text,
     gsize       length)
{
  char *padded = g_malloc (length + SPEEDUP_WEATHER_PADDING);

  memcpy (padded, text, length);
  memset (padded + length, 0, SPEEDUP_WEATHER_PADDING);
  return padded;
}

static gboolean
parse_bytes (const char              *text,
             gsize                    length,
             SpeedupWeatherShape      shape,
             SpeedupWeatherReadings  *readings,
             char                   **next_page,
             GError                 **error)
{
  g_autoptr (SpeedupWeatherParser) parser = speedup_weather_parser_new ();
  g_autofree char *body = pad (text, length);

  return speedup_weather_parser_read_body (parser, body, length, shape, readings, next_page,
                                           error);
}

static void
list_reading_cb (gint64      timestamp,
                 const char *station,
                 double      value,
                 gpointer    data)
{
  g_string_append_printf (data, "%" G_GINT64_FORMAT " %s %.17g;", timestamp - 1595433600, station,
                          value);
}

static char *
list_output (GVariant *output)
{
  GString *list = g_string_new (NULL);

  g_assert_true (speedup_weather_output_foreach (output, list_reading_cb, list));
  return g_string_free (list, FALSE);
}

static gint64
get_n_nulls (GVariant *output)
{
  gint64 n;

  g_variant_get_child (output, 5, "x", &n);
  return n;
}

static void
test_good (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (SpeedupWeatherReadings) readings = speedup_weather_readings_new ();
  g_autoptr (GVariant) output = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *next_page = NULL;
  g_autofree char *list = NULL;
  g_autofree char *all = NULL;

  g_assert_true (parse_bytes (test->body, strlen (test->body), test->shape, readings, &next_page,
                              &error));
  g_assert_no_error (error);

  output = speedup_weather_readings_to_variant (readings, NULL);
  g_assert_cmpstr (g_variant_get_type_string (output), ==, SPEEDUP_WEATHER_OUTPUT_TYPE);
  list = list_output (output);
  all = g_strdup_printf ("%s%d nulls%s%s", list, (int) get_n_nulls (output),
                         next_page == NULL ? "" : ", then ", next_page == NULL ? "" : next_page);
  g_assert_cmpstr (all, ==, test->expected);
}

/* uncrustify takes strings after a macro for something else. */
/* *INDENT-OFF* */
static const Case good[] = {
  { "v1", V1, "{\"metadata\":{\"stations\":[{\"id\":\"S1\"},{\"id\":\"S2\"}]},\"items\":["
    ITEM (AT ("S1", "26.9") "," AT ("S2", "27")) "]}", "0 S1 26.899999999999999;0 S2 27;0 nulls" },
  { "recognised", ANY, "{\"items\":[" ITEM (AT ("S1", "27")) "]}", "0 S1 27;0 nulls" },
  { "null", V1, "{\"items\":[" ITEM (AT ("S1", "null") "," AT ("S2", "27")) "]}",
    "0 S2 27;1 nulls" },
  { "empty-readings-somewhere", V1, "{\"items\":[" ITEM ("") "," ITEM (AT ("S1", "1")) "]}",
    "0 S1 1;0 nulls" },
  { "unlisted-station", V1, "{\"metadata\":{\"stations\":[{\"id\":\"S1\",\"name\":\"Old\"}]},"
    "\"items\":[" ITEM (AT ("S9", "27") "," AT ("S1", "26")) "]}", "0 S1 26;0 S9 27;0 nulls" },
  { "other-order", V1, "{\"items\":[" ITEM (AT ("S1", "1") "," AT ("S2", "2")) ","
    ITEM (AT ("S2", "3") "," AT ("S1", "4")) "]}", "0 S1 1;0 S2 2;0 S1 4;0 S2 3;0 nulls" },
  { "twice-in-an-item", V1, "{\"items\":[" ITEM (AT ("S1", "1") "," AT ("S2", "2") ","
    AT ("S1", "3")) "]}", "0 S1 1;0 S2 2;0 S1 3;0 nulls" },
  { "twice-after-going-back", V1, "{\"items\":[" ITEM (AT ("A", "1") "," AT ("B", "2") ","
    AT ("A", "3") "," AT ("B", "4")) "]}", "0 A 1;0 B 2;0 A 3;0 B 4;0 nulls" },
  { "many-decimals", V1, "{\"items\":[" ITEM (AT ("S1", "26.123456789") "," AT ("S2", "1e300"))
    "]}", "0 S1 26.123456788999999;0 S2 1.0000000000000001e+300;0 nulls" },
  { "four-decimals", V1, "{\"items\":[" ITEM (AT ("S1", "-1.2345") "," AT ("S2", "3")) "]}",
    "0 S1 -1.2344999999999999;0 S2 3;0 nulls" },
  { "large-and-fine", V1, "{\"items\":[" ITEM (AT ("S1", "3000") "," AT ("S2", "0.01")) "]}",
    "0 S1 3000;0 S2 0.01;0 nulls" },
  { "minus-zero", V1, "{\"items\":[" ITEM (AT ("S1", "-0.0")) "]}", "0 S1 -0;0 nulls" },
  { "odd-times", V1, "{\"items\":["
    "{\"timestamp\":\"2020-07-22T16:00:01Z\",\"readings\":[" AT ("S1", "1") "]},"
    "{\"timestamp\":\"2020-07-23T00:00:02.250+08:00\",\"readings\":[" AT ("S1", "2") "]},"
    "{\"timestamp\":\"2020-07-23T01:30:03+09:30\",\"readings\":[" AT ("S1", "3") "]}]}",
    "1 S1 1;2 S1 2;3 S1 3;0 nulls" },
  { "descending", V1, "{\"items\":["
    "{\"timestamp\":\"2020-07-23T00:01:00+08:00\",\"readings\":[" AT ("S1", "2") "]},"
    "{\"timestamp\":\"2020-07-23T00:00:00+08:00\",\"readings\":[" AT ("S1", "1") "]}]}",
    "0 S1 1;60 S1 2;0 nulls" },
  { "v2", V2, "{\"code\":0,\"errorMsg\":\"\",\"data\":{\"stations\":[{\"id\":\"S1\",\"location\":"
    "{\"latitude\":1.3}}],\"readings\":[{\"timestamp\":\"2020-07-23T00:00:00+08:00\",\"data\":"
    "[{\"stationId\":\"S1\",\"value\":28.5}]}],\"paginationToken\":\"b2Zm\"}}",
    "0 S1 28.5;0 nulls, then b2Zm" },
  { "v2-label-location", ANY, "{\"code\":0,\"errorMsg\":null,\"data\":{\"stations\":[{\"id\":"
    "\"S1\",\"labelLocation\":{\"latitude\":1.3}}],\"readings\":[{\"timestamp\":"
    "\"2020-07-23T00:00:00+08:00\",\"data\":[{\"stationId\":\"S1\",\"value\":28.5}]}]}}",
    "0 S1 28.5;0 nulls" },
  { "open-meteo", OPEN, "{\"utc_offset_seconds\":28800,\"hourly\":{\"time\":"
    "[\"2020-07-23T00:00\",\"2020-07-23T01:00\",\"2020-07-23T02:00\"],"
    "\"temperature_2m\":[25.5,null,26]}}", "0 open-meteo 25.5;7200 open-meteo 26;1 nulls" },
};
/* *INDENT-ON* */

static void
test_bad (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (SpeedupWeatherReadings) readings = speedup_weather_readings_new ();
  g_autoptr (GError) error = NULL;
  char *next_page = NULL;

  g_assert_false (parse_bytes (test->body, strlen (test->body), test->shape, readings, &next_page,
                               &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_BODY);
  g_assert_null (next_page);
  if (strstr (error->message, test->expected) == NULL)
    g_error ("“%s” is not in “%s”", test->expected, error->message);
}

/* *INDENT-OFF* */
static const Case bad[] = {
  { "empty", ANY, "", "is empty" },
  { "not-json", ANY, "<html>", "is not JSON" },
  { "truncated", V1, "{\"items\":[" ITEM (AT ("S1", "26.9")), "ends early" },
  { "no-object", ANY, "[1,2]", "no object" },
  { "unknown", ANY, "{\"people\":[]}", "neither" },
  { "other-shape", V2, "{\"items\":[" ITEM (AT ("S1", "26.9")) "]}", "no “code”" },
  { "no-items", V1, "{\"items\":[],\"api_info\":{\"status\":\"healthy\"}}", "no readings" },
  { "empty-readings", V1, "{\"items\":[" ITEM ("") "]}", "no readings" },
  { "only-nulls", V1, "{\"items\":[" ITEM (AT ("S1", "null")) "]}", "no readings" },
  { "items-no-list", V1, "{\"items\":7}", "“items”" },
  { "item-no-object", V1, "{\"items\":[7]}", "no object" },
  { "no-time", V1, "{\"items\":[{\"readings\":[]}]}", "time" },
  { "bad-time", V1, "{\"items\":[{\"timestamp\":\"yesterday noon\",\"readings\":[]}]}", "time" },
  { "impossible-time", V1, "{\"items\":[{\"timestamp\":\"2020-02-30T00:00:00+08:00\","
    "\"readings\":[]}]}", "time" },
  { "impossible-hour", V1, "{\"items\":[{\"timestamp\":\"2020-02-20T24:00:00+08:00\","
    "\"readings\":[]}]}", "time" },
  { "no-readings-key", V1, "{\"items\":[{\"timestamp\":\"2020-07-23T00:00:00+08:00\"}]}",
    "without readings" },
  { "no-station", V1, "{\"items\":[" ITEM ("{\"value\":1}") "]}", "without station" },
  { "no-value", V1, "{\"items\":[" ITEM ("{\"station_id\":\"S1\"}") "]}", "or value" },
  { "reading-no-object", V1, "{\"items\":[" ITEM ("5") "]}", "no object" },
  { "text-value", V1, "{\"items\":[" ITEM (AT ("S1", "\"warm\"")) "]}", "not a number" },
  { "empty-station", V1, "{\"items\":[" ITEM (AT ("", "1")) "]}", "station id" },
  { "nul-station", V1, "{\"items\":[" ITEM (AT ("S\\u0000", "1")) "]}", "station id" },
  { "long-station", V1, "{\"items\":[" ITEM (AT (
      "0123456789012345678901234567890123456789012345678901234567890123456789", "1")) "]}",
    "station id" },
  { "v2-error", V2, "{\"code\":4,\"errorMsg\":\"Invalid\\ndate\",\"data\":null}",
    "code 4: “Invalid date”" },
  { "v2-no-data", V2, "{\"code\":0,\"errorMsg\":null,\"data\":null}", "“readings”" },
  { "open-meteo-error", OPEN, "{\"error\":true,\"reason\":\"Too late\"}", "“Too late”" },
  { "open-meteo-lengths", OPEN, "{\"hourly\":{\"time\":[\"2020-07-23T00:00\"],"
    "\"temperature_2m\":[]}}", "different number" },
  { "open-meteo-no-hourly", OPEN, "{\"daily\":{}}", "hourly" },
};
/* *INDENT-ON* */

/* Nested a hundred thousand deep, where it hurts a recursive reader. */
static void
test_deep (void)
{
  g_autoptr (SpeedupWeatherReadings) readings = speedup_weather_readings_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *body = g_strnfill (100000, '[');
  char *next_page;

  g_assert_false (parse_bytes (body, 100000, ANY, readings, &next_page, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_BODY);
}

static void
test_too_large (void)
{
  g_autoptr (SpeedupWeatherParser) parser = speedup_weather_parser_new ();
  g_autoptr (SpeedupWeatherReadings) readings = speedup_weather_readings_new ();
  g_autoptr (GError) error = NULL;
  char *next_page;

  /* Its bytes are not touched. */
  g_assert_false (speedup_weather_parser_read_body (parser, "", SPEEDUP_WEATHER_MAX_BODY_BYTES + 1,
                                                    ANY, readings, &next_page, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_BODY);
  g_assert_nonnull (strstr (error->message, "too large"));
}

static void
test_too_many_stations (void)
{
  g_autoptr (SpeedupWeatherReadings) readings = speedup_weather_readings_new ();
  g_autoptr (GString) body = g_string_new ("{\"items\":[");
  g_autoptr (GError) error = NULL;
  char *next_page;

  g_string_append (body, "{\"timestamp\":\"2020-07-23T00:00:00+08:00\",\"readings\":[");
  for (guint i = 0; i <= SPEEDUP_WEATHER_MAX_STATIONS; i++)
    g_string_append_printf (body, "%s{\"station_id\":\"S%u\",\"value\":1}", i == 0 ? "" : ",", i);
  g_string_append (body, "]}]}");

  g_assert_false (parse_bytes (body->str, body->len, V1, readings, &next_page, &error));
  g_assert_nonnull (strstr (error->message, "too many stations"));
}

/* Cut at every byte, and with every byte flipped: some of these still count, none may do harm. */
static void
test_damaged (void)
{
  const char *whole = "{\"metadata\":{\"stations\":[{\"id\":\"S1\"}]},\"items\":["
                      ITEM (AT ("S1", "26.9") "," AT ("S2", "null")) "]}";
  g_autoptr (SpeedupWeatherParser) parser = speedup_weather_parser_new ();
  gsize length = strlen (whole);

  for (gsize i = 0; i < length * 2; i++)
    {
      g_autoptr (SpeedupWeatherReadings) readings = speedup_weather_readings_new ();
      g_autofree char *body = pad (whole, i < length ? i : length);
      g_autofree char *next_page = NULL;
      g_autoptr (GError) error = NULL;
      gboolean counts;

      if (i >= length)
        body[i - length] ^= 0x11;
      counts = speedup_weather_parser_read_body (parser, body, i < length ? i : length, ANY,
                                                 readings, &next_page, &error);
      g_assert_true (counts == (error == NULL));
      g_assert_false (i < length && counts);
    }
}

/* One parser reads bodies of any size after one another, also after a bad one. */
static void
test_reuse (void)
{
  g_autoptr (SpeedupWeatherParser) parser = speedup_weather_parser_new ();

  for (guint n_items = 1; n_items <= 200000; n_items *= 20)
    {
      g_autoptr (SpeedupWeatherReadings) readings = speedup_weather_readings_new ();
      g_autoptr (SpeedupWeatherReadings) ignored = speedup_weather_readings_new ();
      g_autoptr (GString) text = g_string_new ("{\"items\":[");
      g_autofree char *body = NULL;
      g_autofree char *bad_body = pad ("{", 1);
      g_autofree char *next_page = NULL;
      g_autoptr (GError) error = NULL;

      for (guint i = 0; i < n_items; i++)
        g_string_append (text, i == 0 ? ITEM (AT ("S1", "1")) : "," ITEM (AT ("S1", "1")));
      g_string_append (text, "]}");
      body = pad (text->str, text->len);

      g_assert_false (speedup_weather_parser_read_body (parser, bad_body, 1, ANY, ignored,
                                                        &next_page, NULL));
      g_assert_true (speedup_weather_parser_read_body (parser, body, text->len, ANY, readings,
                                                       &next_page, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (speedup_weather_readings_get_n (readings), ==, n_items);
    }
}

/* The same readings in another order and in other words are the same bytes, and few of them. */
static void
test_deterministic (void)
{
  /* *INDENT-OFF* */
  static const char *const bodies[] = {
    "{\"metadata\":{\"stations\":[{\"id\":\"A\"},{\"id\":\"B\"}]},\"items\":["
    ITEM (AT ("A", "1.50") "," AT ("B", "2")) "]}",
    "{ \"items\": [" ITEM (AT ("B", "2.0") "," AT ("A", "15e-1")) "], \"metadata\": "
    "{\"stations\":[{\"id\":\"A\"},{\"id\":\"B\"}]} }",
  };
  /* *INDENT-ON* */
  g_autoptr (GVariant) first = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (SpeedupWeatherReadings) readings = speedup_weather_readings_new ();
      g_autoptr (GVariant) output = NULL;
      char *next_page;

      g_assert_true (parse_bytes (bodies[i], strlen (bodies[i]), V1, readings, &next_page, NULL));
      output = speedup_weather_readings_to_variant (readings, NULL);
      if (first == NULL)
        first = g_steal_pointer (&output);
      else
        g_assert_cmpmem (g_variant_get_data (first), g_variant_get_size (first),
                         g_variant_get_data (output), g_variant_get_size (output));
    }
}

static void
test_foreign_output (void)
{
  static const char *const texts[] = {
    "(@as ['A'], @ax [0, 1], byte 1, @an [1], @ad [], int64 0)",
    "(@as ['A'], @ax [0], byte 200, @an [1], @ad [], int64 0)",
    "uint32 7",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GVariant) output = g_variant_parse (NULL, texts[i], NULL, NULL, NULL);
      g_autoptr (GString) list = g_string_new (NULL);

      g_assert_nonnull (output);
      g_assert_false (speedup_weather_output_foreach (output, list_reading_cb, list));
      g_assert_null (speedup_weather_output_dup_raw (output));
      g_assert_cmpuint (list->len, ==, 0);
    }
}

static void
add_cases (const char    *name,
           const Case    *first,
           gsize          n_cases,
           GTestDataFunc  func)
{
  for (gsize i = 0; i < n_cases; i++)
    {
      g_autofree char *path = g_strdup_printf ("/weather-parser/%s/%s", name, first[i].name);

      g_test_add_data_func (path, &first[i], func);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_cases ("good", good, G_N_ELEMENTS (good), test_good);
  add_cases ("bad", bad, G_N_ELEMENTS (bad), test_bad);
  g_test_add_func ("/weather-parser/deep", test_deep);
  g_test_add_func ("/weather-parser/too-large", test_too_large);
  g_test_add_func ("/weather-parser/too-many-stations", test_too_many_stations);
  g_test_add_func ("/weather-parser/damaged", test_damaged);
  g_test_add_func ("/weather-parser/reuse", test_reuse);
  g_test_add_func ("/weather-parser/deterministic", test_deterministic);
  g_test_add_func ("/weather-parser/foreign-output", test_foreign_output);

  return g_test_run ();
}
