// SPDX-FileCopyrightText: 2026 The Speedup developers
// SPDX-License-Identifier: GPL-3.0-or-later

// The one C++ file of the tree, because simdjson is two orders of magnitude faster than the JSON
// libraries of C. Only calls that return error codes are used, and no exception leaves it.

#include "speedup-weather-parser.h"

#include <exception>
#include <memory>
#include <new>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "speedup-error.h"

namespace dom = simdjson::dom;
using namespace std::literals::string_view_literals;

static_assert (simdjson::SIMDJSON_PADDING <= SPEEDUP_WEATHER_PADDING,
               "simdjson reads further beyond the end of a body");

struct _SpeedupWeatherParser
{
  std::unique_ptr<dom::parser> parser;
};

namespace
{

// A parser that has seen an unusually large body is not kept.
constexpr gsize kept_bytes = 4 * 1024 * 1024;
constexpr gsize max_depth = 64;
constexpr gsize max_token_bytes = 1024;

// What is wrong with a body: the end of a sentence that begins with "The answer".
class Complaint
{
public:
  bool
  say (std::string words)
  {
    words_ = std::move (words);
    return false;
  }

  const std::string &
  words () const
  {
    return words_;
  }

private:
  std::string words_;
};

// The reason that a server gives, bounded and in one line.
std::string
quote (std::string_view text)
{
  std::string quoted = "“";

  if (text.size () > 200)
    {
      gsize end = 200;

      while (end > 0 && (static_cast<unsigned char> (text[end]) & 0xc0) == 0x80)
        end--;
      text = text.substr (0, end);
    }
  for (char c : text)
    quoted += static_cast<unsigned char> (c) < ' ' ? ' ' : c;

  return quoted + "”";
}

bool
fits (const dom::object &object, std::string_view key)
{
  return object[key].error () == simdjson::SUCCESS;
}

// A null is skipped and counted: stations fall silent.
bool
add_value (SpeedupWeatherReadings *readings, std::string_view id, const dom::element &value,
           Complaint &complaint)
{
  double number;

  if (value.get (number) != simdjson::SUCCESS)
    {
      if (!value.is_null ())
        return complaint.say ("has a value that is not a number");

      speedup_weather_readings_skip_null (readings);
      return true;
    }
  if (!speedup_weather_readings_add (readings, id.data (), id.size (), number))
    return complaint.say ("has an unusable station id, or too many stations");

  return true;
}

bool
begin_item (SpeedupWeatherReadings *readings, const dom::object &item, Complaint &complaint)
{
  std::string_view timestamp;

  if (item["timestamp"sv].get (timestamp) != simdjson::SUCCESS ||
      !speedup_weather_readings_begin_item (readings, timestamp.data (), timestamp.size (), 0))
    return complaint.say ("has an item without a usable time");

  return true;
}

bool
add_reading (SpeedupWeatherReadings *readings, const dom::element &element,
             std::string_view id_key, Complaint &complaint)
{
  dom::object reading;
  std::string_view id;
  dom::element value;
  bool has_id = false;
  bool has_value = false;

  if (element.get (reading) != simdjson::SUCCESS)
    return complaint.say ("has a reading that is no object");

  // There are 21,600 of these in a day: one walk through the object rather than two searches.
  for (dom::key_value_pair field : reading)
    {
      if (!has_id && field.key == id_key)
        has_id = field.value.get (id) == simdjson::SUCCESS;
      else if (!has_value && field.key == "value"sv)
        {
          value = field.value;
          has_value = true;
        }
    }

  if (!has_id || !has_value)
    return complaint.say ("has a reading without station or value");

  return add_value (readings, id, value, complaint);
}

// Items of both versions of data.gov.sg: a time and what each station measured then.
bool
add_items (SpeedupWeatherReadings *readings, const dom::array &items, std::string_view values_key,
           std::string_view id_key, Complaint &complaint)
{
  for (dom::element element : items)
    {
      dom::object item;
      dom::array values;

      if (element.get (item) != simdjson::SUCCESS)
        return complaint.say ("has an item that is no object");
      if (!begin_item (readings, item, complaint))
        return false;
      if (item[values_key].get (values) != simdjson::SUCCESS)
        return complaint.say ("has an item without readings");

      for (dom::element value : values)
        if (!add_reading (readings, value, id_key, complaint))
          return false;
    }

  return true;
}

// Stations are told first, so that their order is the source's. Their ids are matched within each
// answer alone: over the years they are reused and renamed.
bool
add_stations (SpeedupWeatherReadings *readings,
              const simdjson::simdjson_result<dom::element> &found,
              Complaint &complaint)
{
  dom::array stations;

  if (found.get (stations) != simdjson::SUCCESS)
    return true;

  for (dom::element station : stations)
    {
      std::string_view id;

      if (station["id"sv].get (id) == simdjson::SUCCESS &&
          !speedup_weather_readings_add_station (readings, id.data (), id.size ()))
        return complaint.say ("has an unusable station id, or too many stations");
    }

  return true;
}

bool
read_v1 (SpeedupWeatherReadings *readings, const dom::object &root, Complaint &complaint)
{
  dom::array items;

  if (root["items"sv].get (items) != simdjson::SUCCESS)
    return complaint.say ("has no list of “items”");

  return add_stations (readings, root["metadata"sv]["stations"sv], complaint) &&
         add_items (readings, items, "readings"sv, "station_id"sv, complaint);
}

bool
read_v2 (SpeedupWeatherReadings *readings, const dom::object &root, char **next_page,
         Complaint &complaint)
{
  int64_t code;
  std::string_view text;
  dom::array items;

  if (root["code"sv].get (code) != simdjson::SUCCESS)
    return complaint.say ("has no “code”");
  if (code != 0)
    {
      std::string words = "is an error, code " + std::to_string (code);

      if (root["errorMsg"sv].get (text) == simdjson::SUCCESS && !text.empty ())
        words += ": " + quote (text);
      return complaint.say (words);
    }
  if (root["data"sv]["readings"sv].get (items) != simdjson::SUCCESS)
    return complaint.say ("has no list of “readings”");
  if (!add_stations (readings, root["data"sv]["stations"sv], complaint) ||
      !add_items (readings, items, "data"sv, "stationId"sv, complaint))
    return false;

  if (root["data"sv]["paginationToken"sv].get (text) == simdjson::SUCCESS && !text.empty ())
    {
      if (text.size () > max_token_bytes || text.find ('\0') != std::string_view::npos)
        return complaint.say ("has an unusable “paginationToken”");
      *next_page = g_strndup (text.data (), text.size ());
    }

  return true;
}

// One grid point, named after its source.
bool
read_open_meteo (SpeedupWeatherReadings *readings, const dom::object &root, Complaint &complaint)
{
  dom::array times;
  dom::array values;
  int64_t offset_s = 0;
  bool failed;

  if (root["error"sv].get (failed) == simdjson::SUCCESS && failed)
    {
      std::string_view reason;

      if (root["reason"sv].get (reason) != simdjson::SUCCESS)
        return complaint.say ("is an error without a reason");
      return complaint.say ("is an error: " + quote (reason));
    }
  if (root["utc_offset_seconds"sv].get (offset_s) != simdjson::SUCCESS)
    offset_s = 0;
  if (offset_s < -86400 || offset_s > 86400)
    return complaint.say ("has an impossible offset from UTC");
  if (root["hourly"sv]["time"sv].get (times) != simdjson::SUCCESS ||
      root["hourly"sv]["temperature_2m"sv].get (values) != simdjson::SUCCESS)
    return complaint.say ("has no hourly “time” and “temperature_2m”");
  if (times.size () != values.size ())
    return complaint.say ("has a different number of times and of values");

  auto value = values.begin ();
  for (dom::element element : times)
    {
      std::string_view time;

      if (element.get (time) != simdjson::SUCCESS ||
          !speedup_weather_readings_begin_item (readings, time.data (), time.size (),
                                                static_cast<int> (offset_s)))
        return complaint.say ("has an item without a usable time");
      if (!add_value (readings, "open-meteo", *value, complaint))
        return false;
      ++value;
    }

  return true;
}

SpeedupWeatherShape
recognise (const dom::object &root)
{
  if (fits (root, "items"sv))
    return SPEEDUP_WEATHER_SHAPE_V1;
  if (fits (root, "code"sv))
    return SPEEDUP_WEATHER_SHAPE_V2;
  if (fits (root, "hourly"sv) || fits (root, "error"sv))
    return SPEEDUP_WEATHER_SHAPE_OPEN_METEO;

  return SPEEDUP_WEATHER_SHAPE_ANY;
}

bool
read_object (SpeedupWeatherReadings *readings, const dom::object &root, SpeedupWeatherShape shape,
             char **next_page, Complaint &complaint)
{
  switch (shape == SPEEDUP_WEATHER_SHAPE_ANY ? recognise (root) : shape)
    {
    case SPEEDUP_WEATHER_SHAPE_V1:
      return read_v1 (readings, root, complaint);
    case SPEEDUP_WEATHER_SHAPE_V2:
      return read_v2 (readings, root, next_page, complaint);
    case SPEEDUP_WEATHER_SHAPE_OPEN_METEO:
      return read_open_meteo (readings, root, complaint);
    case SPEEDUP_WEATHER_SHAPE_ANY:
    default:
      return complaint.say ("is JSON, but neither of data.gov.sg's nor of Open-Meteo's shape");
    }
}

bool
describe (simdjson::error_code code, Complaint &complaint)
{
  switch (code)
    {
    case simdjson::EMPTY:
      return complaint.say ("is empty");
    case simdjson::DEPTH_ERROR:
      return complaint.say ("is nested too deeply");
    case simdjson::MEMALLOC:
    case simdjson::CAPACITY:
      return complaint.say ("is too large");
    default:
      return complaint.say (std::string ("is not JSON, or ends early (") +
                            simdjson::error_message (code) + ")");
    }
}

bool
read_body (SpeedupWeatherParser *self, const char *body, gsize length, SpeedupWeatherShape shape,
           SpeedupWeatherReadings *readings, char **next_page, Complaint &complaint)
{
  dom::element document;
  dom::object root;

  if (self->parser == nullptr)
    {
      self->parser = std::make_unique<dom::parser> (SPEEDUP_WEATHER_MAX_BODY_BYTES);
      simdjson::error_code code = self->parser->allocate (MAX (length, 1024), max_depth);

      if (code != simdjson::SUCCESS)
        return describe (code, complaint);
    }

  simdjson::error_code code = self->parser->parse (body, length, false).get (document);
  if (code != simdjson::SUCCESS)
    return describe (code, complaint);
  if (document.get (root) != simdjson::SUCCESS)
    return complaint.say ("is JSON, but no object");
  if (!read_object (readings, root, shape, next_page, complaint))
    return false;
  if (speedup_weather_readings_get_n (readings) == 0)
    return complaint.say ("has no readings, as happens when the source has an outage; "
                          "try again later, or another date");

  return true;
}

} // namespace

extern "C" {

/**
 * speedup_weather_parser_new:
 *
 * Returns: (transfer full): a parser. It keeps its buffers from body to body; one thread at a time
 */
SpeedupWeatherParser *
speedup_weather_parser_new (void)
{
  return new (std::nothrow) _SpeedupWeatherParser;
}

void
speedup_weather_parser_free (SpeedupWeatherParser *self)
{
  delete self;
}

/**
 * speedup_weather_parser_read_body:
 * @self: a parser
 * @body: bytes of an answer, not trusted, followed by %SPEEDUP_WEATHER_PADDING readable bytes
 * @length: of @body without the padding
 * @shape: what is expected
 * @readings: what is read is added here; incomplete where it fails
 * @next_page: (out) (transfer full) (nullable): token of the page that follows (data.gov.sg v2)
 * @error: return location; %SPEEDUP_ERROR_BODY: the end of a sentence that begins with "The answer"
 *
 * Checks an answer and reads it. A body that leaves @readings without a single one is an error; a
 * later page may be empty.
 *
 * Returns: whether the body counts
 */
gboolean
speedup_weather_parser_read_body (SpeedupWeatherParser   *self,
                                  const char             *body,
                                  gsize                   length,
                                  SpeedupWeatherShape     shape,
                                  SpeedupWeatherReadings *readings,
                                  char                  **next_page,
                                  GError                **error)
{
  Complaint complaint;
  bool good = false;

  *next_page = nullptr;

  try
    {
      good = self != nullptr && length <= SPEEDUP_WEATHER_MAX_BODY_BYTES
               ? read_body (self, body, length, shape, readings, next_page, complaint)
               : complaint.say ("is too large");
      if (self != nullptr && length > kept_bytes)
        self->parser.reset ();
    }
  catch (const std::exception &)
    {
      good = false;
    }

  if (!good)
    {
      g_clear_pointer (next_page, g_free);
      g_set_error_literal (error, SPEEDUP_ERROR, SPEEDUP_ERROR_BODY,
                           complaint.words ().empty () ? "is too large"
                                                       : complaint.words ().c_str ());
    }

  return good;
}

/**
 * speedup_weather_parser_get_library_version:
 *
 * Returns: simdjson's version and the kernel it runs, "3.0.1 (haswell)"
 */
const char *
speedup_weather_parser_get_library_version (void)
{
  static const char *text;

  if (g_once_init_enter (&text))
    g_once_init_leave (&text, g_strdup_printf ("%d.%d.%d (%s)", simdjson::SIMDJSON_VERSION_MAJOR,
                                               simdjson::SIMDJSON_VERSION_MINOR,
                                               simdjson::SIMDJSON_VERSION_REVISION,
                                               simdjson::get_active_implementation ()->name ()
                                                 .c_str ()));

  return text;
}

}
