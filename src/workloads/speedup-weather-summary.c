/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-weather-summary.h"

#include "speedup-weather-readings.h"

typedef struct
{
  guint n;
  double min;
  double sum;
  double max;
} Extremes;

/* One day: stations in the order in which they are met. */
typedef struct
{
  GHashTable *index;      /* id -> Extremes */
  GPtrArray *ids;
} Day;

typedef struct
{
  GPtrArray *dates;
  GPtrArray *stations;
  GArray *min;
  GArray *mean;
  GArray *max;
} Columns;

static void
reading_cb (gint64      timestamp,
            const char *station,
            double      value,
            gpointer    data)
{
  Day *day = data;
  Extremes *extremes = g_hash_table_lookup (day->index, station);

  if (extremes == NULL)
    {
      char *id = g_strdup (station);

      extremes = g_new0 (Extremes, 1);
      extremes->min = value;
      extremes->max = value;
      g_hash_table_insert (day->index, id, extremes);
      g_ptr_array_add (day->ids, id);
    }

  extremes->n++;
  extremes->min = MIN (extremes->min, value);
  extremes->max = MAX (extremes->max, value);
  extremes->sum += value;
}

static void
add_day (Columns    *columns,
         const char *date,
         GVariant   *output)
{
  Day day = {
    .index = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
    .ids = g_ptr_array_new (),
  };

  speedup_weather_output_foreach (output, reading_cb, &day);

  for (guint i = 0; i < day.ids->len; i++)
    {
      const char *id = g_ptr_array_index (day.ids, i);
      const Extremes *extremes = g_hash_table_lookup (day.index, id);
      double mean = extremes->sum / extremes->n;

      g_ptr_array_add (columns->dates, g_strdup (date));
      g_ptr_array_add (columns->stations, g_strdup (id));
      g_array_append_val (columns->min, extremes->min);
      g_array_append_val (columns->mean, mean);
      g_array_append_val (columns->max, extremes->max);
    }

  g_ptr_array_unref (day.ids);
  g_hash_table_unref (day.index);
}

static GVariant *
strings_to_variant (GPtrArray *strings)
{
  return g_variant_new_strv ((const char *const *) strings->pdata, (gssize) strings->len);
}

static GVariant *
doubles_to_variant (GArray *doubles)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, doubles->data, doubles->len,
                                    sizeof (double));
}

/**
 * speedup_weather_summarise:
 * @workload: names the days
 * @outputs: (array length=n_outputs): in task order, NULL where a task failed
 * @n_outputs: how many
 *
 * What is kept of the data in a result file.
 *
 * Returns: (transfer full): a{sv} of columns, a row for each day and station: date, station, min,
 *   mean, max
 */
GVariant *
speedup_weather_summarise (SpeedupWorkload *workload,
                           GVariant *const *outputs,
                           guint            n_outputs)
{
  g_auto (GVariantDict) summary = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GPtrArray) dates = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) stations = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) min = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) mean = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) max = g_array_new (FALSE, FALSE, sizeof (double));
  Columns columns = { dates, stations, min, mean, max };

  for (guint i = 0; i < n_outputs; i++)
    if (outputs[i] != NULL)
      {
        g_autofree char *date = speedup_workload_dup_task_name (workload, i);

        add_day (&columns, date, outputs[i]);
      }

  g_variant_dict_insert_value (&summary, "date", strings_to_variant (dates));
  g_variant_dict_insert_value (&summary, "station", strings_to_variant (stations));
  g_variant_dict_insert_value (&summary, "min", doubles_to_variant (min));
  g_variant_dict_insert_value (&summary, "mean", doubles_to_variant (mean));
  g_variant_dict_insert_value (&summary, "max", doubles_to_variant (max));

  return g_variant_ref_sink (g_variant_dict_end (&summary));
}
