/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "speedup-cli-progress.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "speedup-cli-terminal.h"
#include "speedup-cli-words.h"

#define REDRAW_INTERVAL_US (G_USEC_PER_SEC / 10)
#define MIN_BAR_COLUMNS    10
#define MAX_BAR_COLUMNS    40

struct _SpeedupCliProgress
{
  gboolean quiet;
  gboolean verbose;
  gboolean is_terminal;
  gboolean drawn;
  gint64 drawn_us;
  char *line;
  guint n_rounds;
  double elapsed_s;
  double remaining_s;
};

/* The start or the end of a task, for the log. */
typedef struct
{
  gint64 at_ns;
  guint task;
  gboolean is_end;
} Event;

/**
 * speedup_cli_progress_new:
 * @quiet: whether to say nothing
 * @verbose: whether to print each task
 *
 * Returns: (transfer full): a new progress display
 */
SpeedupCliProgress *
speedup_cli_progress_new (gboolean quiet,
                          gboolean verbose)
{
  SpeedupCliProgress *self = g_new0 (SpeedupCliProgress, 1);

  self->quiet = quiet;
  self->verbose = verbose;
  self->is_terminal = speedup_cli_is_terminal ();
  self->remaining_s = NAN;

  return self;
}

/**
 * speedup_cli_progress_free:
 * @self: (transfer full): a progress display; its bar is cleared
 */
void
speedup_cli_progress_free (SpeedupCliProgress *self)
{
  speedup_cli_progress_clear (self);
  g_free (self->line);
  g_free (self);
}

/**
 * speedup_cli_progress_clear:
 * @self: a progress display
 *
 * Takes the bar off the terminal, so that something else can be printed.
 */
void
speedup_cli_progress_clear (SpeedupCliProgress *self)
{
  if (self->drawn)
    speedup_cli_log ("\r\033[K");
  self->drawn = FALSE;
}

static char *
make_bar (double share,
          guint  columns)
{
  GString *bar = g_string_new ("[");
  guint filled = (guint) (CLAMP (share, 0, 1) * columns);

  for (guint i = 0; i < columns; i++)
    g_string_append_c (bar, i < filled ? '#' : '.');
  g_string_append_c (bar, ']');

  return g_string_free (bar, FALSE);
}

static char *
cut_to_width (const char *text,
              guint       columns)
{
  const char *end = text;
  guint width = 0;

  while (*end != '\0')
    {
      gunichar c = g_utf8_get_char (end);
      guint next = g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;

      if (width + next > columns)
        break;
      width += next;
      end = g_utf8_next_char (end);
    }

  return g_strndup (text, (gsize) (end - text));
}

static void
draw (SpeedupCliProgress *self,
      double              share,
      const char         *words,
      gboolean            now)
{
  guint columns = speedup_cli_get_columns () - 1;
  guint width = speedup_cli_text_width (words) + 2;
  g_autofree char *cut = NULL;
  g_autoptr (GString) line = g_string_new (NULL);
  gint64 time_us = g_get_monotonic_time ();

  if (!now && self->drawn && time_us - self->drawn_us < REDRAW_INTERVAL_US)
    return;

  if (columns > width + 2 + MIN_BAR_COLUMNS)
    {
      g_autofree char *bar = make_bar (share, MIN (columns - width - 2, MAX_BAR_COLUMNS));

      g_string_append_printf (line, "%s  ", bar);
    }
  g_string_append (line, words);

  /* A line that wraps could not be taken back. */
  cut = cut_to_width (line->str, columns);
  if (self->drawn && g_strcmp0 (cut, self->line) == 0)
    return;

  speedup_cli_log ("\r%s\033[K", cut);
  g_free (self->line);
  self->line = g_steal_pointer (&cut);
  self->drawn = TRUE;
  self->drawn_us = time_us;
}

static double
share_done (const SpeedupProgress *progress)
{
  double run = progress->n_tasks > 0 ? (double) progress->tasks_done / progress->n_tasks : 0;

  return progress->n_runs > 0 ? (progress->runs_done + MIN (run, 1)) / progress->n_runs : 0;
}

static char *
progress_in_words (const SpeedupProgress *progress)
{
  GString *words = g_string_new (NULL);

  g_string_append_printf (words, "%3.0f %%  ", 100 * MIN (share_done (progress), 1));
  if (progress->round == 0)
    g_string_append (words, _("warm-up"));
  else
    /* Translators: round 2 of 7 */
    g_string_append_printf (words, _("round %u of %u"), progress->round, progress->n_rounds);

  if (progress->configuration != NULL)
    {
      const SpeedupConfiguration *configuration = progress->configuration;

      g_string_append_printf (words, "  %s",
                              speedup_executor_kind_to_string (configuration->executor));
      if (configuration->executor != SPEEDUP_EXECUTOR_SEQUENTIAL)
        g_string_append_printf (words, " x %u", configuration->workers);
    }

  if (isfinite (progress->tasks_per_s) && progress->tasks_per_s > 0)
    {
      g_string_append (words, "  ");
      g_string_append_printf (words, _("%.0f tasks/s"), progress->tasks_per_s);
    }
  if (isfinite (progress->remaining_s))
    {
      g_autofree char *remaining = speedup_cli_words_duration (progress->remaining_s);

      g_string_append (words, "  ");
      /* Translators: %s is a duration */
      g_string_append_printf (words, _("about %s left"), remaining);
    }

  return g_string_free (words, FALSE);
}

static void
progress_cb (SpeedupRunner         *runner G_GNUC_UNUSED,
             const SpeedupProgress *progress,
             SpeedupCliProgress    *self)
{
  g_autofree char *words = NULL;

  self->n_rounds = progress->n_rounds;
  self->elapsed_s = progress->elapsed_s;
  self->remaining_s = progress->remaining_s;

  if (self->quiet || !self->is_terminal)
    return;

  words = progress_in_words (progress);
  draw (self, share_done (progress), words, FALSE);
}

static void
round_finished_cb (SpeedupRunner      *runner G_GNUC_UNUSED,
                   guint               round,
                   SpeedupResult      *result G_GNUC_UNUSED,
                   SpeedupCliProgress *self)
{
  g_autofree char *elapsed = speedup_cli_words_duration (self->elapsed_s);
  g_autoptr (GString) line = g_string_new (NULL);

  if (self->quiet || self->is_terminal)
    return;

  if (round == 0)
    g_string_append_printf (line, _("Warm-up done after %s"), elapsed);
  else
    g_string_append_printf (line, _("Round %u of %u done after %s"), round,
                            MAX (self->n_rounds, round), elapsed);

  if (isfinite (self->remaining_s) && round < self->n_rounds)
    {
      g_autofree char *remaining = speedup_cli_words_duration (self->remaining_s);

      g_string_append_printf (line, _(", about %s left"), remaining);
    }

  speedup_cli_log ("%s\n", line->str);
}

static int
compare_events (gconstpointer a,
                gconstpointer b)
{
  const Event *first = a;
  const Event *second = b;

  if (first->at_ns != second->at_ns)
    return first->at_ns < second->at_ns ? -1 : 1;

  return (int) first->is_end - (int) second->is_end;
}

static const char *
end_in_words (SpeedupTaskStatus status)
{
  switch (status)
    {
    case SPEEDUP_TASK_FAILED:
      return _("failed");
    case SPEEDUP_TASK_TIMED_OUT:
      return _("took too long");
    case SPEEDUP_TASK_CANCELLED:
      return _("cancelled");
    case SPEEDUP_TASK_PENDING:
    case SPEEDUP_TASK_RUNNING:
    case SPEEDUP_TASK_OK:
    default:
      return _("end");
    }
}

static void
append_event (GString          *text,
              SpeedupExecution *execution,
              const Event      *event)
{
  const SpeedupTaskRecord *record = &execution->records[event->task];
  const SpeedupConfiguration *configuration = execution->configuration;
  g_autofree char *name = speedup_workload_dup_task_name (execution->workload, event->task);
  g_autofree char *printable = speedup_cli_printable (name);
  g_autofree char *worker = NULL;

  worker = speedup_execution_dup_worker_name (execution, record->worker);
  g_string_append_printf (text, "%10.4f s  %s x %u  %s  %s  %s\n",
                          (double) (event->at_ns - execution->released_ns) / 1e9,
                          speedup_executor_kind_to_string (configuration->executor),
                          configuration->workers,
                          worker != NULL ? worker : "-",
                          event->is_end ? end_in_words (record->status) : _("start"),
                          printable);
}

static void
tasks_finished_cb (SpeedupRunner      *runner G_GNUC_UNUSED,
                   SpeedupExecution   *execution,
                   guint               first,
                   guint               count,
                   SpeedupCliProgress *self)
{
  g_autofree guint *tasks = g_new (guint, MAX (count, 1));
  g_autoptr (GArray) events = g_array_new (FALSE, FALSE, sizeof (Event));
  g_autoptr (GString) text = g_string_new (NULL);
  gsize n_read = speedup_execution_read_completions (execution, first, tasks, count);

  for (gsize i = 0; i < n_read; i++)
    {
      const SpeedupTaskRecord *record = &execution->records[tasks[i]];
      Event start = { record->start_ns, tasks[i], FALSE };
      Event end = { record->end_ns, tasks[i], TRUE };

      /* A task that never began has no time to print. */
      if (record->start_ns == 0)
        continue;
      g_array_append_val (events, start);
      g_array_append_val (events, end);
    }

  g_array_sort (events, compare_events);
  for (guint i = 0; i < events->len; i++)
    append_event (text, execution, &g_array_index (events, Event, i));

  speedup_cli_progress_clear (self);
  speedup_cli_log ("%s", text->str);
}

/**
 * speedup_cli_progress_attach:
 * @self: a progress display that lives as long as the measurement goes on
 * @runner: what is displayed
 */
void
speedup_cli_progress_attach (SpeedupCliProgress *self,
                             SpeedupRunner      *runner)
{
  g_signal_connect (runner, "progress", G_CALLBACK (progress_cb), self);
  g_signal_connect (runner, "round-finished", G_CALLBACK (round_finished_cb), self);
  if (self->verbose)
    g_signal_connect (runner, "tasks-finished", G_CALLBACK (tasks_finished_cb), self);
}

/**
 * speedup_cli_progress_count:
 * @self: a progress display
 * @done: how many are done
 * @total: of how many
 *
 * For work that is counted and not measured. Callable from one thread only.
 */
void
speedup_cli_progress_count (SpeedupCliProgress *self,
                            guint               done,
                            guint               total)
{
  g_autofree char *words = NULL;

  if (self->quiet || !self->is_terminal)
    return;

  /* Translators: 12 of 200 pictures */
  words = g_strdup_printf (_("%u of %u"), done, total);
  draw (self, total > 0 ? (double) done / total : 0, words, done == total);
}
