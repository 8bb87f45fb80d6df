/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* dladdr() is a GNU extension. */
#define _GNU_SOURCE

#include "config.h"

#include "speedup-workloads.h"

#include <dlfcn.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <libsoup/soup.h>

#include "speedup-error.h"
#include "speedup-resize-workload.h"
#include "speedup-weather-parser.h"
#include "speedup-weather-workload.h"

typedef struct
{
  const char *name;
  SpeedupWorkload *(*new_from_options)(GVariant      *options,
                                       GCancellable  *cancellable,
                                       GError       **error);
  SpeedupWorkload *(*new_from_spec)(GVariant      *spec,
                                    GError       **error);
} Row;

static const Row rows[] = {
  { "resize", speedup_resize_workload_new_from_options, speedup_resize_workload_new_from_spec },
  { "weather", speedup_weather_workload_new_from_options, speedup_weather_workload_new_from_spec },
};

static const Row *
find_row (const char  *name,
          GError     **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (g_str_equal (rows[i].name, name))
        return &rows[i];
      g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", rows[i].name);
    }

  g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
               "There is no workload “%s”; there are: %s.", name, known->str);
  return NULL;
}

/**
 * speedup_workload_new_from_options:
 * @name: name of a workload
 * @options: (nullable): a{sv}; the keys are listed in the workload's header. A floating reference
 *   is consumed
 * @cancellable: (nullable): ends the reading of a large folder
 * @error: return location; %SPEEDUP_ERROR_INVALID_ARGUMENT, %SPEEDUP_ERROR_NO_TASKS,
 *   %SPEEDUP_ERROR_INPUT
 *
 * Makes a workload from what a user asked for, or from the options of a saved plan.
 *
 * Returns: (transfer full): a workload that is not started
 */
SpeedupWorkload *
speedup_workload_new_from_options (const char    *name,
                                   GVariant      *options,
                                   GCancellable  *cancellable,
                                   GError       **error)
{
  g_autoptr (GVariant) taken = NULL;
  const Row *row;

  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  taken = g_variant_ref_sink (options == NULL ? g_variant_new ("a{sv}", NULL) : options);

  row = find_row (name, error);
  if (row == NULL)
    return NULL;

  return row->new_from_options (taken, cancellable, error);
}

/**
 * speedup_workload_new_from_spec:
 * @name: name of a workload
 * @spec: what speedup_workload_dup_spec() made, in another process; not trusted. A floating
 *   reference is consumed
 * @error: return location
 *
 * Makes a workload again in a worker process. It is never started there.
 *
 * Returns: (transfer full): a workload
 */
SpeedupWorkload *
speedup_workload_new_from_spec (const char  *name,
                                GVariant    *spec,
                                GError     **error)
{
  g_autoptr (GVariant) taken = NULL;
  const Row *row;

  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (spec != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  taken = g_variant_ref_sink (spec);

  row = find_row (name, error);
  if (row == NULL)
    return NULL;

  return row->new_from_spec (taken, error);
}

static void
add (GVariantBuilder *builder,
     const char      *library,
     const char      *version)
{
  g_variant_builder_add (builder, "{ss}", library, version);
}

/**
 * speedup_workloads_dup_libraries:
 *
 * What the work is done with: two libraries of one version can differ in speed (a build with
 * another JPEG decoder), so the path of the image library is told too.
 *
 * Returns: (transfer full): a{ss}, library to version, and "gdk-pixbuf-path" to the file loaded
 */
GVariant *
speedup_workloads_dup_libraries (void)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));
  g_autofree char *soup = g_strdup_printf ("%u.%u.%u", soup_get_major_version (),
                                           soup_get_minor_version (), soup_get_micro_version ());
  g_autofree char *glib = g_strdup_printf ("%u.%u.%u", glib_major_version, glib_minor_version,
                                           glib_micro_version);
  Dl_info info;

  add (&builder, "gdk-pixbuf", gdk_pixbuf_version);
  if (dladdr ((gpointer) gdk_pixbuf_get_type, &info) != 0 && info.dli_fname != NULL)
    {
      g_autofree char *path = g_filename_display_name (info.dli_fname);

      add (&builder, "gdk-pixbuf-path", path);
    }
  add (&builder, "glib", glib);
  add (&builder, "libsoup", soup);
  add (&builder, "simdjson", speedup_weather_parser_get_library_version ());

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
