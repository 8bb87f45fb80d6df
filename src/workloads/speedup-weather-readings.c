/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-weather-readings.h"

#include <math.h>
#include <string.h>

/* The sources have one decimal. */
#define MIN_DECIMALS 1
#define MAX_DECIMALS 4

/* 15 stations in 1,440 minutes need 21,600. */
#define FIRST_READINGS 4096

/* "YYYY-MM-DDTHH:MM" and what follows: seconds, a fraction, an offset. */
#define DATE_BYTES 10
#define MAX_TIMESTAMP_BYTES 40

typedef struct
{
  double value;
  guint32 row;
  guint32 station;
} Reading;

/**
 * SpeedupWeatherReadings:
 *
 * The readings of one day, gathered from one answer or from the pages of one.
 */
struct _SpeedupWeatherReadings
{
  GArray *times;         /* gint64, one for each row */
  Reading *readings;
  guint n_readings;
  guint n_allocated;
  GPtrArray *stations;   /* ids */
  GArray *lengths;       /* gsize, of the ids */
  GHashTable *index;     /* id -> station + 1 */
  guint expected;        /* the station that most likely comes next */
  guint row_begin;       /* first reading of the row that is being filled */
  guint row_fresh;       /* from this station on, none has a reading in the row */
  gint64 n_nulls;

  /* Where a timestamp's day begins, kept because the next 1,439 have the same one. */
  char day[DATE_BYTES];
  char zone[MAX_TIMESTAMP_BYTES];
  gsize zone_length;
  int day_offset_s;
  gint64 day_begin;
};

static gboolean
two_digits (const char *text,
            guint       limit,
            guint      *number)
{
  if (!g_ascii_isdigit (text[0]) || !g_ascii_isdigit (text[1]))
    return FALSE;

  *number = (guint) (text[0] - '0') * 10 + (guint) (text[1] - '0');
  return *number < limit;
}

static gboolean
find_day_begin (SpeedupWeatherReadings *self,
                const char             *timestamp,
                const char             *zone,
                gsize                   zone_length,
                int                     utc_offset_s)
{
  g_autofree char *text = NULL;
  g_autoptr (GTimeZone) fallback = NULL;
  g_autoptr (GDateTime) begin = NULL;

  if (self->zone_length == zone_length && self->day_offset_s == utc_offset_s &&
      self->day[0] != '\0' && memcmp (self->day, timestamp, DATE_BYTES) == 0 &&
      memcmp (self->zone, zone, zone_length) == 0)
    return TRUE;

  text = g_strdup_printf ("%.*sT00:00:00%.*s", DATE_BYTES, timestamp, (int) zone_length, zone);
  fallback = g_time_zone_new_offset (utc_offset_s);
  begin = g_date_time_new_from_iso8601 (text, fallback);
  if (begin == NULL)
    return FALSE;

  memcpy (self->day, timestamp, DATE_BYTES);
  memcpy (self->zone, zone, zone_length);
  self->zone_length = zone_length;
  self->day_offset_s = utc_offset_s;
  self->day_begin = g_date_time_to_unix (begin);
  return TRUE;
}

/* g_date_time_new_from_iso8601() alone takes longer for the 1,440 timestamps of a day than simdjson
 * for its 830 KB, so it is asked once for each day and offset.
 */
static gboolean
parse_timestamp (SpeedupWeatherReadings *self,
                 const char             *timestamp,
                 gsize                   length,
                 int                     utc_offset_s,
                 gint64                 *unix_s)
{
  gsize at = DATE_BYTES + 6;
  guint hour;
  guint minute;
  guint second = 0;

  if (length < at || length > MAX_TIMESTAMP_BYTES ||
      (timestamp[DATE_BYTES] != 'T' && timestamp[DATE_BYTES] != ' ') ||
      timestamp[DATE_BYTES + 3] != ':' ||
      !two_digits (timestamp + DATE_BYTES + 1, 24, &hour) ||
      !two_digits (timestamp + DATE_BYTES + 4, 60, &minute))
    return FALSE;

  if (at + 3 <= length && timestamp[at] == ':')
    {
      if (!two_digits (timestamp + at + 1, 60, &second))
        return FALSE;
      at += 3;
    }

  if (at < length && timestamp[at] == '.')
    for (at++; at < length && g_ascii_isdigit (timestamp[at]);)
      at++;

  if (!find_day_begin (self, timestamp, timestamp + at, length - at, utc_offset_s))
    return FALSE;

  *unix_s = self->day_begin + hour * 3600 + minute * 60 + second;
  return TRUE;
}

static gboolean
find_station (SpeedupWeatherReadings *self,
              const char             *station,
              gsize                   length,
              guint                  *found)
{
  char id[SPEEDUP_WEATHER_MAX_STATION_BYTES + 1];
  gpointer known;

  /* Within an item the stations stand in the order of the item before. */
  if (self->expected < self->stations->len)
    {
      const char *next = g_ptr_array_index (self->stations, self->expected);

      if (length == g_array_index (self->lengths, gsize, self->expected) &&
          memcmp (next, station, length) == 0)
        {
          *found = self->expected++;
          return TRUE;
        }
    }

  if (length == 0 || length > SPEEDUP_WEATHER_MAX_STATION_BYTES ||
      memchr (station, '\0', length) != NULL)
    return FALSE;

  memcpy (id, station, length);
  id[length] = '\0';

  known = g_hash_table_lookup (self->index, id);
  if (known == NULL)
    {
      char *copy;

      if (self->stations->len == SPEEDUP_WEATHER_MAX_STATIONS)
        return FALSE;

      copy = g_strdup (id);
      g_ptr_array_add (self->stations, copy);
      g_array_append_val (self->lengths, length);
      known = GUINT_TO_POINTER (self->stations->len);
      g_hash_table_insert (self->index, copy, known);
    }

  *found = GPOINTER_TO_UINT (known) - 1;
  self->expected = *found + 1;
  return TRUE;
}

static gboolean
has_reading (SpeedupWeatherReadings *self,
             guint                   station)
{
  for (guint i = self->row_begin; i < self->n_readings; i++)
    if (self->readings[i].station == station)
      return TRUE;

  return FALSE;
}

static int
compare_rows (gconstpointer a,
              gconstpointer b,
              gpointer      data)
{
  const gint64 *times = data;
  guint32 row_a = *(const guint32 *) a;
  guint32 row_b = *(const guint32 *) b;

  if (times[row_a] != times[row_b])
    return times[row_a] < times[row_b] ? -1 : 1;

  return row_a < row_b ? -1 : row_a > row_b;
}

/* Makes the timestamps ascend; data.gov.sg v2 has the newest first. Rows of one time keep their
 * order. Returns where each row went.
 */
static guint32 *
sort_rows (SpeedupWeatherReadings *self,
           gint64                 *sorted)
{
  const gint64 *times = (const gint64 *) (gpointer) self->times->data;
  guint n = self->times->len;
  g_autofree guint32 *order = g_new (guint32, n);
  guint32 *place = g_new (guint32, n);
  gboolean ascending = TRUE;

  for (guint i = 0; i < n; i++)
    {
      order[i] = i;
      ascending &= i == 0 || times[i - 1] <= times[i];
    }

  if (!ascending)
    g_qsort_with_data (order, (int) n, sizeof *order, compare_rows, (gpointer) times);

  for (guint i = 0; i < n; i++)
    {
      place[order[i]] = i;
      sorted[i] = times[order[i]];
    }

  return place;
}

/* Whole units of 10^-decimals, or %G_MININT16 where the value is none or too large. Nothing is lost
 * where the division gives the very same double back; minus zero would come back as zero.
 */
static gint16
to_units (double value,
          double power)
{
  double scaled = value * power;
  gint32 units;

  if (!(fabs (scaled) < G_MAXINT16))
    return G_MININT16;

  units = (gint32) (scaled + (scaled < 0 ? -0.5 : 0.5));
  if (units / power != value || (units == 0 && signbit (value)))
    return G_MININT16;

  return (gint16) units;
}

static gboolean
fill_units (SpeedupWeatherReadings *self,
            const guint32          *place,
            gint16                 *cells,
            gsize                   n_cells,
            double                  power)
{
  for (gsize i = 0; i < n_cells; i++)
    cells[i] = G_MININT16;

  for (guint i = 0; i < self->n_readings; i++)
    {
      const Reading *reading = &self->readings[i];
      gint16 units = to_units (reading->value, power);

      if (units == G_MININT16)
        return FALSE;
      cells[(gsize) place[reading->row] * self->stations->len + reading->station] = units;
    }

  return TRUE;
}

/* With as few decimals as every value can be written in; %NULL where there is no such number. */
static GVariant *
fill_small (SpeedupWeatherReadings *self,
            const guint32          *place,
            gsize                   n_cells,
            guchar                 *decimals)
{
  g_autofree gint16 *cells = g_new (gint16, n_cells);
  double power = pow (10, MIN_DECIMALS);

  for (*decimals = MIN_DECIMALS; *decimals <= MAX_DECIMALS; (*decimals)++)
    {
      if (fill_units (self, place, cells, n_cells, power))
        return g_variant_new_fixed_array (G_VARIANT_TYPE_INT16, cells, n_cells, sizeof *cells);
      power *= 10;
    }

  *decimals = 0;
  return NULL;
}

static GVariant *
fill_full (SpeedupWeatherReadings *self,
           const guint32          *place,
           gsize                   n_cells)
{
  g_autofree double *cells = g_new (double, n_cells);

  for (gsize i = 0; i < n_cells; i++)
    cells[i] = NAN;
  for (guint i = 0; i < self->n_readings; i++)
    cells[(gsize) place[self->readings[i].row] * self->stations->len +
          self->readings[i].station] = self->readings[i].value;

  return g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, cells, n_cells, sizeof *cells);
}

SpeedupWeatherReadings *
speedup_weather_readings_new (void)
{
  SpeedupWeatherReadings *self = g_new0 (SpeedupWeatherReadings, 1);

  self->times = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->stations = g_ptr_array_new_with_free_func (g_free);
  self->lengths = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->index = g_hash_table_new (g_str_hash, g_str_equal);

  return self;
}

void
speedup_weather_readings_free (SpeedupWeatherReadings *self)
{
  g_array_unref (self->times);
  g_free (self->readings);
  g_array_unref (self->lengths);
  g_hash_table_unref (self->index);
  g_ptr_array_unref (self->stations);
  g_free (self);
}

/**
 * speedup_weather_readings_begin_item:
 * @self: readings
 * @timestamp: ISO 8601, "2018-06-13T21:20:00+08:00"; seconds and offset may be missing
 * @length: bytes of @timestamp
 * @utc_offset_s: what counts where @timestamp has no offset
 *
 * Returns: FALSE where @timestamp is none
 */
gboolean
speedup_weather_readings_begin_item (SpeedupWeatherReadings *self,
                                     const char             *timestamp,
                                     gsize                   length,
                                     int                     utc_offset_s)
{
  gint64 unix_s;

  if (!parse_timestamp (self, timestamp, length, utc_offset_s, &unix_s))
    return FALSE;

  g_array_append_val (self->times, unix_s);
  self->row_begin = self->n_readings;
  self->row_fresh = 0;
  self->expected = 0;
  return TRUE;
}

/**
 * speedup_weather_readings_add:
 * @self: readings, after speedup_weather_readings_begin_item()
 * @station: its id, any bytes
 * @length: bytes of @station
 * @value: degrees Celsius
 *
 * Adds a reading. A second one of a station in the same item gets a row of its own, so that none
 * is lost.
 *
 * Returns: FALSE where @station is no usable id, or where there are too many
 */
gboolean
speedup_weather_readings_add (SpeedupWeatherReadings *self,
                              const char             *station,
                              gsize                   length,
                              double                  value)
{
  Reading reading = { .value = value };

  g_assert (self->times->len > 0);

  if (!find_station (self, station, length, &reading.station))
    return FALSE;

  if (G_UNLIKELY (reading.station < self->row_fresh && has_reading (self, reading.station)))
    {
      gint64 time = g_array_index (self->times, gint64, self->times->len - 1);

      g_array_append_val (self->times, time);
      self->row_begin = self->n_readings;
      self->row_fresh = 0;
    }

  self->row_fresh = MAX (self->row_fresh, reading.station + 1);
  reading.row = self->times->len - 1;
  if (G_UNLIKELY (self->n_readings == self->n_allocated))
    {
      self->n_allocated = MAX (self->n_allocated * 2, FIRST_READINGS);
      self->readings = g_renew (Reading, self->readings, self->n_allocated);
    }
  self->readings[self->n_readings++] = reading;

  return (gsize) self->times->len * self->stations->len <= SPEEDUP_WEATHER_MAX_CELLS;
}

/**
 * speedup_weather_readings_add_station:
 * @self: readings
 * @station: its id, any bytes
 * @length: bytes of @station
 *
 * Tells a station before its readings, which makes them quicker to add.
 *
 * Returns: FALSE where @station is no usable id, or where there are too many
 */
gboolean
speedup_weather_readings_add_station (SpeedupWeatherReadings *self,
                                      const char             *station,
                                      gsize                   length)
{
  guint found;

  return find_station (self, station, length, &found);
}

void
speedup_weather_readings_skip_null (SpeedupWeatherReadings *self)
{
  self->n_nulls++;
}

/**
 * speedup_weather_readings_get_n:
 * @self: readings
 *
 * Returns: how many readings there are, nulls not counted
 */
guint
speedup_weather_readings_get_n (SpeedupWeatherReadings *self)
{
  return self->n_readings;
}

/**
 * speedup_weather_readings_to_variant:
 * @self: readings
 * @raw: (nullable): the bytes they were read from, to be kept with them
 *
 * Packs the readings small: a day is 55 KB rather than 390 KB as columns of single readings, and
 * hashing them costs in proportion. The same readings give the same bytes.
 *
 * Returns: (transfer full): %SPEEDUP_WEATHER_OUTPUT_TYPE, or %SPEEDUP_WEATHER_RAW_TYPE with @raw
 */
GVariant *
speedup_weather_readings_to_variant (SpeedupWeatherReadings *self,
                                     GBytes                 *raw)
{
  guint n = self->times->len;
  gsize n_cells = (gsize) n * self->stations->len;
  g_autofree gint64 *times = g_new (gint64, n);
  g_autofree guint32 *place = sort_rows (self, times);
  GVariant *children[6];
  GVariant *output;
  GVariant *small;
  guchar decimals;

  small = fill_small (self, place, n_cells, &decimals);

  children[0] = g_variant_new_strv ((const char *const *) self->stations->pdata,
                                    (gssize) self->stations->len);
  children[1] = g_variant_new_fixed_array (G_VARIANT_TYPE_INT64, times, n, sizeof *times);
  children[2] = g_variant_new_byte (decimals);
  children[3] = small != NULL ? small : g_variant_new_array (G_VARIANT_TYPE_INT16, NULL, 0);
  children[4] = small != NULL ? g_variant_new_array (G_VARIANT_TYPE_DOUBLE, NULL, 0)
                              : fill_full (self, place, n_cells);
  children[5] = g_variant_new_int64 (self->n_nulls);
  output = g_variant_new_tuple (children, G_N_ELEMENTS (children));

  if (raw != NULL)
    output = g_variant_new ("(v@ay)", output,
                            g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, raw, TRUE));

  return g_variant_ref_sink (output);
}

static GVariant *
dup_readings (GVariant *output)
{
  g_autoptr (GVariant) boxed = NULL;

  if (!g_variant_is_of_type (output, G_VARIANT_TYPE (SPEEDUP_WEATHER_RAW_TYPE)))
    return g_variant_ref (output);

  boxed = g_variant_get_child_value (output, 0);
  return g_variant_get_variant (boxed);
}

/**
 * speedup_weather_output_foreach:
 * @output: what a task made
 * @func: called for each reading
 * @data: for @func
 *
 * Reads the readings by time, and at one time by station in the order of the source.
 *
 * Returns: FALSE where @output is none
 */
gboolean
speedup_weather_output_foreach (GVariant                  *output,
                                SpeedupWeatherReadingFunc  func,
                                gpointer                   data)
{
  g_autoptr (GVariant) readings = dup_readings (output);
  g_autoptr (GVariant) times = NULL;
  g_autoptr (GVariant) small = NULL;
  g_autoptr (GVariant) full = NULL;
  g_autofree const char **stations = NULL;
  const gint64 *time;
  const gint16 *small_cells;
  const double *full_cells;
  gsize n_stations;
  gsize n_times;
  gsize n_small;
  gsize n_full;
  guchar decimals;
  double power;

  if (!g_variant_is_of_type (readings, G_VARIANT_TYPE (SPEEDUP_WEATHER_OUTPUT_TYPE)))
    return FALSE;

  g_variant_get (readings, "(^a&s@axy@an@adx)", &stations, &times, &decimals, &small, &full, NULL);
  n_stations = g_strv_length ((char **) stations);
  time = g_variant_get_fixed_array (times, &n_times, sizeof *time);
  small_cells = g_variant_get_fixed_array (small, &n_small, sizeof *small_cells);
  full_cells = g_variant_get_fixed_array (full, &n_full, sizeof *full_cells);
  if (MAX (n_small, n_full) != n_times * n_stations || decimals > MAX_DECIMALS)
    return FALSE;

  power = pow (10, decimals);
  for (gsize i = 0; i < n_times * n_stations; i++)
    {
      if (n_full > 0 ? isnan (full_cells[i]) : small_cells[i] == G_MININT16)
        continue;

      func (time[i / n_stations], stations[i % n_stations],
            n_full > 0 ? full_cells[i] : small_cells[i] / power, data);
    }

  return TRUE;
}

/**
 * speedup_weather_output_dup_raw:
 * @output: what a task made
 *
 * Returns: (transfer full) (nullable): the bytes of the answer, where they were kept
 */
GBytes *
speedup_weather_output_dup_raw (GVariant *output)
{
  g_autoptr (GVariant) raw = NULL;

  if (!g_variant_is_of_type (output, G_VARIANT_TYPE (SPEEDUP_WEATHER_RAW_TYPE)))
    return NULL;

  raw = g_variant_get_child_value (output, 1);
  return g_variant_get_data_as_bytes (raw);
}
