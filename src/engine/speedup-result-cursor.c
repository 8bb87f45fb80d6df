/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-result-json-private.h"

#include <math.h>
#include <string.h>

#include "speedup-error.h"
#include "speedup-result-file.h"

/* Readers of an untrusted JSON document. Each checks type and bounds and says where a value is
 * wrong.
 */

gboolean
speedup_json_fail (const SpeedupJsonCursor  *cursor,
                   const char               *key,
                   const char               *wanted,
                   GError                  **error)
{
  g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_FORMAT,
               "The file is damaged: “%s%s%s” must be %s.",
               cursor->where, cursor->where[0] != '\0' ? "." : "", key, wanted);

  return FALSE;
}

static JsonNode *
get_member (const SpeedupJsonCursor *cursor,
            const char              *key)
{
  return json_object_get_member (cursor->object, key);
}

/**
 * speedup_json_enter:
 * @parent: an object
 * @key: the member to enter
 * @child: (out caller-allocated): that member; it lives as long as the document
 * @error: return location
 *
 * Returns: %FALSE where the member is no object
 */
gboolean
speedup_json_enter (const SpeedupJsonCursor  *parent,
                    const char               *key,
                    SpeedupJsonCursor        *child,
                    GError                  **error)
{
  JsonNode *node = get_member (parent, key);

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return speedup_json_fail (parent, key, "an object", error);

  child->object = json_node_get_object (node);
  if (parent->where[0] != '\0')
    g_snprintf (child->where, sizeof child->where, "%.40s.%.20s", parent->where, key);
  else
    g_snprintf (child->where, sizeof child->where, "%s", key);

  return TRUE;
}

gboolean
speedup_json_enter_element (JsonArray          *array,
                            const char         *name,
                            guint               index,
                            SpeedupJsonCursor  *child,
                            GError            **error)
{
  JsonNode *node = json_array_get_element (array, index);

  g_snprintf (child->where, sizeof child->where, "%.40s[%u]", name, index);
  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_FORMAT,
                   "The file is damaged: “%s” must be an object.", child->where);
      return FALSE;
    }
  child->object = json_node_get_object (node);

  return TRUE;
}

gboolean
speedup_json_read_array (const SpeedupJsonCursor  *cursor,
                         const char               *key,
                         guint                     max_length,
                         JsonArray               **array,
                         GError                  **error)
{
  JsonNode *node = get_member (cursor, key);

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return speedup_json_fail (cursor, key, "a list", error);
  if (json_array_get_length (json_node_get_array (node)) > max_length)
    return speedup_json_fail (cursor, key, "a shorter list", error);
  *array = json_node_get_array (node);

  return TRUE;
}

gboolean
speedup_json_read_int (const SpeedupJsonCursor  *cursor,
                       const char               *key,
                       gint64                    minimum,
                       gint64                    maximum,
                       gint64                   *value,
                       GError                  **error)
{
  JsonNode *node = get_member (cursor, key);
  gint64 number = 0;
  gboolean valid;

  valid = node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
          json_node_get_value_type (node) == G_TYPE_INT64;
  if (valid)
    number = json_node_get_int (node);

  if (!valid || number < minimum || number > maximum)
    {
      g_autofree char *wanted = NULL;

      wanted = g_strdup_printf ("a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                                minimum, maximum);
      return speedup_json_fail (cursor, key, wanted, error);
    }
  *value = number;

  return TRUE;
}

gboolean
speedup_json_read_uint (const SpeedupJsonCursor  *cursor,
                        const char               *key,
                        guint                     minimum,
                        guint                     maximum,
                        guint                    *value,
                        GError                  **error)
{
  gint64 number;

  if (!speedup_json_read_int (cursor, key, minimum, maximum, &number, error))
    return FALSE;
  *value = (guint) number;

  return TRUE;
}

/* A number, or NAN for null or an absent member. */
gboolean
speedup_json_read_double (const SpeedupJsonCursor  *cursor,
                          const char               *key,
                          double                    minimum,
                          double                    maximum,
                          double                   *value,
                          GError                  **error)
{
  JsonNode *node = get_member (cursor, key);
  GType type;
  double number;

  *value = NAN;
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node))
    return speedup_json_fail (cursor, key, "a number or null", error);

  type = json_node_get_value_type (node);
  if (type != G_TYPE_DOUBLE && type != G_TYPE_INT64)
    return speedup_json_fail (cursor, key, "a number or null", error);

  number = json_node_get_double (node);
  if (!(number >= minimum && number <= maximum))
    {
      g_autofree char *wanted = g_strdup_printf ("a number from %g to %g", minimum, maximum);

      return speedup_json_fail (cursor, key, wanted, error);
    }
  *value = number;

  return TRUE;
}

/* An absent member leaves the value as it was. */
gboolean
speedup_json_read_boolean (const SpeedupJsonCursor  *cursor,
                           const char               *key,
                           gboolean                 *value,
                           GError                  **error)
{
  JsonNode *node = get_member (cursor, key);

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return speedup_json_fail (cursor, key, "true or false", error);
  *value = json_node_get_boolean (node);

  return TRUE;
}

/* Where it may be null it may be absent too, so that older files stay readable. */
gboolean
speedup_json_read_string (const SpeedupJsonCursor  *cursor,
                          const char               *key,
                          gboolean                  nullable,
                          char                    **value,
                          GError                  **error)
{
  JsonNode *node = get_member (cursor, key);

  if (nullable && (node == NULL || JSON_NODE_HOLDS_NULL (node)))
    return TRUE;
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_STRING)
    return speedup_json_fail (cursor, key, "text", error);
  g_free (*value);
  *value = json_node_dup_string (node);

  return TRUE;
}

/* An object as a{sv}: whole numbers become x, lists av, null @mv nothing. Absent or null: NULL. */
gboolean
speedup_json_read_variant (const SpeedupJsonCursor  *cursor,
                           const char               *key,
                           GVariant                **value,
                           GError                  **error)
{
  JsonNode *node = get_member (cursor, key);
  GVariant *variant;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return speedup_json_fail (cursor, key, "an object", error);

  variant = json_gvariant_deserialize (node, "a{sv}", NULL);
  if (variant == NULL)
    return speedup_json_fail (cursor, key, "an object of plain values", error);
  *value = g_variant_ref_sink (variant);

  return TRUE;
}

/**
 * speedup_json_check_depth:
 * @text: JSON
 * @length: its length in bytes
 * @max_depth: how deep lists and objects may be nested
 *
 * json-glib reads nested values by recursion and overflows the stack on hostile ones, so depth is
 * counted before it sees them. Brackets inside of strings do not count. Its scanner also skips
 * comments, which JSON has not and in which a quotation mark would mislead the count: they are
 * refused.
 *
 * Returns: whether @text may be handed to json-glib
 */
gboolean
speedup_json_check_depth (const char *text,
                          gsize       length,
                          guint       max_depth)
{
  gboolean in_string = FALSE;
  guint depth = 0;

  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];

      if (in_string && c == '\\')
        i++;
      else if (c == '"')
        in_string = !in_string;
      else if (in_string)
        continue;
      else if (c == '[' || c == '{')
        depth++;
      else if ((c == ']' || c == '}') && depth > 0)
        depth--;

      if (!in_string && (depth > max_depth || c == '/' || c == '#' || c == '\''))
        return FALSE;
    }

  return TRUE;
}

/**
 * speedup_json_parse:
 * @text: untrusted bytes
 * @length: how many
 * @what: "result file", "journal": for messages
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the document, an object; %NULL with %SPEEDUP_ERROR_FORMAT
 */
JsonNode *
speedup_json_parse (const char  *text,
                    gsize        length,
                    const char  *what,
                    GError     **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autoptr (JsonNode) root = NULL;

  if (!g_utf8_validate_len (text, length, NULL))
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_FORMAT,
                   "This is no Speedup %s: it is not UTF-8 text.", what);
      return NULL;
    }
  if (!speedup_json_check_depth (text, length, SPEEDUP_RESULT_MAX_DEPTH))
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_FORMAT,
                   "This is no Speedup %s: it is not JSON, or nested more than %d deep.",
                   what, SPEEDUP_RESULT_MAX_DEPTH);
      return NULL;
    }

  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, (gssize) length, &local_error))
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_FORMAT,
                   "This is no Speedup %s, or it is damaged: %s", what, local_error->message);
      return NULL;
    }

  root = json_parser_steal_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_FORMAT,
                   "This is no Speedup %s: it is not a JSON object.", what);
      return NULL;
    }

  return g_steal_pointer (&root);
}

/**
 * speedup_json_check_schema:
 * @object: a document
 * @expected: its schema, a name, a slash and a version
 * @what: "result file", "journal": for messages
 * @error: return location
 *
 * Returns: %FALSE with %SPEEDUP_ERROR_NEWER_SCHEMA for a later version of the same schema, with
 *   %SPEEDUP_ERROR_FORMAT for another
 */
gboolean
speedup_json_check_schema (JsonObject  *object,
                           const char  *expected,
                           const char  *what,
                           GError     **error)
{
  const char *schema = NULL;
  JsonNode *node = json_object_get_member (object, "schema");
  gsize prefix = strcspn (expected, "/") + 1;
  guint64 version;

  if (node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
      json_node_get_value_type (node) == G_TYPE_STRING)
    schema = json_node_get_string (node);

  if (g_strcmp0 (schema, expected) == 0)
    return TRUE;

  if (schema != NULL && strncmp (schema, expected, prefix) == 0 &&
      g_ascii_string_to_unsigned (schema + prefix, 10, 2, G_MAXUINT32, &version, NULL))
    g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_NEWER_SCHEMA,
                 "The %s was written by a newer Speedup (format “%s”, this one reads “%s”): "
                 "update Speedup to open it.", what, schema, expected);
  else
    g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_FORMAT,
                 "This is no Speedup %s: its “schema” is not “%s”.", what, expected);

  return FALSE;
}
