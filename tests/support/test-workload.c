/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-workload.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "speedup-clock.h"
#include "speedup-error.h"

#define SPEC_TYPE "(uuuuuuuus)"

/* How long a barrier waits before it says that too few tasks are in flight. */
#define BARRIER_LIMIT_NS (20 * G_GINT64_CONSTANT (1000000000))
/* How long a task stays in flight behind the barrier, for one too many to be seen. */
#define BARRIER_STAY_NS (2 * G_GINT64_CONSTANT (1000000))

struct _TestWorkload
{
  SpeedupWorkload parent_instance;

  TestSpec spec;
  char *path;           /* of the counters */
  gboolean owns_path;
  TestCounters *counters;
};

G_DEFINE_FINAL_TYPE (TestWorkload, test_workload, SPEEDUP_TYPE_WORKLOAD)

/* A task that waits, step by step, so that it can do so with and without blocking. */
typedef struct
{
  guint task;
  gint64 deadline_ns;
  guint target;         /* arrivals that open the barrier */
  gint64 leave_ns;      /* 0 while the barrier is shut */
} Wait;

static GVariant *
make_output (TestWorkload *self,
             guint         task)
{
  gsize n = self->spec.output_bytes / 8;
  g_autofree guint64 *words = g_new (guint64, n);

  for (gsize i = 0; i < n; i++)
    words[i] = (task + 1) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) + i;

  return g_variant_ref_sink (g_variant_new_fixed_array (G_VARIANT_TYPE_UINT64, words, n, 8));
}

static void
enter (TestWorkload *self)
{
  int in_flight = atomic_fetch_add (&self->counters->in_flight, 1) + 1;
  int peak = atomic_load (&self->counters->peak);

  while (in_flight > peak &&
         !atomic_compare_exchange_weak (&self->counters->peak, &peak, in_flight))
    continue;
}

static void
leave (TestWorkload *self)
{
  atomic_fetch_sub (&self->counters->in_flight, 1);
}

static void
begin_wait (TestWorkload *self,
            Wait         *wait,
            guint         task)
{
  guint width = MAX (self->spec.width, 1);
  gint64 now_ns = speedup_monotonic_ns ();

  *wait = (Wait) { .task = task };
  if (self->spec.behaviour == TEST_BARRIER)
    {
      guint place = (guint) atomic_fetch_add (&self->counters->arrived, 1);

      wait->target = MIN ((place / width + 1) * width, self->spec.n_tasks);
      wait->deadline_ns = now_ns + BARRIER_LIMIT_NS;
    }
  else
    {
      wait->leave_ns = now_ns + self->spec.duration_us * G_GINT64_CONSTANT (1000);
    }
}

/* Returns whether the wait is over: @error tells whether well. */
static gboolean
step_wait (TestWorkload  *self,
           Wait          *wait,
           GCancellable  *cancellable,
           GError       **error)
{
  gint64 now_ns = speedup_monotonic_ns ();

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return TRUE;

  if (wait->leave_ns == 0)
    {
      if ((guint) atomic_load (&self->counters->arrived) >= wait->target)
        {
          wait->leave_ns = now_ns + BARRIER_STAY_NS;
        }
      else if (now_ns > wait->deadline_ns)
        {
          g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_TIMED_OUT,
                       "Only %d tasks came to the barrier of %u",
                       atomic_load (&self->counters->arrived), wait->target);
          return TRUE;
        }
    }

  return wait->leave_ns != 0 && now_ns >= wait->leave_ns;
}

static void
kill_itself (TestWorkload *self)
{
  if (self->spec.max_kills > 0 &&
      (guint) atomic_fetch_add (&self->counters->kills, 1) >= self->spec.max_kills)
    return;

  kill (getpid (), (int) self->spec.signal);
  /* The signal may take a moment where another thread gets it. */
  g_usleep (10 * G_USEC_PER_SEC);
}

static void
write_garbage (void)
{
  static const char garbage[] = "Segmentation fault (just kidding), but this is no frame at all.";

  for (int fd = 3; fd < 64; fd++)
    {
      if (write (fd, garbage, sizeof garbage) < 0)
        continue;
    }
}

static gboolean
behave (TestWorkload  *self,
        guint          task,
        GCancellable  *cancellable,
        GError       **error)
{
  GError *local_error = NULL;
  Wait wait;

  switch (self->spec.behaviour)
    {
    case TEST_SLEEP:
    case TEST_SPIN:
    case TEST_BARRIER:
      begin_wait (self, &wait, task);
      while (!step_wait (self, &wait, cancellable, &local_error))
        {
          /* Thousands that look too often would leave the others no time to come. */
          if (self->spec.behaviour != TEST_SPIN)
            g_usleep (MAX (200, 10 * self->spec.width));
        }
      break;

    case TEST_FAIL:
      g_set_error (&local_error, SPEEDUP_ERROR, SPEEDUP_ERROR_INPUT, "Task %u is broken", task);
      break;

    case TEST_KILL:
      kill_itself (self);
      break;

    case TEST_HANG:
      g_usleep (self->spec.duration_us);
      break;

    case TEST_PRINT:
      printf ("a library says hello from task %u\n", task);
      fflush (stdout);
      break;

    case TEST_GARBAGE:
      write_garbage ();
      break;

    case TEST_EMPTY:
    case TEST_OUTPUT:
    default:
      break;
    }

  if (local_error != NULL)
    {
      g_propagate_error (error, local_error);
      return FALSE;
    }

  return TRUE;
}

static gboolean
step_cb (gpointer user_data)
{
  GTask *job = user_data;
  TestWorkload *self = g_task_get_source_object (job);
  Wait *wait = g_task_get_task_data (job);
  GError *error = NULL;

  if (!step_wait (self, wait, g_task_get_cancellable (job), &error))
    return G_SOURCE_CONTINUE;

  leave (self);
  if (error != NULL)
    g_task_return_error (job, error);
  else
    g_task_return_pointer (job, make_output (self, wait->task), (GDestroyNotify) g_variant_unref);

  return G_SOURCE_REMOVE;
}

static guint
test_workload_get_n_tasks (SpeedupWorkload *workload)
{
  return TEST_WORKLOAD (workload)->spec.n_tasks;
}

static char *
test_workload_dup_task_name (SpeedupWorkload *workload,
                             guint            task)
{
  return g_strdup_printf ("task %u", task);
}

static GVariant *
test_workload_dup_spec (SpeedupWorkload *workload)
{
  TestWorkload *self = TEST_WORKLOAD (workload);
  const TestSpec *spec = &self->spec;

  return g_variant_ref_sink (g_variant_new (SPEC_TYPE, spec->behaviour, spec->n_tasks, spec->every,
                                            spec->duration_us, spec->width, spec->signal,
                                            spec->max_kills, spec->output_bytes, self->path));
}

static GVariant *
test_workload_dup_options (SpeedupWorkload *workload)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "tasks", "u", TEST_WORKLOAD (workload)->spec.n_tasks);

  return g_variant_ref_sink (g_variant_dict_end (&options));
}

static gpointer
test_workload_open_session (SpeedupWorkload      *workload,
                            guint                 concurrency,
                            gboolean              asynchronous)
{
  TestWorkload *self = TEST_WORKLOAD (workload);

  g_assert_cmpuint (concurrency, >=, 1);
  atomic_fetch_add (&self->counters->sessions, 1);

  return g_object_ref (self);
}

static void
test_workload_close_session (SpeedupWorkload *workload,
                             gpointer         session)
{
  g_assert_true (session == workload);
  g_object_unref (session);
}

static gboolean
test_workload_run_task (SpeedupWorkload     *workload,
                        gpointer             session,
                        guint                task,
                        GCancellable        *cancellable,
                        SpeedupTaskOutcome  *outcome,
                        GError             **error)
{
  TestWorkload *self = TEST_WORKLOAD (workload);
  gboolean ok = TRUE;

  g_assert_true (session == self);
  g_assert_cmpuint (task, <, self->spec.n_tasks);

  /* The dispatch of empty tasks is measured, so nothing is counted there. */
  if (self->spec.behaviour == TEST_EMPTY)
    return TRUE;

  enter (self);
  if (task % self->spec.every == 0)
    ok = behave (self, task, cancellable, error);
  if (ok)
    outcome->output = make_output (self, task);
  leave (self);

  return ok;
}

static void
test_workload_run_task_async (SpeedupWorkload     *workload,
                              gpointer             session,
                              guint                task,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  TestWorkload *self = TEST_WORKLOAD (workload);
  g_autoptr (GTask) job = NULL;
  g_autoptr (GSource) source = NULL;
  Wait *wait;

  if ((self->spec.behaviour != TEST_SLEEP && self->spec.behaviour != TEST_BARRIER) ||
      task % self->spec.every != 0)
    {
      SPEEDUP_WORKLOAD_CLASS (test_workload_parent_class)->run_task_async (
        workload, session, task, cancellable, callback, user_data);
      return;
    }

  job = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (job, test_workload_run_task_async);
  g_task_set_check_cancellable (job, FALSE);
  wait = g_new (Wait, 1);
  enter (self);
  begin_wait (self, wait, task);
  g_task_set_task_data (job, wait, g_free);

  source = g_timeout_source_new (MAX (1, self->spec.width / 100));
  g_task_attach_source (job, source, step_cb);
}

static gboolean
test_workload_run_task_finish (SpeedupWorkload     *workload,
                               GAsyncResult        *result,
                               SpeedupTaskOutcome  *outcome,
                               GError             **error)
{
  if (!g_async_result_is_tagged (result, test_workload_run_task_async))
    return SPEEDUP_WORKLOAD_CLASS (test_workload_parent_class)->run_task_finish (
      workload, result, outcome, error);

  outcome->output = g_task_propagate_pointer (G_TASK (result), error);

  return outcome->output != NULL;
}

static void
test_workload_finalize (GObject *object)
{
  TestWorkload *self = TEST_WORKLOAD (object);

  munmap (self->counters, sizeof *self->counters);
  if (self->owns_path)
    g_unlink (self->path);
  g_free (self->path);

  G_OBJECT_CLASS (test_workload_parent_class)->finalize (object);
}

static void
test_workload_class_init (TestWorkloadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  SpeedupWorkloadClass *workload_class = SPEEDUP_WORKLOAD_CLASS (klass);

  object_class->finalize = test_workload_finalize;

  workload_class->name = "test";
  workload_class->cpu_bound = FALSE;
  workload_class->get_n_tasks = test_workload_get_n_tasks;
  workload_class->dup_task_name = test_workload_dup_task_name;
  workload_class->dup_spec = test_workload_dup_spec;
  workload_class->dup_options = test_workload_dup_options;
  workload_class->open_session = test_workload_open_session;
  workload_class->close_session = test_workload_close_session;
  workload_class->run_task = test_workload_run_task;
  workload_class->run_task_async = test_workload_run_task_async;
  workload_class->run_task_finish = test_workload_run_task_finish;
}

static void
test_workload_init (TestWorkload *self)
{
}

static void
map_counters (TestWorkload *self,
              int           fd)
{
  self->counters = mmap (NULL, sizeof *self->counters, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  g_assert_true (self->counters != MAP_FAILED);
  close (fd);
}

/**
 * test_workload_new:
 * @spec: what its tasks do
 *
 * Returns: (transfer full): a workload whose counters are zero
 */
SpeedupWorkload *
test_workload_new (const TestSpec *spec)
{
  TestWorkload *self = g_object_new (TEST_TYPE_WORKLOAD, NULL);
  g_autoptr (GError) error = NULL;
  int fd;

  self->spec = *spec;
  self->spec.every = MAX (spec->every, 1);
  self->spec.signal = spec->signal != 0 ? spec->signal : SIGKILL;
  self->spec.output_bytes = spec->output_bytes != 0 ? spec->output_bytes : 32;

  fd = g_file_open_tmp ("speedup-test-XXXXXX", &self->path, &error);
  g_assert_no_error (error);
  self->owns_path = TRUE;
  g_assert_cmpint (ftruncate (fd, sizeof *self->counters), ==, 0);
  map_counters (self, fd);

  return SPEEDUP_WORKLOAD (self);
}

/**
 * test_workload_new_from_spec:
 * @name: "test"
 * @spec: from speedup_workload_dup_spec()
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the same workload in another process, sharing its counters
 */
SpeedupWorkload *
test_workload_new_from_spec (const char  *name,
                             GVariant    *spec,
                             GError     **error)
{
  g_autoptr (TestWorkload) self = NULL;
  TestSpec *fields;
  int fd;

  if (g_strcmp0 (name, "test") != 0 || !g_variant_is_of_type (spec, G_VARIANT_TYPE (SPEC_TYPE)))
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
                   "There is no workload “%s”", name);
      return NULL;
    }

  self = g_object_new (TEST_TYPE_WORKLOAD, NULL);
  fields = &self->spec;
  g_variant_get (spec, SPEC_TYPE, &fields->behaviour, &fields->n_tasks, &fields->every,
                 &fields->duration_us, &fields->width, &fields->signal, &fields->max_kills,
                 &fields->output_bytes, &self->path);
  fd = g_open (self->path, O_RDWR | O_CLOEXEC, 0);
  g_assert_cmpint (fd, >=, 0);
  map_counters (self, fd);

  return SPEEDUP_WORKLOAD (g_steal_pointer (&self));
}

/**
 * test_workload_get_counters:
 * @self: a workload
 *
 * Returns: (transfer none): what its tasks counted
 */
TestCounters *
test_workload_get_counters (TestWorkload *self)
{
  return self->counters;
}
