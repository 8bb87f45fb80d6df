/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-journal.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "speedup-error.h"
#include "speedup-result-file.h"
#include "speedup-result-json-private.h"

struct _SpeedupJournal
{
  GObject parent_instance;

  char *path;
  int fd;
};

G_DEFINE_FINAL_TYPE (SpeedupJournal, speedup_journal, G_TYPE_OBJECT)

static void
speedup_journal_finalize (GObject *object)
{
  SpeedupJournal *self = SPEEDUP_JOURNAL (object);

  if (self->fd >= 0)
    close (self->fd);
  g_free (self->path);

  G_OBJECT_CLASS (speedup_journal_parent_class)->finalize (object);
}

static void
speedup_journal_class_init (SpeedupJournalClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = speedup_journal_finalize;
}

static void
speedup_journal_init (SpeedupJournal *self)
{
  self->fd = -1;
}

static gboolean
fail_errno (const char  *path,
            const char  *what,
            GError     **error)
{
  int code = errno;
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               "The journal “%s” cannot be %s: %s", name, what, g_strerror (code));

  return FALSE;
}

/* A line is on the disk as a whole, or at the end of the file and recognised as torn. */
static gboolean
write_line (SpeedupJournal  *self,
            JsonBuilder     *builder,
            GError         **error)
{
  g_autofree char *text = speedup_json_builder_to_text (builder);
  g_autofree char *line = g_strconcat (text, "\n", NULL);
  gsize length = strlen (line);
  gsize written = 0;

  while (written < length)
    {
      gssize n = write (self->fd, line + written, length - written);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail_errno (self->path, "written", error);
      written += (gsize) n;
    }

  if (fsync (self->fd) != 0 && errno != EINVAL && errno != EROFS)
    return fail_errno (self->path, "written to the disk", error);

  return TRUE;
}

static SpeedupJournal *
open_journal (GFile   *file,
              int      flags,
              GError **error)
{
  g_autoptr (SpeedupJournal) self = g_object_new (SPEEDUP_TYPE_JOURNAL, NULL);

  self->path = g_file_get_path (file);
  if (self->path == NULL)
    {
      g_autofree char *uri = g_file_get_uri (file);

      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
                   "The journal “%s” is not on a local file system: choose a local output file.",
                   uri);
      return NULL;
    }

  self->fd = g_open (self->path, flags | O_WRONLY | O_CLOEXEC, 0666);
  if (self->fd < 0)
    {
      fail_errno (self->path, "opened", error);
      return NULL;
    }

  return g_steal_pointer (&self);
}

/**
 * speedup_journal_create:
 * @file: a local file; what it held is lost
 * @header: a result with plan and machine
 * @fingerprint: of the workload's inputs
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a journal with its first line
 */
SpeedupJournal *
speedup_journal_create (GFile                *file,
                        const SpeedupResult  *header,
                        const char           *fingerprint,
                        GError              **error)
{
  g_autoptr (SpeedupJournal) self = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  g_autofree char *created = NULL;

  g_return_val_if_fail (G_IS_FILE (file), NULL);
  g_return_val_if_fail (header != NULL, NULL);
  g_return_val_if_fail (fingerprint != NULL, NULL);

  self = open_journal (file, O_CREAT | O_TRUNC, error);
  if (self == NULL)
    return NULL;

  created = g_date_time_format (header->created, "%Y-%m-%dT%H:%M:%SZ");
  builder = json_builder_new_immutable ();
  json_builder_begin_object (builder);
  speedup_json_put_string (builder, "schema", SPEEDUP_JOURNAL_SCHEMA);
  speedup_json_put_string (builder, "created", created);
  speedup_json_put_string (builder, "title", header->title);
  speedup_json_put_string (builder, "fingerprint", fingerprint);
  json_builder_set_member_name (builder, "machine");
  speedup_json_add_machine (builder, header->machine);
  json_builder_set_member_name (builder, "plan");
  speedup_json_add_plan (builder, header->plan);
  json_builder_end_object (builder);

  return write_line (self, builder, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * speedup_journal_append_round:
 * @self: a journal
 * @result: what was measured so far, judged
 * @round: a round that came to its end
 * @error: return location
 *
 * Adds the round and waits until it is on the disk.
 *
 * Returns: whether it is
 */
gboolean
speedup_journal_append_round (SpeedupJournal       *self,
                              const SpeedupResult  *result,
                              guint                 round,
                              GError              **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  g_return_val_if_fail (SPEEDUP_IS_JOURNAL (self), FALSE);
  g_return_val_if_fail (result != NULL, FALSE);

  json_builder_begin_object (builder);
  speedup_json_put_int (builder, "round", round);
  json_builder_set_member_name (builder, "runs");
  json_builder_begin_array (builder);
  for (guint i = 0; i < result->runs->len; i++)
    {
      const SpeedupRun *run = g_ptr_array_index (result->runs, i);

      if (run->round == round)
        speedup_json_add_run (builder, run);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "failures");
  speedup_json_add_failures (builder, result->failures);
  json_builder_set_member_name (builder, "warnings");
  speedup_json_add_warnings (builder, result->warnings);
  json_builder_end_object (builder);

  return write_line (self, builder, error);
}

static gboolean
read_round (JsonNode       *root,
            SpeedupResult  *result,
            GError        **error)
{
  SpeedupJsonCursor cursor = { json_node_get_object (root), "" };
  guint first = result->runs->len;
  guint round;

  if (!speedup_json_read_uint (&cursor, "round", 0, SPEEDUP_ROUNDS_LIMIT + SPEEDUP_EXTRA_ROUNDS,
                               &round, error))
    return FALSE;
  if (round != 0 && round != result->rounds_completed + 1)
    return speedup_json_fail (&cursor, "round", "the one after that of the line before", error);

  g_ptr_array_set_size (result->failures, 0);
  g_ptr_array_set_size (result->warnings, 0);
  if (!speedup_json_read_runs (&cursor, result->plan, result->runs, error) ||
      !speedup_json_read_failures (&cursor, result->plan, result->failures, error) ||
      !speedup_json_read_warnings (&cursor, result->warnings, error))
    return FALSE;

  for (guint i = first; i < result->runs->len; i++)
    {
      const SpeedupRun *run = g_ptr_array_index (result->runs, i);

      if (run->round != round)
        return speedup_json_fail (&cursor, "runs", "all of its round", error);
    }
  result->rounds_completed = MAX (result->rounds_completed, round);

  return TRUE;
}

static SpeedupResult *
read_header (JsonNode  *root,
             char     **fingerprint,
             GError   **error)
{
  SpeedupJsonCursor cursor = { json_node_get_object (root), "" };
  SpeedupJsonCursor child;
  g_autoptr (SpeedupMachine) machine = NULL;
  g_autoptr (SpeedupPlan) plan = NULL;
  g_autoptr (SpeedupResult) result = NULL;
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *created = NULL;

  if (!speedup_json_check_schema (cursor.object, SPEEDUP_JOURNAL_SCHEMA, "journal", error) ||
      !speedup_json_enter (&cursor, "machine", &child, error))
    return NULL;
  machine = speedup_json_read_machine (&child, error);
  if (machine == NULL || !speedup_json_enter (&cursor, "plan", &child, error))
    return NULL;
  plan = speedup_json_read_plan (&child, error);
  if (plan == NULL || !speedup_json_read_string (&cursor, "created", FALSE, &created, error))
    return NULL;

  time = g_date_time_new_from_iso8601 (created, NULL);
  if (time == NULL)
    {
      speedup_json_fail (&cursor, "created", "a date and time as in ISO 8601", error);
      return NULL;
    }

  result = speedup_result_new (plan, g_steal_pointer (&machine));
  result->status = SPEEDUP_RESULT_INTERRUPTED;
  g_date_time_unref (result->created);
  result->created = g_date_time_to_utc (time);
  if (!speedup_json_read_string (&cursor, "title", FALSE, &result->title, error) ||
      !speedup_json_read_string (&cursor, "fingerprint", FALSE, fingerprint, error))
    return NULL;

  return g_steal_pointer (&result);
}

/* Length of @text without a last line that is torn: the power may go while it is written. */
static gsize
get_whole_length (const char *text,
                  gsize       length)
{
  const char *last;

  while (length > 0 && text[length - 1] != '\n')
    length--;
  if (length == 0)
    return 0;

  last = text + length - 1;
  while (last > text && last[-1] != '\n')
    last--;
  if (last > text)
    {
      g_autoptr (JsonNode) root = NULL;

      root = speedup_json_parse (last, (gsize) (text + length - last), "journal", NULL);
      if (root == NULL)
        length = (gsize) (last - text);
    }

  return length;
}

static gboolean
read_bounded (const char  *path,
              char       **text,
              gsize       *length,
              GError     **error)
{
  GStatBuf info;

  if (g_stat (path, &info) != 0)
    return fail_errno (path, "opened", error);
  if (!S_ISREG (info.st_mode) || info.st_size > SPEEDUP_RESULT_MAX_BYTES)
    {
      g_autofree char *name = g_filename_display_name (path);

      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_FORMAT,
                   "“%s” is no journal: it is not a regular file or larger than %d MiB.",
                   name, SPEEDUP_RESULT_MAX_BYTES / (1024 * 1024));
      return FALSE;
    }

  return g_file_get_contents (path, text, length, error);
}

static SpeedupResult *
read_journal (const char  *text,
              gsize        length,
              char       **fingerprint,
              GError     **error)
{
  g_autoptr (SpeedupResult) result = NULL;
  gsize whole = get_whole_length (text, length);
  gsize place = 0;

  if (whole == 0)
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_FORMAT, "It holds no whole line.");
      return NULL;
    }

  while (place < whole)
    {
      const char *line = text + place;
      const char *end = memchr (line, '\n', whole - place);
      g_autoptr (JsonNode) root = NULL;

      g_assert (end != NULL);
      root = speedup_json_parse (line, (gsize) (end - line), "journal", error);
      if (root == NULL)
        return NULL;
      if (result == NULL)
        {
          result = read_header (root, fingerprint, error);
          if (result == NULL)
            return NULL;
        }
      else if (!read_round (root, result, error))
        return NULL;
      place = (gsize) (end - text) + 1;
    }
  speedup_result_analyse (result);

  return g_steal_pointer (&result);
}

/**
 * speedup_journal_load:
 * @file: a journal, which need not be trusted
 * @fingerprint: (out) (transfer full): of the inputs when the measurement began
 * @error: return location
 *
 * A last line that is torn is left out: its round did not come to its end.
 *
 * Returns: (transfer full) (nullable): what was measured, with the status "interrupted"; %NULL with
 *   %SPEEDUP_ERROR_FORMAT or an error of reading
 */
SpeedupResult *
speedup_journal_load (GFile   *file,
                      char   **fingerprint,
                      GError **error)
{
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_autofree char *found = NULL;
  g_autoptr (GError) local_error = NULL;
  SpeedupResult *result;
  gsize length;

  g_return_val_if_fail (G_IS_FILE (file), NULL);
  g_return_val_if_fail (fingerprint != NULL, NULL);

  path = g_file_get_path (file);
  if (path == NULL)
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
                   "The journal is not on a local file system.");
      return NULL;
    }
  if (!read_bounded (path, &text, &length, error))
    return NULL;

  result = read_journal (text, length, &found, &local_error);
  if (result == NULL)
    {
      g_autofree char *name = g_filename_display_name (path);

      g_propagate_prefixed_error (error, g_steal_pointer (&local_error),
                                  "The journal “%s” cannot be read: ", name);
      return NULL;
    }
  *fingerprint = g_steal_pointer (&found);

  return result;
}

/**
 * speedup_journal_reopen:
 * @file: a journal
 * @error: return location
 *
 * Cuts off a torn last line and goes on behind it.
 *
 * Returns: (transfer full) (nullable): the journal
 */
SpeedupJournal *
speedup_journal_reopen (GFile   *file,
                        GError **error)
{
  g_autoptr (SpeedupJournal) self = NULL;
  g_autofree char *text = NULL;
  gsize length, whole;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  self = open_journal (file, O_APPEND, error);
  if (self == NULL || !read_bounded (self->path, &text, &length, error))
    return NULL;

  whole = get_whole_length (text, length);
  if (whole < length && ftruncate (self->fd, (off_t) whole) != 0)
    {
      fail_errno (self->path, "mended", error);
      return NULL;
    }

  return g_steal_pointer (&self);
}

/**
 * speedup_journal_check:
 * @previous: what the journal holds
 * @fingerprint: of the inputs when the measurement began
 * @workload: made again from the plan's options
 * @error: return location
 *
 * Rounds from before and after are one measurement only if they measure the same work on the same
 * machine. (The runner compares the machine again.)
 *
 * Returns: %FALSE with %SPEEDUP_ERROR_CHANGED where inputs or machine changed
 */
gboolean
speedup_journal_check (const SpeedupResult  *previous,
                       const char           *fingerprint,
                       SpeedupWorkload      *workload,
                       GError              **error)
{
  g_autofree char *now = NULL;
  g_autoptr (SpeedupMachine) machine = NULL;

  g_return_val_if_fail (previous != NULL, FALSE);
  g_return_val_if_fail (fingerprint != NULL, FALSE);
  g_return_val_if_fail (SPEEDUP_IS_WORKLOAD (workload), FALSE);

  now = speedup_workload_dup_fingerprint (workload);
  if (!g_str_equal (now, fingerprint) ||
      speedup_workload_get_n_tasks (workload) != previous->plan->n_tasks)
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_CHANGED,
                   "The measurement cannot be resumed: its inputs changed (names, sizes or times "
                   "of files) since it began. Measure again from the start.");
      return FALSE;
    }

  machine = speedup_machine_read (NULL);

  return speedup_machine_check_same (machine, previous->machine, error);
}

/**
 * speedup_journal_get_file_for_result:
 * @result_file: where the result will be saved
 *
 * Returns: (transfer full): the journal beside it
 */
GFile *
speedup_journal_get_file_for_result (GFile *result_file)
{
  g_autofree char *name = NULL;
  g_autofree char *journal = NULL;
  g_autoptr (GFile) folder = NULL;

  g_return_val_if_fail (G_IS_FILE (result_file), NULL);

  name = g_file_get_basename (result_file);
  journal = g_strconcat (name, ".journal", NULL);
  folder = g_file_get_parent (result_file);

  return folder != NULL ? g_file_get_child (folder, journal) : g_file_new_for_path (journal);
}
