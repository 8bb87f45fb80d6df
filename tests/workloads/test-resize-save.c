/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-resize-save.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "speedup-error.h"
#include "test-pictures.h"

#define WIDTH  5
#define HEIGHT 3
#define BYTES  (WIDTH * HEIGHT * 3)

typedef struct
{
  char *dir;
  SpeedupResizeWorkload *workload;
  GVariant **outputs;
  guint n_outputs;
} Fixture;

static void
add_input (Fixture    *fixture,
           const char *name)
{
  g_autofree char *path = g_build_filename (fixture->dir, "in", name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_mkdir_with_parents (parent, 0700);
  test_pictures_write (path, name, strlen (name));
}

/* An output of its own for each task, so that none can be taken for another. */
static void
fill_outputs (Fixture *fixture)
{
  fixture->n_outputs = speedup_workload_get_n_tasks (SPEEDUP_WORKLOAD (fixture->workload));
  fixture->outputs = g_new0 (GVariant *, fixture->n_outputs);
  for (guint i = 0; i < fixture->n_outputs; i++)
    {
      guint8 pixels[BYTES];

      for (guint k = 0; k < BYTES; k++)
        pixels[k] = (guint8) (i * BYTES + k);
      fixture->outputs[i] = g_variant_ref_sink (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE,
                                                                           pixels, BYTES, 1));
    }
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  static const char *const names[] = {
    "a.jpg", "a.png", "a.x.gif", "noext.bmp", "bad\xff.png", "new\nline.png", "sub/a.jpg",
  };
  g_autofree char *in = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GError) error = NULL;

  fixture->dir = test_pictures_make_dir ();
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    add_input (fixture, names[i]);

  in = g_build_filename (fixture->dir, "in", NULL);
  options = g_variant_new_parsed ("{'input': <[%s]>, 'recursive': <true>, 'width': <%i>, "
                                  "'height': <%i>}", in, WIDTH, HEIGHT);
  g_variant_ref_sink (options);
  fixture->workload = SPEEDUP_RESIZE_WORKLOAD (
    speedup_resize_workload_new_from_options (options, NULL, &error));
  g_assert_no_error (error);
  fill_outputs (fixture);
  g_assert_cmpuint (fixture->n_outputs, ==, G_N_ELEMENTS (names));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  for (guint i = 0; i < fixture->n_outputs; i++)
    g_clear_pointer (&fixture->outputs[i], g_variant_unref);
  g_free (fixture->outputs);
  g_assert_finalize_object (fixture->workload);
  test_pictures_remove_dir (fixture->dir);
}

static void
check_png (const char *dir,
           const char *name,
           guint       task)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_file (path, &error);
  const guint8 *pixels;
  guint stride;

  g_assert_no_error (error);
  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, WIDTH);
  g_assert_cmpint (gdk_pixbuf_get_height (pixbuf), ==, HEIGHT);
  pixels = gdk_pixbuf_read_pixels (pixbuf);
  stride = (guint) gdk_pixbuf_get_rowstride (pixbuf);
  for (guint y = 0; y < HEIGHT; y++)
    for (guint k = 0; k < WIDTH * 3; k++)
      g_assert_cmpuint (pixels[y * stride + k], ==,
                        (guint8) (task * BYTES + y * WIDTH * 3 + k));
}

static void
check_input (Fixture    *fixture,
             const char *name)
{
  g_autofree char *path = g_build_filename (fixture->dir, "in", name, NULL);
  g_autofree char *content = NULL;

  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, name);
}

/* Sorted: a.jpg, a.png, a.x.gif, bad, new, noext, sub/a */
static void
test_dir (Fixture       *fixture,
          gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *out = g_build_filename (fixture->dir, "out", "put", NULL);
  g_autofree char *failed = g_build_filename (out, "noext.png", NULL);
  g_autoptr (GFile) dir = g_file_new_for_path (out);
  g_autoptr (GError) error = NULL;
  guint n_saved;

  g_clear_pointer (&fixture->outputs[5], g_variant_unref);

  /* Twice: the second time writes over the first. */
  for (guint i = 0; i < 2; i++)
    {
      speedup_resize_save_dir (fixture->workload, fixture->outputs, fixture->n_outputs, dir,
                               &n_saved, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (n_saved, ==, 6);
      check_png (out, "a.png", 0);
      check_png (out, "a-2.png", 1);
      check_png (out, "a.x.png", 2);
      check_png (out, "bad\xff.png", 3);
      check_png (out, "new\nline.png", 4);
      check_png (out, "sub/a.png", 6);
      g_assert_false (g_file_test (failed, G_FILE_TEST_EXISTS));
    }
}

/* Into the folder of the inputs, by way of a link. */
static void
test_dir_of_inputs (Fixture       *fixture,
                    gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *link = g_build_filename (fixture->dir, "link", NULL);
  g_autoptr (GFile) dir = g_file_new_for_path (link);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (symlink ("in", link), ==, 0);
  speedup_resize_save_dir (fixture->workload, fixture->outputs, fixture->n_outputs, dir, NULL,
                           NULL, &error);
  g_assert_no_error (error);
  check_png (link, "a-2.png", 0);
  check_png (link, "a-3.png", 1);
  check_png (link, "bad\xff-2.png", 3);
  check_png (link, "sub/a.png", 6);
  check_input (fixture, "a.jpg");
  check_input (fixture, "a.png");
  check_input (fixture, "bad\xff.png");
  check_input (fixture, "new\nline.png");
}

static void
test_dir_errors (Fixture       *fixture,
                 gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *blocked = g_build_filename (fixture->dir, "in", "a.jpg", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (blocked);
  g_autofree char *other = g_build_filename (fixture->dir, "other", NULL);
  g_autoptr (GFile) dir = g_file_new_for_path (other);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (speedup_resize_save_dir (fixture->workload, fixture->outputs, fixture->n_outputs,
                                           file, NULL, NULL, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, blocked));
  g_clear_error (&error);

  g_cancellable_cancel (cancellable);
  g_assert_false (speedup_resize_save_dir (fixture->workload, fixture->outputs, fixture->n_outputs,
                                           dir, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static guint8 *
read_array (const char *path,
            guint      *n_images,
            gsize      *n_bytes)
{
  g_autofree char *data = NULL;
  g_autofree char *header = NULL;
  g_autoptr (GRegex) regex = NULL;
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *count = NULL;
  gsize length, n_header;

  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  g_assert_cmpmem (data, 8, "\x93NUMPY\x01\x00", 8);
  n_header = (guint8) data[8] + 256u * (guint8) data[9];
  g_assert_cmpuint ((10 + n_header) % 64, ==, 0);
  header = g_strndup (data + 10, n_header);
  g_assert_true (g_str_has_suffix (header, "\n"));
  regex = g_regex_new ("^\\{'descr': '\\|u1', 'fortran_order': False, "
                       "'shape': \\((\\d+), 3, 5, 3\\), \\} *\\n$", 0, 0, NULL);
  g_assert_true (g_regex_match (regex, header, 0, &match));
  count = g_match_info_fetch (match, 1);
  *n_images = (guint) g_ascii_strtoull (count, NULL, 10);
  *n_bytes = length - 10 - n_header;

  return g_memdup2 (data + 10 + n_header, *n_bytes);
}

static void
test_array (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->dir, "out.npy", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree guint8 *pixels = NULL;
  g_autoptr (GError) error = NULL;
  guint n_saved, n_images;
  gsize n_bytes;

  test_pictures_write (path, "old", 3);
  g_clear_pointer (&fixture->outputs[1], g_variant_unref);
  /* A worker that is not ours may send anything. */
  g_clear_pointer (&fixture->outputs[2], g_variant_unref);
  fixture->outputs[2] = g_variant_ref_sink (g_variant_new_bytestring ("short"));
  g_clear_pointer (&fixture->outputs[3], g_variant_unref);
  fixture->outputs[3] = g_variant_ref_sink (g_variant_new_uint32 (3));

  speedup_resize_save_array (fixture->workload, fixture->outputs, fixture->n_outputs, file,
                             &n_saved, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_saved, ==, 4);

  pixels = read_array (path, &n_images, &n_bytes);
  g_assert_cmpuint (n_images, ==, 4);
  g_assert_cmpuint (n_bytes, ==, 4 * BYTES);
  for (guint k = 0; k < BYTES; k++)
    {
      g_assert_cmpuint (pixels[k], ==, (guint8) k);
      g_assert_cmpuint (pixels[BYTES + k], ==, (guint8) (4 * BYTES + k));
      g_assert_cmpuint (pixels[3 * BYTES + k], ==, (guint8) (6 * BYTES + k));
    }
}

static gboolean
run_python (const char *script,
            const char *argument)
{
  static const char *const pythons[] = { "/usr/bin/python3", "python3" };

  for (gsize i = 0; i < G_N_ELEMENTS (pythons); i++)
    {
      const char *probe[] = { pythons[i], "-c", "import numpy", NULL };
      const char *run[] = { pythons[i], "-c", script, argument, NULL };
      int status = -1;

      if (!g_spawn_sync (NULL, (char **) probe, NULL,
                         G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                         &status, NULL) || status != 0)
        continue;
      g_assert_true (g_spawn_sync (NULL, (char **) run, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                                   NULL, &status, NULL));
      g_assert_cmpint (status, ==, 0);
      return TRUE;
    }

  return FALSE;
}

static void
test_array_numpy (Fixture       *fixture,
                  gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->dir, "out.npy", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  speedup_resize_save_array (fixture->workload, fixture->outputs, fixture->n_outputs, file, NULL,
                             NULL, &error);
  g_assert_no_error (error);

  if (!run_python ("import numpy, sys\n"
                   "a = numpy.load(sys.argv[1])\n"
                   "assert a.shape == (7, 3, 5, 3) and a.dtype == numpy.uint8\n"
                   "assert (a.ravel() == numpy.arange(7 * 45) % 256).all()\n", path))
    g_test_skip ("NumPy is not installed");
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

/* Whatever goes wrong, the old file stays and nothing is left beside it. */
static void
test_array_errors (Fixture       *fixture,
                   gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->dir, "out.npy", NULL);
  g_autofree char *nowhere = g_build_filename (fixture->dir, "missing", "out.npy", NULL);
  g_autofree char *folder = g_build_filename (fixture->dir, "in", NULL);
  g_autofree char *content = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  const char *const bad[] = { nowhere, folder, "/dev/full" };
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GFile) target = g_file_new_for_path (bad[i]);

      g_assert_false (speedup_resize_save_array (fixture->workload, fixture->outputs,
                                                 fixture->n_outputs, target, NULL, NULL, &error));
      g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, bad[i]));
      g_clear_error (&error);
    }

  test_pictures_write (path, "old", 3);
  g_cancellable_cancel (cancellable);
  g_assert_false (speedup_resize_save_array (fixture->workload, fixture->outputs,
                                             fixture->n_outputs, file, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "old");
  g_assert_cmpuint (count_files (fixture->dir), ==, 2);
}

/* A disk that is full in the middle, played by a limit on the size of files. */
static void
test_array_full_disk (Fixture       *fixture,
                      gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->dir, "out.npy", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit before, low;
  gboolean saved;

  test_pictures_write (path, "old", 3);

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  low = before;
  low.rlim_cur = 200;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &low), ==, 0);
  saved = speedup_resize_save_array (fixture->workload, fixture->outputs, fixture->n_outputs, file,
                                     NULL, NULL, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);

  g_assert_false (saved);
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "old");
  g_assert_cmpuint (count_files (fixture->dir), ==, 2);
}

static void
test_summary (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GVariant) summary = NULL;
  g_autofree const char **paths = NULL;
  g_autofree const char **thumbnails = NULL;
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  g_autofree guchar *png = NULL;
  gsize n_png;

  g_clear_pointer (&fixture->outputs[0], g_variant_unref);
  summary = speedup_workload_summarise_output (SPEEDUP_WORKLOAD (fixture->workload),
                                               fixture->outputs, fixture->n_outputs);
  g_assert_true (g_variant_lookup (summary, "paths", "^a&s", &paths));
  g_assert_true (g_variant_lookup (summary, "thumbnails", "^a&s", &thumbnails));
  g_assert_cmpuint (g_strv_length ((GStrv) paths), ==, 6);
  g_assert_cmpuint (g_strv_length ((GStrv) thumbnails), ==, 6);
  g_assert_true (g_str_has_suffix (paths[0], "in/a.png"));

  png = g_base64_decode (thumbnails[0], &n_png);
  g_assert_true (gdk_pixbuf_loader_write (loader, png, n_png, NULL));
  g_assert_true (gdk_pixbuf_loader_close (loader, NULL));
  g_assert_cmpuint (gdk_pixbuf_read_pixels (gdk_pixbuf_loader_get_pixbuf (loader))[1], ==,
                    BYTES + 1);
}

/* Large outputs stay small in the result file, and only 48 of many go there. */
static void
test_large_summary (void)
{
  char *dir = test_pictures_make_dir ();
  g_autoptr (SpeedupWorkload) workload = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GVariant) summary = NULL;
  g_autoptr (GVariant) output = NULL;
  g_autofree const char **thumbnails = NULL;
  g_autofree guint8 *pixels = g_malloc0 (1000 * 500 * 3);
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  g_autofree guchar *png = NULL;
  GVariant *outputs[60];
  gsize n_png;

  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%u.png", dir, i);

      test_pictures_write (path, "x", 1);
    }
  options = g_variant_ref_sink (g_variant_new_parsed ("{'input': <[%s]>, 'width': <1000>, "
                                                      "'height': <500>}", dir));
  workload = speedup_resize_workload_new_from_options (options, NULL, NULL);
  output = g_variant_ref_sink (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, pixels,
                                                          1000 * 500 * 3, 1));
  for (guint i = 0; i < 60; i++)
    outputs[i] = output;

  summary = speedup_workload_summarise_output (workload, outputs, 60);
  g_assert_true (g_variant_lookup (summary, "thumbnails", "^a&s", &thumbnails));
  g_assert_cmpuint (g_strv_length ((GStrv) thumbnails), ==, 48);
  png = g_base64_decode (thumbnails[47], &n_png);
  g_assert_true (gdk_pixbuf_loader_write (loader, png, n_png, NULL));
  g_assert_true (gdk_pixbuf_loader_close (loader, NULL));
  g_assert_cmpint (gdk_pixbuf_get_width (gdk_pixbuf_loader_get_pixbuf (loader)), ==, 128);
  g_assert_cmpint (gdk_pixbuf_get_height (gdk_pixbuf_loader_get_pixbuf (loader)), ==, 64);
  test_pictures_remove_dir (dir);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/resize/save/dir", test_dir);
  ADD ("/resize/save/dir/of-inputs", test_dir_of_inputs);
  ADD ("/resize/save/dir/errors", test_dir_errors);
  ADD ("/resize/save/array", test_array);
  ADD ("/resize/save/array/numpy", test_array_numpy);
  ADD ("/resize/save/array/errors", test_array_errors);
  ADD ("/resize/save/array/full-disk", test_array_full_disk);
  ADD ("/resize/save/summary", test_summary);
  g_test_add_func ("/resize/save/summary/large", test_large_summary);

  return g_test_run ();
}
