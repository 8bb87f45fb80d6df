/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-chart-private.h"

#include <math.h>

#include "speedup-chart-words.h"
#include "speedup-execution.h"
#include "speedup-plot-words.h"

static guint
count_points (const SpeedupPlot *plot)
{
  guint points = 0;

  for (guint i = 0; i < plot->layers->len; i++)
    {
      const SpeedupLayer *layer = g_ptr_array_index (plot->layers, i);

      if (layer->kind == SPEEDUP_LAYER_MARKS)
        points += layer->data->len;
    }

  return points;
}

/* The configuration that gained most, among the parallel ones; NULL when none has a ratio. */
static const SpeedupSummary *
find_best (const SpeedupResult *result)
{
  const SpeedupSummary *best = NULL;

  if (result->analysis == NULL)
    return NULL;

  for (guint i = 0; i < result->analysis->summary->len; i++)
    {
      const SpeedupSummary *summary = &g_array_index (result->analysis->summary, SpeedupSummary, i);
      const SpeedupConfiguration *configuration;

      if (summary->configuration >= result->plan->configurations->len ||
          !isfinite (summary->ratio.estimate))
        continue;
      configuration = g_ptr_array_index (result->plan->configurations, summary->configuration);
      if (configuration->executor != SPEEDUP_EXECUTOR_SEQUENTIAL &&
          (best == NULL || summary->ratio.estimate > best->ratio.estimate))
        best = summary;
    }

  return best;
}

static char *
describe_best (const SpeedupResult  *result,
               const SpeedupSummary *best,
               SpeedupNumbers        numbers)
{
  const SpeedupConfiguration *configuration =
    g_ptr_array_index (result->plan->configurations, best->configuration);
  g_autofree char *series = speedup_words_series (result, configuration);
  g_autofree char *workers = speedup_words_workers (configuration->workers);
  g_autofree char *ratio = speedup_format_significant (best->ratio.estimate, 3, numbers);
  g_autofree char *low = NULL;
  g_autofree char *high = NULL;

  if (!isfinite (best->ratio.low) || !isfinite (best->ratio.high))
    /* Translators: a number, an executor, such as "Threads", and "4 workers" */
    return g_strdup_printf (_("The largest speedup is %s: %s, %s."), ratio, series, workers);

  low = speedup_format_significant (best->ratio.low, 3, numbers);
  high = speedup_format_significant (best->ratio.high, 3, numbers);

  /* Translators: a number with the limits of its interval, an executor and "4 workers" */
  return g_strdup_printf (_("The largest speedup is %s (%s to %s): %s, %s."),
                          ratio, low, high, series, workers);
}

static char *
describe_timeline (const SpeedupTimeline *timeline)
{
  guint n_failed = 0;

  for (guint i = 0; i < timeline->n_tasks; i++)
    n_failed += timeline->status[i] != SPEEDUP_TASK_OK;

  return g_strdup_printf (ngettext ("%u task, %u of them failed.", "%u tasks, %u of them failed.",
                                    timeline->n_tasks),
                          timeline->n_tasks, n_failed);
}

/* As speedup_chart_describe(), with a choice of the decimal point. */
char *
speedup_chart_describe_in (const SpeedupChart *self,
                           SpeedupNumbers      numbers)
{
  const SpeedupResult *result = speedup_chart_get_result (self);
  g_autoptr (SpeedupPlot) plot = speedup_chart_make_plot (self, numbers);
  const SpeedupSummary *best = find_best (result);
  g_autofree char *detail = NULL;
  guint points;

  if (plot->empty != NULL)
    return g_strdup_printf ("%s. %s", plot->title, plot->empty);

  if (plot->timeline != NULL)
    {
      detail = describe_timeline (plot->timeline);
      return g_strdup_printf ("%s. %s", plot->title, detail);
    }

  points = count_points (plot);
  if (best != NULL)
    detail = describe_best (result, best, numbers);
  else
    detail = g_strdup_printf (ngettext ("%u point.", "%u points.", points), points);

  return g_strdup_printf ("%s. %s", plot->title, detail);
}
