/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n.h>

#include "speedup-cli-run.h"
#include "speedup-resize-inputs.h"
#include "speedup-resize-save.h"

static const char *const fit_names[] = { "stretch", "contain", "cover", NULL };
static const char *const decode_names[] = { "scaled", "full", NULL };

typedef struct
{
  GStrv inputs;
  gboolean has_inputs;
  gboolean recursive;
  char *count;
  char *size;
  char *fit;
  char *decode;
  char *max_pixels;
  char *sample;
  char *sample_seed;
  char *folder_path;
  char *array_path;
  SpeedupCliFile *array;
} Options;

static void
options_clear (Options *self)
{
  g_strfreev (self->inputs);
  g_free (self->count);
  g_free (self->size);
  g_free (self->fit);
  g_free (self->decode);
  g_free (self->max_pixels);
  g_free (self->sample);
  g_free (self->sample_seed);
  g_free (self->folder_path);
  g_free (self->array_path);
  g_clear_pointer (&self->array, speedup_cli_file_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static void
add_options (gpointer          data,
             SpeedupCliParser *parser)
{
  Options *self = data;
  const GOptionEntry entries[] = {
    { "input", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->inputs,
      N_("A folder of pictures or a picture; may be given more than once (sample pictures)"),
      N_("PATH") },
    { "recursive", 0, 0, G_OPTION_ARG_NONE, &self->recursive,
      N_("Look into folders within folders"), NULL },
    { "count", 0, 0, G_OPTION_ARG_STRING, &self->count,
      N_("Sample pictures to make and keep in the cache, where no input is given (200)"),
      N_("N") },
    { "size", 0, 0, G_OPTION_ARG_STRING, &self->size, N_("Size to resize to (64x64)"),
      N_("WxH") },
    { "fit", 0, 0, G_OPTION_ARG_STRING, &self->fit,
      N_("How a picture fits the size: stretched, within black bars, or cut (stretch)"),
      "stretch|contain|cover" },
    { "decode", 0, 0, G_OPTION_ARG_STRING, &self->decode,
      N_("Scale while decoding, or decode in full and then scale (scaled)"), "scaled|full" },
    { "max-pixels", 0, 0, G_OPTION_ARG_STRING, &self->max_pixels,
      N_("Refuse pictures that declare more (100000000)"), N_("N") },
    { "sample", 0, 0, G_OPTION_ARG_STRING, &self->sample,
      N_("Measure on so many of the pictures, or on all (what three minutes or the time budget "
         "allow, at least 10 for each worker)"), N_("N|all") },
    { "sample-seed", 0, 0, G_OPTION_ARG_STRING, &self->sample_seed,
      N_("Chooses another sample (1)"), N_("N") },
    { "save-dir", 0, 0, G_OPTION_ARG_FILENAME, &self->folder_path,
      N_("Save the resized pictures as PNG"), N_("DIR") },
    { "save-array", 0, 0, G_OPTION_ARG_FILENAME, &self->array_path,
      N_("Save them as one array of bytes for numpy.load(): picture, row, column, colour"),
      "FILE.npy" },
    G_OPTION_ENTRY_NULL,
  };

  speedup_cli_parser_add (parser, _("Resize:"), entries);
}

static gboolean
take_choice (const char         *option,
             const char         *key,
             const char         *text,
             const char *const  *choices,
             GVariantDict       *options,
             GError            **error)
{
  guint choice;

  if (text == NULL)
    return TRUE;
  if (!speedup_cli_parse_choice (option, text, choices, &choice, error))
    return FALSE;

  g_variant_dict_insert (options, key, "s", choices[choice]);

  return TRUE;
}

static gboolean
take_number (const char    *option,
             const char    *key,
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

  g_variant_dict_insert (options, key, "t", value);

  return TRUE;
}

static gboolean
take_size (const char    *text,
           GVariantDict  *options,
           GError       **error)
{
  guint width, height;

  if (text == NULL)
    return TRUE;
  if (!speedup_cli_parse_size ("--size", text, 1, SPEEDUP_RESIZE_MAX_SIZE, &width, &height, error))
    return FALSE;

  g_variant_dict_insert (options, "width", "u", width);
  g_variant_dict_insert (options, "height", "u", height);

  return TRUE;
}

static void
add_inputs (GStrv            paths,
            GVariantBuilder *builder)
{
  for (guint i = 0; paths[i] != NULL; i++)
    {
      /* Also when the measurement is resumed in another folder it must find them. */
      g_autofree char *path = g_canonicalize_filename (paths[i], NULL);
      g_autofree char *option = speedup_resize_path_to_option (path);

      g_variant_builder_add (builder, "s", option);
    }
}

static gboolean
take_inputs (Options       *self,
             GStrv          arguments,
             GVariantDict  *options,
             GError       **error)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_STRING_ARRAY);
  guint first = g_strcmp0 (arguments[1], "--") == 0 ? 2 : 1;

  self->has_inputs = self->inputs != NULL || arguments[first] != NULL;
  if (self->inputs != NULL)
    add_inputs (self->inputs, &builder);
  add_inputs (arguments + first, &builder);
  g_variant_dict_insert_value (options, "input", g_variant_builder_end (&builder));

  if (self->has_inputs && self->count != NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("--count is for sample pictures; for pictures of your own give --sample."));
      return FALSE;
    }

  return TRUE;
}

static gboolean
check (gpointer       data,
       GStrv          arguments,
       GVariantDict  *options,
       GError       **error)
{
  Options *self = data;

  if (!take_inputs (self, arguments, options, error) ||
      !take_number ("--count", "count", self->count, 1, SPEEDUP_RESIZE_MAX_COUNT, options, error) ||
      !take_size (self->size, options, error) ||
      !take_choice ("--fit", "fit", self->fit, fit_names, options, error) ||
      !take_choice ("--decode", "decode", self->decode, decode_names, options, error) ||
      !take_number ("--max-pixels", "max-pixels", self->max_pixels, 1, G_MAXINT32, options,
                    error) ||
      !take_number ("--sample-seed", "sample-seed", self->sample_seed, 0, G_MAXINT64, options,
                    error))
    return FALSE;

  if (g_strcmp0 (self->sample, "all") == 0)
    g_variant_dict_insert (options, "sample", "t", (guint64) 0);
  else if (!take_number ("--sample", "sample", self->sample, 1, G_MAXUINT32, options, error))
    return FALSE;

  if (self->recursive)
    g_variant_dict_insert (options, "recursive", "b", TRUE);

  return TRUE;
}

static gboolean
open_files (gpointer   data,
            gboolean  *wants_outputs,
            GError   **error)
{
  Options *self = data;

  if (self->array_path != NULL)
    {
      self->array = speedup_cli_file_open_regular ("--save-array", self->array_path, error);
      if (self->array == NULL)
        return FALSE;
    }
  if (self->folder_path != NULL &&
      !speedup_cli_folder_open ("--save-dir", self->folder_path, error))
    return FALSE;

  *wants_outputs = self->array_path != NULL || self->folder_path != NULL;

  return TRUE;
}

static char *
dup_note (gpointer data)
{
  Options *self = data;

  if (self->has_inputs)
    return NULL;

  /* Making them takes a while the first time. */
  return g_strdup (_("No --input, so sample pictures are used; they are made once and kept in the "
                     "cache."));
}

static gboolean
save (SpeedupWorkload  *workload,
      GVariant *const  *outputs,
      guint             n_outputs,
      gpointer          data,
      GCancellable     *cancellable,
      GError          **error)
{
  Options *self = data;
  SpeedupResizeWorkload *resize = SPEEDUP_RESIZE_WORKLOAD (workload);

  if (self->folder_path != NULL)
    {
      g_autoptr (GFile) folder = g_file_new_for_path (self->folder_path);

      if (!speedup_resize_save_dir (resize, outputs, n_outputs, folder, NULL, cancellable, error))
        return FALSE;
    }

  if (self->array != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_path (speedup_cli_file_get_path (self->array));

      if (!speedup_resize_save_array (resize, outputs, n_outputs, file, NULL, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * speedup_cli_run_resize:
 * @command: its row of the table
 * @args: (inout): command line
 *
 * `speedup-cli run resize`: measures resizing pictures.
 *
 * Returns: the exit code
 */
SpeedupExit
speedup_cli_run_resize (const SpeedupCommand *command,
                        GStrv                *args)
{
  g_auto (Options) options = { NULL };
  const SpeedupCliJob job = {
    .workload = "resize",
    .can_sample = TRUE,
    .options = &options,
    .add_options = add_options,
    .check = check,
    .open = open_files,
    .dup_note = dup_note,
    .save = save,
  };

  return speedup_cli_run (command, args, &job);
}
