/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-workload.h"

G_BEGIN_DECLS

/* The table of workloads: what the command line, the window, a resumed measurement and a worker
 * process make workloads with.
 */
SpeedupWorkload   *speedup_workload_new_from_options (const char   *name,
                                                      GVariant     *options,
                                                      GCancellable *cancellable,
                                                      GError      **error) G_GNUC_WARN_UNUSED_RESULT;
SpeedupWorkload   *speedup_workload_new_from_spec (const char     *name,
                                                   GVariant       *spec,
                                                   GError        **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant          *speedup_workloads_dup_libraries (void);

G_END_DECLS
