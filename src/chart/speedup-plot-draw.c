/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-plot-draw.h"

#include <math.h>

#include "speedup-frame.h"
#include "speedup-legend.h"

#define TICK_PX     4
#define TICK_GAP_PX 7

/* Sizes that go with the size of the canvas. */
typedef struct
{
  double margin;
  double text;
  double title;
  double small;
  gboolean brief;        /* short titles, legend below */
  int title_lines;
  double legend_share;   /* of the height, at most */
} Measures;

/* What one drawing knows while it lays out. */
typedef struct
{
  const SpeedupPlot *plot;
  SpeedupCanvas *canvas;
  const SpeedupTheme *theme;
  Measures measures;
  SpeedupFrame frame;
  SpeedupLegend legend;
  GArray *x_ticks;
  GArray *y_ticks;
  gboolean brief_labels;
} Drawing;

static Measures
choose_measures (double width,
                 double height)
{
  if (width < 480 || height < 320)
    return (Measures) { 6, SPEEDUP_MIN_TEXT_PX, 11, SPEEDUP_MIN_TEXT_PX, TRUE, 1, 0.22 }
  ;
  if (width < 1200 || height < 800)
    return (Measures) { 12, 11, 15, 10, FALSE, 1, 0.25 }
  ;

  return (Measures) { 20, 14, 21, 12, FALSE, 1, 0.25 };
}

static SpeedupText
text_of (const Drawing   *self,
         SpeedupTextRole  role)
{
  const Measures *measures = &self->measures;
  SpeedupText text = {
    .role = role,
    .size = measures->text,
    .max_width = self->canvas->width - 2 * measures->margin,
    .colour = self->theme->text,
  };

  switch (role)
    {
    case SPEEDUP_TEXT_TITLE:
      text.size = measures->title;
      text.bold = TRUE;
      text.max_lines = measures->title_lines;
      break;

    case SPEEDUP_TEXT_SUBTITLE:
      text.size = measures->small;
      text.colour = self->theme->muted;
      break;

    case SPEEDUP_TEXT_X_TICK:
    case SPEEDUP_TEXT_Y_TICK:
      text.max_width = 0;
      text.colour = self->theme->muted;
      break;

    case SPEEDUP_TEXT_X_TITLE:
    case SPEEDUP_TEXT_Y_TITLE:
      text.colour = self->theme->muted;
      break;

    case SPEEDUP_TEXT_SENTENCE:
      text.max_lines = 4;
      text.centred = TRUE;
      break;

    case SPEEDUP_TEXT_LEGEND:
    case SPEEDUP_TEXT_LABEL:
    default:
      break;
    }

  return text;
}

static double
height_of (const Drawing  *self,
           SpeedupTextRole role,
           const char     *words)
{
  const SpeedupText text = text_of (self, role);
  double height;

  speedup_canvas_measure (self->canvas, &text, words, NULL, &height);

  return height;
}

/* Writes a line from the left margin. Returns where the next begins. */
static double
write_line (const Drawing   *self,
            SpeedupTextRole  role,
            const char      *words,
            double           y)
{
  const SpeedupText text = text_of (self, role);

  if (words == NULL || words[0] == '\0')
    return y;
  speedup_canvas_write (self->canvas, &text, words, self->measures.margin, y, 0, 0);

  return y + height_of (self, role, words);
}

static void
draw_sentence (const Drawing *self,
               double         top)
{
  const SpeedupText text = text_of (self, SPEEDUP_TEXT_SENTENCE);

  /* Pango centres within the width it is given, so the left edge is the margin. */
  speedup_canvas_write (self->canvas, &text, self->plot->empty, self->canvas->width / 2,
                        top + (self->canvas->height - top) / 2, 0.5, 0.5);
}

static gboolean
ticks_fit (const Drawing *self,
           const GArray  *ticks,
           gboolean       upright)
{
  const SpeedupText text = text_of (self, upright ? SPEEDUP_TEXT_Y_TICK : SPEEDUP_TEXT_X_TICK);
  double edge = upright ? HUGE_VAL : -HUGE_VAL;

  for (guint i = 0; i < ticks->len; i++)
    {
      const SpeedupTick *tick = &g_array_index (ticks, SpeedupTick, i);
      double width;
      double height;

      speedup_canvas_measure (self->canvas, &text, tick->label, &width, &height);
      if (upright)
        {
          const double y = speedup_frame_y (&self->frame, tick->value);

          if (y + height / 2 > edge)
            return FALSE;
          edge = y - height / 2 - 2;
        }
      else
        {
          const double x = speedup_frame_x (&self->frame, tick->value);

          if (x - width / 2 < edge)
            return FALSE;
          edge = x + width / 2 + TICK_GAP_PX;
        }
    }

  return TRUE;
}

/* The measured values where they have room, else as many ticks as there is room for. */
static GArray *
choose_ticks (const Drawing *self,
              gboolean       upright)
{
  const SpeedupAxis *axis = upright ? &self->plot->y : &self->plot->x;
  const double length = upright ? self->frame.height : self->frame.width;
  guint wanted = CLAMP (length / (upright ? 34 : 45), 2, 14);
  GArray *ticks = speedup_axis_get_values (axis, self->plot->numbers);

  if (axis->values != NULL && ticks_fit (self, ticks, upright))
    return ticks;

  g_array_unref (ticks);
  ticks = speedup_axis_get_ticks (axis, wanted, self->plot->numbers);

  while (wanted > 1 && !ticks_fit (self, ticks, upright))
    {
      g_array_unref (ticks);
      ticks = speedup_axis_get_ticks (axis, --wanted, self->plot->numbers);
    }

  return ticks;
}

static double
widest_tick (const Drawing *self,
             const GArray  *ticks)
{
  const SpeedupText text = text_of (self, SPEEDUP_TEXT_Y_TICK);
  double widest = 0;

  for (guint i = 0; i < ticks->len; i++)
    {
      double width;

      speedup_canvas_measure (self->canvas, &text, g_array_index (ticks, SpeedupTick, i).label,
                              &width, NULL);
      widest = MAX (widest, width);
    }

  return widest;
}

/* So many series that they would reach into their neighbours' places stand closer together. */
static double
choose_dodge (const Drawing *self,
              double         wanted)
{
  double most = 3;

  for (guint i = 0; i < self->plot->layers->len; i++)
    {
      const SpeedupLayer *layer = g_ptr_array_index (self->plot->layers, i);

      most = MAX (most, fabs (layer->dodge));
    }

  return wanted * 3 / most;
}

static void
lay_out_frame (Drawing *self,
               double   top,
               double   bottom)
{
  SpeedupFrame *frame = &self->frame;
  const double margin = self->measures.margin;
  double right = margin;
  double left = margin;
  double dodge_px;

  frame->canvas = self->canvas;
  frame->plot = self->plot;
  frame->text_px = self->measures.text;
  frame->mark_px = self->measures.brief ? 2.8 : 3.8;
  dodge_px = self->measures.brief ? 3.5 : 6;
  frame->dodge_px = choose_dodge (self, dodge_px);
  frame->top = top;
  frame->height = bottom - top;
  frame->pad = self->plot->timeline != NULL ? 0 : 3 * dodge_px;

  self->brief_labels = self->measures.brief;
  right += speedup_frame_measure_labels (frame, self->brief_labels);
  if (right > 0.2 * self->canvas->width)
    {
      self->brief_labels = TRUE;
      right = margin + speedup_frame_measure_labels (frame, TRUE);
    }

  if (self->plot->timeline != NULL)
    {
      left += speedup_frame_measure_lanes (frame) + TICK_GAP_PX;
      right += 10;
    }
  else
    {
      self->y_ticks = choose_ticks (self, TRUE);
      left += widest_tick (self, self->y_ticks) + TICK_GAP_PX;
    }

  frame->left = left;
  frame->width = self->canvas->width - right - left;
}

static void
draw_grid (const Drawing *self)
{
  const SpeedupFrame *frame = &self->frame;
  cairo_t *cr = self->canvas->cr;

  speedup_colour_set (cr, self->theme->grid, 1);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_width (cr, self->canvas->palette == SPEEDUP_PALETTE_PRINT ? 0.4 : 1);

  for (guint i = 0; self->y_ticks != NULL && i < self->y_ticks->len; i++)
    {
      const double y = speedup_frame_y (frame, g_array_index (self->y_ticks, SpeedupTick, i).value);

      cairo_move_to (cr, frame->left, y);
      cairo_line_to (cr, frame->left + frame->width, y);
    }
  for (guint i = 0; self->plot->timeline != NULL && i < self->x_ticks->len; i++)
    {
      const double x = speedup_frame_x (frame, g_array_index (self->x_ticks, SpeedupTick, i).value);

      cairo_move_to (cr, x, frame->top);
      cairo_line_to (cr, x, frame->top + frame->height);
    }
  cairo_stroke (cr);
}

static void
draw_axes (const Drawing *self)
{
  const SpeedupFrame *frame = &self->frame;
  const SpeedupText x_text = text_of (self, SPEEDUP_TEXT_X_TICK);
  const SpeedupText y_text = text_of (self, SPEEDUP_TEXT_Y_TICK);
  const double bottom = frame->top + frame->height;
  cairo_t *cr = self->canvas->cr;

  speedup_colour_set (cr, self->theme->axis, 1);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_width (cr, self->canvas->palette == SPEEDUP_PALETTE_PRINT ? 0.6 : 1);
  cairo_move_to (cr, frame->left, bottom);
  cairo_line_to (cr, frame->left + frame->width, bottom);
  for (guint i = 0; i < self->x_ticks->len; i++)
    {
      const double x = speedup_frame_x (frame, g_array_index (self->x_ticks, SpeedupTick, i).value);

      cairo_move_to (cr, x, bottom);
      cairo_line_to (cr, x, bottom + TICK_PX);
    }
  cairo_stroke (cr);

  for (guint i = 0; i < self->x_ticks->len; i++)
    {
      const SpeedupTick *tick = &g_array_index (self->x_ticks, SpeedupTick, i);

      speedup_canvas_write (self->canvas, &x_text, tick->label,
                            speedup_frame_x (frame, tick->value), bottom + TICK_PX + 1, 0.5, 0);
    }
  for (guint i = 0; self->y_ticks != NULL && i < self->y_ticks->len; i++)
    {
      const SpeedupTick *tick = &g_array_index (self->y_ticks, SpeedupTick, i);

      speedup_canvas_write (self->canvas, &y_text, tick->label, frame->left - TICK_GAP_PX + 2,
                            speedup_frame_y (frame, tick->value), 1, 0.5);
    }
}

static const char *
axis_title (const Drawing     *self,
            const SpeedupAxis *axis)
{
  return self->measures.brief ? axis->short_title : axis->title;
}

/* Everything outside the frame, from the edges inwards. Returns whether a frame is left. */
static gboolean
lay_out (Drawing *self,
         double   top)
{
  const Measures *measures = &self->measures;
  const double height = self->canvas->height;
  const double tick_height = height_of (self, SPEEDUP_TEXT_X_TICK, "0");
  const char *x_title = axis_title (self, &self->plot->x);
  double bottom = height - measures->margin;
  const SpeedupText x_text = text_of (self, SPEEDUP_TEXT_X_TITLE);

  if (self->legend.height > 0 && measures->brief)
    {
      bottom -= self->legend.height;
      speedup_legend_draw (&self->legend, self->canvas, measures->margin, bottom);
      bottom -= 4;
    }
  else if (self->legend.height > 0)
    {
      top += 4;
      speedup_legend_draw (&self->legend, self->canvas, measures->margin, top);
      top += self->legend.height + 6;
    }

  top = write_line (self, SPEEDUP_TEXT_Y_TITLE, axis_title (self, &self->plot->y),
                    top + measures->margin / 2);
  top += tick_height / 2 + 3;

  bottom -= height_of (self, SPEEDUP_TEXT_X_TITLE, x_title);
  lay_out_frame (self, top, bottom - tick_height - TICK_PX - 3);
  if (self->frame.height < 20 || self->frame.width < 20 + 2 * self->frame.pad)
    return FALSE;

  speedup_canvas_write (self->canvas, &x_text, x_title,
                        self->frame.left + self->frame.width / 2, bottom, 0.5, 0);
  self->x_ticks = choose_ticks (self, FALSE);

  return TRUE;
}

/**
 * speedup_plot_draw:
 * @self: a description
 * @canvas: what to draw on
 *
 * The one drawing routine: lays the description out on the canvas and draws it. A canvas that is
 * too small for a chart gets the words that fit.
 */
void
speedup_plot_draw (const SpeedupPlot *self,
                   SpeedupCanvas     *canvas)
{
  Drawing drawing = {
    .plot = self,
    .canvas = canvas,
    .theme = speedup_theme_get (canvas->palette),
    .measures = choose_measures (canvas->width, canvas->height),
  };
  const double width = canvas->width - 2 * drawing.measures.margin;
  double top = drawing.measures.margin;

  speedup_colour_set (canvas->cr, drawing.theme->background, 1);
  cairo_rectangle (canvas->cr, 0, 0, canvas->width, canvas->height);
  cairo_fill (canvas->cr);
  if (width < 10)
    return;

  top = write_line (&drawing, SPEEDUP_TEXT_TITLE, self->title, top);
  top = write_line (&drawing, SPEEDUP_TEXT_SUBTITLE, self->subtitle, top + 1);

  if (self->empty != NULL)
    {
      draw_sentence (&drawing, top);
      return;
    }

  speedup_legend_init (&drawing.legend, canvas, self, drawing.measures.text,
                       drawing.measures.brief, width,
                       drawing.measures.legend_share * canvas->height);
  if (lay_out (&drawing, top))
    {
      draw_grid (&drawing);
      speedup_frame_draw_layers (&drawing.frame);
      draw_axes (&drawing);
      if (self->timeline != NULL)
        speedup_frame_draw_timeline (&drawing.frame);
      speedup_frame_write_labels (&drawing.frame, drawing.brief_labels);
    }

  speedup_legend_clear (&drawing.legend);
  g_clear_pointer (&drawing.x_ticks, g_array_unref);
  g_clear_pointer (&drawing.y_ticks, g_array_unref);
}
