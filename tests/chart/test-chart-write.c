/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define _GNU_SOURCE

#include <cairo.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "example-result.h"
#include "speedup-chart.h"
#include "speedup-error.h"

#define N_THREADS 4

static GBytes *
write_chart (SpeedupChart       *chart,
             SpeedupChartFormat  format,
             double              width,
             double              height,
             double              scale)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;

  speedup_chart_write (chart, stream, format, width, height, scale, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_close (stream, NULL, &error);
  g_assert_no_error (error);

  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
}

typedef struct
{
  const guint8 *data;
  gsize left;
} Reader;

static cairo_status_t
read_cb (void          *closure,
         unsigned char *data,
         unsigned int   length)
{
  Reader *reader = closure;

  if (length > reader->left)
    return CAIRO_STATUS_READ_ERROR;
  memcpy (data, reader->data, length);
  reader->data += length;
  reader->left -= length;

  return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *
read_png (GBytes *bytes)
{
  Reader reader;
  cairo_surface_t *surface;

  reader.data = g_bytes_get_data (bytes, &reader.left);
  surface = cairo_image_surface_create_from_png_stream (read_cb, &reader);
  g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);

  return surface;
}

/* How many pixels of a PNG have exactly this colour. */
static guint
count_pixels (GBytes  *bytes,
              guint32  rgb)
{
  cairo_surface_t *surface = read_png (bytes);
  const int width = cairo_image_surface_get_width (surface);
  const int height = cairo_image_surface_get_height (surface);
  guint n = 0;

  for (int y = 0; y < height; y++)
    {
      const guint8 *row = cairo_image_surface_get_data (surface) +
                          y * cairo_image_surface_get_stride (surface);

      for (int x = 0; x < width; x++)
        {
          guint32 pixel;

          memcpy (&pixel, row + 4 * x, sizeof pixel);
          n += (pixel & 0xffffff) == rgb;
        }
    }
  cairo_surface_destroy (surface);

  return n;
}

static void
test_png (void)
{
  static const guint32 backgrounds[] = { 0xffffff, 0x1d1d20, 0xffffff };
  g_autoptr (SpeedupResult) result = example_result_new (&example_resize);

  for (guint kind = 0; kind < SPEEDUP_N_CHART_KINDS; kind++)
    for (guint palette = 0; palette < G_N_ELEMENTS (backgrounds); palette++)
      {
        g_autoptr (SpeedupChart) chart = speedup_chart_new (result, kind);
        g_autoptr (GBytes) bytes = NULL;
        guint n_background;

        speedup_chart_set_palette (chart, palette);
        bytes = write_chart (chart, SPEEDUP_CHART_FORMAT_PNG, 300, 200, 1);
        n_background = count_pixels (bytes, backgrounds[palette]);
        g_assert_cmpuint (n_background, >, 300 * 200 / 10);
        g_assert_cmpuint (n_background, <, 300 * 200 - 200);
      }
}

static void
test_png_scale (void)
{
  g_autoptr (SpeedupResult) result = example_result_new (&example_resize);
  g_autoptr (SpeedupChart) chart = speedup_chart_new (result, SPEEDUP_CHART_SPEEDUP);

  for (int scale = 1; scale <= 4; scale++)
    {
      g_autoptr (GBytes) bytes = write_chart (chart, SPEEDUP_CHART_FORMAT_PNG, 300, 201, scale);
      cairo_surface_t *surface = read_png (bytes);

      g_assert_cmpint (cairo_image_surface_get_width (surface), ==, 300 * scale);
      g_assert_cmpint (cairo_image_surface_get_height (surface), ==, 201 * scale);
      cairo_surface_destroy (surface);
    }
}

/* The colours of the executors, of failed tasks and of void runs are there when they should be. */
static void
test_png_colours (void)
{
  ExampleSpec spec = example_resize;
  g_autoptr (SpeedupResult) clean = example_result_new (&spec);
  g_autoptr (SpeedupResult) spoilt = NULL;
  g_autoptr (SpeedupChart) chart = speedup_chart_new (clean, SPEEDUP_CHART_SPEEDUP);
  g_autoptr (SpeedupChart) crossed = NULL;
  g_autoptr (SpeedupChart) timeline = speedup_chart_new (clean, SPEEDUP_CHART_TIMELINE);
  g_autoptr (GBytes) bytes = write_chart (chart, SPEEDUP_CHART_FORMAT_PNG, 800, 560, 1);
  g_autoptr (GBytes) bytes_crossed = NULL;
  g_autoptr (GBytes) bytes_timeline = write_chart (timeline, SPEEDUP_CHART_FORMAT_PNG, 800, 560, 1);

  spec.void_workers = 4;
  spoilt = example_result_new (&spec);
  crossed = speedup_chart_new (spoilt, SPEEDUP_CHART_SPEEDUP);
  bytes_crossed = write_chart (crossed, SPEEDUP_CHART_FORMAT_PNG, 800, 560, 1);

  g_assert_cmpuint (count_pixels (bytes, 0xd55e00), >, 20);
  g_assert_cmpuint (count_pixels (bytes, 0x0072b2), >, 20);
  g_assert_cmpuint (count_pixels (bytes, 0x009e73), >, 20);
  g_assert_cmpuint (count_pixels (bytes, 0xc01c28), ==, 0);
  g_assert_cmpuint (count_pixels (bytes_crossed, 0xc01c28), >, 0);
  g_assert_cmpuint (count_pixels (bytes_timeline, 0xc01c28), >, 20);
}

typedef struct
{
  GString *title;
  GString *desc;
  GString *current;
  gboolean is_svg;
} SvgWords;

static void
start_cb (GMarkupParseContext  *context,
          const char           *name,
          const char          **attribute_names,
          const char          **attribute_values,
          gpointer              data,
          GError              **error)
{
  SvgWords *words = data;

  words->is_svg |= strcmp (name, "svg") == 0;
  words->current = NULL;
  if (strcmp (name, "title") == 0)
    words->current = words->title;
  if (strcmp (name, "desc") == 0)
    words->current = words->desc;
}

static void
end_cb (GMarkupParseContext  *context,
        const char           *name,
        gpointer              data,
        GError              **error)
{
  ((SvgWords *) data)->current = NULL;
}

static void
text_cb (GMarkupParseContext  *context,
         const char           *text,
         gsize                 length,
         gpointer              data,
         GError              **error)
{
  SvgWords *words = data;

  if (words->current != NULL)
    g_string_append_len (words->current, text, length);
}

static void
test_svg (void)
{
  static const GMarkupParser parser = { start_cb, end_cb, text_cb, NULL, NULL };
  ExampleSpec spec = example_resize;
  g_autoptr (SpeedupResult) result = NULL;
  g_autoptr (SpeedupChart) chart = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GMarkupParseContext) context = NULL;
  g_autoptr (GString) title = g_string_new (NULL);
  g_autoptr (GString) desc = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *description = NULL;
  SvgWords words = { title, desc, NULL, FALSE };
  const char *data;
  gsize length;

  /* Markup in a title must stay words. */
  spec.title = "Cats & <script>dogs</script>";
  result = example_result_new (&spec);
  chart = speedup_chart_new (result, SPEEDUP_CHART_SPEEDUP);
  description = speedup_chart_describe (chart);
  bytes = write_chart (chart, SPEEDUP_CHART_FORMAT_SVG, 600, 400, 1);
  data = g_bytes_get_data (bytes, &length);

  context = g_markup_parse_context_new (&parser, 0, &words, NULL);
  g_markup_parse_context_parse (context, data, length, &error);
  g_assert_no_error (error);
  g_markup_parse_context_end_parse (context, &error);
  g_assert_no_error (error);

  g_assert_true (words.is_svg);
  g_assert_cmpstr (title->str, ==, "Cats & <script>dogs</script>: speedup on 2 CPUs");
  g_assert_cmpstr (desc->str, ==, description);
  g_assert_nonnull (g_strstr_len (data, length, "width=\"600px\" height=\"400px\""));
}

static gboolean
contains (GBytes     *bytes,
          const char *words)
{
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);

  return memmem (data, length, words, strlen (words)) != NULL;
}

static void
test_pdf (void)
{
  g_autoptr (SpeedupResult) result = example_result_new (&example_resize);
  g_autoptr (SpeedupChart) chart = speedup_chart_new (result, SPEEDUP_CHART_SPEEDUP);
  g_autoptr (GBytes) bytes = write_chart (chart, SPEEDUP_CHART_FORMAT_PDF, 245, 190, 1);

  g_assert_true (contains (bytes, "%PDF-1."));
  g_assert_true (contains (bytes, "/MediaBox [ 0 0 245 190 ]"));
  g_assert_true (contains (bytes, "/FontFile"));
  g_assert_true (contains (bytes, "%%EOF"));
}

/* The same chart makes the same bytes, so that files can be compared and kept under version
 * control. (In an SVG cairo counts its surfaces on within a process, so there it holds only between
 * processes.)
 */
static void
test_same_bytes (void)
{
  g_autoptr (SpeedupResult) result = example_result_new (&example_weather);

  for (guint i = 0; i < 2; i++)
    {
      const SpeedupChartFormat format = i == 0 ? SPEEDUP_CHART_FORMAT_PNG
                                               : SPEEDUP_CHART_FORMAT_PDF;
      g_autoptr (SpeedupChart) first = speedup_chart_new (result, SPEEDUP_CHART_SPEEDUP);
      g_autoptr (SpeedupChart) second = speedup_chart_new (result, SPEEDUP_CHART_SPEEDUP);
      g_autoptr (GBytes) a = write_chart (first, format, 600, 400, 1);
      g_autoptr (GBytes) b = write_chart (second, format, 600, 400, 1);

      g_assert_true (g_bytes_equal (a, b));
    }
}

static gpointer
draw_in_thread (gpointer data)
{
  return write_chart (data, SPEEDUP_CHART_FORMAT_PNG, 600, 400, 1);
}

static void
test_threads (void)
{
  g_autoptr (SpeedupResult) result = example_result_new (&example_weather);
  g_autoptr (SpeedupChart) chart = speedup_chart_new (result, SPEEDUP_CHART_SPEEDUP);
  g_autoptr (GBytes) wanted = write_chart (chart, SPEEDUP_CHART_FORMAT_PNG, 600, 400, 1);
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("chart", draw_in_thread, chart);
  for (guint i = 0; i < N_THREADS; i++)
    {
      g_autoptr (GBytes) bytes = g_thread_join (threads[i]);

      g_assert_true (g_bytes_equal (bytes, wanted));
    }
}

/* A picture of very many tasks stays as small as there is to see. */
static void
test_timeline_stays_small (void)
{
  static const guint eight[] = { 8, 0 };
  ExampleSpec spec = example_resize;
  g_autoptr (SpeedupResult) result = NULL;
  g_autoptr (SpeedupChart) chart = NULL;
  g_autoptr (GBytes) bytes = NULL;

  spec.executors = 1 << SPEEDUP_EXECUTOR_THREADS;
  spec.workers = eight;
  spec.rounds = 0;
  spec.timeline_tasks = spec.n_tasks = 200000;
  result = example_result_new (&spec);
  chart = speedup_chart_new (result, SPEEDUP_CHART_TIMELINE);
  bytes = write_chart (chart, SPEEDUP_CHART_FORMAT_SVG, 800, 560, 1);

  g_assert_cmpuint (g_bytes_get_size (bytes), <, 1024 * 1024);
}

static void
test_sizes (void)
{
  static const struct
  {
    SpeedupChartFormat format;
    double width;
    double height;
    double scale;
    gboolean allowed;
  } cases[] = {
    { SPEEDUP_CHART_FORMAT_PNG, 1, 1, 1, TRUE },
    { SPEEDUP_CHART_FORMAT_PNG, 16384, 20, 1, TRUE },
    { SPEEDUP_CHART_FORMAT_PNG, 16385, 20, 1, FALSE },
    { SPEEDUP_CHART_FORMAT_PNG, 8193, 20, 2, FALSE },
    { SPEEDUP_CHART_FORMAT_SVG, 8193, 20, 2, TRUE },
    { SPEEDUP_CHART_FORMAT_PDF, 20, 16385, 1, FALSE },
    { SPEEDUP_CHART_FORMAT_PDF, 0, 20, 1, FALSE },
    { SPEEDUP_CHART_FORMAT_SVG, -5, 20, 1, FALSE },
  };
  g_autoptr (SpeedupResult) result = example_result_new (&example_resize);
  g_autoptr (SpeedupChart) chart = speedup_chart_new (result, SPEEDUP_CHART_SPEEDUP);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
      g_autoptr (GError) error = NULL;
      const gboolean written = speedup_chart_write (chart, stream, cases[i].format, cases[i].width,
                                                    cases[i].height, cases[i].scale, NULL, &error);

      g_assert_cmpint (written, ==, cases[i].allowed);
      if (!cases[i].allowed)
        g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT);
    }
}

static void
test_save (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("speedup-chart-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "chart.svg", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (SpeedupResult) result = example_result_new (&example_resize);
  g_autoptr (SpeedupChart) chart = speedup_chart_new (result, SPEEDUP_CHART_SPEEDUP);

  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (path, "precious", -1, NULL));

  /* What fails leaves the file as it was. */
  g_assert_false (speedup_chart_save (chart, file, SPEEDUP_CHART_FORMAT_SVG, 1e6, 400, 1, NULL,
                                      NULL));
  g_cancellable_cancel (cancelled);
  g_assert_false (speedup_chart_save (chart, file, SPEEDUP_CHART_FORMAT_SVG, 600, 400, 1, cancelled,
                                      &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "precious");
  g_clear_error (&error);
  g_clear_pointer (&contents, g_free);

  g_assert_true (speedup_chart_save (chart, file, SPEEDUP_CHART_FORMAT_SVG, 600, 400, 1, NULL,
                                     &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_true (g_str_has_prefix (contents, "<?xml"));

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_save_nowhere (void)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/nonexistent-folder/chart.png");
  g_autoptr (SpeedupResult) result = example_result_new (&example_resize);
  g_autoptr (SpeedupChart) chart = speedup_chart_new (result, SPEEDUP_CHART_SPEEDUP);
  g_autoptr (GError) error = NULL;

  g_assert_false (speedup_chart_save (chart, file, SPEEDUP_CHART_FORMAT_PNG, 600, 400, 1, NULL,
                                      &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (g_strstr_len (error->message, -1, "/nonexistent-folder/chart.png"));
}

/* Where the locale has a decimal comma, the window has it and files have not. */
static void
test_decimal_comma (void)
{
  g_autoptr (SpeedupResult) result = example_result_new (&example_weather);
  g_autoptr (SpeedupChart) chart = speedup_chart_new (result, SPEEDUP_CHART_SPEEDUP);
  g_autoptr (GBytes) before = write_chart (chart, SPEEDUP_CHART_FORMAT_PDF, 600, 400, 1);
  g_autoptr (GBytes) after = NULL;
  g_autofree char *description = NULL;

  if (setlocale (LC_NUMERIC, "de_DE.UTF-8") == NULL)
    {
      g_test_skip ("there is no locale with a decimal comma (de_DE.UTF-8) on this machine");
      return;
    }

  description = speedup_chart_describe (chart);
  after = write_chart (chart, SPEEDUP_CHART_FORMAT_PDF, 600, 400, 1);
  setlocale (LC_NUMERIC, "C");

  g_assert_nonnull (g_strstr_len (description, -1, "29,"));
  g_assert_true (g_bytes_equal (before, after));
}

static void
test_describe (void)
{
  g_autoptr (SpeedupResult) result = example_result_new (&example_weather);

  for (guint kind = 0; kind < SPEEDUP_N_CHART_KINDS; kind++)
    {
      g_autoptr (SpeedupChart) chart = speedup_chart_new (result, kind);
      g_autofree char *description = speedup_chart_describe (chart);

      g_assert_true (g_str_has_prefix (description, "Weather, 100 days: "));
      g_assert_true (g_str_has_suffix (description, "."));
      if (kind == SPEEDUP_CHART_SPEEDUP)
        g_assert_nonnull (g_strstr_len (description, -1, "The largest speedup is 29."));
      if (kind == SPEEDUP_CHART_TIMELINE)
        g_assert_nonnull (g_strstr_len (description, -1, "100 tasks, 2 of them failed."));
      if (kind == SPEEDUP_CHART_CHUNK_SIZE)
        g_assert_nonnull (g_strstr_len (description, -1, "Nothing to show"));
    }
}

static void
test_names (void)
{
  SpeedupChartKind kind;
  SpeedupPalette palette;
  SpeedupChartFormat format;

  for (guint i = 0; i < SPEEDUP_N_CHART_KINDS; i++)
    {
      g_assert_true (speedup_chart_kind_from_string (speedup_chart_kind_to_string (i), &kind));
      g_assert_cmpint (kind, ==, i);
    }
  g_assert_false (speedup_chart_kind_from_string ("Speedup", &kind));
  g_assert_true (speedup_palette_from_string ("print", &palette));
  g_assert_cmpint (palette, ==, SPEEDUP_PALETTE_PRINT);
  g_assert_false (speedup_palette_from_string ("", &palette));
  g_assert_true (speedup_chart_format_from_name ("a.b/c.PDF", &format));
  g_assert_cmpint (format, ==, SPEEDUP_CHART_FORMAT_PDF);
  g_assert_true (speedup_chart_format_from_name ("c.svg", &format));
  g_assert_cmpint (format, ==, SPEEDUP_CHART_FORMAT_SVG);
  g_assert_false (speedup_chart_format_from_name ("png", &format));
  g_assert_false (speedup_chart_format_from_name ("c.png.txt", &format));
}

int
main (int    argc,
      char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/chart-write/png", test_png);
  g_test_add_func ("/chart-write/png-scale", test_png_scale);
  g_test_add_func ("/chart-write/png-colours", test_png_colours);
  g_test_add_func ("/chart-write/svg", test_svg);
  g_test_add_func ("/chart-write/pdf", test_pdf);
  g_test_add_func ("/chart-write/same-bytes", test_same_bytes);
  g_test_add_func ("/chart-write/threads", test_threads);
  g_test_add_func ("/chart-write/timeline-stays-small", test_timeline_stays_small);
  g_test_add_func ("/chart-write/sizes", test_sizes);
  g_test_add_func ("/chart-write/save", test_save);
  g_test_add_func ("/chart-write/save-nowhere", test_save_nowhere);
  g_test_add_func ("/chart-write/decimal-comma", test_decimal_comma);
  g_test_add_func ("/chart-write/describe", test_describe);
  g_test_add_func ("/chart-write/names", test_names);

  return g_test_run ();
}
