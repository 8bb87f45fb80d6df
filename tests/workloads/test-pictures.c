/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-pictures.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void
remove_all (GFile *file)
{
  g_autoptr (GFileEnumerator) children = NULL;
  GFile *child;

  children = g_file_enumerate_children (file, G_FILE_ATTRIBUTE_STANDARD_NAME,
                                        G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  while (children != NULL &&
         g_file_enumerator_iterate (children, NULL, &child, NULL, NULL) && child != NULL)
    remove_all (child);

  g_file_delete (file, NULL, NULL);
}

char *
test_pictures_make_dir (void)
{
  g_autoptr (GError) error = NULL;
  char *dir = g_dir_make_tmp ("speedup-test-XXXXXX", &error);

  g_assert_no_error (error);

  return dir;
}

void
test_pictures_remove_dir (char *dir)
{
  g_autoptr (GFile) file = g_file_new_for_path (dir);

  remove_all (file);
  g_free (dir);
}

void
test_pictures_set_up (TestPictures  *self,
                      gconstpointer  data G_GNUC_UNUSED)
{
  self->dir = test_pictures_make_dir ();
}

void
test_pictures_tear_down (TestPictures  *self,
                         gconstpointer  data G_GNUC_UNUSED)
{
  test_pictures_remove_dir (self->dir);
}

void
test_pictures_write (const char    *path,
                     gconstpointer  data,
                     gsize          n_bytes)
{
  g_autoptr (GError) error = NULL;

  /* What replaces a file is synced to the disk, which a test has no time for. */
  g_remove (path);
  g_file_set_contents (path, data, (gssize) n_bytes, &error);
  g_assert_no_error (error);
}

void
test_pictures_truncate (const char *path,
                        double      share)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (truncate (path, (off_t) ((double) info.st_size * share)), ==, 0);
}

void
test_pictures_append (const char *path,
                      const char *text)
{
  g_autofree char *data = NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gsize n_bytes;

  g_assert_true (g_file_get_contents (path, &data, &n_bytes, NULL));
  g_byte_array_append (bytes, (const guint8 *) data, (guint) n_bytes);
  g_byte_array_append (bytes, (const guint8 *) text, (guint) strlen (text));
  test_pictures_write (path, bytes->data, bytes->len);
}

void
test_pictures_make_fifo (const char *path)
{
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
}

void
test_pictures_make_socket (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM, 0);

  g_assert_cmpuint (strlen (path), <, sizeof address.sun_path);
  strcpy (address.sun_path, path);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  close (fd);
}

gboolean
test_pictures_have_format (const char *name)
{
  g_autoptr (GSList) formats = gdk_pixbuf_get_formats ();

  for (GSList *l = formats; l != NULL; l = l->next)
    {
      g_autofree char *known = gdk_pixbuf_format_get_name (l->data);

      if (g_str_equal (known, name))
        return TRUE;
    }

  return FALSE;
}

static void
fill (GdkPixbuf *pixbuf,
      int        x,
      int        y,
      int        width,
      int        height,
      guint32    rgba)
{
  g_autoptr (GdkPixbuf) part = gdk_pixbuf_new_subpixbuf (pixbuf, x, y, width, height);

  gdk_pixbuf_fill (part, rgba);
}

/* Quarters: red, green; blue, white. */
GdkPixbuf *
test_pictures_new_corners (int width,
                           int height)
{
  GdkPixbuf *pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  int x = width / 2;
  int y = height / 2;

  fill (pixbuf, 0, 0, x, y, 0xff0000ff);
  fill (pixbuf, x, 0, width - x, y, 0x00ff00ff);
  fill (pixbuf, 0, y, x, height - y, 0x0000ffff);
  fill (pixbuf, x, y, width - x, height - y, 0xffffffff);

  return pixbuf;
}

/* Along the longer side: a quarter blue, half red, a quarter green. */
GdkPixbuf *
test_pictures_new_bands (int width,
                         int height)
{
  GdkPixbuf *pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  int x = width / 4;
  int y = height / 4;

  gdk_pixbuf_fill (pixbuf, 0xff0000ff);
  if (width >= height)
    {
      fill (pixbuf, 0, 0, x, height, 0x0000ffff);
      fill (pixbuf, width - x, 0, x, height, 0x00ff00ff);
    }
  else
    {
      fill (pixbuf, 0, 0, width, y, 0x0000ffff);
      fill (pixbuf, 0, height - y, width, y, 0x00ff00ff);
    }

  return pixbuf;
}

/* What compresses badly, so that files are long enough to be cut. */
GdkPixbuf *
test_pictures_new_noise (int width,
                         int height)
{
  GdkPixbuf *pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  guint8 *pixels = gdk_pixbuf_get_pixels (pixbuf);
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  for (gsize i = 0; i < gdk_pixbuf_get_byte_length (pixbuf); i++)
    pixels[i] = (guint8) g_rand_int (random);

  return pixbuf;
}

void
test_pictures_save (GdkPixbuf  *pixbuf,
                    const char *path,
                    const char *type)
{
  g_autoptr (GError) error = NULL;

  if (g_str_equal (type, "jpeg"))
    gdk_pixbuf_save (pixbuf, path, type, &error, "quality", "98", NULL);
  else
    gdk_pixbuf_save (pixbuf, path, type, &error, NULL);
  g_assert_no_error (error);
}

/* A JPEG with a segment of Exif after its first marker. */
void
test_pictures_save_oriented (GdkPixbuf  *pixbuf,
                             const char *path,
                             guint       orientation)
{
  const guint8 exif[] = {
    0xff, 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0,
    'I', 'I', 42, 0, 8, 0, 0, 0,
    1, 0,
    0x12, 0x01, 3, 0, 1, 0, 0, 0, (guint8) orientation, 0, 0, 0,
    0, 0, 0, 0,
  };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *jpeg = NULL;
  gsize n_bytes;

  gdk_pixbuf_save_to_buffer (pixbuf, &jpeg, &n_bytes, "jpeg", &error, "quality", "98", NULL);
  g_assert_no_error (error);

  g_byte_array_append (bytes, (const guint8 *) jpeg, 2);
  g_byte_array_append (bytes, exif, sizeof exif);
  g_byte_array_append (bytes, (const guint8 *) jpeg + 2, (guint) n_bytes - 2);
  test_pictures_write (path, bytes->data, bytes->len);
}

/* One pixel, first red, then blue. */
void
test_pictures_save_animation (const char *path)
{
  static const guint8 gif[] = {
    'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0, 0x91, 0, 0,
    0xff, 0, 0, 0, 0, 0xff, 0, 0, 0, 0, 0, 0,
    0x21, 0xf9, 4, 0, 10, 0, 0, 0,
    0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 0x01, 0,
    0x21, 0xf9, 4, 0, 10, 0, 0, 0,
    0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4c, 0x01, 0,
    0x3b,
  };

  test_pictures_write (path, gif, sizeof gif);
}

static void
append_rows (GByteArray *bytes,
             GdkPixbuf  *pixbuf)
{
  for (int y = 0; y < gdk_pixbuf_get_height (pixbuf); y++)
    g_byte_array_append (bytes, gdk_pixbuf_read_pixels (pixbuf) +
                         (gsize) y * (gsize) gdk_pixbuf_get_rowstride (pixbuf),
                         (guint) gdk_pixbuf_get_width (pixbuf) * 3);
}

void
test_pictures_save_pnm (GdkPixbuf  *pixbuf,
                        const char *path)
{
  g_autofree char *head = g_strdup_printf ("P6\n%d %d\n255\n", gdk_pixbuf_get_width (pixbuf),
                                           gdk_pixbuf_get_height (pixbuf));
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *) head, (guint) strlen (head));
  append_rows (bytes, pixbuf);
  test_pictures_write (path, bytes->data, bytes->len);
}

void
test_pictures_save_tga (GdkPixbuf  *pixbuf,
                        const char *path)
{
  guint width = (guint) gdk_pixbuf_get_width (pixbuf);
  guint height = (guint) gdk_pixbuf_get_height (pixbuf);
  const guint8 head[18] = {
    [2] = 2, [12] = width & 0xff, [13] = (guint8) (width >> 8), [14] = height & 0xff,
    [15] = (guint8) (height >> 8), [16] = 24, [17] = 0x20,
  };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, head, sizeof head);
  append_rows (bytes, pixbuf);
  test_pictures_write (path, bytes->data, bytes->len);
}

/* ISO 3309, as PNG uses it. */
static guint32
get_crc32 (const guint8 *data,
           gsize         n_bytes)
{
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < n_bytes; i++)
    {
      crc ^= data[i];
      for (guint bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
    }

  return ~crc;
}

static void
put_be32 (guint8  *bytes,
          guint32  value)
{
  value = GUINT32_TO_BE (value);
  memcpy (bytes, &value, 4);
}

static void
put_le32 (guint8  *bytes,
          guint32  value)
{
  value = GUINT32_TO_LE (value);
  memcpy (bytes, &value, 4);
}

static void
save_png_claim (const char *path,
                guint       width,
                guint       height)
{
  guint8 png[33 + 12] = {
    0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R',
    [24] = 8, [25] = 2, [37] = 'I', [38] = 'D', [39] = 'A', [40] = 'T',
  };

  put_be32 (png + 16, width);
  put_be32 (png + 20, height);
  put_be32 (png + 29, get_crc32 (png + 12, 17));
  test_pictures_write (path, png, sizeof png);
}

/* A good JPEG of 16 x 16 pixels whose frame header is changed. */
static void
save_jpeg_claim (const char *path,
                 guint       width,
                 guint       height)
{
  g_autoptr (GdkPixbuf) pixbuf = test_pictures_new_corners (16, 16);
  g_autofree char *jpeg = NULL;
  gsize n_bytes;

  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &jpeg, &n_bytes, "jpeg", NULL, NULL));
  for (gsize i = 0; i + 9 < n_bytes; i++)
    {
      guint8 *marker = (guint8 *) jpeg + i;

      if (marker[0] != 0xff || marker[1] != 0xc0)
        continue;
      marker[5] = (guint8) (height >> 8);
      marker[6] = (guint8) height;
      marker[7] = (guint8) (width >> 8);
      marker[8] = (guint8) width;
      break;
    }
  test_pictures_write (path, jpeg, n_bytes);
}

static void
save_bmp_claim (const char *path,
                guint       width,
                guint       height)
{
  guint8 bmp[54 + 16] = {
    'B', 'M', [2] = 70, [10] = 54, [14] = 40, [26] = 1, [28] = 24,
  };

  put_le32 (bmp + 18, width);
  put_le32 (bmp + 22, height);
  test_pictures_write (path, bmp, sizeof bmp);
}

static void
save_gif_claim (const char *path,
                guint       width,
                guint       height)
{
  guint8 gif[] = {
    'G', 'I', 'F', '8', '9', 'a', (guint8) width, (guint8) (width >> 8), (guint8) height,
    (guint8) (height >> 8), 0x91, 0, 0, 0xff, 0, 0, 0, 0, 0xff, 0, 0, 0, 0, 0, 0,
    0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 0x01, 0, 0x3b,
  };

  test_pictures_write (path, gif, sizeof gif);
}

static void
save_tga_claim (const char *path,
                guint       width,
                guint       height)
{
  guint8 tga[18 + 12] = {
    [2] = 2, [12] = (guint8) width, [13] = (guint8) (width >> 8), [14] = (guint8) height,
    [15] = (guint8) (height >> 8), [16] = 24,
  };

  test_pictures_write (path, tga, sizeof tga);
}

static void
save_tiff_claim (const char *path,
                 guint       width,
                 guint       height)
{
  const guint32 tags[][2] = {
    { 256, width }, { 257, height }, { 258, 8 }, { 259, 1 }, { 262, 1 }, { 273, 8 }, { 277, 1 },
    { 278, height }, { 279, 4 },
  };
  guint8 tiff[8 + 2 + G_N_ELEMENTS (tags) * 12 + 4] = {
    'I', 'I', 42, 0, 8, 0, 0, 0, G_N_ELEMENTS (tags),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tags); i++)
    {
      guint8 *entry = tiff + 10 + i * 12;

      put_le32 (entry, tags[i][0] | (4 << 16));
      put_le32 (entry + 4, 1);
      put_le32 (entry + 8, tags[i][1]);
    }
  test_pictures_write (path, tiff, sizeof tiff);
}

static void
save_text_claim (const char *path,
                 const char *format,
                 guint       width,
                 guint       height)
{
  g_autofree char *text = NULL;

  if (g_str_equal (format, "pnm"))
    text = g_strdup_printf ("P6\n%u %u\n255\nabcdef", width, height);
  else
    text = g_strdup_printf ("<svg xmlns='http://www.w3.org/2000/svg' width='%u' height='%u'>"
                            "<rect width='100%%' height='100%%' fill='red'/></svg>",
                            width, height);
  test_pictures_write (path, text, strlen (text));
}

/* A file of some bytes whose header declares a picture of that size. */
void
test_pictures_save_claim (const char *path,
                          const char *format,
                          guint       width,
                          guint       height)
{
  if (g_str_equal (format, "png"))
    save_png_claim (path, width, height);
  else if (g_str_equal (format, "jpeg"))
    save_jpeg_claim (path, width, height);
  else if (g_str_equal (format, "bmp"))
    save_bmp_claim (path, width, height);
  else if (g_str_equal (format, "gif"))
    save_gif_claim (path, width, height);
  else if (g_str_equal (format, "tga"))
    save_tga_claim (path, width, height);
  else if (g_str_equal (format, "tiff"))
    save_tiff_claim (path, width, height);
  else
    save_text_claim (path, format, width, height);
}
