/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define SPEEDUP_MAX_WORKERS           4096
#define SPEEDUP_MAX_WORKER_PROCESSES  1024
#define SPEEDUP_CHUNK_SIZE_AUTO       0

typedef enum
{
  SPEEDUP_EXECUTOR_SEQUENTIAL,
  SPEEDUP_EXECUTOR_ASYNC,
  SPEEDUP_EXECUTOR_THREADS,
  SPEEDUP_EXECUTOR_PROCESSES,
} SpeedupExecutorKind;

#define SPEEDUP_N_EXECUTOR_KINDS 4

const char *speedup_executor_kind_to_string    (SpeedupExecutorKind  kind);
gboolean    speedup_executor_kind_from_string  (const char          *string,
                                                SpeedupExecutorKind *kind);
guint       speedup_executor_kind_max_workers  (SpeedupExecutorKind  kind);

/**
 * SpeedupConfiguration:
 * @executor: how the tasks are carried out
 * @workers: N, 1 for `sequential`
 * @chunk_size: tasks handed to a worker process at once; %SPEEDUP_CHUNK_SIZE_AUTO is guided
 * @variant: (nullable): another way to do the same job
 * @n_tasks: tasks in a run
 *
 * One point of a sweep. Immutable.
 */
typedef struct
{
  SpeedupExecutorKind executor;
  guint workers;
  guint chunk_size;
  char *variant;
  guint n_tasks;
} SpeedupConfiguration;

#define SPEEDUP_TYPE_CONFIGURATION (speedup_configuration_get_type ())

GType                 speedup_configuration_get_type     (void) G_GNUC_CONST;
SpeedupConfiguration *speedup_configuration_new          (SpeedupExecutorKind         executor,
                                                          guint                       workers,
                                                          guint                       chunk_size,
                                                          const char                 *variant,
                                                          guint                       n_tasks) G_GNUC_WARN_UNUSED_RESULT;
SpeedupConfiguration *speedup_configuration_copy         (const SpeedupConfiguration *self) G_GNUC_WARN_UNUSED_RESULT;
void                  speedup_configuration_free         (SpeedupConfiguration       *self);
gboolean              speedup_configuration_equal        (const SpeedupConfiguration *a,
                                                          const SpeedupConfiguration *b);
gboolean              speedup_configuration_same_series  (const SpeedupConfiguration *a,
                                                          const SpeedupConfiguration *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupConfiguration, speedup_configuration_free)

G_END_DECLS
