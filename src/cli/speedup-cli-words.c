/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The sentences of the command line: the engine speaks in codes and numbers, here they become
 * words, and here alone they are translated.
 */

#include "config.h"

#include "speedup-cli-words.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "speedup-amdahl.h"

typedef struct
{
  const char *code;
  const char *words;
} Words;

/**
 * speedup_cli_words_title:
 * @result: a result
 *
 * Returns: (transfer full): what was measured, where and when, in one line
 */
char *
speedup_cli_words_title (const SpeedupResult *result)
{
  const SpeedupMachine *machine = result->machine;
  g_autofree char *date = g_date_time_format (result->created, "%Y-%m-%d %H:%M UTC");
  g_autofree char *cpus = NULL;

  cpus = g_strdup_printf (ngettext ("%u usable CPU", "%u usable CPUs",
                                    machine->cpus_usable),
                          machine->cpus_usable);

  /* Translators: the workload's name, the processor's name, "4 usable CPUs", date and time */
  return g_strdup_printf (_("%s, on %s with %s, %s"), result->title,
                          machine->cpu != NULL ? machine->cpu : _("an unknown processor"),
                          cpus, date);
}

static char *
grouped (guint value)
{
  GString *digits = g_string_new (NULL);

  g_string_append_printf (digits, "%u", value);
  for (gssize i = (gssize) digits->len - 3; i > 0; i -= 3)
    g_string_insert_c (digits, i, ',');

  return g_string_free (digits, FALSE);
}

/**
 * speedup_cli_words_measured_on:
 * @plan: a plan
 *
 * Returns: (transfer full): how many tasks were measured, and of how many
 */
char *
speedup_cli_words_measured_on (const SpeedupPlan *plan)
{
  g_autofree char *n_tasks = grouped (plan->n_tasks);
  g_autofree char *population = grouped (plan->population);

  if (plan->population > plan->n_tasks)
    {
      /* Translators: 400 of 50,000 tasks were taken as a sample */
      return g_strdup_printf (_("measured on %s of %s"), n_tasks, population);
    }

  return g_strdup_printf (ngettext ("measured on %s task", "measured on %s tasks",
                                    plan->n_tasks),
                          n_tasks);
}

/**
 * speedup_cli_words_workers:
 * @executor: how the tasks are carried out
 * @workers: N
 *
 * Returns: (transfer full): "2 threads"
 */
char *
speedup_cli_words_workers (SpeedupExecutorKind executor,
                           guint               workers)
{
  switch (executor)
    {
    case SPEEDUP_EXECUTOR_ASYNC:
      /* Translators: tasks that wait at the same time, on one thread */
      return g_strdup_printf (ngettext ("%u task in flight", "%u tasks in flight",
                                        workers), workers);
    case SPEEDUP_EXECUTOR_THREADS:
      return g_strdup_printf (ngettext ("%u thread", "%u threads", workers), workers);
    case SPEEDUP_EXECUTOR_PROCESSES:
      return g_strdup_printf (ngettext ("%u process", "%u processes", workers), workers);
    case SPEEDUP_EXECUTOR_SEQUENTIAL:
    default:
      return g_strdup (_("one after the other"));
    }
}

/**
 * speedup_cli_words_series:
 * @plan: a plan
 * @series: index of the first configuration of a series
 *
 * Returns: (transfer full): "threads", "processes, chunk size 10"
 */
char *
speedup_cli_words_series (const SpeedupPlan *plan,
                          guint              series)
{
  const SpeedupConfiguration *first = g_ptr_array_index (plan->configurations, series);
  GString *words = g_string_new (speedup_executor_kind_to_string (first->executor));

  if (first->chunk_size != SPEEDUP_CHUNK_SIZE_AUTO)
    {
      g_string_append (words, ", ");
      g_string_append_printf (words, _("chunk size %u"), first->chunk_size);
    }
  if (first->variant != NULL)
    g_string_append_printf (words, ", %s", first->variant);

  return g_string_free (words, FALSE);
}

/**
 * speedup_cli_words_duration:
 * @seconds: a duration
 *
 * Returns: (transfer full): about that long, in words
 */
char *
speedup_cli_words_duration (double seconds)
{
  double up = ceil (seconds);
  guint whole;

  if (!isfinite (seconds) || seconds > 360000)
    return g_strdup (_("a long time"));

  whole = (guint) up;
  if (whole < 60)
    return g_strdup_printf (_("%u s"), whole);
  if (whole < 3600)
    return g_strdup_printf (_("%u min %02u s"), whole / 60, whole % 60);

  return g_strdup_printf (_("%u h %02u min"), whole / 3600, whole / 60 % 60);
}

static char *
interval_in_words (SpeedupInterval interval)
{
  if (!speedup_interval_is_bounded (interval))
    return g_strdup (_("no interval"));

  /* Translators: the limits of a 95 % confidence interval */
  return g_strdup_printf (_("%.2f to %.2f"), interval.low, interval.high);
}

static const char *
reason_in_words (SpeedupVerdictReason reason)
{
  switch (reason)
    {
    case SPEEDUP_REASON_NO_BASE:
      return _("no sequential run was clean, so there is nothing to compare with");
    case SPEEDUP_REASON_FEW_ROUNDS:
      return _("fewer than 6 rounds are too few for an interval; give --rounds=7");
    case SPEEDUP_REASON_VOID_RUNS:
      return _("more than 20 % of the runs were void");
    case SPEEDUP_REASON_SERVER_LIMITED:
      return _("the server limits how much it answers at once, so this measures the server");
    case SPEEDUP_REASON_WIDE_INTERVAL:
      return _("the times vary too much; close other programs or measure more rounds");
    case SPEEDUP_REASON_NOTHING_PARALLEL:
      return _("only sequential runs were measured");
    case SPEEDUP_REASON_OVER_ONE:
      return _("the interval contains 1, so it may be faster or slower");
    case SPEEDUP_REASON_NONE:
    default:
      return NULL;
    }
}

static char *
sentence (SpeedupVerdictForm  form,
          const char         *workers,
          double              ratio,
          const char         *interval,
          const char         *reason)
{
  switch (form)
    {
    case SPEEDUP_VERDICT_GO_TO:
      /* Translators: %s is "2 threads" or the like, then 1.98 and "1.95 to 2.00" */
      return g_strdup_printf (_("On this computer %s make it %.2f times faster (%s)."),
                              workers, ratio, interval);
    case SPEEDUP_VERDICT_A_LITTLE:
      /* Translators: 1.05 and "1.02 to 1.08", then "2 threads" or the like */
      return g_strdup_printf (_("On this computer there is less than 10 %% to win: "
                                "%.2f times as fast (%s) with %s."),
                              ratio, interval, workers);
    case SPEEDUP_VERDICT_KNEE:
      /* Translators: %s is "2 threads" or the like, then 1.98 and "1.95 to 2.00" */
      return g_strdup_printf (_("On this computer %s are enough: %.2f times as fast (%s), and more "
                                "gain nothing."),
                              workers, ratio, interval);
    case SPEEDUP_VERDICT_SLOWER_AFTER:
      /* Translators: %s is "2 threads" or the like, then 1.98 and "1.95 to 2.00" */
      return g_strdup_printf (_("On this computer %s are best: %.2f times as fast (%s), and with "
                                "more it gets slower."),
                              workers, ratio, interval);
    case SPEEDUP_VERDICT_CANNOT_TELL:
    default:
      /* Translators: %s is the reason, half a sentence */
      return g_strdup_printf (_("Cannot tell, because %s."),
                              reason != NULL ? reason : _("too little was measured"));
    }
}

static gboolean
speaks_of_base (const SpeedupPlan    *plan,
                const SpeedupVerdict *verdict)
{
  const SpeedupConfiguration *configuration;

  if (verdict->configuration >= plan->configurations->len)
    return FALSE;

  configuration = g_ptr_array_index (plan->configurations, verdict->configuration);

  return configuration->executor == SPEEDUP_EXECUTOR_SEQUENTIAL;
}

/**
 * speedup_cli_words_verdict:
 * @result: a result
 * @verdict: one of its verdicts
 *
 * Returns: (transfer full): the verdict as a sentence or two, without the executor's name
 */
char *
speedup_cli_words_verdict (const SpeedupResult  *result,
                           const SpeedupVerdict *verdict)
{
  const SpeedupConfiguration *first =
    g_ptr_array_index (result->plan->configurations, verdict->series);
  g_autofree char *workers = speedup_cli_words_workers (first->executor, verdict->workers);
  g_autofree char *interval = interval_in_words (verdict->ratio);
  const char *reason = reason_in_words (verdict->reason);
  g_autofree char *words = NULL;
  GString *all = g_string_new (NULL);

  if (verdict->form == SPEEDUP_VERDICT_SLOWER_AFTER && speaks_of_base (result->plan, verdict))
    words = g_strdup (_("On this computer the tasks are done fastest one after the other; every "
                        "number of workers that was measured is slower."));
  else
    words = sentence (verdict->form, workers, verdict->ratio.estimate, interval, reason);
  g_string_append (all, words);

  if (verdict->form == SPEEDUP_VERDICT_CANNOT_TELL && isfinite (verdict->ratio.estimate))
    {
      g_string_append_c (all, ' ');
      /* Translators: %s is "2 threads" or the like, then 1.98 and "1.95 to 2.00" */
      g_string_append_printf (all, _("The best measured: %s, %.2f times as fast (%s)."),
                              workers, verdict->ratio.estimate, interval);
    }
  else if (verdict->form != SPEEDUP_VERDICT_CANNOT_TELL && reason != NULL)
    {
      g_string_append_c (all, ' ');
      /* Translators: %s is a reservation, half a sentence */
      g_string_append_printf (all, _("But %s."), reason);
    }

  if (first->executor == SPEEDUP_EXECUTOR_ASYNC && result->plan->cpu_bound)
    {
      g_string_append_c (all, ' ');
      g_string_append (all, _("The tasks compute rather than wait, so one thread that takes turns "
                              "among them gains nothing."));
    }

  return g_string_free (all, FALSE);
}

/**
 * speedup_cli_words_serial_fraction:
 * @result: a result
 * @fit: one of its fits
 *
 * Returns: (transfer full): the serial fraction as a sentence
 */
char *
speedup_cli_words_serial_fraction (const SpeedupResult *result G_GNUC_UNUSED,
                                   const SpeedupFit    *fit)
{
  const SpeedupInterval s = fit->serial_fraction;
  GString *all = g_string_new (NULL);

  if (!isfinite (s.estimate))
    {
      g_string_append (all, _("The part that does not run in parallel cannot be told."));
      return g_string_free (all, FALSE);
    }

  /* Translators: a percentage, then its interval or its absence */
  if (speedup_interval_is_bounded (s))
    g_string_append_printf (all, _("About %.1f %% of the work does not run in parallel "
                                   "(%.1f %% to %.1f %%)"),
                            100 * s.estimate, 100 * s.low, 100 * s.high);
  else
    g_string_append_printf (all, _("About %.1f %% of the work does not run in parallel "
                                   "(no interval)"),
                            100 * s.estimate);

  if (fit->method == SPEEDUP_FIT_KARP_FLATT)
    /* Translators: said of a number that rests on one worker count only */
    g_string_append_printf (all, _(", from N = %u alone."), fit->workers_max);
  else
    /* Translators: said of a number that rests on a fitted curve */
    g_string_append_printf (all, _(", fitted over %u worker counts up to %u, if there is no "
                                   "contention."),
                            fit->n_points, fit->workers_max);

  return g_string_free (all, FALSE);
}

/**
 * speedup_cli_words_uneven:
 * @configuration: a configuration
 *
 * Returns: (transfer full) (nullable): that its tasks cannot use its workers evenly, where the
 *   bound is more than 5 % below N
 */
char *
speedup_cli_words_uneven (const SpeedupConfiguration *configuration)
{
  double bound = speedup_whole_task_bound (configuration->n_tasks, configuration->workers);

  if (configuration->workers < 2 || bound > 0.95 * configuration->workers)
    return NULL;

  /* Translators: tasks, workers, and the largest ratio that whole tasks allow */
  return g_strdup_printf (_("%u tasks cannot use %u workers evenly: at best %.1f times as fast."),
                          configuration->n_tasks, configuration->workers, bound);
}

/**
 * speedup_cli_words_run_reason:
 * @run: a run that is void, busy or did not finish
 *
 * Returns: (transfer full): why, in a few words
 */
char *
speedup_cli_words_run_reason (const SpeedupRun *run)
{
  const Words reasons[] = {
    { "worker-died", N_("a worker process died") },
    { "wrong-digest", N_("the output differs") },
    { "differing-failures", N_("other tasks failed than elsewhere") },
    { "retried", N_("a task had to be tried again") },
    { "rate-limited", N_("the source limited the rate") },
    { "server-died", N_("the built-in server died") },
    { "canary", N_("the computer was slower than before") },
    { "foreign-cpu", N_("other programs used the CPU") },
    { "task-timeout", N_("a task took too long") },
  };

  if (run->reason == NULL)
    return g_strdup (_("no reason known"));

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      if (strcmp (reasons[i].code, run->reason) == 0)
        return g_strdup (_(reasons[i].words));
    }

  return g_strdup (run->reason);
}

/* A result that was read has 64 bits where one that was just measured may have 32. */
static gint64
whole_number (GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    return g_variant_get_int64 (value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT32))
    return g_variant_get_int32 (value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    return g_variant_get_uint32 (value);

  return 0;
}

/* One detail of a warning in words; NULL for what its sentence says already. */
static char *
detail_in_words (const char *key,
                 GVariant   *value)
{
  gint64 whole = whole_number (value);

  if (strcmp (key, "points") == 0 || strcmp (key, "cause") == 0 || strcmp (key, "proven") == 0 ||
      strcmp (key, "task-index") == 0)
    return NULL;
  if (strcmp (key, "executor") == 0 || strcmp (key, "message") == 0)
    return g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
             ? g_variant_dup_string (value, NULL) : NULL;
  if (strcmp (key, "flagged") == 0)
    /* Translators: a number of runs, followed by the number of all runs that count */
    return g_strdup_printf (_("flagged: %" G_GINT64_FORMAT), whole);
  if (strcmp (key, "counted") == 0)
    /* Translators: see "flagged" */
    return g_strdup_printf (_("runs that count: %" G_GINT64_FORMAT), whole);
  if (strcmp (key, "bytes") == 0)
    return g_format_size ((guint64) MAX (whole, 0));
  if (strcmp (key, "share") == 0 && g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
    /* Translators: how busy the built-in server was */
    return g_strdup_printf (_("it used %.0f %% of a CPU"), 100 * g_variant_get_double (value));
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_strdup_printf ("%s %s", key, g_variant_get_string (value, NULL));

  /* Neither a signal that was none nor the exit status of what was killed. */
  return whole > 0 ? g_strdup_printf ("%s %" G_GINT64_FORMAT, key, whole) : NULL;
}

/**
 * speedup_cli_words_warning_details:
 * @warning: a warning
 *
 * Returns: (transfer full): its names and numbers in words; empty where there are none
 */
char *
speedup_cli_words_warning_details (const SpeedupWarning *warning)
{
  GString *words = g_string_new (NULL);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  if (warning->details == NULL)
    return g_string_free (words, FALSE);

  g_variant_iter_init (&iter, warning->details);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autofree char *detail = detail_in_words (key, value);

      if (detail != NULL)
        g_string_append_printf (words, "%s%s", words->len > 0 ? ", " : "", detail);
    }

  return g_string_free (words, FALSE);
}

static const char *
warning_in_words (const char *code)
{
  const Words warnings[] = {
    { "few-points", N_("Fewer than 4 worker counts are of use for a curve, so none is fitted: of "
                       "work that computes only those up to the CPUs are, of unlike tasks only "
                       "those with 10 tasks for each worker.") },
    { "busy", N_("The computer was busy with other things during some runs that count; close "
                 "other programs and measure again.") },
    { "worker-died", N_("A worker process died; its run is void and was repeated.") },
    { "server-died", N_("The built-in server died; the run is void and was repeated with another "
                        "one.") },
    { "source-changed", N_("The source answered differently from one round to the next.") },
    { "server-limited", N_("The server limited what it answers, so this measures the server: give "
                           "fewer workers, or use --source=builtin.") },
    { "cold-cache-unavailable", N_("The files cannot be dropped from memory here, so the cache "
                                   "was warm.") },
    { "outputs-not-kept", N_("The outputs need too much memory to be kept, so they are checked "
                             "while the time runs.") },
    { "journal-failed", N_("The journal cannot be written, so this measurement cannot be resumed "
                           "after a crash.") },
    { "stopped", N_("The measurement could not go on.") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (warnings); i++)
    {
      if (strcmp (warnings[i].code, code) == 0)
        return _(warnings[i].words);
    }

  return NULL;
}

/**
 * speedup_cli_words_warning:
 * @warning: a warning
 * @details: what speedup_cli_words_warning_details() gave, for this one and its like
 *
 * Returns: (transfer full): a sentence that says what was seen and what to do
 */
char *
speedup_cli_words_warning (const SpeedupWarning *warning,
                           const char           *details)
{
  const char *words = warning_in_words (warning->code);
  gsize n_words;
  gsize n_details;

  if (words == NULL)
    words = warning->code;
  if (*details == '\0')
    return g_strdup (words);

  /* Both may be sentences of their own; together they are one. */
  n_words = strlen (words) - (g_str_has_suffix (words, ".") ? 1 : 0);
  n_details = strlen (details) - (g_str_has_suffix (details, ".") ? 1 : 0);

  return g_strdup_printf ("%.*s (%.*s).", (int) n_words, words, (int) n_details, details);
}
