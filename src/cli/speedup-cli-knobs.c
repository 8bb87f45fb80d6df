/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "speedup-cli-knobs.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_LATENCY_S 60
#define MAX_SPREAD    3
#define MAX_LIMIT     100000

/**
 * speedup_cli_knobs_add_options:
 * @self: where the values go
 * @title: (nullable): heading in the help
 * @parser: where the options go
 */
void
speedup_cli_knobs_add_options (SpeedupCliKnobs  *self,
                               const char       *title,
                               SpeedupCliParser *parser)
{
  const GOptionEntry entries[] = {
    { "latency", 0, 0, G_OPTION_ARG_STRING, &self->latency,
      N_("How long it waits before it answers (20ms)"), N_("TIME") },
    { "latency-spread", 0, 0, G_OPTION_ARG_STRING, &self->latency_spread,
      N_("How much that varies: sigma of a log-normal distribution, up to 3 (0)"), N_("SIGMA") },
    { "bandwidth", 0, 0, G_OPTION_ARG_STRING, &self->bandwidth,
      N_("How fast it sends, all connections together, such as 1MB/s (no limit)"), N_("RATE") },
    { "concurrency-limit", 0, 0, G_OPTION_ARG_STRING, &self->concurrency_limit,
      N_("How many requests it works on at once (no limit)"), N_("N") },
    { "share-429", 0, 0, G_OPTION_ARG_STRING, &self->share_429,
      N_("Share of answers that say 'too many requests', such as 5% (0)"), N_("SHARE") },
    { "share-500", 0, 0, G_OPTION_ARG_STRING, &self->share_500,
      N_("Share of answers that are errors (0)"), N_("SHARE") },
    { "share-empty", 0, 0, G_OPTION_ARG_STRING, &self->share_empty,
      N_("Share of answers without readings (0)"), N_("SHARE") },
    { "share-cut-off", 0, 0, G_OPTION_ARG_STRING, &self->share_cut_off,
      N_("Share of answers that break off (0)"), N_("SHARE") },
    G_OPTION_ENTRY_NULL,
  };

  speedup_cli_parser_add (parser, title, entries);
}

/**
 * speedup_cli_knobs_clear:
 * @self: values to free
 */
void
speedup_cli_knobs_clear (SpeedupCliKnobs *self)
{
  g_free (self->latency);
  g_free (self->latency_spread);
  g_free (self->bandwidth);
  g_free (self->concurrency_limit);
  g_free (self->share_429);
  g_free (self->share_500);
  g_free (self->share_empty);
  g_free (self->share_cut_off);
}

/**
 * speedup_cli_take_number:
 * @option: "--days", whose name is also the key
 * @text: (nullable): what was given, if anything
 * @min: smallest allowed value
 * @max: largest allowed value
 * @options: where it goes
 * @error: return location
 *
 * Returns: whether it is absent or allowed
 */
gboolean
speedup_cli_take_number (const char    *option,
                         const char    *text,
                         guint64        min,
                         guint64        max,
                         GVariantDict  *options,
                         GError       **error)
{
  guint64 value;

  if (text == NULL)
    return TRUE;
  if (!speedup_cli_parse_number (option, text, min, max, &value, error))
    return FALSE;

  g_variant_dict_insert (options, option + strlen ("--"), "t", value);

  return TRUE;
}

/**
 * speedup_cli_take_duration:
 * @option: "--latency"
 * @text: (nullable): what was given, if anything
 * @min_s: smallest allowed value
 * @max_s: largest allowed value
 * @key: of the workload's option
 * @factor: units of that option in a second
 * @options: where it goes
 * @error: return location
 *
 * Returns: whether it is absent or allowed
 */
gboolean
speedup_cli_take_duration (const char    *option,
                           const char    *text,
                           double         min_s,
                           double         max_s,
                           const char    *key,
                           double         factor,
                           GVariantDict  *options,
                           GError       **error)
{
  double value_s;

  if (text == NULL)
    return TRUE;
  if (!speedup_cli_parse_duration (option, text, min_s, max_s, &value_s, error))
    return FALSE;

  g_variant_dict_insert (options, key, "d", value_s * factor);

  return TRUE;
}

static gboolean
take_share (const char    *option,
            const char    *text,
            double         max,
            GVariantDict  *options,
            GError       **error)
{
  double value;

  if (text == NULL)
    return TRUE;
  if (!speedup_cli_parse_share (option, text, max, &value, error))
    return FALSE;

  g_variant_dict_insert (options, option + strlen ("--"), "d", value);

  return TRUE;
}

/**
 * speedup_cli_knobs_check:
 * @self: values as given
 * @options: filled with those that were given, under the weather workload's keys
 * @error: return location
 *
 * Returns: whether all are allowed
 */
gboolean
speedup_cli_knobs_check (const SpeedupCliKnobs  *self,
                         GVariantDict           *options,
                         GError                **error)
{
  double bandwidth;

  if (!speedup_cli_take_duration ("--latency", self->latency, 0, MAX_LATENCY_S, "latency-ms", 1000,
                                  options, error) ||
      !take_share ("--latency-spread", self->latency_spread, MAX_SPREAD, options, error) ||
      !speedup_cli_take_number ("--concurrency-limit", self->concurrency_limit, 0, MAX_LIMIT,
                                options, error) ||
      !take_share ("--share-429", self->share_429, 1, options, error) ||
      !take_share ("--share-500", self->share_500, 1, options, error) ||
      !take_share ("--share-empty", self->share_empty, 1, options, error) ||
      !take_share ("--share-cut-off", self->share_cut_off, 1, options, error))
    return FALSE;

  if (self->bandwidth == NULL)
    return TRUE;
  if (!speedup_cli_parse_bandwidth ("--bandwidth", self->bandwidth, &bandwidth, error))
    return FALSE;
  g_variant_dict_insert (options, "bandwidth", "d", bandwidth);

  return TRUE;
}
