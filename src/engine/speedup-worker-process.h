/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-workload.h"

G_BEGIN_DECLS

/**
 * SpeedupWorkloadFactory:
 * @name: name of a workload
 * @spec: what speedup_workload_dup_spec() gave in the program that started this process
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the workload
 */
typedef SpeedupWorkload *(*SpeedupWorkloadFactory) (const char  *name,
                                                    GVariant    *spec,
                                                    GError     **error);

gboolean speedup_worker_process_serve (int                      in_fd,
                                       int                      out_fd,
                                       SpeedupWorkloadFactory   factory,
                                       GError                 **error);
gboolean speedup_worker_process_main (SpeedupWorkloadFactory   factory,
                                      GError                 **error);

G_END_DECLS
