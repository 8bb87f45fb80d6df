/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-plot-words.h"

#include <string.h>

#include "speedup-chart-words.h"

/* Titles come from files of unknown origin: so long a one is still shown. */
#define MAX_WORDS_BYTES 400

/**
 * speedup_words_clean:
 * @words: anything
 *
 * Returns: (transfer full): @words as one line of valid UTF-8 of a sensible length
 */
char *
speedup_words_clean (const char *words)
{
  g_autofree char *valid = g_utf8_make_valid (words, strnlen (words, MAX_WORDS_BYTES));

  for (char *c = valid; *c != '\0'; c++)
    {
      if (g_ascii_iscntrl (*c))
        *c = ' ';
    }

  return g_strdup (g_strstrip (valid));
}

static char *
describe_work (const SpeedupResult *result)
{
  const SpeedupPlan *plan = result->plan;

  if (result->title != NULL && result->title[0] != '\0' &&
      strcmp (result->title, plan->workload) != 0)
    return speedup_words_clean (result->title);

  if (strcmp (plan->workload, "resize") == 0)
    return g_strdup_printf (ngettext ("Resize, %u image", "Resize, %u images", plan->n_tasks),
                            plan->n_tasks);

  if (strcmp (plan->workload, "weather") == 0)
    return g_strdup_printf (ngettext ("Weather, %u day", "Weather, %u days", plan->n_tasks),
                            plan->n_tasks);

  return g_strdup_printf (ngettext ("%s, %u task", "%s, %u tasks", plan->n_tasks),
                          plan->workload, plan->n_tasks);
}

/**
 * speedup_words_title:
 * @result: what was measured
 * @kind: what is shown of it
 *
 * Returns: (transfer full): the title, such as "Resize, 200 images: speedup on 2 CPUs"
 */
char *
speedup_words_title (const SpeedupResult *result,
                     SpeedupChartKind     kind)
{
  g_autofree char *work = describe_work (result);
  const guint cpus = result->machine->cpus_usable;

  switch (kind)
    {
    case SPEEDUP_CHART_SPEEDUP:
      /* Translators: the work, such as "Resize, 200 images", and the number of CPUs */
      return g_strdup_printf (ngettext ("%s: speedup on %u CPU", "%s: speedup on %u CPUs", cpus),
                              work, cpus);

    case SPEEDUP_CHART_TIME:
      return g_strdup_printf (ngettext ("%s: time per run on %u CPU",
                                        "%s: time per run on %u CPUs", cpus),
                              work, cpus);

    case SPEEDUP_CHART_EFFICIENCY:
      return g_strdup_printf (ngettext ("%s: efficiency on %u CPU",
                                        "%s: efficiency on %u CPUs", cpus),
                              work, cpus);

    case SPEEDUP_CHART_CHUNK_SIZE:
      return g_strdup_printf (ngettext ("%s: speedup by chunk size on %u CPU",
                                        "%s: speedup by chunk size on %u CPUs", cpus),
                              work, cpus);

    case SPEEDUP_CHART_TIMELINE:
      /* Translators: the work, such as "Resize, 200 images" */
      return g_strdup_printf (_("%s: timeline"), work);

    default:
      g_assert_not_reached ();
    }
}

/**
 * speedup_words_subtitle:
 * @result: what was measured
 * @what: (nullable): what of it is shown; NULL for all rounds
 *
 * Returns: (transfer full): date, machine, rounds and reservations. The date is written the same
 *   everywhere
 */
char *
speedup_words_subtitle (const SpeedupResult *result,
                        const char          *what)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  const SpeedupPlan *plan = result->plan;
  const guint rounds = result->rounds_completed;

  if (result->status == SPEEDUP_RESULT_CANCELLED)
    g_ptr_array_add (parts, g_strdup (_("cancelled")));
  if (result->status == SPEEDUP_RESULT_INTERRUPTED)
    g_ptr_array_add (parts, g_strdup (_("interrupted")));
  if (plan->population > plan->n_tasks)
    g_ptr_array_add (parts, g_strdup_printf (_("measured on %u of %u"),
                                             plan->n_tasks, plan->population));
  if (what != NULL)
    g_ptr_array_add (parts, g_strdup (what));
  else if (rounds > 0)
    g_ptr_array_add (parts, g_strdup_printf (ngettext ("%u round", "%u rounds", rounds), rounds));
  if (what == NULL && rounds >= SPEEDUP_MIN_INTERVAL_ROUNDS)
    /* xgettext:no-c-format */
    g_ptr_array_add (parts, g_strdup (_("bars: 95 % intervals")));
  if (speedup_result_has_void_runs (result))
    g_ptr_array_add (parts, g_strdup (_("some runs void")));
  g_ptr_array_add (parts, g_date_time_format (result->created, "%F"));
  if (result->machine->cpu != NULL)
    g_ptr_array_add (parts, speedup_words_clean (result->machine->cpu));
  g_ptr_array_add (parts, NULL);

  return g_strjoinv (" · ", (char **) parts->pdata);
}

/**
 * speedup_words_executor:
 * @executor: an executor
 *
 * Returns: (transfer full): its name for people
 */
char *
speedup_words_executor (SpeedupExecutorKind executor)
{
  switch (executor)
    {
    case SPEEDUP_EXECUTOR_SEQUENTIAL:
      return g_strdup (_("Sequential"));

    case SPEEDUP_EXECUTOR_ASYNC:
      return g_strdup (_("Asynchronous"));

    case SPEEDUP_EXECUTOR_THREADS:
      return g_strdup (_("Threads"));

    case SPEEDUP_EXECUTOR_PROCESSES:
      return g_strdup (_("Processes"));

    default:
      g_assert_not_reached ();
    }
}

/**
 * speedup_words_series:
 * @result: what was measured
 * @configuration: one of its configurations
 *
 * Returns: (transfer full): the name of the configuration's series: the executor, and the chunk
 *   size and the variant where the plan has more than one of them
 */
char *
speedup_words_series (const SpeedupResult        *result,
                      const SpeedupConfiguration *configuration)
{
  g_autofree char *executor = speedup_words_executor (configuration->executor);
  g_autoptr (GString) words = g_string_new (executor);
  gboolean many_chunks = FALSE;

  for (guint i = 0; i < result->plan->configurations->len; i++)
    {
      const SpeedupConfiguration *other = g_ptr_array_index (result->plan->configurations, i);

      if (other->executor == configuration->executor &&
          other->chunk_size != configuration->chunk_size)
        many_chunks = TRUE;
    }

  if (many_chunks && configuration->chunk_size == SPEEDUP_CHUNK_SIZE_AUTO)
    g_string_append_printf (words, ", %s", _("automatic chunks"));
  else if (many_chunks)
    g_string_append_printf (words, ngettext (", chunks of %u", ", chunks of %u",
                                             configuration->chunk_size),
                            configuration->chunk_size);

  if (configuration->variant != NULL)
    {
      g_autofree char *variant = speedup_words_clean (configuration->variant);

      g_string_append_printf (words, ", %s", variant);
    }

  return g_string_free (g_steal_pointer (&words), FALSE);
}

/**
 * speedup_words_workers:
 * @workers: how many
 *
 * Returns: (transfer full): such as "4 workers"
 */
char *
speedup_words_workers (guint workers)
{
  return g_strdup_printf (ngettext ("%u worker", "%u workers", workers), workers);
}
