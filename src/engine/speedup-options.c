/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-options.h"

#include <math.h>

#include "speedup-error.h"

static gboolean
fail_type (const char  *key,
           GVariant    *value,
           const char  *wanted,
           GError     **error)
{
  g_autofree char *text = g_variant_print (value, FALSE);

  g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
               "Option “%s” must be %s, not %s.", key, wanted, text);

  return FALSE;
}

/* An integer of any type, as sign and magnitude, so that the largest unsigned ones fit too. */
static gboolean
get_integer (GVariant *value,
             gboolean *negative,
             guint64  *magnitude)
{
  gint64 number;

  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_BYTE:
      number = g_variant_get_byte (value);
      break;
    case G_VARIANT_CLASS_INT16:
      number = g_variant_get_int16 (value);
      break;
    case G_VARIANT_CLASS_UINT16:
      number = g_variant_get_uint16 (value);
      break;
    case G_VARIANT_CLASS_INT32:
      number = g_variant_get_int32 (value);
      break;
    case G_VARIANT_CLASS_UINT32:
      number = g_variant_get_uint32 (value);
      break;
    case G_VARIANT_CLASS_INT64:
      number = g_variant_get_int64 (value);
      break;
    case G_VARIANT_CLASS_UINT64:
      *negative = FALSE;
      *magnitude = g_variant_get_uint64 (value);
      return TRUE;
    default:
      return FALSE;
    }

  *negative = number < 0;
  *magnitude = number < 0 ? -(guint64) number : (guint64) number;

  return TRUE;
}

static GVariant *
lookup (GVariant   *options,
        const char *key)
{
  g_assert (options != NULL);
  g_assert (g_variant_is_of_type (options, G_VARIANT_TYPE_VARDICT));
  g_assert (key != NULL);

  return g_variant_lookup_value (options, key, NULL);
}

/**
 * speedup_options_check_keys:
 * @options: a{sv}
 * @known: (array zero-terminated=1): the keys that there are
 * @error: return location
 *
 * Returns: %FALSE with %SPEEDUP_ERROR_INVALID_ARGUMENT where @options has another key
 */
gboolean
speedup_options_check_keys (GVariant           *options,
                            const char *const  *known,
                            GError            **error)
{
  GVariantIter iter;
  const char *key;

  g_return_val_if_fail (options != NULL, FALSE);
  g_return_val_if_fail (known != NULL, FALSE);

  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &key, NULL))
    {
      if (!g_strv_contains (known, key))
        {
          g_autofree char *list = g_strjoinv (", ", (char **) known);

          g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
                       "There is no option “%s”; the options are %s.", key, list);
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * speedup_options_read_int64:
 * @options: a{sv}
 * @key: which option
 * @minimum: smallest allowed value
 * @maximum: largest allowed value
 * @value: (inout): holds the default, and the option where it is given
 * @error: return location
 *
 * Returns: %FALSE with %SPEEDUP_ERROR_INVALID_ARGUMENT where it is no integer or out of range
 */
gboolean
speedup_options_read_int64 (GVariant    *options,
                            const char  *key,
                            gint64       minimum,
                            gint64       maximum,
                            gint64      *value,
                            GError     **error)
{
  g_autoptr (GVariant) option = lookup (options, key);
  guint64 magnitude;
  gint64 number;
  gboolean negative;

  if (option == NULL)
    return TRUE;
  if (!get_integer (option, &negative, &magnitude))
    return fail_type (key, option, "a whole number", error);

  number = negative ? (gint64) (0 - magnitude) : (gint64) magnitude;
  if ((!negative && magnitude > G_MAXINT64) || number < minimum || number > maximum)
    {
      g_autofree char *text = g_variant_print (option, FALSE);

      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
                   "Option “%s” is %s, but must be between %" G_GINT64_FORMAT
                   " and %" G_GINT64_FORMAT ".", key, text, minimum, maximum);
      return FALSE;
    }
  *value = number;

  return TRUE;
}

/**
 * speedup_options_read_uint64:
 * @options: a{sv}
 * @key: which option
 * @value: (inout): holds the default, and the option where it is given
 * @error: return location
 *
 * For seeds, which may need all 64 bits: a result file holds one above 2^63 - 1 as a string of
 * digits, which is taken too.
 *
 * Returns: %FALSE with %SPEEDUP_ERROR_INVALID_ARGUMENT where it is no integer or negative
 */
gboolean
speedup_options_read_uint64 (GVariant    *options,
                             const char  *key,
                             guint64     *value,
                             GError     **error)
{
  g_autoptr (GVariant) option = lookup (options, key);
  guint64 magnitude;
  gboolean negative;

  if (option == NULL)
    return TRUE;
  if (g_variant_is_of_type (option, G_VARIANT_TYPE_STRING))
    {
      if (g_ascii_string_to_unsigned (g_variant_get_string (option, NULL), 10, 0, G_MAXUINT64,
                                      value, NULL))
        return TRUE;
      return fail_type (key, option, "a whole number from 0 on", error);
    }
  if (!get_integer (option, &negative, &magnitude) || negative)
    return fail_type (key, option, "a whole number from 0 on", error);
  *value = magnitude;

  return TRUE;
}

/**
 * speedup_options_read_uint:
 * @options: a{sv}
 * @key: which option
 * @minimum: smallest allowed value
 * @maximum: largest allowed value
 * @value: (inout): holds the default, and the option where it is given
 * @error: return location
 *
 * Returns: %FALSE with %SPEEDUP_ERROR_INVALID_ARGUMENT where it is no integer or out of range
 */
gboolean
speedup_options_read_uint (GVariant    *options,
                           const char  *key,
                           guint        minimum,
                           guint        maximum,
                           guint       *value,
                           GError     **error)
{
  gint64 number = *value;

  if (!speedup_options_read_int64 (options, key, minimum, maximum, &number, error))
    return FALSE;
  *value = (guint) number;

  return TRUE;
}

/**
 * speedup_options_read_double:
 * @options: a{sv}
 * @key: which option
 * @minimum: smallest allowed value
 * @maximum: largest allowed value
 * @value: (inout): holds the default, and the option where it is given
 * @error: return location
 *
 * Returns: %FALSE with %SPEEDUP_ERROR_INVALID_ARGUMENT where it is no number or out of range
 */
gboolean
speedup_options_read_double (GVariant    *options,
                             const char  *key,
                             double       minimum,
                             double       maximum,
                             double      *value,
                             GError     **error)
{
  g_autoptr (GVariant) option = lookup (options, key);
  guint64 magnitude;
  gboolean negative;
  double number;

  if (option == NULL)
    return TRUE;
  if (g_variant_is_of_type (option, G_VARIANT_TYPE_DOUBLE))
    number = g_variant_get_double (option);
  else if (get_integer (option, &negative, &magnitude))
    number = negative ? -(double) magnitude : (double) magnitude;
  else
    return fail_type (key, option, "a number", error);

  if (isnan (number) || number < minimum || number > maximum)
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
                   "Option “%s” is %g, but must be between %g and %g.",
                   key, number, minimum, maximum);
      return FALSE;
    }
  *value = number;

  return TRUE;
}

/**
 * speedup_options_read_boolean:
 * @options: a{sv}
 * @key: which option
 * @value: (inout): holds the default, and the option where it is given
 * @error: return location
 *
 * Returns: %FALSE with %SPEEDUP_ERROR_INVALID_ARGUMENT where it is neither true nor false
 */
gboolean
speedup_options_read_boolean (GVariant    *options,
                              const char  *key,
                              gboolean    *value,
                              GError     **error)
{
  g_autoptr (GVariant) option = lookup (options, key);

  if (option == NULL)
    return TRUE;
  if (!g_variant_is_of_type (option, G_VARIANT_TYPE_BOOLEAN))
    return fail_type (key, option, "true or false", error);
  *value = g_variant_get_boolean (option);

  return TRUE;
}

/**
 * speedup_options_read_string:
 * @options: a{sv}
 * @key: which option
 * @value: (inout) (transfer full) (nullable): holds the default, and the option where it is given
 * @error: return location
 *
 * Returns: %FALSE with %SPEEDUP_ERROR_INVALID_ARGUMENT where it is no string
 */
gboolean
speedup_options_read_string (GVariant    *options,
                             const char  *key,
                             char       **value,
                             GError     **error)
{
  g_autoptr (GVariant) option = lookup (options, key);

  if (option == NULL)
    return TRUE;
  if (!g_variant_is_of_type (option, G_VARIANT_TYPE_STRING))
    return fail_type (key, option, "text", error);
  g_free (*value);
  *value = g_variant_dup_string (option, NULL);

  return TRUE;
}

/**
 * speedup_options_read_strv:
 * @options: a{sv}
 * @key: which option
 * @value: (inout) (transfer full) (nullable): holds the default, and the option where it is given
 * @error: return location
 *
 * Returns: %FALSE with %SPEEDUP_ERROR_INVALID_ARGUMENT where it is no list of strings
 */
gboolean
speedup_options_read_strv (GVariant    *options,
                           const char  *key,
                           GStrv       *value,
                           GError     **error)
{
  g_autoptr (GVariant) option = lookup (options, key);
  g_autoptr (GStrvBuilder) builder = NULL;

  if (option == NULL)
    return TRUE;
  if (!g_variant_is_of_type (option, G_VARIANT_TYPE ("as")) &&
      !g_variant_is_of_type (option, G_VARIANT_TYPE ("av")))
    return fail_type (key, option, "a list of texts", error);

  builder = g_strv_builder_new ();
  for (gsize i = 0; i < g_variant_n_children (option); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (option, i);
      g_autoptr (GVariant) text = NULL;

      if (g_variant_is_of_type (child, G_VARIANT_TYPE_VARIANT))
        text = g_variant_get_variant (child);
      else
        text = g_variant_ref (child);
      if (!g_variant_is_of_type (text, G_VARIANT_TYPE_STRING))
        return fail_type (key, option, "a list of texts", error);
      g_strv_builder_add (builder, g_variant_get_string (text, NULL));
    }
  g_strfreev (*value);
  *value = g_strv_builder_end (builder);

  return TRUE;
}
