/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-schedule.h"

/**
 * speedup_schedule_get_order:
 * @seed: of the plan
 * @round: 0 is the warm-up round
 * @n_configurations: how many configurations a round runs
 *
 * The order depends on the seed and the round alone, so that a measurement that is resumed goes on
 * as it would have without the interruption. Shuffled as in Durstenfeld, "Algorithm 235: Random
 * permutation", Communications of the ACM 7 (1964).
 *
 * Returns: (transfer full) (element-type guint): every configuration's index once, in random order
 */
GArray *
speedup_schedule_get_order (guint64 seed,
                            guint   round,
                            guint   n_configurations)
{
  const guint32 words[] = { (guint32) seed, (guint32) (seed >> 32), round };
  g_autoptr (GRand) rand = g_rand_new_with_seed_array (words, G_N_ELEMENTS (words));
  GArray *order = g_array_sized_new (FALSE, FALSE, sizeof (guint), n_configurations);

  for (guint i = 0; i < n_configurations; i++)
    g_array_append_val (order, i);

  for (guint i = n_configurations; i > 1; i--)
    {
      guint *a = &g_array_index (order, guint, i - 1);
      guint *b = &g_array_index (order, guint, g_rand_int_range (rand, 0, (gint32) i));
      guint swapped = *a;

      *a = *b;
      *b = swapped;
    }

  return order;
}
