/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-options.h"

#include "speedup-error.h"

static void
test_integers (void)
{
  const struct
  {
    const char *options;
    gboolean valid;
    guint expected;
  } cases[] = {
    { "{'n': <uint32 5>}", TRUE, 5 }, { "{'n': <int64 5>}", TRUE, 5 }, { "{'n': <5>}", TRUE, 5 },
    { "{'n': <uint64 5>}", TRUE, 5 }, { "{'n': <byte 5>}", TRUE, 5 },
    { "{'n': <int16 5>}", TRUE, 5 }, { "{'n': <uint16 5>}", TRUE, 5 },
    { "@a{sv} {}", TRUE, 3 }, { "{'m': <5>}", TRUE, 3 },
    { "{'n': <0>}", FALSE, 3 }, { "{'n': <-1>}", FALSE, 3 },
    { "{'n': <int64 5000000000>}", FALSE, 3 },
    { "{'n': <uint64 18446744073709551615>}", FALSE, 3 }, { "{'n': <5.0>}", FALSE, 3 },
    { "{'n': <'5'>}", FALSE, 3 }, { "{'n': <true>}", FALSE, 3 },
    { "{'n': <int64 -9223372036854775808>}", FALSE, 3 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) options = g_variant_ref_sink (g_variant_new_parsed (cases[i].options));
      g_autoptr (GError) error = NULL;
      guint value = 3;

      g_assert_cmpint (speedup_options_read_uint (options, "n", 1, 4096, &value, &error), ==,
                       cases[i].valid);
      g_assert_cmpuint (value, ==, cases[i].expected);
      if (!cases[i].valid)
        g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT);
    }
}

static void
test_unsigned_64 (void)
{
  const struct
  {
    const char *options;
    gboolean valid;
    guint64 expected;
  } cases[] = {
    { "{'n': <uint64 18446744073709551615>}", TRUE, G_MAXUINT64 },
    { "{'n': <'18446744073709551615'>}", TRUE, G_MAXUINT64 },
    { "{'n': <int64 7>}", TRUE, 7 }, { "{'n': <-7>}", FALSE, 1 }, { "{'n': <'x'>}", FALSE, 1 },
    { "{'n': <'18446744073709551616'>}", FALSE, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) options = g_variant_ref_sink (g_variant_new_parsed (cases[i].options));
      g_autoptr (GError) error = NULL;
      guint64 value = 1;

      g_assert_cmpint (speedup_options_read_uint64 (options, "n", &value, &error), ==,
                       cases[i].valid);
      if (cases[i].valid)
        g_assert_cmpuint (value, ==, cases[i].expected);
      else
        g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT);
    }
}

static void
test_doubles (void)
{
  const struct
  {
    const char *options;
    gboolean valid;
    double expected;
  } cases[] = {
    { "{'x': <0.5>}", TRUE, 0.5 }, { "{'x': <int64 2>}", TRUE, 2 }, { "{'x': <-1>}", TRUE, -1 },
    { "{'x': <3>}", FALSE, 0 }, { "{'x': <-1.5>}", FALSE, 0 }, { "{'x': <'1'>}", FALSE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) options = g_variant_ref_sink (g_variant_new_parsed (cases[i].options));
      g_autoptr (GError) error = NULL;
      double value = 0;

      g_assert_cmpint (speedup_options_read_double (options, "x", -1, 2, &value, &error), ==,
                       cases[i].valid);
      g_assert_true (value == cases[i].expected);
    }
}

static void
test_texts (void)
{
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strdup ("default");
  g_auto (GStrv) list = NULL;
  gboolean flag = FALSE;

  options = g_variant_ref_sink (
    g_variant_new_parsed ("{'text': <'x'>, 'flag': <true>, 'list': <[<'a'>, <'b'>]>, "
                          "'plain': <['c']>, 'empty': <@av []>, 'mixed': <[<'a'>, <1>]>}"));
  g_assert_true (speedup_options_read_string (options, "absent", &text, &error));
  g_assert_cmpstr (text, ==, "default");
  g_assert_true (speedup_options_read_string (options, "text", &text, &error));
  g_assert_cmpstr (text, ==, "x");
  g_assert_true (speedup_options_read_boolean (options, "flag", &flag, &error));
  g_assert_true (flag);
  g_assert_true (speedup_options_read_strv (options, "list", &list, &error));
  g_assert_cmpuint (g_strv_length (list), ==, 2);
  g_assert_true (speedup_options_read_strv (options, "plain", &list, &error));
  g_assert_cmpstr (list[0], ==, "c");
  g_assert_true (speedup_options_read_strv (options, "empty", &list, &error));
  g_assert_cmpuint (g_strv_length (list), ==, 0);
  g_assert_no_error (error);

  g_assert_false (speedup_options_read_strv (options, "mixed", &list, NULL));
  g_assert_false (speedup_options_read_strv (options, "text", &list, NULL));
  g_assert_false (speedup_options_read_boolean (options, "text", &flag, NULL));
  g_assert_false (speedup_options_read_string (options, "flag", &text, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT);
}

static void
test_keys (void)
{
  const char *const known[] = { "days", "latency", NULL };
  g_autoptr (GVariant) good = NULL;
  g_autoptr (GVariant) bad = NULL;
  g_autoptr (GError) error = NULL;

  good = g_variant_ref_sink (g_variant_new_parsed ("{'days': <1>}"));
  bad = g_variant_ref_sink (g_variant_new_parsed ("{'days': <1>, 'latencies': <1>}"));
  g_assert_true (speedup_options_check_keys (good, known, &error));
  g_assert_no_error (error);
  g_assert_false (speedup_options_check_keys (bad, known, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (g_strrstr (error->message, "“latencies”"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/options/integers", test_integers);
  g_test_add_func ("/engine/options/unsigned-64", test_unsigned_64);
  g_test_add_func ("/engine/options/doubles", test_doubles);
  g_test_add_func ("/engine/options/texts", test_texts);
  g_test_add_func ("/engine/options/keys", test_keys);

  return g_test_run ();
}
