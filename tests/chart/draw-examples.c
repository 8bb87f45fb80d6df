/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <libintl.h>
#include <locale.h>
#include <stdlib.h>

#include "config.h"

#include "example-result.h"
#include "speedup-chart.h"

/* For those who work on charts: draws every kind of chart in every palette, to be looked at.
 * Usage: [LANGUAGE=de SPEEDUP_PO_DIR=BUILD/po] draw-examples DIRECTORY
 */

static const guint many[] = { 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 0 };

static const ExampleSpec server = {
  .workload = "resize",
  .n_tasks = 5000,
  .task_s = 0.004,
  .cpu_bound = TRUE,
  .cpus = 32,
  .executors = 0xf,
  .workers = many,
  .rounds = 7,
  .serial = 0.03,
  .factor = 1,
  .void_workers = 12,
  .timeline_tasks = 5000,
  .analysed = TRUE,
};

static const guint crowded[] = { 1, 4096, 0 };

static const ExampleSpec crowd = {
  .workload = "weather",
  .n_tasks = 20000,
  .task_s = 0.2,
  .cpus = 32,
  .executors = 1 << SPEEDUP_EXECUTOR_SEQUENTIAL | 1 << SPEEDUP_EXECUTOR_THREADS,
    .workers = crowded,
    .rounds = 7,
    .serial = 0.001,
    .factor = 1,
    .timeline_tasks = 20000,
    .analysed = TRUE,
};

static void
save (SpeedupChart       *chart,
      const char         *directory,
      const char         *name,
      SpeedupChartFormat  format,
      double              width,
      double              height)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  if (!speedup_chart_save (chart, file, format, width, height, 1, NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      exit (EXIT_FAILURE);
    }
}

static void
save_all (SpeedupResult    *result,
          SpeedupChartKind  kind,
          const char       *directory,
          const char       *name)
{
  static const struct
  {
    const char *name;
    SpeedupPalette palette;
    double width;
    double height;
  } looks[] = {
    { "light", SPEEDUP_PALETTE_LIGHT, 800, 560 },
    { "dark", SPEEDUP_PALETTE_DARK, 600, 400 },
    { "print", SPEEDUP_PALETTE_PRINT, 340, 260 },
  };
  g_autoptr (SpeedupChart) chart = speedup_chart_new (result, kind);

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      g_autofree char *stem = g_strdup_printf ("%s-%s-%s", name,
                                               speedup_chart_kind_to_string (kind),
                                               looks[i].name);
      g_autofree char *png = g_strconcat (stem, ".png", NULL);
      g_autofree char *svg = g_strconcat (stem, ".svg", NULL);
      g_autofree char *pdf = g_strconcat (stem, ".pdf", NULL);

      speedup_chart_set_palette (chart, looks[i].palette);
      save (chart, directory, png, SPEEDUP_CHART_FORMAT_PNG, looks[i].width, looks[i].height);
      save (chart, directory, svg, SPEEDUP_CHART_FORMAT_SVG, looks[i].width, looks[i].height);
      save (chart, directory, pdf, SPEEDUP_CHART_FORMAT_PDF, looks[i].width, looks[i].height);
    }
}

int
main (int    argc,
      char **argv)
{
  static const struct
  {
    const char *name;
    const ExampleSpec *spec;
  } examples[] = {
    { "resize", &example_resize },
    { "weather", &example_weather },
    { "chunks", &example_chunks },
    { "server", &server },
    { "crowd", &crowd },
  };

  setlocale (LC_ALL, "");
  if (g_getenv ("SPEEDUP_PO_DIR") != NULL)
    bindtextdomain (SPEEDUP_GETTEXT_DOMAIN, g_getenv ("SPEEDUP_PO_DIR"));
  bind_textdomain_codeset (SPEEDUP_GETTEXT_DOMAIN, "UTF-8");

  if (argc != 2)
    {
      g_printerr ("Usage: %s DIRECTORY\n", argv[0]);
      return EXIT_FAILURE;
    }

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autoptr (SpeedupResult) result = example_result_new (examples[i].spec);

      for (guint kind = 0; kind < SPEEDUP_N_CHART_KINDS; kind++)
        save_all (result, kind, argv[1], examples[i].name);
    }

  return EXIT_SUCCESS;
}
