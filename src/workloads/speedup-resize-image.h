/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SpeedupResizeFit:
 * @SPEEDUP_RESIZE_STRETCH: each axis for itself, so that the picture fills the size
 * @SPEEDUP_RESIZE_CONTAIN: all of the picture, undistorted and centred, on black
 * @SPEEDUP_RESIZE_COVER: the picture's middle, undistorted, so that it fills the size
 *
 * How a picture of one shape comes into another.
 */
typedef enum
{
  SPEEDUP_RESIZE_STRETCH,
  SPEEDUP_RESIZE_CONTAIN,
  SPEEDUP_RESIZE_COVER,
} SpeedupResizeFit;

/**
 * SpeedupResizeDecode:
 * @SPEEDUP_RESIZE_SCALED: shrink while decoding, where the format can
 * @SPEEDUP_RESIZE_FULL: decode all of it, then resize
 *
 * Two ways to the same size. The pixels differ a little.
 */
typedef enum
{
  SPEEDUP_RESIZE_SCALED,
  SPEEDUP_RESIZE_FULL,
} SpeedupResizeDecode;

/**
 * SpeedupResizeSettings:
 * @width: of the output, in pixels
 * @height: of the output, in pixels
 * @fit: how a picture of another shape is fitted
 * @decode: whether to shrink while decoding
 * @max_pixels: a picture whose header declares more than this is refused before it is decoded
 *
 * What to make of a picture.
 */
typedef struct
{
  guint width;
  guint height;
  SpeedupResizeFit fit;
  SpeedupResizeDecode decode;
  guint64 max_pixels;
} SpeedupResizeSettings;

/* Keeps one output below 50 MB. */
#define SPEEDUP_RESIZE_MAX_SIZE 4096

const char *speedup_resize_fit_to_string (SpeedupResizeFit fit);
gboolean    speedup_resize_fit_from_string (const char                   *string,
                                            SpeedupResizeFit             *fit);
const char *speedup_resize_decode_to_string (SpeedupResizeDecode decode);
gboolean    speedup_resize_decode_from_string (const char                   *string,
                                               SpeedupResizeDecode          *decode);

GBytes     *speedup_resize_image_load (const char                   *path,
                                       const SpeedupResizeSettings  *settings,
                                       GCancellable                 *cancellable,
                                       GError                      **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
