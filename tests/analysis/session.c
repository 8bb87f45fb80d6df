/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "session.h"

#include <math.h>

Session *
session_new (void)
{
  Session *self = g_new0 (Session, 1);

  self->configurations = g_array_new (FALSE, FALSE, sizeof (SpeedupObservedConfiguration));
  self->observations = g_array_new (FALSE, FALSE, sizeof (SpeedupObservation));
  self->context.cpus_usable = 4;

  return self;
}

void
session_free (Session *self)
{
  g_array_unref (self->configurations);
  g_array_unref (self->observations);
  g_free (self);
}

/* Returns the index of the new configuration. */
guint
session_add (Session *self,
             guint    series,
             guint    workers,
             guint    n_tasks,
             double   task_cv)
{
  SpeedupObservedConfiguration configuration = {
    .series = series,
    .workers = workers,
    .n_tasks = n_tasks,
    .sequential = series == SEQUENTIAL,
    .task_cv = task_cv,
  };

  g_array_append_val (self->configurations, configuration);

  return self->configurations->len - 1;
}

void
session_observe (Session *self,
                 guint    configuration,
                 guint    round,
                 double   wall_s)
{
  SpeedupObservation observation = { configuration, round, wall_s };

  g_array_append_val (self->observations, observation);
}

/* The same time in rounds 1 ... n_rounds, but for a scatter of 0.1 % whose median is nought. */
void
session_fill (Session *self,
              guint    configuration,
              guint    n_rounds,
              double   wall_s)
{
  for (guint round = 1; round <= n_rounds; round++)
    {
      int step = (int) ((round + configuration) % 3) - 1;

      session_observe (self, configuration, round, wall_s * (1 + 0.001 * step));
    }
}

SpeedupAnalysis *
session_analyse (Session *self)
{
  return speedup_analysis_new ((gpointer) self->configurations->data,
                               self->configurations->len,
                               (gpointer) self->observations->data,
                               self->observations->len,
                               &self->context);
}

/* The schedule of a pool on a virtual clock: the worker that is free first takes the next task.
 * Returns when the last one ends. */
double
run_virtually (const double *task_s,
               guint         n_tasks,
               guint         workers)
{
  g_autofree double *free_at = g_new0 (double, workers);
  double last_end = 0;

  for (guint task = 0; task < n_tasks; task++)
    {
      guint first = 0;

      for (guint worker = 1; worker < workers; worker++)
        {
          if (free_at[worker] < free_at[first])
            first = worker;
        }

      free_at[first] += task_s[task];
      last_end = fmax (last_end, free_at[first]);
    }

  return last_end;
}

/* Unlike g_assert_cmpfloat_with_epsilon() it takes NAN to be near NAN. */
void
assert_near (double value,
             double expected,
             double tolerance)
{
  if (isnan (expected))
    g_assert_true (isnan (value));
  else
    g_assert_cmpfloat_with_epsilon (value, expected, tolerance);
}

void
assert_interval (SpeedupInterval interval,
                 double          estimate,
                 double          low,
                 double          high,
                 double          tolerance)
{
  assert_near (interval.estimate, estimate, tolerance);
  assert_near (interval.low, low, tolerance);
  assert_near (interval.high, high, tolerance);
}
