/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/**
 * SpeedupImageKind:
 *
 * The formats whose decoder needs to be looked after.
 */
typedef enum
{
  SPEEDUP_IMAGE_OTHER,
  SPEEDUP_IMAGE_JPEG,
  SPEEDUP_IMAGE_PNG,
  SPEEDUP_IMAGE_BMP,
  SPEEDUP_IMAGE_PNM,
  SPEEDUP_IMAGE_ICO,
  SPEEDUP_IMAGE_TGA,
} SpeedupImageKind;

SpeedupImageKind speedup_image_kind_from_format (const char        *name);

int              speedup_resize_file_open (const char        *path,
                                           struct stat       *info,
                                           GError           **error);
gboolean         speedup_resize_file_is_whole (int              fd,
                                               goffset          size,
                                               SpeedupImageKind kind,
                                               guint            n_rows,
                                               guint            height);
void             speedup_resize_file_set_error (GError           **error,
                                                const char        *path,
                                                const char        *format,
                                                ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
