/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-plot-layers.h"

#include <math.h>

#include "speedup-chart-words.h"
#include "speedup-execution.h"
#include "speedup-plot-words.h"

static const struct
{
  double unit;
  const char *title;
} units[] = {
  { 1e6, N_("Time since the start in µs") },
  { 1e3, N_("Time since the start in ms") },
  { 1, N_("Time since the start in s") },
  { 1.0 / 60, N_("Time since the start in minutes") },
};

static double
last_end (const SpeedupTimeline *timeline)
{
  double end_s = 0;

  for (guint i = 0; i < timeline->n_tasks; i++)
    {
      if (isfinite (timeline->end_s[i]))
        end_s = MAX (end_s, timeline->end_s[i]);
    }

  return end_s;
}

/* The fastest configuration that has a timeline shows best how workers shared the work. */
static const SpeedupTimeline *
choose_timeline (const SpeedupPlotRequest *request)
{
  const SpeedupResult *result = request->result;
  const SpeedupTimeline *best = NULL;
  double best_s = HUGE_VAL;

  if (request->configuration != G_MAXUINT)
    return speedup_result_get_timeline (result, request->configuration);

  for (guint i = 0; i < result->timelines->len; i++)
    {
      const SpeedupTimeline *timeline = g_ptr_array_index (result->timelines, i);
      const double end_s = last_end (timeline);

      if (end_s > 0 && end_s < best_s)
        {
          best = timeline;
          best_s = end_s;
        }
    }

  return best;
}

static char *
make_title (const SpeedupPlotRequest *request,
            const SpeedupTimeline    *timeline)
{
  const SpeedupConfiguration *configuration =
    g_ptr_array_index (request->result->plan->configurations, timeline->configuration);
  g_autofree char *work = speedup_words_title (request->result, SPEEDUP_CHART_TIMELINE);
  g_autofree char *series = speedup_words_series (request->result, configuration);
  g_autofree char *workers = speedup_words_workers (configuration->workers);

  /* Translators: the title, such as "Resize, 200 images: timeline", an executor, such as
   * "Threads", and the workers, such as "2 workers" */
  return g_strdup_printf (_("%s, %s, %s"), work, series, workers);
}

/* Such as "round 3, 1 of 200 tasks failed". */
static char *
describe_run (const SpeedupTimeline *timeline)
{
  guint n_failed = 0;

  for (guint i = 0; i < timeline->n_tasks; i++)
    n_failed += timeline->status[i] != SPEEDUP_TASK_OK;

  if (n_failed == 0)
    return g_strdup_printf (_("round %u"), timeline->round);

  return g_strdup_printf (ngettext ("round %u, %u of %u task failed",
                                    "round %u, %u of %u tasks failed", timeline->n_tasks),
                          timeline->round, n_failed, timeline->n_tasks);
}

/**
 * speedup_plot_fill_timeline:
 * @self: an empty description
 * @request: what to describe
 *
 * A lane for each worker and a bar for each task of one run.
 */
void
speedup_plot_fill_timeline (SpeedupPlot              *self,
                            const SpeedupPlotRequest *request)
{
  const SpeedupTimeline *timeline = choose_timeline (request);
  g_autofree char *what = NULL;
  double end_s;
  guint unit;

  if (timeline == NULL || last_end (timeline) <= 0 ||
      timeline->configuration >= request->result->plan->configurations->len)
    {
      self->empty = g_strdup (_("Nothing to show: no task times were kept."));
      return;
    }

  end_s = last_end (timeline);
  unit = speedup_time_unit (end_s);
  self->timeline = timeline;
  self->look = ((const SpeedupConfiguration *)
                g_ptr_array_index (request->result->plan->configurations,
                                   timeline->configuration))->executor;
  self->title = make_title (request, timeline);
  what = describe_run (timeline);
  self->subtitle = speedup_words_subtitle (request->result, what);
  speedup_axis_init (&self->x, SPEEDUP_SCALE_LINEAR, 0, end_s);
  self->x.unit = units[unit].unit;
  self->x.title = g_strdup (_(units[unit].title));
  self->x.short_title = g_strdup (_(units[unit].title));
  self->y.title = g_strdup (_("Workers"));
  self->y.short_title = g_strdup (_("Workers"));
}
