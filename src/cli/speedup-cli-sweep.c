/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "speedup-cli-sweep.h"

#include <glib/gi18n.h>
#include <string.h>

#include "speedup-cli-terminal.h"

#define MAX_DURATION_S (7 * 86400.0)

static const char *const cache_names[] = { "warm", "cold", NULL };

/**
 * speedup_cli_sweep_add_options:
 * @self: where the values go
 * @parser: where the options go
 */
void
speedup_cli_sweep_add_options (SpeedupCliSweep  *self,
                               SpeedupCliParser *parser)
{
  const GOptionEntry entries[] = {
    { "executors", 0, 0, G_OPTION_ARG_STRING, &self->executors_text,
      N_("How to carry out the tasks: any of sequential, async, threads, processes (all; "
         "sequential is always measured, as the base)"), N_("LIST") },
    { "workers", 0, 0, G_OPTION_ARG_STRING, &self->workers_text,
      N_("Worker counts, such as 1,2,4 or 1-8 (up to the CPUs and beyond)"), N_("LIST") },
    { "chunk-size", 0, 0, G_OPTION_ARG_STRING, &self->chunk_size_text,
      N_("Tasks handed to a worker process at once, one number or several, or auto (auto)"),
      N_("LIST") },
    { "rounds", 0, 0, G_OPTION_ARG_STRING, &self->rounds_text,
      N_("How often to measure everything, after one round to warm up (7)"), N_("N") },
    { "precision", 0, 0, G_OPTION_ARG_STRING, &self->precision_text,
      N_("Measure until every ratio is known this well, such as 3%, in 25 rounds at most"),
      N_("SHARE") },
    { "time-budget", 0, 0, G_OPTION_ARG_STRING, &self->time_budget_text,
      N_("Begin no round that would end after this time, such as 60s"), N_("TIME") },
    { "cache", 0, 0, G_OPTION_ARG_STRING, &self->cache_text,
      N_("Whether files are read before a run (warm) or dropped from memory (cold)"),
      "warm|cold" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &self->seed_text,
      N_("Makes the random order of the runs the same again"), N_("N") },
    { "task-timeout", 0, 0, G_OPTION_ARG_STRING, &self->task_timeout_text,
      N_("A task that takes longer ends its run as not finished, such as 30s"), N_("TIME") },
    G_OPTION_ENTRY_NULL,
  };

  speedup_cli_parser_add (parser, _("Measurement:"), entries);
}

/**
 * speedup_cli_sweep_clear:
 * @self: values to free
 */
void
speedup_cli_sweep_clear (SpeedupCliSweep *self)
{
  g_clear_pointer (&self->executors_text, g_free);
  g_clear_pointer (&self->workers_text, g_free);
  g_clear_pointer (&self->chunk_size_text, g_free);
  g_clear_pointer (&self->rounds_text, g_free);
  g_clear_pointer (&self->precision_text, g_free);
  g_clear_pointer (&self->time_budget_text, g_free);
  g_clear_pointer (&self->cache_text, g_free);
  g_clear_pointer (&self->seed_text, g_free);
  g_clear_pointer (&self->task_timeout_text, g_free);
  g_clear_pointer (&self->workers, g_array_unref);
  g_clear_pointer (&self->chunk_sizes, g_array_unref);
}

static gboolean
check_executors (SpeedupCliSweep  *self,
                 GError          **error)
{
  const char *names[SPEEDUP_N_EXECUTOR_KINDS + 1] = { NULL };
  g_auto (GStrv) parts = NULL;

  for (guint i = 0; i < SPEEDUP_N_EXECUTOR_KINDS; i++)
    {
      names[i] = speedup_executor_kind_to_string (i);
      self->executors[i] = self->executors_text == NULL;
    }
  self->executors[SPEEDUP_EXECUTOR_SEQUENTIAL] = TRUE;

  if (self->executors_text == NULL)
    return TRUE;

  parts = g_strsplit (self->executors_text, ",", -1);
  for (guint i = 0; parts[i] != NULL || i == 0; i++)
    {
      guint kind;

      if (!speedup_cli_parse_choice ("--executors", parts[i] != NULL ? g_strstrip (parts[i]) : "",
                                     names, &kind, error))
        return FALSE;
      self->executors[kind] = TRUE;
    }

  return TRUE;
}

static gboolean
check_workers (SpeedupCliSweep  *self,
               GError          **error)
{
  guint max = SPEEDUP_MAX_WORKERS;

  if (self->workers_text == NULL)
    return TRUE;

  if (self->executors[SPEEDUP_EXECUTOR_PROCESSES])
    max = speedup_executor_kind_max_workers (SPEEDUP_EXECUTOR_PROCESSES);

  self->workers = speedup_cli_parse_counts ("--workers", self->workers_text, max, error);
  if (self->workers != NULL)
    return TRUE;

  if (max < SPEEDUP_MAX_WORKERS)
    {
      g_autoptr (GArray) more = NULL;

      more = speedup_cli_parse_counts ("--workers", self->workers_text, SPEEDUP_MAX_WORKERS, NULL);
      if (more != NULL)
        g_prefix_error (error, _("There can be at most %u processes; "), max);
    }

  return FALSE;
}

static gboolean
check_chunk_sizes (SpeedupCliSweep  *self,
                   GError          **error)
{
  g_autoptr (GString) numbers = g_string_new (NULL);
  g_auto (GStrv) parts = NULL;
  const guint automatic = SPEEDUP_CHUNK_SIZE_AUTO;
  gboolean has_auto = FALSE;

  parts = g_strsplit (self->chunk_size_text != NULL ? self->chunk_size_text : "auto", ",", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (strcmp (parts[i], "auto") == 0)
        has_auto = TRUE;
      else
        g_string_append_printf (numbers, "%s%s", numbers->len > 0 ? "," : "", parts[i]);
    }

  if (numbers->len > 0 || !has_auto)
    self->chunk_sizes = speedup_cli_parse_counts ("--chunk-size", numbers->str, G_MAXINT32, error);
  else
    self->chunk_sizes = g_array_new (FALSE, FALSE, sizeof (guint));
  if (self->chunk_sizes == NULL)
    return FALSE;
  if (has_auto)
    g_array_prepend_val (self->chunk_sizes, automatic);

  return TRUE;
}

static gboolean
check_extent (SpeedupCliSweep  *self,
              GError          **error)
{
  guint64 rounds = SPEEDUP_DEFAULT_ROUNDS;

  if (self->rounds_text != NULL && self->precision_text != NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("Give --rounds or --precision, not both: the precision decides how many "
                     "rounds there are."));
      return FALSE;
    }

  if (self->precision_text != NULL || self->time_budget_text != NULL)
    rounds = SPEEDUP_MAX_ROUNDS;
  if (self->rounds_text != NULL &&
      !speedup_cli_parse_number ("--rounds", self->rounds_text, 1, 1000, &rounds, error))
    return FALSE;
  self->rounds = (guint) rounds;

  if (self->precision_text != NULL &&
      !speedup_cli_parse_share ("--precision", self->precision_text, 0.5, &self->precision, error))
    return FALSE;
  if (self->precision_text != NULL && self->precision <= 0)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("--precision: nothing is known to %s; give 3%% or so."), self->precision_text);
      return FALSE;
    }

  if (self->time_budget_text != NULL &&
      !speedup_cli_parse_duration ("--time-budget", self->time_budget_text, 1, MAX_DURATION_S,
                                   &self->time_budget_s, error))
    return FALSE;

  return TRUE;
}

/**
 * speedup_cli_sweep_check:
 * @self: values as given, which are turned into checked ones
 * @error: return location
 *
 * Returns: whether all are allowed
 */
gboolean
speedup_cli_sweep_check (SpeedupCliSweep  *self,
                         GError          **error)
{
  guint cache = SPEEDUP_CACHE_WARM;

  if (!check_executors (self, error) ||
      !check_workers (self, error) ||
      !check_chunk_sizes (self, error) ||
      !check_extent (self, error))
    return FALSE;

  if (self->cache_text != NULL &&
      !speedup_cli_parse_choice ("--cache", self->cache_text, cache_names, &cache, error))
    return FALSE;
  self->cache = cache;

  /* A result file holds the seed as a signed number. */
  self->seed = g_random_int ();
  if (self->seed_text != NULL &&
      !speedup_cli_parse_number ("--seed", self->seed_text, 0, G_MAXINT64, &self->seed, error))
    return FALSE;

  if (self->task_timeout_text != NULL &&
      !speedup_cli_parse_duration ("--task-timeout", self->task_timeout_text, 0.001,
                                   MAX_DURATION_S, &self->task_timeout_s, error))
    return FALSE;

  return TRUE;
}

static GArray *
choose_workers (const SpeedupCliSweep *self,
                SpeedupWorkload       *workload,
                guint                  cpus_usable)
{
  GArray *workers;
  guint max;

  if (self->workers != NULL)
    return g_array_ref (self->workers);

  workers = speedup_plan_get_default_workers (speedup_workload_is_cpu_bound (workload),
                                              cpus_usable);

  /* More workers than tasks have nothing to do. */
  max = MAX (speedup_workload_get_n_tasks (workload), 1);
  for (guint i = workers->len; i-- > 0;)
    {
      if (g_array_index (workers, guint, i) > max)
        g_array_remove_index (workers, i);
    }

  return workers;
}

/**
 * speedup_cli_sweep_get_max_workers:
 * @self: checked values
 * @cpu_bound: whether the tasks compute
 * @cpus_usable: CPUs
 *
 * Returns: the largest worker count that will be measured where there are tasks enough
 */
guint
speedup_cli_sweep_get_max_workers (const SpeedupCliSweep *self,
                                   gboolean               cpu_bound,
                                   guint                  cpus_usable)
{
  g_autoptr (GArray) workers = NULL;

  if (self->workers != NULL)
    workers = g_array_ref (self->workers);
  else
    workers = speedup_plan_get_default_workers (cpu_bound, cpus_usable);

  return g_array_index (workers, guint, workers->len - 1);
}

/* Others pay for a live source: no more workers than it bears. What was asked for and is not done
 * is said.
 */
static void
add_executor (const SpeedupCliSweep *self,
              SpeedupPlan           *plan,
              SpeedupWorkload       *workload,
              SpeedupExecutorKind    kind,
              GArray                *workers)
{
  const char *name = speedup_executor_kind_to_string (kind);
  guint max = speedup_workload_get_max_workers (workload, kind);
  g_autoptr (GArray) kept = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < workers->len; i++)
    {
      if (g_array_index (workers, guint, i) <= max)
        g_array_append_val (kept, g_array_index (workers, guint, i));
    }

  if (kind == SPEEDUP_EXECUTOR_SEQUENTIAL || kept->len > 0)
    speedup_plan_add_sweep (plan, kind, (const guint *) kept->data, kept->len,
                            (const guint *) self->chunk_sizes->data, self->chunk_sizes->len);

  if (kind == SPEEDUP_EXECUTOR_SEQUENTIAL || kept->len == workers->len)
    return;

  if (max == 0)
    /* Translators: %s is the name of an executor, which is not translated */
    speedup_cli_log (_("%s is left out: apart from each other, its workers cannot keep to the rate "
                       "that this source allows.\n"), name);
  else if (self->workers != NULL)
    /* Translators: %s is the name of an executor, which is not translated */
    speedup_cli_log (_("%s: counts of more than %u workers are left out, as this source is asked "
                       "for no more at once; --max-in-flight raises that.\n"), name, max);
}

/**
 * speedup_cli_sweep_make_plan:
 * @self: checked values
 * @workload: what is measured
 * @cpus_usable: CPUs
 *
 * Returns: (transfer full): the plan
 */
SpeedupPlan *
speedup_cli_sweep_make_plan (const SpeedupCliSweep *self,
                             SpeedupWorkload       *workload,
                             guint                  cpus_usable)
{
  g_autoptr (GArray) workers = choose_workers (self, workload, cpus_usable);
  g_autoptr (GVariant) options = speedup_workload_dup_options (workload);
  SpeedupPlan *plan;

  plan = speedup_plan_new (speedup_workload_get_name (workload), options,
                           speedup_workload_get_n_tasks (workload));
  plan->population = speedup_workload_get_population (workload);
  plan->cpu_bound = speedup_workload_is_cpu_bound (workload);
  plan->rounds = self->rounds;
  plan->precision = self->precision;
  plan->time_budget_s = self->time_budget_s;
  plan->seed = self->seed;
  plan->cache = self->cache;
  plan->task_timeout_s = self->task_timeout_s;

  for (guint kind = 0; kind < SPEEDUP_N_EXECUTOR_KINDS; kind++)
    {
      if (self->executors[kind])
        add_executor (self, plan, workload, kind, workers);
    }

  return plan;
}
