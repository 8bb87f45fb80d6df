/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-canvas.h"

#include <math.h>

/* The first that is installed is taken: GNOME's typefaces, then common ones with wide coverage. */
#define FONT_FAMILIES "Adwaita Sans, Cantarell, Inter, Noto Sans, DejaVu Sans, Sans"

/* Pango's units round extents; so much may two boxes share before they count as overlapping. */
#define TOUCH_PX 0.25

/**
 * speedup_canvas_init:
 * @self: (out): a canvas
 * @cr: a cairo context, in px (points in a PDF)
 * @width: of the canvas
 * @height: of the canvas
 * @palette: whose background a halo has
 *
 * Letters are placed by their unhinted widths, so that the layout is the same at every scale and
 * in every file format.
 */
void
speedup_canvas_init (SpeedupCanvas  *self,
                     cairo_t        *cr,
                     double          width,
                     double          height,
                     SpeedupPalette  palette)
{
  PangoContext *context = pango_cairo_create_context (cr);
  cairo_font_options_t *options = cairo_font_options_create ();

  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (context, options);
  pango_context_set_round_glyph_positions (context, FALSE);
  cairo_font_options_destroy (options);

  *self = (SpeedupCanvas) {
    .cr = cr,
    .width = width,
    .height = height,
    .palette = palette,
    .layout = pango_layout_new (context),
    .boxes = g_array_new (FALSE, FALSE, sizeof (SpeedupTextBox)),
  };
  pango_layout_set_single_paragraph_mode (self->layout, TRUE);
  g_object_unref (context);
}

/**
 * speedup_canvas_clear:
 * @self: a canvas
 */
void
speedup_canvas_clear (SpeedupCanvas *self)
{
  g_clear_object (&self->layout);
  g_clear_pointer (&self->boxes, g_array_unref);
}

static void
set_words (SpeedupCanvas     *self,
           const SpeedupText *text,
           const char        *words)
{
  PangoFontDescription *font = pango_font_description_from_string (FONT_FAMILIES);

  g_assert (text->size >= SPEEDUP_MIN_TEXT_PX);

  pango_font_description_set_absolute_size (font, text->size * PANGO_SCALE);
  if (text->bold)
    pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description (self->layout, font);
  pango_font_description_free (font);

  pango_layout_set_width (self->layout,
                          text->max_width > 0 ? (int) (text->max_width * PANGO_SCALE) : -1);
  pango_layout_set_height (self->layout, -MAX (text->max_lines, 1));
  pango_layout_set_wrap (self->layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_ellipsize (self->layout,
                              text->max_width > 0 ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  pango_layout_set_alignment (self->layout, text->centred ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
  pango_layout_set_text (self->layout, words, -1);
}

/**
 * speedup_canvas_measure:
 * @self: a canvas
 * @text: how the words look
 * @words: the words
 * @width: (out) (optional): of the logical extents, px
 * @height: (out) (optional): of the logical extents, px
 */
void
speedup_canvas_measure (SpeedupCanvas     *self,
                        const SpeedupText *text,
                        const char        *words,
                        double            *width,
                        double            *height)
{
  PangoRectangle logical;

  set_words (self, text, words);
  pango_layout_get_extents (self->layout, NULL, &logical);
  if (width != NULL)
    *width = (double) logical.width / PANGO_SCALE;
  if (height != NULL)
    *height = (double) logical.height / PANGO_SCALE;
}

static gboolean
is_free (const SpeedupCanvas  *self,
         const SpeedupTextBox *box)
{
  if (box->x < -TOUCH_PX || box->x + box->width > self->width + TOUCH_PX ||
      box->y < -TOUCH_PX || box->y + box->height > self->height + TOUCH_PX)
    return FALSE;

  for (guint i = 0; i < self->boxes->len; i++)
    {
      const SpeedupTextBox *other = &g_array_index (self->boxes, SpeedupTextBox, i);

      if (box->x + box->width > other->x + TOUCH_PX &&
          other->x + other->width > box->x + TOUCH_PX &&
          box->y + box->height > other->y + TOUCH_PX &&
          other->y + other->height > box->y + TOUCH_PX)
        return FALSE;
    }

  return TRUE;
}

/**
 * speedup_canvas_write:
 * @self: a canvas
 * @text: how the words look
 * @words: the words
 * @x: where
 * @y: where
 * @align_x: 0 when @x is the left edge of the words, 0.5 their middle, 1 their right edge
 * @align_y: likewise, 0 for the upper edge
 *
 * Returns: whether the words were drawn; not where they would overlap others or leave the canvas
 */
gboolean
speedup_canvas_write (SpeedupCanvas     *self,
                      const SpeedupText *text,
                      const char        *words,
                      double             x,
                      double             y,
                      double             align_x,
                      double             align_y)
{
  SpeedupTextBox box = { .role = text->role, .size = text->size };
  PangoRectangle logical;

  if (words == NULL || words[0] == '\0')
    return FALSE;

  set_words (self, text, words);
  pango_layout_get_extents (self->layout, NULL, &logical);
  box.width = (double) logical.width / PANGO_SCALE;
  box.height = (double) logical.height / PANGO_SCALE;
  box.x = x - align_x * box.width;
  box.y = y - align_y * box.height;
  if (!is_free (self, &box))
    return FALSE;

  if (text->halo)
    {
      speedup_colour_set (self->cr, speedup_theme_get (self->palette)->background, 0.8);
      cairo_rectangle (self->cr, box.x - 1, box.y, box.width + 2, box.height);
      cairo_fill (self->cr);
    }

  speedup_colour_set (self->cr, text->colour, 1);
  cairo_move_to (self->cr,
                 box.x - (double) logical.x / PANGO_SCALE,
                 box.y - (double) logical.y / PANGO_SCALE);
  pango_cairo_show_layout (self->cr, self->layout);
  cairo_new_path (self->cr);
  g_array_append_val (self->boxes, box);

  return TRUE;
}
