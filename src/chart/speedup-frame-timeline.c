/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-frame.h"

#include <math.h>
#include <string.h>

#include "speedup-execution.h"

/* Bars and gaps narrower than this are merged, so that a picture of a million tasks stays small. */
#define MERGE_PX 0.5

/* Lanes lower than this are drawn several to a row, as a share of busy time. */
#define MIN_LANE_PX 3.0
#define CELL_PX     2.0

/* A bar that is higher is a poster. */
#define MAX_BAR_PX 44.0
#define SHADES      5

/* So much of the width may names of workers take. */
#define MAX_NAME_SHARE 0.25

typedef struct
{
  guint worker;
  double start_s;
  double end_s;
  gboolean failed;
} Bar;

typedef struct
{
  guint n_workers;
  guint per_row;     /* workers in one row */
  guint n_rows;
  double row_px;
} Lanes;

static guint
count_workers (const SpeedupTimeline *timeline)
{
  guint n_workers = timeline->worker_names != NULL ? g_strv_length (timeline->worker_names) : 0;

  /* A file may name fewer workers than it uses; a worker without a name still gets a lane. */
  for (guint i = 0; i < timeline->n_tasks; i++)
    n_workers = MAX (n_workers, MIN (timeline->worker[i], SPEEDUP_MAX_WORKERS - 1) + 1);

  return MAX (n_workers, 1);
}

static Lanes
divide (const SpeedupFrame *self)
{
  Lanes lanes = { .n_workers = count_workers (self->plot->timeline), .per_row = 1 };

  while ((double) lanes.n_workers / lanes.per_row * MIN_LANE_PX > self->height &&
         lanes.per_row < lanes.n_workers)
    lanes.per_row++;
  lanes.n_rows = (lanes.n_workers + lanes.per_row - 1) / lanes.per_row;
  lanes.row_px = self->height / lanes.n_rows;

  return lanes;
}

static int
compare_bars (gconstpointer a,
              gconstpointer b)
{
  const Bar *first = a;
  const Bar *second = b;

  if (first->worker != second->worker)
    return first->worker < second->worker ? -1 : 1;

  return (first->start_s > second->start_s) - (first->start_s < second->start_s);
}

static GArray *
sort_bars (const SpeedupTimeline *timeline)
{
  GArray *bars = g_array_sized_new (FALSE, FALSE, sizeof (Bar), timeline->n_tasks);

  for (guint i = 0; i < timeline->n_tasks; i++)
    {
      const Bar bar = {
        .worker = MIN (timeline->worker[i], SPEEDUP_MAX_WORKERS - 1),
        .start_s = timeline->start_s[i],
        .end_s = timeline->end_s[i],
        .failed = timeline->status[i] != SPEEDUP_TASK_OK,
      };

      if (isfinite (bar.start_s) && isfinite (bar.end_s) && bar.end_s >= bar.start_s)
        g_array_append_val (bars, bar);
    }
  g_array_sort (bars, compare_bars);

  return bars;
}

/* Adds a bar to the path: one path for a lane keeps files small. */
static void
add_bar (const SpeedupFrame *self,
         const Lanes        *lanes,
         guint               row,
         double              from_px,
         double              to_px)
{
  const double gap = MAX (MIN (2, lanes->row_px * 0.2), lanes->row_px - MAX_BAR_PX);

  cairo_rectangle (self->canvas->cr, from_px, self->top + row * lanes->row_px + gap / 2,
                   MAX (to_px - from_px, MERGE_PX), lanes->row_px - gap);
}

/* Draws the bars of one worker: a hairline between tasks where there is room for one, a merged bar
 * where there is none.
 */
static void
draw_lane (const SpeedupFrame *self,
           const Lanes        *lanes,
           const Bar          *bars,
           guint               n_bars)
{
  double from = NAN;
  double to = NAN;

  for (guint i = 0; i < n_bars; i++)
    {
      const double start = speedup_frame_x (self, bars[i].start_s);
      const double end = speedup_frame_x (self, bars[i].end_s);
      const gboolean wide = end - start > 6 * MERGE_PX;

      if (isfinite (from) && !wide && start - to < MERGE_PX)
        {
          to = MAX (to, end);
          continue;
        }
      if (isfinite (from))
        add_bar (self, lanes, bars[i].worker, from, to);
      from = start;
      to = end;
      if (wide)
        {
          /* The hairline is taken from the bar itself, so that no bar looks longer than it was. */
          add_bar (self, lanes, bars[i].worker, start, end - MERGE_PX);
          from = to = NAN;
        }
    }
  if (isfinite (from))
    add_bar (self, lanes, bars[n_bars - 1].worker, from, to);
  cairo_fill (self->canvas->cr);
}

/* A failed task is marked by colour and, for those who cannot see it, by a cross; in a row that
 * several workers share by a short bar, because others were well at the same time.
 */
static void
draw_failures (const SpeedupFrame *self,
               const Lanes        *lanes,
               const GArray       *bars)
{
  const SpeedupStyle style = speedup_style_get (self->canvas->palette, SPEEDUP_ROLE_VOID, 0);
  const double radius = CLAMP (lanes->row_px / 4, 1.5, 4);
  guint last_row = G_MAXUINT;
  double last_x = 0;

  for (guint i = 0; i < bars->len; i++)
    {
      const Bar *bar = &g_array_index (bars, Bar, i);
      const guint row = bar->worker / lanes->per_row;
      const double x = speedup_frame_x (self, (bar->start_s + bar->end_s) / 2);

      if (!bar->failed || (row == last_row && fabs (x - last_x) < radius))
        continue;

      speedup_colour_set (self->canvas->cr, style.colour, 1);
      if (lanes->per_row == 1)
        add_bar (self, lanes, row, speedup_frame_x (self, bar->start_s),
                 speedup_frame_x (self, bar->end_s));
      else
        add_bar (self, lanes, row, x - MERGE_PX, x + MERGE_PX);
      cairo_fill (self->canvas->cr);
      if (lanes->row_px >= 6)
        {
          SpeedupStyle cross = style;

          cross.colour = speedup_theme_get (self->canvas->palette)->background;
          speedup_mark_draw (self->canvas->cr, &cross, cross.colour, x,
                             self->top + (row + 0.5) * lanes->row_px, radius);
        }
      last_row = row;
      last_x = x;
    }
}

static void
add_busy (double *cells,
          guint   n_cells,
          double  from,
          double  to)
{
  const guint first = CLAMP (floor (from), 0.0, n_cells - 1.0);
  const guint last = CLAMP (floor (to), 0.0, n_cells - 1.0);

  for (guint cell = first; cell <= last; cell++)
    cells[cell] += MAX (0, MIN (to, cell + 1.0) - MAX (from, cell));
}

/* Rows of several workers: how busy they were together, in a few shades. */
static void
draw_shared_row (const SpeedupFrame *self,
                 const Lanes        *lanes,
                 guint               row,
                 const double       *cells,
                 guint               n_cells)
{
  const SpeedupStyle style = speedup_style_get (self->canvas->palette, SPEEDUP_ROLE_MEASURED,
                                                self->plot->look);
  const double x0 = speedup_frame_x (self, 0);
  guint start = 0;
  int level = 0;

  for (guint cell = 0; cell <= n_cells; cell++)
    {
      int shade = -1;

      if (cell < n_cells)
        shade = MIN (SHADES, ceil (SHADES * cells[cell] / lanes->per_row - 0.1));
      if (shade == level)
        continue;
      if (level > 0)
        {
          speedup_colour_set (self->canvas->cr, style.colour, (double) level / SHADES);
          add_bar (self, lanes, row, x0 + start * CELL_PX, x0 + cell * CELL_PX);
          cairo_fill (self->canvas->cr);
        }
      start = cell;
      level = shade;
    }
}

static void
draw_shared_rows (const SpeedupFrame *self,
                  const Lanes        *lanes,
                  const GArray       *bars)
{
  const double x0 = speedup_frame_x (self, 0);
  const guint n_cells = MAX (1, ceil ((self->width - 2 * self->pad) / CELL_PX));
  g_autofree double *cells = g_new0 (double, n_cells);
  guint i = 0;

  for (guint row = 0; row < lanes->n_rows; row++)
    {
      memset (cells, 0, n_cells * sizeof *cells);
      for (; i < bars->len && g_array_index (bars, Bar, i).worker / lanes->per_row == row; i++)
        {
          const Bar *bar = &g_array_index (bars, Bar, i);

          add_busy (cells, n_cells, (speedup_frame_x (self, bar->start_s) - x0) / CELL_PX,
                    (speedup_frame_x (self, bar->end_s) - x0) / CELL_PX);
        }
      draw_shared_row (self, lanes, row, cells, n_cells);
    }
}

static void
draw_lanes (const SpeedupFrame *self,
            const Lanes        *lanes,
            const GArray       *bars,
            SpeedupStyle        style)
{
  guint first = 0;

  speedup_colour_set (self->canvas->cr, style.colour, 0.9);
  for (guint i = 1; i <= bars->len; i++)
    {
      const Bar *lane = &g_array_index (bars, Bar, first);

      if (i < bars->len && g_array_index (bars, Bar, i).worker == lane->worker)
        continue;
      draw_lane (self, lanes, lane, i - first);
      first = i;
    }
}

static SpeedupText
name_text (const SpeedupFrame *self)
{
  return (SpeedupText) {
           .role = SPEEDUP_TEXT_Y_TICK,
           .size = MAX (self->text_px - 1, SPEEDUP_MIN_TEXT_PX),
           .max_width = self->canvas->width * MAX_NAME_SHARE,
           .colour = speedup_theme_get (self->canvas->palette)->muted,
  };
}

static char *
name_of (const SpeedupTimeline *timeline,
         guint                  worker)
{
  if (timeline->worker_names != NULL && worker < g_strv_length (timeline->worker_names))
    return g_utf8_make_valid (timeline->worker_names[worker], -1);

  return g_strdup_printf ("%u", worker + 1);
}

/* Every k-th name, so that names do not touch; a row of several workers has the name of the first.
 */
static void
write_names (const SpeedupFrame *self,
             const Lanes        *lanes)
{
  const SpeedupText text = name_text (self);
  double height;
  guint step;

  speedup_canvas_measure (self->canvas, &text, "0", NULL, &height);
  step = MAX (1, ceil (1.1 * height / lanes->row_px));

  for (guint row = 0; row < lanes->n_rows; row += step)
    {
      g_autofree char *name = name_of (self->plot->timeline, row * lanes->per_row);
      g_autofree char *first = g_strconcat (name, " …", NULL);

      speedup_canvas_write (self->canvas, &text, lanes->per_row == 1 ? name : first, self->left - 6,
                            self->top + (row + 0.5) * lanes->row_px, 1, 0.5);
    }
}

/**
 * speedup_frame_measure_lanes:
 * @self: a frame of which the height is known
 *
 * Returns: px that the names of workers need to the left of the frame
 */
double
speedup_frame_measure_lanes (const SpeedupFrame *self)
{
  const SpeedupTimeline *timeline = self->plot->timeline;
  const SpeedupText text = name_text (self);
  const Lanes lanes = divide (self);
  g_autofree char *longest = name_of (timeline, lanes.n_workers - 1);
  g_autofree char *first = NULL;
  double width;

  for (guint i = 0; timeline->worker_names != NULL && timeline->worker_names[i] != NULL; i++)
    {
      if (strlen (timeline->worker_names[i]) > strlen (longest))
        {
          g_free (longest);
          longest = name_of (timeline, i);
        }
    }
  first = g_strconcat (longest, " …", NULL);
  speedup_canvas_measure (self->canvas, &text, lanes.per_row == 1 ? longest : first, &width, NULL);

  return width;
}

/**
 * speedup_frame_draw_timeline:
 * @self: a frame whose plot has a timeline
 *
 * Draws a lane for each worker and a bar for each task, and the workers' names.
 */
void
speedup_frame_draw_timeline (const SpeedupFrame *self)
{
  const Lanes lanes = divide (self);
  g_autoptr (GArray) bars = sort_bars (self->plot->timeline);
  const SpeedupStyle style = speedup_style_get (self->canvas->palette, SPEEDUP_ROLE_MEASURED,
                                                self->plot->look);

  if (bars->len > 0 && lanes.per_row == 1)
    draw_lanes (self, &lanes, bars, style);
  else if (bars->len > 0)
    draw_shared_rows (self, &lanes, bars);
  draw_failures (self, &lanes, bars);
  write_names (self, &lanes);
}
