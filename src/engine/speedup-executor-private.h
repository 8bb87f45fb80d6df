/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-executor.h"

G_BEGIN_DECLS

#define SPEEDUP_TYPE_SEQUENTIAL_EXECUTOR (speedup_sequential_executor_get_type ())
#define SPEEDUP_TYPE_ASYNC_EXECUTOR (speedup_async_executor_get_type ())
#define SPEEDUP_TYPE_THREADS_EXECUTOR (speedup_threads_executor_get_type ())
#define SPEEDUP_TYPE_PROCESSES_EXECUTOR (speedup_processes_executor_get_type ())

G_DECLARE_FINAL_TYPE (SpeedupSequentialExecutor, speedup_sequential_executor,
                      SPEEDUP, SEQUENTIAL_EXECUTOR, SpeedupExecutor)
G_DECLARE_FINAL_TYPE (SpeedupAsyncExecutor, speedup_async_executor,
                      SPEEDUP, ASYNC_EXECUTOR, SpeedupExecutor)
G_DECLARE_FINAL_TYPE (SpeedupThreadsExecutor, speedup_threads_executor,
                      SPEEDUP, THREADS_EXECUTOR, SpeedupExecutor)
G_DECLARE_FINAL_TYPE (SpeedupProcessesExecutor, speedup_processes_executor,
                      SPEEDUP, PROCESSES_EXECUTOR, SpeedupExecutor)

G_END_DECLS
