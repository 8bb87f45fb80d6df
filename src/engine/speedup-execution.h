/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-workload.h"

G_BEGIN_DECLS

typedef enum
{
  SPEEDUP_TASK_PENDING,
  SPEEDUP_TASK_RUNNING,
  SPEEDUP_TASK_OK,
  SPEEDUP_TASK_FAILED,
  SPEEDUP_TASK_TIMED_OUT,
  SPEEDUP_TASK_CANCELLED,
} SpeedupTaskStatus;

/**
 * SpeedupTaskRecord:
 * @start_ns: when it began, on the monotonic clock (the same in every process)
 * @end_ns: when it ended
 * @digest: of its output, 0 while none was made
 * @worker: index into the execution's worker names
 * @status: a SpeedupTaskStatus
 * @retries: waited-for retries, at most 255
 * @flags: SpeedupTaskFlags
 *
 * One task of one run. 32 bytes, so that a million tasks stay small.
 */
typedef struct
{
  gint64 start_ns;
  gint64 end_ns;
  guint64 digest;
  guint32 worker;
  guint8 status;
  guint8 retries;
  guint16 flags;
} SpeedupTaskRecord;

G_STATIC_ASSERT (sizeof (SpeedupTaskRecord) == 32);

/**
 * SpeedupExecution:
 * @workload: what is run
 * @configuration: how it is run
 * @n_tasks: length of the arrays
 * @keep_outputs: whether outputs are kept, and so hashed after the last task's end
 * @task_timeout_ns: 0 when there is no limit
 * @records: one for each task, in task order, written by the worker that does it
 * @outputs: (nullable): in task order; NULL entries where a task failed or made nothing
 * @completed: (atomic): how many entries of @completions are filled
 * @completions: task + 1 in order of completion; 0 in an entry that is reserved, not yet written
 *
 * One timed execution of every task, while it goes on and just after. Executors write it, without
 * locks on the way; the runner and, read-only, the caller's log and timeline read it.
 */
typedef struct
{
  /*< public, read-only >*/
  SpeedupWorkload *workload;
  SpeedupConfiguration *configuration;
  guint n_tasks;
  gboolean keep_outputs;
  gint64 task_timeout_ns;
  SpeedupTaskRecord *records;
  GVariant **outputs;
  guint *completions;
  guint completed;

  /*< filled by the executor >*/
  gint64 released_ns;       /* the clock starts: work released, pool not yet started */
  gint64 started_ns;        /* the first worker was ready to take a task */
  gint64 last_end_ns;       /* the clock stops: end of the last task, results at hand */
  gint64 hash_ns;           /* spent hashing, summed over workers */
  double user_s;            /* CPU time of the workers alone */
  double system_s;
  gint64 peak_rss_bytes;    /* of the worker processes together; -1 in this process */
  char *void_reason;        /* code, e.g. "worker-died"; NULL while nothing voids the run */
  GVariant *void_details;   /* a{sv} for the warning: task, pid, signal */

  /*< private >*/
  gatomicrefcount ref_count;
  GMutex lock;
  GHashTable *errors;       /* task -> GError, under lock */
  GPtrArray *worker_names;  /* "thread 4711", "pid 4712", under lock */
} SpeedupExecution;

#define SPEEDUP_TYPE_EXECUTION (speedup_execution_get_type ())

GType             speedup_execution_get_type         (void) G_GNUC_CONST;
SpeedupExecution *speedup_execution_new              (SpeedupWorkload            *workload,
                                                      const SpeedupConfiguration *configuration,
                                                      gboolean                    keep_outputs,
                                                      double                      task_timeout_s) G_GNUC_WARN_UNUSED_RESULT;
SpeedupExecution *speedup_execution_ref              (SpeedupExecution           *self);
void              speedup_execution_unref            (SpeedupExecution           *self);

guint             speedup_execution_add_worker       (SpeedupExecution           *self,
                                                      const char                 *name);
char             *speedup_execution_dup_worker_name  (SpeedupExecution           *self,
                                                      guint                       worker);
guint             speedup_execution_get_n_workers    (SpeedupExecution           *self);

void              speedup_execution_begin_task       (SpeedupExecution           *self,
                                                      guint                       task,
                                                      guint                       worker,
                                                      gint64                      start_ns);
void              speedup_execution_end_task         (SpeedupExecution           *self,
                                                      guint                       task,
                                                      SpeedupTaskStatus           status,
                                                      gint64                      end_ns,
                                                      SpeedupTaskOutcome         *outcome,
                                                      GError                     *error);
GError           *speedup_execution_dup_error        (SpeedupExecution           *self,
                                                      guint                       task);
GArray           *speedup_execution_get_failed       (SpeedupExecution           *self);
guint             speedup_execution_get_n_completed  (SpeedupExecution           *self);
gsize             speedup_execution_read_completions (SpeedupExecution           *self,
                                                      guint                       first,
                                                      guint                      *tasks,
                                                      gsize                       n_tasks);
guint             speedup_execution_get_retries      (SpeedupExecution           *self);
SpeedupTaskFlags  speedup_execution_get_flags        (SpeedupExecution           *self);
double            speedup_execution_get_task_cv      (SpeedupExecution           *self);
char             *speedup_execution_dup_digest       (SpeedupExecution           *self);

guint64           speedup_output_digest              (GVariant                   *output);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupExecution, speedup_execution_unref)

G_END_DECLS
