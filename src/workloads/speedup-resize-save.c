/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-resize-save.h"

#include <errno.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>
#include <sys/stat.h>

#include "speedup-error.h"
#include "speedup-resize-inputs.h"

/* NumPy aligns the data that follows the header to this (numpy.lib.format, version 1.0). */
#define NPY_ALIGNMENT 64

/* A file, whatever names it goes by. */
typedef struct
{
  guint64 device;
  guint64 inode;
} FileId;

static guint
file_id_hash_cb (gconstpointer key)
{
  const FileId *id = key;

  return (guint) (id->inode ^ (id->inode >> 32) ^ id->device);
}

static gboolean
file_id_equal_cb (gconstpointer a,
                  gconstpointer b)
{
  const FileId *left = a;
  const FileId *right = b;

  return left->device == right->device && left->inode == right->inode;
}

static FileId *
file_id_new (const char *path)
{
  struct stat info;
  FileId *id;

  if (stat (path, &info) != 0)
    return NULL;

  id = g_new (FileId, 1);
  id->device = info.st_dev;
  id->inode = info.st_ino;

  return id;
}

static GHashTable *
collect_file_ids (GPtrArray *inputs)
{
  GHashTable *ids = g_hash_table_new_full (file_id_hash_cb, file_id_equal_cb, g_free, NULL);

  for (guint i = 0; i < inputs->len; i++)
    {
      const SpeedupResizeInput *input = inputs->pdata[i];
      FileId *id = file_id_new (input->path);

      if (id != NULL)
        g_hash_table_add (ids, id);
    }

  return ids;
}

/* Outputs may have come from a worker process, so their size is not taken for granted.
 *
 * Returns: (nullable): NULL where the task failed, or its output is not one
 */
static const guint8 *
get_pixels (SpeedupResizeWorkload *workload,
            GVariant              *output,
            gsize                 *n_bytes)
{
  const SpeedupResizeSettings *settings = speedup_resize_workload_get_settings (workload);
  const guint8 *pixels;

  if (output == NULL || !g_variant_is_of_type (output, G_VARIANT_TYPE_BYTESTRING))
    return NULL;

  pixels = g_variant_get_fixed_array (output, n_bytes, 1);

  return *n_bytes == (gsize) settings->width * settings->height * 3 ? pixels : NULL;
}

/* The pixels are not copied: the pixbuf lives no longer than the output. */
static GdkPixbuf *
wrap_pixels (SpeedupResizeWorkload *workload,
             GVariant              *output)
{
  const SpeedupResizeSettings *settings = speedup_resize_workload_get_settings (workload);
  gsize n_bytes;
  const guint8 *pixels = get_pixels (workload, output, &n_bytes);
  g_autoptr (GBytes) bytes = NULL;

  if (pixels == NULL)
    return NULL;

  bytes = g_bytes_new_static (pixels, n_bytes);

  return gdk_pixbuf_new_from_bytes (bytes, GDK_COLORSPACE_RGB, FALSE, 8, (int) settings->width,
                                    (int) settings->height, (int) settings->width * 3);
}

static gboolean
fail_to_write (const char    *path,
               const GError  *cause,
               GError       **error)
{
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
               "“%s” cannot be written: %s; choose another place, or make room.", name,
               cause->message);

  return FALSE;
}

/* The input's name below the folder that was asked for, with another ending; a number is added
 * where two inputs differ in nothing but the ending, or where the name is that of an input.
 */
static char *
choose_target (const char *dir,
               const char *name,
               GHashTable *taken,
               GHashTable *inputs)
{
  const char *slash = strrchr (name, '/');
  const char *dot = strrchr (name, '.');
  gsize n_stem = dot != NULL && (slash == NULL || dot > slash + 1) && dot != name
                   ? (gsize) (dot - name)
                   : strlen (name);
  g_autofree char *stem = g_strndup (name, n_stem);

  for (guint n = 1;; n++)
    {
      g_autofree char *leaf = n == 1 ? g_strconcat (stem, ".png", NULL)
                                     : g_strdup_printf ("%s-%u.png", stem, n);
      g_autofree char *path = g_build_filename (dir, leaf, NULL);
      g_autofree FileId *id = file_id_new (path);

      if (!g_hash_table_contains (taken, path) &&
          (id == NULL || !g_hash_table_contains (inputs, id)))
        {
          g_hash_table_add (taken, g_strdup (path));
          return g_steal_pointer (&path);
        }
    }
}

static gboolean
save_png (GdkPixbuf   *pixbuf,
          const char  *path,
          GError     **error)
{
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *data = NULL;
  g_autoptr (GError) cause = NULL;
  gsize n_bytes;

  if (g_mkdir_with_parents (parent, 0777) != 0)
    {
      g_set_error_literal (&cause, G_FILE_ERROR, g_file_error_from_errno (errno),
                           g_strerror (errno));
      return fail_to_write (parent, cause, error);
    }

  if (!gdk_pixbuf_save_to_buffer (pixbuf, &data, &n_bytes, "png", &cause, NULL) ||
      !g_file_set_contents_full (path, data, (gssize) n_bytes,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_ONLY_EXISTING,
                                 0666, &cause))
    return fail_to_write (path, cause, error);

  return TRUE;
}

static char *
make_npy_header (const SpeedupResizeSettings *settings,
                 guint                        n_images,
                 gsize                       *n_bytes)
{
  g_autofree char *dict = g_strdup_printf ("{'descr': '|u1', 'fortran_order': False, "
                                           "'shape': (%u, %u, %u, 3), }",
                                           n_images, settings->height, settings->width);
  gsize n_prefix = 10;
  gsize n_dict = strlen (dict);
  gsize n_total = (n_prefix + n_dict + 1 + NPY_ALIGNMENT - 1) / NPY_ALIGNMENT * NPY_ALIGNMENT;
  gsize n_text = n_total - n_prefix;
  char *header = g_malloc (n_total);

  memcpy (header, "\x93NUMPY\x01\x00", 8);
  header[8] = (char) (n_text & 0xff);
  header[9] = (char) (n_text >> 8);
  memset (header + n_prefix, ' ', n_text);
  memcpy (header + n_prefix, dict, n_dict);
  header[n_total - 1] = '\n';
  *n_bytes = n_total;

  return header;
}

static gboolean
write_array (SpeedupResizeWorkload  *workload,
             GVariant *const        *outputs,
             guint                   n_outputs,
             guint                   n_images,
             GOutputStream          *stream,
             GCancellable           *cancellable,
             GError                **error)
{
  const SpeedupResizeSettings *settings = speedup_resize_workload_get_settings (workload);
  gsize n_header;
  g_autofree char *header = make_npy_header (settings, n_images, &n_header);

  if (!g_output_stream_write_all (stream, header, n_header, NULL, cancellable, error))
    return FALSE;

  for (guint i = 0; i < n_outputs; i++)
    {
      gsize n_bytes;
      const guint8 *pixels = get_pixels (workload, outputs[i], &n_bytes);

      if (pixels != NULL &&
          !g_output_stream_write_all (stream, pixels, n_bytes, NULL, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
fail_unless_cancelled (GFile   *file,
                       GError  *cause,
                       GError **error)
{
  g_autofree char *path = NULL;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_error_copy (cause));
      return FALSE;
    }

  path = g_file_get_path (file);

  return fail_to_write (path, cause, error);
}

static char *
encode_thumbnail (SpeedupResizeWorkload *workload,
                  GVariant              *output)
{
  g_autoptr (GdkPixbuf) pixbuf = wrap_pixels (workload, output);
  g_autofree char *data = NULL;
  int width, height, longer;
  gsize n_bytes;

  if (pixbuf == NULL)
    return NULL;

  width = gdk_pixbuf_get_width (pixbuf);
  height = gdk_pixbuf_get_height (pixbuf);
  longer = MAX (width, height);
  if (longer > SPEEDUP_RESIZE_THUMBNAIL_SIZE)
    {
      g_autoptr (GdkPixbuf) large = g_steal_pointer (&pixbuf);

      pixbuf = gdk_pixbuf_scale_simple (large,
                                        MAX (width * SPEEDUP_RESIZE_THUMBNAIL_SIZE / longer, 1),
                                        MAX (height * SPEEDUP_RESIZE_THUMBNAIL_SIZE / longer, 1),
                                        GDK_INTERP_BILINEAR);
    }

  if (pixbuf == NULL || !gdk_pixbuf_save_to_buffer (pixbuf, &data, &n_bytes, "png", NULL, NULL))
    return NULL;

  return g_base64_encode ((const guchar *) data, n_bytes);
}

/**
 * speedup_resize_save_dir:
 * @workload: made @outputs
 * @outputs: (array length=n_outputs): in task order, %NULL where a task failed
 * @n_outputs: how many
 * @dir: made where it does not exist
 * @n_saved: (out) (optional): how many pictures were written
 * @cancellable: (nullable): looked at for every picture
 * @error: return location; %SPEEDUP_ERROR_INVALID_ARGUMENT where a file cannot be written
 *
 * Writes each output as a PNG of the input's name, in a folder of the same name where the input was
 * found in one below the folder that was asked for. An input is never written over, other files of
 * the same name are. What failed has no file.
 *
 * Returns: whether all could be written
 */
gboolean
speedup_resize_save_dir (SpeedupResizeWorkload  *workload,
                         GVariant *const        *outputs,
                         guint                   n_outputs,
                         GFile                  *dir,
                         guint                  *n_saved,
                         GCancellable           *cancellable,
                         GError                **error)
{
  GPtrArray *inputs;
  g_autoptr (GHashTable) taken = NULL;
  g_autoptr (GHashTable) ids = NULL;
  guint n = 0;

  g_return_val_if_fail (SPEEDUP_IS_RESIZE_WORKLOAD (workload), FALSE);
  g_return_val_if_fail (G_IS_FILE (dir) && g_file_is_native (dir), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  inputs = speedup_resize_workload_get_inputs (workload);
  g_return_val_if_fail (n_outputs == inputs->len, FALSE);

  taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  ids = collect_file_ids (inputs);

  for (guint i = 0; i < n_outputs; i++)
    {
      const SpeedupResizeInput *input = inputs->pdata[i];
      g_autoptr (GdkPixbuf) pixbuf = wrap_pixels (workload, outputs[i]);
      g_autofree char *path = NULL;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (pixbuf == NULL)
        continue;
      path = choose_target (g_file_peek_path (dir), input->name, taken, ids);
      if (!save_png (pixbuf, path, error))
        return FALSE;
      n++;
    }

  if (n_saved != NULL)
    *n_saved = n;

  return TRUE;
}

/**
 * speedup_resize_save_array:
 * @workload: made @outputs
 * @outputs: (array length=n_outputs): in task order, %NULL where a task failed
 * @n_outputs: how many
 * @file: to write
 * @n_saved: (out) (optional): N
 * @cancellable: (nullable): looked at for every picture
 * @error: return location; %SPEEDUP_ERROR_INVALID_ARGUMENT where it cannot be written
 *
 * Writes all outputs as one array that `numpy.load` reads: unsigned bytes, shape (N, height, width,
 * 3), in the order of the inputs. A picture that failed has no row, so N is the number of those
 * that succeeded. Format: numpy.lib.format, version 1.0.
 *
 * Returns: whether it was written; where not, @file is as it was
 */
gboolean
speedup_resize_save_array (SpeedupResizeWorkload  *workload,
                           GVariant *const        *outputs,
                           guint                   n_outputs,
                           GFile                  *file,
                           guint                  *n_saved,
                           GCancellable           *cancellable,
                           GError                **error)
{
  g_autoptr (GFileOutputStream) stream = NULL;
  g_autoptr (GError) cause = NULL;
  guint n = 0;
  gsize n_bytes;

  g_return_val_if_fail (SPEEDUP_IS_RESIZE_WORKLOAD (workload), FALSE);
  g_return_val_if_fail (G_IS_FILE (file) && g_file_is_native (file), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  for (guint i = 0; i < n_outputs; i++)
    n += get_pixels (workload, outputs[i], &n_bytes) != NULL;

  stream = g_file_replace (file, NULL, FALSE, G_FILE_CREATE_NONE, cancellable, &cause);
  if (stream == NULL)
    return fail_unless_cancelled (file, cause, error);

  if (!write_array (workload, outputs, n_outputs, n, G_OUTPUT_STREAM (stream), cancellable, &cause))
    {
      g_autoptr (GCancellable) discard = g_cancellable_new ();

      /* Closing puts the new file in the place of the old one, unless it is cancelled. */
      g_cancellable_cancel (discard);
      g_output_stream_close (G_OUTPUT_STREAM (stream), discard, NULL);

      return fail_unless_cancelled (file, cause, error);
    }

  if (!g_output_stream_close (G_OUTPUT_STREAM (stream), cancellable, &cause))
    return fail_unless_cancelled (file, cause, error);

  if (n_saved != NULL)
    *n_saved = n;

  return TRUE;
}

/**
 * speedup_resize_summarise:
 * @workload: made @outputs
 * @outputs: (array length=n_outputs): in task order, %NULL where a task failed
 * @n_outputs: how many
 *
 * Returns: (transfer full): a{sv} for the result file: `thumbnails` (as), PNG in base64, of the
 *   first 48 outputs, no side longer than 128 pixels, and `paths` (as) of their inputs for display
 */
GVariant *
speedup_resize_summarise (SpeedupResizeWorkload  *workload,
                          GVariant *const        *outputs,
                          guint                   n_outputs)
{
  GPtrArray *inputs;
  GVariantBuilder thumbnails, paths;
  GVariantDict dict;
  guint n = 0;

  g_return_val_if_fail (SPEEDUP_IS_RESIZE_WORKLOAD (workload), NULL);

  inputs = speedup_resize_workload_get_inputs (workload);
  g_return_val_if_fail (n_outputs <= inputs->len, NULL);

  g_variant_builder_init (&thumbnails, G_VARIANT_TYPE_STRING_ARRAY);
  g_variant_builder_init (&paths, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < n_outputs && n < SPEEDUP_RESIZE_N_THUMBNAILS; i++)
    {
      const SpeedupResizeInput *input = inputs->pdata[i];
      g_autofree char *thumbnail = encode_thumbnail (workload, outputs[i]);
      g_autofree char *name = NULL;

      if (thumbnail == NULL)
        continue;
      name = g_filename_display_name (input->path);
      g_variant_builder_add (&thumbnails, "s", thumbnail);
      g_variant_builder_add (&paths, "s", name);
      n++;
    }

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "paths", g_variant_builder_end (&paths));
  g_variant_dict_insert_value (&dict, "thumbnails", g_variant_builder_end (&thumbnails));

  return g_variant_ref_sink (g_variant_dict_end (&dict));
}
