/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-result.h"
#include "speedup-workload.h"

G_BEGIN_DECLS

#define SPEEDUP_TYPE_JOURNAL (speedup_journal_get_type ())

G_DECLARE_FINAL_TYPE (SpeedupJournal, speedup_journal, SPEEDUP, JOURNAL, GObject)

/* FILE.speedup.journal: JSON lines. The first holds schema, plan, machine and the fingerprint of
 * the inputs; each other one a round that came to its end, with its runs and with all failures and
 * warnings so far. Each line is synced to the disk before the next round begins.
 */
#define SPEEDUP_JOURNAL_SCHEMA "speedup-journal/1"

SpeedupJournal *speedup_journal_create (GFile               *file,
                                        const SpeedupResult *header,
                                        const char          *fingerprint,
                                        GError             **error) G_GNUC_WARN_UNUSED_RESULT;
SpeedupJournal *speedup_journal_reopen (GFile               *file,
                                        GError             **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean        speedup_journal_append_round (SpeedupJournal      *self,
                                              const SpeedupResult *result,
                                              guint                round,
                                              GError             **error);
SpeedupResult  *speedup_journal_load (GFile               *file,
                                      char               **fingerprint,
                                      GError             **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean        speedup_journal_check (const SpeedupResult *previous,
                                       const char          *fingerprint,
                                       SpeedupWorkload     *workload,
                                       GError             **error);
GFile          *speedup_journal_get_file_for_result (GFile        *result_file) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
