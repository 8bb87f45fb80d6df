/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SpeedupCliFile:
 *
 * A file that will be written at the end, looked at before the work begins.
 */
typedef struct _SpeedupCliFile SpeedupCliFile;

SpeedupCliFile *speedup_cli_file_open (const char           *option,
                                       const char           *path,
                                       GError              **error) G_GNUC_WARN_UNUSED_RESULT;
SpeedupCliFile *speedup_cli_file_open_regular (const char           *option,
                                               const char           *path,
                                               GError              **error) G_GNUC_WARN_UNUSED_RESULT;
void            speedup_cli_file_free (SpeedupCliFile       *self);
gboolean        speedup_cli_file_is_regular (const SpeedupCliFile *self);
const char     *speedup_cli_file_get_path (const SpeedupCliFile *self);
gboolean        speedup_cli_file_write (SpeedupCliFile       *self,
                                        const char           *data,
                                        gsize                 length,
                                        GError              **error);
gboolean        speedup_cli_folder_open (const char           *option,
                                         const char           *path,
                                         GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupCliFile, speedup_cli_file_free)

G_END_DECLS
