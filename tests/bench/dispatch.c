/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "speedup-clock.h"
#include "speedup-executor.h"
#include "test-workload.h"

/* What handing out tasks costs: runs of empty tasks, whose whole time is dispatch, with the start
 * of the workers taken off; then the memory of a million tasks. Prints a table with what is to be
 * reached, and fails where it is missed.
 */

#define N_ROUNDS 5
#define MILLION 1000000

typedef struct
{
  const char *name;
  SpeedupExecutorKind executor;
  guint workers;
  guint chunk_size;
  guint n_tasks;
  double limit_us;      /* 0 where none was set */
} Case;

static const Case cases[] = {
  { "sequential", SPEEDUP_EXECUTOR_SEQUENTIAL, 1, 0, MILLION, 0 },
  { "async x 2", SPEEDUP_EXECUTOR_ASYNC, 2, 0, 200 * 1000, 0 },
  { "async x 40", SPEEDUP_EXECUTOR_ASYNC, 40, 0, 200 * 1000, 0 },
  { "threads x 2", SPEEDUP_EXECUTOR_THREADS, 2, 0, MILLION, 0.3 },
  { "threads x 40", SPEEDUP_EXECUTOR_THREADS, 40, 0, MILLION, 0.3 },
  { "processes x 2, auto chunk", SPEEDUP_EXECUTOR_PROCESSES, 2, 0, MILLION, 1 },
  { "processes x 2, chunk 1", SPEEDUP_EXECUTOR_PROCESSES, 2, 1, 50 * 1000, 25 },
  { "processes x 2, chunk 10", SPEEDUP_EXECUTOR_PROCESSES, 2, 10, 200 * 1000, 0 },
  { "processes x 2, chunk 100", SPEEDUP_EXECUTOR_PROCESSES, 2, 100, MILLION, 0 },
};

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static gint64
read_resident_bytes (void)
{
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;
  line = strstr (status, "VmHWM:");

  return line != NULL ? g_ascii_strtoll (line + strlen ("VmHWM:"), NULL, 10) * 1024 : 0;
}

/* Resets the peak that the kernel keeps, so that the next one can be told from it. */
static void
reset_peak (void)
{
  FILE *file = fopen ("/proc/self/clear_refs", "we");

  if (file != NULL)
    {
      fputs ("5", file);
      fclose (file);
    }
}

static SpeedupExecution *
run (const Case *c,
     guint       n_tasks)
{
  TestSpec spec = { .behaviour = TEST_EMPTY, .n_tasks = n_tasks };
  g_autoptr (SpeedupWorkload) workload = test_workload_new (&spec);
  g_autoptr (SpeedupConfiguration) configuration = NULL;
  g_autoptr (SpeedupExecutor) executor = speedup_executor_new (c->executor);
  g_autoptr (GError) error = NULL;
  SpeedupExecution *execution;

  configuration = speedup_configuration_new (c->executor, c->workers, c->chunk_size, NULL, n_tasks);
  execution = speedup_execution_new (workload, configuration, FALSE, 0);
  if (!speedup_executor_execute (executor, execution, NULL, &error))
    g_error ("%s: %s", c->name, error->message);

  return execution;
}

static gboolean
bench_case (const Case *c)
{
  double task_us[N_ROUNDS], start_ms[N_ROUNDS];
  gboolean reached;

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      g_autoptr (SpeedupExecution) execution = run (c, c->n_tasks);

      task_us[i] = (execution->last_end_ns - execution->started_ns) / 1e3 / c->n_tasks;
      start_ms[i] = (execution->started_ns - execution->released_ns) / 1e6;
    }
  qsort (task_us, N_ROUNDS, sizeof (double), compare_doubles);
  qsort (start_ms, N_ROUNDS, sizeof (double), compare_doubles);

  reached = c->limit_us == 0 || task_us[N_ROUNDS / 2] <= c->limit_us;
  printf ("%-26s %9u %10.3f %10.3f %10.2f", c->name, c->n_tasks, task_us[N_ROUNDS / 2], task_us[0],
          start_ms[N_ROUNDS / 2]);
  if (c->limit_us > 0)
    printf ("   <= %g: %s", c->limit_us, reached ? "yes" : "NO");
  putchar ('\n');

  return reached;
}

static gboolean
bench_memory (void)
{
  static const Case c = { "threads x 2", SPEEDUP_EXECUTOR_THREADS, 2, 0, MILLION, 0 };
  gint64 before, after;
  double bytes;

  {
    g_autoptr (SpeedupExecution) small = run (&c, 1);

    reset_peak ();
    before = read_resident_bytes ();
  }
  {
    g_autoptr (SpeedupExecution) large = run (&c, MILLION);

    after = read_resident_bytes ();
  }
  bytes = (double) (after - before) / MILLION;
  printf ("Memory of a million empty tasks on threads: %.1f bytes a task   <= 64: %s\n",
          bytes, bytes <= 64 ? "yes" : "NO");

  return bytes <= 64;
}

int
main (int   argc,
      char *argv[])
{
  gboolean reached = TRUE;

  if (argc > 1)
    g_setenv ("SPEEDUP_LIBEXECDIR", argv[1], TRUE);

  /* First, while nothing else has grown this process. */
  reached &= bench_memory ();
  printf ("\nDispatch of empty tasks, median and best of %d rounds, start-up taken off\n",
          N_ROUNDS);
  printf ("%-26s %9s %10s %10s %10s\n", "", "tasks", "us a task", "best", "start ms");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    reached &= bench_case (&cases[i]);

  return reached ? 0 : 1;
}
