/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-resize-draw.h"

#include <math.h>
#include <string.h>

/* What gdk_pixbuf_scale() shrinks by in one step, as original pixels for one pixel of the output.
 * Its filter table takes a kilobyte for each of them, so this keeps it to 64 MB.
 */
#define MAX_SHRINK 65536

static int
round_to_pixels (double size,
                 int    minimum,
                 int    maximum)
{
  return (int) CLAMP (floor (size + 0.5), minimum, maximum);
}

/* Shrinks in steps where one step would need too large a filter. */
static GdkPixbuf *
shrink_to_reach (GdkPixbuf                 *pixbuf,
                 const SpeedupResizeLayout *layout)
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
render (GdkPixbuf                 *pixbuf,
        GdkPixbuf                 *output,
        const SpeedupResizeLayout *layout)
{
  g_autoptr (GdkPixbuf) near = shrink_to_reach (pixbuf, layout);
  int width = gdk_pixbuf_get_width (output);
  int height = gdk_pixbuf_get_height (output);
  int x = MAX (layout->x, 0);
  int y = MAX (layout->y, 0);
  g_autoptr (GdkPixbuf) white = NULL;
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

  white = gdk_pixbuf_new_subpixbuf (output, x, y, width, height);
  gdk_pixbuf_fill (white, 0xffffffff);
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

/**
 * speedup_resize_layout_make:
 * @settings: size of the output, and how to fit
 * @width: of the picture as it is stored, in pixels
 * @height: likewise
 * @swapped: whether its orientation swaps the sides, so that it is drawn into an output of swapped
 *   sides and turned after that
 *
 * Returns: where the picture comes to lie
 */
SpeedupResizeLayout
speedup_resize_layout_make (const SpeedupResizeSettings *settings,
                            double                       width,
                            double                       height,
                            gboolean                     swapped)
{
  int box_width = (int) (swapped ? settings->height : settings->width);
  int box_height = (int) (swapped ? settings->width : settings->height);
  double x_scale = box_width / width;
  double y_scale = box_height / height;
  SpeedupResizeLayout layout = { box_width, box_height, 0, 0 };
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

/**
 * speedup_resize_draw:
 * @pixbuf: a decoded picture of any size, with its `orientation` as an option
 * @settings: size of the output, and how to fit
 * @width: of the picture in pixels, as its header declares; @pixbuf may have been shrunk
 * @height: likewise
 * @pixels: (out caller-allocated): height × width × 3 bytes of the output, all nought
 *
 * Resizes a picture into its place, over white where it is transparent, and turns it upright. The
 * sides of orientations 5 to 8 are swapped (Exif 2.32, tag 0x0112).
 *
 * Returns: %FALSE for lack of memory
 */
gboolean
speedup_resize_draw (GdkPixbuf                   *pixbuf,
                     const SpeedupResizeSettings *settings,
                     int                          width,
                     int                          height,
                     guint8                      *pixels)
{
  const char *orientation = gdk_pixbuf_get_option (pixbuf, "orientation");
  gboolean turned = orientation != NULL && orientation[0] >= '2' && orientation[0] <= '8';
  gboolean swapped = turned && orientation[0] >= '5';
  int output_width = (int) (swapped ? settings->height : settings->width);
  int output_height = (int) (swapped ? settings->width : settings->height);
  SpeedupResizeLayout layout = speedup_resize_layout_make (settings, width, height, swapped);
  g_autoptr (GdkPixbuf) output = NULL;
  g_autoptr (GdkPixbuf) stored = NULL;

  output = gdk_pixbuf_new_from_data (pixels, GDK_COLORSPACE_RGB, FALSE, 8, output_width,
                                     output_height, output_width * 3, NULL, NULL);

  if (!turned)
    return render (pixbuf, output, &layout);

  /* Turning cannot be done in place. */
  stored = gdk_pixbuf_copy (output);

  return stored != NULL && render (pixbuf, stored, &layout) &&
         turn_upright (stored, orientation, settings, pixels);
}
