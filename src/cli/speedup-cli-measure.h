/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-cli-outputs.h"
#include "speedup-workload.h"

G_BEGIN_DECLS

/**
 * SpeedupCliSave:
 *
 * Saves what the tasks made, after the measurement.
 */
typedef gboolean (*SpeedupCliSave) (SpeedupWorkload   *workload,
                                    GVariant *const   *outputs,
                                    guint              n_outputs,
                                    gpointer           user_data,
                                    GCancellable      *cancellable,
                                    GError           **error);

/**
 * SpeedupCliMeasurement:
 * @plan: what to measure
 * @workload: of what
 * @previous: (nullable): what an interrupted measurement left
 * @outputs: where results go, opened
 * @save: (nullable): saves what the tasks made
 * @save_data: handed to @save
 * @cancellable: ends it
 */
typedef struct
{
  SpeedupPlan *plan;
  SpeedupWorkload *workload;
  SpeedupResult *previous;
  SpeedupCliOutputs *outputs;
  SpeedupCliSave save;
  gpointer save_data;
  GCancellable *cancellable;
} SpeedupCliMeasurement;

SpeedupExit  speedup_cli_measure (const SpeedupCommand         *command,
                                  const SpeedupCliMeasurement  *measurement);
guint        speedup_cli_get_cpus_usable (void);

G_END_DECLS
