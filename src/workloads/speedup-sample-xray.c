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

/* The body is drawn on a grid of every fourth pixel and interpolated: radiographs are soft, and it
 * costs a sixteenth.
 */
#define GRID_STEP 4

/* Grey levels in fixed point. */
#define LEVEL_SHIFT 8

#define N_RIBS 10
#define LATTICE 64
#define GRAIN_LENGTH 65536

#define JPEG_QUALITY 92

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

/* SplitMix64 (Steele, Lea, Flood 2014): small, and the same on every machine and in every release. */
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
  double size = pow (next_uniform (&state, 0, 1), 2.8);
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
  self->grain = 120 + (int) (next_random (&state) % 100);

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

/* How much of a lung there is at a place, 0 to 1. side is 0 left and 1 right of the spine in the
 * picture, a the distance from the spine.
 */
static double
lung_at (const Patient *self,
         guint          side,
         double         a,
         double         v)
{
  double dome = (a - 0.40) / 0.38;
  double floor_v = self->base[side] - 0.09 * (1 - dome * dome);
  double t = CLAMP ((v - self->apex) / (self->base[side] - self->apex), 0, 1);
  double outer = (0.30 + 0.48 * sqrt (t) - 0.06 * t * t) * self->girth;
  double inner = 0.15 - 0.04 * t;
  double edge = 0.015 + 0.03 * (1 - t);

  return ramp (self->apex, self->apex + 0.06, v) *
         (1 - ramp (floor_v - 0.015, floor_v + 0.02, v)) *
         ramp (inner - 0.03, inner + 0.05, a) *
         (1 - ramp (outer - edge, outer + edge, a));
}

/* The rear half of a rib falls gently from the spine, the front half steeply towards the middle:
 * together they make the lattice of a chest film.
 */
static double
ribs_at (const Patient *self,
         double         a,
         double         v)
{
  double limit = 0.80 * self->girth;
  double reach = a / limit;
  double rear = self->rib_first - 0.05 * sin (G_PI * MIN (reach, 1)) +
                0.16 * self->rib_slope * reach * reach * reach;
  double front = self->rib_first + 0.14 + 0.20 * self->rib_slope * (1 - reach) * (1 - reach);
  double visible = ramp (0.06, 0.12, a) * (1 - ramp (limit - 0.03, limit + 0.03, a));
  double density = 0;
  double k, x;

  k = floor ((v - rear) / self->rib_spacing + 0.5);
  x = (v - rear - k * self->rib_spacing) / 0.019;
  if (k >= 0 && k < N_RIBS)
    density += bump (x) * (0.75 + 0.5 * x * x);

  k = floor ((v - front) / self->rib_spacing + 0.5);
  x = (v - front - k * self->rib_spacing) / 0.022;
  if (k >= 0 && k < 6)
    density += 0.55 * bump (x) * ramp (0.25, 0.45, a);

  return density * visible;
}

static double
bones_at (const Patient *self,
          double         a,
          double         v)
{
  double clavicle = self->apex + 0.055 - 0.10 * (a - 0.08) + 0.03 * sin (a * 7);
  double scapula = 0.62 * self->girth + 0.35 * (v - 0.15);
  double density = 0;

  density += 0.15 * bump ((v - clavicle) / 0.024) * ramp (0.05, 0.10, a) *
             (1 - ramp (0.70, 0.80, a));
  density += 0.06 * bump ((a - scapula) / 0.07) * (1 - ramp (0.35, 0.5, v));
  density += 0.20 * bump ((a - 0.92) / 0.10) * bump ((v - 0.10) / 0.16);

  return density;
}

/* What lies in the middle: spine, great vessels, windpipe, heart. */
static double
middle_at (const Patient *self,
           double         u,
           double         v)
{
  double a = fabs (u);
  double x = (u - self->heart_u) / self->heart_width;
  double y = (v - self->heart_v + 0.12 * (u - self->heart_u)) / self->heart_height;
  double heart = 1 - ramp (0.80, 1.06, sqrt (x * x + y * y));
  double vessels = (1 - ramp (0.09, 0.17 + 0.05 * bump ((v - 0.33) / 0.12), a)) *
                   ramp (0.02, 0.2, v);
  double disc = 0.5 + 0.5 * cos (2 * G_PI * v * 15);
  double spine = (1 - ramp (0.065, 0.085, a)) * (0.07 + 0.05 * disc);
  double windpipe = 0.14 * (1 - ramp (0.02, 0.04, a)) * (1 - ramp (0.27, 0.34, v));

  return MAX (0.34 * heart, 0.30 * vessels) + spine - windpipe;
}

/* Grey level at a place, 0 black to 1 white. */
static double
level_at (const Patient *self,
          double         u,
          double         v)
{
  double from_spine = u - self->centre;
  double a = fabs (from_spine);
  guint side = from_spine > 0;
  double shoulder = 0.02 + 0.16 * MAX (a - 0.28, 0) * MAX (a - 0.28, 0);
  double flank = (0.90 + 0.30 * bump ((v - 0.08) / 0.30)) * self->girth;
  double body = ramp (shoulder - 0.01, shoulder + 0.06, v + 0.05) *
                (1 - ramp (flank - 0.03, flank + 0.04, a));
  double lung = lung_at (self, side, a, v);
  double texture = cloud (self, (u + 1) * 9, v * 9) + 0.6 * cloud (self, (u + 1) * 23, v * 21) +
                   0.4 * cloud (self, (u + 1) * 60, v * 50);
  double hilum = bump ((a - 0.20) / 0.16) * bump ((v - 0.44) / 0.15);
  double tissue = 0.50 + 0.10 * v - 0.12 * a * a + 0.012 * texture;
  double bubble = 0.22 * (side ? bump (sqrt ((a - 0.38) * (a - 0.38) * 30 +
                                             (v - self->base[1] - 0.05) *
                                             (v - self->base[1] - 0.05) * 400))
                               : 0);
  double level;

  level = tissue - lung * (0.36 - self->haze - 0.02 * texture - 0.10 * hilum * (1 + texture)) -
          bubble * (1 - lung);
  level += middle_at (self, from_spine, v) * (0.55 + 0.45 * lung);
  level += ribs_at (self, a, v) * (0.05 + 0.07 * lung);
  level += bones_at (self, a, v);
  level = 0.5 + (level * self->exposure - 0.5) * self->contrast;

  return 0.03 + body * (level - 0.03);
}

static int *
draw_grid (const Patient *self,
           guint          n_columns,
           guint          n_rows)
{
  int *grid = g_new (int, (gsize) n_columns * n_rows);

  for (guint row = 0; row < n_rows; row++)
    for (guint column = 0; column < n_columns; column++)
      {
        double u = 2.0 * column * GRID_STEP / self->width - 1;
        double v = (double) row * GRID_STEP / self->height;

        grid[(gsize) row * n_columns + column] =
          (int) (CLAMP (level_at (self, u, v), 0, 1) * 255 * (1 << LEVEL_SHIFT));
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
                 int level         G_GNUC_UNUSED)
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
