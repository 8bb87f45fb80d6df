/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <pango/pangocairo.h>

#include "speedup-style.h"

G_BEGIN_DECLS

/* Nobody should have to read smaller letters than these. */
#define SPEEDUP_MIN_TEXT_PX 9.0

typedef enum
{
  SPEEDUP_TEXT_TITLE,
  SPEEDUP_TEXT_SUBTITLE,
  SPEEDUP_TEXT_X_TITLE,
  SPEEDUP_TEXT_Y_TITLE,
  SPEEDUP_TEXT_X_TICK,
  SPEEDUP_TEXT_Y_TICK,
  SPEEDUP_TEXT_LEGEND,
  SPEEDUP_TEXT_LABEL,
  SPEEDUP_TEXT_SENTENCE,
} SpeedupTextRole;

/**
 * SpeedupTextBox:
 * @role: what the words are for
 * @x: left edge in px
 * @y: upper edge in px
 * @width: of the logical extents, px
 * @height: of the logical extents, px
 * @size: of the font, px
 *
 * Where words were drawn. Kept for every text, so that a test can see that none overlaps another.
 */
typedef struct
{
  SpeedupTextRole role;
  double x;
  double y;
  double width;
  double height;
  double size;
} SpeedupTextBox;

/**
 * SpeedupText:
 * @role: what the words are for
 * @size: of the font in px, at least %SPEEDUP_MIN_TEXT_PX
 * @bold: whether bold
 * @halo: whether the background is painted under the words
 * @max_width: in px, longer words end in an ellipsis; 0 for no limit
 * @max_lines: lines that the words may take, 0 is 1
 * @centred: whether lines are centred
 * @colour: of the words
 */
typedef struct
{
  SpeedupTextRole role;
  double size;
  gboolean bold;
  gboolean halo;
  double max_width;
  int max_lines;
  gboolean centred;
  SpeedupColour colour;
} SpeedupText;

/**
 * SpeedupCanvas:
 *
 * A cairo context with words on it that never overlap: a text that would touch another or leave
 * the canvas is refused. Belongs to one call of the drawing routine, so that drawing keeps no
 * state and may happen in any thread.
 */
typedef struct
{
  cairo_t *cr;
  double width;
  double height;
  SpeedupPalette palette;
  PangoLayout *layout;
  GArray *boxes;
} SpeedupCanvas;

void     speedup_canvas_init     (SpeedupCanvas      *self,
                                  cairo_t            *cr,
                                  double              width,
                                  double              height,
                                  SpeedupPalette      palette);
void     speedup_canvas_clear    (SpeedupCanvas      *self);
void     speedup_canvas_measure  (SpeedupCanvas      *self,
                                  const SpeedupText  *text,
                                  const char         *words,
                                  double             *width,
                                  double             *height);
gboolean speedup_canvas_write    (SpeedupCanvas      *self,
                                  const SpeedupText  *text,
                                  const char         *words,
                                  double              x,
                                  double              y,
                                  double              align_x,
                                  double              align_y);

G_END_DECLS
