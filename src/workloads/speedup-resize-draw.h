/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "speedup-resize-image.h"

G_BEGIN_DECLS

/**
 * SpeedupResizeLayout:
 * @width: of the resized picture, in pixels
 * @height: likewise
 * @x: of its corner in the output; negative where the output shows but a part of it
 * @y: likewise
 *
 * Where a picture comes to lie in the output.
 */
typedef struct
{
  int width;
  int height;
  int x;
  int y;
} SpeedupResizeLayout;

SpeedupResizeLayout speedup_resize_layout_make (const SpeedupResizeSettings *settings,
                                                double                       width,
                                                double                       height,
                                                gboolean                     swapped);
gboolean            speedup_resize_draw (GdkPixbuf                   *pixbuf,
                                         const SpeedupResizeSettings *settings,
                                         int                          width,
                                         int                          height,
                                         guint8                      *pixels) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
