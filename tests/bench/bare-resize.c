/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The least that resizing pictures on threads can cost: gdk-pixbuf in a loop on a thread pool, and
 * nothing of the engine. Prints seconds from the first push to the last picture, pool start-up
 * included, as `wall_s` is measured.
 */

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <stdlib.h>

#define WIDTH  64
#define HEIGHT 64

static void
resize_cb (gpointer data,
           gpointer user_data)
{
  int *n_failed = user_data;
  GdkPixbuf *pixbuf = gdk_pixbuf_new_from_file_at_scale (data, WIDTH, HEIGHT, FALSE, NULL);

  if (pixbuf == NULL)
    g_atomic_int_inc (n_failed);

  g_clear_object (&pixbuf);
}

int
main (int   argc,
      char *argv[])
{
  int n_failed = 0;
  gint64 start_us;
  GThreadPool *pool;
  int n_threads;

  if (argc < 3 || (n_threads = atoi (argv[1])) < 1)
    {
      g_printerr ("Usage: %s THREADS FILE...\n", argv[0]);
      return 2;
    }

  start_us = g_get_monotonic_time ();
  pool = g_thread_pool_new (resize_cb, &n_failed, n_threads, TRUE, NULL);
  for (int i = 2; i < argc; i++)
    g_thread_pool_push (pool, argv[i], NULL);
  g_thread_pool_free (pool, FALSE, TRUE);

  g_print ("%.6f\n", (double) (g_get_monotonic_time () - start_us) / 1e6);

  return n_failed == 0 ? 0 : 1;
}
