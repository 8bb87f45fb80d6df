/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SPEEDUP_SAMPLE_IMAGES_MAX_COUNT  100000
#define SPEEDUP_SAMPLE_IMAGES_SEED       1

/**
 * SpeedupSampleImagesProgress:
 * @n_done: pictures that are written
 * @count: pictures in all
 * @remaining_s: estimate from the pace so far, in seconds; NAN before the first
 * @user_data: handed to the call
 *
 * Called in the thread that makes the call, at most ten times a second, and once at the end.
 */
typedef void (*SpeedupSampleImagesProgress) (guint    n_done,
                                             guint    count,
                                             double   remaining_s,
                                             gpointer user_data);

gboolean speedup_sample_images_make (GFile                        *dir,
                                     guint                         count,
                                     guint64                       seed,
                                     guint                         n_threads,
                                     SpeedupSampleImagesProgress   progress,
                                     gpointer                      user_data,
                                     GCancellable                 *cancellable,
                                     GError                      **error);
char    *speedup_sample_images_dup_name (guint index) G_GNUC_WARN_UNUSED_RESULT;
GStrv    speedup_sample_images_cache (guint                         count,
                                      GCancellable                 *cancellable,
                                      GError                      **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
