/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-resize-image.h"
#include "speedup-workload.h"

G_BEGIN_DECLS

#define SPEEDUP_TYPE_RESIZE_WORKLOAD (speedup_resize_workload_get_type ())

G_DECLARE_FINAL_TYPE (SpeedupResizeWorkload, speedup_resize_workload, SPEEDUP, RESIZE_WORKLOAD,
                      SpeedupWorkload)

/* Options, a{sv}; integers and lists of any type that speedup-options.h reads:
 *
 *   input        as  folders and files: paths, or file: URIs where a path is not valid UTF-8.
 *                    Missing or empty: sample images, made once and kept in the user's cache
 *   recursive    b   look into folders within the folders; default false
 *   count        u   of sample images, 1 to 5000; default 200. Only without input
 *   width        u   of the outputs in pixels, 1 to 4096; default 64
 *   height       u   likewise
 *   fit          s   "stretch" (default), "contain" or "cover"
 *   decode       s   "scaled" (default) or "full"
 *   max-pixels   t   pictures that declare more are refused; default 100,000,000
 *   sample       u   measure on so many of the pictures; default 0, all of them
 *   sample-seed  t   of the choice; default 1
 *
 * A task's output is an `ay` of height × width × 3 bytes: rows from the top, pixels from the left,
 * red, green, blue.
 */
#define SPEEDUP_RESIZE_DEFAULT_COUNT       200
#define SPEEDUP_RESIZE_MAX_COUNT           5000
#define SPEEDUP_RESIZE_DEFAULT_SIZE        64
#define SPEEDUP_RESIZE_DEFAULT_MAX_PIXELS  G_GUINT64_CONSTANT (100000000)

SpeedupWorkload             *speedup_resize_workload_new_from_options (GVariant              *options,
                                                                       GCancellable          *cancellable,
                                                                       GError               **error) G_GNUC_WARN_UNUSED_RESULT;
SpeedupWorkload             *speedup_resize_workload_new_from_spec (GVariant              *spec,
                                                                    GError               **error) G_GNUC_WARN_UNUSED_RESULT;
const SpeedupResizeSettings *speedup_resize_workload_get_settings (SpeedupResizeWorkload *self);
GPtrArray                   *speedup_resize_workload_get_inputs (SpeedupResizeWorkload *self);

G_END_DECLS
