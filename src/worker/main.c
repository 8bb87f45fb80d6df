/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

#include "speedup-worker-process.h"
#include "speedup-workloads.h"

static const char purpose[] =
  "takes no arguments; it is started by Speedup to do tasks in a process of its own";

/* speedup-worker: one of the processes that the `processes` executor hands chunks of tasks to. It
 * has no options; whoever starts it by hand is told what it is for.
 */
int
main (int   argc,
      char *argv[])
{
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  g_set_prgname ("speedup-worker");

  if (argc > 1 || isatty (STDIN_FILENO))
    {
      g_printerr ("speedup-worker %s: %s\n", SPEEDUP_VERSION, purpose);
      return 2;
    }

  if (!speedup_worker_process_main (speedup_workload_new_from_spec, &error))
    {
      g_printerr ("speedup-worker: %s\n", error->message);
      return EXIT_FAILURE;
    }

  return EXIT_SUCCESS;
}
