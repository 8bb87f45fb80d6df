/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* How long a measurement will take, from a few tasks that are done before it. Nothing of this is a
 * measurement, so it says "about".
 */

#include "config.h"

#include "speedup-cli-estimate.h"

#include <glib/gi18n.h>
#include <math.h>
#include <time.h>

#include "speedup-clock.h"
#include "speedup-cli-terminal.h"
#include "speedup-cli-words.h"
#include "speedup-statistics.h"

#define MAX_TRIED_TASKS   5
#define ENOUGH_S          0.5
#define TIME_LIMIT_S      5

/* The loop before each run that watches the machine's speed, and what goes on between runs. */
#define RUN_OVERHEAD_S     0.05
#define PROCESS_START_UP_S 0.02

typedef struct
{
  SpeedupWorkload *workload;
  GCancellable *cancellable;
  GArray *wall_s;
  GArray *cpu_s;
  GError *error;
  gboolean done;
} Trial;

static double
thread_cpu_s (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);

  return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static double
read_cpu_s (SpeedupWorkload *workload)
{
  double server_s = speedup_workload_read_server_cpu_s (workload);

  return thread_cpu_s () + (isfinite (server_s) ? server_s : 0);
}

static void
try_one (Trial    *self,
         gpointer  session,
         guint     task)
{
  SpeedupTaskOutcome outcome = { 0 };
  double cpu_s = read_cpu_s (self->workload);
  gint64 start_ns = speedup_monotonic_ns ();

  g_clear_error (&self->error);
  if (speedup_workload_run_task (self->workload, session, task, self->cancellable, &outcome,
                                 &self->error))
    {
      double wall_s = (double) (speedup_monotonic_ns () - start_ns) / 1e9;

      cpu_s = read_cpu_s (self->workload) - cpu_s;
      g_array_append_val (self->wall_s, wall_s);
      g_array_append_val (self->cpu_s, cpu_s);
    }

  g_clear_pointer (&outcome.output, g_variant_unref);
}

static gpointer
trial_thread (gpointer data)
{
  Trial *self = data;
  guint n_tasks = speedup_workload_get_n_tasks (self->workload);
  guint n_tried = MIN (n_tasks, MAX_TRIED_TASKS);
  gint64 end_ns = speedup_monotonic_ns () + (gint64) (ENOUGH_S * 1e9);

  if (speedup_workload_start (self->workload, self->cancellable, &self->error))
    {
      gpointer session = speedup_workload_open_session (self->workload, 1, FALSE);

      for (guint i = 0; i < n_tried; i++)
        {
          if (g_cancellable_is_cancelled (self->cancellable) || speedup_monotonic_ns () > end_ns)
            break;
          try_one (self, session, (guint) ((guint64) i * n_tasks / n_tried));
        }

      speedup_workload_close_session (self->workload, session);
    }

  speedup_workload_stop (self->workload);

  g_atomic_int_set (&self->done, TRUE);
  g_main_context_wakeup (NULL);

  return NULL;
}

static gboolean
time_limit_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);

  return G_SOURCE_REMOVE;
}

static void
cancelled_cb (GCancellable *cancellable G_GNUC_UNUSED,
              GCancellable *limit)
{
  g_cancellable_cancel (limit);
}

/**
 * speedup_cli_estimate_task:
 * @workload: what is about to be measured; not started
 * @cancellable: (nullable): ends the trial
 * @cost: (out): what one task takes
 * @error: return location; %G_IO_ERROR_CANCELLED, or why no task could be done
 *
 * Does a few tasks one after the other, for half a second or so and never more than five.
 *
 * Returns: whether a task could be done
 */
gboolean
speedup_cli_estimate_task (SpeedupWorkload     *workload,
                           GCancellable        *cancellable,
                           SpeedupCliTaskCost  *cost,
                           GError             **error)
{
  g_autoptr (GCancellable) limit = g_cancellable_new ();
  g_autoptr (GArray) wall_s = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) cpu_s = g_array_new (FALSE, FALSE, sizeof (double));
  Trial trial = { workload, limit, wall_s, cpu_s, NULL, FALSE };
  GThread *thread;
  gulong handler;
  guint timeout;

  handler = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), limit, NULL);
  timeout = g_timeout_add_seconds (TIME_LIMIT_S, time_limit_cb, limit);

  thread = g_thread_new ("estimate", trial_thread, &trial);
  while (!g_atomic_int_get (&trial.done))
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);

  if (g_main_context_find_source_by_id (NULL, timeout) != NULL)
    g_source_remove (timeout);
  g_cancellable_disconnect (cancellable, handler);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      g_clear_error (&trial.error);
      return FALSE;
    }

  if (wall_s->len == 0)
    {
      if (trial.error == NULL || g_error_matches (trial.error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_clear_error (&trial.error);
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                       _("the first task took more than %u s"), TIME_LIMIT_S);
        }
      else
        {
          g_propagate_error (error, trial.error);
        }
      return FALSE;
    }

  g_clear_error (&trial.error);
  cost->wall_s = speedup_median ((const double *) wall_s->data, wall_s->len);
  cost->cpu_s = speedup_median ((const double *) cpu_s->data, cpu_s->len);

  return TRUE;
}

static double
estimate_run (const SpeedupPlan          *plan,
              const SpeedupConfiguration *configuration,
              const SpeedupCliTaskCost   *cost,
              guint                       cpus_usable)
{
  double n_tasks = plan->n_tasks;
  double workers = configuration->workers;
  double at_once = MIN (workers, cpus_usable);
  double seconds;

  if (plan->cpu_bound)
    {
      if (configuration->executor == SPEEDUP_EXECUTOR_ASYNC)
        at_once = 1;
      seconds = n_tasks * cost->wall_s / at_once;
    }
  else
    {
      /* Waiting is shared among the workers, computing among the CPUs. */
      seconds = MAX (ceil (n_tasks / workers) * cost->wall_s, n_tasks * cost->cpu_s / cpus_usable);
    }

  if (configuration->executor == SPEEDUP_EXECUTOR_PROCESSES)
    seconds += workers * PROCESS_START_UP_S / cpus_usable;

  return seconds + RUN_OVERHEAD_S;
}

/**
 * speedup_cli_estimate_round:
 * @plan: what is about to be measured
 * @cost: what one task takes
 * @cpus_usable: CPUs
 *
 * Returns: about how many seconds one round takes
 */
double
speedup_cli_estimate_round (const SpeedupPlan        *plan,
                            const SpeedupCliTaskCost *cost,
                            guint                     cpus_usable)
{
  double seconds = 0;

  for (guint i = 0; i < plan->configurations->len; i++)
    seconds += estimate_run (plan, g_ptr_array_index (plan->configurations, i), cost, cpus_usable);

  return seconds;
}

/**
 * speedup_cli_estimate_print:
 * @plan: what is about to be measured
 * @cost: what one task takes
 * @cpus_usable: CPUs
 *
 * Says on standard error how long it will take.
 */
void
speedup_cli_estimate_print (const SpeedupPlan        *plan,
                            const SpeedupCliTaskCost *cost,
                            guint                     cpus_usable)
{
  double round_s = speedup_cli_estimate_round (plan, cost, cpus_usable);
  double all_s = (plan->rounds + 1) * round_s;
  g_autofree char *all = NULL;
  g_autofree char *least = NULL;
  g_autofree char *measured_on = speedup_cli_words_measured_on (plan);

  if (plan->time_budget_s > 0)
    all_s = MIN (all_s, plan->time_budget_s);
  all = speedup_cli_words_duration (all_s);
  least = speedup_cli_words_duration (MIN (all_s, (SPEEDUP_MIN_INTERVAL_ROUNDS + 1) * round_s));

  if (plan->precision > 0)
    /* Translators: two durations */
    speedup_cli_log (_("This will take about %s to %s"), least, all);
  else
    /* Translators: a duration */
    speedup_cli_log (_("This will take about %s"), all);

  /* Translators: follows "This will take about 2 min 05 s"; the last is "measured on 100 tasks" */
  speedup_cli_log (_(": %u configurations, a warm-up and at most %u rounds, %s of %.4f s each.\n"),
                   plan->configurations->len, plan->rounds, measured_on, cost->wall_s);
}
