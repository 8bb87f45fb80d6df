/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "speedup-cli-report.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "speedup-amdahl.h"
#include "speedup-cli-table.h"
#include "speedup-cli-terminal.h"
#include "speedup-cli-words.h"

#define N_COLUMNS           9
#define N_WORD_COLUMNS      1
#define NOTABLE_HASH_SHARE  0.02
#define MAX_LISTED_FAILURES 20

/* What happened to the runs of one configuration, beside their times. */
typedef struct
{
  guint n_counted;
  guint n_void;
  guint n_unfinished;
  guint n_flagged;
  guint n_outliers;
  guint n_far_outliers;
  double cpu_s;
  double hash_share;
  const SpeedupRun *odd;
} Tally;

/* Values that stand out count like any other, and are told. */
static void
tally_outliers (Tally               *tally,
                const SpeedupResult *result,
                guint                configuration)
{
  GArray *outliers = result->analysis->outliers;

  for (guint i = 0; i < outliers->len; i++)
    {
      const SpeedupOutlier *outlier = &g_array_index (outliers, SpeedupOutlier, i);

      if (outlier->configuration != configuration)
        continue;
      if (fabs (outlier->deviation_sd) > SPEEDUP_FAR_OUTLIER_SD)
        tally->n_far_outliers++;
      else
        tally->n_outliers++;
    }
}

static Tally
tally_runs (const SpeedupResult *result,
            guint                configuration)
{
  const SpeedupConfiguration *wanted =
    g_ptr_array_index (result->plan->configurations, configuration);
  g_autoptr (GArray) cpu_s = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) hash_shares = g_array_new (FALSE, FALSE, sizeof (double));
  Tally tally = { .cpu_s = NAN, .hash_share = NAN };

  for (guint i = 0; i < result->runs->len; i++)
    {
      const SpeedupRun *run = g_ptr_array_index (result->runs, i);

      if (run->round == 0 || !speedup_configuration_equal (run->configuration, wanted))
        continue;
      if (run->status == SPEEDUP_RUN_VOID || run->status == SPEEDUP_RUN_DID_NOT_FINISH)
        {
          tally.n_void += run->status == SPEEDUP_RUN_VOID ? 1 : 0;
          tally.n_unfinished += run->status == SPEEDUP_RUN_DID_NOT_FINISH ? 1 : 0;
          tally.odd = run;
        }
      if (speedup_result_get_counted (result, configuration, run->round) == run)
        {
          double cpu = run->user_s + run->system_s;
          double share = run->hash_s / wanted->workers / run->wall_s;

          tally.n_counted++;
          tally.n_flagged += run->flagged ? 1 : 0;
          g_array_append_val (cpu_s, cpu);
          g_array_append_val (hash_shares, share);
        }
    }

  tally_outliers (&tally, result, configuration);
  if (tally.n_counted > 0)
    {
      tally.cpu_s = speedup_median ((const double *) cpu_s->data, cpu_s->len);
      tally.hash_share = speedup_median ((const double *) hash_shares->data, hash_shares->len);
    }

  return tally;
}

/* Numbers are formatted with a point: main() sets LC_NUMERIC so. */
static char *
seconds (double value_s)
{
  if (!isfinite (value_s))
    return g_strdup ("-");
  if (value_s < 0.1)
    return g_strdup_printf ("%.4f s", value_s);

  return g_strdup_printf (value_s < 10 ? "%.3f s" : "%.1f s", value_s);
}

static char *
number (double value)
{
  return isfinite (value) ? g_strdup_printf ("%.2f", value) : g_strdup ("-");
}

static char *
percentage (double share)
{
  return isfinite (share) ? g_strdup_printf ("%.0f %%", 100 * share) : g_strdup ("-");
}

static char *
interval (SpeedupInterval value)
{
  if (!speedup_interval_is_bounded (value))
    return g_strdup ("-");

  /* Translators: the limits of a 95 % confidence interval */
  return g_strdup_printf (_("%.2f to %.2f"), value.low, value.high);
}

static char *
notes (const Tally *tally)
{
  GString *text = g_string_new (NULL);

  if (tally->n_counted == 0)
    g_string_append (text, _("nothing that counts"));
  if (tally->n_flagged > 0)
    g_string_append_printf (text, _("%s%u busy"), text->len > 0 ? ", " : "", tally->n_flagged);
  if (tally->n_outliers > 0)
    g_string_append_printf (text, ngettext ("%s%u stands out", "%s%u stand out",
                                            tally->n_outliers),
                            text->len > 0 ? ", " : "", tally->n_outliers);
  if (tally->n_far_outliers > 0)
    g_string_append_printf (text, ngettext ("%s%u stands far out", "%s%u stand far out",
                                            tally->n_far_outliers),
                            text->len > 0 ? ", " : "", tally->n_far_outliers);
  if (tally->n_void > 0)
    g_string_append_printf (text, _("%s%u void"), text->len > 0 ? ", " : "", tally->n_void);
  if (tally->n_unfinished > 0)
    g_string_append_printf (text, _("%s%u did not finish"), text->len > 0 ? ", " : "",
                            tally->n_unfinished);
  if (tally->odd != NULL)
    {
      g_autofree char *reason = speedup_cli_words_run_reason (tally->odd);

      g_string_append_printf (text, ": %s", reason);
    }

  return g_string_free (text, FALSE);
}

static void
fill_head (SpeedupCliTable *table)
{
  const char *const heads[N_COLUMNS] = {
    N_("executor"), N_("workers"), N_("wall time"), N_("ratio"), N_("95 % interval"),
    N_("efficiency"), N_("CPU time"), N_("rounds"), N_("notes"),
  };

  for (guint i = 0; i < N_COLUMNS; i++)
    speedup_cli_table_take (table, g_strdup (_(heads[i])));
}

static SpeedupCliTable *
make_table (const SpeedupResult *result)
{
  SpeedupCliTable *table = speedup_cli_table_new (N_COLUMNS, N_WORD_COLUMNS);

  fill_head (table);
  for (guint i = 0; i < result->plan->configurations->len; i++)
    {
      const SpeedupConfiguration *configuration =
        g_ptr_array_index (result->plan->configurations, i);
      const SpeedupSummary *summary = speedup_analysis_get_summary (result->analysis, i);
      Tally tally = tally_runs (result, i);
      SpeedupInterval none = { NAN, NAN, NAN };
      SpeedupInterval ratio = summary != NULL ? summary->ratio : none;
      gboolean is_base = i == result->analysis->base;

      speedup_cli_table_take (table, speedup_cli_words_series (result->plan, i));
      speedup_cli_table_take (table, g_strdup_printf ("%u", configuration->workers));
      speedup_cli_table_take (table, seconds (summary != NULL ? summary->wall_s : NAN));
      speedup_cli_table_take (table, number (ratio.estimate));
      /* What the base's ratio to itself is needs no measuring. */
      speedup_cli_table_take (table, interval (is_base ? none : ratio));
      speedup_cli_table_take (table, percentage (summary != NULL ? summary->efficiency : NAN));
      speedup_cli_table_take (table, seconds (tally.cpu_s));
      speedup_cli_table_take (table, g_strdup_printf ("%u", tally.n_counted));
      speedup_cli_table_take (table, notes (&tally));
    }

  return table;
}

static void
append_verdicts (const SpeedupResult *result,
                 GString             *text,
                 const char          *bullet)
{
  const GArray *verdicts = result->analysis->verdicts;

  for (guint i = 0; i < verdicts->len; i++)
    {
      const SpeedupVerdict *verdict = &g_array_index (verdicts, SpeedupVerdict, i);
      const SpeedupFit *fit = speedup_analysis_get_fit (result->analysis, verdict->series);
      g_autofree char *series = speedup_cli_words_series (result->plan, verdict->series);
      g_autofree char *words = speedup_cli_words_verdict (result, verdict);

      g_string_append_printf (text, "%s%s: %s", bullet, series, words);
      if (fit != NULL)
        {
          g_autofree char *serial = speedup_cli_words_serial_fraction (result, fit);

          g_string_append_printf (text, " %s", serial);
        }
      g_string_append_c (text, '\n');
    }
}

static void
append_uneven (const SpeedupResult *result,
               GString             *text,
               const char          *bullet)
{
  g_autoptr (GHashTable) said = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < result->plan->configurations->len; i++)
    {
      const SpeedupConfiguration *configuration =
        g_ptr_array_index (result->plan->configurations, i);
      g_autofree char *words = NULL;

      /* The bound is the same for every executor. */
      if (!g_hash_table_add (said, GUINT_TO_POINTER (configuration->workers)))
        continue;
      words = speedup_cli_words_uneven (configuration);
      if (words != NULL)
        g_string_append_printf (text, "%s%s\n", bullet, words);
    }
}

static void
append_hash_share (const SpeedupResult *result,
                   GString             *text,
                   const char          *bullet)
{
  double largest = 0;

  for (guint i = 0; i < result->plan->configurations->len; i++)
    {
      Tally tally = tally_runs (result, i);

      if (tally.hash_share > largest)
        largest = tally.hash_share;
    }

  if (largest <= NOTABLE_HASH_SHARE)
    return;

  g_string_append (text, bullet);
  if (speedup_result_has_warning (result, "outputs-not-kept"))
    g_string_append_printf (text, _("Checking that the outputs are equal took up to %.0f %% of a "
                                    "run's time.\n"), 100 * largest);
  else
    g_string_append_printf (text, _("Checking that the outputs are equal took up to %.0f %% as "
                                    "long as a run, after it and not in its time.\n"),
                            100 * largest);
}

static void
append_failures (const SpeedupResult *result,
                 GString             *text,
                 const char          *bullet)
{
  guint n_listed = MIN (result->failures->len, MAX_LISTED_FAILURES);

  for (guint i = 0; i < n_listed; i++)
    {
      const SpeedupFailure *failure = g_ptr_array_index (result->failures, i);
      g_autofree char *task = speedup_cli_printable (failure->task);
      g_autofree char *message = speedup_cli_printable (failure->message);

      g_string_append (text, bullet);
      if (strstr (failure->message, failure->task) != NULL)
        /* Translators: why a task failed, with its name in it */
        g_string_append_printf (text, _("Failed: %s\n"), message);
      else
        /* Translators: the name of a task, and why it failed */
        g_string_append_printf (text, _("Failed: %s: %s\n"), task, message);
    }

  if (result->failures->len > n_listed)
    {
      guint n_more = result->failures->len - n_listed;

      g_string_append (text, bullet);
      g_string_append_printf (text, ngettext ("%u more task failed.\n",
                                              "%u more tasks failed.\n", n_more), n_more);
    }
}

static gboolean
is_first_of_its_code (const SpeedupResult *result,
                      guint                index)
{
  const SpeedupWarning *warning = g_ptr_array_index (result->warnings, index);

  for (guint i = 0; i < index; i++)
    {
      const SpeedupWarning *before = g_ptr_array_index (result->warnings, i);

      if (strcmp (before->code, warning->code) == 0)
        return FALSE;
    }

  return TRUE;
}

/* What is said of several executors or runs is said once, with all details. */
static void
append_warnings (const SpeedupResult *result,
                 GString             *text,
                 const char          *bullet)
{
  for (guint i = 0; i < result->warnings->len; i++)
    {
      const SpeedupWarning *warning = g_ptr_array_index (result->warnings, i);
      g_autoptr (GString) details = g_string_new (NULL);
      g_autofree char *words = NULL;
      g_autofree char *line = NULL;

      if (!is_first_of_its_code (result, i))
        continue;

      for (guint j = i; j < result->warnings->len; j++)
        {
          const SpeedupWarning *other = g_ptr_array_index (result->warnings, j);
          g_autofree char *detail = NULL;

          if (strcmp (other->code, warning->code) != 0)
            continue;
          detail = speedup_cli_words_warning_details (other);
          if (*detail != '\0')
            g_string_append_printf (details, "%s%s", details->len > 0 ? "; " : "", detail);
        }

      words = speedup_cli_words_warning (warning, details->str);
      line = speedup_cli_printable (words);
      g_string_append_printf (text, "%s%s\n", bullet, line);
    }
}

static void
append_attribution (const SpeedupResult *result,
                    GString             *text,
                    const char          *bullet)
{
  const char *attribution = NULL;

  /* The licence of some data asks for it. */
  if (result->output != NULL &&
      g_variant_lookup (result->output, "attribution", "&s", &attribution))
    {
      g_autofree char *line = speedup_cli_printable (attribution);

      g_string_append_printf (text, "%s%s\n", bullet, line);
    }
}

static void
append_status (const SpeedupResult *result,
               GString             *text,
               const char          *bullet)
{
  if (result->status == SPEEDUP_RESULT_COMPLETE)
    return;

  g_string_append (text, bullet);
  g_string_append (text, _("The measurement was interrupted; these are the rounds that were "
                           "finished.\n"));
}

static void
append_notes (const SpeedupResult *result,
              GString             *text,
              const char          *bullet)
{
  append_status (result, text, bullet);
  append_uneven (result, text, bullet);
  append_hash_share (result, text, bullet);
  append_warnings (result, text, bullet);
  append_failures (result, text, bullet);
  append_attribution (result, text, bullet);
}

/**
 * speedup_cli_report_text:
 * @result: a result that is analysed
 *
 * Returns: (transfer full): what a person reads in a terminal
 */
char *
speedup_cli_report_text (const SpeedupResult *result)
{
  g_autoptr (SpeedupCliTable) table = make_table (result);
  g_autofree char *title = speedup_cli_words_title (result);
  g_autofree char *line = speedup_cli_printable (title);
  g_autofree char *measured_on = speedup_cli_words_measured_on (result->plan);
  GString *text = g_string_new (NULL);
  gsize before;

  g_string_append_printf (text, "%s\n%s\n\n", line, measured_on);
  speedup_cli_table_append_text (table, text);
  g_string_append_c (text, '\n');
  append_verdicts (result, text, "");

  before = text->len;
  append_notes (result, text, "");
  if (text->len > before)
    g_string_insert_c (text, (gssize) before, '\n');

  return g_string_free (text, FALSE);
}

/**
 * speedup_cli_report_markdown:
 * @result: a result that is analysed
 *
 * Returns: (transfer full): the same as Markdown
 */
char *
speedup_cli_report_markdown (const SpeedupResult *result)
{
  g_autoptr (SpeedupCliTable) table = make_table (result);
  g_autofree char *title = speedup_cli_words_title (result);
  g_autofree char *line = speedup_cli_printable (title);
  g_autofree char *measured_on = speedup_cli_words_measured_on (result->plan);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s (%s)\n\n", line, measured_on);
  speedup_cli_table_append_markdown (table, text);
  g_string_append_c (text, '\n');
  append_verdicts (result, text, "- ");
  append_notes (result, text, "- ");

  return g_string_free (text, FALSE);
}

static void
append_csv_number (GString *text,
                   double   value)
{
  g_string_append_c (text, ',');
  if (isfinite (value))
    g_string_append_printf (text, "%.9g", value);
}

static void
append_csv_row (const SpeedupResult *result,
                guint                index,
                GString             *text)
{
  const SpeedupConfiguration *configuration =
    g_ptr_array_index (result->plan->configurations, index);
  const SpeedupSummary *summary = speedup_analysis_get_summary (result->analysis, index);
  SpeedupSummary none = { 0 };
  Tally tally = tally_runs (result, index);

  if (summary == NULL)
    {
      none.wall_s = none.efficiency = none.throughput_per_s = NAN;
      none.ratio = none.ratio_relative = (SpeedupInterval) { NAN, NAN, NAN };
      none.bound = speedup_whole_task_bound (configuration->n_tasks, configuration->workers);
      summary = &none;
    }

  g_string_append_printf (text, "%s,%u,", speedup_executor_kind_to_string (configuration->executor),
                          configuration->workers);
  if (configuration->chunk_size == SPEEDUP_CHUNK_SIZE_AUTO)
    g_string_append (text, "auto");
  else
    g_string_append_printf (text, "%u", configuration->chunk_size);
  g_string_append_printf (text, ",%s,%u,%u,%u",
                          configuration->variant != NULL ? configuration->variant : "",
                          configuration->n_tasks, tally.n_counted,
                          tally.n_void + tally.n_unfinished);
  append_csv_number (text, summary->wall_s);
  append_csv_number (text, summary->ratio.estimate);
  append_csv_number (text, summary->ratio.low);
  append_csv_number (text, summary->ratio.high);
  append_csv_number (text, summary->ratio_relative.estimate);
  append_csv_number (text, summary->ratio_relative.low);
  append_csv_number (text, summary->ratio_relative.high);
  append_csv_number (text, summary->bound);
  append_csv_number (text, summary->efficiency);
  append_csv_number (text, summary->throughput_per_s);
  append_csv_number (text, tally.cpu_s);
  g_string_append (text, "\n");
}

/**
 * speedup_cli_report_csv:
 * @result: a result that is analysed
 *
 * Returns: (transfer full): one line for each configuration, the names of the result file's
 *   summary as the head; a cell is empty where there is no value
 */
char *
speedup_cli_report_csv (const SpeedupResult *result)
{
  GString *text = g_string_new ("executor,workers,chunk_size,variant,tasks,rounds,void_runs,wall_s,"
                                "ratio,ratio_low,ratio_high,ratio_relative,ratio_relative_low,"
                                "ratio_relative_high,bound,efficiency,throughput_per_s,cpu_s\n");

  for (guint i = 0; i < result->plan->configurations->len; i++)
    append_csv_row (result, i, text);

  return g_string_free (text, FALSE);
}
