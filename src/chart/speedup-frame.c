/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-frame.h"

#include <math.h>

/* Places so far outside are all the same to the eye, and cairo's numbers are bounded. */
#define FAR_OUTSIDE 8.0

/* Points of a line nearer to each other than this are one point. */
#define MERGE_PX 0.3

#define DOT_PX 1.7
#define CAP_PX 2.5

/**
 * speedup_frame_x:
 * @self: a frame
 * @value: in units of the horizontal axis
 *
 * Returns: where it lies, px from the left
 */
double
speedup_frame_x (const SpeedupFrame *self,
                 double              value)
{
  const double place = CLAMP (speedup_axis_place (&self->plot->x, value),
                              -FAR_OUTSIDE, FAR_OUTSIDE);

  return self->left + self->pad + place * (self->width - 2 * self->pad);
}

/**
 * speedup_frame_y:
 * @self: a frame
 * @value: in units of the upright axis
 *
 * Returns: where it lies, px from the top
 */
double
speedup_frame_y (const SpeedupFrame *self,
                 double              value)
{
  const double place = CLAMP (speedup_axis_place (&self->plot->y, value),
                              -FAR_OUTSIDE, FAR_OUTSIDE);

  return self->top + self->height - place * self->height;
}

static void
add_polygon (cairo_t *cr,
             double   x,
             double   y,
             double   radius,
             int      corners,
             double   turn)
{
  for (int i = 0; i < corners; i++)
    {
      const double angle = turn + 2 * G_PI * i / corners;

      cairo_line_to (cr, x + radius * sin (angle), y - radius * cos (angle));
    }
  cairo_close_path (cr);
}

static void
add_strokes (cairo_t *cr,
             double   x,
             double   y,
             double   radius,
             double   turn)
{
  for (int i = 0; i < 2; i++)
    {
      const double angle = turn + i * G_PI / 2;

      cairo_move_to (cr, x - radius * sin (angle), y - radius * cos (angle));
      cairo_line_to (cr, x + radius * sin (angle), y + radius * cos (angle));
    }
}

/**
 * speedup_mark_draw:
 * @cr: a cairo context
 * @style: shape and colour
 * @background: what shows inside a mark that is not filled
 * @x: its middle
 * @y: its middle
 * @radius: of a circle of the same weight
 */
void
speedup_mark_draw (cairo_t            *cr,
                   const SpeedupStyle *style,
                   SpeedupColour       background,
                   double              x,
                   double              y,
                   double              radius)
{
  cairo_new_path (cr);

  switch (style->shape)
    {
    case SPEEDUP_SHAPE_DIAMOND:
      add_polygon (cr, x, y, 1.3 * radius, 4, 0);
      break;

    case SPEEDUP_SHAPE_TRIANGLE:
      add_polygon (cr, x, y + 0.15 * radius, 1.4 * radius, 3, 0);
      break;

    case SPEEDUP_SHAPE_CIRCLE:
      cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
      break;

    case SPEEDUP_SHAPE_SQUARE:
      add_polygon (cr, x, y, 1.28 * radius, 4, G_PI / 4);
      break;

    case SPEEDUP_SHAPE_TRIANGLE_DOWN:
      add_polygon (cr, x, y - 0.15 * radius, 1.4 * radius, 3, G_PI);
      break;

    case SPEEDUP_SHAPE_PENTAGON:
      add_polygon (cr, x, y, 1.2 * radius, 5, 0);
      break;

    case SPEEDUP_SHAPE_PLUS:
      add_strokes (cr, x, y, 1.2 * radius, 0);
      break;

    case SPEEDUP_SHAPE_CROSS:
      add_strokes (cr, x, y, 1.2 * radius, G_PI / 4);
      break;

    default:
      g_assert_not_reached ();
    }

  cairo_set_dash (cr, NULL, 0, 0);
  if (style->shape == SPEEDUP_SHAPE_PLUS || style->shape == SPEEDUP_SHAPE_CROSS)
    {
      speedup_colour_set (cr, style->colour, 1);
      cairo_set_line_width (cr, 1.8);
      cairo_stroke (cr);
      return;
    }

  speedup_colour_set (cr, style->filled ? style->colour : background, 1);
  cairo_fill_preserve (cr);
  speedup_colour_set (cr, style->filled ? background : style->colour, 1);
  cairo_set_line_width (cr, style->filled ? 0.8 : 1.2);
  cairo_stroke (cr);
}

static void
draw_region (const SpeedupFrame *self,
             const SpeedupLayer *layer)
{
  const double x = speedup_frame_x (self, g_array_index (layer->data, SpeedupDatum, 0).x);

  speedup_colour_set (self->canvas->cr, speedup_theme_get (self->canvas->palette)->shade, 1);
  cairo_rectangle (self->canvas->cr, x, self->top, self->left + self->width - x, self->height);
  cairo_fill (self->canvas->cr);
}

static void
draw_rule (const SpeedupFrame *self,
           const SpeedupLayer *layer)
{
  const double x = speedup_frame_x (self, g_array_index (layer->data, SpeedupDatum, 0).x);

  cairo_move_to (self->canvas->cr, x, self->top);
  cairo_line_to (self->canvas->cr, x, self->top + self->height);
  cairo_stroke (self->canvas->cr);
}

/* Adds the line through @data to the path; a gap where a value is missing. */
static void
add_line (const SpeedupFrame *self,
          const SpeedupLayer *layer,
          double              shift)
{
  cairo_t *cr = self->canvas->cr;
  gboolean pen_down = FALSE;
  double last_x = 0;
  double last_y = 0;

  for (guint i = 0; i < layer->data->len; i++)
    {
      const SpeedupDatum *datum = &g_array_index (layer->data, SpeedupDatum, i);
      const double x = speedup_frame_x (self, datum->x) + shift;
      const double y = speedup_frame_y (self, datum->y);

      if (!isfinite (datum->y))
        {
          pen_down = FALSE;
          continue;
        }
      if (pen_down && i + 1 < layer->data->len &&
          fabs (x - last_x) < MERGE_PX && fabs (y - last_y) < MERGE_PX)
        continue;

      if (pen_down)
        cairo_line_to (cr, x, y);
      else
        cairo_move_to (cr, x, y);
      pen_down = TRUE;
      last_x = x;
      last_y = y;
    }
}

static void
draw_band (const SpeedupFrame *self,
           const SpeedupLayer *layer,
           const SpeedupStyle *style)
{
  cairo_t *cr = self->canvas->cr;

  if (layer->data->len < 2)
    return;

  for (guint i = 0; i < layer->data->len; i++)
    {
      const SpeedupDatum *datum = &g_array_index (layer->data, SpeedupDatum, i);

      cairo_line_to (cr, speedup_frame_x (self, datum->x), speedup_frame_y (self, datum->high));
    }
  for (guint i = layer->data->len; i > 0; i--)
    {
      const SpeedupDatum *datum = &g_array_index (layer->data, SpeedupDatum, i - 1);

      cairo_line_to (cr, speedup_frame_x (self, datum->x), speedup_frame_y (self, datum->low));
    }
  cairo_close_path (cr);
  speedup_colour_set (cr, style->colour, 0.18);
  cairo_fill (cr);
}

static void
draw_dots (const SpeedupFrame *self,
           const SpeedupLayer *layer,
           const SpeedupStyle *style)
{
  cairo_t *cr = self->canvas->cr;

  cairo_set_dash (cr, NULL, 0, 0);
  for (guint i = 0; i < layer->data->len; i++)
    {
      const SpeedupDatum *datum = &g_array_index (layer->data, SpeedupDatum, i);

      cairo_new_sub_path (cr);
      cairo_arc (cr,
                 speedup_frame_x (self, datum->x) + layer->dodge * self->dodge_px,
                 speedup_frame_y (self, datum->y), DOT_PX, 0, 2 * G_PI);
      speedup_colour_set (cr, style->colour, style->filled ? 0.4 : 0.9);
      cairo_set_line_width (cr, 0.8);
      if (style->filled)
        cairo_fill (cr);
      else
        cairo_stroke (cr);
    }
}

static void
draw_interval (const SpeedupFrame *self,
               const SpeedupDatum *datum,
               const SpeedupStyle *style,
               double              x)
{
  cairo_t *cr = self->canvas->cr;
  const double low = speedup_frame_y (self, datum->low);
  const double high = speedup_frame_y (self, datum->high);

  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_width (cr, MAX (style->width * 0.8, 0.8));
  cairo_move_to (cr, x, low);
  cairo_line_to (cr, x, high);
  cairo_move_to (cr, x - CAP_PX, low);
  cairo_line_to (cr, x + CAP_PX, low);
  cairo_move_to (cr, x - CAP_PX, high);
  cairo_line_to (cr, x + CAP_PX, high);
  cairo_stroke (cr);
}

static void
draw_marks (const SpeedupFrame *self,
            const SpeedupLayer *layer,
            const SpeedupStyle *style)
{
  const double shift = layer->dodge * self->dodge_px;

  if (layer->joined)
    {
      add_line (self, layer, shift);
      cairo_stroke (self->canvas->cr);
    }

  for (guint i = 0; i < layer->data->len; i++)
    {
      const SpeedupDatum *datum = &g_array_index (layer->data, SpeedupDatum, i);
      const double x = speedup_frame_x (self, datum->x) + shift;

      if (isfinite (datum->low) && isfinite (datum->high))
        draw_interval (self, datum, style, x);
      speedup_mark_draw (self->canvas->cr, style,
                         speedup_theme_get (self->canvas->palette)->background,
                         x, speedup_frame_y (self, datum->y), self->mark_px);
      speedup_style_set (self->canvas->cr, style);
    }
}

static void
draw_crosses (const SpeedupFrame *self,
              const SpeedupLayer *layer,
              const SpeedupStyle *style)
{
  for (guint i = 0; i < layer->data->len; i++)
    {
      const SpeedupDatum *datum = &g_array_index (layer->data, SpeedupDatum, i);

      speedup_mark_draw (self->canvas->cr, style,
                         speedup_theme_get (self->canvas->palette)->background,
                         speedup_frame_x (self, datum->x) + layer->dodge * self->dodge_px,
                         self->top + self->height - 2 * self->mark_px, self->mark_px);
    }
}

static void
draw_layer (const SpeedupFrame *self,
            const SpeedupLayer *layer)
{
  const SpeedupStyle style = speedup_style_get (self->canvas->palette, layer->role, layer->series);

  if (layer->data->len == 0)
    return;

  cairo_new_path (self->canvas->cr);
  speedup_style_set (self->canvas->cr, &style);

  switch (layer->kind)
    {
    case SPEEDUP_LAYER_REGION:
      draw_region (self, layer);
      break;

    case SPEEDUP_LAYER_RULE:
      draw_rule (self, layer);
      break;

    case SPEEDUP_LAYER_BAND:
      draw_band (self, layer, &style);
      break;

    case SPEEDUP_LAYER_LINE:
      add_line (self, layer, 0);
      cairo_stroke (self->canvas->cr);
      break;

    case SPEEDUP_LAYER_DOTS:
      draw_dots (self, layer, &style);
      break;

    case SPEEDUP_LAYER_MARKS:
      draw_marks (self, layer, &style);
      break;

    case SPEEDUP_LAYER_CROSSES:
      draw_crosses (self, layer, &style);
      break;

    default:
      g_assert_not_reached ();
    }
}

/**
 * speedup_frame_draw_layers:
 * @self: a frame
 *
 * Draws every layer of the plot, bands first, inside the area between the axes.
 */
void
speedup_frame_draw_layers (const SpeedupFrame *self)
{
  cairo_t *cr = self->canvas->cr;

  cairo_save (cr);
  cairo_rectangle (cr, self->left, self->top, self->width, self->height);
  cairo_clip (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);

  /* No band may cover a line or a point, whichever series came first. */
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < self->plot->layers->len; i++)
      {
        const SpeedupLayer *layer = g_ptr_array_index (self->plot->layers, i);

        if ((layer->kind == SPEEDUP_LAYER_BAND) == (pass == 0))
          draw_layer (self, layer);
      }

  cairo_restore (cr);
}
