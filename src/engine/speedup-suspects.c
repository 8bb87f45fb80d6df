/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-suspects.h"

/* What is known of a task that was in a worker's hands when it died. */
typedef struct
{
  guint kills;      /* workers that died with this task alone */
  guint group;      /* place in groups + 1 of the death that made it a suspect; 0 without one */
} Suspect;

struct _SpeedupSuspects
{
  GQueue waiting;         /* tasks to do again */
  GHashTable *suspects;   /* task -> Suspect */
  GArray *groups;         /* of guint: task + 1 of the culprit of a death; 0 while unknown */
};

/**
 * speedup_suspects_new:
 *
 * Returns: (transfer full): no suspects
 */
SpeedupSuspects *
speedup_suspects_new (void)
{
  SpeedupSuspects *self = g_new0 (SpeedupSuspects, 1);

  g_queue_init (&self->waiting);
  self->suspects = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->groups = g_array_new (FALSE, FALSE, sizeof (guint));

  return self;
}

/**
 * speedup_suspects_free:
 * @self: (transfer full): suspects
 */
void
speedup_suspects_free (SpeedupSuspects *self)
{
  g_queue_clear (&self->waiting);
  g_hash_table_unref (self->suspects);
  g_array_unref (self->groups);
  g_free (self);
}

static Suspect *
get_suspect (SpeedupSuspects *self,
             guint            task)
{
  Suspect *suspect = g_hash_table_lookup (self->suspects, GUINT_TO_POINTER (task));

  if (suspect == NULL)
    {
      suspect = g_new0 (Suspect, 1);
      g_hash_table_insert (self->suspects, GUINT_TO_POINTER (task), suspect);
    }

  return suspect;
}

/**
 * speedup_suspects_add_group:
 * @self: suspects
 * @tasks: (element-type guint): unfinished tasks of a worker that died
 * @suspected: whether one of them may have killed it; not so where it died before it began
 *
 * They wait to be done again.
 */
void
speedup_suspects_add_group (SpeedupSuspects *self,
                            GArray          *tasks,
                            gboolean         suspected)
{
  guint unknown = 0;

  if (suspected)
    g_array_append_val (self->groups, unknown);

  for (guint i = 0; i < tasks->len; i++)
    {
      guint task = g_array_index (tasks, guint, i);

      if (suspected)
        get_suspect (self, task)->group = self->groups->len;
      g_queue_push_tail (&self->waiting, GUINT_TO_POINTER (task));
    }
}

/**
 * speedup_suspects_add_kill:
 * @self: suspects
 * @task: the only task of a worker that died
 *
 * Returns: whether the task is to be given up; otherwise it waits to be done again
 */
gboolean
speedup_suspects_add_kill (SpeedupSuspects *self,
                           guint            task)
{
  Suspect *suspect = get_suspect (self, task);
  guint kills;

  kills = ++suspect->kills;
  if (suspect->group > 0)
    {
      guint *culprit = &g_array_index (self->groups, guint, suspect->group - 1);

      if (*culprit == 0)
        *culprit = task + 1;
      if (*culprit == task + 1)
        kills++;
    }

  if (kills >= SPEEDUP_MAX_KILLS)
    return TRUE;

  g_queue_push_head (&self->waiting, GUINT_TO_POINTER (task));

  return FALSE;
}

/**
 * speedup_suspects_take:
 * @self: suspects
 * @task: (out): one to do again, alone
 *
 * Returns: whether there is one
 */
gboolean
speedup_suspects_take (SpeedupSuspects *self,
                       guint           *task)
{
  gpointer head;

  if (g_queue_is_empty (&self->waiting))
    return FALSE;

  head = g_queue_pop_head (&self->waiting);
  *task = GPOINTER_TO_UINT (head);

  return TRUE;
}

/**
 * speedup_suspects_is_empty:
 * @self: suspects
 *
 * Returns: whether none waits to be done again
 */
gboolean
speedup_suspects_is_empty (SpeedupSuspects *self)
{
  return g_queue_is_empty (&self->waiting);
}
