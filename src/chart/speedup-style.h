/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-chart.h"

G_BEGIN_DECLS

/**
 * SpeedupRole:
 *
 * What a layer stands for; a palette gives each role its look.
 */
typedef enum
{
  SPEEDUP_ROLE_MEASURED,
  SPEEDUP_ROLE_FIT,
  SPEEDUP_ROLE_IDEAL,
  SPEEDUP_ROLE_AMDAHL,
  SPEEDUP_ROLE_BOUND,
  SPEEDUP_ROLE_BASE,
  SPEEDUP_ROLE_CPUS,
  SPEEDUP_ROLE_WARM_UP,
  SPEEDUP_ROLE_VOID,
} SpeedupRole;

typedef enum
{
  SPEEDUP_SHAPE_DIAMOND,
  SPEEDUP_SHAPE_TRIANGLE,
  SPEEDUP_SHAPE_CIRCLE,
  SPEEDUP_SHAPE_SQUARE,
  SPEEDUP_SHAPE_TRIANGLE_DOWN,
  SPEEDUP_SHAPE_PENTAGON,
  SPEEDUP_SHAPE_PLUS,
  SPEEDUP_SHAPE_CROSS,
} SpeedupShape;

#define SPEEDUP_N_SHAPES 8

typedef struct
{
  double red;
  double green;
  double blue;
  double alpha;
} SpeedupColour;

/**
 * SpeedupStyle:
 * @colour: of lines and marks
 * @shape: of marks
 * @filled: whether marks are filled, else they show the background
 * @width: of lines, px
 * @dash: lengths of dashes and gaps, px
 * @n_dash: 0 for a solid line
 */
typedef struct
{
  SpeedupColour colour;
  SpeedupShape shape;
  gboolean filled;
  double width;
  double dash[4];
  int n_dash;
} SpeedupStyle;

/**
 * SpeedupTheme:
 *
 * The colours of what is not data.
 */
typedef struct
{
  SpeedupColour background;
  SpeedupColour text;
  SpeedupColour muted;
  SpeedupColour grid;
  SpeedupColour axis;
  SpeedupColour shade;
} SpeedupTheme;

#define SPEEDUP_N_SERIES_STYLES 16

const SpeedupTheme *speedup_theme_get  (SpeedupPalette       palette);
SpeedupStyle        speedup_style_get  (SpeedupPalette       palette,
                                        SpeedupRole          role,
                                        guint                series);
void                speedup_style_set  (cairo_t             *cr,
                                        const SpeedupStyle  *style);
void                speedup_colour_set (cairo_t             *cr,
                                        SpeedupColour        colour,
                                        double               alpha);

G_END_DECLS
