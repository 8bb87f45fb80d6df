/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-dispatch.h"

#include <math.h>

#include "speedup-clock.h"
#include "speedup-error.h"
#include "test-workload.h"

#define N_TASKS 4

/* A run with one worker that has two chunks of two tasks, and no process: what it sends is made up
 * here.
 */
typedef struct
{
  SpeedupWorkload *workload;
  SpeedupExecution *execution;
  SpeedupDispatch dispatch;
  SpeedupWorkerHandle worker;
  gint64 begin_ns;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  TestSpec spec = { .behaviour = TEST_OUTPUT, .n_tasks = N_TASKS };
  g_autoptr (SpeedupConfiguration) configuration = NULL;
  g_autoptr (GError) error = NULL;

  configuration = speedup_configuration_new (SPEEDUP_EXECUTOR_PROCESSES, 1, 2, NULL, N_TASKS);
  fixture->workload = test_workload_new (&spec);
  fixture->execution = speedup_execution_new (fixture->workload, configuration, FALSE, 0);
  fixture->begin_ns = speedup_monotonic_ns ();
  fixture->execution->released_ns = fixture->begin_ns;
  g_assert_true (speedup_dispatch_init (&fixture->dispatch, fixture->execution, NULL, &error));
  g_assert_no_error (error);

  fixture->worker = (SpeedupWorkerHandle) {
    .unsent = g_byte_array_new (),
    .out_fd = -1,
    .in_fd = -1,
    .worker = speedup_execution_add_worker (fixture->execution, "pid 1"),
    .ready = TRUE,
  };
  for (guint i = 0; i < 2; i++)
    {
      guint first;
      guint count = speedup_chunker_take (&fixture->dispatch.chunker, &first);

      speedup_worker_handle_send_chunk (&fixture->worker, first, count);
    }
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_byte_array_unref (fixture->worker.unsent);
  speedup_dispatch_clear (&fixture->dispatch);
  speedup_execution_unref (fixture->execution);
  g_object_unref (fixture->workload);
}

static void
handle (Fixture          *fixture,
        SpeedupFrameKind  kind,
        GVariant         *body,
        gboolean          good)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (body);
  g_autoptr (GError) error = NULL;

  error = speedup_dispatch_handle_frame (&fixture->dispatch, &fixture->worker, kind, owned);
  if (good)
    g_assert_no_error (error);
  else
    g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_PROTOCOL);
}

static GVariant *
make_results (guint              first,
              SpeedupTaskRecord *records,
              gsize              n_records)
{
  GVariant *column = g_variant_new_fixed_array (G_VARIANT_TYPE (SPEEDUP_RECORD_TYPE), records,
                                                n_records, sizeof *records);

  return g_variant_new ("(u@a" SPEEDUP_RECORD_TYPE "@a(usis)@amv)", first, column,
                        g_variant_new ("a(usis)", NULL), g_variant_new ("amv", NULL));
}

static void
handle_pair (Fixture  *fixture,
             guint     first,
             gint64    start_ns,
             gint64    end_ns,
             gint64    next_start_ns,
             gint64    next_end_ns,
             gboolean  good)
{
  SpeedupTaskRecord records[] = {
    { .start_ns = start_ns, .end_ns = end_ns, .status = SPEEDUP_TASK_OK },
    { .start_ns = next_start_ns, .end_ns = next_end_ns, .status = SPEEDUP_TASK_OK },
  };
  guint n_completed = speedup_execution_get_n_completed (fixture->execution);

  handle (fixture, SPEEDUP_FRAME_RESULT, make_results (first, records, G_N_ELEMENTS (records)),
          good);
  g_assert_cmpuint (speedup_execution_get_n_completed (fixture->execution), ==,
                    n_completed + (good ? 2 : 0));
}

/* Times that cannot be: they would make a figure wrong, or overflow a sum. */
static void
test_times (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  gint64 begin_ns = fixture->begin_ns;
  gint64 end_ns = speedup_monotonic_ns ();
  gint64 middle_ns = begin_ns + (end_ns - begin_ns) / 2;

  handle_pair (fixture, 0, begin_ns - 1, middle_ns, middle_ns, end_ns, FALSE);
  handle_pair (fixture, 0, begin_ns, middle_ns, middle_ns - 1, end_ns, FALSE);
  handle_pair (fixture, 0, begin_ns, begin_ns - 1, middle_ns, end_ns, FALSE);
  handle_pair (fixture, 0, begin_ns, middle_ns, middle_ns, G_MAXINT64, FALSE);
  handle_pair (fixture, 0, begin_ns, G_MAXINT64, begin_ns, G_MAXINT64, FALSE);
  handle_pair (fixture, 0, G_MININT64, G_MAXINT64, G_MININT64, G_MAXINT64, FALSE);
  handle_pair (fixture, 0, begin_ns, middle_ns, middle_ns, end_ns, TRUE);

  /* The tasks that it was given, each once. */
  handle_pair (fixture, 0, begin_ns, middle_ns, middle_ns, end_ns, FALSE);
  handle_pair (fixture, 1, begin_ns, middle_ns, middle_ns, end_ns, FALSE);
  handle_pair (fixture, 2, begin_ns, middle_ns, middle_ns, end_ns, TRUE);
  g_assert_true (speedup_dispatch_is_over (&fixture->dispatch));
}

static void
handle_last (Fixture  *fixture,
             gint64    hash_ns,
             double    user_s,
             double    system_s,
             gint64    peak_rss_bytes,
             gboolean  good)
{
  handle (fixture, SPEEDUP_FRAME_LAST,
          g_variant_new ("(@au@atxddx)", g_variant_new ("au", NULL), g_variant_new ("at", NULL),
                         hash_ns, user_s, system_s, peak_rss_bytes), good);
}

static void
test_last (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  handle_last (fixture, 0, 1, 1, 4096, FALSE);
  fixture->dispatch.ending = TRUE;

  handle_last (fixture, -1, 1, 1, 4096, FALSE);
  handle_last (fixture, G_MAXINT64, 1, 1, 4096, FALSE);
  handle_last (fixture, 0, NAN, 1, 4096, FALSE);
  handle_last (fixture, 0, INFINITY, 1, 4096, FALSE);
  handle_last (fixture, 0, 1, -1, 4096, FALSE);
  handle_last (fixture, 0, 1, 1, G_MAXINT64, FALSE);
  handle_last (fixture, 0, 1, 1, 4096, TRUE);
  g_assert_cmpint (fixture->execution->peak_rss_bytes, ==, 4096);

  /* Nothing comes after it. */
  handle_last (fixture, 0, 1, 1, 4096, FALSE);
}

/* A worker is ready once; one that was cannot refuse any more. */
static void
test_turns (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  const char *domain = g_quark_to_string (SPEEDUP_ERROR);

  fixture->worker.ready = FALSE;
  handle_pair (fixture, 0, fixture->begin_ns, fixture->begin_ns, fixture->begin_ns,
               fixture->begin_ns, FALSE);
  handle (fixture, SPEEDUP_FRAME_READY, g_variant_new ("(x)", fixture->begin_ns), TRUE);
  g_assert_true (fixture->worker.ready);

  handle (fixture, SPEEDUP_FRAME_READY, g_variant_new ("(x)", fixture->begin_ns), FALSE);
  handle (fixture, SPEEDUP_FRAME_REFUSED, g_variant_new ("(sis)", domain, 0, "No"), FALSE);
  g_assert_no_error (fixture->dispatch.error);
  handle (fixture, SPEEDUP_FRAME_CHUNK, g_variant_new ("(uu)", 0, 1), FALSE);
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *workers_folder = NULL;

  g_test_init (&argc, &argv, NULL);
  workers_folder = g_test_build_filename (G_TEST_BUILT, "support", NULL);
  g_setenv ("SPEEDUP_LIBEXECDIR", workers_folder, TRUE);

  g_test_add ("/dispatch/times", Fixture, NULL, set_up, test_times, tear_down);
  g_test_add ("/dispatch/last", Fixture, NULL, set_up, test_last, tear_down);
  g_test_add ("/dispatch/turns", Fixture, NULL, set_up, test_turns, tear_down);

  return g_test_run ();
}
