/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <unistd.h>

#include "speedup-cli-knobs.h"
#include "speedup-cli-terminal.h"
#include "speedup-helper.h"

/* What the server's own command line calls what a workload's option is called. */
static const struct
{
  const char *key;
  const char *option;
} names[] = {
  { "latency-ms", "--latency" },
  { "latency-spread", "--latency-spread" },
  { "bandwidth", "--bandwidth" },
  { "concurrency-limit", "--concurrency" },
  { "share-429", "--share-429" },
  { "share-500", "--share-500" },
  { "share-empty", "--share-empty" },
  { "share-cut-off", "--share-cut-off" },
};

static void
add_option (GStrvBuilder *builder,
            const char   *option,
            GVariant     *value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *argument = NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64))
    argument = g_strdup_printf ("%s=%" G_GUINT64_FORMAT, option, g_variant_get_uint64 (value));
  else
    argument = g_strconcat (option, "=",
                            g_ascii_dtostr (digits, sizeof digits, g_variant_get_double (value)),
                            NULL);

  g_strv_builder_add (builder, argument);
}

static GStrv
make_arguments (const char   *path,
                guint64       port,
                GVariantDict *options)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *port_option = g_strdup_printf ("--port=%" G_GUINT64_FORMAT, port);

  g_strv_builder_add (builder, path);
  g_strv_builder_add (builder, "--stand-alone");
  g_strv_builder_add (builder, port_option);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GVariant) value = g_variant_dict_lookup_value (options, names[i].key, NULL);

      if (value != NULL)
        add_option (builder, names[i].option, value);
    }

  return g_strv_builder_end (builder);
}

static SpeedupExit
become_server (const SpeedupCommand *command,
               guint64               port,
               GVariantDict         *options)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = speedup_find_helper ("speedup-weather-server", &error);
  g_auto (GStrv) arguments = NULL;
  int code;

  if (path == NULL)
    return speedup_cli_fail (command, error);

  arguments = make_arguments (path, port, options);
  execv (path, arguments);

  code = errno;
  g_set_error (&error, G_IO_ERROR, g_io_error_from_errno (code),
               _("'%s' cannot be started: %s."), path, g_strerror (code));

  return speedup_cli_fail (command, error);
}

/**
 * speedup_cli_weather_server:
 * @command: its row of the table
 * @args: (inout): command line
 *
 * `speedup-cli weather-server`: becomes the built-in server, which prints its address and serves
 * until a signal ends it.
 *
 * Returns: the exit code, where the server could not be started
 */
SpeedupExit
speedup_cli_weather_server (const SpeedupCommand *command,
                            GStrv                *args)
{
  g_autoptr (SpeedupCliParser) parser = speedup_cli_parser_new (command);
  g_auto (SpeedupCliKnobs) knobs = { NULL };
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *port_text = NULL;
  guint64 port = 0;
  gboolean helped = FALSE;
  const GOptionEntry entries[] = {
    { "port", 0, 0, G_OPTION_ARG_STRING, &port_text,
      N_("Listen on this port of 127.0.0.1; 0 takes any that is free (0)"), N_("N") },
    G_OPTION_ENTRY_NULL,
  };

  speedup_cli_parser_add (parser, NULL, entries);
  speedup_cli_knobs_add_options (&knobs, NULL, parser);
  if (!speedup_cli_parser_parse (parser, args, &helped, &error))
    return speedup_cli_fail (command, error);
  if (helped)
    return SPEEDUP_EXIT_DONE;

  if ((*args)[1] != NULL)
    g_set_error (&error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                 _("'%s' is an argument, but this command takes options only."), (*args)[1]);
  if (error != NULL ||
      (port_text != NULL &&
       !speedup_cli_parse_number ("--port", port_text, 0, 65535, &port, &error)) ||
      !speedup_cli_knobs_check (&knobs, &options, &error))
    return speedup_cli_fail (command, error);

  return become_server (command, port, &options);
}
