/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-frame.h"

#include <math.h>
#include <stdlib.h>

/* So far may a label be pushed from the end of its line, in heights of the label. */
#define MAX_PUSH 1.6

#define GAP_PX 6

/* A label at the right end of a line. */
typedef struct
{
  const SpeedupLayer *layer;
  double end_x;
  double end_y;
  double y;
} EndLabel;

static SpeedupText
label_text (const SpeedupFrame *self,
            gboolean            halo)
{
  return (SpeedupText) {
           .role = SPEEDUP_TEXT_LABEL,
           .size = MAX (self->text_px - 1, SPEEDUP_MIN_TEXT_PX),
           .halo = halo,
           .colour = speedup_theme_get (self->canvas->palette)->muted,
  };
}

static const char *
label_of (const SpeedupLayer *layer,
          gboolean            brief)
{
  return brief && layer->short_label != NULL ? layer->short_label : layer->label;
}

static int
compare_end (gconstpointer a,
             gconstpointer b)
{
  const EndLabel *first = a;
  const EndLabel *second = b;

  return (first->end_y > second->end_y) - (first->end_y < second->end_y);
}

/* The lines that reach the right end inside the frame. */
static GArray *
find_ends (const SpeedupFrame *self)
{
  GArray *ends = g_array_new (FALSE, FALSE, sizeof (EndLabel));

  for (guint i = 0; i < self->plot->layers->len; i++)
    {
      const SpeedupLayer *layer = g_ptr_array_index (self->plot->layers, i);
      const SpeedupDatum *last;
      EndLabel end = { .layer = layer };

      if (layer->kind != SPEEDUP_LAYER_LINE || layer->label == NULL || layer->data->len == 0)
        continue;
      last = &g_array_index (layer->data, SpeedupDatum, layer->data->len - 1);
      end.end_x = speedup_frame_x (self, last->x);
      end.end_y = speedup_frame_y (self, last->y);
      if (end.end_y >= self->top - 1 && end.end_y <= self->top + self->height + 1)
        g_array_append_val (ends, end);
    }
  g_array_sort (ends, compare_end);

  return ends;
}

/* Pushes labels apart, downwards and then back up from the lower edge. Returns the largest push. */
static double
spread (const SpeedupFrame *self,
        GArray             *ends,
        double              height)
{
  const double bottom = self->top + self->height + height / 2;
  double largest = 0;
  double edge = self->top - height / 2;

  for (guint i = 0; i < ends->len; i++)
    {
      EndLabel *end = &g_array_index (ends, EndLabel, i);

      end->y = MAX (end->end_y - height / 2, edge);
      edge = end->y + height;
    }

  edge = bottom;
  for (guint i = ends->len; i > 0; i--)
    {
      EndLabel *end = &g_array_index (ends, EndLabel, i - 1);

      end->y = MIN (end->y, edge - height);
      edge = end->y;
      largest = MAX (largest, fabs (end->y + height / 2 - end->end_y));
    }

  return largest;
}

static void
drop_least (GArray *ends)
{
  guint least = 0;

  for (guint i = 1; i < ends->len; i++)
    {
      if (g_array_index (ends, EndLabel, i).layer->priority <
          g_array_index (ends, EndLabel, least).layer->priority)
        least = i;
    }
  g_array_remove_index (ends, least);
}

static void
write_ends (const SpeedupFrame *self,
            gboolean            brief)
{
  g_autoptr (GArray) ends = find_ends (self);
  const SpeedupText text = label_text (self, FALSE);
  const SpeedupStyle style = speedup_style_get (self->canvas->palette, SPEEDUP_ROLE_AMDAHL, 0);
  const double right = self->left + self->width;
  double height;

  /* Every label gets the height of the tallest: other scripts have other heights. */
  height = 0;
  for (guint i = 0; i < ends->len; i++)
    {
      double one;

      speedup_canvas_measure (self->canvas, &text,
                              label_of (g_array_index (ends, EndLabel, i).layer, brief),
                              NULL, &one);
      height = MAX (height, one);
    }

  while (ends->len > 1 && spread (self, ends, height) > MAX_PUSH * height)
    drop_least (ends);
  spread (self, ends, height);

  for (guint i = 0; i < ends->len; i++)
    {
      const EndLabel *end = &g_array_index (ends, EndLabel, i);

      if (!speedup_canvas_write (self->canvas, &text, label_of (end->layer, brief),
                                 right + GAP_PX, end->y, 0, 0))
        continue;

      cairo_move_to (self->canvas->cr, end->end_x + 2, end->end_y);
      cairo_line_to (self->canvas->cr, right + GAP_PX - 1.5, end->y + height / 2);
      speedup_style_set (self->canvas->cr, &style);
      cairo_stroke (self->canvas->cr);
    }
}

/* A line that leaves through the upper edge is named where it leaves. */
static void
write_exit (const SpeedupFrame *self,
            const SpeedupLayer *layer,
            gboolean            brief)
{
  const SpeedupText text = label_text (self, TRUE);
  double x = NAN;
  double height;

  speedup_canvas_measure (self->canvas, &text, label_of (layer, brief), NULL, &height);
  for (guint i = 0; i < layer->data->len; i++)
    {
      const SpeedupDatum *datum = &g_array_index (layer->data, SpeedupDatum, i);

      /* The words end where the line reaches their lower edge, so that they do not hide it. */
      if (isnan (x) && speedup_frame_y (self, datum->y) < self->top + height + 2)
        x = speedup_frame_x (self, datum->x) - GAP_PX;
      if (speedup_frame_y (self, datum->y) < self->top - 1)
        {
          speedup_canvas_write (self->canvas, &text, label_of (layer, brief), x, self->top + 2,
                                1, 0);
          return;
        }
    }
}

static void
write_rule (const SpeedupFrame *self,
            const SpeedupLayer *layer)
{
  const SpeedupText text = label_text (self, TRUE);
  const double x = speedup_frame_x (self, g_array_index (layer->data, SpeedupDatum, 0).x);
  const double y = self->top + 3;
  double width;

  speedup_canvas_measure (self->canvas, &text, layer->label, &width, NULL);
  if (x + GAP_PX + width > self->left + self->width ||
      !speedup_canvas_write (self->canvas, &text, layer->label, x + GAP_PX - 2, y, 0, 0))
    speedup_canvas_write (self->canvas, &text, layer->label, x - GAP_PX + 2, y, 1, 0);
}

/**
 * speedup_frame_measure_labels:
 * @self: a frame; its place need not be known yet
 * @brief: whether short labels are used
 *
 * Returns: px that labels at the ends of lines need to the right of the frame
 */
double
speedup_frame_measure_labels (const SpeedupFrame *self,
                              gboolean            brief)
{
  const SpeedupText text = label_text (self, FALSE);
  double widest = 0;

  for (guint i = 0; i < self->plot->layers->len; i++)
    {
      const SpeedupLayer *layer = g_ptr_array_index (self->plot->layers, i);
      double width;

      if (layer->kind != SPEEDUP_LAYER_LINE || layer->label == NULL)
        continue;
      speedup_canvas_measure (self->canvas, &text, label_of (layer, brief), &width, NULL);
      widest = MAX (widest, width + GAP_PX);
    }

  return widest;
}

/**
 * speedup_frame_write_labels:
 * @self: a frame
 * @brief: whether short labels are used
 *
 * Writes the names of lines where they end, as far as there is room.
 */
void
speedup_frame_write_labels (const SpeedupFrame *self,
                            gboolean            brief)
{
  for (guint i = 0; i < self->plot->layers->len; i++)
    {
      const SpeedupLayer *layer = g_ptr_array_index (self->plot->layers, i);

      if (layer->kind == SPEEDUP_LAYER_RULE && layer->label != NULL)
        write_rule (self, layer);
    }

  write_ends (self, brief);

  for (guint i = 0; i < self->plot->layers->len; i++)
    {
      const SpeedupLayer *layer = g_ptr_array_index (self->plot->layers, i);

      if (layer->kind == SPEEDUP_LAYER_LINE && layer->label != NULL)
        write_exit (self, layer, brief);
    }
}
