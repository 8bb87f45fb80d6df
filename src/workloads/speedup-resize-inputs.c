/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-resize-inputs.h"

#include <errno.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>
#include <sys/stat.h>

#include "speedup-error.h"
#include "speedup-resize-file.h"

/* What the sniffers of MIME types look at. */
#define SNIFF_BYTES 4096

/* A walk through the folders that were asked for. */
typedef struct
{
  GPtrArray *inputs;
  GHashTable *extensions;    /* set, lower case */
  GHashTable *mime_types;    /* set */
  GQueue *folders;           /* of paths still to read */
  gboolean recursive;
  gsize name_offset;
  guint n_files;             /* regular files seen, pictures or not */
  guint n_folders;           /* folders within */
} Walk;

static gint64
get_mtime_ns (const struct stat *info)
{
  return (gint64) info->st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + info->st_mtim.tv_nsec;
}

static void
walk_clear (Walk *walk)
{
  g_clear_pointer (&walk->inputs, g_ptr_array_unref);
  g_clear_pointer (&walk->extensions, g_hash_table_unref);
  g_clear_pointer (&walk->mime_types, g_hash_table_unref);
  if (walk->folders != NULL)
    g_queue_free_full (walk->folders, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Walk, walk_clear)

static void
walk_init (Walk     *walk,
           gboolean  recursive)
{
  g_autoptr (GSList) formats = gdk_pixbuf_get_formats ();

  walk->inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) speedup_resize_input_free);
  walk->extensions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  walk->mime_types = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  walk->folders = g_queue_new ();
  walk->recursive = recursive;

  for (GSList *l = formats; l != NULL; l = l->next)
    {
      g_auto (GStrv) extensions = gdk_pixbuf_format_get_extensions (l->data);
      g_auto (GStrv) mime_types = gdk_pixbuf_format_get_mime_types (l->data);

      for (gsize i = 0; extensions[i] != NULL; i++)
        g_hash_table_add (walk->extensions, g_ascii_strdown (extensions[i], -1));
      for (gsize i = 0; mime_types[i] != NULL; i++)
        g_hash_table_add (walk->mime_types, g_strdup (mime_types[i]));
    }
}

/* For a name without an extension: cameras, scanners and archives of data write such names. */
static gboolean
has_picture_content (const Walk *walk,
                     const char *path)
{
  g_autofree char *type = NULL;
  g_autofree char *mime_type = NULL;
  guint8 head[SNIFF_BYTES];
  struct stat info;
  gssize n_bytes;
  int fd;

  fd = speedup_resize_file_open (path, &info, NULL);
  if (fd < 0)
    return FALSE;
  n_bytes = read (fd, head, sizeof head);
  close (fd);
  if (n_bytes <= 0)
    return FALSE;

  type = g_content_type_guess (NULL, head, (gsize) n_bytes, NULL);
  mime_type = g_content_type_get_mime_type (type);

  return mime_type != NULL && g_hash_table_contains (walk->mime_types, mime_type);
}

static gboolean
is_picture (const Walk *walk,
            const char *path,
            const char *name)
{
  const char *dot = strrchr (name, '.');
  g_autofree char *extension = NULL;

  if (dot == NULL)
    return has_picture_content (walk, path);

  extension = g_ascii_strdown (dot + 1, -1);

  return g_hash_table_contains (walk->extensions, extension);
}

/* Links to files are followed, links to folders are not, so that a walk ends. What is hidden is
 * left out: an archive made on a Mac has a hidden namesake beside every picture.
 */
static void
visit (Walk       *walk,
       const char *folder,
       const char *name)
{
  g_autofree char *path = NULL;
  struct stat info;

  if (name[0] == '.')
    return;

  path = g_build_filename (folder, name, NULL);
  if (lstat (path, &info) != 0)
    return;

  if (S_ISDIR (info.st_mode))
    {
      walk->n_folders++;
      if (walk->recursive)
        g_queue_push_tail (walk->folders, g_steal_pointer (&path));
      return;
    }

  if (S_ISLNK (info.st_mode) && stat (path, &info) != 0)
    return;
  if (!S_ISREG (info.st_mode))
    return;

  walk->n_files++;
  if (is_picture (walk, path, name))
    g_ptr_array_add (walk->inputs,
                     speedup_resize_input_new (path, walk->name_offset, (guint64) info.st_size,
                                               get_mtime_ns (&info)));
}

static gboolean
read_folder (Walk          *walk,
             const char    *path,
             GCancellable  *cancellable,
             GError       **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GDir) folder = NULL;
  const char *name;

  folder = g_dir_open (path, 0, &cause);
  if (folder == NULL)
    {
      speedup_resize_file_set_error (error, path, "cannot be read: %s; check its permissions.",
                                     cause->message);
      return FALSE;
    }

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      visit (walk, path, name);
    }

  return TRUE;
}

static int
compare_paths_cb (gconstpointer a,
                  gconstpointer b)
{
  const SpeedupResizeInput *const *left = a;
  const SpeedupResizeInput *const *right = b;

  return strcmp ((*left)->path, (*right)->path);
}

static void
sort_from (GPtrArray       *array,
           guint            first,
           GCompareFunc     compare)
{
  if (array->len > first)
    qsort (array->pdata + first, array->len - first, sizeof (gpointer), compare);
}

static gboolean
fail_no_pictures (const Walk  *walk,
                  const char  *path,
                  GError     **error)
{
  g_autofree char *name = g_filename_display_name (path);

  if (walk->n_files == 0 && walk->n_folders == 0)
    g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_NO_TASKS,
                 "The folder “%s” has no files; choose one with pictures.", name);
  else if (walk->n_folders > 0 && !walk->recursive)
    g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_NO_TASKS,
                 "None of the %u files in “%s” is a picture that gdk-pixbuf reads; to look into "
                 "its folders too, ask for recursive reading.", walk->n_files, name);
  else
    g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_NO_TASKS,
                 "None of the %u files in “%s” is a picture that gdk-pixbuf reads; choose another "
                 "folder.", walk->n_files, name);

  return FALSE;
}

static gboolean
walk_folder (Walk          *walk,
             const char    *path,
             GCancellable  *cancellable,
             GError       **error)
{
  guint first = walk->inputs->len;

  walk->n_files = 0;
  walk->n_folders = 0;
  walk->name_offset = strlen (path) + (g_str_has_suffix (path, "/") ? 0 : 1);
  g_queue_push_tail (walk->folders, g_strdup (path));

  while (!g_queue_is_empty (walk->folders))
    {
      g_autofree char *folder = g_queue_pop_head (walk->folders);

      if (!read_folder (walk, folder, cancellable, error))
        return FALSE;
    }

  if (walk->inputs->len == first)
    return fail_no_pictures (walk, path, error);

  sort_from (walk->inputs, first, compare_paths_cb);

  return TRUE;
}

static gboolean
add_path (Walk          *walk,
          const char    *path,
          GCancellable  *cancellable,
          GError       **error)
{
  struct stat info;
  const char *slash;

  if (stat (path, &info) != 0)
    {
      speedup_resize_file_set_error (error, path, "cannot be read: %s; check the path.",
                                     g_strerror (errno));
      return FALSE;
    }

  if (S_ISDIR (info.st_mode))
    return walk_folder (walk, path, cancellable, error);

  slash = strrchr (path, '/');
  g_ptr_array_add (walk->inputs,
                   speedup_resize_input_new (path, slash != NULL ? (gsize) (slash + 1 - path) : 0,
                                             (guint64) info.st_size, get_mtime_ns (&info)));

  return TRUE;
}

static int
compare_sizes_cb (gconstpointer a,
                  gconstpointer b)
{
  const SpeedupResizeInput *const *left = a;
  const SpeedupResizeInput *const *right = b;

  if ((*left)->size != (*right)->size)
    return (*left)->size < (*right)->size ? -1 : 1;

  return compare_paths_cb (a, b);
}

/**
 * speedup_resize_input_new:
 * @path: absolute, in the file system's encoding
 * @name_offset: where in @path the name begins that outputs are called after
 * @size: in bytes
 * @mtime_ns: when it was last modified
 *
 * Returns: (transfer full): a picture to resize
 */
SpeedupResizeInput *
speedup_resize_input_new (const char *path,
                          gsize       name_offset,
                          guint64     size,
                          gint64      mtime_ns)
{
  SpeedupResizeInput *self = g_new (SpeedupResizeInput, 1);

  g_assert (name_offset <= strlen (path));

  self->path = g_strdup (path);
  self->name = self->path + name_offset;
  self->size = size;
  self->mtime_ns = mtime_ns;

  return self;
}

/**
 * speedup_resize_input_copy:
 * @self: a picture to resize
 *
 * Returns: (transfer full): another of the same
 */
SpeedupResizeInput *
speedup_resize_input_copy (const SpeedupResizeInput *self)
{
  return speedup_resize_input_new (self->path, (gsize) (self->name - self->path), self->size,
                                   self->mtime_ns);
}

/**
 * speedup_resize_input_free:
 * @self: (transfer full): a picture to resize
 */
void
speedup_resize_input_free (SpeedupResizeInput *self)
{
  g_free (self->path);
  g_free (self);
}

/**
 * speedup_resize_path_from_option:
 * @option: a path, or a `file:` URI
 * @error: return location; %SPEEDUP_ERROR_INVALID_ARGUMENT
 *
 * Returns: (transfer full) (type filename): an absolute path without `..` or double slashes
 */
char *
speedup_resize_path_from_option (const char  *option,
                                 GError     **error)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *path = NULL;

  if (!g_str_has_prefix (option, "file:"))
    return g_canonicalize_filename (option, NULL);

  path = g_filename_from_uri (option, NULL, &cause);
  if (path == NULL)
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
                   "The input “%s” is no file on this machine: %s.", option, cause->message);
      return NULL;
    }

  return g_canonicalize_filename (path, NULL);
}

/**
 * speedup_resize_path_to_option:
 * @path: (type filename): an absolute path
 *
 * Result files are UTF-8, file names need not be.
 *
 * Returns: (transfer full): @path, or a `file:` URI where @path is not valid UTF-8
 */
char *
speedup_resize_path_to_option (const char *path)
{
  if (g_utf8_validate (path, -1, NULL))
    return g_strdup (path);

  return g_filename_to_uri (path, NULL, NULL);
}

/**
 * speedup_resize_inputs_list:
 * @paths: (array zero-terminated=1): absolute paths of folders and files
 * @recursive: whether to look into folders within the folders
 * @cancellable: (nullable): looked at for every file
 * @error: return location; %SPEEDUP_ERROR_INPUT where a path does not exist or cannot be read,
 *   %SPEEDUP_ERROR_NO_TASKS where a folder has no picture
 *
 * Lists pictures. Of a folder: regular files, and links to such, whose extension is one that
 * gdk-pixbuf has a decoder for, or that have no extension and a picture's content; in the order of
 * their names, bytewise. A file that is named is taken whatever it is, and fails as a task.
 *
 * Returns: (transfer full) (element-type SpeedupResizeInput): at least one
 */
GPtrArray *
speedup_resize_inputs_list (const char *const  *paths,
                            gboolean            recursive,
                            GCancellable       *cancellable,
                            GError            **error)
{
  g_auto (Walk) walk = { NULL };

  g_return_val_if_fail (paths != NULL && paths[0] != NULL, NULL);

  walk_init (&walk, recursive);
  for (gsize i = 0; paths[i] != NULL; i++)
    {
      if (!add_path (&walk, paths[i], cancellable, error))
        return NULL;
    }

  return g_steal_pointer (&walk.inputs);
}

/**
 * speedup_resize_inputs_sample:
 * @inputs: (element-type SpeedupResizeInput): all pictures
 * @n_samples: how many are wanted; 0 for all
 * @seed: of the choice
 *
 * Chooses at random, balanced by file size: the pictures are cut by size into @n_samples groups
 * of like number, and one is drawn from each (stratified sampling), so that a small sample has the
 * small, the middling and the large ones in the proportion of the whole.
 *
 * Returns: (transfer full) (element-type SpeedupResizeInput): those chosen, in the order of @inputs
 */
GPtrArray *
speedup_resize_inputs_sample (GPtrArray *inputs,
                              guint      n_samples,
                              guint64    seed)
{
  const guint32 seeds[2] = { (guint32) seed, (guint32) (seed >> 32) };
  g_autoptr (GPtrArray) by_size = NULL;
  g_autoptr (GHashTable) chosen = NULL;
  g_autoptr (GRand) random = NULL;
  GPtrArray *sample;

  g_return_val_if_fail (inputs != NULL, NULL);

  if (n_samples == 0 || n_samples >= inputs->len)
    return g_ptr_array_ref (inputs);

  by_size = g_ptr_array_sized_new (inputs->len);
  for (guint i = 0; i < inputs->len; i++)
    g_ptr_array_add (by_size, inputs->pdata[i]);
  sort_from (by_size, 0, compare_sizes_cb);

  chosen = g_hash_table_new (NULL, NULL);
  random = g_rand_new_with_seed_array (seeds, G_N_ELEMENTS (seeds));
  for (guint i = 0; i < n_samples; i++)
    {
      gint32 first = (gint32) ((guint64) i * inputs->len / n_samples);
      gint32 end = (gint32) ((guint64) (i + 1) * inputs->len / n_samples);

      g_hash_table_add (chosen, by_size->pdata[g_rand_int_range (random, first, end)]);
    }

  sample = g_ptr_array_new_with_free_func ((GDestroyNotify) speedup_resize_input_free);
  for (guint i = 0; i < inputs->len; i++)
    {
      if (g_hash_table_contains (chosen, inputs->pdata[i]))
        g_ptr_array_add (sample, speedup_resize_input_copy (inputs->pdata[i]));
    }

  return sample;
}

/**
 * speedup_resize_inputs_dup_digest:
 * @inputs: (element-type SpeedupResizeInput): pictures
 *
 * Returns: (transfer full): SHA-256 over the paths, sizes and modification times
 */
char *
speedup_resize_inputs_dup_digest (GPtrArray *inputs)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  g_return_val_if_fail (inputs != NULL, NULL);

  for (guint i = 0; i < inputs->len; i++)
    {
      const SpeedupResizeInput *input = inputs->pdata[i];
      const gint64 numbers[2] = { (gint64) input->size, input->mtime_ns };

      /* The terminating zero keeps one path's end apart from the next number's beginning. */
      g_checksum_update (checksum, (const guchar *) input->path, (gssize) strlen (input->path) + 1);
      g_checksum_update (checksum, (const guchar *) numbers, sizeof numbers);
    }

  return g_strdup (g_checksum_get_string (checksum));
}
