/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-style.h"

/* 0xrrggbb as a SpeedupColour. */
#define CHANNEL(hex, shift) (((hex) >> (shift) & 0xff) / 255.0)
#define RGB(hex) { CHANNEL (hex, 16), CHANNEL (hex, 8), CHANNEL (hex, 0), 1 }

static const SpeedupTheme themes[] = {
  [SPEEDUP_PALETTE_LIGHT] = {
    .background = RGB (0xffffff),
    .text = RGB (0x1f1f23),
    .muted = RGB (0x5e5c64),
    .grid = RGB (0xebebed),
    .axis = RGB (0x9a9996),
    .shade = { 0.10, 0.10, 0.20, 0.055 },
  },
  [SPEEDUP_PALETTE_DARK] = {
    .background = RGB (0x1d1d20),
    .text = RGB (0xf6f5f4),
    .muted = RGB (0xb4b2b9),
    .grid = RGB (0x323236),
    .axis = RGB (0x77767b),
    .shade = { 1, 1, 1, 0.055 },
  },
  [SPEEDUP_PALETTE_PRINT] = {
    .background = RGB (0xffffff),
    .text = RGB (0x000000),
    .muted = RGB (0x333333),
    .grid = RGB (0xe4e4e4),
    .axis = RGB (0x555555),
    .shade = { 0, 0, 0, 0.06 },
  },
};

/* Okabe and Ito's colours, which people with any colour vision tell apart, ordered so that the
 * four executors get the ones that stand out best from the background. Source: M. Okabe, K. Ito,
 * "Color Universal Design", 2008. The dark set is lightened, the print set is greys, where shape,
 * filling and dash carry the difference.
 */
static const SpeedupColour series_colours[][8] = {
  [SPEEDUP_PALETTE_LIGHT] = {
    RGB (0x56565c), RGB (0xd55e00), RGB (0x0072b2), RGB (0x009e73),
    RGB (0xb8558d), RGB (0x3d9bd1), RGB (0xc28500), RGB (0x6b4f2a),
  },
  [SPEEDUP_PALETTE_DARK] = {
    RGB (0xb4b2b9), RGB (0xf4995a), RGB (0x56b4e9), RGB (0x35c79b),
    RGB (0xe3a0c6), RGB (0x9ecbff), RGB (0xf0c64a), RGB (0xcbb08a),
  },
  [SPEEDUP_PALETTE_PRINT] = {
    RGB (0x555555), RGB (0x000000), RGB (0x000000), RGB (0x606060),
    RGB (0x000000), RGB (0x606060), RGB (0x000000), RGB (0x404040),
  },
};

static const SpeedupColour void_colours[] = {
  [SPEEDUP_PALETTE_LIGHT] = RGB (0xc01c28),
  [SPEEDUP_PALETTE_DARK] = RGB (0xff7b72),
  [SPEEDUP_PALETTE_PRINT] = RGB (0x000000),
};

static const struct
{
  double dash[4];
  int n_dash;
} dashes[] = {
  { { 0 }, 0 },
  { { 6, 3 }, 2 },
  { { 0 }, 0 },
  { { 7, 2.5, 1.5, 2.5 }, 4 },
  { { 3, 2.5 }, 2 },
  { { 9, 3 }, 2 },
  { { 1.5, 2 }, 2 },
  { { 5, 2, 2, 2 }, 4 },
};

/**
 * speedup_theme_get:
 * @palette: a palette
 *
 * Returns: (transfer none): its colours of background, words and grid
 */
const SpeedupTheme *
speedup_theme_get (SpeedupPalette palette)
{
  g_assert (palette < G_N_ELEMENTS (themes));

  return &themes[palette];
}

static void
set_dash (SpeedupStyle *style,
          double        on,
          double        off)
{
  style->dash[0] = on;
  style->dash[1] = off;
  style->n_dash = 2;
}

static void
set_series (SpeedupStyle   *style,
            SpeedupPalette  palette,
            SpeedupRole     role,
            guint           series)
{
  const gboolean print = palette == SPEEDUP_PALETTE_PRINT;
  const guint dash = series % G_N_ELEMENTS (dashes);

  style->colour = series_colours[palette][series % G_N_ELEMENTS (series_colours[palette])];
  style->shape = series % SPEEDUP_N_SHAPES;
  style->filled = print ? series % 2 == 0 : series / SPEEDUP_N_SHAPES % 2 == 0;
  style->width = print ? 0.9 : 1.5;
  if (role == SPEEDUP_ROLE_FIT)
    style->width = print ? 1.2 : 2;

  if (print || series >= SPEEDUP_N_SHAPES)
    {
      for (int i = 0; i < dashes[dash].n_dash; i++)
        style->dash[i] = dashes[dash].dash[i];
      style->n_dash = dashes[dash].n_dash;
    }
}

/**
 * speedup_style_get:
 * @palette: a palette
 * @role: what is drawn
 * @series: number of the look, for measured and fitted data; taken modulo the looks there are
 *
 * Returns: how it looks
 */
SpeedupStyle
speedup_style_get (SpeedupPalette palette,
                   SpeedupRole    role,
                   guint          series)
{
  const SpeedupTheme *theme = speedup_theme_get (palette);
  SpeedupStyle style = { .colour = theme->muted, .filled = TRUE, .width = 1 };

  switch (role)
    {
    case SPEEDUP_ROLE_MEASURED:
    case SPEEDUP_ROLE_FIT:
      set_series (&style, palette, role, series % SPEEDUP_N_SERIES_STYLES);
      break;

    case SPEEDUP_ROLE_IDEAL:
      style.width = palette == SPEEDUP_PALETTE_PRINT ? 0.8 : 1.2;
      set_dash (&style, 7, 4);
      break;

    case SPEEDUP_ROLE_AMDAHL:
      style.colour = theme->axis;
      style.width = palette == SPEEDUP_PALETTE_PRINT ? 0.4 : 0.8;
      break;

    case SPEEDUP_ROLE_BOUND:
      style.width = palette == SPEEDUP_PALETTE_PRINT ? 0.6 : 1;
      set_dash (&style, 1.5, 2);
      break;

    case SPEEDUP_ROLE_BASE:
    case SPEEDUP_ROLE_CPUS:
      style.width = 0.8;
      set_dash (&style, 3, 3);
      break;

    case SPEEDUP_ROLE_WARM_UP:
      style.colour = theme->axis;
      style.shape = SPEEDUP_SHAPE_CIRCLE;
      style.filled = FALSE;
      break;

    case SPEEDUP_ROLE_VOID:
      style.colour = void_colours[palette];
      style.shape = SPEEDUP_SHAPE_CROSS;
      style.width = 1.6;
      break;

    default:
      g_assert_not_reached ();
    }

  return style;
}

/**
 * speedup_style_set:
 * @cr: a cairo context
 * @style: a style
 *
 * Makes the next stroke look like @style.
 */
void
speedup_style_set (cairo_t            *cr,
                   const SpeedupStyle *style)
{
  speedup_colour_set (cr, style->colour, 1);
  cairo_set_line_width (cr, style->width);
  cairo_set_dash (cr, style->dash, style->n_dash, 0);
}

/**
 * speedup_colour_set:
 * @cr: a cairo context
 * @colour: a colour
 * @alpha: multiplies the colour's own, 0 to 1
 */
void
speedup_colour_set (cairo_t       *cr,
                    SpeedupColour  colour,
                    double         alpha)
{
  cairo_set_source_rgba (cr, colour.red, colour.green, colour.blue, colour.alpha * alpha);
}
