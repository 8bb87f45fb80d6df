/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-result.h"

/**
 * ExampleSpec:
 * @workload: name of the workload
 * @title: (nullable): title of the result
 * @n_tasks: tasks in a run
 * @task_s: seconds one task takes
 * @cpu_bound: whether more workers than CPUs help
 * @cpus: CPUs of the pretended machine
 * @executors: bits (1 << SpeedupExecutorKind)
 * @workers: worker counts, ended by 0
 * @chunk_sizes: (nullable): chunk sizes of processes, ended by G_MAXUINT
 * @rounds: measured rounds, besides the warm-up round
 * @serial: serial fraction of the pretended work
 * @factor: multiplies every parallel speedup
 * @void_workers: every run with so many workers is void; 0 for none
 * @timeline_tasks: tasks in the timelines; 0 for no timeline
 * @analysed: whether the result gets its analysis
 *
 * What a made-up result for tests of charts and tables looks like.
 */
typedef struct
{
  const char *workload;
  const char *title;
  guint n_tasks;
  double task_s;
  gboolean cpu_bound;
  guint cpus;
  guint executors;
  const guint *workers;
  const guint *chunk_sizes;
  guint rounds;
  double serial;
  double factor;
  guint void_workers;
  guint timeline_tasks;
  gboolean analysed;
} ExampleSpec;

extern const ExampleSpec example_resize;
extern const ExampleSpec example_weather;
extern const ExampleSpec example_chunks;

SpeedupResult *example_result_new (const ExampleSpec *spec) G_GNUC_WARN_UNUSED_RESULT;
