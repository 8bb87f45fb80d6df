/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SpeedupExit:
 * @SPEEDUP_EXIT_DONE: everything that was asked for is done
 * @SPEEDUP_EXIT_FAILED: it failed; a sentence on standard error says why
 * @SPEEDUP_EXIT_USAGE: the command line was wrong and nothing was started
 * @SPEEDUP_EXIT_VOID: it finished, but some runs were void or did not finish
 * @SPEEDUP_EXIT_INTERRUPTED: a signal ended it; the finished rounds are saved
 *
 * The exit codes of `speedup-cli`.
 */
typedef enum
{
  SPEEDUP_EXIT_DONE = 0,
  SPEEDUP_EXIT_FAILED = 1,
  SPEEDUP_EXIT_USAGE = 2,
  SPEEDUP_EXIT_VOID = 3,
  SPEEDUP_EXIT_INTERRUPTED = 130,
} SpeedupExit;

/**
 * SpeedupCommand:
 * @name: the words that select it, "run weather"
 * @arguments: (nullable): what follows the options, for the usage line
 * @summary: one line
 * @run: does it; @args holds the program's name and what followed the command's name, and is the
 *   function's to change
 *
 * One command of the table in main.c.
 */
typedef struct _SpeedupCommand SpeedupCommand;

struct _SpeedupCommand
{
  const char *name;
  const char *arguments;
  const char *summary;
  SpeedupExit (*run) (const SpeedupCommand *self,
                      GStrv                *args);
};

SpeedupExit  speedup_cli_run_weather (const SpeedupCommand  *command,
                                      GStrv                 *args);
SpeedupExit  speedup_cli_run_resize (const SpeedupCommand  *command,
                                     GStrv                 *args);
SpeedupExit  speedup_cli_show (const SpeedupCommand  *command,
                               GStrv                 *args);
SpeedupExit  speedup_cli_chart (const SpeedupCommand  *command,
                                GStrv                 *args);
SpeedupExit  speedup_cli_resume (const SpeedupCommand  *command,
                                 GStrv                 *args);
SpeedupExit  speedup_cli_sample_images (const SpeedupCommand  *command,
                                        GStrv                 *args);
SpeedupExit  speedup_cli_weather_server (const SpeedupCommand  *command,
                                         GStrv                 *args);

G_END_DECLS
