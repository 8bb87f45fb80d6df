/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-configuration.h"

G_BEGIN_DECLS

#define SPEEDUP_DEFAULT_ROUNDS        7
#define SPEEDUP_MAX_ROUNDS            25    /* of a precision goal */
#define SPEEDUP_ROUNDS_LIMIT          250   /* that may be asked for */
#define SPEEDUP_EXTRA_ROUNDS          3     /* in place of rounds whose base was void */
#define SPEEDUP_MIN_INTERVAL_ROUNDS   6

typedef enum
{
  SPEEDUP_CACHE_WARM,
  SPEEDUP_CACHE_COLD,
} SpeedupCacheMode;

/**
 * SpeedupPlan:
 * @workload: name of the workload, "weather" or "resize"
 * @options: a{sv}: what speedup_workload_new_from_options() needs to make the same workload again
 * @configurations: (element-type SpeedupConfiguration): what every round runs; one of them is
 *   `sequential`
 * @n_tasks: tasks in a run
 * @population: tasks there would be without sampling ("measured on 400 of 50,000")
 * @cpu_bound: whether the tasks compute rather than wait, from speedup_workload_is_cpu_bound() by
 *   whoever makes the plan; more workers than CPUs are then marked as such in charts
 * @rounds: rounds to measure, the warm-up round not counted
 * @precision: go on until every ratio's relative half-width is at most this; 0 when not asked for
 * @time_budget_s: start no round that would end after it; 0 when there is none
 * @seed: of the order of the runs
 * @cache: page cache state asked for
 * @task_timeout_s: a task that takes longer makes its run "did not finish"; 0 when there is none
 *
 * What to measure. Immutable once made; share it by reference.
 */
typedef struct
{
  char *workload;
  GVariant *options;
  GPtrArray *configurations;
  guint n_tasks;
  guint population;
  gboolean cpu_bound;
  guint rounds;
  double precision;
  double time_budget_s;
  guint64 seed;
  SpeedupCacheMode cache;
  double task_timeout_s;
} SpeedupPlan;

#define SPEEDUP_TYPE_PLAN (speedup_plan_get_type ())

GType        speedup_plan_get_type             (void) G_GNUC_CONST;
SpeedupPlan *speedup_plan_new                  (const char        *workload,
                                                GVariant          *options,
                                                guint              n_tasks) G_GNUC_WARN_UNUSED_RESULT;
SpeedupPlan *speedup_plan_ref                  (SpeedupPlan       *self);
void         speedup_plan_unref                (SpeedupPlan       *self);
void         speedup_plan_add_sweep            (SpeedupPlan       *self,
                                                SpeedupExecutorKind executor,
                                                const guint       *workers,
                                                gsize              n_workers,
                                                const guint       *chunk_sizes,
                                                gsize              n_chunk_sizes);
guint        speedup_plan_get_series           (const SpeedupPlan *self,
                                                guint              configuration);
guint        speedup_plan_find_configuration   (const SpeedupPlan          *self,
                                                const SpeedupConfiguration *configuration);
GArray      *speedup_plan_get_default_workers  (gboolean           cpu_bound,
                                                guint              cpus_usable);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupPlan, speedup_plan_unref)

G_END_DECLS
