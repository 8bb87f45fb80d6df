/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-resize-image.h"

#include <errno.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "speedup-error.h"
#include "speedup-resize-file.h"

/* As gdk-pixbuf reads files itself, so that measuring it costs nothing more. */
#define READ_BYTES 65536

/* What gdk_pixbuf_scale() shrinks by in one step, as original pixels for one pixel of the output.
 * Its filter table takes a kilobyte for each of them, so this keeps it to 64 MB.
 */
#define MAX_SHRINK 65536

/* No picture takes more than 16 bits for each of four channels, and what little its header has. Some
 * decoders keep the whole file in memory.
 */
#define MAX_BYTES_PER_PIXEL 8
#define MAX_HEADER_BYTES (16 * 1024 * 1024)

/* One picture on its way through the decoder. */
typedef struct
{
  const char *path;
  const SpeedupResizeSettings *settings;
  SpeedupImageKind kind;
  int width;               /* as the header declares; 0 until it is read */
  int height;
  gboolean too_large;
  guint n_rows;
  GError *cause;           /* of a failure to decode */
} Decoding;

/* Where the picture comes to lie in the output: scaled to width x height, its corner at x, y, which
 * is negative where the output shows but a part of it.
 */
typedef struct
{
  int width;
  int height;
  int x;
  int y;
} Layout;

static const char *const fit_names[] = { "stretch", "contain", "cover" };
static const char *const decode_names[] = { "scaled", "full" };

static gboolean
find_name (const char *const *names,
           gsize              n_names,
           const char        *name,
           guint             *value)
{
  for (guint i = 0; i < n_names; i++)
    {
      if (g_str_equal (names[i], name))
        {
          *value = i;
          return TRUE;
        }
    }

  return FALSE;
}

static int
round_to_pixels (double size,
                 int    minimum,
                 int    maximum)
{
  return (int) CLAMP (floor (size + 0.5), minimum, maximum);
}

static Layout
make_layout (const SpeedupResizeSettings *settings,
             double                       width,
             double                       height,
             gboolean                     swapped)
{
  int box_width = (int) (swapped ? settings->height : settings->width);
  int box_height = (int) (swapped ? settings->width : settings->height);
  double x_scale = box_width / width;
  double y_scale = box_height / height;
  Layout layout = { box_width, box_height, 0, 0 };
  double scale;

  switch (settings->fit)
    {
    case SPEEDUP_RESIZE_CONTAIN:
      scale = MIN (x_scale, y_scale);
      layout.width = round_to_pixels (width * scale, 1, box_width);
      layout.height = round_to_pixels (height * scale, 1, box_height);
      break;
    case SPEEDUP_RESIZE_COVER:
      scale = MAX (x_scale, y_scale);
      layout.width = round_to_pixels (width * scale, box_width, G_MAXINT);
      layout.height = round_to_pixels (height * scale, box_height, G_MAXINT);
      break;
    case SPEEDUP_RESIZE_STRETCH:
    default:
      break;
    }

  layout.x = (box_width - layout.width) / 2;
  layout.y = (box_height - layout.height) / 2;

  return layout;
}

/* The decoder of JPEG shrinks by 2, 4 or 8, the size rounded up. Asking for just one of these sizes
 * leaves the last step to render(), which writes into the output at once. The orientation is not
 * known yet, so the shrunk picture must suffice for both.
 */
static int
choose_jpeg_shrink (const SpeedupResizeSettings *settings,
                    int                          width,
                    int                          height)
{
  Layout upright = make_layout (settings, width, height, FALSE);
  Layout swapped = make_layout (settings, width, height, TRUE);
  int wanted_width = MAX (upright.width, swapped.width);
  int wanted_height = MAX (upright.height, swapped.height);
  int shrink = 8;

  while (shrink > 1 && ((width - 1) / shrink + 1 < wanted_width ||
                        (height - 1) / shrink + 1 < wanted_height))
    shrink /= 2;

  return shrink;
}

/* A size of nought makes decoders stop. That of Targa stops without saying why, which gdk-pixbuf
 * would complain about aloud, were there not an error already.
 */
static void
refuse (Decoding        *decoding,
        GdkPixbufLoader *loader)
{
  decoding->too_large = TRUE;
  gdk_pixbuf_loader_set_size (loader, 0, 0);

  if (decoding->kind == SPEEDUP_IMAGE_TGA)
    g_set_error_literal (&decoding->cause, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_FAILED,
                         "more pixels than the limit");
}

static void
area_updated_cb (GdkPixbufLoader *loader G_GNUC_UNUSED,
                 int              x                   G_GNUC_UNUSED,
                 int              y                   G_GNUC_UNUSED,
                 int              width               G_GNUC_UNUSED,
                 int              height,
                 gpointer         user_data)
{
  Decoding *decoding = user_data;

  decoding->n_rows += (guint) MAX (height, 0);
}

static void
size_prepared_cb (GdkPixbufLoader *loader,
                  int              width,
                  int              height,
                  gpointer         user_data)
{
  Decoding *decoding = user_data;
  const SpeedupResizeSettings *settings = decoding->settings;
  g_autofree char *name = NULL;

  /* The decoder of portable anymaps says it again with every piece of the file. */
  if (decoding->width != 0)
    return;

  name = gdk_pixbuf_format_get_name (gdk_pixbuf_loader_get_format (loader));
  decoding->kind = speedup_image_kind_from_format (name);
  decoding->width = width;
  decoding->height = height;

  if ((guint64) MAX (width, 0) * (guint64) MAX (height, 0) > settings->max_pixels)
    {
      refuse (decoding, loader);
      return;
    }

  if (decoding->kind == SPEEDUP_IMAGE_BMP || decoding->kind == SPEEDUP_IMAGE_PNM ||
      decoding->kind == SPEEDUP_IMAGE_ICO)
    g_signal_connect (loader, "area-updated", G_CALLBACK (area_updated_cb), decoding);

  if (settings->decode == SPEEDUP_RESIZE_FULL || width <= 0 || height <= 0)
    return;

  if (decoding->kind == SPEEDUP_IMAGE_JPEG)
    {
      int shrink = choose_jpeg_shrink (settings, width, height);

      gdk_pixbuf_loader_set_size (loader, (width - 1) / shrink + 1, (height - 1) / shrink + 1);
    }
  else if (gdk_pixbuf_format_is_scalable (gdk_pixbuf_loader_get_format (loader)))
    {
      Layout layout = make_layout (settings, width, height, FALSE);

      if ((guint64) layout.width * (guint64) layout.height > settings->max_pixels)
        refuse (decoding, loader);
      else
        gdk_pixbuf_loader_set_size (loader, layout.width, layout.height);
    }
}

static gboolean
fail_too_large (const Decoding  *decoding,
                GError         **error)
{
  speedup_resize_file_set_error (error, decoding->path,
                                 "declares %d × %d pixels, more than the limit of %" G_GUINT64_FORMAT
                                 "; raise max-pixels if you trust the file, or leave it out.",
                                 decoding->width, decoding->height,
                                 decoding->settings->max_pixels);

  return FALSE;
}

static gboolean
fail_decoding (const Decoding  *decoding,
               GError         **error)
{
  const GError *cause = decoding->cause;
  g_autofree char *reason = NULL;

  if (g_error_matches (cause, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_UNKNOWN_TYPE))
    {
      speedup_resize_file_set_error (error, decoding->path,
                                     "is not a picture in a format that gdk-pixbuf reads; convert "
                                     "it, or leave it out.");
      return FALSE;
    }

  /* Some reasons are whole sentences. */
  reason = g_strdup (cause != NULL ? cause->message : "no reason was given");
  if (g_str_has_suffix (reason, "."))
    reason[strlen (reason) - 1] = '\0';
  speedup_resize_file_set_error (error, decoding->path,
                                 "cannot be decoded: %s; copy it again, or leave it out.", reason);

  return FALSE;
}

/* A plain read instead of a mapping: a file that is cut while it is read must not end the program. */
static gboolean
feed (Decoding         *decoding,
      GdkPixbufLoader  *loader,
      int               fd,
      GCancellable     *cancellable,
      GError          **error)
{
  g_autofree guint8 *buffer = g_malloc (READ_BYTES);

  while (TRUE)
    {
      gssize n;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      n = read (fd, buffer, READ_BYTES);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          speedup_resize_file_set_error (error, decoding->path, "cannot be read: %s; copy it "
                                                                "again, or leave it out.", g_strerror (errno));
          return FALSE;
        }
      if (n == 0)
        break;

      if (!gdk_pixbuf_loader_write (loader, buffer, (gsize) n, &decoding->cause) ||
          decoding->too_large)
        break;
    }

  if (decoding->cause == NULL && !decoding->too_large)
    gdk_pixbuf_loader_close (loader, &decoding->cause);

  if (decoding->too_large)
    return fail_too_large (decoding, error);
  if (decoding->cause != NULL)
    return fail_decoding (decoding, error);

  return TRUE;
}

/* Returns: a descriptor, or -1 */
static int
open_picture (const Decoding  *decoding,
              struct stat     *info,
              GError         **error)
{
  guint64 max_bytes = decoding->settings->max_pixels * MAX_BYTES_PER_PIXEL + MAX_HEADER_BYTES;
  int fd = speedup_resize_file_open (decoding->path, info, error);

  if (fd >= 0 && (guint64) info->st_size > max_bytes)
    {
      speedup_resize_file_set_error (error, decoding->path,
                                     "has %" G_GINT64_FORMAT " bytes, more than a picture within "
                                                             "the limit of pixels can have; raise max-pixels if you trust "
                                                             "the file, or leave it out.", (gint64) info->st_size);
      close (fd);
      return -1;
    }

  return fd;
}

/* Returns: (transfer full) (nullable): the first frame, not yet turned upright */
static GdkPixbuf *
decode (Decoding      *decoding,
        GCancellable  *cancellable,
        GError       **error)
{
  g_autoptr (GdkPixbufLoader) loader = NULL;
  GdkPixbuf *pixbuf = NULL;
  struct stat info;
  int fd;

  fd = open_picture (decoding, &info, error);
  if (fd < 0)
    return NULL;

  loader = gdk_pixbuf_loader_new ();
  g_signal_connect (loader, "size-prepared", G_CALLBACK (size_prepared_cb), decoding);

  if (feed (decoding, loader, fd, cancellable, error))
    {
      pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
      if (pixbuf == NULL)
        fail_decoding (decoding, error);
      else if (!speedup_resize_file_is_whole (fd, info.st_size, decoding->kind, decoding->n_rows,
                                              (guint) decoding->height))
        {
          speedup_resize_file_set_error (error, decoding->path, "is cut off: it ends before its "
                                                                "picture does; copy it again, or leave it out.");
          pixbuf = NULL;
        }
      if (pixbuf != NULL)
        g_object_ref (pixbuf);
    }

  /* Where reading ended early the loader is still open, and would complain. */
  gdk_pixbuf_loader_close (loader, NULL);
  close (fd);

  return pixbuf;
}

/* Shrinks in steps where one step would need too large a filter. */
static GdkPixbuf *
shrink_to_reach (GdkPixbuf    *pixbuf,
                 const Layout *layout)
{
  GdkPixbuf *reached = g_object_ref (pixbuf);

  while (reached != NULL)
    {
      int width = gdk_pixbuf_get_width (reached);
      int height = gdk_pixbuf_get_height (reached);
      double x_shrink = MAX ((double) width / layout->width, 1);
      double y_shrink = MAX ((double) height / layout->height, 1);
      GdkPixbuf *smaller;

      if (x_shrink * y_shrink <= MAX_SHRINK)
        break;

      smaller = gdk_pixbuf_scale_simple (reached,
                                         (int) (width / MIN (x_shrink, 16)),
                                         (int) (height / MIN (y_shrink, 16)),
                                         GDK_INTERP_BILINEAR);
      g_object_unref (reached);
      reached = smaller;
    }

  return reached;
}

/* Draws the picture into an output of the size of the box, over white where it is transparent and
 * over black where it does not reach.
 */
static gboolean
render (GdkPixbuf    *pixbuf,
        GdkPixbuf    *output,
        const Layout *layout)
{
  g_autoptr (GdkPixbuf) near = shrink_to_reach (pixbuf, layout);
  int width = gdk_pixbuf_get_width (output);
  int height = gdk_pixbuf_get_height (output);
  int x = MAX (layout->x, 0);
  int y = MAX (layout->y, 0);
  double x_scale, y_scale;

  if (near == NULL)
    return FALSE;

  width = MIN (layout->width, width);
  height = MIN (layout->height, height);
  x_scale = (double) layout->width / gdk_pixbuf_get_width (near);
  y_scale = (double) layout->height / gdk_pixbuf_get_height (near);

  if (!gdk_pixbuf_get_has_alpha (near))
    {
      gdk_pixbuf_scale (near, output, x, y, width, height, layout->x, layout->y,
                        x_scale, y_scale, GDK_INTERP_BILINEAR);
      return TRUE;
    }

  for (int row = 0; row < height; row++)
    memset (gdk_pixbuf_get_pixels (output) + (gsize) (y + row) * (gsize) gdk_pixbuf_get_rowstride (output) +
            (gsize) x * 3, 0xff, (gsize) width * 3);
  gdk_pixbuf_composite (near, output, x, y, width, height, layout->x, layout->y,
                        x_scale, y_scale, GDK_INTERP_BILINEAR, 0xff);

  return TRUE;
}

static void
copy_rows (GdkPixbuf *pixbuf,
           guint8    *pixels,
           gsize      row_bytes,
           guint      n_rows)
{
  const guint8 *source = gdk_pixbuf_read_pixels (pixbuf);
  gsize stride = (gsize) gdk_pixbuf_get_rowstride (pixbuf);

  for (guint row = 0; row < n_rows; row++)
    memcpy (pixels + row * row_bytes, source + row * stride, row_bytes);
}

/* Turns a picture that was drawn as it was stored upright. */
static gboolean
turn_upright (GdkPixbuf                   *stored,
              const char                  *orientation,
              const SpeedupResizeSettings *settings,
              guint8                      *pixels)
{
  g_autoptr (GdkPixbuf) upright = NULL;

  gdk_pixbuf_set_option (stored, "orientation", orientation);
  upright = gdk_pixbuf_apply_embedded_orientation (stored);
  if (upright == NULL)
    return FALSE;

  copy_rows (upright, pixels, (gsize) settings->width * 3, settings->height);

  return TRUE;
}

/* The sides of orientations 5 to 8 are swapped (Exif 2.32, tag 0x0112). */
static gboolean
draw_output (GdkPixbuf                   *pixbuf,
             const Decoding              *decoding,
             guint8                      *pixels)
{
  const SpeedupResizeSettings *settings = decoding->settings;
  const char *orientation = gdk_pixbuf_get_option (pixbuf, "orientation");
  gboolean turned = orientation != NULL && orientation[0] >= '2' && orientation[0] <= '8';
  gboolean swapped = turned && orientation[0] >= '5';
  int width = (int) (swapped ? settings->height : settings->width);
  int height = (int) (swapped ? settings->width : settings->height);
  Layout layout = make_layout (settings, decoding->width, decoding->height, swapped);
  g_autoptr (GdkPixbuf) output = NULL;

  output = gdk_pixbuf_new_from_data (pixels, GDK_COLORSPACE_RGB, FALSE, 8, width, height,
                                     width * 3, NULL, NULL);

  if (!turned)
    return render (pixbuf, output, &layout);

  /* Turning cannot be done in place. */
  {
    g_autoptr (GdkPixbuf) stored = gdk_pixbuf_copy (output);

    return stored != NULL && render (pixbuf, stored, &layout) &&
           turn_upright (stored, orientation, settings, pixels);
  }
}

/**
 * speedup_resize_fit_to_string:
 * @fit: a way to fit
 *
 * Returns: its name, as on the command line
 */
const char *
speedup_resize_fit_to_string (SpeedupResizeFit fit)
{
  g_return_val_if_fail (fit < G_N_ELEMENTS (fit_names), NULL);

  return fit_names[fit];
}

/**
 * speedup_resize_fit_from_string:
 * @string: a name
 * @fit: (out): the way to fit that it names
 *
 * Returns: whether there is one
 */
gboolean
speedup_resize_fit_from_string (const char       *string,
                                SpeedupResizeFit *fit)
{
  guint value;

  if (!find_name (fit_names, G_N_ELEMENTS (fit_names), string, &value))
    return FALSE;
  *fit = (SpeedupResizeFit) value;

  return TRUE;
}

/**
 * speedup_resize_decode_to_string:
 * @decode: a way to decode
 *
 * Returns: its name, as on the command line
 */
const char *
speedup_resize_decode_to_string (SpeedupResizeDecode decode)
{
  g_return_val_if_fail (decode < G_N_ELEMENTS (decode_names), NULL);

  return decode_names[decode];
}

/**
 * speedup_resize_decode_from_string:
 * @string: a name
 * @decode: (out): the way to decode that it names
 *
 * Returns: whether there is one
 */
gboolean
speedup_resize_decode_from_string (const char          *string,
                                   SpeedupResizeDecode *decode)
{
  guint value;

  if (!find_name (decode_names, G_N_ELEMENTS (decode_names), string, &value))
    return FALSE;
  *decode = (SpeedupResizeDecode) value;

  return TRUE;
}

/**
 * speedup_resize_image_load:
 * @path: a file, in the file system's encoding
 * @settings: what to make of it
 * @cancellable: (nullable): looked at before every 64 KiB
 * @error: return location; %SPEEDUP_ERROR_INPUT names the file, what is wrong and what to do
 *
 * Reads, decodes, resizes and turns upright one picture of any format that gdk-pixbuf knows: the
 * first frame of an animation, over white where it is transparent. May be called from many threads.
 *
 * Returns: (transfer full): height × width × 3 bytes, rows from the top, pixels from the left, red,
 *   green and blue, nothing in between; %NULL on error
 */
GBytes *
speedup_resize_image_load (const char                   *path,
                           const SpeedupResizeSettings  *settings,
                           GCancellable                 *cancellable,
                           GError                      **error)
{
  Decoding decoding = { .path = path, .settings = settings };
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  g_autofree guint8 *pixels = NULL;
  gsize n_bytes;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (settings != NULL, NULL);
  g_return_val_if_fail (settings->width >= 1 && settings->width <= SPEEDUP_RESIZE_MAX_SIZE, NULL);
  g_return_val_if_fail (settings->height >= 1 && settings->height <= SPEEDUP_RESIZE_MAX_SIZE, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  pixbuf = decode (&decoding, cancellable, error);
  g_clear_error (&decoding.cause);
  if (pixbuf == NULL)
    return NULL;

  n_bytes = (gsize) settings->width * settings->height * 3;
  pixels = g_malloc0 (n_bytes);
  if (!draw_output (pixbuf, &decoding, pixels))
    {
      speedup_resize_file_set_error (error, path, "cannot be resized for lack of memory; lower "
                                                  "max-pixels, or use fewer workers.");
      return NULL;
    }

  return g_bytes_new_take (g_steal_pointer (&pixels), n_bytes);
}
