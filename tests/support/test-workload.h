/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <signal.h>
#include <stdatomic.h>

#include "speedup-workload.h"

G_BEGIN_DECLS

/**
 * TestBehaviour:
 * @TEST_EMPTY: does nothing and makes nothing
 * @TEST_OUTPUT: makes an output that depends on the task alone
 * @TEST_SLEEP: sleeps for the duration, or until it is cancelled, then makes that output
 * @TEST_SPIN: computes for the duration, or until it is cancelled, then makes that output
 * @TEST_FAIL: fails
 * @TEST_KILL: kills its own process, as long as there are kills left
 * @TEST_BARRIER: waits until as many tasks are in flight as the barrier is wide
 * @TEST_HANG: sleeps for the duration and does not look at its cancellable
 * @TEST_PRINT: prints on standard output, as a careless library may, then makes that output
 * @TEST_GARBAGE: writes garbage to every descriptor that a frame could go through
 */
typedef enum
{
  TEST_EMPTY,
  TEST_OUTPUT,
  TEST_SLEEP,
  TEST_SPIN,
  TEST_FAIL,
  TEST_KILL,
  TEST_BARRIER,
  TEST_HANG,
  TEST_PRINT,
  TEST_GARBAGE,
} TestBehaviour;

/* Counted by the tasks themselves, in memory that all processes of a test share. */
typedef struct
{
  atomic_int in_flight;
  atomic_int peak;
  atomic_int arrived;
  atomic_int kills;
  atomic_int sessions;
} TestCounters;

/**
 * TestSpec:
 * @behaviour: of the tasks whose index is a multiple of @every; the others behave as TEST_OUTPUT
 * @n_tasks: how many tasks
 * @every: 1 or more
 * @duration_us: for those that take time
 * @width: of the barrier
 * @signal: that kills
 * @max_kills: processes that are killed in all, 0 for no limit
 * @output_bytes: size of an output, a multiple of 8
 *
 * What the tasks do. Fields left 0 get sensible values.
 */
typedef struct
{
  TestBehaviour behaviour;
  guint n_tasks;
  guint every;
  guint duration_us;
  guint width;
  guint signal;
  guint max_kills;
  guint output_bytes;
} TestSpec;

#define TEST_TYPE_WORKLOAD (test_workload_get_type ())

G_DECLARE_FINAL_TYPE (TestWorkload, test_workload, TEST, WORKLOAD, SpeedupWorkload)

SpeedupWorkload *test_workload_new (const TestSpec  *spec) G_GNUC_WARN_UNUSED_RESULT;
SpeedupWorkload *test_workload_new_from_spec (const char      *name,
                                              GVariant        *spec,
                                              GError         **error) G_GNUC_WARN_UNUSED_RESULT;
TestCounters    *test_workload_get_counters (TestWorkload    *self);

G_END_DECLS
