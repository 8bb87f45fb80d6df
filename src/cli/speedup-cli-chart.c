/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n.h>

#include "speedup-cli-load.h"
#include "speedup-cli-outputs.h"
#include "speedup-cli-terminal.h"

#define MIN_SIDE 200
#define MAX_SIDE 10000

static const char *const palette_names[] = { "light", "dark", "print", NULL };
static const char *const scale_names[] = { "log2", "linear", NULL };

typedef struct
{
  char *kind_text;
  char *palette_text;
  char *scale_text;
  char *size_text;
  char *zoom_text;
  char *output_path;

  guint kind;
  guint palette;
  guint scale;
  guint width;
  guint height;
  guint64 zoom;
  SpeedupChartFormat format;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->kind_text);
  g_free (self->palette_text);
  g_free (self->scale_text);
  g_free (self->size_text);
  g_free (self->zoom_text);
  g_free (self->output_path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static void
add_options (Options          *self,
             SpeedupCliParser *parser)
{
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &self->output_path,
      N_("Where to draw; the name's end says how"), "FILE.{svg,png,pdf}" },
    { "kind", 0, 0, G_OPTION_ARG_STRING, &self->kind_text,
      N_("What to draw: speedup, time, efficiency, timeline or chunk-size (speedup)"),
      N_("KIND") },
    { "palette", 0, 0, G_OPTION_ARG_STRING, &self->palette_text,
      N_("Colours (light)"), "light|dark|print" },
    { "scale", 0, 0, G_OPTION_ARG_STRING, &self->scale_text,
      N_("Axes (log2)"), "log2|linear" },
    { "size", 0, 0, G_OPTION_ARG_STRING, &self->size_text,
      N_("Width and height (800x600)"), N_("WxH") },
    { "zoom", 0, 0, G_OPTION_ARG_STRING, &self->zoom_text,
      N_("Pixels of a PNG for each unit of the size, 1 to 4 (2)"), N_("N") },
    G_OPTION_ENTRY_NULL,
  };

  speedup_cli_parser_add (parser, NULL, entries);
}

static gboolean
check_kind (Options  *self,
            GError  **error)
{
  const char *names[SPEEDUP_N_CHART_KINDS + 1] = { NULL };

  for (guint i = 0; i < SPEEDUP_N_CHART_KINDS; i++)
    names[i] = speedup_chart_kind_to_string (i);

  return self->kind_text == NULL ||
         speedup_cli_parse_choice ("--kind", self->kind_text, names, &self->kind, error);
}

static gboolean
check_output (Options  *self,
              GError  **error)
{
  g_autofree char *name = NULL;

  if (self->output_path == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   _("Say where to draw: --output=FILE.svg, FILE.png or FILE.pdf."));
      return FALSE;
    }

  if (speedup_chart_format_from_name (self->output_path, &self->format))
    return TRUE;

  name = g_filename_display_name (self->output_path);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _("--output: '%s' does not end in .svg, .png or .pdf."), name);

  return FALSE;
}

static gboolean
check_options (Options  *self,
               GError  **error)
{
  self->width = 800;
  self->height = 600;
  self->zoom = 2;

  if (self->palette_text != NULL &&
      !speedup_cli_parse_choice ("--palette", self->palette_text, palette_names, &self->palette,
                                 error))
    return FALSE;
  if (self->scale_text != NULL &&
      !speedup_cli_parse_choice ("--scale", self->scale_text, scale_names, &self->scale, error))
    return FALSE;
  if (self->size_text != NULL &&
      !speedup_cli_parse_size ("--size", self->size_text, MIN_SIDE, MAX_SIDE, &self->width,
                               &self->height, error))
    return FALSE;
  if (self->zoom_text != NULL &&
      !speedup_cli_parse_number ("--zoom", self->zoom_text, 1, 4, &self->zoom, error))
    return FALSE;

  return check_kind (self, error) && check_output (self, error);
}

static gboolean
draw (const Options  *self,
      SpeedupResult  *result,
      GError        **error)
{
  const SpeedupScale scales[] = { SPEEDUP_SCALE_LOG2, SPEEDUP_SCALE_LINEAR };
  g_autoptr (SpeedupCliFile) file = NULL;
  g_autoptr (SpeedupChart) chart = NULL;
  SpeedupPalette palette = SPEEDUP_PALETTE_LIGHT;

  file = speedup_cli_file_open ("--output", self->output_path, error);
  if (file == NULL)
    return FALSE;

  chart = speedup_chart_new (result, self->kind);
  speedup_palette_from_string (palette_names[self->palette], &palette);
  speedup_chart_set_palette (chart, palette);
  speedup_chart_set_scale (chart, scales[self->scale]);

  return speedup_cli_write_chart (file, chart, self->format, self->width, self->height,
                                  self->format == SPEEDUP_CHART_FORMAT_PNG ? self->zoom : 1,
                                  NULL, error);
}

/**
 * speedup_cli_chart:
 * @command: its row of the table
 * @args: (inout): command line
 *
 * `speedup-cli chart FILE`: draws a saved result.
 *
 * Returns: the exit code
 */
SpeedupExit
speedup_cli_chart (const SpeedupCommand *command,
                   GStrv                *args)
{
  g_autoptr (SpeedupCliParser) parser = speedup_cli_parser_new (command);
  g_autoptr (SpeedupResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Options) options = { NULL };
  gboolean helped = FALSE;

  add_options (&options, parser);
  if (!speedup_cli_parser_parse (parser, args, &helped, &error))
    return speedup_cli_fail (command, error);
  if (helped)
    return SPEEDUP_EXIT_DONE;

  if (!check_options (&options, &error))
    return speedup_cli_fail (command, error);

  result = speedup_cli_load_argument (*args, &error);
  if (result == NULL || !draw (&options, result, &error))
    return speedup_cli_fail (command, error);

  return SPEEDUP_EXIT_DONE;
}
