/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-run.h"

#include <math.h>
#include <string.h>

G_DEFINE_BOXED_TYPE (SpeedupRun, speedup_run, speedup_run_copy, speedup_run_free)

static const char *const status_names[] = {
  [SPEEDUP_RUN_OK] = "ok",
  [SPEEDUP_RUN_WARM_UP] = "warm-up",
  [SPEEDUP_RUN_BUSY] = "busy",
  [SPEEDUP_RUN_VOID] = "void",
  [SPEEDUP_RUN_DID_NOT_FINISH] = "did-not-finish",
};

/**
 * speedup_run_status_to_string:
 * @status: a status
 *
 * Returns: its name in result files
 */
const char *
speedup_run_status_to_string (SpeedupRunStatus status)
{
  g_assert (status < G_N_ELEMENTS (status_names));

  return status_names[status];
}

/**
 * speedup_run_status_from_string:
 * @string: a name
 * @status: (out): the status of that name
 *
 * Returns: whether there is one
 */
gboolean
speedup_run_status_from_string (const char       *string,
                                SpeedupRunStatus *status)
{
  g_assert (string != NULL);
  g_assert (status != NULL);

  for (guint i = 0; i < G_N_ELEMENTS (status_names); i++)
    {
      if (strcmp (string, status_names[i]) == 0)
        {
          *status = i;
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * speedup_noise_init:
 * @self: (out): set to "nothing known"
 */
void
speedup_noise_init (SpeedupNoise *self)
{
  g_assert (self != NULL);

  *self = (SpeedupNoise) {
    .canary_s = NAN,
    .canary_ratio = NAN,
    .foreign_cpu_s = NAN,
    .foreign_share = NAN,
    .steal_s = NAN,
    .server_cpu_s = NAN,
    .pressure_cpu_s = NAN,
    .pressure_io_s = NAN,
    .throttled_s = NAN,
    .thermal_throttles = NAN,
    .frequency_mhz = NAN,
    .load_1min = NAN,
    .on_battery = -1,
  };
}

/**
 * speedup_noise_clear:
 * @self: what is known
 *
 * Frees the strings and forgets the values.
 */
void
speedup_noise_clear (SpeedupNoise *self)
{
  g_assert (self != NULL);

  g_free (self->governor);
  g_free (self->power_profile);
  speedup_noise_init (self);
}

/**
 * speedup_run_new:
 * @configuration: what was run
 * @round: 0 is the warm-up round
 * @order: place within its round, from 1
 * @attempt: from 1
 *
 * Returns: (transfer full): a run with nothing measured yet
 */
SpeedupRun *
speedup_run_new (const SpeedupConfiguration *configuration,
                 guint                       round,
                 guint                       order,
                 guint                       attempt)
{
  SpeedupRun *self;

  g_return_val_if_fail (configuration != NULL, NULL);

  self = g_new0 (SpeedupRun, 1);
  self->configuration = speedup_configuration_copy (configuration);
  self->round = round;
  self->order = order;
  self->attempt = attempt;
  self->wall_s = NAN;
  self->peak_rss_bytes = -1;
  self->task_cv = NAN;
  speedup_noise_init (&self->noise);

  return self;
}

/**
 * speedup_run_copy:
 * @self: a run
 *
 * Returns: (transfer full): a copy
 */
SpeedupRun *
speedup_run_copy (const SpeedupRun *self)
{
  SpeedupRun *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new (SpeedupRun, 1);
  *copy = *self;
  copy->configuration = speedup_configuration_copy (self->configuration);
  copy->digest = g_strdup (self->digest);
  copy->reason = g_strdup (self->reason);
  copy->noise.governor = g_strdup (self->noise.governor);
  copy->noise.power_profile = g_strdup (self->noise.power_profile);

  return copy;
}

/**
 * speedup_run_free:
 * @self: (transfer full) (nullable): a run
 */
void
speedup_run_free (SpeedupRun *self)
{
  if (self == NULL)
    return;

  speedup_configuration_free (self->configuration);
  g_free (self->digest);
  g_free (self->reason);
  speedup_noise_clear (&self->noise);
  g_free (self);
}
