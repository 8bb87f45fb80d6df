/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-cli-options.h"
#include "speedup-workload.h"

G_BEGIN_DECLS

/**
 * SpeedupCliSweep:
 *
 * The options that say what to measure, whatever the workload.
 */
typedef struct
{
  /*< as given >*/
  char *executors_text;
  char *workers_text;
  char *chunk_size_text;
  char *rounds_text;
  char *precision_text;
  char *time_budget_text;
  char *cache_text;
  char *seed_text;
  char *task_timeout_text;

  /*< checked >*/
  gboolean executors[SPEEDUP_N_EXECUTOR_KINDS];
  GArray *workers;       /* of guint; NULL: the workload's default */
  GArray *chunk_sizes;   /* of guint */
  guint rounds;
  double precision;
  double time_budget_s;
  SpeedupCacheMode cache;
  guint64 seed;
  double task_timeout_s;
} SpeedupCliSweep;

void         speedup_cli_sweep_add_options (SpeedupCliSweep        *self,
                                            SpeedupCliParser       *parser);
gboolean     speedup_cli_sweep_check (SpeedupCliSweep        *self,
                                      GError                **error);
void         speedup_cli_sweep_clear (SpeedupCliSweep        *self);
guint        speedup_cli_sweep_get_max_workers (const SpeedupCliSweep  *self,
                                                gboolean                cpu_bound,
                                                guint                   cpus_usable);
SpeedupPlan *speedup_cli_sweep_make_plan (const SpeedupCliSweep  *self,
                                          SpeedupWorkload        *workload,
                                          guint                   cpus_usable) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SpeedupCliSweep, speedup_cli_sweep_clear)

G_END_DECLS
