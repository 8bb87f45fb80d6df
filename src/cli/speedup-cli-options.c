/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* GOption takes the command line apart; what the values may be is checked here, so that a wrong
 * one is named together with its option and with what is allowed.
 */

#include "config.h"

#include "speedup-cli-options.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "speedup-cli-terminal.h"

struct _SpeedupCliParser
{
  GOptionContext *context;
  GPtrArray *names;
  gboolean help;
};

/**
 * speedup_cli_parser_new:
 * @command: the command whose options follow
 *
 * Returns: (transfer full): a parser that knows `--help`
 */
SpeedupCliParser *
speedup_cli_parser_new (const SpeedupCommand *command)
{
  SpeedupCliParser *self = g_new0 (SpeedupCliParser, 1);
  const GOptionEntry entries[] = {
    { "help", 'h', 0, G_OPTION_ARG_NONE, &self->help, N_("Show this help and end"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  self->context = g_option_context_new (command->arguments);
  self->names = g_ptr_array_new_with_free_func (g_free);
  g_option_context_set_help_enabled (self->context, FALSE);
  g_option_context_set_translation_domain (self->context, SPEEDUP_GETTEXT_DOMAIN);
  g_option_context_set_summary (self->context, command->summary);
  g_option_context_add_main_entries (self->context, entries, SPEEDUP_GETTEXT_DOMAIN);
  g_ptr_array_add (self->names, g_strdup ("--help"));

  return self;
}

/**
 * speedup_cli_parser_free:
 * @self: (transfer full): a parser
 */
void
speedup_cli_parser_free (SpeedupCliParser *self)
{
  g_option_context_free (self->context);
  g_ptr_array_unref (self->names);
  g_free (self);
}

/**
 * speedup_cli_parser_add:
 * @self: a parser
 * @title: (nullable): heading in the help; %NULL adds to the first list
 * @entries: options, ended by %G_OPTION_ENTRY_NULL
 */
void
speedup_cli_parser_add (SpeedupCliParser   *self,
                        const char         *title,
                        const GOptionEntry *entries)
{
  for (const GOptionEntry *entry = entries; entry->long_name != NULL; entry++)
    {
      if (*entry->long_name != '\0')
        g_ptr_array_add (self->names, g_strconcat ("--", entry->long_name, NULL));
    }

  if (title == NULL)
    {
      g_option_context_add_main_entries (self->context, entries, SPEEDUP_GETTEXT_DOMAIN);
    }
  else
    {
      GOptionGroup *group = g_option_group_new (title, title, title, NULL, NULL);

      g_option_group_set_translation_domain (group, SPEEDUP_GETTEXT_DOMAIN);
      g_option_group_add_entries (group, entries);
      g_option_context_add_group (self->context, group);
    }
}

static gboolean
is_known (SpeedupCliParser *self,
          const char       *name)
{
  for (guint i = 0; i < self->names->len; i++)
    {
      if (strcmp (g_ptr_array_index (self->names, i), name) == 0)
        return TRUE;
    }

  return FALSE;
}

static char *
find_unknown (SpeedupCliParser *self,
              GStrv             args)
{
  for (guint i = 1; args[i] != NULL && strcmp (args[i], "--") != 0; i++)
    {
      g_autofree char *name = g_strndup (args[i], strcspn (args[i], "="));

      if (g_str_has_prefix (name, "-") && name[1] != '\0' && !is_known (self, name))
        return g_steal_pointer (&name);
    }

  return NULL;
}

static void
replace_unknown_option_error (SpeedupCliParser  *self,
                              GStrv              args,
                              GError           **error)
{
  g_autofree char *unknown = find_unknown (self, args);
  g_autofree char *closest = NULL;

  if (unknown == NULL)
    return;

  g_ptr_array_add (self->names, NULL);
  closest = speedup_cli_closest (unknown, (const char *const *) self->names->pdata);
  g_ptr_array_remove_index (self->names, self->names->len - 1);

  g_clear_error (error);
  if (closest != NULL)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
                 _("There is no option %s; did you mean %s?"), unknown, closest);
  else
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
                 _("There is no option %s; --help lists those that there are."), unknown);
}

/**
 * speedup_cli_parser_parse:
 * @self: a parser
 * @args: (inout): the command line; options are taken out
 * @helped: (out): whether `--help` was asked for and answered
 * @error: return location
 *
 * Returns: whether the options are well-formed and, where help was asked for, it was printed
 */
gboolean
speedup_cli_parser_parse (SpeedupCliParser  *self,
                          GStrv             *args,
                          gboolean          *helped,
                          GError           **error)
{
  g_autofree char *help = NULL;
  GError *local_error = NULL;

  *helped = FALSE;

  if (!g_option_context_parse_strv (self->context, args, &local_error))
    {
      if (g_error_matches (local_error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION))
        replace_unknown_option_error (self, *args, &local_error);
      if (local_error->domain != G_OPTION_ERROR)
        local_error->domain = G_OPTION_ERROR;
      g_propagate_error (error, local_error);
      return FALSE;
    }

  if (!self->help)
    return TRUE;

  *helped = TRUE;
  help = g_option_context_get_help (self->context, FALSE, NULL);

  return speedup_cli_print (help, error);
}

static guint
edit_distance (const char *a,
               const char *b)
{
  gsize n = strlen (b);
  g_autofree guint *row = g_new (guint, n + 1);

  for (gsize j = 0; j <= n; j++)
    row[j] = (guint) j;

  for (gsize i = 1; a[i - 1] != '\0'; i++)
    {
      guint diagonal = row[0];

      row[0] = (guint) i;
      for (gsize j = 1; j <= n; j++)
        {
          guint above = row[j];
          guint changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);

          row[j] = MIN (changed, MIN (above, row[j - 1]) + 1);
          diagonal = above;
        }
    }

  return row[n];
}

/**
 * speedup_cli_closest:
 * @word: what was typed
 * @choices: (array zero-terminated=1): what could have been meant
 *
 * Returns: (transfer full) (nullable): the one that differs least, in at most a third of its
 *   letters
 */
char *
speedup_cli_closest (const char        *word,
                     const char *const *choices)
{
  const char *best = NULL;
  guint best_distance = G_MAXUINT;

  if (strlen (word) > 64)
    return NULL;

  for (guint i = 0; choices[i] != NULL; i++)
    {
      guint distance = edit_distance (word, choices[i]);

      if (distance < best_distance)
        {
          best_distance = distance;
          best = choices[i];
        }
    }

  if (best == NULL || best_distance > MAX (1, strlen (best) / 3))
    return NULL;

  return g_strdup (best);
}

/**
 * speedup_cli_parse_choice:
 * @option: "--fit"
 * @text: what was given
 * @choices: (array zero-terminated=1): what is allowed
 * @choice: (out): index of @text in @choices
 * @error: return location
 *
 * Returns: whether @text is one of @choices
 */
gboolean
speedup_cli_parse_choice (const char         *option,
                          const char         *text,
                          const char *const  *choices,
                          guint              *choice,
                          GError            **error)
{
  g_autofree char *closest = NULL;
  g_autofree char *all = NULL;

  for (guint i = 0; choices[i] != NULL; i++)
    {
      if (strcmp (choices[i], text) == 0)
        {
          *choice = i;
          return TRUE;
        }
    }

  closest = speedup_cli_closest (text, choices);
  all = g_strjoinv (", ", (GStrv) choices);
  if (closest != NULL)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _("%s: unknown value '%s', did you mean %s? Allowed are %s."),
                 option, text, closest, all);
  else
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _("%s: unknown value '%s'; allowed are %s."), option, text, all);

  return FALSE;
}

/**
 * speedup_cli_parse_number:
 * @option: "--rounds"
 * @text: what was given
 * @min: smallest allowed value
 * @max: largest allowed value
 * @value: (out): the number
 * @error: return location
 *
 * Returns: whether @text is a whole number from @min to @max
 */
gboolean
speedup_cli_parse_number (const char  *option,
                          const char  *text,
                          guint64      min,
                          guint64      max,
                          guint64     *value,
                          GError     **error)
{
  if (g_ascii_string_to_unsigned (text, 10, min, max, value, NULL))
    return TRUE;

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _("%s: '%s' is not a whole number from %" G_GUINT64_FORMAT
                 " to %" G_GUINT64_FORMAT "."), option, text, min, max);

  return FALSE;
}

static int
compare_counts (gconstpointer a,
                gconstpointer b)
{
  const guint *first = a;
  const guint *second = b;

  return (*first > *second) - (*first < *second);
}

static void
remove_doubles (GArray *counts)
{
  g_array_sort (counts, compare_counts);
  for (guint i = counts->len; i-- > 1;)
    {
      if (g_array_index (counts, guint, i) == g_array_index (counts, guint, i - 1))
        g_array_remove_index (counts, i);
    }
}

/**
 * speedup_cli_parse_counts:
 * @option: "--workers"
 * @text: what was given: "1,2,4" or "1-8" or both
 * @max: largest allowed value
 * @error: return location
 *
 * Returns: (transfer full) (element-type guint): the numbers, in order, each once; %NULL with an
 *   error
 */
GArray *
speedup_cli_parse_counts (const char  *option,
                          const char  *text,
                          guint        max,
                          GError     **error)
{
  g_autoptr (GArray) counts = g_array_new (FALSE, FALSE, sizeof (guint));
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      const char *first = g_strstrip (parts[i]);
      char *dash = first[0] != '\0' ? strchr (first + 1, '-') : NULL;
      const char *last = dash != NULL ? dash + 1 : first;
      guint64 from, to;

      if (dash != NULL)
        *dash = '\0';
      if (!speedup_cli_parse_number (option, first, 1, max, &from, error) ||
          !speedup_cli_parse_number (option, last, from, max, &to, error))
        return NULL;
      for (guint count = (guint) from; count <= to; count++)
        g_array_append_val (counts, count);
    }

  if (counts->len == 0)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("%s: give at least one number."), option);
      return NULL;
    }

  remove_doubles (counts);

  return g_steal_pointer (&counts);
}

static gboolean
parse_with_unit (const char *text,
                 double     *value,
                 char      **unit)
{
  if (!g_ascii_isdigit (text[0]) && text[0] != '.')
    return FALSE;

  *value = g_ascii_strtod (text, unit);

  return *unit != text && isfinite (*value);
}

/**
 * speedup_cli_parse_duration:
 * @option: "--latency"
 * @text: what was given: "50ms", "1.5s", "2min", "1h"; a number alone is seconds
 * @min_s: smallest allowed value
 * @max_s: largest allowed value
 * @value_s: (out): seconds
 * @error: return location
 *
 * Returns: whether @text is a duration from @min_s to @max_s
 */
gboolean
speedup_cli_parse_duration (const char  *option,
                            const char  *text,
                            double       min_s,
                            double       max_s,
                            double      *value_s,
                            GError     **error)
{
  const struct
  {
    const char *unit;
    double factor;
  } units[] = {
    { "", 1 }, { "s", 1 }, { "ms", 1e-3 }, { "us", 1e-6 },
    { "min", 60 }, { "m", 60 }, { "h", 3600 },
  };
  char *unit = NULL;
  double value;

  if (parse_with_unit (text, &value, &unit))
    {
      for (guint i = 0; i < G_N_ELEMENTS (units); i++)
        {
          *value_s = value * units[i].factor;
          if (strcmp (unit, units[i].unit) == 0 && *value_s >= min_s && *value_s <= max_s)
            return TRUE;
        }
    }

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _("%s: '%s' is not a duration from %g s to %g s, such as 50ms, 1.5s or 2min."),
               option, text, min_s, max_s);

  return FALSE;
}

/**
 * speedup_cli_parse_bandwidth:
 * @option: "--bandwidth"
 * @text: what was given: "1MB/s", "500kB/s", "2MiB/s"; a number alone is bytes a second
 * @bytes_per_s: (out): bytes a second, at least 1
 * @error: return location
 *
 * Returns: whether @text is a rate
 */
gboolean
speedup_cli_parse_bandwidth (const char  *option,
                             const char  *text,
                             double      *bytes_per_s,
                             GError     **error)
{
  const struct
  {
    const char *unit;
    double factor;
  } units[] = {
    { "", 1 }, { "B", 1 }, { "kB", 1e3 }, { "KB", 1e3 }, { "MB", 1e6 }, { "GB", 1e9 },
    { "KiB", 1024 }, { "MiB", 1048576 }, { "GiB", 1073741824 },
  };
  char *unit = NULL;
  double value;

  if (parse_with_unit (text, &value, &unit))
    {
      if (g_str_has_suffix (unit, "/s"))
        unit[strlen (unit) - 2] = '\0';
      for (guint i = 0; i < G_N_ELEMENTS (units); i++)
        {
          *bytes_per_s = value * units[i].factor;
          if (strcmp (unit, units[i].unit) == 0 && *bytes_per_s >= 1 && *bytes_per_s <= 1e12)
            return TRUE;
        }
    }

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _("%s: '%s' is not a rate, such as 1MB/s or 500kB/s."), option, text);

  return FALSE;
}

/**
 * speedup_cli_parse_share:
 * @option: "--precision"
 * @text: what was given: "3%" or "0.03"
 * @max: largest allowed value, as a fraction
 * @share: (out): a fraction from 0 to @max
 * @error: return location
 *
 * Returns: whether @text is a share
 */
gboolean
speedup_cli_parse_share (const char  *option,
                         const char  *text,
                         double       max,
                         double      *share,
                         GError     **error)
{
  char *unit = NULL;
  double value;

  if (parse_with_unit (text, &value, &unit) && (*unit == '\0' || strcmp (unit, "%") == 0))
    {
      *share = *unit == '%' ? value / 100 : value;
      if (*share <= max)
        return TRUE;
    }

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _("%s: '%s' is not a share from 0%% to %g%%, such as 3%%."),
               option, text, max * 100);

  return FALSE;
}

/**
 * speedup_cli_parse_size:
 * @option: "--size"
 * @text: what was given: "64x64"
 * @min: smallest allowed width and height
 * @max: largest allowed width and height
 * @width: (out): pixels
 * @height: (out): pixels
 * @error: return location
 *
 * Returns: whether @text is a size
 */
gboolean
speedup_cli_parse_size (const char  *option,
                        const char  *text,
                        guint        min,
                        guint        max,
                        guint       *width,
                        guint       *height,
                        GError     **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "x", 3);
  guint64 w, h;

  if (g_strv_length (parts) == 2 &&
      g_ascii_string_to_unsigned (parts[0], 10, min, max, &w, NULL) &&
      g_ascii_string_to_unsigned (parts[1], 10, min, max, &h, NULL))
    {
      *width = (guint) w;
      *height = (guint) h;
      return TRUE;
    }

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _("%s: '%s' is not a size such as 640x480, with %u to %u pixels each way."),
               option, text, min, max);

  return FALSE;
}
