/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-runner.h"

G_BEGIN_DECLS

typedef struct _FakeWorld FakeWorld;

#define FAKE_NO_TASK G_MAXUINT

/**
 * FakeRun:
 * @index: how many runs were made before this one, the warm-up round counted
 * @configuration: what is run
 * @factor: on every duration
 * @digest: changes the outputs
 * @fail_from: tasks from this one on fail
 * @fail_to: up to this one, not included
 * @timed_out: this task takes too long
 * @retries: waited for by the first task
 * @rate_limited: whether the source slowed the first task down
 * @void_reason: (nullable): what the executor says
 * @foreign_s: CPU time of others meanwhile
 * @server_s: CPU time of the built-in server meanwhile
 * @server_died: whether the workload says so afterwards
 * @cancel: whether the run is cancelled in its midst
 * @error: (nullable): why the run cannot be made at all
 *
 * What happens in one run; a test's script changes it.
 */
typedef struct
{
  guint index;
  const SpeedupConfiguration *configuration;
  double factor;
  guint64 digest;
  guint fail_from;
  guint fail_to;
  guint timed_out;
  guint retries;
  gboolean rate_limited;
  const char *void_reason;
  double foreign_s;
  double server_s;
  gboolean server_died;
  gboolean cancel;
  const char *error;
} FakeRun;

/**
 * FakeWorld:
 * @now_ns: what time it is
 * @task_s: duration of every task
 * @serial_s: what precedes the tasks of a run and cannot be divided
 * @script: (nullable): called before each run
 * @canary: (nullable): factor of the canary before the run of that index
 * @data: for both
 * @cancellable: (nullable): what FakeRun.cancel cancels
 * @live: whether the workload says that its source is live
 * @no_cold_cache: whether the workload refuses to make the page cache cold
 * @fail_start: whether the workload cannot start
 * @n_runs: runs so far
 * @n_started: calls of the workload's start less those of stop
 * @n_stopped: calls of the workload's stop
 *
 * A clock that only work moves, executors that take exactly the time they should, and a quiet
 * machine: `n` tasks on `N` workers take `ceil (n / N)` waves.
 */
struct _FakeWorld
{
  gint64 now_ns;
  double task_s;
  double serial_s;
  void (*script) (FakeWorld *world,
                  FakeRun   *run);
  double (*canary) (FakeWorld *world,
                    guint      index);
  gpointer data;
  GCancellable *cancellable;
  gboolean live;
  gboolean no_cold_cache;
  gboolean fail_start;
  guint n_runs;
  guint n_started;
  guint n_stopped;

  /*< private >*/
  SpeedupClock clock;
  SpeedupNoiseProbe probe;
  double busy_s;
  double own_s;
  double server_s;
  gboolean server_died;
};

void             fake_world_init (FakeWorld     *world);
SpeedupWorkload *fake_world_new_workload (FakeWorld     *world,
                                          guint          n_tasks) G_GNUC_WARN_UNUSED_RESULT;
SpeedupRunner   *fake_world_new_runner (FakeWorld     *world,
                                        SpeedupPlan   *plan) G_GNUC_WARN_UNUSED_RESULT;
SpeedupPlan     *fake_plan_new (guint n_tasks,
                                guint rounds) G_GNUC_WARN_UNUSED_RESULT;
SpeedupResult   *fake_runner_run (SpeedupRunner *runner,
                                  GCancellable  *cancellable,
                                  GError       **error) G_GNUC_WARN_UNUSED_RESULT;
SpeedupResult   *fake_world_run (FakeWorld     *world,
                                 SpeedupPlan   *plan,
                                 GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
