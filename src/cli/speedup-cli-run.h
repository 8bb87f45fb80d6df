/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-cli-measure.h"
#include "speedup-cli-options.h"

G_BEGIN_DECLS

/**
 * SpeedupCliJob:
 * @workload: name of the workload
 * @can_sample: whether the workload knows the option "sample"
 * @options: values of the command's own options, handed to the functions
 * @add_options: tells the parser about them
 * @check: checks them and the arguments that are left, without touching a file, and fills the
 *   workload's options
 * @open: opens files of its own and says whether the tasks' outputs are wanted
 * @dup_note: (nullable): what to say before the work begins, or %NULL
 * @save: saves the tasks' outputs
 *
 * What one workload adds to the command that measures it.
 */
typedef struct
{
  const char *workload;
  gboolean can_sample;
  gpointer options;
  void (*add_options)(gpointer          options,
                      SpeedupCliParser *parser);
  gboolean (*check)(gpointer       options,
                    GStrv          arguments,
                    GVariantDict  *workload_options,
                    GError       **error);
  gboolean (*open)(gpointer   options,
                   gboolean  *wants_outputs,
                   GError   **error);
  char    *(*dup_note)(gpointer options);
  SpeedupCliSave save;
} SpeedupCliJob;

SpeedupExit  speedup_cli_run (const SpeedupCommand  *command,
                              GStrv                 *args,
                              const SpeedupCliJob   *job);

G_END_DECLS
