/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-resize-image.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "speedup-error.h"
#include "test-pictures.h"

typedef struct
{
  char *dir;
} Fixture;

/* A place in the output, and what it must be. */
typedef struct
{
  guint x;
  guint y;
  guint32 rgb;
} Probe;

#define RED   0xff0000
#define GREEN 0x00ff00
#define BLUE  0x0000ff
#define WHITE 0xffffff
#define BLACK 0x000000
#define GREY  0x808080

static const SpeedupResizeDecode decodes[] = { SPEEDUP_RESIZE_SCALED, SPEEDUP_RESIZE_FULL };

static void
set_up (Fixture           *fixture,
        gconstpointer      data G_GNUC_UNUSED)
{
  fixture->dir = test_pictures_make_dir ();
}

static void
tear_down (Fixture           *fixture,
           gconstpointer      data G_GNUC_UNUSED)
{
  test_pictures_remove_dir (fixture->dir);
}

static SpeedupResizeSettings
make_settings (guint               width,
               guint               height,
               SpeedupResizeFit    fit,
               SpeedupResizeDecode decode)
{
  SpeedupResizeSettings settings = { width, height, fit, decode, 100000000 };

  return settings;
}

static GBytes *
load (const char                  *path,
      const SpeedupResizeSettings *settings)
{
  g_autoptr (GError) error = NULL;
  GBytes *pixels = speedup_resize_image_load (path, settings, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (pixels), ==, (gsize) settings->width * settings->height * 3);

  return pixels;
}

static char *
load_error (const char                  *path,
            const SpeedupResizeSettings *settings)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) pixels = speedup_resize_image_load (path, settings, NULL, &error);
  g_autofree char *name = g_filename_display_name (path);

  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INPUT);
  g_assert_null (pixels);
  g_assert_nonnull (strstr (error->message, name));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_true (g_str_has_suffix (error->message, "."));

  return g_strdup (error->message);
}

static void
check_pixel (GBytes      *pixels,
             guint        width,
             const Probe *probe,
             int          tolerance)
{
  const guint8 *pixel = (const guint8 *) g_bytes_get_data (pixels, NULL) +
                        ((gsize) probe->y * width + probe->x) * 3;

  for (guint i = 0; i < 3; i++)
    {
      int wanted = (probe->rgb >> (16 - 8 * i)) & 0xff;

      if (abs (pixel[i] - wanted) > tolerance)
        g_error ("at %u, %u: %02x%02x%02x instead of %06x", probe->x, probe->y,
                 pixel[0], pixel[1], pixel[2], probe->rgb);
    }
}

static const struct
{
  const char *type;
  int source_width, source_height;
  SpeedupResizeFit fit;
  guint width, height;
  Probe probes[5];
  guint n_probes;
} fit_rows[] = {
  /* Bands: a quarter blue, half red, a quarter green. */
  { "png", 400, 200, SPEEDUP_RESIZE_STRETCH, 64, 64,
    { { 0, 0, BLUE }, { 14, 63, BLUE }, { 32, 0, RED }, { 50, 63, GREEN }, { 63, 0, GREEN } }, 5 },
  { "png", 400, 200, SPEEDUP_RESIZE_CONTAIN, 64, 64,
    { { 0, 15, BLACK }, { 0, 17, BLUE },
      { 32, 32, RED }, { 63, 46, GREEN }, { 63, 48, BLACK } }, 5 },
  { "png", 400, 200, SPEEDUP_RESIZE_COVER, 64, 64,
    { { 1, 0, RED }, { 32, 32, RED }, { 62, 63, RED } }, 3 },
  { "png", 200, 400, SPEEDUP_RESIZE_CONTAIN, 64, 64,
    { { 15, 0, BLACK }, { 17, 0, BLUE },
      { 32, 32, RED }, { 46, 63, GREEN }, { 48, 63, BLACK } }, 5 },
  { "png", 200, 400, SPEEDUP_RESIZE_COVER, 64, 64,
    { { 0, 1, RED }, { 63, 62, RED } }, 2 },
  { "jpeg", 1600, 800, SPEEDUP_RESIZE_STRETCH, 64, 48,
    { { 2, 2, BLUE }, { 32, 24, RED }, { 61, 45, GREEN } }, 3 },
  { "jpeg", 1600, 800, SPEEDUP_RESIZE_CONTAIN, 64, 64,
    { { 0, 14, BLACK }, { 2, 20, BLUE },
      { 32, 32, RED }, { 61, 44, GREEN }, { 63, 49, BLACK } }, 5 },
  { "jpeg", 1600, 800, SPEEDUP_RESIZE_COVER, 64, 64,
    { { 3, 2, RED }, { 32, 32, RED }, { 60, 61, RED } }, 3 },
  { "jpeg", 1600, 800, SPEEDUP_RESIZE_COVER, 200, 100,
    { { 5, 5, BLUE }, { 100, 50, RED }, { 195, 95, GREEN } }, 3 },
  /* Larger than the source, smaller than a pixel of it, one pixel, extreme shapes. */
  { "png", 8, 4, SPEEDUP_RESIZE_STRETCH, 301, 77,
    { { 0, 0, BLUE }, { 150, 38, RED }, { 300, 76, GREEN } }, 3 },
  { "jpeg", 16, 8, SPEEDUP_RESIZE_COVER, 128, 128, { { 64, 64, RED } }, 1 },
  { "png", 4000, 1, SPEEDUP_RESIZE_CONTAIN, 64, 64,
    { { 32, 30, BLACK }, { 0, 31, BLUE },
      { 32, 31, RED }, { 63, 31, GREEN }, { 32, 33, BLACK } }, 5 },
  { "png", 4000, 1, SPEEDUP_RESIZE_COVER, 64, 64, { { 0, 0, RED }, { 63, 63, RED } }, 2 },
  { "jpeg", 1, 1000, SPEEDUP_RESIZE_STRETCH, 17, 5, { { 8, 2, RED } }, 1 },
  { "bmp", 400, 200, SPEEDUP_RESIZE_STRETCH, 17, 5,
    { { 1, 1, BLUE }, { 8, 2, RED }, { 15, 4, GREEN } }, 3 },
  { "tiff", 400, 200, SPEEDUP_RESIZE_STRETCH, 33, 7,
    { { 1, 1, BLUE }, { 16, 2, RED }, { 31, 6, GREEN } }, 3 },
};

static void
test_fit (Fixture           *fixture,
          gconstpointer      data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->dir, "bands", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (fit_rows); i++)
    {
      g_autoptr (GdkPixbuf) source = test_pictures_new_bands (fit_rows[i].source_width,
                                                              fit_rows[i].source_height);

      test_pictures_save (source, path, fit_rows[i].type);
      for (gsize d = 0; d < G_N_ELEMENTS (decodes); d++)
        {
          SpeedupResizeSettings settings = make_settings (fit_rows[i].width, fit_rows[i].height,
                                                          fit_rows[i].fit, decodes[d]);
          g_autoptr (GBytes) pixels = load (path, &settings);

          g_test_message ("row %" G_GSIZE_FORMAT " %s", i,
                          speedup_resize_decode_to_string (decodes[d]));
          for (guint p = 0; p < fit_rows[i].n_probes; p++)
            check_pixel (pixels, fit_rows[i].width, &fit_rows[i].probes[p], 24);
        }
    }
}

/* Shrinking five million pixels to one must not take a filter of gigabytes. */
static void
test_one_pixel (Fixture           *fixture,
                gconstpointer      data G_GNUC_UNUSED)
{
  SpeedupResizeSettings settings = make_settings (1, 1, SPEEDUP_RESIZE_STRETCH,
                                                  SPEEDUP_RESIZE_FULL);
  g_autoptr (GdkPixbuf) source = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 2600, 2000);
  g_autofree char *path = g_build_filename (fixture->dir, "plain", NULL);
  const Probe probe = { 0, 0, GREEN };
  g_autoptr (GBytes) pixels = NULL;

  gdk_pixbuf_fill (source, 0x00ff00ff);
  test_pictures_save (source, path, "jpeg");
  pixels = load (path, &settings);
  check_pixel (pixels, 1, &probe, 4);
}

/* The same pixels as gdk-pixbuf's own call, or else the comparison with it would not be one. */
static void
test_same_as_gdk_pixbuf (Fixture           *fixture,
                         gconstpointer      data G_GNUC_UNUSED)
{
  SpeedupResizeSettings settings = make_settings (60, 48, SPEEDUP_RESIZE_STRETCH,
                                                  SPEEDUP_RESIZE_SCALED);
  g_autoptr (GdkPixbuf) source = test_pictures_new_noise (1003, 707);
  g_autofree char *path = g_build_filename (fixture->dir, "noise", NULL);
  static const char *const types[] = { "jpeg", "png" };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GdkPixbuf) wanted = NULL;
      g_autoptr (GBytes) pixels = NULL;

      test_pictures_save (source, path, types[i]);
      wanted = gdk_pixbuf_new_from_file_at_scale (path, 60, 48, FALSE, NULL);
      pixels = load (path, &settings);
      for (guint y = 0; y < 48; y++)
        g_assert_cmpmem (gdk_pixbuf_read_pixels (wanted) +
                         y * (guint) gdk_pixbuf_get_rowstride (wanted), 180,
                         (const guint8 *) g_bytes_get_data (pixels, NULL) + y * 180, 180);
    }
}

static void
test_scaled_differs_from_full (Fixture           *fixture,
                               gconstpointer      data G_GNUC_UNUSED)
{
  SpeedupResizeSettings scaled = make_settings (64, 64, SPEEDUP_RESIZE_STRETCH,
                                                SPEEDUP_RESIZE_SCALED);
  SpeedupResizeSettings full = make_settings (64, 64, SPEEDUP_RESIZE_STRETCH, SPEEDUP_RESIZE_FULL);
  g_autoptr (GdkPixbuf) source = test_pictures_new_noise (1000, 700);
  g_autofree char *path = g_build_filename (fixture->dir, "noise.jpg", NULL);
  g_autoptr (GBytes) a = NULL;
  g_autoptr (GBytes) b = NULL;
  g_autoptr (GBytes) again = NULL;

  test_pictures_save (source, path, "jpeg");
  a = load (path, &scaled);
  b = load (path, &full);
  again = load (path, &scaled);
  g_assert_false (g_bytes_equal (a, b));
  g_assert_true (g_bytes_equal (a, again));
}

static void
test_alpha (Fixture           *fixture,
            gconstpointer      data G_GNUC_UNUSED)
{
  static const guint32 columns[] = { 0xff000000, 0x0000ffff, 0x00000080, 0x000000ff };
  static const Probe probes[] = {
    { 3, 20, WHITE }, { 24, 20, BLUE }, { 40, 20, 0x7f7f7f }, { 60, 20, BLACK }, { 3, 5, BLACK },
  };
  g_autoptr (GdkPixbuf) source = gdk_pixbuf_new (GDK_COLORSPACE_RGB, TRUE, 8, 256, 128);
  g_autofree char *path = g_build_filename (fixture->dir, "alpha.png", NULL);

  for (int i = 0; i < 4; i++)
    {
      g_autoptr (GdkPixbuf) part = gdk_pixbuf_new_subpixbuf (source, i * 64, 0, 64, 128);

      gdk_pixbuf_fill (part, columns[i]);
    }
  test_pictures_save (source, path, "png");

  for (gsize d = 0; d < G_N_ELEMENTS (decodes); d++)
    {
      SpeedupResizeSettings settings = make_settings (64, 64, SPEEDUP_RESIZE_CONTAIN, decodes[d]);
      g_autoptr (GBytes) pixels = load (path, &settings);

      for (gsize i = 0; i < G_N_ELEMENTS (probes); i++)
        check_pixel (pixels, 64, &probes[i], 3);
    }
}

static void
test_first_frame (Fixture           *fixture,
                  gconstpointer      data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->dir, "moving.gif", NULL);
  const Probe probe = { 2, 1, RED };

  test_pictures_save_animation (path);
  for (gsize d = 0; d < G_N_ELEMENTS (decodes); d++)
    {
      SpeedupResizeSettings settings = make_settings (4, 3, SPEEDUP_RESIZE_STRETCH, decodes[d]);
      g_autoptr (GBytes) pixels = load (path, &settings);

      check_pixel (pixels, 4, &probe, 0);
    }
}

/* Exif 2.32, tag 0x0112: what becomes of the stored corners red, green, blue and white, in the
 * order top left, top right, bottom left, bottom right.
 */
static const guint32 upright_corners[9][4] = {
  { RED, GREEN, BLUE, WHITE },
  { RED, GREEN, BLUE, WHITE },
  { GREEN, RED, WHITE, BLUE },
  { WHITE, BLUE, GREEN, RED },
  { BLUE, WHITE, RED, GREEN },
  { RED, BLUE, GREEN, WHITE },
  { BLUE, RED, WHITE, GREEN },
  { WHITE, GREEN, BLUE, RED },
  { GREEN, WHITE, RED, BLUE },
};

static void
check_corners (GBytes *pixels,
               guint   orientation,
               guint   width,
               guint   left,
               guint   right,
               guint   top,
               guint   bottom)
{
  const guint places[4][2] = { { left, top }, { right, top }, { left, bottom }, { right, bottom } };

  for (guint i = 0; i < 4; i++)
    {
      Probe probe = { places[i][0], places[i][1], upright_corners[orientation][i] };

      check_pixel (pixels, width, &probe, 24);
    }
}

static void
test_orientation (Fixture       *fixture,
                  gconstpointer  data)
{
  SpeedupResizeDecode decode = GPOINTER_TO_UINT (data);
  g_autoptr (GdkPixbuf) source = test_pictures_new_corners (640, 320);
  g_autofree char *path = g_build_filename (fixture->dir, "turned.jpg", NULL);
  const Probe outside = { 1, 12, BLACK };

  for (guint orientation = 0; orientation <= 8; orientation++)
    {
      SpeedupResizeSettings stretch = make_settings (40, 24, SPEEDUP_RESIZE_STRETCH, decode);
      SpeedupResizeSettings contain = make_settings (40, 24, SPEEDUP_RESIZE_CONTAIN, decode);
      SpeedupResizeSettings cover = make_settings (40, 24, SPEEDUP_RESIZE_COVER, decode);
      g_autoptr (GBytes) stretched = NULL;
      g_autoptr (GBytes) contained = NULL;
      g_autoptr (GBytes) covered = NULL;

      g_test_message ("orientation %u", orientation);
      test_pictures_save_oriented (source, path, orientation);

      stretched = load (path, &stretch);
      check_corners (stretched, orientation, 40, 1, 38, 1, 22);

      /* 40 x 20 lying, 12 x 24 standing */
      contained = load (path, &contain);
      if (orientation >= 5)
        {
          check_corners (contained, orientation, 40, 15, 24, 1, 22);
          check_pixel (contained, 40, &outside, 0);
        }
      else
        check_corners (contained, orientation, 40, 1, 38, 3, 20);

      covered = load (path, &cover);
      check_corners (covered, orientation, 40, 1, 38, 1, 22);
    }
}

/* VmHWM of this process, in bytes, since it was last reset. */
static gsize
read_peak_bytes (void)
{
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;
  line = strstr (status, "VmHWM:");

  return line != NULL ? (gsize) g_ascii_strtoull (line + 6, NULL, 10) * 1024 : 0;
}

static const char *const claim_formats[] = {
  "png", "jpeg", "bmp", "gif", "tga", "tiff", "pnm", "svg",
};

static void
test_max_pixels (Fixture       *fixture,
                 gconstpointer  data)
{
  const char *format = data;
  /* The decoder of TIFF refuses larger ones itself. */
  guint size = g_str_equal (format, "tiff") ? 20000 : 50000;
  g_autofree char *path = g_build_filename (fixture->dir, "bomb", NULL);
  g_autofree char *claim = g_strdup_printf ("%u × %u", size, size);
  gsize peak_bytes;

  if (!test_pictures_have_format (format))
    {
      g_test_skip ("gdk-pixbuf has no decoder for this format here");
      return;
    }

  test_pictures_save_claim (path, format, size, size);
  peak_bytes = read_peak_bytes ();
  for (gsize d = 0; d < G_N_ELEMENTS (decodes); d++)
    {
      SpeedupResizeSettings settings = make_settings (64, 64, SPEEDUP_RESIZE_STRETCH, decodes[d]);
      g_autofree char *message = load_error (path, &settings);

      g_test_message ("%s", message);
      g_assert_nonnull (strstr (message, claim));
      g_assert_nonnull (strstr (message, "max-pixels"));
    }
  g_assert_cmpuint (read_peak_bytes () - peak_bytes, <, 200 * 1000 * 1000);
}

/* Some decoders do not tell the size before they are done. */
static void
test_late_size (Fixture           *fixture,
                gconstpointer      data G_GNUC_UNUSED)
{
  static const char xpm[] = "/* XPM */\nstatic char *x[] = {\n\"4 2 1 1\",\n\"a c #ff0000\",\n"
                            "\"aaaa\",\n\"aaaa\"\n};\n";
  static const guint8 expected[] = { 0, 0, 0, 0, 0, 0, 255, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0 };
  g_autofree char *path = g_build_filename (fixture->dir, "picture.xpm", NULL);
  SpeedupResizeSettings settings = make_settings (2, 3, SPEEDUP_RESIZE_CONTAIN,
                                                  SPEEDUP_RESIZE_SCALED);
  g_autoptr (GBytes) pixels = NULL;
  g_autofree char *message = NULL;

  if (!test_pictures_have_format ("xpm"))
    {
      g_test_skip ("gdk-pixbuf has no decoder for this format here");
      return;
    }

  test_pictures_write (path, xpm, strlen (xpm));
  settings.max_pixels = 8;
  pixels = load (path, &settings);
  g_assert_cmpmem (g_bytes_get_data (pixels, NULL), g_bytes_get_size (pixels), expected,
                   sizeof expected);
  settings.max_pixels = 7;
  message = load_error (path, &settings);
  g_assert_nonnull (strstr (message, "4 × 2 pixels"));
}

static void
test_max_pixels_limit (Fixture           *fixture,
                       gconstpointer      data G_GNUC_UNUSED)
{
  g_autoptr (GdkPixbuf) source = test_pictures_new_corners (100, 80);
  g_autofree char *path = g_build_filename (fixture->dir, "picture.png", NULL);
  SpeedupResizeSettings settings = make_settings (8, 8, SPEEDUP_RESIZE_STRETCH,
                                                  SPEEDUP_RESIZE_SCALED);
  g_autoptr (GBytes) pixels = NULL;
  g_autofree char *message = NULL;

  test_pictures_save (source, path, "png");
  settings.max_pixels = 8000;
  pixels = load (path, &settings);
  settings.max_pixels = 7999;
  message = load_error (path, &settings);
  g_assert_nonnull (strstr (message, "100 × 80"));
}

/* Files longer than any picture within the limit are not read: some decoders would keep them. */
static void
test_endless_file (Fixture           *fixture,
                   gconstpointer      data G_GNUC_UNUSED)
{
  SpeedupResizeSettings settings = make_settings (8, 8, SPEEDUP_RESIZE_STRETCH,
                                                  SPEEDUP_RESIZE_SCALED);
  g_autofree char *path = g_build_filename (fixture->dir, "long.tiff", NULL);
  g_autofree char *message = NULL;

  test_pictures_write (path, "II*", 4);
  g_assert_cmpint (truncate (path, (off_t) 1 << 34), ==, 0);
  message = load_error (path, &settings);
  g_assert_nonnull (strstr (message, "17.2"));
}

static void
save_noise (const char *path,
            const char *format)
{
  g_autoptr (GdkPixbuf) source = test_pictures_new_noise (320, 200);

  if (g_str_equal (format, "pnm"))
    test_pictures_save_pnm (source, path);
  else if (g_str_equal (format, "tga"))
    test_pictures_save_tga (source, path);
  else
    test_pictures_save (source, path, format);
}

static const char *const cut_formats[] = { "jpeg", "png", "bmp", "tiff", "pnm", "tga", "ico" };

static void
test_truncated (Fixture       *fixture,
                gconstpointer  data)
{
  const char *format = data;
  static const double shares[] = { 0.001, 0.3, 0.7, 0.99 };
  g_autofree char *path = g_build_filename (fixture->dir, "cut", NULL);

  if (!test_pictures_have_format (format))
    {
      g_test_skip ("gdk-pixbuf has no decoder for this format here");
      return;
    }

  for (gsize d = 0; d < G_N_ELEMENTS (decodes); d++)
    {
      SpeedupResizeSettings settings = make_settings (64, 64, SPEEDUP_RESIZE_STRETCH, decodes[d]);
      g_autoptr (GBytes) whole = NULL;

      g_remove (path);
      if (g_str_equal (format, "ico"))
        {
          g_autoptr (GdkPixbuf) icon = test_pictures_new_noise (64, 64);

          test_pictures_save (icon, path, "ico");
        }
      else
        save_noise (path, format);
      whole = load (path, &settings);
      for (gsize i = G_N_ELEMENTS (shares); i-- > 0;)
        {
          g_autofree char *message = NULL;

          g_test_message ("%s cut to %g", format, shares[i]);
          test_pictures_truncate (path, shares[i]);
          message = load_error (path, &settings);
        }
    }
}

/* The end of the thumbnail that a camera puts in is not the end of the picture; what follows the
 * end is nothing to complain about.
 */
static void
test_end_of_picture (Fixture           *fixture,
                     gconstpointer      data G_GNUC_UNUSED)
{
  static const guint8 comment[] = { 0xff, 0xfe, 0, 6, 0xff, 0xd8, 0xff, 0xd9 };
  SpeedupResizeSettings settings = make_settings (64, 64, SPEEDUP_RESIZE_STRETCH,
                                                  SPEEDUP_RESIZE_SCALED);
  g_autofree char *path = g_build_filename (fixture->dir, "noise", NULL);
  g_autofree char *message = NULL;
  g_autofree char *jpeg = NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gsize n_bytes;
  static const char *const formats[] = { "jpeg", "png" };

  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GBytes) pixels = NULL;

      save_noise (path, formats[i]);
      test_pictures_append (path, "\nsomething that a program left behind the end\n");
      pixels = load (path, &settings);
    }

  save_noise (path, "jpeg");
  g_assert_true (g_file_get_contents (path, &jpeg, &n_bytes, NULL));
  g_byte_array_append (bytes, (const guint8 *) jpeg, 2);
  g_byte_array_append (bytes, comment, sizeof comment);
  g_byte_array_append (bytes, (const guint8 *) jpeg + 2, (guint) n_bytes / 2);
  test_pictures_write (path, bytes->data, bytes->len);
  message = load_error (path, &settings);
  g_assert_nonnull (strstr (message, "cut off"));
}

static const struct
{
  const char *name;
  const char *bytes;
  gsize n_bytes;
  const char *reason;
} bad_rows[] = {
  { "empty.jpg", "", 0, "is empty (0 bytes)" },
  { "text.jpg", "This is no picture, whatever it is called.", 42, "is not a picture" },
  { "zeros.png", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, "is not a picture" },
  { "corrupt.jpg", "\xff\xd8\xff\xe0\0\020JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\0\4\0\0\xff\xd9", 28,
    "cannot be decoded" },
  { "corrupt.png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\7\7\7\7\7abcd", 33,
    "cannot be decoded" },
  { "corrupt.gif", "GIF89a\1\0\1\0\0\0\0\7\7\7\7", 17, "cannot be decoded" },
  { "one-byte", "x", 1, "is not a picture" },
};

static void
test_bad_files (Fixture           *fixture,
                gconstpointer      data G_GNUC_UNUSED)
{
  SpeedupResizeSettings settings = make_settings (64, 64, SPEEDUP_RESIZE_STRETCH,
                                                  SPEEDUP_RESIZE_SCALED);

  for (gsize i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      g_autofree char *path = g_build_filename (fixture->dir, bad_rows[i].name, NULL);
      g_autofree char *message = NULL;

      test_pictures_write (path, bad_rows[i].bytes, bad_rows[i].n_bytes);
      message = load_error (path, &settings);
      g_test_message ("%s", message);
      g_assert_nonnull (strstr (message, bad_rows[i].reason));
    }
}

/* Every byte of a good file changed in turn: a picture or an error, never a crash. */
static void
test_damage (Fixture           *fixture,
             gconstpointer      data G_GNUC_UNUSED)
{
  static const char *const formats[] = { "jpeg", "png", "tiff" };
  SpeedupResizeSettings settings = make_settings (9, 7, SPEEDUP_RESIZE_COVER,
                                                  SPEEDUP_RESIZE_SCALED);
  g_autoptr (GdkPixbuf) source = test_pictures_new_noise (12, 10);
  g_autofree char *path = g_build_filename (fixture->dir, "damaged", NULL);

  settings.max_pixels = 1000000;
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autofree char *bytes = NULL;
      guint n_failed = 0;
      gsize n_bytes;

      test_pictures_save (source, path, formats[i]);
      g_assert_true (g_file_get_contents (path, &bytes, &n_bytes, NULL));
      for (gsize at = 0; at < MIN (n_bytes, 160); at++)
        {
          g_autoptr (GBytes) pixels = NULL;
          g_autoptr (GError) error = NULL;

          bytes[at] ^= (char) 0xff;
          test_pictures_write (path, bytes, n_bytes);
          bytes[at] ^= (char) 0xff;
          pixels = speedup_resize_image_load (path, &settings, NULL, &error);
          g_assert_true ((pixels == NULL) == (error != NULL));
          n_failed += pixels == NULL;
        }
      g_assert_cmpuint (n_failed, >, 0);
    }
}

static void
test_misnamed (Fixture           *fixture,
               gconstpointer      data G_GNUC_UNUSED)
{
  static const char *const names[] = { "png.jpg", "new\nline.png", "bad\xff\xfe.png", "none" };
  SpeedupResizeSettings settings = make_settings (8, 8, SPEEDUP_RESIZE_STRETCH,
                                                  SPEEDUP_RESIZE_SCALED);
  g_autoptr (GdkPixbuf) source = test_pictures_new_corners (64, 64);
  const Probe probe = { 1, 1, RED };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->dir, names[i], NULL);
      g_autofree char *message = NULL;
      g_autoptr (GBytes) pixels = NULL;

      test_pictures_save (source, path, "png");
      pixels = load (path, &settings);
      check_pixel (pixels, 8, &probe, 0);

      test_pictures_truncate (path, 0.5);
      message = load_error (path, &settings);
    }
}

static void
test_special_files (Fixture           *fixture,
                    gconstpointer      data G_GNUC_UNUSED)
{
  SpeedupResizeSettings settings = make_settings (8, 8, SPEEDUP_RESIZE_STRETCH,
                                                  SPEEDUP_RESIZE_SCALED);
  g_autofree char *fifo = g_build_filename (fixture->dir, "fifo.png", NULL);
  g_autofree char *server = g_build_filename (fixture->dir, "socket.png", NULL);
  g_autofree char *dangling = g_build_filename (fixture->dir, "dangling.png", NULL);
  g_autofree char *loop = g_build_filename (fixture->dir, "loop.png", NULL);
  g_autofree char *missing = g_build_filename (fixture->dir, "missing.png", NULL);
  const struct
  {
    const char *path;
    const char *reason;
  } rows[] = {
    { fifo, "is a pipe" }, { server, "is a socket" }, { "/dev/zero", "is a device" },
    { fixture->dir, "is a folder" }, { dangling, "No such file" }, { loop, "symbolic links" },
    { missing, "No such file" },
  };

  test_pictures_make_fifo (fifo);
  test_pictures_make_socket (server);
  g_assert_cmpint (symlink ("nowhere.png", dangling), ==, 0);
  g_assert_cmpint (symlink ("loop.png", loop), ==, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *message = load_error (rows[i].path, &settings);

      g_assert_nonnull (strstr (message, rows[i].reason));
    }
}

static void
test_unreadable (Fixture           *fixture,
                 gconstpointer      data G_GNUC_UNUSED)
{
  SpeedupResizeSettings settings = make_settings (8, 8, SPEEDUP_RESIZE_STRETCH,
                                                  SPEEDUP_RESIZE_SCALED);
  g_autoptr (GdkPixbuf) source = test_pictures_new_corners (64, 64);
  g_autofree char *path = g_build_filename (fixture->dir, "secret.png", NULL);
  g_autofree char *message = NULL;

  if (geteuid () == 0)
    {
      g_test_skip ("root may read everything");
      return;
    }

  test_pictures_save (source, path, "png");
  g_assert_cmpint (g_chmod (path, 0), ==, 0);
  message = load_error (path, &settings);
  g_assert_nonnull (strstr (message, "Permission denied"));
}

static void
test_cancel (Fixture           *fixture,
             gconstpointer      data G_GNUC_UNUSED)
{
  SpeedupResizeSettings settings = make_settings (8, 8, SPEEDUP_RESIZE_STRETCH,
                                                  SPEEDUP_RESIZE_SCALED);
  g_autoptr (GdkPixbuf) source = test_pictures_new_corners (64, 64);
  g_autofree char *path = g_build_filename (fixture->dir, "picture.png", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) pixels = NULL;

  test_pictures_save (source, path, "png");
  g_cancellable_cancel (cancellable);
  pixels = speedup_resize_image_load (path, &settings, cancellable, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (pixels);
}

static void
test_names (void)
{
  SpeedupResizeFit fit;
  SpeedupResizeDecode decode;

  for (SpeedupResizeFit i = SPEEDUP_RESIZE_STRETCH; i <= SPEEDUP_RESIZE_COVER; i++)
    {
      g_assert_true (speedup_resize_fit_from_string (speedup_resize_fit_to_string (i), &fit));
      g_assert_cmpint (fit, ==, i);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (decodes); i++)
    {
      const char *name = speedup_resize_decode_to_string (decodes[i]);

      g_assert_true (speedup_resize_decode_from_string (name, &decode));
      g_assert_cmpint (decode, ==, decodes[i]);
    }
  g_assert_false (speedup_resize_fit_from_string ("squash", &fit));
  g_assert_false (speedup_resize_decode_from_string ("", &decode));
}

#define ADD(path, data, function) \
  g_test_add (path, Fixture, data, set_up, function, tear_down)

typedef void (*TestFunction) (Fixture       *fixture,
                              gconstpointer  data);

static void
add_for_formats (const char        *prefix,
                 const char *const *formats,
                 gsize              n_formats,
                 TestFunction       function)
{
  for (gsize i = 0; i < n_formats; i++)
    {
      g_autofree char *path = g_strconcat (prefix, formats[i], NULL);

      ADD (path, formats[i], function);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/resize/image/names", test_names);
  ADD ("/resize/image/fit", NULL, test_fit);
  ADD ("/resize/image/late-size", NULL, test_late_size);
  ADD ("/resize/image/one-pixel", NULL, test_one_pixel);
  ADD ("/resize/image/same-as-gdk-pixbuf", NULL, test_same_as_gdk_pixbuf);
  ADD ("/resize/image/scaled-differs-from-full", NULL, test_scaled_differs_from_full);
  ADD ("/resize/image/alpha", NULL, test_alpha);
  ADD ("/resize/image/first-frame", NULL, test_first_frame);
  ADD ("/resize/image/orientation/scaled", GUINT_TO_POINTER (SPEEDUP_RESIZE_SCALED),
       test_orientation);
  ADD ("/resize/image/orientation/full", GUINT_TO_POINTER (SPEEDUP_RESIZE_FULL), test_orientation);
  add_for_formats ("/resize/image/max-pixels/", claim_formats, G_N_ELEMENTS (claim_formats),
                   test_max_pixels);
  ADD ("/resize/image/max-pixels/limit", NULL, test_max_pixels_limit);
  ADD ("/resize/image/endless-file", NULL, test_endless_file);
  add_for_formats ("/resize/image/truncated/", cut_formats, G_N_ELEMENTS (cut_formats),
                   test_truncated);
  ADD ("/resize/image/end-of-picture", NULL, test_end_of_picture);
  ADD ("/resize/image/bad-files", NULL, test_bad_files);
  ADD ("/resize/image/damage", NULL, test_damage);
  ADD ("/resize/image/misnamed", NULL, test_misnamed);
  ADD ("/resize/image/special-files", NULL, test_special_files);
  ADD ("/resize/image/unreadable", NULL, test_unreadable);
  ADD ("/resize/image/cancel", NULL, test_cancel);

  return g_test_run ();
}
