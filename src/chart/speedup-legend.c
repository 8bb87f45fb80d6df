/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-legend.h"

#include "speedup-chart-words.h"
#include "speedup-frame.h"

#define SWATCH_PX      22
#define SWATCH_GAP_PX  5
#define ENTRY_GAP_PX   16
#define ROW_GAP_PX     2

/* Where a small mark of the look of one layer stands beside its words. */
typedef struct
{
  const SpeedupLayer *layer;   /* NULL for words that say how many entries had no room */
  char *words;
  double x;
  double y;
  double height;
} LegendEntry;

static void
entry_clear (gpointer data)
{
  LegendEntry *entry = data;

  g_free (entry->words);
}

/* Measured series come first, then what they are compared with. */
static int
rank (const SpeedupLayer *layer)
{
  if (layer->kind == SPEEDUP_LAYER_MARKS)
    return 0;

  switch (layer->role)
    {
    case SPEEDUP_ROLE_FIT:
      return 1;

    case SPEEDUP_ROLE_VOID:
      return 2;

    case SPEEDUP_ROLE_IDEAL:
      return 3;

    case SPEEDUP_ROLE_BOUND:
      return 4;

    case SPEEDUP_ROLE_AMDAHL:
      return 5;

    case SPEEDUP_ROLE_MEASURED:
      return 6;

    case SPEEDUP_ROLE_WARM_UP:
    case SPEEDUP_ROLE_BASE:
    case SPEEDUP_ROLE_CPUS:
    default:
      return 7;
    }
}

static void
collect (SpeedupLegend     *self,
         const SpeedupPlot *plot,
         gboolean           brief)
{
  for (int wanted = 0; wanted <= 7; wanted++)
    {
      for (guint i = 0; i < plot->layers->len; i++)
        {
          const SpeedupLayer *layer = g_ptr_array_index (plot->layers, i);
          LegendEntry entry = { .layer = layer };
          const char *words;

          if (layer->legend == NULL || layer->data->len == 0 || rank (layer) != wanted)
            continue;
          words = brief && layer->short_legend != NULL ? layer->short_legend : layer->legend;
          if (words[0] == '\0')
            continue;
          entry.words = g_strdup (words);
          g_array_append_val (self->entries, entry);
        }
    }
}

/* Gives every entry its place. Returns the height of all rows. */
static double
flow (SpeedupLegend *self,
      SpeedupCanvas *canvas,
      double         width)
{
  double x = 0;
  double y = 0;
  double row_height = 0;

  self->text.max_width = width - SWATCH_PX - SWATCH_GAP_PX;

  for (guint i = 0; i < self->entries->len; i++)
    {
      LegendEntry *entry = &g_array_index (self->entries, LegendEntry, i);
      double words_width;
      double entry_width;

      speedup_canvas_measure (canvas, &self->text, entry->words, &words_width, &entry->height);
      entry_width = words_width + (entry->layer != NULL ? SWATCH_PX + SWATCH_GAP_PX : 0);
      if (x > 0 && x + entry_width > width)
        {
          x = 0;
          y += row_height + ROW_GAP_PX;
          row_height = 0;
        }
      entry->x = x;
      entry->y = y;
      x += entry_width + ENTRY_GAP_PX;
      row_height = MAX (row_height, entry->height);
    }

  return y + row_height;
}

/**
 * speedup_legend_init:
 * @self: (out): a legend
 * @canvas: what it will be drawn on
 * @plot: what it explains
 * @text_px: size of its words
 * @brief: whether short words are used
 * @width: px there are for it
 * @max_height: px it may be high; what has no room is left out, and the legend says how many
 */
void
speedup_legend_init (SpeedupLegend     *self,
                     SpeedupCanvas     *canvas,
                     const SpeedupPlot *plot,
                     double             text_px,
                     gboolean           brief,
                     double             width,
                     double             max_height)
{
  guint n_left_out = 0;

  *self = (SpeedupLegend) {
    .entries = g_array_new (FALSE, FALSE, sizeof (LegendEntry)),
    .text = {
      .role = SPEEDUP_TEXT_LEGEND,
      .size = text_px,
      .colour = speedup_theme_get (canvas->palette)->text,
    },
  };
  g_array_set_clear_func (self->entries, entry_clear);
  collect (self, plot, brief);
  self->height = flow (self, canvas, width);

  while (self->height > max_height && self->entries->len > 1)
    {
      LegendEntry more = { NULL };

      /* The line that counts them goes, and one more entry, before it is written again. */
      if (n_left_out > 0)
        g_array_set_size (self->entries, self->entries->len - 1);
      g_array_set_size (self->entries, self->entries->len - 1);
      n_left_out++;
      more.words = g_strdup_printf (ngettext ("and %u more", "and %u more", n_left_out),
                                    n_left_out);
      g_array_append_val (self->entries, more);
      self->height = flow (self, canvas, width);
      if (self->entries->len <= 2)
        break;
    }
}

/**
 * speedup_legend_clear:
 * @self: a legend
 */
void
speedup_legend_clear (SpeedupLegend *self)
{
  g_clear_pointer (&self->entries, g_array_unref);
}

static void
draw_swatch (const SpeedupLayer *layer,
             SpeedupCanvas      *canvas,
             double              x,
             double              y,
             double              height)
{
  const SpeedupStyle style = speedup_style_get (canvas->palette, layer->role, layer->series);
  const SpeedupColour background = speedup_theme_get (canvas->palette)->background;
  const double middle = y + height / 2;
  cairo_t *cr = canvas->cr;
  const gboolean line = layer->kind == SPEEDUP_LAYER_LINE || layer->kind == SPEEDUP_LAYER_MARKS;

  cairo_new_path (cr);
  if (layer->kind == SPEEDUP_LAYER_REGION || (line && layer->role == SPEEDUP_ROLE_FIT))
    {
      if (layer->role == SPEEDUP_ROLE_FIT)
        speedup_colour_set (cr, style.colour, 0.18);
      else
        speedup_colour_set (cr, speedup_theme_get (canvas->palette)->shade, 2);
      cairo_rectangle (cr, x, middle - 0.3 * height, SWATCH_PX, 0.6 * height);
      cairo_fill (cr);
    }

  speedup_style_set (cr, &style);
  if (line)
    {
      cairo_move_to (cr, x, middle);
      cairo_line_to (cr, x + SWATCH_PX, middle);
      cairo_stroke (cr);
    }
  if (layer->kind == SPEEDUP_LAYER_MARKS || layer->kind == SPEEDUP_LAYER_CROSSES)
    speedup_mark_draw (cr, &style, background, x + SWATCH_PX / 2.0, middle, 3.5);

  for (int i = 0; layer->kind == SPEEDUP_LAYER_DOTS && i < 3; i++)
    {
      /* Dots of every series share an entry, so theirs are of no series' colour. */
      cairo_arc (cr, x + SWATCH_PX * (i + 1) / 4.0, middle + (i - 1) * 2, 1.7, 0, 2 * G_PI);
      speedup_colour_set (cr, speedup_theme_get (canvas->palette)->muted, 0.5);
      if (style.filled)
        cairo_fill (cr);
      else
        cairo_stroke (cr);
    }
}

/**
 * speedup_legend_draw:
 * @self: a legend
 * @canvas: what it is drawn on
 * @x: left edge
 * @y: upper edge
 */
void
speedup_legend_draw (SpeedupLegend *self,
                     SpeedupCanvas *canvas,
                     double         x,
                     double         y)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      const LegendEntry *entry = &g_array_index (self->entries, LegendEntry, i);
      double words_x = x + entry->x;

      if (entry->layer != NULL)
        words_x += SWATCH_PX + SWATCH_GAP_PX;
      if (speedup_canvas_write (canvas, &self->text, entry->words, words_x, y + entry->y, 0, 0) &&
          entry->layer != NULL)
        draw_swatch (entry->layer, canvas, x + entry->x, y + entry->y, entry->height);
    }
}
