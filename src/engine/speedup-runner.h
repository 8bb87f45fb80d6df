/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-clock.h"
#include "speedup-executor.h"
#include "speedup-noise.h"
#include "speedup-result.h"

G_BEGIN_DECLS

/**
 * SpeedupProgress:
 * @round: 0 during the warm-up round
 * @n_rounds: rounds that are planned now (a precision goal can move it)
 * @configuration: what runs
 * @runs_done: runs that ended, all rounds
 * @n_runs: runs that are planned now
 * @tasks_done: tasks of this run that ended
 * @n_tasks: tasks of this run
 * @tasks_per_s: over this run so far
 * @elapsed_s: since the start
 * @remaining_s: estimate from the completed runs of each configuration; NAN before the first
 *
 * Where a measurement stands. Valid during the signal's emission.
 */
typedef struct
{
  guint round;
  guint n_rounds;
  const SpeedupConfiguration *configuration;
  guint runs_done;
  guint n_runs;
  guint tasks_done;
  guint n_tasks;
  double tasks_per_s;
  double elapsed_s;
  double remaining_s;
} SpeedupProgress;

/**
 * SpeedupExecutorFactory:
 *
 * Makes the executor of a kind; tests hand in one that makes fakes.
 */
typedef SpeedupExecutor *(*SpeedupExecutorFactory) (SpeedupExecutorKind kind,
                                                    gpointer            user_data);

#define SPEEDUP_TYPE_RUNNER (speedup_runner_get_type ())

G_DECLARE_FINAL_TYPE (SpeedupRunner, speedup_runner, SPEEDUP, RUNNER, GObject)

/* Signals, all on the thread-default main context of the call of speedup_runner_run_async(), at
 * most 20 a second for the first two (and once more at the end of a run):
 *   "progress"        (const SpeedupProgress *)
 *   "tasks-finished"  (SpeedupExecution *, guint first, guint count): new entries of completions
 *   "run-finished"    (const SpeedupRun *)
 *   "round-finished"  (guint round, SpeedupResult *): the result so far, analysed, immutable
 *   "warning"         (const SpeedupWarning *)
 */

SpeedupRunner *speedup_runner_new (SpeedupPlan             *plan,
                                   SpeedupWorkload         *workload) G_GNUC_WARN_UNUSED_RESULT;
void           speedup_runner_set_clock (SpeedupRunner           *self,
                                         const SpeedupClock      *clock);
void           speedup_runner_set_noise_probe (SpeedupRunner           *self,
                                               const SpeedupNoiseProbe *probe);
void           speedup_runner_set_executor_factory (SpeedupRunner           *self,
                                                    SpeedupExecutorFactory   factory,
                                                    gpointer                 user_data);
void           speedup_runner_set_libraries (SpeedupRunner           *self,
                                             GVariant                *libraries);
void           speedup_runner_set_keep_outputs (SpeedupRunner           *self,
                                                gboolean                 keep_outputs);
void           speedup_runner_set_journal (SpeedupRunner           *self,
                                           GFile                   *file);
void           speedup_runner_set_previous (SpeedupRunner           *self,
                                            SpeedupResult           *previous);
void           speedup_runner_run_async (SpeedupRunner           *self,
                                         GCancellable            *cancellable,
                                         GAsyncReadyCallback      callback,
                                         gpointer                 user_data);
SpeedupResult *speedup_runner_run_finish (SpeedupRunner           *self,
                                          GAsyncResult            *result,
                                          GError                 **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant     **speedup_runner_get_outputs (SpeedupRunner           *self,
                                           guint                   *n_outputs);

G_END_DECLS
