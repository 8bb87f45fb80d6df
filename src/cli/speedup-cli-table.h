/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SpeedupCliTable:
 *
 * Rows of cells, written as aligned text or as Markdown.
 */
typedef struct _SpeedupCliTable SpeedupCliTable;

SpeedupCliTable *speedup_cli_table_new (guint n_columns,
                                        guint n_left) G_GNUC_WARN_UNUSED_RESULT;
void             speedup_cli_table_free (SpeedupCliTable       *self);
void             speedup_cli_table_take (SpeedupCliTable       *self,
                                         char                  *cell);
void             speedup_cli_table_append_text (const SpeedupCliTable *self,
                                                GString               *text);
void             speedup_cli_table_append_markdown (const SpeedupCliTable *self,
                                                    GString               *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupCliTable, speedup_cli_table_free)

G_END_DECLS
