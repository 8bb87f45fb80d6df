/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-sample-images.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>

#include "speedup-error.h"
#include "speedup-sample-xray.h"

/* Raise it with every change to the pictures: it names the folder of the cache. */
#define CACHE_VERSION 1

#define PROGRESS_INTERVAL_US (G_USEC_PER_SEC / 10)

/* What the threads of one call share. */
typedef struct
{
  const char *dir;
  guint64 seed;
  guint count;
  GCancellable *cancellable;

  GMutex lock;
  GCond changed;
  guint n_done;              /* under lock, as is what follows */
  guint n_running;
  guint next;
  GError *error;             /* the first */
} Making;

static gboolean
write_image (const char  *dir,
             guint64      seed,
             guint        index,
             GError     **error)
{
  g_autoptr (GBytes) jpeg = speedup_sample_xray_make (seed, index, NULL, NULL);
  g_autofree char *name = speedup_sample_images_dup_name (index);
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (GError) cause = NULL;
  gsize n_bytes;
  gconstpointer data;

  if (jpeg == NULL)
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INPUT,
                   "“%s” cannot be made for lack of memory; close other programs.", shown);
      return FALSE;
    }

  data = g_bytes_get_data (jpeg, &n_bytes);
  if (g_file_set_contents_full (path, data, (gssize) n_bytes,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_ONLY_EXISTING,
                                0666, &cause))
    return TRUE;

  g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INPUT,
               "“%s” cannot be written: %s; choose another folder, or make room.", shown,
               cause->message);

  return FALSE;
}

/* Returns: whether there is an image to make; under lock */
static gboolean
take_image (Making *making,
            guint  *index)
{
  if (making->error != NULL || making->next == making->count ||
      g_cancellable_is_cancelled (making->cancellable))
    return FALSE;
  *index = making->next++;

  return TRUE;
}

static void
make_images_cb (gpointer data G_GNUC_UNUSED,
                gpointer user_data)
{
  Making *making = user_data;
  guint index;

  g_mutex_lock (&making->lock);
  while (take_image (making, &index))
    {
      g_autoptr (GError) error = NULL;
      gboolean made;

      g_mutex_unlock (&making->lock);
      made = write_image (making->dir, making->seed, index, &error);
      g_mutex_lock (&making->lock);

      making->n_done += made;
      if (making->error == NULL)
        making->error = g_steal_pointer (&error);
      g_cond_signal (&making->changed);
    }
  making->n_running--;
  g_cond_signal (&making->changed);
  g_mutex_unlock (&making->lock);
}

static void
watch (Making                      *making,
       SpeedupSampleImagesProgress  progress,
       gpointer                     user_data)
{
  gint64 began_us = g_get_monotonic_time ();
  gint64 told_us = began_us;

  g_mutex_lock (&making->lock);
  while (making->n_running > 0)
    {
      gint64 now_us = g_get_monotonic_time ();
      guint n_done = making->n_done;

      if (progress != NULL && n_done > 0 && now_us - told_us >= PROGRESS_INTERVAL_US)
        {
          g_mutex_unlock (&making->lock);
          progress (n_done, making->count,
                    (double) (now_us - began_us) * 1e-6 / n_done * (making->count - n_done),
                    user_data);
          told_us = now_us;
          g_mutex_lock (&making->lock);
          continue;
        }
      g_cond_wait (&making->changed, &making->lock);
    }
  g_mutex_unlock (&making->lock);

  if (progress != NULL)
    progress (making->n_done, making->count,
              making->n_done == making->count ? 0 : NAN, user_data);
}

static gboolean
make_folder (const char  *path,
             int          mode,
             GError     **error)
{
  g_autofree char *name = NULL;

  if (g_mkdir_with_parents (path, mode) == 0)
    return TRUE;

  name = g_filename_display_name (path);
  g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INPUT,
               "The folder “%s” cannot be made: %s; choose another one.", name, g_strerror (errno));

  return FALSE;
}

static gboolean
run_threads (Making       *making,
             guint         n_threads,
             GError      **error)
{
  GThreadPool *pool = g_thread_pool_new (make_images_cb, making, (int) n_threads, TRUE, error);

  if (pool == NULL)
    return FALSE;

  making->n_running = n_threads;
  for (guint i = 0; i < n_threads; i++)
    g_thread_pool_push (pool, GUINT_TO_POINTER (i + 1), NULL);

  g_thread_pool_free (pool, FALSE, FALSE);

  return TRUE;
}

/* The marker is written last, and tells how many bytes there must be: an interrupted call leaves
 * none, and a file that was changed or taken away since shows.
 */
static guint64
sum_sizes (GStrv paths)
{
  guint64 n_bytes = 0;

  for (gsize i = 0; paths[i] != NULL; i++)
    {
      GStatBuf info;

      if (g_stat (paths[i], &info) != 0)
        return 0;
      n_bytes += (guint64) info.st_size;
    }

  return n_bytes;
}

static gboolean
is_complete (const char *marker,
             GStrv       paths)
{
  g_autofree char *text = NULL;
  guint64 n_bytes;

  return g_file_get_contents (marker, &text, NULL, NULL) &&
         g_ascii_string_to_unsigned (g_strchomp (text), 10, 1, G_MAXUINT64, &n_bytes, NULL) &&
         n_bytes == sum_sizes (paths);
}

static gboolean
fill_cache (const char    *dir,
            const char    *marker,
            GStrv          paths,
            GCancellable  *cancellable,
            GError       **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (dir);
  g_autofree char *text = NULL;
  g_autoptr (GError) cause = NULL;

  if (!make_folder (dir, 0700, error) ||
      !speedup_sample_images_make (file, g_strv_length (paths), SPEEDUP_SAMPLE_IMAGES_SEED, 0, NULL,
                                   NULL, cancellable, error))
    return FALSE;

  text = g_strdup_printf ("%" G_GUINT64_FORMAT "\n", sum_sizes (paths));
  if (g_file_set_contents (marker, text, -1, &cause))
    return TRUE;

  g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INPUT,
               "The cache of sample images cannot be written: %s; make room.", cause->message);

  return FALSE;
}

/**
 * speedup_sample_images_dup_name:
 * @index: of a picture, from 0
 *
 * Returns: (transfer full): the name of its file; sorted by name they are in order
 */
char *
speedup_sample_images_dup_name (guint index)
{
  return g_strdup_printf ("xray-%06u.jpeg", index + 1);
}

/**
 * speedup_sample_images_make:
 * @dir: made where it does not exist
 * @count: how many, 1 to 100,000
 * @seed: of the set: the same seed makes the same bytes
 * @n_threads: threads to use; 0 for one for each processor
 * @progress: (nullable) (scope call): told how far it is
 * @user_data: for @progress
 * @cancellable: (nullable): ends it within the time of one picture
 * @error: return location; %SPEEDUP_ERROR_INVALID_ARGUMENT, %SPEEDUP_ERROR_INPUT
 *
 * Makes grey JPEGs that look like films of chests. Each file is whole or not there. Blocks.
 *
 * Returns: whether all were made
 */
gboolean
speedup_sample_images_make (GFile                        *dir,
                            guint                         count,
                            guint64                       seed,
                            guint                         n_threads,
                            SpeedupSampleImagesProgress   progress,
                            gpointer                      user_data,
                            GCancellable                 *cancellable,
                            GError                      **error)
{
  Making making = { .seed = seed, .count = count, .cancellable = cancellable };

  g_return_val_if_fail (G_IS_FILE (dir) && g_file_is_native (dir), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (count < 1 || count > SPEEDUP_SAMPLE_IMAGES_MAX_COUNT)
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
                   "%u sample images cannot be made; ask for 1 to %d.", count,
                   SPEEDUP_SAMPLE_IMAGES_MAX_COUNT);
      return FALSE;
    }

  making.dir = g_file_peek_path (dir);
  if (!make_folder (making.dir, 0777, error))
    return FALSE;

  if (n_threads == 0)
    n_threads = g_get_num_processors ();

  g_mutex_init (&making.lock);
  g_cond_init (&making.changed);
  if (run_threads (&making, MIN (n_threads, count), &making.error))
    watch (&making, progress, user_data);
  g_cond_clear (&making.changed);
  g_mutex_clear (&making.lock);

  if (making.error != NULL)
    {
      g_propagate_error (error, making.error);
      return FALSE;
    }

  return making.n_done == count || !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/**
 * speedup_sample_images_cache:
 * @count: how many
 * @cancellable: (nullable): ends the making
 * @error: return location; as speedup_sample_images_make()
 *
 * Makes sample images in the user's cache, unless they are there. Smaller sets are the beginning of
 * larger ones, so the cache never holds more than the largest that was asked for.
 *
 * Returns: (transfer full) (array zero-terminated=1): their paths
 */
GStrv
speedup_sample_images_cache (guint          count,
                             GCancellable  *cancellable,
                             GError       **error)
{
  g_autofree char *leaf = g_strdup_printf ("sample-images-%d", CACHE_VERSION);
  g_autofree char *dir = g_build_filename (g_get_user_cache_dir (), "speedup", leaf, NULL);
  g_autofree char *marker_leaf = g_strdup_printf (".complete-%u", count);
  g_autofree char *marker = g_build_filename (dir, marker_leaf, NULL);
  g_auto (GStrv) paths = g_new0 (char *, count + 1);

  g_return_val_if_fail (count >= 1 && count <= SPEEDUP_SAMPLE_IMAGES_MAX_COUNT, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  for (guint i = 0; i < count; i++)
    {
      g_autofree char *name = speedup_sample_images_dup_name (i);

      paths[i] = g_build_filename (dir, name, NULL);
    }

  if (!is_complete (marker, paths) && !fill_cache (dir, marker, paths, cancellable, error))
    return NULL;

  return g_steal_pointer (&paths);
}
