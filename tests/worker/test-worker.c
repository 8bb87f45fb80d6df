/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "speedup-error.h"
#include "speedup-helper.h"
#include "speedup-wire.h"

typedef struct
{
  int status;
  GBytes *out;
  char *err;
} Answer;

static void
answer_clear (Answer *answer)
{
  g_clear_pointer (&answer->out, g_bytes_unref);
  g_clear_pointer (&answer->err, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

/* Runs the worker program on some input, to its end. */
static void
ask (const char *argument,
     GByteArray *input,
     Answer     *answer)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = speedup_find_helper ("speedup-worker", &error);
  const char *argv[] = { path, argument, NULL };
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GBytes) in = g_bytes_new (input->data, input->len);
  g_autoptr (GBytes) err = NULL;

  g_assert_no_error (error);
  process = g_subprocess_newv (argv,
                               G_SUBPROCESS_FLAGS_STDIN_PIPE |
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                               G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  /* The worker may end before it has read everything, which is no failure here. */
  g_subprocess_communicate (process, in, NULL, &answer->out, &err, &error);
  if (error != NULL)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE);
  g_subprocess_wait (process, NULL, NULL);

  g_assert_true (g_subprocess_get_if_exited (process));
  answer->status = g_subprocess_get_exit_status (process);
  if (err != NULL)
    answer->err = g_strndup (g_bytes_get_data (err, NULL), g_bytes_get_size (err));
}

static GVariant *
init_frame (guint       version,
            const char *name)
{
  return g_variant_new ("(usvbx)", version, name, g_variant_new_string ("no specification"), FALSE,
                        G_GINT64_CONSTANT (0));
}

static void
test_argument (void)
{
  g_autoptr (GByteArray) nothing = g_byte_array_new ();
  g_auto (Answer) answer = { 0 };

  ask ("--help", nothing, &answer);
  g_assert_cmpint (answer.status, ==, 2);
  g_assert_nonnull (strstr (answer.err, "takes no arguments"));
  g_assert_cmpuint (g_bytes_get_size (answer.out), ==, 0);
}

/* Whoever started it is gone before a word was said. */
static void
test_left_alone (void)
{
  g_autoptr (GByteArray) nothing = g_byte_array_new ();
  g_auto (Answer) answer = { 0 };

  ask (NULL, nothing, &answer);
  g_assert_cmpint (answer.status, ==, 0);
  g_assert_cmpuint (g_bytes_get_size (answer.out), ==, 0);
}

static void
test_bad_input (void)
{
  static const struct { const char *bytes; gsize length; const char *part; } cases[] = {
    { "Hello, are you there?", 21, "not Speedup's protocol" },
    { "\377\377\377\377\1\0\0\0........", 16, "4294967295 bytes" },
    { "\10\0\0\0\2\0\0\0\0\0\0\0\1\0\0\0", 16, "not expected here" },
    { "\1\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0", 16, "not expected here" },
    { "\10\0\0\0\4\0\0\0\0\0\0\0\1\0\0\0", 16, "not expected here" },
    { "\10\0\0\0\2\0", 6, "middle of a frame" },
    { "\40\0\0\0\1\0\0\0\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377"
      "\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377", 40, "damaged" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GByteArray) input = g_byte_array_new ();
      g_auto (Answer) answer = { 0 };

      g_byte_array_append (input, (const guint8 *) cases[i].bytes, (guint) cases[i].length);
      ask (NULL, input, &answer);
      g_assert_cmpint (answer.status, ==, 1);
      g_assert_cmpuint (g_bytes_get_size (answer.out), ==, 0);
      if (answer.err == NULL || strstr (answer.err, cases[i].part) == NULL)
        g_test_fail_printf ("“%s” is not in “%s”", cases[i].part, answer.err);
    }
}

/* It says why it does not begin, in a frame, and that is a regular end. */
static void
test_refusal (void)
{
  static const struct { guint version; const char *name; const char *part; } cases[] = {
    { SPEEDUP_WIRE_VERSION, "no-such-workload", "no-such-workload" },
    { SPEEDUP_WIRE_VERSION, "resize", "" },
    { SPEEDUP_WIRE_VERSION, "weather", "" },
    { SPEEDUP_WIRE_VERSION + 1, "resize", "another version" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GByteArray) input = g_byte_array_new ();
      g_autoptr (GVariant) body = NULL;
      g_autofree guint8 *data = NULL;
      g_auto (Answer) answer = { 0 };
      const char *message;
      guint32 header[2];
      gsize size;

      speedup_frame_append (input, SPEEDUP_FRAME_INIT, init_frame (cases[i].version,
                                                                   cases[i].name));
      ask (NULL, input, &answer);
      g_assert_cmpint (answer.status, ==, 0);
      size = g_bytes_get_size (answer.out);
      g_assert_cmpuint (size, >, sizeof header);
      data = g_memdup2 (g_bytes_get_data (answer.out, NULL), size);
      memcpy (header, data, sizeof header);
      g_assert_cmpuint (header[1], ==, SPEEDUP_FRAME_REFUSED);
      body = g_variant_ref_sink (g_variant_new_from_data (G_VARIANT_TYPE ("(sis)"),
                                                          data + sizeof header, header[0], FALSE,
                                                          NULL, NULL));
      g_variant_get (body, "(&si&s)", NULL, NULL, &message);
      g_assert_cmpstr (message, !=, "");
      g_assert_nonnull (strstr (message, cases[i].part));
    }
}

/* Damaged input ends it with a sentence, never with a signal. Seeded. */
static void
test_fuzz (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (2026);

  for (guint i = 0; i < 40; i++)
    {
      g_autoptr (GByteArray) input = g_byte_array_new ();
      g_auto (Answer) answer = { 0 };

      speedup_frame_append (input, SPEEDUP_FRAME_INIT, init_frame (SPEEDUP_WIRE_VERSION, "resize"));
      speedup_frame_append (input, SPEEDUP_FRAME_CHUNK, g_variant_new ("(uu)", 0, 5));
      for (int n = g_rand_int_range (rand, 1, 6); n > 0; n--)
        input->data[g_rand_int_range (rand, 0, (gint32) input->len)] = (guint8) g_rand_int (rand);

      ask (NULL, input, &answer);
      g_assert_cmpint (answer.status, <=, 1);
      if (answer.status == 1)
        g_assert_true (g_str_has_prefix (answer.err, "speedup-worker: "));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/worker/argument", test_argument);
  g_test_add_func ("/worker/left-alone", test_left_alone);
  g_test_add_func ("/worker/bad-input", test_bad_input);
  g_test_add_func ("/worker/refusal", test_refusal);
  g_test_add_func ("/worker/fuzz", test_fuzz);

  return g_test_run ();
}
