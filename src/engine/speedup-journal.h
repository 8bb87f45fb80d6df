/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-result.h"

G_BEGIN_DECLS

#define SPEEDUP_TYPE_JOURNAL (speedup_journal_get_type ())

G_DECLARE_FINAL_TYPE (SpeedupJournal, speedup_journal, SPEEDUP, JOURNAL, GObject)

/* FILE.speedup.journal: JSON lines. The first holds schema, plan, machine and the fingerprint of
 * the inputs; each other one run. Synced to the disk after every round.
 */
SpeedupJournal *speedup_journal_create      (GFile             *file,
                                             SpeedupResult     *header,
                                             const char        *fingerprint,
                                             GError           **error) G_GNUC_WARN_UNUSED_RESULT;
SpeedupJournal *speedup_journal_reopen      (GFile             *file,
                                             GError           **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean        speedup_journal_append_run  (SpeedupJournal    *self,
                                             const SpeedupRun  *run,
                                             GError           **error);
gboolean        speedup_journal_sync        (SpeedupJournal    *self,
                                             GError           **error);
SpeedupResult  *speedup_journal_load        (GFile             *file,
                                             char             **fingerprint,
                                             GError           **error) G_GNUC_WARN_UNUSED_RESULT;
GFile          *speedup_journal_get_file_for_result (GFile     *result_file) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
