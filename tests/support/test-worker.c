/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <stdlib.h>

#include "speedup-worker-process.h"
#include "test-workload.h"

/* A worker program that knows the test workload, and takes the place of speedup-worker. */
int
main (void)
{
  g_autoptr (GError) error = NULL;

  g_set_prgname ("speedup-worker (test)");

  if (!speedup_worker_process_main (test_workload_new_from_spec, &error))
    {
      g_printerr ("%s: %s\n", g_get_prgname (), error->message);
      return EXIT_FAILURE;
    }

  return EXIT_SUCCESS;
}
