/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "speedup-error.h"
#include "speedup-executor.h"
#include "test-workload.h"

static SpeedupExecution *
execute (SpeedupExecutorKind   kind,
         guint                 workers,
         const TestSpec       *spec,
         TestCounters         *counters,
         GError              **error)
{
  g_autoptr (SpeedupWorkload) workload = test_workload_new (spec);
  g_autoptr (SpeedupConfiguration) configuration = NULL;
  g_autoptr (SpeedupExecutor) executor = speedup_executor_new (kind);
  g_autoptr (SpeedupExecution) execution = NULL;
  gboolean ok;

  configuration = speedup_configuration_new (kind, workers, SPEEDUP_CHUNK_SIZE_AUTO, NULL,
                                             spec->n_tasks);
  execution = speedup_execution_new (workload, configuration, FALSE, 0);
  ok = speedup_executor_execute (executor, execution, NULL, error);
  if (counters != NULL)
    *counters = *test_workload_get_counters (TEST_WORKLOAD (workload));

  return ok ? g_steal_pointer (&execution) : NULL;
}

static guint
count_entries (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

/* Tells what is there: where a descriptor leads, what a thread is called. */
static void
tell_entries (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *target = g_file_read_link (path, NULL);
      g_autofree char *comm_path = g_build_filename (path, "comm", NULL);
      g_autofree char *comm = NULL;

      if (target == NULL)
        g_file_get_contents (comm_path, &comm, NULL, NULL);
      g_test_message ("%s: %s", path, target != NULL ? target : comm);
    }
}

/* GLib lets go of a process that ended in a thread of its own, so counts may lag behind. */
static void
wait_for_count (const char *folder,
                guint       at_most)
{
  for (guint i = 0; i < 1000 && count_entries (folder) > at_most; i++)
    g_usleep (10000);
  if (count_entries (folder) > at_most)
    tell_entries (folder);
  g_assert_cmpuint (count_entries (folder), <=, at_most);
}

static gpointer
cancel_thread (gpointer data)
{
  gpointer *both = data;
  TestCounters *counters = test_workload_get_counters (both[0]);

  while (atomic_load (&counters->in_flight) == 0)
    g_usleep (100);
  g_cancellable_cancel (both[1]);

  return NULL;
}

static void
execute_cancelled (SpeedupExecutorKind kind)
{
  TestSpec spec = { .behaviour = TEST_SLEEP, .n_tasks = 50, .duration_us = 600 * G_USEC_PER_SEC };
  g_autoptr (SpeedupWorkload) workload = test_workload_new (&spec);
  g_autoptr (SpeedupConfiguration) configuration = NULL;
  g_autoptr (SpeedupExecutor) executor = speedup_executor_new (kind);
  g_autoptr (SpeedupExecution) execution = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gpointer both[] = { workload, cancellable };
  GThread *thread;

  configuration = speedup_configuration_new (kind, kind == SPEEDUP_EXECUTOR_SEQUENTIAL ? 1 : 6, 0,
                                             NULL, spec.n_tasks);
  execution = speedup_execution_new (workload, configuration, FALSE, 0);
  thread = g_thread_new ("cancel", cancel_thread, both);
  g_assert_false (speedup_executor_execute (executor, execution, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
}

static void
execute_all (void)
{
  TestSpec output = { .behaviour = TEST_OUTPUT, .n_tasks = 50 };
  TestSpec killing = { .behaviour = TEST_KILL, .n_tasks = 20, .every = 19, .max_kills = 1 };
  g_autoptr (SpeedupExecution) killed = NULL;
  g_autoptr (GError) error = NULL;

  for (guint kind = 0; kind < SPEEDUP_N_EXECUTOR_KINDS; kind++)
    {
      g_autoptr (SpeedupExecution) done = NULL;
      guint workers = kind == SPEEDUP_EXECUTOR_SEQUENTIAL ? 1 : 6;

      done = execute (kind, workers, &output, NULL, &error);
      g_assert_no_error (error);
      execute_cancelled (kind);
    }
  killed = execute (SPEEDUP_EXECUTOR_PROCESSES, 2, &killing, NULL, &error);
  g_assert_no_error (error);
}

/* No thread, descriptor or process outlives a run, whether it ended, was cancelled or lost a
 * worker. What GLib keeps for itself it makes the first time: a thread that watches processes, and
 * descriptors to wake it.
 */
static void
test_nothing_left (void)
{
  guint descriptors;

  execute_all ();
  wait_for_count ("/proc/self/task", 2);
  descriptors = count_entries ("/proc/self/fd");

  for (guint i = 0; i < 3; i++)
    execute_all ();

  wait_for_count ("/proc/self/fd", descriptors);
  wait_for_count ("/proc/self/task", 2);
  g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1);
  g_assert_cmpint (errno, ==, ECHILD);
}

/* As many workers as there may be, all of them with a task in flight. */
static void
test_many (gconstpointer data)
{
  SpeedupExecutorKind kind = GPOINTER_TO_UINT (data);
  guint workers = kind == SPEEDUP_EXECUTOR_PROCESSES ? 64 : SPEEDUP_MAX_WORKERS;
  TestSpec spec = { .behaviour = TEST_BARRIER, .n_tasks = workers, .width = workers };
  g_autoptr (SpeedupExecution) execution = NULL;
  g_autoptr (GError) error = NULL;
  TestCounters counters;

  execution = execute (kind, workers, &spec, &counters, &error);
  if (execution == NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    {
      g_test_skip (error->message);
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpint (counters.peak, ==, (int) workers);
  g_assert_cmpuint (speedup_execution_get_n_workers (execution), ==, workers);
  for (guint task = 0; task < spec.n_tasks; task++)
    g_assert_cmpint (execution->records[task].status, ==, SPEEDUP_TASK_OK);
}

/* The usual soft limit of open files does not keep anybody from using many workers. */
static void
test_descriptors (void)
{
  TestSpec spec = { .behaviour = TEST_BARRIER, .n_tasks = 20, .width = 20 };
  g_autoptr (SpeedupExecution) execution = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = 32;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  execution = execute (SPEEDUP_EXECUTOR_PROCESSES, 20, &spec, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (speedup_execution_get_n_workers (execution), ==, 20);
}

/* The system has room for a few threads only: one sentence, and nothing is left behind. In a
 * process of its own, because memory that was taken away does not come back.
 */
static void
test_no_room (void)
{
  if (g_test_subprocess ())
    {
      TestSpec spec = { .behaviour = TEST_SLEEP, .n_tasks = 4000, .duration_us = 1000 };
      g_autoptr (SpeedupExecution) execution = NULL;
      g_autoptr (GError) error = NULL;
      struct rlimit limit;
      guint threads = count_entries ("/proc/self/task");

      /* Each thread's stack takes address space, of which there is a gigabyte. */
      getrlimit (RLIMIT_AS, &limit);
      limit.rlim_cur = (rlim_t) 1024 * 1024 * 1024;
      g_assert_cmpint (setrlimit (RLIMIT_AS, &limit), ==, 0);

      execution = execute (SPEEDUP_EXECUTOR_THREADS, 4000, &spec, NULL, &error);
      g_assert_null (execution);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
      g_assert_nonnull (strstr (error->message, "of 4000 threads could be started"));
      wait_for_count ("/proc/self/task", threads);
      return;
    }

#if defined (__SANITIZE_ADDRESS__) || defined (__SANITIZE_THREAD__)
  g_test_skip ("a sanitizer takes more address space than is left here");
#else
  if (g_getenv ("LD_PRELOAD") != NULL && strstr (g_getenv ("LD_PRELOAD"), "vgpreload") != NULL)
    {
      g_test_skip ("valgrind takes more address space than is left here");
      return;
    }
  g_test_trap_subprocess (NULL, 60 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
#endif
}

static gboolean
is_running (int pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", pid);
  g_autofree char *status = NULL;

  return g_file_get_contents (path, &status, NULL, NULL) && strstr (status, "State:\tZ") == NULL;
}

/* Writes the worker's pids once all of them have a task. */
static gpointer
names_thread (gpointer data)
{
  gpointer *both = data;
  SpeedupExecution *execution = both[0];
  TestCounters *counters = test_workload_get_counters (TEST_WORKLOAD (execution->workload));
  g_autoptr (GString) names = g_string_new (NULL);

  while (atomic_load (&counters->in_flight) < 4)
    g_usleep (100);
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *name = speedup_execution_dup_worker_name (execution, i);

      g_string_append (names, name + strlen ("pid"));
    }
  g_assert_cmpint (write (GPOINTER_TO_INT (both[1]), names->str, names->len), >, 0);

  return NULL;
}

/* Runs tasks that never end in a forked copy of this program, until that is killed. */
static G_GNUC_NORETURN void
be_the_program (SpeedupWorkload *workload,
                int              names_fd)
{
  g_autoptr (SpeedupConfiguration) configuration = NULL;
  g_autoptr (SpeedupExecutor) executor = speedup_executor_new (SPEEDUP_EXECUTOR_PROCESSES);
  g_autoptr (SpeedupExecution) execution = NULL;
  gpointer both[] = { execution, GINT_TO_POINTER (names_fd) };
  g_autoptr (GError) error = NULL;
  GThread *thread;

  configuration = speedup_configuration_new (SPEEDUP_EXECUTOR_PROCESSES, 4, 1, NULL, 4);
  both[0] = execution = speedup_execution_new (workload, configuration, FALSE, 0);
  thread = g_thread_new ("names", names_thread, both);
  speedup_executor_execute (executor, execution, NULL, &error);
  g_thread_join (thread);
  _exit (1);
}

/* The program is killed while its workers are in tasks that look at nothing: they go with it. */
static void
test_program_killed (void)
{
  TestSpec spec = { .behaviour = TEST_HANG, .n_tasks = 4, .duration_us = 600 * G_USEC_PER_SEC };
  g_autoptr (SpeedupWorkload) workload = test_workload_new (&spec);
  char names[256] = "";
  g_auto (GStrv) pids = NULL;
  int fds[2];
  pid_t program;

  g_assert_cmpint (pipe (fds), ==, 0);
  program = fork ();
  if (program == 0)
    be_the_program (workload, fds[1]);

  close (fds[1]);
  g_assert_cmpint (read (fds[0], names, sizeof names - 1), >, 0);
  close (fds[0]);
  pids = g_strsplit (g_strstrip (names), " ", -1);
  g_assert_cmpuint (g_strv_length (pids), ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_true (is_running (atoi (pids[i])));

  kill (program, SIGKILL);
  g_assert_cmpint (waitpid (program, NULL, 0), ==, program);
  for (guint i = 0; i < 4; i++)
    {
      for (guint j = 0; j < 1000 && is_running (atoi (pids[i])); j++)
        g_usleep (10000);
      g_assert_false (is_running (atoi (pids[i])));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *workers = NULL;

  g_test_init (&argc, &argv, NULL);
  workers = g_test_build_filename (G_TEST_BUILT, "support", NULL);
  g_setenv ("SPEEDUP_LIBEXECDIR", workers, TRUE);

  /* First, while this process has one thread and can be forked. */
  g_test_add_func ("/executor-limits/program-killed", test_program_killed);
  g_test_add_func ("/executor-limits/nothing-left", test_nothing_left);
  g_test_add_data_func ("/executor-limits/many/async",
                        GUINT_TO_POINTER (SPEEDUP_EXECUTOR_ASYNC), test_many);
  g_test_add_data_func ("/executor-limits/many/threads",
                        GUINT_TO_POINTER (SPEEDUP_EXECUTOR_THREADS), test_many);
  g_test_add_data_func ("/executor-limits/many/processes",
                        GUINT_TO_POINTER (SPEEDUP_EXECUTOR_PROCESSES), test_many);
  g_test_add_func ("/executor-limits/no-room", test_no_room);
  g_test_add_func ("/executor-limits/descriptors", test_descriptors);

  return g_test_run ();
}
