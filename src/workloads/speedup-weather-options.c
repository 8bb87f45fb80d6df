/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-weather-options.h"

#include <libsoup/soup.h>
#include <math.h>
#include <string.h>

#include "speedup-error.h"
#include "speedup-options.h"

#define BUILTIN_LAST_DATE "2020-07-23"

/* Late corrections change recent days, and Open-Meteo's archive lags by about five. */
#define LIVE_DELAY_DAYS 8

#define V1_URI      "https://api.data.gov.sg/v1/environment/air-temperature?date={date}"
#define BUILTIN_URI "http://127.0.0.1:%u/v1/environment/air-temperature?date={date}"
#define V2_URI      "https://api-open.data.gov.sg/v2/real-time/api/air-temperature?date={date}"
#define OPEN_METEO_URI \
  "https://archive-api.open-meteo.com/v1/archive?latitude=1.35&longitude=103.82" \
  "&start_date={date}&end_date={date}&hourly=temperature_2m&timezone=Asia%2FSingapore"

static const char *const source_names[] = {
  [SPEEDUP_WEATHER_BUILTIN] = "builtin",
  [SPEEDUP_WEATHER_DATA_GOV_SG] = "data.gov.sg",
  [SPEEDUP_WEATHER_DATA_GOV_SG_V2] = "data.gov.sg-v2",
  [SPEEDUP_WEATHER_OPEN_METEO] = "open-meteo",
};

typedef enum
{
  NUMBER,
  WHOLE,
  TEXT,
  FLAG,
} Kind;

typedef struct
{
  const char *key;
  Kind kind;
  gsize offset;
  double low;
  double high;
  double fallback;
  gboolean only_builtin;
} Key;

#define FIELD(name) G_STRUCT_OFFSET (SpeedupWeatherOptions, name)

/* Also the order in which they are written. */
static const Key keys[] = {
  { "source", TEXT, FIELD (source_text) },
  { "days", WHOLE, FIELD (days), 1, SPEEDUP_WEATHER_MAX_DAYS, 100 },
  { "last-date", TEXT, FIELD (last_date) },
  { "latency-ms", NUMBER, FIELD (latency_ms), 0, 60000, 20, TRUE },
  { "latency-spread", NUMBER, FIELD (latency_spread), 0, 3, 0, TRUE },
  { "bandwidth", NUMBER, FIELD (bandwidth), 0, 1e12, 0, TRUE },
  { "concurrency-limit", WHOLE, FIELD (concurrency_limit), 0, 100000, 0, TRUE },
  { "share-429", NUMBER, FIELD (share_429), 0, 1, 0, TRUE },
  { "share-500", NUMBER, FIELD (share_500), 0, 1, 0, TRUE },
  { "share-empty", NUMBER, FIELD (share_empty), 0, 1, 0, TRUE },
  { "share-cut-off", NUMBER, FIELD (share_cut_off), 0, 1, 0, TRUE },
  { "max-in-flight", WHOLE, FIELD (max_in_flight), 0, 100000, 0 },
  { "request-timeout-s", NUMBER, FIELD (request_timeout_s), 0.1, 3600, 30 },
  { "attempts", WHOLE, FIELD (attempts), 1, 5, 5 },
  { "back-off-s", NUMBER, FIELD (back_off_s), 0.001, 10, 1 },
  { "api-key", TEXT, FIELD (api_key) },
  { "keep-raw", FLAG, FIELD (keep_raw) },
  { "port", WHOLE, FIELD (port), 0, 65535, 0 },
};

static gboolean
read_key (SpeedupWeatherOptions  *self,
          const Key              *key,
          GVariant               *options,
          GError                **error)
{
  gpointer field = G_STRUCT_MEMBER_P (self, key->offset);

  switch (key->kind)
    {
    case WHOLE:
      return speedup_options_read_uint (options, key->key, (guint) key->low, (guint) key->high,
                                        field, error);
    case NUMBER:
      return speedup_options_read_double (options, key->key, key->low, key->high, field, error);
    case FLAG:
      return speedup_options_read_boolean (options, key->key, field, error);
    case TEXT:
    default:
      return speedup_options_read_string (options, key->key, field, error);
    }
}

static gboolean
read_keys (SpeedupWeatherOptions  *self,
           GVariant               *options,
           GError                **error)
{
  const char *known[G_N_ELEMENTS (keys) + 1] = { NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    known[i] = keys[i].key;
  if (!speedup_options_check_keys (options, known, error))
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (!read_key (self, &keys[i], options, error))
      return FALSE;

  return TRUE;
}

static void
set_fallbacks (SpeedupWeatherOptions *self)
{
  self->source_text = g_strdup (source_names[SPEEDUP_WEATHER_BUILTIN]);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      if (keys[i].kind == WHOLE)
        G_STRUCT_MEMBER (guint, self, keys[i].offset) = (guint) keys[i].fallback;
      else if (keys[i].kind == NUMBER)
        G_STRUCT_MEMBER (double, self, keys[i].offset) = keys[i].fallback;
    }
}

static gboolean
check_template (const char  *template,
                GError     **error)
{
  g_autoptr (GString) example = g_string_new (template);
  g_autoptr (GUri) uri = NULL;

  if (strstr (template, "{date}") == NULL)
    {
      g_autofree char *known = g_strjoinv (", ", (char *[]) {
      (char *) source_names[0], (char *) source_names[1], (char *) source_names[2],
      (char *) source_names[3], NULL
    });

      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
                   "There is no weather source “%s”; there are: %s, and any address with “{date}” "
                   "in it.", template, known);
      return FALSE;
    }

  g_string_replace (example, "{date}", BUILTIN_LAST_DATE, 0);
  uri = g_uri_parse (example->str, SOUP_HTTP_URI_FLAGS, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || g_uri_get_host (uri)[0] == '\0' ||
      (!g_str_equal (g_uri_get_scheme (uri), "http") &&
       !g_str_equal (g_uri_get_scheme (uri), "https")))
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
                   "The weather source “%s” is no address; write it like "
                   "https://example.org/weather?date={date}.", template);
      return FALSE;
    }

  return TRUE;
}

static gboolean
find_source (SpeedupWeatherOptions  *self,
             GError                **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (source_names); i++)
    if (g_str_equal (source_names[i], self->source_text))
      {
        self->source = (SpeedupWeatherSource) i;
        return TRUE;
      }

  self->source = SPEEDUP_WEATHER_TEMPLATE;
  return check_template (self->source_text, error);
}

static guint
read_digits (const char *text,
             guint       n_digits)
{
  guint number = 0;

  for (guint i = 0; i < n_digits; i++)
    number = number * 10 + (guint) g_ascii_digit_value (text[i]);

  return number;
}

/* g_date_set_parse() guesses by the rules of the locale, so the digits are read here. */
static gboolean
parse_date (const char *text,
            GDate      *date)
{
  static const char pattern[] = "dddd-dd-dd";
  guint year;
  guint month;
  guint day;

  if (strlen (text) != strlen (pattern))
    return FALSE;

  for (gsize i = 0; pattern[i] != '\0'; i++)
    if (pattern[i] == 'd' ? !g_ascii_isdigit (text[i]) : text[i] != pattern[i])
      return FALSE;

  year = read_digits (text, 4);
  month = read_digits (text + 5, 2);
  day = read_digits (text + 8, 2);
  if (!g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year))
    return FALSE;

  g_date_clear (date, 1);
  g_date_set_dmy (date, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
  return TRUE;
}

static char *
dup_default_last_date (SpeedupWeatherSource source)
{
  g_autoptr (GTimeZone) singapore = NULL;
  g_autoptr (GDateTime) now = NULL;
  g_autoptr (GDateTime) last = NULL;

  if (source == SPEEDUP_WEATHER_BUILTIN)
    return g_strdup (BUILTIN_LAST_DATE);

  singapore = g_time_zone_new_offset (8 * 3600);
  now = g_date_time_new_now (singapore);
  last = g_date_time_add_days (now, -LIVE_DELAY_DAYS);
  return g_date_time_format (last, "%Y-%m-%d");
}

static gboolean
find_dates (SpeedupWeatherOptions  *self,
            GError                **error)
{
  if (self->last_date == NULL)
    self->last_date = dup_default_last_date (self->source);

  if (!parse_date (self->last_date, &self->last))
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
                   "The last date “%s” is no date; write it like 2020-07-23.", self->last_date);
      return FALSE;
    }

  if (g_date_get_julian (&self->last) < self->days)
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
                   "There are no %u days up to %s; ask for fewer.", self->days, self->last_date);
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_shares (const SpeedupWeatherOptions  *self,
              GError                      **error)
{
  double sum = self->share_429 + self->share_500 + self->share_empty + self->share_cut_off;

  if (sum <= 1.0)
    return TRUE;

  g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
               "The shares of faulty answers add up to %g; they must not exceed 1.", sum);
  return FALSE;
}

/* A slice that takes longer than can be counted would be no limit at all. */
static gboolean
check_bandwidth (const SpeedupWeatherOptions  *self,
                 GError                      **error)
{
  if (self->bandwidth == 0 || self->bandwidth >= 1)
    return TRUE;

  g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
               "The bandwidth is %g bytes a second; it must be at least 1, or 0 for no limit.",
               self->bandwidth);
  return FALSE;
}

static gboolean
check_api_key (const SpeedupWeatherOptions  *self,
               GError                      **error)
{
  if (self->api_key == NULL)
    return TRUE;

  /* It becomes a header, where a line break would begin another one. */
  for (const char *c = self->api_key; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c))
      {
        g_set_error_literal (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
                             "The API key has a character that is no letter, digit or sign.");
        return FALSE;
      }

  return TRUE;
}

/**
 * speedup_weather_options_new:
 * @options: a{sv}
 * @error: return location; %SPEEDUP_ERROR_INVALID_ARGUMENT
 *
 * Checks options and fills in what is missing.
 *
 * Returns: (transfer full): the options
 */
SpeedupWeatherOptions *
speedup_weather_options_new (GVariant  *options,
                             GError   **error)
{
  g_autoptr (SpeedupWeatherOptions) self = g_new0 (SpeedupWeatherOptions, 1);

  set_fallbacks (self);

  if (!g_variant_is_of_type (options, G_VARIANT_TYPE_VARDICT))
    {
      g_set_error_literal (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
                           "The options of the weather are no list of names and values.");
      return NULL;
    }

  if (!read_keys (self, options, error))
    return NULL;

  if (!find_source (self, error) || !find_dates (self, error) || !check_shares (self, error) ||
      !check_bandwidth (self, error) || !check_api_key (self, error))
    return NULL;

  if (speedup_weather_options_is_live (self) &&
      !g_variant_lookup (options, "max-in-flight", "*", NULL))
    self->max_in_flight = self->source == SPEEDUP_WEATHER_OPEN_METEO
                            ? SPEEDUP_WEATHER_OPEN_METEO_IN_FLIGHT
                            : SPEEDUP_WEATHER_LIVE_IN_FLIGHT;

  return g_steal_pointer (&self);
}

void
speedup_weather_options_free (SpeedupWeatherOptions *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i].kind == TEXT)
      g_free (G_STRUCT_MEMBER (char *, self, keys[i].offset));

  g_free (self);
}

/**
 * speedup_weather_options_to_variant:
 * @self: options
 * @for_worker: whether for a worker process, with the key of the user and the port; else for a
 *   plan, which is saved and shown
 *
 * Returns: (transfer full): a{sv} that makes the same options again
 */
GVariant *
speedup_weather_options_to_variant (const SpeedupWeatherOptions *self,
                                    gboolean                     for_worker)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      const Key *key = &keys[i];
      GVariant *value = NULL;

      if (key->only_builtin && self->source != SPEEDUP_WEATHER_BUILTIN)
        continue;
      if (!for_worker && (g_str_equal (key->key, "api-key") || g_str_equal (key->key, "port")))
        continue;

      if (key->kind == WHOLE)
        value = g_variant_new_uint32 (G_STRUCT_MEMBER (guint, self, key->offset));
      else if (key->kind == NUMBER)
        value = g_variant_new_double (G_STRUCT_MEMBER (double, self, key->offset));
      else if (key->kind == FLAG)
        value = g_variant_new_boolean (G_STRUCT_MEMBER (gboolean, self, key->offset));
      else if (G_STRUCT_MEMBER (char *, self, key->offset) != NULL)
        value = g_variant_new_string (G_STRUCT_MEMBER (char *, self, key->offset));

      if (value != NULL)
        g_variant_builder_add (&builder, "{sv}", key->key, value);
    }

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/**
 * speedup_weather_options_get_shape:
 * @self: options
 *
 * Returns: what the source's answers look like
 */
SpeedupWeatherShape
speedup_weather_options_get_shape (const SpeedupWeatherOptions *self)
{
  switch (self->source)
    {
    case SPEEDUP_WEATHER_BUILTIN:
    case SPEEDUP_WEATHER_DATA_GOV_SG:
      return SPEEDUP_WEATHER_SHAPE_V1;
    case SPEEDUP_WEATHER_DATA_GOV_SG_V2:
      return SPEEDUP_WEATHER_SHAPE_V2;
    case SPEEDUP_WEATHER_OPEN_METEO:
      return SPEEDUP_WEATHER_SHAPE_OPEN_METEO;
    case SPEEDUP_WEATHER_TEMPLATE:
    default:
      return SPEEDUP_WEATHER_SHAPE_ANY;
    }
}

/**
 * speedup_weather_options_is_live:
 * @self: options
 *
 * Returns: whether somebody else's machine answers, which wants politeness
 */
gboolean
speedup_weather_options_is_live (const SpeedupWeatherOptions *self)
{
  g_autofree char *text = NULL;
  g_autoptr (GUri) uri = NULL;

  if (self->source == SPEEDUP_WEATHER_BUILTIN)
    return FALSE;
  if (self->source != SPEEDUP_WEATHER_TEMPLATE)
    return TRUE;

  text = speedup_weather_options_dup_uri (self, 0, NULL);
  uri = g_uri_parse (text, SOUP_HTTP_URI_FLAGS, NULL);
  return uri == NULL || !speedup_weather_is_loopback (g_uri_get_host (uri));
}

/**
 * speedup_weather_is_loopback:
 * @host: of an address
 *
 * Returns: whether @host is this machine
 */
gboolean
speedup_weather_is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);

  return g_ascii_strcasecmp (host, "localhost") == 0;
}

/**
 * speedup_weather_options_dup_date:
 * @self: options
 * @task: index, 0 for the first day
 *
 * Returns: (transfer full): "2020-04-15"
 */
char *
speedup_weather_options_dup_date (const SpeedupWeatherOptions *self,
                                  guint                        task)
{
  GDate date = self->last;

  g_assert (task < self->days);

  g_date_subtract_days (&date, self->days - 1 - task);
  return g_strdup_printf ("%04u-%02u-%02u", g_date_get_year (&date), g_date_get_month (&date),
                          g_date_get_day (&date));
}

/**
 * speedup_weather_options_dup_uri:
 * @self: options
 * @task: index
 * @next_page: (nullable): token of a page of data.gov.sg v2
 *
 * Returns: (transfer full): the address of a day
 */
char *
speedup_weather_options_dup_uri (const SpeedupWeatherOptions *self,
                                 guint                        task,
                                 const char                  *next_page)
{
  g_autofree char *date = speedup_weather_options_dup_date (self, task);
  g_autoptr (GString) uri = g_string_new (NULL);

  switch (self->source)
    {
    case SPEEDUP_WEATHER_BUILTIN:
      g_string_printf (uri, BUILTIN_URI, self->port);
      break;
    case SPEEDUP_WEATHER_DATA_GOV_SG:
      g_string_assign (uri, V1_URI);
      break;
    case SPEEDUP_WEATHER_DATA_GOV_SG_V2:
      g_string_assign (uri, V2_URI);
      break;
    case SPEEDUP_WEATHER_OPEN_METEO:
      g_string_assign (uri, OPEN_METEO_URI);
      break;
    case SPEEDUP_WEATHER_TEMPLATE:
    default:
      g_string_assign (uri, self->source_text);
      break;
    }

  g_string_replace (uri, "{date}", date, 0);
  if (next_page != NULL)
    {
      g_string_append (uri, strchr (uri->str, '?') == NULL ? "?" : "&");
      g_string_append (uri, "paginationToken=");
      g_string_append_uri_escaped (uri, next_page, NULL, FALSE);
    }

  return g_string_free (g_steal_pointer (&uri), FALSE);
}
