/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-task-guard.h"

#include <stdatomic.h>

#include "speedup-clock.h"

/* A cancelled task gets this long to end before it is called stuck. */
#define STUCK_AFTER_NS (250 * G_GINT64_CONSTANT (1000000))

/* On a cache line of its own: every task of a slot's worker writes it. */
typedef struct
{
  _Alignas (64) _Atomic gint64 start_ns;    /* of the task in flight, 0 between tasks */
  GCancellable *cancellable;
} Slot;

struct _SpeedupTaskGuard
{
  guint n_slots;
  Slot *slots;
  gint64 timeout_ns;
  atomic_bool stopped;

  GCancellable *cancellable;
  gulong cancelled_id;

  SpeedupTaskGuardStuckFunc stuck_func;
  gpointer stuck_data;

  /* The watching thread exists only where there is a limit. */
  GThread *thread;
  GMutex lock;
  GCond wake;
  gboolean ending;      /* under lock */
};

static void
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  speedup_task_guard_stop (user_data);
}

/* Returns the earliest start of the tasks in flight and its slot, or G_MAXINT64. */
static gint64
find_oldest (SpeedupTaskGuard *self,
             guint            *slot)
{
  gint64 oldest_ns = G_MAXINT64;

  for (guint i = 0; i < self->n_slots; i++)
    {
      gint64 start_ns = atomic_load (&self->slots[i].start_ns);

      if (start_ns != 0 && start_ns < oldest_ns)
        {
          oldest_ns = start_ns;
          *slot = i;
        }
    }

  return oldest_ns;
}

/* Waits until @deadline_ns unless the guard is freed meanwhile. Called under lock. */
static void
wait_until (SpeedupTaskGuard *self,
            gint64            deadline_ns)
{
  gint64 left_ns = deadline_ns - speedup_monotonic_ns ();

  if (left_ns > 0)
    g_cond_wait_until (&self->wake, &self->lock, g_get_monotonic_time () + left_ns / 1000 + 1);
}

/* Waits for an overdue task to give in; tells once if it does not. Called under lock. */
static void
watch_overdue (SpeedupTaskGuard *self,
               guint             slot,
               gint64            start_ns)
{
  gint64 deadline_ns = speedup_monotonic_ns () + STUCK_AFTER_NS;

  speedup_task_guard_stop (self);

  while (!self->ending && speedup_monotonic_ns () < deadline_ns)
    wait_until (self, deadline_ns);

  if (!self->ending && self->stuck_func != NULL &&
      atomic_load (&self->slots[slot].start_ns) == start_ns)
    self->stuck_func (slot, self->stuck_data);
}

static gpointer
watch_thread (gpointer data)
{
  SpeedupTaskGuard *self = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (!self->ending && !speedup_task_guard_is_stopped (self))
    {
      guint slot = 0;
      gint64 now_ns = speedup_monotonic_ns ();
      gint64 oldest_ns = find_oldest (self, &slot);

      if (oldest_ns != G_MAXINT64 && now_ns - oldest_ns > self->timeout_ns)
        watch_overdue (self, slot, oldest_ns);
      else
        /* A task that starts after this look is not overdue before the next one. */
        wait_until (self, MIN (oldest_ns, now_ns) + self->timeout_ns + 1);
    }

  return NULL;
}

/**
 * speedup_task_guard_new:
 * @n_slots: tasks that will be in flight at once
 * @timeout_ns: limit of a task, 0 for none
 * @cancellable: (nullable): the run's; when it is cancelled, the guard stops
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a guard; %NULL where a limit is set and no thread could be
 *   started to watch it
 */
SpeedupTaskGuard *
speedup_task_guard_new (guint          n_slots,
                        gint64         timeout_ns,
                        GCancellable  *cancellable,
                        GError       **error)
{
  g_autoptr (SpeedupTaskGuard) self = g_new0 (SpeedupTaskGuard, 1);

  g_assert (timeout_ns >= 0);

  self->n_slots = n_slots;
  self->timeout_ns = timeout_ns;
  self->slots = g_aligned_alloc0 (MAX (n_slots, 1), sizeof (Slot), _Alignof (Slot));
  for (guint i = 0; i < n_slots; i++)
    self->slots[i].cancellable = g_cancellable_new ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);

  if (timeout_ns > 0)
    {
      self->thread = g_thread_try_new ("speedup-guard", watch_thread, self, error);
      if (self->thread == NULL)
        return NULL;
    }

  if (cancellable != NULL)
    {
      self->cancellable = g_object_ref (cancellable);
      self->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb),
                                                  self, NULL);
    }

  return g_steal_pointer (&self);
}

/**
 * speedup_task_guard_free:
 * @self: (transfer full): a guard whose tasks have all ended
 */
void
speedup_task_guard_free (SpeedupTaskGuard *self)
{
  if (self->cancellable != NULL)
    g_cancellable_disconnect (self->cancellable, self->cancelled_id);
  g_clear_object (&self->cancellable);

  if (self->thread != NULL)
    {
      g_mutex_lock (&self->lock);
      self->ending = TRUE;
      g_cond_signal (&self->wake);
      g_mutex_unlock (&self->lock);
      g_thread_join (self->thread);
    }

  for (guint i = 0; i < self->n_slots; i++)
    g_object_unref (self->slots[i].cancellable);
  g_aligned_free (self->slots);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->wake);
  g_free (self);
}

/**
 * speedup_task_guard_set_stuck_func:
 * @self: a guard in which no task has begun
 * @func: called in the guard's thread when an overdue task does not give in
 * @user_data: data for @func
 */
void
speedup_task_guard_set_stuck_func (SpeedupTaskGuard          *self,
                                   SpeedupTaskGuardStuckFunc  func,
                                   gpointer                   user_data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->stuck_func = func;
  self->stuck_data = user_data;
}

/**
 * speedup_task_guard_get_cancellable:
 * @self: a guard
 * @slot: a slot
 *
 * Returns: (transfer none): the cancellable for every task of the slot
 */
GCancellable *
speedup_task_guard_get_cancellable (SpeedupTaskGuard *self,
                                    guint             slot)
{
  return self->slots[slot].cancellable;
}

/**
 * speedup_task_guard_begin:
 * @self: a guard
 * @slot: a slot without a task
 * @start_ns: when its next task began
 */
void
speedup_task_guard_begin (SpeedupTaskGuard *self,
                          guint             slot,
                          gint64            start_ns)
{
  atomic_store_explicit (&self->slots[slot].start_ns, start_ns, memory_order_relaxed);
}

/**
 * speedup_task_guard_end:
 * @self: a guard
 * @slot: a slot whose task ended
 */
void
speedup_task_guard_end (SpeedupTaskGuard *self,
                        guint             slot)
{
  atomic_store_explicit (&self->slots[slot].start_ns, 0, memory_order_relaxed);
}

/**
 * speedup_task_guard_stop:
 * @self: a guard
 *
 * Cancels every task in flight. Callable from any thread; no task is to be begun afterwards.
 */
void
speedup_task_guard_stop (SpeedupTaskGuard *self)
{
  if (atomic_exchange (&self->stopped, TRUE))
    return;

  for (guint i = 0; i < self->n_slots; i++)
    g_cancellable_cancel (self->slots[i].cancellable);
}

/**
 * speedup_task_guard_is_stopped:
 * @self: a guard
 *
 * Returns: whether no further task is to be begun
 */
gboolean
speedup_task_guard_is_stopped (SpeedupTaskGuard *self)
{
  return atomic_load_explicit (&self->stopped, memory_order_relaxed);
}
