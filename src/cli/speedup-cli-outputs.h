/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-chart.h"
#include "speedup-cli-file.h"
#include "speedup-cli-options.h"

G_BEGIN_DECLS

/**
 * SpeedupCliOutputs:
 *
 * The options that say where results go, and the files behind them.
 */
typedef struct
{
  /*< as given >*/
  char *output_path;
  GStrv chart_paths;
  char *csv_path;
  char *markdown_path;
  char *format_text;
  gboolean quiet;
  gboolean verbose;

  /*< checked and opened >*/
  gboolean json;
  SpeedupCliFile *output;     /* NULL when no result file is asked for */
  GPtrArray *charts;          /* of SpeedupCliFile */
  GArray *chart_formats;      /* of SpeedupChartFormat */
  SpeedupCliFile *csv;
  SpeedupCliFile *markdown;
  char *keep_path;            /* the result file, or where an unfinished one is kept */
} SpeedupCliOutputs;

void      speedup_cli_outputs_add_options (SpeedupCliOutputs  *self,
                                           SpeedupCliParser   *parser,
                                           gboolean            with_output);
gboolean  speedup_cli_outputs_check (SpeedupCliOutputs  *self,
                                     GError            **error);
gboolean  speedup_cli_outputs_open (SpeedupCliOutputs  *self,
                                    const char         *name,
                                    GError            **error);
GFile    *speedup_cli_outputs_get_journal (SpeedupCliOutputs  *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean  speedup_cli_outputs_save_result (SpeedupCliOutputs  *self,
                                           SpeedupResult      *result,
                                           GError            **error);
gboolean  speedup_cli_outputs_save_derived (SpeedupCliOutputs  *self,
                                            SpeedupResult      *result,
                                            GCancellable       *cancellable,
                                            GError            **error);
gboolean  speedup_cli_outputs_print (SpeedupCliOutputs  *self,
                                     SpeedupResult      *result,
                                     GError            **error);
void      speedup_cli_outputs_clear (SpeedupCliOutputs  *self);

gboolean  speedup_cli_parse_format (const char         *text,
                                    gboolean           *json,
                                    GError            **error);
gboolean  speedup_cli_print_result (SpeedupResult      *result,
                                    gboolean            json,
                                    GError            **error);
gboolean  speedup_cli_write_chart (SpeedupCliFile     *file,
                                   SpeedupChart       *chart,
                                   SpeedupChartFormat  format,
                                   double              width,
                                   double              height,
                                   double              zoom,
                                   GCancellable       *cancellable,
                                   GError            **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SpeedupCliOutputs, speedup_cli_outputs_clear)

G_END_DECLS
