/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "speedup-chunker.h"
#include "speedup-configuration.h"
#include "speedup-error.h"
#include "speedup-suspects.h"
#include "speedup-wire.h"

static void
make_pipe (int fds[2])
{
  g_autoptr (GError) error = NULL;

  g_unix_open_pipe (fds, FD_CLOEXEC, &error);
  g_assert_no_error (error);
}

/* Reads until a frame, an end or an error comes. */
static gboolean
read_frame (SpeedupFrameReader  *reader,
            SpeedupFrameKind    *kind,
            GVariant           **body,
            GError             **error)
{
  g_autoptr (GError) local_error = NULL;

  while (!speedup_frame_reader_pop (reader, kind, body, &local_error))
    {
      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if (speedup_frame_reader_fill (reader, error) != SPEEDUP_READ_DATA)
        return FALSE;
    }

  return TRUE;
}

typedef struct
{
  int fd;
  GByteArray *bytes;
  gsize step;           /* bytes written at once */
} Feed;

static gpointer
feed_thread (gpointer data)
{
  Feed *feed = data;
  gsize sent = 0;

  while (sent < feed->bytes->len)
    {
      gssize n = write (feed->fd, feed->bytes->data + sent,
                        MIN (feed->step, feed->bytes->len - sent));

      if (n < 0)
        break;
      sent += (gsize) n;
    }
  close (feed->fd);

  return NULL;
}

static GVariant *
bulk (gsize n_bytes)
{
  g_autofree guint8 *bytes = g_malloc (n_bytes);
  GVariantBuilder outputs;

  for (gsize i = 0; i < n_bytes; i++)
    bytes[i] = (guint8) (i * 7);
  g_variant_builder_init (&outputs, G_VARIANT_TYPE ("amv"));
  g_variant_builder_add (&outputs, "mv", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes,
                                                                    n_bytes, 1));
  g_variant_builder_add (&outputs, "mv", NULL);

  return g_variant_new ("(u@a" SPEEDUP_RECORD_TYPE "@a(usis)amv)", 7,
                        g_variant_new_array (G_VARIANT_TYPE (SPEEDUP_RECORD_TYPE), NULL, 0),
                        g_variant_new_array (G_VARIANT_TYPE ("(usis)"), NULL, 0), &outputs);
}

/* Frames of all sizes come out as they went in, however the bytes arrive. */
static void
test_round_trip (void)
{
  static const gsize sizes[] = { 0, 1, 63, 65000, 65520, 65536, 65537, 200000, 3500001 };
  static const gsize steps[] = { 1, 777, 1 << 20 };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autoptr (GPtrArray) sent = NULL;
      g_autoptr (SpeedupFrameReader) reader = NULL;
      g_autoptr (GError) error = NULL;
      int fds[2];
      Feed feed;
      GThread *thread;

      sent = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
      for (guint j = 0; j < G_N_ELEMENTS (sizes); j++)
        {
          if (sizes[j] > 1000 * steps[i])
            continue;
          g_ptr_array_add (sent, g_variant_ref_sink (bulk (sizes[j])));
          speedup_frame_append (bytes, SPEEDUP_FRAME_RESULT, sent->pdata[sent->len - 1]);
          g_ptr_array_add (sent, g_variant_ref_sink (g_variant_new ("(uu)", j, 9)));
          speedup_frame_append (bytes, SPEEDUP_FRAME_CHUNK, sent->pdata[sent->len - 1]);
        }

      make_pipe (fds);
      feed = (Feed) { fds[1], bytes, steps[i] };
      thread = g_thread_new ("feed", feed_thread, &feed);
      reader = speedup_frame_reader_new (fds[0]);
      for (guint j = 0; j < sent->len; j++)
        {
          g_autoptr (GVariant) body = NULL;
          SpeedupFrameKind kind;

          g_assert_true (read_frame (reader, &kind, &body, &error));
          g_assert_cmpint (kind, ==, j % 2 == 0 ? SPEEDUP_FRAME_RESULT : SPEEDUP_FRAME_CHUNK);
          g_assert_cmpmem (g_variant_get_data (body), g_variant_get_size (body),
                           g_variant_get_data (sent->pdata[j]),
                           g_variant_get_size (sent->pdata[j]));
        }
      g_assert_cmpint (speedup_frame_reader_fill (reader, &error), ==, SPEEDUP_READ_END);
      g_assert_no_error (error);
      g_thread_join (thread);
      close (fds[0]);
    }
}

static void
feed_bytes (const void *data,
            gsize       length,
            int         fds[2])
{
  make_pipe (fds);
  g_assert_cmpint (write (fds[1], data, length), ==, length);
  close (fds[1]);
}

static void
test_bad_frames (void)
{
  static const struct
  {
    const char *name;
    guint32 words[5];
    gsize length;
    const char *part;
  } cases[] = {
    { "kind 0", { 8, 0, 0, 0 }, 16, "no frame of kind 0" },
    { "kind 9", { 8, 9, 0, 0 }, 16, "no frame of kind 9" },
    { "kind text", { 0x6c6c6548, 0x6f77206f, 0, 0 }, 16, "not Speedup's protocol" },
    { "too long", { 0xffffffff, SPEEDUP_FRAME_RESULT, 0, 0 }, 16, "4294967295 bytes" },
    { "a chunk too long", { 16, SPEEDUP_FRAME_CHUNK, 0, 0 }, 16, "16 bytes" },
    { "no body", { 0, SPEEDUP_FRAME_CHUNK, 0, 0 }, 16, "0 bytes" },
    { "short body", { 4, SPEEDUP_FRAME_CHUNK, 1, 0 }, 16, "damaged" },
    { "garbage body", { 8, SPEEDUP_FRAME_REFUSED, 0xffffffff, 0xffffffff }, 16, "damaged" },
    { "half a header", { 8, 0 }, 6, "middle of a frame" },
    { "half a body", { 8, SPEEDUP_FRAME_CHUNK, 1, 0 }, 12, "middle of a frame" },
    { "a gigabyte announced", { 1u << 30, SPEEDUP_FRAME_RESULT, 1, 2 }, 16, "middle of a frame" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpeedupFrameReader) reader = NULL;
      g_autoptr (GVariant) body = NULL;
      g_autoptr (GError) error = NULL;
      SpeedupFrameKind kind;
      int fds[2];

      g_test_message ("%s", cases[i].name);
      feed_bytes (cases[i].words, cases[i].length, fds);
      reader = speedup_frame_reader_new (fds[0]);
      g_assert_false (read_frame (reader, &kind, &body, &error));
      g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_PROTOCOL);
      g_assert_nonnull (strstr (error->message, cases[i].part));
      close (fds[0]);
    }
}

/* Nothing there yet is no error. */
static void
test_wait (void)
{
  g_autoptr (SpeedupFrameReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  int fds[2];

  make_pipe (fds);
  g_unix_set_fd_nonblocking (fds[0], TRUE, &error);
  reader = speedup_frame_reader_new (fds[0]);
  g_assert_cmpint (speedup_frame_reader_fill (reader, &error), ==, SPEEDUP_READ_WAIT);
  g_assert_no_error (error);
  close (fds[0]);
  close (fds[1]);
}

/* Damaged frames give errors or frames, never more. Seeded, so that a failure comes again. */
static void
test_fuzz (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (4711);
  g_autoptr (GByteArray) good = g_byte_array_new ();

  speedup_frame_append (good, SPEEDUP_FRAME_READY, g_variant_new ("(x)", G_GINT64_CONSTANT (5)));
  speedup_frame_append (good, SPEEDUP_FRAME_RESULT, bulk (500));
  speedup_frame_append (good, SPEEDUP_FRAME_REFUSED, g_variant_new ("(sis)", "domain", 1, "why"));
  speedup_frame_append (good, SPEEDUP_FRAME_LAST,
                        g_variant_new ("(@au@atxddx)",
                                       g_variant_new_array (G_VARIANT_TYPE_UINT32, NULL, 0),
                                       g_variant_new_array (G_VARIANT_TYPE_UINT64, NULL, 0),
                                       G_GINT64_CONSTANT (1), 1.0, 1.0, G_GINT64_CONSTANT (1)));

  for (guint i = 0; i < 3000; i++)
    {
      g_autofree guint8 *bytes = g_memdup2 (good->data, good->len);
      gsize length = (gsize) g_rand_int_range (rand, 1, (gint32) good->len + 1);
      g_autoptr (SpeedupFrameReader) reader = NULL;
      g_autoptr (GError) error = NULL;
      SpeedupFrameKind kind;
      GVariant *body;
      int fds[2];

      for (int n = g_rand_int_range (rand, 0, 8); n > 0; n--)
        bytes[g_rand_int_range (rand, 0, (gint32) length)] ^= (guint8) g_rand_int (rand);

      feed_bytes (bytes, length, fds);
      reader = speedup_frame_reader_new (fds[0]);
      while (read_frame (reader, &kind, &body, &error))
        {
          g_autofree char *text = g_variant_print (body, TRUE);

          g_assert_true (g_variant_is_of_type (body, speedup_frame_kind_get_type (kind)));
          g_assert_nonnull (text);
          g_variant_unref (body);
        }
      if (error != NULL)
        g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_PROTOCOL);
      close (fds[0]);
    }
}

static void
test_errors (void)
{
  static const struct { const char *domain; int code; gboolean known; } cases[] = {
    { "speedup-error-quark", SPEEDUP_ERROR_BODY, TRUE },
    { "g-io-error-quark", G_IO_ERROR_CLOSED, TRUE },
    { "no-such-quark-in-this-process", 3, FALSE },
  };
  g_autofree char *endless = g_strnfill (5000000, 'x');
  g_autoptr (GError) long_error = g_error_new_literal (SPEEDUP_ERROR, 1, endless);
  g_autoptr (GVariant) bounded = g_variant_ref_sink (speedup_frame_new_error (long_error));

  g_assert_cmpuint (g_variant_get_size (bounded), <,
                    speedup_frame_kind_max_size (SPEEDUP_FRAME_REFUSED));

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = speedup_frame_to_error (cases[i].domain, cases[i].code, "why");

      g_assert_cmpstr (error->message, ==, "why");
      g_assert_cmpstr (g_quark_to_string (error->domain), ==,
                       cases[i].known ? cases[i].domain : "g-io-error-quark");
      g_assert_cmpint (error->code, ==, cases[i].known ? cases[i].code : G_IO_ERROR_FAILED);
    }
}

/* Every task is handed out once, in order, and what `auto` hands out shrinks to single tasks. */
static void
test_chunks (void)
{
  static const struct { guint n_tasks, workers, chunk_size; gint64 task_ns; } cases[] = {
    { 1000000, 2, SPEEDUP_CHUNK_SIZE_AUTO, 50 },
    { 300, 2, SPEEDUP_CHUNK_SIZE_AUTO, 4000000 },
    { 100, 40, SPEEDUP_CHUNK_SIZE_AUTO, 200000000 },
    { 10, 64, SPEEDUP_CHUNK_SIZE_AUTO, 0 },
    { 5000, 3, SPEEDUP_CHUNK_SIZE_AUTO, 1000 },
    { 100, 3, 7, 1000 },
    { 100, 3, 1000, 1000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SpeedupChunker chunker;
      guint next = 0, size, last = 0, largest = 0, first;

      speedup_chunker_init (&chunker, cases[i].n_tasks, cases[i].workers, cases[i].chunk_size);
      while ((size = speedup_chunker_take (&chunker, &first)) > 0)
        {
          g_assert_cmpuint (first, ==, next);
          next += size;
          last = size;
          largest = MAX (largest, size);
          g_assert_cmpuint (next, <=, cases[i].n_tasks);
          if (cases[i].chunk_size != SPEEDUP_CHUNK_SIZE_AUTO)
            g_assert_cmpuint (size, ==, MIN (cases[i].chunk_size, cases[i].n_tasks - first));
          else if (size > 1)
            {
              /* No chunk holds more than half a worker's share, or 20 ms of work. */
              g_assert_cmpuint (size, <=, (cases[i].n_tasks - first) / (2 * cases[i].workers));
              g_assert_cmpint (size * cases[i].task_ns, <=, 20000000);
            }
          speedup_chunker_add_done (&chunker, size, size * cases[i].task_ns);
        }
      g_assert_cmpuint (next, ==, cases[i].n_tasks);
      if (cases[i].chunk_size == SPEEDUP_CHUNK_SIZE_AUTO)
        g_assert_cmpuint (last, ==, 1);
      if (cases[i].n_tasks == 1000000)
        g_assert_cmpuint (largest, >, 10000);
    }
}

/* A long task at the end is not queued behind another; short ones are, many at once. */
static void
test_queueing (void)
{
  SpeedupChunker chunker;
  guint first;

  speedup_chunker_init (&chunker, 100, 40, SPEEDUP_CHUNK_SIZE_AUTO);
  for (guint i = 0; i < 40; i++)
    speedup_chunker_take (&chunker, &first);
  g_assert_cmpuint (speedup_chunker_get_queue_length (&chunker), ==, 1);
  speedup_chunker_add_done (&chunker, 40, 40 * G_GINT64_CONSTANT (200000000));
  g_assert_cmpuint (speedup_chunker_get_queue_length (&chunker), ==, 1);

  speedup_chunker_init (&chunker, 100000, 2, 1);
  g_assert_cmpuint (speedup_chunker_get_queue_length (&chunker), ==, 2);
  chunker.next = 99999;
  g_assert_cmpuint (speedup_chunker_get_queue_length (&chunker), ==, 1);
  speedup_chunker_add_done (&chunker, 1000, 1000 * 100);
  g_assert_cmpuint (speedup_chunker_get_queue_length (&chunker), ==, 8);
}

/* Two killers in one worker's hands: the shared death is counted for the first one found. */
static void
test_suspects (void)
{
  g_autoptr (SpeedupSuspects) suspects = speedup_suspects_new ();
  g_autoptr (GArray) group = g_array_new (FALSE, FALSE, sizeof (guint));
  guint task;

  for (guint i = 10; i < 14; i++)
    g_array_append_val (group, i);
  speedup_suspects_add_group (suspects, group, TRUE);

  g_assert_true (speedup_suspects_take (suspects, &task));
  g_assert_cmpuint (task, ==, 10);
  g_assert_true (speedup_suspects_take (suspects, &task));
  g_assert_cmpuint (task, ==, 11);
  g_assert_false (speedup_suspects_add_kill (suspects, 11));
  g_assert_true (speedup_suspects_take (suspects, &task));
  g_assert_cmpuint (task, ==, 11);
  g_assert_true (speedup_suspects_add_kill (suspects, 11));

  g_assert_true (speedup_suspects_take (suspects, &task));
  g_assert_cmpuint (task, ==, 12);
  for (guint kills = 1; kills < SPEEDUP_MAX_KILLS; kills++)
    {
      g_assert_false (speedup_suspects_add_kill (suspects, 12));
      g_assert_true (speedup_suspects_take (suspects, &task));
      g_assert_cmpuint (task, ==, 12);
    }
  g_assert_true (speedup_suspects_add_kill (suspects, 12));

  g_assert_true (speedup_suspects_take (suspects, &task));
  g_assert_cmpuint (task, ==, 13);
  g_assert_true (speedup_suspects_is_empty (suspects));
  g_assert_false (speedup_suspects_take (suspects, &task));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire/round-trip", test_round_trip);
  g_test_add_func ("/wire/bad-frames", test_bad_frames);
  g_test_add_func ("/wire/wait", test_wait);
  g_test_add_func ("/wire/fuzz", test_fuzz);
  g_test_add_func ("/wire/errors", test_errors);
  g_test_add_func ("/wire/chunks", test_chunks);
  g_test_add_func ("/wire/queueing", test_queueing);
  g_test_add_func ("/wire/suspects", test_suspects);

  return g_test_run ();
}
