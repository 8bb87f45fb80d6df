/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-workload.h"

G_BEGIN_DECLS

/**
 * SpeedupCliTaskCost:
 * @wall_s: how long one task takes alone
 * @cpu_s: CPU time of it, the built-in server's share with it
 */
typedef struct
{
  double wall_s;
  double cpu_s;
} SpeedupCliTaskCost;

gboolean  speedup_cli_estimate_task (SpeedupWorkload           *workload,
                                     GCancellable              *cancellable,
                                     SpeedupCliTaskCost        *cost,
                                     GError                   **error);
double    speedup_cli_estimate_round (const SpeedupPlan         *plan,
                                      const SpeedupCliTaskCost  *cost,
                                      guint                      cpus_usable);
void      speedup_cli_estimate_print (const SpeedupPlan         *plan,
                                      const SpeedupCliTaskCost  *cost,
                                      guint                      cpus_usable);

G_END_DECLS
