/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-resize-image.h"

#include <errno.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>
#include <unistd.h>

#include "speedup-error.h"
#include "speedup-resize-draw.h"
#include "speedup-resize-file.h"

/* As gdk-pixbuf reads files itself, so that measuring it costs nothing more. */
#define READ_BYTES 65536

/* No picture takes more than 16 bits for each of four channels, and what little its header has.
 * Some decoders keep the whole file in memory.
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

/* The decoder of JPEG shrinks by 2, 4 or 8, the size rounded up. Asking for just one of these sizes
 * leaves the last step to render(), which writes into the output at once. The orientation is not
 * known yet, so the shrunk picture must suffice for both.
 */
static int
choose_jpeg_shrink (const SpeedupResizeSettings *settings,
                    int                          width,
                    int                          height)
{
  SpeedupResizeLayout upright = speedup_resize_layout_make (settings, width, height, FALSE);
  SpeedupResizeLayout swapped = speedup_resize_layout_make (settings, width, height, TRUE);
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
      SpeedupResizeLayout layout = speedup_resize_layout_make (settings, width, height, FALSE);

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
                                 "declares %d × %d pixels, more than the limit of %"
                                 G_GUINT64_FORMAT "; raise max-pixels if you trust the file, or "
                                                  "leave it out.",
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

/* A plain read, no mapping: a file that is cut while it is read must not end the program. */
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
          speedup_resize_file_set_error (error, decoding->path,
                                         "cannot be read: %s; copy it again, or leave it out.",
                                         g_strerror (errno));
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
      g_autofree char *size = g_format_size ((guint64) info->st_size);

      speedup_resize_file_set_error (error, decoding->path,
                                     "has %s, more than a picture within the limit of pixels can "
                                     "have; raise max-pixels if you trust the file, or leave it "
                                     "out.", size);
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
          speedup_resize_file_set_error (error, decoding->path,
                                         "is cut off: it ends before its picture does; copy it "
                                         "again, or leave it out.");
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
  if (!speedup_resize_draw (pixbuf, settings, decoding.width, decoding.height, pixels))
    {
      speedup_resize_file_set_error (error, path,
                                     "cannot be resized for lack of memory; lower max-pixels, or "
                                     "use fewer workers.");
      return NULL;
    }

  return g_bytes_new_take (g_steal_pointer (&pixels), n_bytes);
}
