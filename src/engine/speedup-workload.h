/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "speedup-plan.h"

G_BEGIN_DECLS

/**
 * SpeedupTaskFlags:
 * @SPEEDUP_TASK_RATE_LIMITED: the source answered 429 or 503 at least once
 *
 * What was seen while a task was done, besides its success.
 */
typedef enum
{
  SPEEDUP_TASK_FLAGS_NONE = 0,
  SPEEDUP_TASK_RATE_LIMITED = 1 << 0,
} SpeedupTaskFlags;

/**
 * SpeedupTaskOutcome:
 * @output: (nullable) (transfer full): what the task made; fixed arrays for bulk, NULL when a
 *   workload makes nothing (an empty task)
 * @retries: attempts beyond the first that were waited for
 * @flags: what was seen
 *
 * Filled by a workload; on the stack of the executor, zeroed before the call, also read when the
 * task fails (retries and flags, never output).
 */
typedef struct
{
  GVariant *output;
  guint retries;
  SpeedupTaskFlags flags;
} SpeedupTaskOutcome;

#define SPEEDUP_TYPE_WORKLOAD (speedup_workload_get_type ())

G_DECLARE_DERIVABLE_TYPE (SpeedupWorkload, speedup_workload, SPEEDUP, WORKLOAD, GObject)

/**
 * SpeedupWorkloadClass:
 * @name: "weather", "resize": what stands in plans, result files and frames
 * @cpu_bound: whether tasks compute rather than wait
 * @get_n_tasks: tasks of a run
 * @get_population: tasks there would be without sampling; default: get_n_tasks
 * @dup_task_name: a day, a path in UTF-8 for display
 * @dup_spec: (transfer full): everything that a worker process needs to make this workload again,
 *   with the name through speedup_workload_new_from_spec(); after start(), so it may name a port
 * @dup_options: (transfer full): a{sv}, as in SpeedupPlan.options
 * @dup_fingerprint: digest of the inputs (paths, sizes, modification times), so that a resumed
 *   measurement can tell that they changed; default: of the options
 * @start: once before the first run, blocking, in the runner's thread: starts a built-in server
 * @stop: once after the last run, also after cancellation
 * @prepare_run: before each run, not timed: warms or drops the page cache, restarts a dead server.
 *   G_IO_ERROR_NOT_SUPPORTED for a cold cache that is not to be had here: the runner says so once
 *   and goes on warm; any other error ends the measurement
 * @check_run: after each run, not timed: an error says why the run is void (the server died)
 * @is_live: whether the inputs are a live source that others write, so that answers may differ from
 *   one round to the next; default: no
 * @get_max_workers: the most workers of an executor that a source has to bear; 0 where that executor
 *   cannot keep to what the source allows; default: %G_MAXUINT. A plan with more is refused
 * @read_server_cpu_s: CPU seconds that the built-in server has used; NAN without one
 * @open_session: per run and per process: connections, buffers. Timed as start-up. concurrency is
 *   the number of tasks that will be in flight in this process; asynchronous says whether through
 *   run_task_async. Called in the thread (and thread-default main context) that will use it for
 *   asynchronous runs; for blocking runs run_task is called from `concurrency` threads at once.
 *   Default: NULL
 * @close_session: after the last task
 * @run_task: do one task, blocking. Must be thread-safe for one session. Returns FALSE with an
 *   error where the task failed; G_IO_ERROR_CANCELLED where @cancellable was cancelled
 * @run_task_async: the same on the thread-default main context. The default does run_task inline
 *   and completes in a later iteration: work that computes gains nothing from async, and shows it
 * @run_task_finish: takes the outcome of run_task_async
 * @summarise_output: (transfer full) (nullable): a{sv} for the result file's "output", from the
 *   outputs in task order (NULL where a task failed)
 *
 * A list of independent tasks and how to do one of them.
 */
struct _SpeedupWorkloadClass
{
  GObjectClass parent_class;

  const char *name;
  gboolean cpu_bound;

  guint (*get_n_tasks)       (SpeedupWorkload      *self);
  guint (*get_population)    (SpeedupWorkload      *self);
  char      *(*dup_task_name)     (SpeedupWorkload      *self,
                                   guint                 task);
  GVariant  *(*dup_spec)          (SpeedupWorkload      *self);
  GVariant  *(*dup_options)       (SpeedupWorkload      *self);
  char      *(*dup_fingerprint)   (SpeedupWorkload      *self);

  gboolean (*start)             (SpeedupWorkload      *self,
                                 GCancellable         *cancellable,
                                 GError              **error);
  void (*stop)              (SpeedupWorkload      *self);
  gboolean (*prepare_run)       (SpeedupWorkload      *self,
                                 SpeedupCacheMode      cache,
                                 GCancellable         *cancellable,
                                 GError              **error);
  gboolean (*check_run)         (SpeedupWorkload      *self,
                                 GError              **error);
  gboolean (*is_live)           (SpeedupWorkload      *self);
  guint (*get_max_workers)   (SpeedupWorkload      *self,
                              SpeedupExecutorKind   kind);
  double (*read_server_cpu_s) (SpeedupWorkload      *self);

  gpointer (*open_session)      (SpeedupWorkload      *self,
                                 guint                 concurrency,
                                 gboolean              asynchronous);
  void (*close_session)     (SpeedupWorkload      *self,
                             gpointer              session);

  gboolean (*run_task)          (SpeedupWorkload      *self,
                                 gpointer              session,
                                 guint                 task,
                                 GCancellable         *cancellable,
                                 SpeedupTaskOutcome   *outcome,
                                 GError              **error);
  void (*run_task_async)    (SpeedupWorkload      *self,
                             gpointer              session,
                             guint                 task,
                             GCancellable         *cancellable,
                             GAsyncReadyCallback   callback,
                             gpointer              user_data);
  gboolean (*run_task_finish)   (SpeedupWorkload      *self,
                                 GAsyncResult         *result,
                                 SpeedupTaskOutcome   *outcome,
                                 GError              **error);

  GVariant  *(*summarise_output)  (SpeedupWorkload      *self,
                                   GVariant *const      *outputs,
                                   guint                 n_outputs);
};

const char *speedup_workload_get_name (SpeedupWorkload      *self);
gboolean    speedup_workload_is_cpu_bound (SpeedupWorkload      *self);
guint       speedup_workload_get_n_tasks (SpeedupWorkload      *self);
guint       speedup_workload_get_population (SpeedupWorkload      *self);
char       *speedup_workload_dup_task_name (SpeedupWorkload      *self,
                                            guint                 task);
GVariant   *speedup_workload_dup_spec (SpeedupWorkload      *self);
GVariant   *speedup_workload_dup_options (SpeedupWorkload      *self);
char       *speedup_workload_dup_fingerprint (SpeedupWorkload      *self);
gboolean    speedup_workload_start (SpeedupWorkload      *self,
                                    GCancellable         *cancellable,
                                    GError              **error);
void        speedup_workload_stop (SpeedupWorkload      *self);
gboolean    speedup_workload_prepare_run (SpeedupWorkload      *self,
                                          SpeedupCacheMode      cache,
                                          GCancellable         *cancellable,
                                          GError              **error);
gboolean    speedup_workload_check_run (SpeedupWorkload      *self,
                                        GError              **error);
gboolean    speedup_workload_is_live (SpeedupWorkload      *self);
guint       speedup_workload_get_max_workers (SpeedupWorkload      *self,
                                              SpeedupExecutorKind   kind);
double      speedup_workload_read_server_cpu_s (SpeedupWorkload      *self);
gpointer    speedup_workload_open_session (SpeedupWorkload      *self,
                                           guint                 concurrency,
                                           gboolean              asynchronous);
void        speedup_workload_close_session (SpeedupWorkload      *self,
                                            gpointer              session);
gboolean    speedup_workload_run_task (SpeedupWorkload      *self,
                                       gpointer              session,
                                       guint                 task,
                                       GCancellable         *cancellable,
                                       SpeedupTaskOutcome   *outcome,
                                       GError              **error);
void        speedup_workload_run_task_async (SpeedupWorkload      *self,
                                             gpointer              session,
                                             guint                 task,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
gboolean    speedup_workload_run_task_finish (SpeedupWorkload      *self,
                                              GAsyncResult         *result,
                                              SpeedupTaskOutcome   *outcome,
                                              GError              **error);
GVariant   *speedup_workload_summarise_output (SpeedupWorkload      *self,
                                               GVariant *const      *outputs,
                                               guint                 n_outputs);

G_END_DECLS
