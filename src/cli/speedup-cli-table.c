/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "speedup-cli-table.h"

#include <string.h>

#include "speedup-cli-terminal.h"

struct _SpeedupCliTable
{
  GPtrArray *cells;
  guint n_columns;
  guint n_left;
};

/**
 * speedup_cli_table_new:
 * @n_columns: columns
 * @n_left: how many of them, from the first, are words and not numbers; the last column is words
 *   too
 *
 * Returns: (transfer full): a table without rows; the first one that is put in is its head
 */
SpeedupCliTable *
speedup_cli_table_new (guint n_columns,
                       guint n_left)
{
  SpeedupCliTable *self = g_new0 (SpeedupCliTable, 1);

  self->cells = g_ptr_array_new_with_free_func (g_free);
  self->n_columns = n_columns;
  self->n_left = n_left;

  return self;
}

/**
 * speedup_cli_table_free:
 * @self: (transfer full): a table
 */
void
speedup_cli_table_free (SpeedupCliTable *self)
{
  g_ptr_array_unref (self->cells);
  g_free (self);
}

/**
 * speedup_cli_table_take:
 * @self: a table
 * @cell: (transfer full): the next cell, row by row
 */
void
speedup_cli_table_take (SpeedupCliTable *self,
                        char            *cell)
{
  g_ptr_array_add (self->cells, cell);
}

static gboolean
is_left (const SpeedupCliTable *self,
         guint                  column)
{
  return column < self->n_left || column == self->n_columns - 1;
}

static guint
column_width (const SpeedupCliTable *self,
              guint                  column)
{
  guint width = 0;

  for (guint i = column; i < self->cells->len; i += self->n_columns)
    width = MAX (width, speedup_cli_text_width (g_ptr_array_index (self->cells, i)));

  return width;
}

static void
append_spaces (GString *text,
               guint    n)
{
  g_string_append_printf (text, "%*s", (int) n, "");
}

/**
 * speedup_cli_table_append_text:
 * @self: a table
 * @text: what it is written to, in columns of equal width without space at the line's end
 */
void
speedup_cli_table_append_text (const SpeedupCliTable *self,
                               GString               *text)
{
  g_assert (self->cells->len % self->n_columns == 0);

  for (guint i = 0; i < self->cells->len; i++)
    {
      const char *cell = g_ptr_array_index (self->cells, i);
      guint column = i % self->n_columns;
      guint pad = column_width (self, column) - speedup_cli_text_width (cell);

      if (column > 0)
        append_spaces (text, 2);
      if (!is_left (self, column))
        append_spaces (text, pad);
      g_string_append (text, cell);
      if (is_left (self, column))
        append_spaces (text, pad);

      if (column == self->n_columns - 1)
        {
          while (text->str[text->len - 1] == ' ')
            g_string_truncate (text, text->len - 1);
          g_string_append_c (text, '\n');
        }
    }
}

static void
append_markdown_cell (GString    *text,
                      const char *cell)
{
  for (const char *p = cell; *p != '\0'; p++)
    {
      if (strchr ("|\\", *p) != NULL)
        g_string_append_c (text, '\\');
      g_string_append_c (text, *p);
    }
}

/**
 * speedup_cli_table_append_markdown:
 * @self: a table
 * @text: what it is written to
 */
void
speedup_cli_table_append_markdown (const SpeedupCliTable *self,
                                   GString               *text)
{
  g_assert (self->cells->len % self->n_columns == 0);

  for (guint i = 0; i < self->cells->len; i++)
    {
      guint column = i % self->n_columns;

      g_string_append (text, "| ");
      append_markdown_cell (text, g_ptr_array_index (self->cells, i));
      g_string_append (text, column == self->n_columns - 1 ? " |\n" : " ");

      if (i == self->n_columns - 1)
        {
          for (guint c = 0; c < self->n_columns; c++)
            g_string_append (text, is_left (self, c) ? "|---" : "|---:");
          g_string_append (text, "|\n");
        }
    }
}
