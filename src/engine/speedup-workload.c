/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-workload.h"

#include <math.h>

G_DEFINE_ABSTRACT_TYPE (SpeedupWorkload, speedup_workload, G_TYPE_OBJECT)

static void
outcome_free (gpointer data)
{
  SpeedupTaskOutcome *outcome = data;

  g_clear_pointer (&outcome->output, g_variant_unref);
  g_free (outcome);
}

static char *
real_dup_fingerprint (SpeedupWorkload *self)
{
  g_autoptr (GVariant) options = speedup_workload_dup_options (self);
  g_autofree char *text = g_variant_print (options, TRUE);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

static gboolean
real_start (SpeedupWorkload  *self G_GNUC_UNUSED,
            GCancellable     *cancellable G_GNUC_UNUSED,
            GError          **error G_GNUC_UNUSED)
{
  return TRUE;
}

static void
real_stop (SpeedupWorkload *self G_GNUC_UNUSED)
{
}

static gboolean
real_prepare_run (SpeedupWorkload   *self G_GNUC_UNUSED,
                  SpeedupCacheMode   cache G_GNUC_UNUSED,
                  GCancellable      *cancellable G_GNUC_UNUSED,
                  GError           **error G_GNUC_UNUSED)
{
  return TRUE;
}

static gboolean
real_check_run (SpeedupWorkload  *self G_GNUC_UNUSED,
                GError          **error G_GNUC_UNUSED)
{
  return TRUE;
}

static gboolean
real_is_live (SpeedupWorkload *self G_GNUC_UNUSED)
{
  return FALSE;
}

static guint
real_get_max_workers (SpeedupWorkload     *self G_GNUC_UNUSED,
                      SpeedupExecutorKind  kind G_GNUC_UNUSED)
{
  return G_MAXUINT;
}

static double
real_read_server_cpu_s (SpeedupWorkload *self G_GNUC_UNUSED)
{
  return NAN;
}

static gpointer
real_open_session (SpeedupWorkload *self G_GNUC_UNUSED,
                   guint            concurrency G_GNUC_UNUSED,
                   gboolean         asynchronous G_GNUC_UNUSED)
{
  return NULL;
}

static void
real_close_session (SpeedupWorkload *self G_GNUC_UNUSED,
                    gpointer         session G_GNUC_UNUSED)
{
}

static void
real_run_task_async (SpeedupWorkload     *self,
                     gpointer             session,
                     guint                task,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  g_autoptr (GTask) job = g_task_new (self, cancellable, callback, user_data);
  SpeedupTaskOutcome *outcome = g_new0 (SpeedupTaskOutcome, 1);
  GError *error = NULL;

  g_task_set_source_tag (job, real_run_task_async);
  g_task_set_check_cancellable (job, FALSE);
  g_task_set_task_data (job, outcome, outcome_free);

  if (speedup_workload_run_task (self, session, task, cancellable, outcome, &error))
    g_task_return_boolean (job, TRUE);
  else
    g_task_return_error (job, error);
}

static gboolean
real_run_task_finish (SpeedupWorkload     *self,
                      GAsyncResult        *result,
                      SpeedupTaskOutcome  *outcome,
                      GError             **error)
{
  SpeedupTaskOutcome *made;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, real_run_task_async), FALSE);

  made = g_task_get_task_data (G_TASK (result));
  *outcome = *made;
  outcome->output = g_steal_pointer (&made->output);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static GVariant *
real_summarise_output (SpeedupWorkload *self G_GNUC_UNUSED,
                       GVariant *const *outputs G_GNUC_UNUSED,
                       guint            n_outputs G_GNUC_UNUSED)
{
  return NULL;
}

static void
speedup_workload_class_init (SpeedupWorkloadClass *klass)
{
  klass->get_population = speedup_workload_get_n_tasks;
  klass->dup_fingerprint = real_dup_fingerprint;
  klass->start = real_start;
  klass->stop = real_stop;
  klass->prepare_run = real_prepare_run;
  klass->check_run = real_check_run;
  klass->is_live = real_is_live;
  klass->get_max_workers = real_get_max_workers;
  klass->read_server_cpu_s = real_read_server_cpu_s;
  klass->open_session = real_open_session;
  klass->close_session = real_close_session;
  klass->run_task_async = real_run_task_async;
  klass->run_task_finish = real_run_task_finish;
  klass->summarise_output = real_summarise_output;
}

static void
speedup_workload_init (SpeedupWorkload *self G_GNUC_UNUSED)
{
}

/* The public calls. What each must do is written at SpeedupWorkloadClass. */

const char *
speedup_workload_get_name (SpeedupWorkload *self)
{
  g_return_val_if_fail (SPEEDUP_IS_WORKLOAD (self), NULL);

  return SPEEDUP_WORKLOAD_GET_CLASS (self)->name;
}

gboolean
speedup_workload_is_cpu_bound (SpeedupWorkload *self)
{
  g_return_val_if_fail (SPEEDUP_IS_WORKLOAD (self), FALSE);

  return SPEEDUP_WORKLOAD_GET_CLASS (self)->cpu_bound;
}

guint
speedup_workload_get_n_tasks (SpeedupWorkload *self)
{
  g_return_val_if_fail (SPEEDUP_IS_WORKLOAD (self), 0);

  return SPEEDUP_WORKLOAD_GET_CLASS (self)->get_n_tasks (self);
}

guint
speedup_workload_get_population (SpeedupWorkload *self)
{
  g_return_val_if_fail (SPEEDUP_IS_WORKLOAD (self), 0);

  return SPEEDUP_WORKLOAD_GET_CLASS (self)->get_population (self);
}

char *
speedup_workload_dup_task_name (SpeedupWorkload *self,
                                guint            task)
{
  g_return_val_if_fail (SPEEDUP_IS_WORKLOAD (self), NULL);

  return SPEEDUP_WORKLOAD_GET_CLASS (self)->dup_task_name (self, task);
}

GVariant *
speedup_workload_dup_spec (SpeedupWorkload *self)
{
  g_return_val_if_fail (SPEEDUP_IS_WORKLOAD (self), NULL);

  return SPEEDUP_WORKLOAD_GET_CLASS (self)->dup_spec (self);
}

GVariant *
speedup_workload_dup_options (SpeedupWorkload *self)
{
  g_return_val_if_fail (SPEEDUP_IS_WORKLOAD (self), NULL);

  return SPEEDUP_WORKLOAD_GET_CLASS (self)->dup_options (self);
}

char *
speedup_workload_dup_fingerprint (SpeedupWorkload *self)
{
  g_return_val_if_fail (SPEEDUP_IS_WORKLOAD (self), NULL);

  return SPEEDUP_WORKLOAD_GET_CLASS (self)->dup_fingerprint (self);
}

gboolean
speedup_workload_start (SpeedupWorkload  *self,
                        GCancellable     *cancellable,
                        GError          **error)
{
  g_return_val_if_fail (SPEEDUP_IS_WORKLOAD (self), FALSE);

  return SPEEDUP_WORKLOAD_GET_CLASS (self)->start (self, cancellable, error);
}

void
speedup_workload_stop (SpeedupWorkload *self)
{
  g_return_if_fail (SPEEDUP_IS_WORKLOAD (self));

  SPEEDUP_WORKLOAD_GET_CLASS (self)->stop (self);
}

gboolean
speedup_workload_prepare_run (SpeedupWorkload   *self,
                              SpeedupCacheMode   cache,
                              GCancellable      *cancellable,
                              GError           **error)
{
  g_return_val_if_fail (SPEEDUP_IS_WORKLOAD (self), FALSE);

  return SPEEDUP_WORKLOAD_GET_CLASS (self)->prepare_run (self, cache, cancellable, error);
}

gboolean
speedup_workload_check_run (SpeedupWorkload  *self,
                            GError          **error)
{
  g_return_val_if_fail (SPEEDUP_IS_WORKLOAD (self), FALSE);

  return SPEEDUP_WORKLOAD_GET_CLASS (self)->check_run (self, error);
}

gboolean
speedup_workload_is_live (SpeedupWorkload *self)
{
  g_return_val_if_fail (SPEEDUP_IS_WORKLOAD (self), FALSE);

  return SPEEDUP_WORKLOAD_GET_CLASS (self)->is_live (self);
}

guint
speedup_workload_get_max_workers (SpeedupWorkload     *self,
                                  SpeedupExecutorKind  kind)
{
  g_return_val_if_fail (SPEEDUP_IS_WORKLOAD (self), 0);

  return SPEEDUP_WORKLOAD_GET_CLASS (self)->get_max_workers (self, kind);
}

double
speedup_workload_read_server_cpu_s (SpeedupWorkload *self)
{
  g_return_val_if_fail (SPEEDUP_IS_WORKLOAD (self), NAN);

  return SPEEDUP_WORKLOAD_GET_CLASS (self)->read_server_cpu_s (self);
}

gpointer
speedup_workload_open_session (SpeedupWorkload *self,
                               guint            concurrency,
                               gboolean         asynchronous)
{
  g_return_val_if_fail (SPEEDUP_IS_WORKLOAD (self), NULL);

  return SPEEDUP_WORKLOAD_GET_CLASS (self)->open_session (self, concurrency, asynchronous);
}

void
speedup_workload_close_session (SpeedupWorkload *self,
                                gpointer         session)
{
  g_return_if_fail (SPEEDUP_IS_WORKLOAD (self));

  SPEEDUP_WORKLOAD_GET_CLASS (self)->close_session (self, session);
}

gboolean
speedup_workload_run_task (SpeedupWorkload     *self,
                           gpointer             session,
                           guint                task,
                           GCancellable        *cancellable,
                           SpeedupTaskOutcome  *outcome,
                           GError             **error)
{
  g_return_val_if_fail (SPEEDUP_IS_WORKLOAD (self), FALSE);

  return SPEEDUP_WORKLOAD_GET_CLASS (self)->run_task (self, session, task, cancellable,
                                                      outcome, error);
}

void
speedup_workload_run_task_async (SpeedupWorkload     *self,
                                 gpointer             session,
                                 guint                task,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_return_if_fail (SPEEDUP_IS_WORKLOAD (self));

  SPEEDUP_WORKLOAD_GET_CLASS (self)->run_task_async (self, session, task, cancellable,
                                                     callback, user_data);
}

gboolean
speedup_workload_run_task_finish (SpeedupWorkload     *self,
                                  GAsyncResult        *result,
                                  SpeedupTaskOutcome  *outcome,
                                  GError             **error)
{
  g_return_val_if_fail (SPEEDUP_IS_WORKLOAD (self), FALSE);

  return SPEEDUP_WORKLOAD_GET_CLASS (self)->run_task_finish (self, result, outcome, error);
}

GVariant *
speedup_workload_summarise_output (SpeedupWorkload *self,
                                   GVariant *const *outputs,
                                   guint            n_outputs)
{
  g_return_val_if_fail (SPEEDUP_IS_WORKLOAD (self), NULL);

  return SPEEDUP_WORKLOAD_GET_CLASS (self)->summarise_output (self, outputs, n_outputs);
}
