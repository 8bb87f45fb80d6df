/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#include "speedup-cli-options.h"
#include "speedup-cli-terminal.h"

static const SpeedupCommand commands[] = {
  { "run weather", NULL, N_("Measure downloading and reading days of weather"),
    speedup_cli_run_weather },
  { "run resize", N_("[FILE…]"), N_("Measure resizing pictures"), speedup_cli_run_resize },
  { "show", "FILE", N_("Print a result"), speedup_cli_show },
  { "chart", "FILE", N_("Draw a chart of a result"), speedup_cli_chart },
  { "resume", "FILE", N_("Go on with a measurement that was interrupted"), speedup_cli_resume },
  { "sample-images", "DIR", N_("Make X-ray-like pictures to try resizing with"),
    speedup_cli_sample_images },
  { "weather-server", NULL, N_("Serve weather on this computer, for any client to try"),
    speedup_cli_weather_server },
};

static SpeedupExit
print_and_end (const char *text)
{
  g_autoptr (GError) error = NULL;

  return speedup_cli_print (text, &error) ? SPEEDUP_EXIT_DONE : speedup_cli_fail (NULL, error);
}

static SpeedupExit
show_help (void)
{
  g_autoptr (GString) help = g_string_new (NULL);

  g_string_append (help, _("Usage:\n  speedup-cli COMMAND [OPTION…]\n\n"));
  g_string_append (help, _("Measures how much faster work gets with more workers.\n\nCommands:\n"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (help, "  %-16s %s\n", commands[i].name, _(commands[i].summary));
  g_string_append (help, _("\nOptions:\n"
                           "  --help           Show this help; after a command, its options\n"
                           "  --version        Show the version\n"));

  return print_and_end (help->str);
}

static SpeedupExit
fail_unknown_command (const char *given,
                      gboolean    is_run)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *closest = NULL;
  g_autofree char *all = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      if (!is_run || g_str_has_prefix (commands[i].name, "run "))
        g_ptr_array_add (names, (gpointer) commands[i].name);
    }
  g_ptr_array_add (names, NULL);

  closest = speedup_cli_closest (given, (const char *const *) names->pdata);
  all = g_strjoinv (", ", (GStrv) names->pdata);
  if (closest != NULL)
    g_set_error (&error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                 _("There is no command '%s', did you mean '%s'? There are %s."),
                 given, closest, all);
  else
    g_set_error (&error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                 _("There is no command '%s'; there are %s."), given, all);

  return speedup_cli_fail (NULL, error);
}

static SpeedupExit
run_command (const SpeedupCommand *command,
             GStrv                 args,
             guint                 n_words)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) rest = NULL;
  g_autofree char *full_name = NULL;
  SpeedupCommand translated = *command;

  /* The help's usage line begins with the program's name. */
  full_name = g_strconcat ("speedup-cli ", command->name, NULL);
  g_set_prgname (full_name);
  g_strv_builder_add (builder, full_name);
  g_strv_builder_addv (builder, (const char **) args + 1 + n_words);
  rest = g_strv_builder_end (builder);

  translated.summary = _(command->summary);
  translated.arguments = command->arguments != NULL ? _(command->arguments) : NULL;

  return command->run (&translated, &rest);
}

static SpeedupExit
dispatch (GStrv args)
{
  g_autofree char *two_words = NULL;
  gboolean is_run;

  if (args[1] == NULL)
    {
      show_help ();
      return SPEEDUP_EXIT_USAGE;
    }
  if (strcmp (args[1], "--help") == 0 || strcmp (args[1], "-h") == 0)
    return show_help ();
  if (strcmp (args[1], "--version") == 0)
    return print_and_end ("speedup-cli " SPEEDUP_VERSION "\n");

  is_run = strcmp (args[1], "run") == 0;
  if (is_run && args[2] != NULL && (strcmp (args[2], "--help") == 0 || strcmp (args[2], "-h") == 0))
    return show_help ();
  if (is_run && args[2] != NULL)
    two_words = g_strjoin (" ", args[1], args[2], NULL);

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      if (strcmp (commands[i].name, args[1]) == 0)
        return run_command (&commands[i], args, 1);
      if (two_words != NULL && strcmp (commands[i].name, two_words) == 0)
        return run_command (&commands[i], args, 2);
    }

  return fail_unknown_command (two_words != NULL ? two_words : args[1], is_run);
}

int
main (int    argc,
      char **argv)
{
  g_auto (GStrv) args = NULL;

  setlocale (LC_ALL, "");
  /* Numbers are written with a point everywhere, so that what is printed can be read by programs
   * too.
   */
  setlocale (LC_NUMERIC, "C");
  bindtextdomain (SPEEDUP_GETTEXT_DOMAIN, SPEEDUP_LOCALEDIR);
  bind_textdomain_codeset (SPEEDUP_GETTEXT_DOMAIN, "UTF-8");
  textdomain (SPEEDUP_GETTEXT_DOMAIN);

  speedup_cli_terminal_init ();
  args = g_strdupv (argv);

  return dispatch (args);
}
