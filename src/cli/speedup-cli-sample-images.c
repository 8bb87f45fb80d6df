/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n.h>

#include "speedup-cli-file.h"
#include "speedup-cli-load.h"
#include "speedup-cli-options.h"
#include "speedup-cli-progress.h"
#include "speedup-cli-terminal.h"
#include "speedup-sample-images.h"

#define DEFAULT_COUNT 200

typedef struct
{
  char *count_text;
  char *seed_text;
  gboolean quiet;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->count_text);
  g_free (self->seed_text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static void
add_options (Options          *self,
             SpeedupCliParser *parser)
{
  const GOptionEntry entries[] = {
    { "count", 0, 0, G_OPTION_ARG_STRING, &self->count_text,
      N_("How many pictures (200)"), N_("N") },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &self->seed_text,
      N_("Makes other pictures; the same seed makes the same bytes (1)"), N_("N") },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &self->quiet, N_("Say nothing"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  speedup_cli_parser_add (parser, NULL, entries);
}

static void
progress_cb (guint    n_done,
             guint    count,
             double   remaining_s G_GNUC_UNUSED,
             gpointer user_data)
{
  speedup_cli_progress_count (user_data, n_done, count);
}

static SpeedupExit
make (const SpeedupCommand *command,
      const Options        *options,
      const char           *path,
      guint                 count,
      guint64               seed)
{
  g_autoptr (GCancellable) cancellable = speedup_cli_catch_signals ();
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_autoptr (SpeedupCliProgress) progress = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_filename_display_name (path);
  g_autofree char *printable = speedup_cli_printable (name);
  gboolean ok;

  if (!speedup_cli_folder_open (_("The folder"), path, &error))
    return speedup_cli_fail (command, error);

  progress = speedup_cli_progress_new (options->quiet, FALSE);
  ok = speedup_sample_images_make (folder, count, seed, 0, progress_cb, progress, cancellable,
                                   &error);
  speedup_cli_progress_clear (progress);
  if (!ok)
    return speedup_cli_fail (command, error);

  if (!options->quiet)
    speedup_cli_log (ngettext ("Made %u picture in '%s'.\n", "Made %u pictures in '%s'.\n", count),
                     count, printable);

  return SPEEDUP_EXIT_DONE;
}

/**
 * speedup_cli_sample_images:
 * @command: its row of the table
 * @args: (inout): command line
 *
 * `speedup-cli sample-images DIR`: makes pictures.
 *
 * Returns: the exit code
 */
SpeedupExit
speedup_cli_sample_images (const SpeedupCommand *command,
                           GStrv                *args)
{
  g_autoptr (SpeedupCliParser) parser = speedup_cli_parser_new (command);
  g_autoptr (GError) error = NULL;
  g_auto (Options) options = { NULL };
  guint64 count = DEFAULT_COUNT;
  guint64 seed = SPEEDUP_SAMPLE_IMAGES_SEED;
  const char *path;
  gboolean helped = FALSE;

  add_options (&options, parser);
  if (!speedup_cli_parser_parse (parser, args, &helped, &error))
    return speedup_cli_fail (command, error);
  if (helped)
    return SPEEDUP_EXIT_DONE;

  path = speedup_cli_get_argument (*args, "DIR", &error);
  if (path == NULL ||
      (options.count_text != NULL &&
       !speedup_cli_parse_number ("--count", options.count_text, 1,
                                  SPEEDUP_SAMPLE_IMAGES_MAX_COUNT, &count, &error)) ||
      (options.seed_text != NULL &&
       !speedup_cli_parse_number ("--seed", options.seed_text, 0, G_MAXINT64, &seed, &error)))
    return speedup_cli_fail (command, error);

  return make (command, &options, path, (guint) count, seed);
}
