/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "speedup-execution.h"
#include "speedup-result.h"

G_BEGIN_DECLS

/* The pieces of a result as JSON, which the result file and the journal share. */

#define SPEEDUP_JSON_N_TASK_STATUSES (SPEEDUP_TASK_CANCELLED + 1)

extern const char *const speedup_json_task_status_names[SPEEDUP_JSON_N_TASK_STATUSES];

void      speedup_json_add_machine (JsonBuilder           *builder,
                                    const SpeedupMachine  *machine);
void      speedup_json_add_plan (JsonBuilder           *builder,
                                 const SpeedupPlan     *plan);
void      speedup_json_add_run (JsonBuilder           *builder,
                                const SpeedupRun      *run);
void      speedup_json_add_timelines (JsonBuilder           *builder,
                                      const SpeedupResult   *result);
void      speedup_json_add_failures (JsonBuilder           *builder,
                                     GPtrArray             *failures);
void      speedup_json_add_warnings (JsonBuilder           *builder,
                                     GPtrArray             *warnings);
void      speedup_json_add_variant (JsonBuilder           *builder,
                                    GVariant              *variant);
void      speedup_json_add_analysis (JsonBuilder           *builder,
                                     const SpeedupResult   *result);
void      speedup_json_put_double (JsonBuilder           *builder,
                                   const char            *key,
                                   double                 value);
void      speedup_json_put_int (JsonBuilder           *builder,
                                const char            *key,
                                gint64                 value);
void      speedup_json_put_string (JsonBuilder           *builder,
                                   const char            *key,
                                   const char            *value);
void      speedup_json_put_interval (JsonBuilder           *builder,
                                     const char            *key,
                                     const char            *low_key,
                                     const char            *high_key,
                                     SpeedupInterval        interval);
void      speedup_json_put_configuration (JsonBuilder                *builder,
                                          const SpeedupConfiguration *configuration);
char     *speedup_json_builder_to_text (JsonBuilder           *builder) G_GNUC_WARN_UNUSED_RESULT;

JsonNode *speedup_json_parse (const char            *text,
                              gsize                  length,
                              const char            *what,
                              GError               **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean  speedup_json_check_depth (const char            *text,
                                    gsize                  length,
                                    guint                  max_depth);
gboolean  speedup_json_check_schema (JsonObject            *object,
                                     const char            *expected,
                                     const char            *what,
                                     GError               **error);

/**
 * SpeedupJsonCursor:
 * @object: what is read
 * @where: its place in the document, for messages
 *
 * An object of an untrusted document and where it stands.
 */
typedef struct
{
  JsonObject *object;
  char where[64];
} SpeedupJsonCursor;

gboolean  speedup_json_enter (const SpeedupJsonCursor *parent,
                              const char              *key,
                              SpeedupJsonCursor       *child,
                              GError                 **error);
gboolean  speedup_json_enter_element (JsonArray               *array,
                                      const char              *name,
                                      guint                    index,
                                      SpeedupJsonCursor       *child,
                                      GError                 **error);
gboolean  speedup_json_read_array (const SpeedupJsonCursor *cursor,
                                   const char              *key,
                                   guint                    max_length,
                                   JsonArray              **array,
                                   GError                 **error);
gboolean  speedup_json_read_int (const SpeedupJsonCursor *cursor,
                                 const char              *key,
                                 gint64                   minimum,
                                 gint64                   maximum,
                                 gint64                  *value,
                                 GError                 **error);
gboolean  speedup_json_read_uint (const SpeedupJsonCursor *cursor,
                                  const char              *key,
                                  guint                    minimum,
                                  guint                    maximum,
                                  guint                   *value,
                                  GError                 **error);
gboolean  speedup_json_read_double (const SpeedupJsonCursor *cursor,
                                    const char              *key,
                                    double                   minimum,
                                    double                   maximum,
                                    double                  *value,
                                    GError                 **error);
gboolean  speedup_json_read_boolean (const SpeedupJsonCursor *cursor,
                                     const char              *key,
                                     gboolean                *value,
                                     GError                 **error);
gboolean  speedup_json_read_string (const SpeedupJsonCursor *cursor,
                                    const char              *key,
                                    gboolean                 nullable,
                                    char                   **value,
                                    GError                 **error);
gboolean  speedup_json_read_variant (const SpeedupJsonCursor *cursor,
                                     const char              *key,
                                     GVariant               **value,
                                     GError                 **error);
gboolean  speedup_json_fail (const SpeedupJsonCursor *cursor,
                             const char              *key,
                             const char              *wanted,
                             GError                 **error);

SpeedupMachine *speedup_json_read_machine (const SpeedupJsonCursor *cursor,
                                           GError                 **error) G_GNUC_WARN_UNUSED_RESULT;
SpeedupPlan    *speedup_json_read_plan (const SpeedupJsonCursor *cursor,
                                        GError                 **error) G_GNUC_WARN_UNUSED_RESULT;
SpeedupConfiguration *speedup_json_read_configuration (const SpeedupJsonCursor *cursor,
                                                       guint                    n_tasks,
                                                       GError                 **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean        speedup_json_read_runs (const SpeedupJsonCursor *cursor,
                                        const SpeedupPlan       *plan,
                                        GPtrArray               *runs,
                                        GError                 **error);
gboolean        speedup_json_read_timelines (const SpeedupJsonCursor *cursor,
                                             const SpeedupPlan       *plan,
                                             GPtrArray               *timelines,
                                             GError                 **error);
gboolean        speedup_json_read_failures (const SpeedupJsonCursor *cursor,
                                            const SpeedupPlan       *plan,
                                            GPtrArray               *failures,
                                            GError                 **error);
gboolean        speedup_json_read_warnings (const SpeedupJsonCursor *cursor,
                                            GPtrArray               *warnings,
                                            GError                 **error);

G_END_DECLS
