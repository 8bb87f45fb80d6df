/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-sample-images.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "speedup-error.h"
#include "speedup-sample-xray.h"
#include "test-pictures.h"

static GBytes *
read_image (const char *dir,
            guint       index)
{
  g_autofree char *name = speedup_sample_images_dup_name (index);
  g_autofree char *path = g_build_filename (dir, name, NULL);
  char *data;
  gsize n_bytes;

  if (!g_file_get_contents (path, &data, &n_bytes, NULL))
    return NULL;

  return g_bytes_new_take (data, n_bytes);
}

static guint
count_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

typedef struct
{
  guint n_calls;
  guint n_last;
  double remaining_s;
  GCancellable *cancellable;
} Told;

static void
progress_cb (guint    n_done,
             guint    count,
             double   remaining_s,
             gpointer user_data)
{
  Told *told = user_data;

  g_assert_cmpuint (n_done, <=, count);
  g_assert_cmpuint (n_done, >=, told->n_last);
  told->n_calls++;
  told->n_last = n_done;
  told->remaining_s = remaining_s;
  if (told->cancellable != NULL)
    g_cancellable_cancel (told->cancellable);
}

static void
test_same_bytes (TestPictures *fixture,
                 gconstpointer data G_GNUC_UNUSED)
{
  static const guint threads[] = { 1, 4 };
  char *path[2];

  for (gsize i = 0; i < 2; i++)
    {
      g_autoptr (GFile) dir = NULL;
      g_autoptr (GError) error = NULL;
      Told told = { 0 };

      path[i] = g_strdup_printf ("%s/with/%u", fixture->dir, threads[i]);
      dir = g_file_new_for_path (path[i]);
      speedup_sample_images_make (dir, 6, 42, threads[i], progress_cb, &told, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (told.n_last, ==, 6);
      g_assert_cmpfloat (told.remaining_s, ==, 0);
      g_assert_cmpuint (count_files (path[i]), ==, 6);
    }

  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (GBytes) one = read_image (path[0], i);
      g_autoptr (GBytes) four = read_image (path[1], i);
      g_autoptr (GBytes) next = i < 5 ? read_image (path[0], i + 1) : NULL;

      g_assert_true (g_bytes_equal (one, four));
      if (next != NULL)
        g_assert_false (g_bytes_equal (one, next));
    }
  g_free (path[0]);
  g_free (path[1]);
}

static void
test_seeds (void)
{
  g_autoptr (GBytes) one = speedup_sample_xray_make (1, 3, NULL, NULL);
  g_autoptr (GBytes) again = speedup_sample_xray_make (1, 3, NULL, NULL);
  g_autoptr (GBytes) other = speedup_sample_xray_make (2, 3, NULL, NULL);
  g_autoptr (GBytes) shifted = speedup_sample_xray_make (2, 2, NULL, NULL);

  g_assert_true (g_bytes_equal (one, again));
  g_assert_false (g_bytes_equal (one, other));
  g_assert_false (g_bytes_equal (one, shifted));
}

/* Number of components in the frame header of a JPEG. */
static guint
count_components (GBytes *jpeg)
{
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (jpeg, &n_bytes);

  for (gsize i = 0; i + 9 < n_bytes; i++)
    {
      if (data[i] == 0xff && data[i + 1] == 0xc0)
        return data[i + 9];
    }

  return 0;
}

/* Mean grey level of a part of a picture, from 0 to 255. */
static double
get_level (GdkPixbuf *pixbuf,
           double     u,
           double     v)
{
  int x = (int) (u * gdk_pixbuf_get_width (pixbuf));
  int y = (int) (v * gdk_pixbuf_get_height (pixbuf));
  double sum = 0;

  for (int i = -4; i < 4; i++)
    for (int j = -4; j < 4; j++)
      sum += gdk_pixbuf_read_pixels (pixbuf)[(y + i) * gdk_pixbuf_get_rowstride (pixbuf) +
                                             (x + j) * gdk_pixbuf_get_n_channels (pixbuf)];

  return sum / 64;
}

static void
test_looks (void)
{
  guint64 n_bytes = 0;
  guint64 n_pixels = 0;
  guint smallest = G_MAXUINT;
  guint largest = 0;
  const guint n_images = 60;

  for (guint i = 0; i < n_images; i++)
    {
      guint width, height;
      g_autoptr (GBytes) jpeg = speedup_sample_xray_make (1, i, &width, &height);

      g_assert_cmpuint (width, >=, 912);
      g_assert_cmpuint (width, <=, 2916);
      g_assert_cmpuint (height, >, width / 2);
      g_assert_cmpuint (height, <, width);
      n_bytes += g_bytes_get_size (jpeg);
      n_pixels += (guint64) width * height;
      smallest = MIN (smallest, width);
      largest = MAX (largest, width);

      if (i < 3)
        {
          g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (jpeg);
          g_autoptr (GError) error = NULL;
          g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_stream (stream, NULL, &error);

          g_assert_no_error (error);
          g_assert_cmpuint (count_components (jpeg), ==, 1);
          g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, (int) width);
          g_assert_cmpint (gdk_pixbuf_get_height (pixbuf), ==, (int) height);
          /* A lung is darker than the belly, the belly than the spine, the air than all. */
          g_assert_cmpfloat (get_level (pixbuf, 0.30, 0.45) + 20, <, get_level (pixbuf, 0.3, 0.95));
          g_assert_cmpfloat (get_level (pixbuf, 0.30, 0.95) + 20, <, get_level (pixbuf, 0.5, 0.95));
          g_assert_cmpfloat (get_level (pixbuf, 0.01, 0.9), <, get_level (pixbuf, 0.30, 0.45));
        }
    }

  g_assert_cmpuint (smallest, <, 1000);
  g_assert_cmpuint (largest, >, 2400);
  g_assert_cmpfloat ((double) n_pixels / n_images, >, 1.4e6);
  g_assert_cmpfloat ((double) n_pixels / n_images, <, 2.0e6);
  g_assert_cmpfloat ((double) n_bytes / n_images, >, 340e3);
  g_assert_cmpfloat ((double) n_bytes / n_images, <, 460e3);
}

static void
test_cancel (TestPictures *fixture,
             gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GFile) dir = g_file_new_for_path (fixture->dir);
  g_autoptr (GError) error = NULL;
  Told told = { .cancellable = cancellable };
  guint n_files;

  g_assert_false (speedup_sample_images_make (dir, 100000, 1, 2, progress_cb, &told, cancellable,
                                              &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  /* What is there is whole. */
  n_files = count_files (fixture->dir);
  g_assert_cmpuint (n_files, >, 0);
  g_assert_cmpuint (n_files, <, 100000);
  for (guint i = 0; i < n_files; i++)
    {
      g_autoptr (GBytes) made = read_image (fixture->dir, i);
      g_autoptr (GBytes) wanted = speedup_sample_xray_make (1, i, NULL, NULL);

      g_assert_true (g_bytes_equal (made, wanted));
    }
}

static void
test_errors (TestPictures *fixture,
             gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->dir, "file", NULL);
  g_autofree char *blocked = g_build_filename (fixture->dir, "xray-000001.jpeg", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) dir = g_file_new_for_path (fixture->dir);
  g_autoptr (GError) error = NULL;

  test_pictures_write (path, "x", 1);
  g_assert_false (speedup_sample_images_make (file, 1, 1, 1, NULL, NULL, NULL, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INPUT);
  g_clear_error (&error);

  g_assert_cmpint (g_mkdir (blocked, 0700), ==, 0);
  g_assert_false (speedup_sample_images_make (dir, 3, 1, 2, NULL, NULL, NULL, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INPUT);
  g_assert_nonnull (strstr (error->message, blocked));
  g_clear_error (&error);

  g_assert_false (speedup_sample_images_make (dir, 0, 1, 1, NULL, NULL, NULL, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (speedup_sample_images_make (dir, 100001, 1, 1, NULL, NULL, NULL, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT);
}

static gint64
get_mtime_ns (const char *path)
{
  struct stat info;

  g_assert_cmpint (stat (path, &info), ==, 0);

  return info.st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + info.st_mtim.tv_nsec;
}

/* Made once; made again where a file went or was changed, or the making was interrupted. */
static void
test_cache (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) paths = speedup_sample_images_cache (3, NULL, &error);
  g_auto (GStrv) again = NULL;
  g_autofree char *dir = NULL;
  g_autofree char *marker = NULL;
  gint64 mtime_ns;
  struct stat info;

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (paths), ==, 3);
  dir = g_path_get_dirname (paths[0]);
  g_assert_true (g_str_has_prefix (dir, g_get_user_cache_dir ()));
  g_assert_cmpint (stat (dir, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0700);
  mtime_ns = get_mtime_ns (paths[0]);

  again = speedup_sample_images_cache (3, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (get_mtime_ns (paths[0]), ==, mtime_ns);

  test_pictures_truncate (paths[1], 0.5);
  g_clear_pointer (&again, g_strfreev);
  again = speedup_sample_images_cache (3, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (get_mtime_ns (paths[0]), !=, mtime_ns);
  {
    g_autoptr (GBytes) made = read_image (dir, 1);
    g_autoptr (GBytes) wanted = speedup_sample_xray_make (SPEEDUP_SAMPLE_IMAGES_SEED, 1, NULL,
                                                          NULL);

    g_assert_true (g_bytes_equal (made, wanted));
  }

  marker = g_build_filename (dir, ".complete-3", NULL);
  g_assert_cmpint (g_remove (marker), ==, 0);
  mtime_ns = get_mtime_ns (paths[0]);
  g_clear_pointer (&again, g_strfreev);
  again = speedup_sample_images_cache (3, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (get_mtime_ns (paths[0]), !=, mtime_ns);
  g_assert_true (g_file_test (marker, G_FILE_TEST_EXISTS));
}

#define ADD(path, function) \
  g_test_add (path, TestPictures, NULL, test_pictures_set_up, function, test_pictures_tear_down)

int
main (int    argc,
      char **argv)
{
  char *cache = test_pictures_make_dir ();
  int status;

  /* Not G_TEST_OPTION_ISOLATE_DIRS: gdk-pixbuf needs the system's table of MIME types. */
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_test_init (&argc, &argv, NULL);

  ADD ("/sample-images/same-bytes", test_same_bytes);
  g_test_add_func ("/sample-images/seeds", test_seeds);
  g_test_add_func ("/sample-images/looks", test_looks);
  ADD ("/sample-images/cancel", test_cancel);
  ADD ("/sample-images/errors", test_errors);
  g_test_add_func ("/sample-images/cache", test_cache);

  status = g_test_run ();
  test_pictures_remove_dir (cache);

  return status;
}
