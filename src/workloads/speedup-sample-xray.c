/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-sample-xray.h"

#include <math.h>
/* jpeglib.h needs FILE. */
#include <stdio.h>
#include <jpeglib.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

/* The body is drawn on a grid of every sixth pixel and interpolated: radiographs are soft, and it
 * costs little.
 */
#define GRID_STEP 6

/* Grey levels in fixed point. */
#define LEVEL_SHIFT 8

#define N_REAR_RIBS 10
#define N_FRONT_RIBS 6
#define N_VERTEBRAE 15
#define AIR_LEVEL 0.03
#define LATTICE 64
#define GRAIN_LENGTH 65536

#define JPEG_QUALITY 95

/* A patient and how the picture was taken, drawn at random. Lengths are in parts of the picture's
 * height downwards (v) and of half its width sidewards (u, from -1 to 1).
 */
typedef struct
{
  guint width;
  guint height;
  double centre;             /* u of the spine */
  double girth;              /* of the body, about 1 */
  double apex;               /* v of the lungs' upper end */
  double base[2];            /* v of the lungs' lower end, left and right of the picture */
  double heart_u, heart_v;
  double heart_width, heart_height;
  double rib_first, rib_spacing, rib_slope;
  double exposure;
  double contrast;
  double haze;               /* of the lungs */
  int grain;                 /* of the film, in 1/256 of its standard strength */
  float lattice[LATTICE][LATTICE];
} Patient;

typedef struct
{
  struct jpeg_error_mgr parent;
  jmp_buf jump;
} ErrorManager;

static gint8 grain_table[GRAIN_LENGTH];

/* SplitMix64 (Steele, Lea, Flood 2014): small, and the same on every machine. */
static guint64
next_random (guint64 *state)
{
  guint64 z = (*state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);

  return z ^ (z >> 31);
}

static double
next_uniform (guint64 *state,
              double   low,
              double   high)
{
  return low + (high - low) * ((double) (next_random (state) >> 11) / 9007199254740992.0);
}

/* Grain of a film: sums of uniform numbers are near enough to normal, and neighbours resemble. */
static gpointer
fill_grain_table (gpointer data G_GNUC_UNUSED)
{
  guint64 state = 1;
  int before = 0;

  for (gsize i = 0; i < GRAIN_LENGTH; i++)
    {
      guint64 bits = next_random (&state);
      int sum = 0;

      for (guint k = 0; k < 4; k++)
        sum += (int) ((bits >> (16 * k)) & 0xff) - 128;
      grain_table[i] = (gint8) CLAMP ((sum + before) / 6, -127, 127);
      before = sum;
    }

  return grain_table;
}

static double
ramp (double from,
      double to,
      double x)
{
  double t = CLAMP ((x - from) / (to - from), 0, 1);

  return t * t * (3 - 2 * t);
}

/* 1 at nought, falling to 0 at 1 on either side. */
static double
bump (double x)
{
  double t = 1 - x * x;

  return t > 0 ? t * t : 0;
}

static void
patient_init (Patient *self,
              guint64  state)
{
  double size = pow (next_uniform (&state, 0, 1), 2.75);
  double aspect = next_uniform (&state, 1.15, 1.6);

  self->width = 912 + (guint) (2004 * size);
  self->height = (guint) (self->width / aspect);
  self->centre = next_uniform (&state, -0.05, 0.05);
  self->girth = next_uniform (&state, 0.9, 1.05);
  self->apex = next_uniform (&state, 0.08, 0.14);
  self->base[0] = next_uniform (&state, 0.70, 0.80);
  self->base[1] = self->base[0] + next_uniform (&state, 0.01, 0.05);
  self->heart_u = next_uniform (&state, 0.10, 0.18);
  self->heart_v = next_uniform (&state, 0.56, 0.62);
  self->heart_width = next_uniform (&state, 0.27, 0.36);
  self->heart_height = next_uniform (&state, 0.19, 0.24);
  self->rib_first = next_uniform (&state, 0.12, 0.16);
  self->rib_spacing = next_uniform (&state, 0.062, 0.072);
  self->rib_slope = next_uniform (&state, 0.8, 1.2);
  self->exposure = next_uniform (&state, 0.92, 1.06);
  self->contrast = next_uniform (&state, 0.9, 1.1);
  self->haze = next_uniform (&state, 0, 0.14);
  self->grain = 95 + (int) (next_random (&state) % 100);

  for (guint i = 0; i < LATTICE; i++)
    for (guint j = 0; j < LATTICE; j++)
      self->lattice[i][j] = (float) next_uniform (&state, -1, 1);
}

/* Smooth noise between -1 and 1 with a feature for every unit of x and y. */
static double
cloud (const Patient *self,
       double         x,
       double         y)
{
  /* Both are above nought. */
  int column = (int) x;
  int row = (int) y;
  double s = ramp (0, 1, x - column);
  double t = ramp (0, 1, y - row);
  guint c0 = (guint) column % LATTICE;
  guint c1 = (guint) (column + 1) % LATTICE;
  guint r0 = (guint) row % LATTICE;
  guint r1 = (guint) (row + 1) % LATTICE;
  double above = self->lattice[r0][c0] * (1 - s) + self->lattice[r0][c1] * s;
  double below = self->lattice[r1][c0] * (1 - s) + self->lattice[r1][c1] * s;

  return above * (1 - t) + below * t;
}

/* What depends on the distance from the spine alone: most of the trigonometry. */
typedef struct
{
  double u;                  /* from the spine */
  double a;                  /* its magnitude */
  guint side;                /* 0 left and 1 right of the spine in the picture */
  double shoulder;           /* v where the body begins */
  double lung_top;
  double lung_dome;          /* how far the diaphragm rises above the lung's lower end */
  double rib_rear;           /* v of the first rib's two halves */
  double rib_front;
  double rib_visible;
  double rib_front_visible;
  double clavicle;           /* v */
  double clavicle_visible;
  double scapula;            /* distance from the spine to its edge at the top */
  double arm;
  double spine;
  double windpipe;
} Column;

/* The rear half of a rib falls gently from the spine, the front half steeply towards the middle:
 * together they make the lattice of a chest film.
 */
static void
column_init (Column        *column,
             const Patient *self,
             double         u)
{
  double a = fabs (u - self->centre);
  double limit = 0.80 * self->girth;
  double reach = a / limit;
  double dome = (a - 0.40) / 0.38;
  double above_shoulder = MAX (a - 0.28, 0);
  double from_apex = a - 0.27;

  column->u = u - self->centre;
  column->a = a;
  column->side = u > self->centre;
  column->shoulder = 0.02 + 0.16 * above_shoulder * above_shoulder;
  column->lung_top = self->apex + (from_apex > 0 ? 0.9 : 2.7) * from_apex * from_apex;
  column->lung_dome = 0.09 * (1 - dome * dome);
  column->rib_rear = self->rib_first - 0.05 * sin (G_PI * MIN (reach, 1)) +
                     0.16 * self->rib_slope * reach * reach * reach;
  column->rib_front = self->rib_first + 0.14 + 0.20 * self->rib_slope * (1 - reach) * (1 - reach);
  column->rib_visible = ramp (0.06, 0.12, a) * (1 - ramp (limit - 0.03, limit + 0.03, a));
  column->rib_front_visible = 0.55 * ramp (0.25, 0.45, a);
  column->clavicle = self->apex + 0.055 - 0.10 * (a - 0.08) + 0.03 * sin (a * 7);
  column->clavicle_visible = 0.15 * ramp (0.05, 0.10, a) * (1 - ramp (0.70, 0.80, a));
  column->scapula = a - 0.62 * self->girth;
  column->arm = 0.20 * bump ((a - 0.92) / 0.10);
  column->spine = 1 - ramp (0.055, 0.095, a);
  column->windpipe = 0.14 * (1 - ramp (0.02, 0.04, a));
}

/* How much of a lung there is at a place, 0 to 1. */
static double
lung_at (const Patient *self,
         const Column  *column,
         double         v)
{
  double a = column->a;
  double base = self->base[column->side];
  double lower = base - column->lung_dome;
  double t, outer, inner, edge;

  if (v < column->lung_top - 0.01 || v > lower + 0.02)
    return 0;

  t = CLAMP ((v - self->apex) / (base - self->apex), 0, 1);
  outer = (0.30 + 0.48 * sqrt (t) - 0.06 * t * t) * self->girth;
  inner = 0.15 - 0.04 * t;
  edge = 0.015 + 0.03 * (1 - t);

  return ramp (column->lung_top - 0.01, column->lung_top + 0.05, v) *
         (1 - ramp (lower - 0.015, lower + 0.02, v)) *
         ramp (inner - 0.03, inner + 0.05, a) *
         (1 - ramp (outer - edge, outer + edge, a));
}

static double
ribs_at (const Patient *self,
         const Column  *column,
         double         v)
{
  double density = 0;
  double k, x;

  if (column->rib_visible == 0)
    return 0;

  k = floor ((v - column->rib_rear) / self->rib_spacing + 0.5);
  x = (v - column->rib_rear - k * self->rib_spacing) / 0.019;
  if (k >= 0 && k < N_REAR_RIBS)
    density += bump (x) * (0.75 + 0.5 * x * x);

  k = floor ((v - column->rib_front) / self->rib_spacing + 0.5);
  x = (v - column->rib_front - k * self->rib_spacing) / 0.022;
  if (k >= 0 && k < N_FRONT_RIBS)
    density += bump (x) * column->rib_front_visible;

  return density * column->rib_visible;
}

/* Clavicles, shoulder blades, arms. */
static double
bones_at (const Column *column,
          double        v)
{
  if (v > 0.5)
    return 0;

  return bump ((v - column->clavicle) / 0.024) * column->clavicle_visible +
         0.06 * bump ((column->scapula - 0.35 * (v - 0.15)) / 0.07) * (1 - ramp (0.35, 0.5, v)) +
         bump ((v - 0.10) / 0.16) * column->arm;
}

/* What lies in the middle: spine, great vessels, windpipe, heart. disc is how much of a vertebra,
 * rather than of the disc below it, there is at this height.
 */
static double
middle_at (const Patient *self,
           const Column  *column,
           double         v,
           double         disc)
{
  double from_heart = column->u - self->heart_u;
  double x = from_heart / self->heart_width;
  double y = (v - self->heart_v + 0.12 * from_heart) / self->heart_height;
  double distance = x * x + y * y;
  double heart = distance < 1.2 ? 1 - ramp (0.80, 1.06, sqrt (distance)) : 0;
  double vessels = (1 - ramp (0.09, 0.17 + 0.05 * bump ((v - 0.33) / 0.12), column->a)) *
                   ramp (0.02, 0.2, v);

  return MAX (0.34 * heart, 0.30 * vessels) + column->spine * (0.07 + 0.05 * disc) -
         column->windpipe * (1 - ramp (0.27, 0.34, v));
}

/* Air in the stomach. */
static double
bubble_at (const Patient *self,
           const Column  *column,
           double         v)
{
  double x = column->a - 0.38;
  double y = v - self->base[1] - 0.05;
  double distance = x * x * 30 + y * y * 400;

  return column->side == 1 && distance < 1 ? 0.22 * (1 - distance) * (1 - distance) : 0;
}

/* Grey level at a place, 0 black to 1 white. */
static double
level_at (const Patient *self,
          const Column  *column,
          double         v,
          double         disc)
{
  double a = column->a;
  double flank = (0.90 + 0.30 * bump ((v - 0.08) / 0.30)) * self->girth;
  double body = ramp (column->shoulder - 0.06, column->shoulder + 0.01, v) *
                (1 - ramp (flank - 0.03, flank + 0.04, a));
  double u = column->u + 1.5;
  double lung, texture, level;

  if (body == 0)
    return AIR_LEVEL;

  lung = lung_at (self, column, v);
  texture = cloud (self, u * 7, v * 11) + 0.6 * cloud (self, u * 21, v * 31);
  if (lung > 0)
    texture += 0.4 * cloud (self, u * 50, v * 75);

  level = 0.47 + 0.20 * v - 0.12 * a * a + 0.012 * texture;
  if (lung > 0)
    {
      double hilum = bump ((a - 0.20) / 0.16) * bump ((v - 0.44) / 0.15);

      level -= lung * (0.36 - self->haze - 0.02 * texture - 0.10 * hilum * (1 + texture));
    }
  level -= bubble_at (self, column, v) * (1 - lung);
  level += middle_at (self, column, v, disc) * (0.55 + 0.45 * lung);
  level += ribs_at (self, column, v) * (0.05 + 0.07 * lung);
  level += bones_at (column, v);
  level = 0.5 + (level * self->exposure - 0.5) * self->contrast;

  return AIR_LEVEL + body * (level - AIR_LEVEL);
}

static int *
draw_grid (const Patient *self,
           guint          n_columns,
           guint          n_rows)
{
  g_autofree Column *columns = g_new (Column, n_columns);
  int *grid = g_new (int, (gsize) n_columns * n_rows);

  for (guint i = 0; i < n_columns; i++)
    column_init (&columns[i], self, 2.0 * i * GRID_STEP / self->width - 1);

  for (guint row = 0; row < n_rows; row++)
    {
      double v = (double) row * GRID_STEP / self->height;
      double disc = 0.5 + 0.5 * cos (2 * G_PI * v * N_VERTEBRAE);

      for (guint i = 0; i < n_columns; i++)
        grid[(gsize) row * n_columns + i] =
          (int) (CLAMP (level_at (self, &columns[i], v, disc), 0, 1) * 255 * (1 << LEVEL_SHIFT));
    }

  return grid;
}

/* One row of pixels between two rows of the grid, with grain. */
static void
draw_row (const Patient *self,
          const int     *grid,
          guint          n_columns,
          guint          row,
          guint          grain_offset,
          guint8        *pixels)
{
  const int *above = grid + (gsize) (row / GRID_STEP) * n_columns;
  const int *below = above + n_columns;
  int weight = (int) (row % GRID_STEP);

  for (guint x = 0; x < self->width; x += GRID_STEP)
    {
      guint column = x / GRID_STEP;
      int left = (above[column] * (GRID_STEP - weight) + below[column] * weight) / GRID_STEP;
      int right = (above[column + 1] * (GRID_STEP - weight) + below[column + 1] * weight) /
                  GRID_STEP;
      int slope = (right - left) / GRID_STEP;
      guint n = MIN (GRID_STEP, self->width - x);

      for (guint i = 0; i < n; i++)
        {
          int level = left + slope * (int) i +
                      grain_table[(grain_offset + x + i) % GRAIN_LENGTH] * self->grain / 8;

          pixels[x + i] = (guint8) CLAMP (level >> LEVEL_SHIFT, 0, 255);
        }
    }
}

static void G_GNUC_NORETURN
fail_cb (j_common_ptr info)
{
  ErrorManager *manager = (ErrorManager *) info->err;

  longjmp (manager->jump, 1);
}

static void
emit_nothing_cb (j_common_ptr info G_GNUC_UNUSED,
                 int          level         G_GNUC_UNUSED)
{
}

static void
compress_rows (const Patient               *self,
               const int                   *grid,
               guint                        n_columns,
               guint64                      state,
               guint8                      *row_pixels,
               struct jpeg_compress_struct *info)
{
  info->image_width = self->width;
  info->image_height = self->height;
  info->input_components = 1;
  info->in_color_space = JCS_GRAYSCALE;
  jpeg_set_defaults (info);
  jpeg_set_quality (info, JPEG_QUALITY, TRUE);
  info->dct_method = JDCT_ISLOW;

  jpeg_start_compress (info, TRUE);
  while (info->next_scanline < info->image_height)
    {
      draw_row (self, grid, n_columns, info->next_scanline,
                (guint) (next_random (&state) % GRAIN_LENGTH), row_pixels);
      jpeg_write_scanlines (info, &row_pixels, 1);
    }
  jpeg_finish_compress (info);
}

/* Row by row, so that the whole picture is never in memory. The only error that libjpeg can meet
 * here is the lack of memory.
 */
static gboolean
compress (const Patient  *self,
          const int      *grid,
          guint           n_columns,
          guint64         state,
          guint8         *row_pixels,
          guint8        **data,
          unsigned long  *n_bytes)
{
  struct jpeg_compress_struct info;
  ErrorManager manager;
  volatile gboolean compressed = FALSE;

  info.err = jpeg_std_error (&manager.parent);
  manager.parent.error_exit = fail_cb;
  manager.parent.emit_message = emit_nothing_cb;
  jpeg_create_compress (&info);

  if (setjmp (manager.jump) == 0)
    {
      jpeg_mem_dest (&info, data, n_bytes);
      compress_rows (self, grid, n_columns, state, row_pixels, &info);
      compressed = TRUE;
    }
  jpeg_destroy_compress (&info);

  return compressed;
}

static void
free_jpeg_data_cb (gpointer data)
{
  /* libjpeg takes its memory from malloc(). */
  free (data);
}

/**
 * speedup_sample_xray_make:
 * @seed: of the set
 * @index: of the picture in the set
 * @width: (out) (optional): in pixels, 912 to 2916
 * @height: (out) (optional): in pixels
 *
 * Draws something that looks like the film of a chest: ribs, lungs, heart, spine, grain. The same
 * seed and index give the same bytes, in whatever thread. Sizes spread as those of a public set of
 * such films do: many small ones, few large ones, 1.7 million pixels and 400 kB on average.
 *
 * Returns: (transfer full) (nullable): a grey JPEG; %NULL for lack of memory
 */
GBytes *
speedup_sample_xray_make (guint64  seed,
                          guint    index,
                          guint   *width,
                          guint   *height)
{
  static GOnce once = G_ONCE_INIT;
  guint64 state = seed;
  g_autofree Patient *patient = g_new (Patient, 1);
  g_autofree int *grid = NULL;
  g_autofree guint8 *row_pixels = NULL;
  guint8 *data = NULL;
  unsigned long n_bytes = 0;
  guint n_columns, n_rows;

  g_once (&once, fill_grain_table, NULL);

  /* Neighbouring seeds and indices must not overlap. */
  state = next_random (&state) + index;
  state = next_random (&state);
  patient_init (patient, state);

  n_columns = (patient->width - 1) / GRID_STEP + 2;
  n_rows = (patient->height - 1) / GRID_STEP + 2;
  grid = draw_grid (patient, n_columns, n_rows);
  row_pixels = g_malloc (patient->width);

  if (!compress (patient, grid, n_columns, state + 1, row_pixels, &data, &n_bytes))
    {
      free (data);
      return NULL;
    }

  if (width != NULL)
    *width = patient->width;
  if (height != NULL)
    *height = patient->height;

  return g_bytes_new_with_free_func (data, n_bytes, free_jpeg_data_cb, data);
}
