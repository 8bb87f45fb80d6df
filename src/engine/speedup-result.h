/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "speedup-analysis.h"
#include "speedup-plan.h"
#include "speedup-run.h"

G_BEGIN_DECLS

typedef enum
{
  SPEEDUP_RESULT_COMPLETE,
  SPEEDUP_RESULT_CANCELLED,
  SPEEDUP_RESULT_INTERRUPTED,
} SpeedupResultStatus;

/**
 * SpeedupTimeline:
 * @configuration: index into the plan's configurations
 * @round: of the run that is shown, the one nearest its configuration's median
 * @n_tasks: length of the columns
 * @task: column of task indices, in order of completion
 * @worker: column of indices into @worker_names
 * @start_s: column, seconds since the release of the work
 * @end_s: column, likewise
 * @status: column of SpeedupTaskStatus
 * @worker_names: "thread 4711", "pid 4712"
 */
typedef struct
{
  guint configuration;
  guint round;
  guint n_tasks;
  guint *task;
  guint *worker;
  double *start_s;
  double *end_s;
  guint8 *status;
  GStrv worker_names;
} SpeedupTimeline;

#define SPEEDUP_TIMELINE_MAX_TASKS 200000

SpeedupTimeline *speedup_timeline_new (guint configuration,
                                       guint round,
                                       guint n_tasks) G_GNUC_WARN_UNUSED_RESULT;
void             speedup_timeline_free (SpeedupTimeline *self);

/**
 * SpeedupFailure:
 * @task: name of the task
 * @message: what went wrong
 * @configurations: indices into the plan's configurations, of guint; all of them when it failed
 *   everywhere alike
 */
typedef struct
{
  char *task;
  char *message;
  GArray *configurations;
} SpeedupFailure;

SpeedupFailure  *speedup_failure_copy (const SpeedupFailure *self) G_GNUC_WARN_UNUSED_RESULT;
SpeedupFailure  *speedup_failure_new (const char      *task,
                                      const char      *message) G_GNUC_WARN_UNUSED_RESULT;
void             speedup_failure_free (SpeedupFailure  *self);

/**
 * SpeedupWarning:
 * @code: "few-points", "worker-died", "source-changed", ...: words are made in cli/ and gui/
 * @details: (nullable): a{sv}
 */
typedef struct
{
  char *code;
  GVariant *details;
} SpeedupWarning;

SpeedupWarning  *speedup_warning_copy (const SpeedupWarning *self) G_GNUC_WARN_UNUSED_RESULT;
SpeedupWarning  *speedup_warning_new (const char      *code,
                                      GVariant        *details) G_GNUC_WARN_UNUSED_RESULT;
void             speedup_warning_free (SpeedupWarning  *self);

/**
 * SpeedupMachine:
 *
 * Where it was measured. NULL, NAN and 0 where the system hides a value.
 */
typedef struct
{
  char *cpu;
  char *kernel;
  char *os;
  guint cpus_online;
  guint cpus_usable;      /* affinity mask and quota, at least 1 */
  double quota_cpus;      /* NAN without one */
  guint64 memory_bytes;
  GVariant *libraries;    /* a{ss}: "gdk-pixbuf" -> "2.42.10" and "gdk-pixbuf-path" -> file */
} SpeedupMachine;

SpeedupMachine  *speedup_machine_new (void) G_GNUC_WARN_UNUSED_RESULT;
SpeedupMachine  *speedup_machine_read (GVariant        *libraries) G_GNUC_WARN_UNUSED_RESULT;
gboolean         speedup_machine_check_same (const SpeedupMachine *now,
                                             const SpeedupMachine *then,
                                             GError              **error);
SpeedupMachine  *speedup_machine_copy (const SpeedupMachine *self) G_GNUC_WARN_UNUSED_RESULT;
void             speedup_machine_free (SpeedupMachine  *self);

/**
 * SpeedupResult:
 * @title: one line
 * @created: when the measurement began, UTC
 * @status: whether it came to its end
 * @machine: where
 * @plan: what was asked
 * @rounds_completed: rounds 1 to this one ran to their end; the runs of a later one are shown, never
 *   used
 * @runs: (element-type SpeedupRun): every attempt, in order of time
 * @timelines: (element-type SpeedupTimeline): at most one for each configuration
 * @failures: (element-type SpeedupFailure)
 * @warnings: (element-type SpeedupWarning)
 * @output: (nullable): a{sv}: what the workload made of its outputs
 * @analysis: what the runs say; made by speedup_result_analyse()
 *
 * The plan, the machine, every run and the analysis: what is saved, opened, compared, exported.
 * Built by the runner or the reader, immutable once handed out.
 */
typedef struct
{
  char *title;
  GDateTime *created;
  SpeedupResultStatus status;
  SpeedupMachine *machine;
  SpeedupPlan *plan;
  guint rounds_completed;
  GPtrArray *runs;
  GPtrArray *timelines;
  GPtrArray *failures;
  GPtrArray *warnings;
  GVariant *output;
  SpeedupAnalysis *analysis;

  /*< private >*/
  gatomicrefcount ref_count;
} SpeedupResult;

#define SPEEDUP_TYPE_RESULT (speedup_result_get_type ())

GType                  speedup_result_get_type (void) G_GNUC_CONST;
SpeedupResult         *speedup_result_new (SpeedupPlan         *plan,
                                           SpeedupMachine      *machine) G_GNUC_WARN_UNUSED_RESULT;
SpeedupResult         *speedup_result_snapshot (const SpeedupResult *self) G_GNUC_WARN_UNUSED_RESULT;
SpeedupResult         *speedup_result_ref (SpeedupResult       *self);
void                   speedup_result_unref (SpeedupResult       *self);
void                   speedup_result_analyse (SpeedupResult       *self);
const SpeedupRun      *speedup_result_get_counted (const SpeedupResult *self,
                                                   guint                configuration,
                                                   guint                round);
const SpeedupTimeline *speedup_result_get_timeline (const SpeedupResult *self,
                                                    guint                configuration);
gboolean               speedup_result_has_void_runs (const SpeedupResult *self);
gboolean               speedup_result_has_warning (const SpeedupResult *self,
                                                   const char          *code);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupTimeline, speedup_timeline_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupFailure, speedup_failure_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupWarning, speedup_warning_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupMachine, speedup_machine_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupResult, speedup_result_unref)

G_END_DECLS
