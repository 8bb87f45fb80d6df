/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "speedup-weather-workload.h"

#include <math.h>

#include "speedup-error.h"
#include "speedup-weather-options.h"
#include "speedup-weather-process.h"
#include "speedup-weather-service.h"
#include "speedup-weather-session.h"
#include "speedup-weather-summary.h"

#define OPEN_METEO_ATTRIBUTION "Weather data by Open-Meteo.com, licensed CC BY 4.0"

struct _SpeedupWeatherWorkload
{
  SpeedupWorkload parent_instance;

  SpeedupWeatherOptions *options;
  SpeedupWeatherService *service;
  SpeedupWeatherProcess *process;   /* NULL but for the built-in source, outside of workers */
};

G_DEFINE_FINAL_TYPE (SpeedupWeatherWorkload, speedup_weather_workload, SPEEDUP_TYPE_WORKLOAD)

static guint
speedup_weather_workload_get_n_tasks (SpeedupWorkload *workload)
{
  return SPEEDUP_WEATHER_WORKLOAD (workload)->options->days;
}

static char *
speedup_weather_workload_dup_task_name (SpeedupWorkload *workload,
                                        guint            task)
{
  return speedup_weather_options_dup_date (SPEEDUP_WEATHER_WORKLOAD (workload)->options, task);
}

static GVariant *
speedup_weather_workload_dup_spec (SpeedupWorkload *workload)
{
  return speedup_weather_options_to_variant (SPEEDUP_WEATHER_WORKLOAD (workload)->options, TRUE);
}

static GVariant *
speedup_weather_workload_dup_options (SpeedupWorkload *workload)
{
  return speedup_weather_options_to_variant (SPEEDUP_WEATHER_WORKLOAD (workload)->options, FALSE);
}

static gboolean
speedup_weather_workload_start (SpeedupWorkload  *workload,
                                GCancellable     *cancellable,
                                GError          **error)
{
  SpeedupWeatherWorkload *self = SPEEDUP_WEATHER_WORKLOAD (workload);

  if (self->process == NULL)
    return TRUE;
  if (!speedup_weather_process_start (self->process, self->options, cancellable, error))
    return FALSE;

  self->options->port = speedup_weather_process_get_port (self->process);
  return TRUE;
}

static void
speedup_weather_workload_stop (SpeedupWorkload *workload)
{
  SpeedupWeatherWorkload *self = SPEEDUP_WEATHER_WORKLOAD (workload);

  if (self->process != NULL)
    speedup_weather_process_stop (self->process);
}

/* Also restarts a server that died in the run before. */
static gboolean
speedup_weather_workload_prepare_run (SpeedupWorkload   *workload,
                                      SpeedupCacheMode   cache,
                                      GCancellable      *cancellable,
                                      GError           **error)
{
  return speedup_weather_workload_start (workload, cancellable, error);
}

static gboolean
speedup_weather_workload_check_run (SpeedupWorkload  *workload,
                                    GError          **error)
{
  SpeedupWeatherWorkload *self = SPEEDUP_WEATHER_WORKLOAD (workload);

  return self->process == NULL || speedup_weather_process_check (self->process, error);
}

static gboolean
speedup_weather_workload_is_live (SpeedupWorkload *workload)
{
  return SPEEDUP_WEATHER_WORKLOAD (workload)->options->source != SPEEDUP_WEATHER_BUILTIN;
}

/* What is in flight is counted in each process for itself, so the workers of all of them together
 * must keep to the limit. The rate that version 2 allows spans runs, and so does not survive the
 * fresh processes of each run.
 */
static guint
speedup_weather_workload_get_max_workers (SpeedupWorkload     *workload,
                                          SpeedupExecutorKind  kind)
{
  SpeedupWeatherWorkload *self = SPEEDUP_WEATHER_WORKLOAD (workload);

  if (kind == SPEEDUP_EXECUTOR_PROCESSES &&
      self->options->source == SPEEDUP_WEATHER_DATA_GOV_SG_V2)
    return 0;

  return self->options->max_in_flight > 0 ? self->options->max_in_flight : G_MAXUINT;
}

static double
speedup_weather_workload_read_server_cpu_s (SpeedupWorkload *workload)
{
  SpeedupWeatherWorkload *self = SPEEDUP_WEATHER_WORKLOAD (workload);

  return self->process == NULL ? NAN : speedup_weather_process_read_cpu_s (self->process);
}

static gpointer
speedup_weather_workload_open_session (SpeedupWorkload *workload,
                                       guint            concurrency,
                                       gboolean         asynchronous)
{
  SpeedupWeatherWorkload *self = SPEEDUP_WEATHER_WORKLOAD (workload);

  return speedup_weather_session_new (self->options, self->service, concurrency);
}

static void
speedup_weather_workload_close_session (SpeedupWorkload *workload,
                                        gpointer         session)
{
  speedup_weather_session_free (session);
}

static gboolean
speedup_weather_workload_run_task (SpeedupWorkload     *workload,
                                   gpointer             session,
                                   guint                task,
                                   GCancellable        *cancellable,
                                   SpeedupTaskOutcome  *outcome,
                                   GError             **error)
{
  return speedup_weather_session_fetch (session, task, cancellable, outcome, error);
}

static void
speedup_weather_workload_run_task_async (SpeedupWorkload     *workload,
                                         gpointer             session,
                                         guint                task,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data)
{
  speedup_weather_session_fetch_async (session, workload, task, cancellable, callback, user_data);
}

static gboolean
speedup_weather_workload_run_task_finish (SpeedupWorkload     *workload,
                                          GAsyncResult        *result,
                                          SpeedupTaskOutcome  *outcome,
                                          GError             **error)
{
  return speedup_weather_session_fetch_finish (workload, result, outcome, error);
}

static GVariant *
speedup_weather_workload_summarise_output (SpeedupWorkload *workload,
                                           GVariant *const *outputs,
                                           guint            n_outputs)
{
  SpeedupWeatherWorkload *self = SPEEDUP_WEATHER_WORKLOAD (workload);
  const char *attribution = speedup_weather_workload_get_attribution (self);
  const char *version = speedup_weather_service_get_http_version (self->service);
  g_autoptr (GVariant) columns = speedup_weather_summarise (workload, outputs, n_outputs);
  g_auto (GVariantDict) summary = G_VARIANT_DICT_INIT (columns);

  g_variant_dict_insert (&summary, "source", "s", self->options->source_text);
  if (version != NULL && self->options->source != SPEEDUP_WEATHER_BUILTIN)
    g_variant_dict_insert (&summary, "http-version", "s", version);
  if (attribution != NULL)
    g_variant_dict_insert (&summary, "attribution", "s", attribution);

  return g_variant_ref_sink (g_variant_dict_end (&summary));
}

static void
speedup_weather_workload_finalize (GObject *object)
{
  SpeedupWeatherWorkload *self = SPEEDUP_WEATHER_WORKLOAD (object);

  g_clear_pointer (&self->process, speedup_weather_process_free);
  g_clear_pointer (&self->service, speedup_weather_service_free);
  g_clear_pointer (&self->options, speedup_weather_options_free);

  G_OBJECT_CLASS (speedup_weather_workload_parent_class)->finalize (object);
}

static void
speedup_weather_workload_class_init (SpeedupWeatherWorkloadClass *klass)
{
  SpeedupWorkloadClass *workload_class = SPEEDUP_WORKLOAD_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = speedup_weather_workload_finalize;

  workload_class->name = "weather";
  workload_class->cpu_bound = FALSE;
  workload_class->get_n_tasks = speedup_weather_workload_get_n_tasks;
  workload_class->dup_task_name = speedup_weather_workload_dup_task_name;
  workload_class->dup_spec = speedup_weather_workload_dup_spec;
  workload_class->dup_options = speedup_weather_workload_dup_options;
  workload_class->start = speedup_weather_workload_start;
  workload_class->stop = speedup_weather_workload_stop;
  workload_class->prepare_run = speedup_weather_workload_prepare_run;
  workload_class->check_run = speedup_weather_workload_check_run;
  workload_class->is_live = speedup_weather_workload_is_live;
  workload_class->get_max_workers = speedup_weather_workload_get_max_workers;
  workload_class->read_server_cpu_s = speedup_weather_workload_read_server_cpu_s;
  workload_class->open_session = speedup_weather_workload_open_session;
  workload_class->close_session = speedup_weather_workload_close_session;
  workload_class->run_task = speedup_weather_workload_run_task;
  workload_class->run_task_async = speedup_weather_workload_run_task_async;
  workload_class->run_task_finish = speedup_weather_workload_run_task_finish;
  workload_class->summarise_output = speedup_weather_workload_summarise_output;
}

static void
speedup_weather_workload_init (SpeedupWeatherWorkload *self)
{
}

/**
 * speedup_weather_workload_new_from_options:
 * @options: a{sv}, see #SpeedupWeatherWorkload
 * @cancellable: (nullable): not needed
 * @error: return location; %SPEEDUP_ERROR_INVALID_ARGUMENT
 *
 * Returns: (transfer full): a workload that is not started
 */
SpeedupWorkload *
speedup_weather_workload_new_from_options (GVariant      *options,
                                           GCancellable  *cancellable,
                                           GError       **error)
{
  SpeedupWeatherOptions *checked = speedup_weather_options_new (options, error);
  SpeedupWeatherWorkload *self;

  if (checked == NULL)
    return NULL;

  self = g_object_new (SPEEDUP_TYPE_WEATHER_WORKLOAD, NULL);
  self->options = checked;
  self->options->port = 0;
  self->service = speedup_weather_service_new (checked);
  if (checked->source == SPEEDUP_WEATHER_BUILTIN)
    self->process = speedup_weather_process_new ();

  return SPEEDUP_WORKLOAD (self);
}

/**
 * speedup_weather_workload_new_from_spec:
 * @spec: a{sv}: the options, and the port of the built-in server
 * @error: return location; %SPEEDUP_ERROR_INVALID_ARGUMENT
 *
 * Returns: (transfer full): a workload for a worker process
 */
SpeedupWorkload *
speedup_weather_workload_new_from_spec (GVariant  *spec,
                                        GError   **error)
{
  SpeedupWeatherOptions *checked = speedup_weather_options_new (spec, error);
  SpeedupWeatherWorkload *self;

  if (checked == NULL)
    return NULL;

  if (checked->source == SPEEDUP_WEATHER_BUILTIN && checked->port == 0)
    {
      speedup_weather_options_free (checked);
      g_set_error_literal (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
                           "A worker got no port of the built-in weather server.");
      return NULL;
    }

  self = g_object_new (SPEEDUP_TYPE_WEATHER_WORKLOAD, NULL);
  self->options = checked;
  self->service = speedup_weather_service_new (checked);

  return SPEEDUP_WORKLOAD (self);
}

/**
 * speedup_weather_workload_get_attribution:
 * @self: a workload
 *
 * Returns: (nullable): what the licence of the source asks to be shown with the data
 */
const char *
speedup_weather_workload_get_attribution (SpeedupWeatherWorkload *self)
{
  g_return_val_if_fail (SPEEDUP_IS_WEATHER_WORKLOAD (self), NULL);

  return self->options->source == SPEEDUP_WEATHER_OPEN_METEO ? OPEN_METEO_ATTRIBUTION : NULL;
}

/**
 * speedup_weather_workload_get_server_pid:
 * @self: a workload
 *
 * Returns: process of the built-in server; 0 while there is none
 */
gint64
speedup_weather_workload_get_server_pid (SpeedupWeatherWorkload *self)
{
  g_return_val_if_fail (SPEEDUP_IS_WEATHER_WORKLOAD (self), 0);

  return self->process == NULL ? 0 : speedup_weather_process_get_pid (self->process);
}
