/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SpeedupResizeInput:
 * @path: absolute, in the file system's encoding
 * @name: points into @path: the part below the folder that was asked for, or the file's own name
 * @size: in bytes
 * @mtime_ns: when it was last modified, since the epoch
 *
 * One picture to resize.
 */
typedef struct
{
  char *path;
  const char *name;
  guint64 size;
  gint64 mtime_ns;
} SpeedupResizeInput;

SpeedupResizeInput *speedup_resize_input_new (const char         *path,
                                              gsize               name_offset,
                                              guint64             size,
                                              gint64              mtime_ns) G_GNUC_WARN_UNUSED_RESULT;
SpeedupResizeInput *speedup_resize_input_copy (const SpeedupResizeInput *self) G_GNUC_WARN_UNUSED_RESULT;
void                speedup_resize_input_free (SpeedupResizeInput *self);

char               *speedup_resize_path_from_option (const char         *option,
                                                     GError            **error) G_GNUC_WARN_UNUSED_RESULT;
char               *speedup_resize_path_to_option (const char         *path) G_GNUC_WARN_UNUSED_RESULT;

GPtrArray          *speedup_resize_inputs_list (const char *const  *paths,
                                                gboolean            recursive,
                                                GCancellable       *cancellable,
                                                GError            **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray          *speedup_resize_inputs_sample (GPtrArray          *inputs,
                                                  guint               n_samples,
                                                  guint64             seed) G_GNUC_WARN_UNUSED_RESULT;
char               *speedup_resize_inputs_dup_digest (GPtrArray          *inputs) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupResizeInput, speedup_resize_input_free)

G_END_DECLS
