/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-chart-private.h"

#include <math.h>
#include <string.h>

#include "speedup-plot-draw.h"
#include "speedup-plot-words.h"

struct _SpeedupChart
{
  SpeedupResult *result;
  SpeedupChartKind kind;
  SpeedupScale scale;
  SpeedupPalette palette;
  guint configuration;
};

G_DEFINE_BOXED_TYPE (SpeedupChart, speedup_chart, speedup_chart_ref, speedup_chart_unref)

static const char *const kind_names[] = {
  [SPEEDUP_CHART_SPEEDUP] = "speedup",
  [SPEEDUP_CHART_TIME] = "time",
  [SPEEDUP_CHART_EFFICIENCY] = "efficiency",
  [SPEEDUP_CHART_TIMELINE] = "timeline",
  [SPEEDUP_CHART_CHUNK_SIZE] = "chunk-size",
};

static const char *const palette_names[] = {
  [SPEEDUP_PALETTE_LIGHT] = "light",
  [SPEEDUP_PALETTE_DARK] = "dark",
  [SPEEDUP_PALETTE_PRINT] = "print",
};

G_STATIC_ASSERT (G_N_ELEMENTS (kind_names) == SPEEDUP_N_CHART_KINDS);

static gboolean
find_name (const char *const *names,
           gsize              n_names,
           const char        *string,
           guint             *found)
{
  for (gsize i = 0; i < n_names; i++)
    {
      if (strcmp (names[i], string) == 0)
        {
          *found = i;
          return TRUE;
        }
    }

  return FALSE;
}

static void
chart_clear (gpointer data)
{
  SpeedupChart *self = data;

  speedup_result_unref (self->result);
}

/**
 * speedup_chart_kind_to_string:
 * @kind: a kind of chart
 *
 * Returns: its name on the command line
 */
const char *
speedup_chart_kind_to_string (SpeedupChartKind kind)
{
  g_assert (kind < G_N_ELEMENTS (kind_names));

  return kind_names[kind];
}

/**
 * speedup_chart_kind_from_string:
 * @string: a name
 * @kind: (out): the kind of that name
 *
 * Returns: whether there is one
 */
gboolean
speedup_chart_kind_from_string (const char       *string,
                                SpeedupChartKind *kind)
{
  guint found;

  g_return_val_if_fail (string != NULL, FALSE);
  g_return_val_if_fail (kind != NULL, FALSE);

  if (!find_name (kind_names, G_N_ELEMENTS (kind_names), string, &found))
    return FALSE;
  *kind = found;

  return TRUE;
}

/**
 * speedup_palette_from_string:
 * @string: "light", "dark" or "print"
 * @palette: (out): the palette of that name
 *
 * Returns: whether there is one
 */
gboolean
speedup_palette_from_string (const char     *string,
                             SpeedupPalette *palette)
{
  guint found;

  g_return_val_if_fail (string != NULL, FALSE);
  g_return_val_if_fail (palette != NULL, FALSE);

  if (!find_name (palette_names, G_N_ELEMENTS (palette_names), string, &found))
    return FALSE;
  *palette = found;

  return TRUE;
}

/**
 * speedup_chart_format_from_name:
 * @file_name: name or path of a file
 * @format: (out): what its ending stands for
 *
 * Returns: whether the name ends in .png, .svg or .pdf, in letters of either case
 */
gboolean
speedup_chart_format_from_name (const char         *file_name,
                                SpeedupChartFormat *format)
{
  static const char *const endings[] = {
    [SPEEDUP_CHART_FORMAT_PNG] = ".png",
    [SPEEDUP_CHART_FORMAT_SVG] = ".svg",
    [SPEEDUP_CHART_FORMAT_PDF] = ".pdf",
  };
  const char *dot;

  g_return_val_if_fail (file_name != NULL, FALSE);
  g_return_val_if_fail (format != NULL, FALSE);

  dot = strrchr (file_name, '.');
  for (guint i = 0; dot != NULL && i < G_N_ELEMENTS (endings); i++)
    {
      if (g_ascii_strcasecmp (dot, endings[i]) == 0)
        {
          *format = i;
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * speedup_chart_new:
 * @result: what to show
 * @kind: which chart of it
 *
 * A chart with a log2 scale and the light palette. Set what else it shall be before it is shared;
 * from then on it may be drawn in any thread, also in several at once.
 *
 * Returns: (transfer full): a new chart
 */
SpeedupChart *
speedup_chart_new (SpeedupResult    *result,
                   SpeedupChartKind  kind)
{
  SpeedupChart *self;

  g_return_val_if_fail (result != NULL, NULL);
  g_return_val_if_fail (kind < SPEEDUP_N_CHART_KINDS, NULL);

  self = g_atomic_rc_box_new0 (SpeedupChart);
  self->result = speedup_result_ref (result);
  self->kind = kind;
  self->configuration = G_MAXUINT;

  return self;
}

/**
 * speedup_chart_ref:
 * @self: a chart
 *
 * Returns: (transfer full): @self
 */
SpeedupChart *
speedup_chart_ref (SpeedupChart *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * speedup_chart_unref:
 * @self: (transfer full): a chart
 */
void
speedup_chart_unref (SpeedupChart *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, chart_clear);
}

/**
 * speedup_chart_set_scale:
 * @self: a chart that is not yet shared
 * @scale: of the axes of workers, chunk sizes, speedups and times. Efficiency and the time of a
 *   timeline are always linear
 */
void
speedup_chart_set_scale (SpeedupChart *self,
                         SpeedupScale  scale)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (scale == SPEEDUP_SCALE_LOG2 || scale == SPEEDUP_SCALE_LINEAR);

  self->scale = scale;
}

/**
 * speedup_chart_set_palette:
 * @self: a chart that is not yet shared
 * @palette: its colours
 */
void
speedup_chart_set_palette (SpeedupChart   *self,
                           SpeedupPalette  palette)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (palette <= SPEEDUP_PALETTE_PRINT);

  self->palette = palette;
}

/**
 * speedup_chart_set_configuration:
 * @self: a chart that is not yet shared
 * @configuration: index of the configuration whose timeline is shown, or %G_MAXUINT for the
 *   fastest one that has a timeline, which is the default
 */
void
speedup_chart_set_configuration (SpeedupChart *self,
                                 guint         configuration)
{
  g_return_if_fail (self != NULL);

  self->configuration = configuration;
}

/* The result behind a chart, for the other files of this library. */
const SpeedupResult *
speedup_chart_get_result (const SpeedupChart *self)
{
  return self->result;
}

/* The description of a chart: made anew for each drawing, so that drawing shares nothing. */
SpeedupPlot *
speedup_chart_make_plot (const SpeedupChart *self,
                         SpeedupNumbers      numbers)
{
  const SpeedupPlotRequest request = {
    .result = self->result,
    .kind = self->kind,
    .scale = self->scale,
    .configuration = self->configuration,
    .numbers = numbers,
  };

  return speedup_plot_new (&request);
}

static GArray *
draw (const SpeedupChart *self,
      cairo_t            *cr,
      double              width,
      double              height,
      SpeedupNumbers      numbers)
{
  g_autoptr (SpeedupPlot) plot = speedup_chart_make_plot (self, numbers);
  GArray *boxes;
  SpeedupCanvas canvas;

  cairo_save (cr);
  speedup_canvas_init (&canvas, cr, width, height, self->palette);
  speedup_plot_draw (plot, &canvas);
  boxes = g_steal_pointer (&canvas.boxes);
  speedup_canvas_clear (&canvas);
  cairo_restore (cr);

  return boxes;
}

/* As speedup_chart_draw(), with a choice of the decimal point. */
void
speedup_chart_draw_numbers (const SpeedupChart *self,
                            cairo_t            *cr,
                            double              width,
                            double              height,
                            SpeedupNumbers      numbers)
{
  g_autoptr (GArray) boxes = draw (self, cr, width, height, numbers);
}

/* Where speedup_chart_draw() would put words, as SpeedupTextBox; for tests of the layout. */
GArray *
speedup_chart_get_text_boxes (SpeedupChart *self,
                              double        width,
                              double        height)
{
  cairo_surface_t *surface = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, NULL);
  cairo_t *cr = cairo_create (surface);
  GArray *boxes = draw (self, cr, width, height, SPEEDUP_NUMBERS_LOCALE);

  g_assert (cairo_status (cr) == CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);

  return boxes;
}

/**
 * speedup_chart_draw:
 * @self: a chart
 * @cr: a cairo context
 * @width: of the chart in units of @cr; 600 and more show everything, 240 the essentials
 * @height: likewise
 *
 * Draws the chart into the rectangle from 0, 0 to @width, @height, background included. Words are
 * in the language, numbers in the form of the current locale; nothing is kept between calls.
 */
void
speedup_chart_draw (SpeedupChart *self,
                    cairo_t      *cr,
                    double        width,
                    double        height)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (cr != NULL);
  g_return_if_fail (isfinite (width) && isfinite (height));

  if (width < 1 || height < 1)
    return;

  speedup_chart_draw_numbers (self, cr, width, height, SPEEDUP_NUMBERS_LOCALE);
}

/**
 * speedup_chart_describe:
 * @self: a chart
 *
 * Returns: (transfer full): what the chart shows, in a sentence or two, for those who cannot see
 *   it
 */
char *
speedup_chart_describe (SpeedupChart *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return speedup_chart_describe_in (self, SPEEDUP_NUMBERS_LOCALE);
}
