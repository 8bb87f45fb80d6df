/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <cairo.h>
#include <gio/gio.h>

#include "speedup-result.h"

G_BEGIN_DECLS

typedef enum
{
  SPEEDUP_CHART_SPEEDUP,
  SPEEDUP_CHART_TIME,
  SPEEDUP_CHART_EFFICIENCY,
  SPEEDUP_CHART_TIMELINE,
  SPEEDUP_CHART_CHUNK_SIZE,
} SpeedupChartKind;

#define SPEEDUP_N_CHART_KINDS 5

typedef enum
{
  SPEEDUP_PALETTE_LIGHT,
  SPEEDUP_PALETTE_DARK,
  SPEEDUP_PALETTE_PRINT,
} SpeedupPalette;

typedef enum
{
  SPEEDUP_SCALE_LOG2,
  SPEEDUP_SCALE_LINEAR,
} SpeedupScale;

typedef enum
{
  SPEEDUP_CHART_FORMAT_PNG,
  SPEEDUP_CHART_FORMAT_SVG,
  SPEEDUP_CHART_FORMAT_PDF,
} SpeedupChartFormat;

const char *speedup_chart_kind_to_string      (SpeedupChartKind    kind);
gboolean    speedup_chart_kind_from_string    (const char         *string,
                                               SpeedupChartKind   *kind);
gboolean    speedup_palette_from_string       (const char         *string,
                                               SpeedupPalette     *palette);
gboolean    speedup_chart_format_from_name    (const char         *file_name,
                                               SpeedupChartFormat *format);

/**
 * SpeedupChart:
 *
 * The description of a chart: axes, series and layers, in the units of the data. It knows no size
 * and no pixels; speedup_chart_draw() lays it out and draws it on any cairo context.
 */
typedef struct _SpeedupChart SpeedupChart;

#define SPEEDUP_TYPE_CHART (speedup_chart_get_type ())

GType         speedup_chart_get_type           (void) G_GNUC_CONST;
SpeedupChart *speedup_chart_new                (SpeedupResult      *result,
                                                SpeedupChartKind    kind) G_GNUC_WARN_UNUSED_RESULT;
SpeedupChart *speedup_chart_ref                (SpeedupChart       *self);
void          speedup_chart_unref              (SpeedupChart       *self);
void          speedup_chart_set_scale          (SpeedupChart       *self,
                                                SpeedupScale        scale);
void          speedup_chart_set_palette        (SpeedupChart       *self,
                                                SpeedupPalette      palette);
void          speedup_chart_set_configuration  (SpeedupChart       *self,
                                                guint               configuration);
void          speedup_chart_draw               (SpeedupChart       *self,
                                                cairo_t            *cr,
                                                double              width,
                                                double              height);
char         *speedup_chart_describe           (SpeedupChart       *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean      speedup_chart_write              (SpeedupChart       *self,
                                                GOutputStream      *stream,
                                                SpeedupChartFormat  format,
                                                double              width,
                                                double              height,
                                                double              scale,
                                                GCancellable       *cancellable,
                                                GError            **error);
gboolean      speedup_chart_save               (SpeedupChart       *self,
                                                GFile              *file,
                                                SpeedupChartFormat  format,
                                                double              width,
                                                double              height,
                                                double              scale,
                                                GCancellable       *cancellable,
                                                GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupChart, speedup_chart_unref)

G_END_DECLS
