/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-cli-options.h"

G_BEGIN_DECLS

/**
 * SpeedupCliKnobs:
 *
 * The options of the built-in weather server, which a measurement and `weather-server` share.
 */
typedef struct
{
  char *latency;
  char *latency_spread;
  char *bandwidth;
  char *concurrency_limit;
  char *share_429;
  char *share_500;
  char *share_empty;
  char *share_cut_off;
} SpeedupCliKnobs;

void      speedup_cli_knobs_add_options (SpeedupCliKnobs        *self,
                                         const char             *title,
                                         SpeedupCliParser       *parser);
gboolean  speedup_cli_knobs_check (const SpeedupCliKnobs  *self,
                                   GVariantDict           *options,
                                   GError                **error);
void      speedup_cli_knobs_clear (SpeedupCliKnobs        *self);

gboolean  speedup_cli_take_number (const char             *option,
                                   const char             *text,
                                   guint64                 min,
                                   guint64                 max,
                                   GVariantDict           *options,
                                   GError                **error);
gboolean  speedup_cli_take_duration (const char             *option,
                                     const char             *text,
                                     double                  min_s,
                                     double                  max_s,
                                     const char             *key,
                                     double                  factor,
                                     GVariantDict           *options,
                                     GError                **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SpeedupCliKnobs, speedup_cli_knobs_clear)

G_END_DECLS
