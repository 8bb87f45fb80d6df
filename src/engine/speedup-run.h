/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-configuration.h"

G_BEGIN_DECLS

typedef enum
{
  SPEEDUP_RUN_OK,
  SPEEDUP_RUN_WARM_UP,
  SPEEDUP_RUN_BUSY,
  SPEEDUP_RUN_VOID,
  SPEEDUP_RUN_DID_NOT_FINISH,
} SpeedupRunStatus;

const char *speedup_run_status_to_string    (SpeedupRunStatus  status);
gboolean    speedup_run_status_from_string  (const char       *string,
                                             SpeedupRunStatus *status);

/**
 * SpeedupNoise:
 *
 * What else the machine did during a run. Seconds are deltas over the run; NAN (and NULL) where
 * the system hides a value. Read, never written.
 */
typedef struct
{
  double canary_s;              /* duration of the integer loop before the run */
  double canary_ratio;          /* against the median of the last 20 */
  double foreign_cpu_s;         /* CPU used by others */
  double foreign_share;         /* of the usable CPU time */
  double steal_s;
  double server_cpu_s;          /* built-in server */
  double pressure_cpu_s;        /* /proc/pressure/cpu "some" total */
  double pressure_io_s;
  double throttled_s;           /* own cgroup */
  double thermal_throttles;     /* events */
  double frequency_mhz;         /* mean of current frequencies before the run */
  double load_1min;
  char *governor;
  char *power_profile;
  int on_battery;               /* 1, 0, -1 unknown */
} SpeedupNoise;

/**
 * SpeedupRun:
 * @round: 0 is the warm-up round
 * @order: place within its round, from 1
 * @attempt: from 1
 * @configuration: what was run
 * @wall_s: from the release of the work to the last task's end
 * @startup_s: until the first worker was ready, included in @wall_s
 * @hash_s: spent hashing outputs, summed over workers
 * @user_s: CPU time of the workers in user mode
 * @system_s: CPU time of the workers in the kernel
 * @peak_rss_bytes: -1 where not known
 * @failed_tasks: tasks that failed
 * @retries: waited-for retries
 * @task_cv: coefficient of variation of the task times
 * @digest: of all outputs in task order, hexadecimal
 * @status: whether it counts
 * @flagged: whether it counts although it was busy, as the last of its attempts
 * @reason: (nullable): code of the cause for void, busy or did-not-finish: "worker-died",
 *   "wrong-digest", "differing-failures", "retried", "rate-limited", "server-died", "canary",
 *   "foreign-cpu", "task-timeout"
 * @noise: what else the machine did
 *
 * One run. Immutable.
 */
typedef struct
{
  guint round;
  guint order;
  guint attempt;
  SpeedupConfiguration *configuration;
  double wall_s;
  double startup_s;
  double hash_s;
  double user_s;
  double system_s;
  gint64 peak_rss_bytes;
  guint failed_tasks;
  guint retries;
  double task_cv;
  char *digest;
  SpeedupRunStatus status;
  gboolean flagged;
  char *reason;
  SpeedupNoise noise;
} SpeedupRun;

#define SPEEDUP_TYPE_RUN (speedup_run_get_type ())

GType       speedup_run_get_type  (void) G_GNUC_CONST;
SpeedupRun *speedup_run_new       (const SpeedupConfiguration *configuration,
                                   guint                       round,
                                   guint                       order,
                                   guint                       attempt) G_GNUC_WARN_UNUSED_RESULT;
SpeedupRun *speedup_run_copy      (const SpeedupRun           *self) G_GNUC_WARN_UNUSED_RESULT;
void        speedup_run_free      (SpeedupRun                 *self);

void        speedup_noise_init    (SpeedupNoise               *self);
void        speedup_noise_clear   (SpeedupNoise               *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupRun, speedup_run_free)

G_END_DECLS
