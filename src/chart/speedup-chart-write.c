/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-chart-private.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>
#include <string.h>

#include "speedup-error.h"

#define MIN_SCALE 1.0
#define MAX_SCALE 4.0

static cairo_status_t
append_cb (void                *closure,
           const unsigned char *data,
           unsigned int         length)
{
  g_byte_array_append (closure, data, length);

  return CAIRO_STATUS_SUCCESS;
}

static gboolean
check_size (double   width,
            double   height,
            double   scale,
            GError **error)
{
  if (width * scale >= 1 && height * scale >= 1 &&
      width * scale <= SPEEDUP_CHART_MAX_PX && height * scale <= SPEEDUP_CHART_MAX_PX)
    return TRUE;

  g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
               "A chart of %.0f × %.0f pixels cannot be written: each side must have 1 to %.0f "
               "pixels.",
               width * scale, height * scale, SPEEDUP_CHART_MAX_PX);

  return FALSE;
}

/* Draws on the surface and ends it, so that everything has been handed to its stream. */
static cairo_status_t
draw_on (const SpeedupChart *self,
         cairo_surface_t    *surface,
         double              width,
         double              height)
{
  cairo_t *cr = cairo_create (surface);
  cairo_status_t status;

  speedup_chart_draw_numbers (self, cr, width, height, SPEEDUP_NUMBERS_C);
  status = cairo_status (cr);
  cairo_destroy (cr);

  return status;
}

static cairo_status_t
make_png (const SpeedupChart *self,
          GByteArray         *bytes,
          double              width,
          double              height,
          double              scale)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24,
                                                         ceil (width * scale),
                                                         ceil (height * scale));
  cairo_status_t status;

  cairo_surface_set_device_scale (surface, scale, scale);
  status = draw_on (self, surface, width, height);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream (surface, append_cb, bytes);
  cairo_surface_destroy (surface);

  return status;
}

/* Puts title and description for screen readers and tooltips behind the opening tag: cairo cannot.
 */
static void
add_svg_words (const SpeedupChart *self,
               GByteArray         *bytes)
{
  g_autoptr (SpeedupPlot) plot = speedup_chart_make_plot (self, SPEEDUP_NUMBERS_C);
  g_autofree char *description = speedup_chart_describe_in (self, SPEEDUP_NUMBERS_C);
  g_autofree char *words = NULL;
  g_autoptr (GByteArray) rest = g_byte_array_new ();
  const char *tag = g_strstr_len ((const char *) bytes->data, bytes->len, "<svg");
  const char *end = NULL;
  gsize offset;

  if (tag != NULL)
    end = memchr (tag, '>', bytes->len - (tag - (const char *) bytes->data));
  if (end == NULL)
    return;

  words = g_markup_printf_escaped ("\n<title>%s</title>\n<desc>%s</desc>",
                                   plot->title, description);
  offset = end + 1 - (const char *) bytes->data;
  g_byte_array_append (rest, bytes->data + offset, bytes->len - offset);
  g_byte_array_set_size (bytes, offset);
  g_byte_array_append (bytes, (const guint8 *) words, strlen (words));
  g_byte_array_append (bytes, rest->data, rest->len);
}

static cairo_status_t
make_svg (const SpeedupChart *self,
          GByteArray         *bytes,
          double              width,
          double              height)
{
  cairo_surface_t *surface = cairo_svg_surface_create_for_stream (append_cb, bytes, width, height);
  cairo_status_t status;

  cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
  status = draw_on (self, surface, width, height);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    add_svg_words (self, bytes);

  return status;
}

static cairo_status_t
make_pdf (const SpeedupChart *self,
          GByteArray         *bytes,
          double              width,
          double              height)
{
  g_autoptr (SpeedupPlot) plot = speedup_chart_make_plot (self, SPEEDUP_NUMBERS_C);
  g_autofree char *description = speedup_chart_describe_in (self, SPEEDUP_NUMBERS_C);
  g_autofree char *created = g_date_time_format_iso8601 (speedup_chart_get_result (self)->created);
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (append_cb, bytes, width, height);
  cairo_status_t status;

  /* The date of the measurement, not of the file: the same chart makes the same bytes. */
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, plot->title);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_SUBJECT, description);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATE_DATE, created);
  status = draw_on (self, surface, width, height);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);

  return status;
}

static GByteArray *
make (const SpeedupChart  *self,
      SpeedupChartFormat   format,
      double               width,
      double               height,
      double               scale,
      GError             **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_status_t status;

  switch (format)
    {
    case SPEEDUP_CHART_FORMAT_PNG:
      status = make_png (self, bytes, width, height, scale);
      break;

    case SPEEDUP_CHART_FORMAT_SVG:
      status = make_svg (self, bytes, width, height);
      break;

    case SPEEDUP_CHART_FORMAT_PDF:
      status = make_pdf (self, bytes, width, height);
      break;

    default:
      g_assert_not_reached ();
    }

  if (status == CAIRO_STATUS_SUCCESS)
    return g_steal_pointer (&bytes);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The chart could not be drawn: %s.",
               cairo_status_to_string (status));

  return NULL;
}

/**
 * speedup_chart_write:
 * @self: a chart
 * @stream: where to
 * @format: how
 * @width: of the chart in px (PNG, SVG) or points (PDF)
 * @height: likewise
 * @scale: 1 to 4: device pixels for one px of a PNG; the other formats have no pixels
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Writes the chart. Numbers have a decimal point whatever the locale; words are in the user's
 * language. An SVG holds its words as outlines, so that it looks the same where the typeface is
 * missing, with the title and a description as text beside them; a PDF embeds the typeface, so
 * that its words can be searched.
 *
 * Errors: %SPEEDUP_ERROR_INVALID_ARGUMENT where a side has less than 1 or more than 16,384 pixels,
 * and those of #GOutputStream. The stream stays open.
 *
 * Returns: whether it was written
 */
gboolean
speedup_chart_write (SpeedupChart        *self,
                     GOutputStream       *stream,
                     SpeedupChartFormat   format,
                     double               width,
                     double               height,
                     double               scale,
                     GCancellable        *cancellable,
                     GError             **error)
{
  g_autoptr (GByteArray) bytes = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (G_IS_OUTPUT_STREAM (stream), FALSE);
  g_return_val_if_fail (scale >= MIN_SCALE && scale <= MAX_SCALE, FALSE);

  if (!check_size (width, height, format == SPEEDUP_CHART_FORMAT_PNG ? scale : 1, error) ||
      g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  bytes = make (self, format, width, height, scale, error);
  if (bytes == NULL)
    return FALSE;

  return g_output_stream_write_all (stream, bytes->data, bytes->len, NULL, cancellable, error);
}

/**
 * speedup_chart_save:
 * @self: a chart
 * @file: where to
 * @format: how
 * @width: of the chart in px (PNG, SVG) or points (PDF)
 * @height: likewise
 * @scale: 1 to 4: device pixels for one px of a PNG
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Writes the chart as speedup_chart_write() does. A file that is there is replaced only after the
 * new one has been written whole.
 *
 * Returns: whether it was saved
 */
gboolean
speedup_chart_save (SpeedupChart        *self,
                    GFile               *file,
                    SpeedupChartFormat   format,
                    double               width,
                    double               height,
                    double               scale,
                    GCancellable        *cancellable,
                    GError             **error)
{
  g_autoptr (GOutputStream) memory = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *name = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (G_IS_FILE (file), FALSE);

  memory = g_memory_output_stream_new_resizable ();
  if (!speedup_chart_write (self, memory, format, width, height, scale, cancellable, error) ||
      !g_output_stream_close (memory, NULL, error))
    return FALSE;

  bytes = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
  if (g_file_replace_contents (file, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                               NULL, FALSE, G_FILE_CREATE_NONE, NULL, cancellable, error))
    return TRUE;

  name = g_file_get_parse_name (file);
  g_prefix_error (error, "The chart could not be saved as “%s”: ", name);

  return FALSE;
}
