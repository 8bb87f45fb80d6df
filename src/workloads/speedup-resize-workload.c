/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-resize-workload.h"

#include <string.h>

#include "speedup-error.h"
#include "speedup-options.h"
#include "speedup-page-cache.h"
#include "speedup-resize-inputs.h"
#include "speedup-resize-save.h"
#include "speedup-sample-images.h"

/* Paths as bytes, because file names need not be UTF-8; width, height, fit, decode, max-pixels. */
#define SPEC_TYPE "(aayuusst)"

struct _SpeedupResizeWorkload
{
  SpeedupWorkload parent_instance;

  GPtrArray *inputs;              /* of SpeedupResizeInput: those that are measured */
  guint population;
  SpeedupResizeSettings settings;

  /* As they were asked for, to be told again by dup_options(). */
  GStrv paths;                    /* absolute; empty for sample images */
  gboolean recursive;
  guint count;
  guint n_samples;
  guint64 sample_seed;
};

G_DEFINE_FINAL_TYPE (SpeedupResizeWorkload, speedup_resize_workload, SPEEDUP_TYPE_WORKLOAD)

static const char *const option_keys[] = {
  "input", "recursive", "count", "width", "height", "fit", "decode", "max-pixels", "sample",
  "sample-seed", NULL,
};

static gboolean
set_fit (SpeedupResizeSettings  *settings,
         const char             *name,
         GError                **error)
{
  if (speedup_resize_fit_from_string (name, &settings->fit))
    return TRUE;

  g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
               "There is no fit “%s”; choose stretch, contain or cover.", name);

  return FALSE;
}

static gboolean
set_decode (SpeedupResizeSettings  *settings,
            const char             *name,
            GError                **error)
{
  if (speedup_resize_decode_from_string (name, &settings->decode))
    return TRUE;

  g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
               "There is no way to decode “%s”; choose scaled or full.", name);

  return FALSE;
}

static gboolean
set_max_pixels (SpeedupResizeSettings  *settings,
                guint64                 max_pixels,
                GError                **error)
{
  if (max_pixels >= 1 && max_pixels <= G_MAXINT32)
    {
      settings->max_pixels = max_pixels;
      return TRUE;
    }

  g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INVALID_ARGUMENT,
               "Option “max-pixels” is %" G_GUINT64_FORMAT ", but must be between 1 and %d.",
               max_pixels, G_MAXINT32);

  return FALSE;
}

static gboolean
read_settings (SpeedupResizeWorkload  *self,
               GVariant               *options,
               GError                **error)
{
  SpeedupResizeSettings *settings = &self->settings;
  g_autofree char *fit = g_strdup ("stretch");
  g_autofree char *decode = g_strdup ("scaled");
  guint64 max_pixels = SPEEDUP_RESIZE_DEFAULT_MAX_PIXELS;

  settings->width = SPEEDUP_RESIZE_DEFAULT_SIZE;
  settings->height = SPEEDUP_RESIZE_DEFAULT_SIZE;

  return speedup_options_read_uint (options, "width", 1, SPEEDUP_RESIZE_MAX_SIZE,
                                    &settings->width, error) &&
         speedup_options_read_uint (options, "height", 1, SPEEDUP_RESIZE_MAX_SIZE,
                                    &settings->height, error) &&
         speedup_options_read_string (options, "fit", &fit, error) &&
         speedup_options_read_string (options, "decode", &decode, error) &&
         speedup_options_read_uint64 (options, "max-pixels", &max_pixels, error) &&
         set_fit (settings, fit, error) &&
         set_decode (settings, decode, error) &&
         set_max_pixels (settings, max_pixels, error);
}

static gboolean
read_paths (SpeedupResizeWorkload  *self,
            GVariant               *options,
            GError                **error)
{
  g_auto (GStrv) inputs = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (!speedup_options_read_strv (options, "input", &inputs, error))
    return FALSE;

  for (gsize i = 0; inputs != NULL && inputs[i] != NULL; i++)
    {
      g_autofree char *path = speedup_resize_path_from_option (inputs[i], error);

      if (path == NULL)
        return FALSE;
      g_strv_builder_add (builder, path);
    }
  self->paths = g_strv_builder_end (builder);

  return TRUE;
}

static gboolean
read_options (SpeedupResizeWorkload  *self,
              GVariant               *options,
              GError                **error)
{
  self->count = SPEEDUP_RESIZE_DEFAULT_COUNT;
  self->sample_seed = 1;

  return speedup_options_check_keys (options, option_keys, error) &&
         read_settings (self, options, error) &&
         read_paths (self, options, error) &&
         speedup_options_read_boolean (options, "recursive", &self->recursive, error) &&
         speedup_options_read_uint (options, "count", 1, SPEEDUP_RESIZE_MAX_COUNT, &self->count,
                                    error) &&
         speedup_options_read_uint (options, "sample", 0, G_MAXINT32, &self->n_samples, error) &&
         speedup_options_read_uint64 (options, "sample-seed", &self->sample_seed, error);
}

/* Sample images are files like any other, only that they are made first. */
static GPtrArray *
list_inputs (SpeedupResizeWorkload  *self,
             GCancellable           *cancellable,
             GError                **error)
{
  g_auto (GStrv) samples = NULL;

  if (self->paths[0] != NULL)
    return speedup_resize_inputs_list ((const char *const *) self->paths, self->recursive,
                                       cancellable, error);

  samples = speedup_sample_images_cache (self->count, cancellable, error);
  if (samples == NULL)
    return NULL;

  return speedup_resize_inputs_list ((const char *const *) samples, FALSE, cancellable, error);
}

static const SpeedupResizeInput *
get_input (SpeedupResizeWorkload *self,
           guint                  task)
{
  g_assert (task < self->inputs->len);

  return self->inputs->pdata[task];
}

static guint
speedup_resize_workload_get_n_tasks (SpeedupWorkload *workload)
{
  return SPEEDUP_RESIZE_WORKLOAD (workload)->inputs->len;
}

static guint
speedup_resize_workload_get_population (SpeedupWorkload *workload)
{
  return SPEEDUP_RESIZE_WORKLOAD (workload)->population;
}

static char *
speedup_resize_workload_dup_task_name (SpeedupWorkload *workload,
                                       guint            task)
{
  return g_filename_display_name (get_input (SPEEDUP_RESIZE_WORKLOAD (workload), task)->path);
}

static GVariant *
speedup_resize_workload_dup_spec (SpeedupWorkload *workload)
{
  SpeedupResizeWorkload *self = SPEEDUP_RESIZE_WORKLOAD (workload);
  const SpeedupResizeSettings *settings = &self->settings;
  GVariantBuilder paths;

  g_variant_builder_init (&paths, G_VARIANT_TYPE_BYTESTRING_ARRAY);
  for (guint i = 0; i < self->inputs->len; i++)
    g_variant_builder_add (&paths, "^ay", get_input (self, i)->path);

  return g_variant_ref_sink (g_variant_new (SPEC_TYPE, &paths, settings->width, settings->height,
                                            speedup_resize_fit_to_string (settings->fit),
                                            speedup_resize_decode_to_string (settings->decode),
                                            settings->max_pixels));
}

static GVariant *
speedup_resize_workload_dup_options (SpeedupWorkload *workload)
{
  SpeedupResizeWorkload *self = SPEEDUP_RESIZE_WORKLOAD (workload);
  const SpeedupResizeSettings *settings = &self->settings;
  GVariantBuilder paths;
  GVariantDict dict;

  g_variant_builder_init (&paths, G_VARIANT_TYPE_STRING_ARRAY);
  for (gsize i = 0; self->paths[i] != NULL; i++)
    {
      g_autofree char *option = speedup_resize_path_to_option (self->paths[i]);

      g_variant_builder_add (&paths, "s", option);
    }

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "input", g_variant_builder_end (&paths));
  g_variant_dict_insert (&dict, "recursive", "b", self->recursive);
  if (self->paths[0] == NULL)
    g_variant_dict_insert (&dict, "count", "u", self->count);
  g_variant_dict_insert (&dict, "width", "u", settings->width);
  g_variant_dict_insert (&dict, "height", "u", settings->height);
  g_variant_dict_insert (&dict, "fit", "s", speedup_resize_fit_to_string (settings->fit));
  g_variant_dict_insert (&dict, "decode", "s", speedup_resize_decode_to_string (settings->decode));
  g_variant_dict_insert (&dict, "max-pixels", "t", settings->max_pixels);
  g_variant_dict_insert (&dict, "sample", "u", self->n_samples);
  g_variant_dict_insert (&dict, "sample-seed", "t", self->sample_seed);

  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static char *
speedup_resize_workload_dup_fingerprint (SpeedupWorkload *workload)
{
  return speedup_resize_inputs_dup_digest (SPEEDUP_RESIZE_WORKLOAD (workload)->inputs);
}

static gboolean
speedup_resize_workload_prepare_run (SpeedupWorkload   *workload,
                                     SpeedupCacheMode   cache,
                                     GCancellable      *cancellable,
                                     GError           **error)
{
  SpeedupResizeWorkload *self = SPEEDUP_RESIZE_WORKLOAD (workload);

  for (guint i = 0; i < self->inputs->len; i++)
    {
      const char *path = get_input (self, i)->path;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (cache == SPEEDUP_CACHE_WARM)
        speedup_page_cache_warm (path, cancellable);
      else if (!speedup_page_cache_drop (path, error))
        return FALSE;
    }

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static gboolean
speedup_resize_workload_run_task (SpeedupWorkload     *workload,
                                  gpointer             session     G_GNUC_UNUSED,
                                  guint                task,
                                  GCancellable        *cancellable,
                                  SpeedupTaskOutcome  *outcome,
                                  GError             **error)
{
  SpeedupResizeWorkload *self = SPEEDUP_RESIZE_WORKLOAD (workload);
  g_autoptr (GBytes) pixels = NULL;

  pixels = speedup_resize_image_load (get_input (self, task)->path, &self->settings, cancellable,
                                      error);
  if (pixels == NULL)
    return FALSE;

  outcome->output = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, pixels,
                                                                  TRUE));

  return TRUE;
}

static GVariant *
speedup_resize_workload_summarise_output (SpeedupWorkload *workload,
                                          GVariant *const *outputs,
                                          guint            n_outputs)
{
  return speedup_resize_summarise (SPEEDUP_RESIZE_WORKLOAD (workload), outputs, n_outputs);
}

static void
speedup_resize_workload_finalize (GObject *object)
{
  SpeedupResizeWorkload *self = SPEEDUP_RESIZE_WORKLOAD (object);

  g_clear_pointer (&self->inputs, g_ptr_array_unref);
  g_clear_pointer (&self->paths, g_strfreev);

  G_OBJECT_CLASS (speedup_resize_workload_parent_class)->finalize (object);
}

static void
speedup_resize_workload_class_init (SpeedupResizeWorkloadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  SpeedupWorkloadClass *workload_class = SPEEDUP_WORKLOAD_CLASS (klass);

  object_class->finalize = speedup_resize_workload_finalize;

  workload_class->name = "resize";
  workload_class->cpu_bound = TRUE;
  workload_class->get_n_tasks = speedup_resize_workload_get_n_tasks;
  workload_class->get_population = speedup_resize_workload_get_population;
  workload_class->dup_task_name = speedup_resize_workload_dup_task_name;
  workload_class->dup_spec = speedup_resize_workload_dup_spec;
  workload_class->dup_options = speedup_resize_workload_dup_options;
  workload_class->dup_fingerprint = speedup_resize_workload_dup_fingerprint;
  workload_class->prepare_run = speedup_resize_workload_prepare_run;
  workload_class->run_task = speedup_resize_workload_run_task;
  workload_class->summarise_output = speedup_resize_workload_summarise_output;
}

static void
speedup_resize_workload_init (SpeedupResizeWorkload *self G_GNUC_UNUSED)
{
}

/**
 * speedup_resize_workload_new_from_options:
 * @options: a{sv}, as listed in the header
 * @cancellable: (nullable): ends the listing of a folder and the making of sample images
 * @error: return location; %SPEEDUP_ERROR_INVALID_ARGUMENT, %SPEEDUP_ERROR_NO_TASKS,
 *   %SPEEDUP_ERROR_INPUT
 *
 * Lists the pictures, or makes sample images where none are named and none are cached; that takes
 * seconds.
 *
 * Returns: (transfer full): a workload of one task for each picture
 */
SpeedupWorkload *
speedup_resize_workload_new_from_options (GVariant      *options,
                                          GCancellable  *cancellable,
                                          GError       **error)
{
  g_autoptr (SpeedupResizeWorkload) self = NULL;
  g_autoptr (GPtrArray) all = NULL;

  g_return_val_if_fail (options != NULL, NULL);
  g_return_val_if_fail (g_variant_is_of_type (options, G_VARIANT_TYPE_VARDICT), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self = g_object_new (SPEEDUP_TYPE_RESIZE_WORKLOAD, NULL);
  if (!read_options (self, options, error))
    return NULL;

  all = list_inputs (self, cancellable, error);
  if (all == NULL)
    return NULL;

  self->population = all->len;
  self->inputs = speedup_resize_inputs_sample (all, self->n_samples, self->sample_seed);

  return SPEEDUP_WORKLOAD (g_steal_pointer (&self));
}

/**
 * speedup_resize_workload_new_from_spec:
 * @spec: what dup_spec() made in another process
 * @error: return location; %SPEEDUP_ERROR_PROTOCOL
 *
 * Makes the workload again without reading a folder: the paths come with it.
 *
 * Returns: (transfer full): a workload of the same tasks
 */
SpeedupWorkload *
speedup_resize_workload_new_from_spec (GVariant  *spec,
                                       GError   **error)
{
  g_autoptr (SpeedupResizeWorkload) self = NULL;
  g_autoptr (GVariant) paths = NULL;
  const char *fit, *decode;
  guint64 max_pixels;

  g_return_val_if_fail (spec != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!g_variant_is_of_type (spec, G_VARIANT_TYPE (SPEC_TYPE)))
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_PROTOCOL,
                   "A resize workload was described as %s, not as %s; do all programs belong to "
                   "one release?", g_variant_get_type_string (spec), SPEC_TYPE);
      return NULL;
    }

  self = g_object_new (SPEEDUP_TYPE_RESIZE_WORKLOAD, NULL);
  g_variant_get (spec, "(@aayuu&s&st)", &paths, &self->settings.width, &self->settings.height,
                 &fit, &decode, &max_pixels);

  if (self->settings.width < 1 || self->settings.width > SPEEDUP_RESIZE_MAX_SIZE ||
      self->settings.height < 1 || self->settings.height > SPEEDUP_RESIZE_MAX_SIZE ||
      !set_fit (&self->settings, fit, NULL) || !set_decode (&self->settings, decode, NULL) ||
      !set_max_pixels (&self->settings, max_pixels, NULL))
    {
      g_set_error_literal (error, SPEEDUP_ERROR, SPEEDUP_ERROR_PROTOCOL,
                           "A resize workload was described with a setting that there is not; do "
                           "all programs belong to one release?");
      return NULL;
    }

  self->paths = g_new0 (char *, 1);
  self->inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) speedup_resize_input_free);
  for (gsize i = 0; i < g_variant_n_children (paths); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (paths, i);

      g_ptr_array_add (self->inputs,
                       speedup_resize_input_new (g_variant_get_bytestring (child), 0, 0, 0));
    }
  self->population = self->inputs->len;

  return SPEEDUP_WORKLOAD (g_steal_pointer (&self));
}

/**
 * speedup_resize_workload_get_settings:
 * @self: a workload
 *
 * Returns: (transfer none): what it makes of the pictures
 */
const SpeedupResizeSettings *
speedup_resize_workload_get_settings (SpeedupResizeWorkload *self)
{
  g_return_val_if_fail (SPEEDUP_IS_RESIZE_WORKLOAD (self), NULL);

  return &self->settings;
}

/**
 * speedup_resize_workload_get_inputs:
 * @self: a workload
 *
 * Returns: (transfer none) (element-type SpeedupResizeInput): the pictures, in task order
 */
GPtrArray *
speedup_resize_workload_get_inputs (SpeedupResizeWorkload *self)
{
  g_return_val_if_fail (SPEEDUP_IS_RESIZE_WORKLOAD (self), NULL);

  return self->inputs;
}
