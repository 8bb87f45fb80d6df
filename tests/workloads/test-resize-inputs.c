/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-resize-inputs.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "speedup-error.h"
#include "test-pictures.h"

static void
add_file (TestPictures *fixture,
          const char   *name,
          const char   *content)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

  test_pictures_write (path, content, strlen (content));
}

static void
add_dir (TestPictures *fixture,
         const char   *name)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
}

static void
add_link (TestPictures *fixture,
          const char   *name,
          const char   *target)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

  g_assert_cmpint (symlink (target, path), ==, 0);
}

static GPtrArray *
list (const char  *path,
      gboolean     recursive,
      GError     **error)
{
  const char *paths[] = { path, NULL };

  return speedup_resize_inputs_list (paths, recursive, NULL, error);
}

static void
check_names (GPtrArray  *inputs,
             const char *wanted)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < inputs->len; i++)
    {
      const SpeedupResizeInput *input = inputs->pdata[i];

      g_string_append_printf (names, "%s|", input->name);
    }
  g_assert_cmpstr (names->str, ==, wanted);
}

static void
make_mixed_folder (TestPictures *fixture)
{
  g_autofree char *fifo = g_build_filename (fixture->dir, "fifo.jpg", NULL);
  g_autofree char *server = g_build_filename (fixture->dir, "socket.jpg", NULL);
  g_autofree char *plain = g_build_filename (fixture->dir, "scan", NULL);
  g_autoptr (GdkPixbuf) picture = test_pictures_new_corners (16, 16);

  add_file (fixture, "b.JPG", "not looked into");
  add_file (fixture, "a.png", "");
  add_file (fixture, "new\nline.bmp", "x");
  add_file (fixture, "bad\xff.gif", "x");
  add_file (fixture, "notes.txt", "x");
  add_file (fixture, "list", "no picture");
  add_file (fixture, "._a.png", "x");
  test_pictures_save (picture, plain, "png");
  test_pictures_make_fifo (fifo);
  test_pictures_make_socket (server);
  add_link (fixture, "dangling.jpg", "nowhere.jpg");
  add_link (fixture, "loop.jpg", "loop.jpg");
  add_link (fixture, "z-link.jpg", "b.JPG");
  add_dir (fixture, "sub");
  add_file (fixture, "sub/c.tiff", "x");
  add_dir (fixture, "sub/deeper");
  add_file (fixture, "sub/deeper/a.png", "x");
  add_link (fixture, "sub/deeper/up", "../..");
  add_link (fixture, "again", "sub");
  add_dir (fixture, "folder.jpg");
}

static void
test_list (TestPictures *fixture,
           gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) flat = NULL;
  g_autoptr (GPtrArray) deep = NULL;
  g_autoptr (GError) error = NULL;
  const SpeedupResizeInput *first;

  make_mixed_folder (fixture);

  flat = list (fixture->dir, FALSE, &error);
  g_assert_no_error (error);
  check_names (flat, "a.png|b.JPG|bad\xff.gif|new\nline.bmp|scan|z-link.jpg|");
  first = flat->pdata[1];
  g_assert_cmpuint (first->size, ==, strlen ("not looked into"));
  g_assert_cmpint (first->mtime_ns, >, G_GINT64_CONSTANT (1000000000000000000));

  deep = list (fixture->dir, TRUE, &error);
  g_assert_no_error (error);
  check_names (deep, "a.png|b.JPG|bad\xff.gif|new\nline.bmp|scan|sub/c.tiff|sub/deeper/a.png|"
                     "z-link.jpg|");
}

/* A file that is named is taken whatever it is; folders and files keep their order. */
static void
test_named (TestPictures *fixture,
            gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *notes = g_build_filename (fixture->dir, "notes.txt", NULL);
  g_autofree char *fifo = g_build_filename (fixture->dir, "fifo.jpg", NULL);
  g_autofree char *sub = g_build_filename (fixture->dir, "sub", NULL);
  const char *paths[] = { notes, sub, fifo, NULL };
  g_autoptr (GPtrArray) inputs = NULL;
  g_autoptr (GError) error = NULL;

  make_mixed_folder (fixture);
  inputs = speedup_resize_inputs_list (paths, FALSE, NULL, &error);
  g_assert_no_error (error);
  check_names (inputs, "notes.txt|c.tiff|fifo.jpg|");
}

static void
test_no_pictures (TestPictures *fixture,
                  gconstpointer data G_GNUC_UNUSED)
{
  static const struct
  {
    const char *folder;
    gboolean recursive;
    int code;
    const char *reason;
  } rows[] = {
    { "missing", FALSE, SPEEDUP_ERROR_INPUT, "No such file" },
    { "dangling", FALSE, SPEEDUP_ERROR_INPUT, "No such file" },
    { "loop", FALSE, SPEEDUP_ERROR_INPUT, "symbolic links" },
    { "empty", FALSE, SPEEDUP_ERROR_NO_TASKS, "has no files" },
    { "texts", FALSE, SPEEDUP_ERROR_NO_TASKS, "None of the 2 files" },
    { "nested", FALSE, SPEEDUP_ERROR_NO_TASKS, "ask for recursive reading" },
    { "texts", TRUE, SPEEDUP_ERROR_NO_TASKS, "choose another folder" },
  };

  add_dir (fixture, "empty");
  add_dir (fixture, "texts");
  add_file (fixture, "texts/a.txt", "x");
  add_file (fixture, "texts/b", "x");
  add_dir (fixture, "nested");
  add_dir (fixture, "nested/sub");
  add_file (fixture, "nested/sub/a.png", "x");
  add_link (fixture, "dangling", "nowhere");
  add_link (fixture, "loop", "loop");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_build_filename (fixture->dir, rows[i].folder, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) inputs = list (path, rows[i].recursive, &error);

      g_assert_null (inputs);
      g_assert_error (error, SPEEDUP_ERROR, rows[i].code);
      g_assert_nonnull (strstr (error->message, path));
      g_assert_nonnull (strstr (error->message, rows[i].reason));
    }
}

static void
test_unreadable (TestPictures *fixture,
                 gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *sub = g_build_filename (fixture->dir, "secret", NULL);
  g_autoptr (GPtrArray) inputs = NULL;
  g_autoptr (GError) error = NULL;

  if (geteuid () == 0)
    {
      g_test_skip ("root may read everything");
      return;
    }

  add_file (fixture, "a.png", "x");
  add_dir (fixture, "secret");
  g_assert_cmpint (g_chmod (sub, 0), ==, 0);
  inputs = list (fixture->dir, TRUE, &error);
  g_chmod (sub, 0700);
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INPUT);
  g_assert_nonnull (strstr (error->message, sub));
}

static void
test_cancel (TestPictures *fixture,
             gconstpointer data G_GNUC_UNUSED)
{
  const char *paths[] = { fixture->dir, NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GPtrArray) inputs = NULL;
  g_autoptr (GError) error = NULL;

  add_file (fixture, "a.png", "x");
  g_cancellable_cancel (cancellable);
  inputs = speedup_resize_inputs_list (paths, FALSE, cancellable, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (inputs);
}

/* As many sizes as pictures, out of order. */
static GPtrArray *
make_population (guint n)
{
  GPtrArray *inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) speedup_resize_input_free);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/%06u.png", i);

      g_ptr_array_add (inputs, speedup_resize_input_new (path, 1, (guint64) i * 7919 % n, 5));
    }

  return inputs;
}

static void
test_sample (void)
{
  g_autoptr (GPtrArray) all = make_population (10000);
  g_autoptr (GPtrArray) sample = speedup_resize_inputs_sample (all, 40, 1);
  g_autoptr (GPtrArray) again = speedup_resize_inputs_sample (all, 40, 1);
  g_autoptr (GPtrArray) other = speedup_resize_inputs_sample (all, 40, (guint64) 1 << 40);
  g_autofree char *digest = speedup_resize_inputs_dup_digest (sample);
  g_autofree char *digest_again = speedup_resize_inputs_dup_digest (again);
  g_autofree char *digest_other = speedup_resize_inputs_dup_digest (other);
  guint n_in_group[40] = { 0 };

  g_assert_cmpuint (sample->len, ==, 40);
  g_assert_cmpstr (digest, ==, digest_again);
  g_assert_cmpstr (digest, !=, digest_other);

  for (guint i = 0; i < sample->len; i++)
    {
      const SpeedupResizeInput *input = sample->pdata[i];

      n_in_group[input->size / 250]++;
      if (i > 0)
        g_assert_cmpstr (((SpeedupResizeInput *) sample->pdata[i - 1])->path, <, input->path);
    }
  for (guint i = 0; i < 40; i++)
    g_assert_cmpuint (n_in_group[i], ==, 1);
}

/* Each picture is as likely as any other. */
static void
test_sample_is_fair (void)
{
  g_autoptr (GPtrArray) all = make_population (30);
  guint n_chosen[30] = { 0 };

  for (guint seed = 0; seed < 3000; seed++)
    {
      g_autoptr (GPtrArray) sample = speedup_resize_inputs_sample (all, 10, seed);

      g_assert_cmpuint (sample->len, ==, 10);
      for (guint i = 0; i < sample->len; i++)
        n_chosen[((SpeedupResizeInput *) sample->pdata[i])->size]++;
    }

  /* 1000 expected; 26 is one standard deviation. */
  for (guint i = 0; i < 30; i++)
    {
      g_assert_cmpuint (n_chosen[i], >, 850);
      g_assert_cmpuint (n_chosen[i], <, 1150);
    }
}

static void
test_sample_of_all (void)
{
  static const guint counts[] = { 0, 30, 31, G_MAXUINT };
  g_autoptr (GPtrArray) all = make_population (30);

  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (GPtrArray) sample = speedup_resize_inputs_sample (all, counts[i], 1);

      g_assert_cmpuint (sample->len, ==, 30);
    }
}

static void
test_digest (void)
{
  static const struct
  {
    const char *path;
    guint64 size;
    gint64 mtime_ns;
  } rows[] = { { "/a", 1, 1 }, { "/b", 1, 1 }, { "/a", 2, 1 }, { "/a", 1, 2 }, { "/a\001", 1, 1 } };
  g_autoptr (GHashTable) digests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GPtrArray) inputs =
        g_ptr_array_new_with_free_func ((GDestroyNotify) speedup_resize_input_free);

      g_ptr_array_add (inputs, speedup_resize_input_new (rows[i].path, 1, rows[i].size,
                                                         rows[i].mtime_ns));
      g_assert_true (g_hash_table_add (digests, speedup_resize_inputs_dup_digest (inputs)));
    }
}

static void
test_paths (void)
{
  g_autofree char *current = g_get_current_dir ();
  g_autofree char *relative = g_build_filename (current, "x.png", NULL);
  const struct
  {
    const char *option;
    const char *path;
    const char *again;
  } rows[] = {
    { "/a/../b//c.png", "/b/c.png", "/b/c.png" },
    { "x.png", relative, relative },
    { "file:///a%20b/%FF.png", "/a b/\xff.png", "file:///a%20b/%FF.png" },
    { "/grüße\n.png", "/grüße\n.png", "/grüße\n.png" },
  };
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = speedup_resize_path_from_option (rows[i].option, &error);
      g_autofree char *again = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (path, ==, rows[i].path);
      again = speedup_resize_path_to_option (path);
      g_assert_cmpstr (again, ==, rows[i].again);
    }

  g_assert_null (speedup_resize_path_from_option ("file://elsewhere.example/x%zz", &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT);
}

#define ADD(path, function) \
  g_test_add (path, TestPictures, NULL, test_pictures_set_up, function, test_pictures_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/resize/inputs/list", test_list);
  ADD ("/resize/inputs/named", test_named);
  ADD ("/resize/inputs/no-pictures", test_no_pictures);
  ADD ("/resize/inputs/unreadable", test_unreadable);
  ADD ("/resize/inputs/cancel", test_cancel);
  g_test_add_func ("/resize/inputs/sample", test_sample);
  g_test_add_func ("/resize/inputs/sample/fair", test_sample_is_fair);
  g_test_add_func ("/resize/inputs/sample/all", test_sample_of_all);
  g_test_add_func ("/resize/inputs/digest", test_digest);
  g_test_add_func ("/resize/inputs/paths", test_paths);

  return g_test_run ();
}
