/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-runner-private.h"

#include <math.h>

#include "speedup-statistics.h"

/* The median run is known only at the end. The timeline of every run that may count is kept, as
 * columns, until all of them together reach a limit; from then on each configuration keeps the one
 * that is nearest the median so far.
 */

#define BYTES_PER_TASK (2 * sizeof (guint) + 2 * sizeof (double) + sizeof (guint8))

typedef struct
{
  SpeedupTimeline *timeline;
  guint attempt;
  double wall_s;
} Candidate;

struct _SpeedupTimelineKeeper
{
  guint n_configurations;
  gsize max_bytes;
  gsize bytes;
  guint max_tasks;
  GArray **candidates;    /* of Candidate */
  GArray **walls;         /* of double: every run that was handed in */
};

static void
candidate_clear (gpointer data)
{
  Candidate *candidate = data;

  g_clear_pointer (&candidate->timeline, speedup_timeline_free);
}

/**
 * speedup_timeline_keeper_new:
 * @n_configurations: how many there are
 * @max_bytes: limit of what is kept until the end is known
 *
 * Returns: (transfer full): a keeper of nothing
 */
SpeedupTimelineKeeper *
speedup_timeline_keeper_new (guint n_configurations,
                             gsize max_bytes)
{
  SpeedupTimelineKeeper *self = g_new0 (SpeedupTimelineKeeper, 1);

  self->n_configurations = n_configurations;
  self->max_bytes = max_bytes;
  /* All timelines of a result together stay far below the size that a result file may have. */
  self->max_tasks = MIN (SPEEDUP_TIMELINE_MAX_TASKS, 1500000 / MAX (n_configurations, 1));
  self->candidates = g_new0 (GArray *, n_configurations);
  self->walls = g_new0 (GArray *, n_configurations);
  for (guint i = 0; i < n_configurations; i++)
    {
      self->candidates[i] = g_array_new (FALSE, FALSE, sizeof (Candidate));
      g_array_set_clear_func (self->candidates[i], candidate_clear);
      self->walls[i] = g_array_new (FALSE, FALSE, sizeof (double));
    }

  return self;
}

/**
 * speedup_timeline_keeper_free:
 * @self: (transfer full) (nullable): a keeper
 */
void
speedup_timeline_keeper_free (SpeedupTimelineKeeper *self)
{
  if (self == NULL)
    return;

  for (guint i = 0; i < self->n_configurations; i++)
    {
      g_array_unref (self->candidates[i]);
      g_array_unref (self->walls[i]);
    }
  g_free (self->candidates);
  g_free (self->walls);
  g_free (self);
}

static SpeedupTimeline *
make_timeline (guint             configuration,
               guint             round,
               guint             max_tasks,
               SpeedupExecution *execution)
{
  guint n = MIN (speedup_execution_get_n_completed (execution), max_tasks);
  guint n_workers = speedup_execution_get_n_workers (execution);
  SpeedupTimeline *timeline = speedup_timeline_new (configuration, round, n);

  timeline->n_tasks = (guint) speedup_execution_read_completions (execution, 0, timeline->task, n);
  for (guint i = 0; i < timeline->n_tasks; i++)
    {
      const SpeedupTaskRecord *record = &execution->records[timeline->task[i]];

      timeline->worker[i] = record->worker;
      timeline->start_s[i] = (record->start_ns - execution->released_ns) / 1e9;
      timeline->end_s[i] = (record->end_ns - execution->released_ns) / 1e9;
      timeline->status[i] = record->status;
    }

  timeline->worker_names = g_new0 (char *, n_workers + 1);
  for (guint i = 0; i < n_workers; i++)
    timeline->worker_names[i] = speedup_execution_dup_worker_name (execution, i);

  return timeline;
}

static guint
find_nearest (GArray *candidates,
              double  wall_s)
{
  guint nearest = 0;

  for (guint i = 1; i < candidates->len; i++)
    {
      if (fabs (g_array_index (candidates, Candidate, i).wall_s - wall_s) <
          fabs (g_array_index (candidates, Candidate, nearest).wall_s - wall_s))
        nearest = i;
    }

  return nearest;
}

static void
prune (SpeedupTimelineKeeper *self,
       guint                  configuration)
{
  GArray *candidates = self->candidates[configuration];
  GArray *walls = self->walls[configuration];
  guint nearest;

  if (candidates->len < 2)
    return;

  nearest = find_nearest (candidates,
                          speedup_median ((const double *) (gpointer) walls->data, walls->len));
  for (guint i = candidates->len; i > 0; i--)
    {
      if (i - 1 == nearest)
        continue;
      self->bytes -= g_array_index (candidates, Candidate, i - 1).timeline->n_tasks *
                     BYTES_PER_TASK;
      g_array_remove_index (candidates, i - 1);
    }
}

/**
 * speedup_timeline_keeper_add:
 * @self: a keeper
 * @configuration: index into the plan's configurations
 * @run: a timed run that may count
 * @execution: its execution, ended
 */
void
speedup_timeline_keeper_add (SpeedupTimelineKeeper *self,
                             guint                  configuration,
                             const SpeedupRun      *run,
                             SpeedupExecution      *execution)
{
  Candidate candidate;

  candidate.timeline = make_timeline (configuration, run->round, self->max_tasks, execution);
  candidate.attempt = run->attempt;
  candidate.wall_s = run->wall_s;
  g_array_append_val (self->candidates[configuration], candidate);
  g_array_append_val (self->walls[configuration], candidate.wall_s);

  self->bytes += candidate.timeline->n_tasks * BYTES_PER_TASK;
  for (guint i = 0; self->bytes > self->max_bytes && i < self->n_configurations; i++)
    prune (self, i);
}

/**
 * speedup_timeline_keeper_get_n_kept:
 * @self: a keeper
 * @configuration: index into the plan's configurations
 *
 * Returns: how many timelines it holds of that configuration
 */
guint
speedup_timeline_keeper_get_n_kept (SpeedupTimelineKeeper *self,
                                    guint                  configuration)
{
  return self->candidates[configuration]->len;
}

/**
 * speedup_timeline_keeper_steal:
 * @self: a keeper
 * @result: with every run, judged
 * @configuration: index into the plan's configurations
 *
 * Returns: (transfer full) (nullable): the timeline of the run that counts and is nearest the
 *   median wall time of those that count; %NULL where none of them was kept
 */
SpeedupTimeline *
speedup_timeline_keeper_steal (SpeedupTimelineKeeper *self,
                               const SpeedupResult   *result,
                               guint                  configuration)
{
  GArray *candidates = self->candidates[configuration];
  g_autoptr (GArray) walls = g_array_new (FALSE, FALSE, sizeof (double));
  Candidate *nearest;

  for (guint round = 1; round <= result->rounds_completed; round++)
    {
      const SpeedupRun *run = speedup_result_get_counted (result, configuration, round);

      if (run != NULL)
        g_array_append_val (walls, run->wall_s);
    }

  for (guint i = candidates->len; i > 0; i--)
    {
      const Candidate *candidate = &g_array_index (candidates, Candidate, i - 1);
      const SpeedupRun *run;

      run = speedup_result_get_counted (result, configuration, candidate->timeline->round);
      if (run == NULL || run->attempt != candidate->attempt)
        g_array_remove_index (candidates, i - 1);
    }

  if (candidates->len == 0)
    return NULL;

  nearest = &g_array_index (candidates, Candidate,
                            find_nearest (candidates,
                                          speedup_median ((const double *) (gpointer) walls->data,
                                                          walls->len)));

  return g_steal_pointer (&nearest->timeline);
}
