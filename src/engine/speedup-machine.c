/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-machine.h"

#include <math.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "speedup-error.h"
#include "speedup-result.h"

/**
 * speedup_machine_parse_cpu_model:
 * @cpuinfo: text of /proc/cpuinfo
 *
 * Returns: (transfer full) (nullable): the model of the first CPU, as x86, ARM, POWER or MIPS name
 *   it; %NULL where the text names none
 */
char *
speedup_machine_parse_cpu_model (const char *cpuinfo)
{
  const char *const keys[] = { "model name", "cpu model", "Model", "Hardware", "cpu" };
  g_auto (GStrv) lines = NULL;

  g_return_val_if_fail (cpuinfo != NULL, NULL);

  lines = g_strsplit (cpuinfo, "\n", -1);
  for (gsize k = 0; k < G_N_ELEMENTS (keys); k++)
    for (gsize i = 0; lines[i] != NULL; i++)
      {
        const char *colon = strchr (lines[i], ':');
        g_autofree char *key = NULL;
        g_autofree char *value = NULL;

        if (colon == NULL)
          continue;
        key = g_strstrip (g_strndup (lines[i], (gsize) (colon - lines[i])));
        value = g_strstrip (g_strdup (colon + 1));
        if (g_str_equal (key, keys[k]) && value[0] != '\0')
          return g_steal_pointer (&value);
      }

  return NULL;
}

static gboolean
parse_number (const char *text,
              double     *number)
{
  g_autofree char *stripped = text != NULL ? g_strstrip (g_strdup (text)) : NULL;
  guint64 value;

  if (stripped == NULL || !g_ascii_string_to_unsigned (stripped, 10, 0, G_MAXINT64, &value, NULL))
    return FALSE;
  *number = (double) value;

  return TRUE;
}

/**
 * speedup_machine_parse_quota:
 * @cpu_max: text of cpu.max of a version 2 cgroup: quota and period in microseconds
 *
 * Returns: the CPUs that it allows; %NAN where it sets no limit
 */
double
speedup_machine_parse_quota (const char *cpu_max)
{
  g_auto (GStrv) words = NULL;

  g_return_val_if_fail (cpu_max != NULL, NAN);

  words = g_strsplit_set (cpu_max, " \n", 3);
  if (g_strv_length (words) < 2)
    return NAN;

  return speedup_machine_parse_quota_v1 (words[0], words[1]);
}

/**
 * speedup_machine_parse_quota_v1:
 * @quota_us: text of cpu.cfs_quota_us; -1 is no limit
 * @period_us: text of cpu.cfs_period_us
 *
 * Returns: the CPUs that they allow; %NAN where they set no limit
 */
double
speedup_machine_parse_quota_v1 (const char *quota_us,
                                const char *period_us)
{
  double quota, period;

  if (!parse_number (quota_us, &quota) || !parse_number (period_us, &period) ||
      quota <= 0 || period <= 0)
    return NAN;

  return quota / period;
}

/**
 * speedup_machine_parse_cgroup_path:
 * @cgroup: text of /proc/self/cgroup
 * @controller: (nullable): a version 1 controller; %NULL for version 2
 *
 * Returns: (transfer full) (nullable): the path of this process's cgroup, from its root
 */
char *
speedup_machine_parse_cgroup_path (const char *cgroup,
                                   const char *controller)
{
  g_auto (GStrv) lines = NULL;

  g_return_val_if_fail (cgroup != NULL, NULL);

  lines = g_strsplit (cgroup, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], ":", 3);
      g_auto (GStrv) controllers = NULL;

      if (g_strv_length (fields) != 3 || fields[2][0] != '/')
        continue;
      controllers = g_strsplit (fields[1], ",", -1);
      if (controller == NULL ? fields[1][0] == '\0'
                             : g_strv_contains ((const char *const *) controllers, controller))
        return g_strdup (fields[2]);
    }

  return NULL;
}

static char *
read_text (const char *folder,
           const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? text : NULL;
}

static double
read_folder_quota (const char *folder)
{
  g_autofree char *cpu_max = read_text (folder, "cpu.max");
  g_autofree char *quota = read_text (folder, "cpu.cfs_quota_us");
  g_autofree char *period = read_text (folder, "cpu.cfs_period_us");

  if (cpu_max != NULL)
    return speedup_machine_parse_quota (cpu_max);

  return speedup_machine_parse_quota_v1 (quota, period);
}

/* The smallest quota of a cgroup and all that it is inside of. In a container the path may be one
 * of the host that is not mounted here: the folders that exist are those that count.
 */
static double
read_smallest_quota (const char *mount,
                     const char *path)
{
  g_autofree char *current = g_strdup (path);
  double smallest = NAN;

  while (TRUE)
    {
      g_autofree char *folder = g_build_filename (mount, current, NULL);
      g_autofree char *parent = NULL;

      smallest = fmin (smallest, read_folder_quota (folder));
      if (g_str_equal (current, "/") || g_str_equal (current, "."))
        return smallest;
      parent = g_path_get_dirname (current);
      g_free (current);
      current = g_steal_pointer (&parent);
    }
}

/**
 * speedup_machine_read_quota:
 * @cgroup: text of /proc/self/cgroup
 * @root: where the cgroups are mounted
 *
 * Returns: the CPUs that version 2 or version 1 cgroups allow this process; %NAN without a limit
 */
double
speedup_machine_read_quota (const char *cgroup,
                            const char *root)
{
  const char *const v1_mounts[] = { "cpu", "cpu,cpuacct", "cpuacct,cpu" };
  g_autofree char *path = speedup_machine_parse_cgroup_path (cgroup, NULL);
  g_autofree char *v1_path = speedup_machine_parse_cgroup_path (cgroup, "cpu");
  double quota = NAN;

  if (path != NULL)
    quota = read_smallest_quota (root, path);
  for (gsize i = 0; v1_path != NULL && i < G_N_ELEMENTS (v1_mounts); i++)
    {
      g_autofree char *mount = g_build_filename (root, v1_mounts[i], NULL);

      quota = fmin (quota, read_smallest_quota (mount, v1_path));
    }

  return quota;
}

/**
 * speedup_machine_find_cpu_stat:
 * @cgroup: text of /proc/self/cgroup
 * @root: where the cgroups are mounted
 *
 * Returns: (transfer full) (nullable): path of the cpu.stat of this process's cgroup
 */
char *
speedup_machine_find_cpu_stat (const char *cgroup,
                               const char *root)
{
  const char *const mounts[] = { "", "cpu", "cpu,cpuacct", "cpuacct,cpu" };

  for (gsize i = 0; i < G_N_ELEMENTS (mounts); i++)
    {
      g_autofree char *path = speedup_machine_parse_cgroup_path (cgroup, i == 0 ? NULL : "cpu");
      g_autofree char *file = NULL;

      if (path == NULL)
        continue;
      file = g_build_filename (root, mounts[i], path, "cpu.stat", NULL);
      if (g_file_test (file, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&file);
    }

  return NULL;
}

/**
 * speedup_machine_get_usable:
 * @affinity: CPUs of the affinity mask
 * @quota_cpus: CPUs that the cgroup allows, %NAN without a limit
 *
 * Returns: the CPUs that work can use: the smaller of both, rounded down, at least 1
 */
guint
speedup_machine_get_usable (guint  affinity,
                            double quota_cpus)
{
  guint usable = MAX (affinity, 1);

  if (isfinite (quota_cpus) && quota_cpus < usable)
    usable = (guint) MAX (floor (quota_cpus), 1);

  return usable;
}

/**
 * speedup_machine_read:
 * @libraries: (nullable): a{ss}: versions of the libraries that do the work; a floating reference
 *   is taken
 *
 * Returns: (transfer full): this machine
 */
SpeedupMachine *
speedup_machine_read (GVariant *libraries)
{
  SpeedupMachine *machine = speedup_machine_new ();
  g_autofree char *cpuinfo = read_text ("/proc", "cpuinfo");
  g_autofree char *cgroup = read_text ("/proc/self", "cgroup");
  struct utsname system;
  long online = sysconf (_SC_NPROCESSORS_ONLN);
  long pages = sysconf (_SC_PHYS_PAGES);

  if (uname (&system) == 0)
    {
      machine->kernel = g_strdup_printf ("%s %s", system.sysname, system.release);
      machine->cpu = g_strdup (system.machine);
    }
  if (cpuinfo != NULL)
    {
      char *model = speedup_machine_parse_cpu_model (cpuinfo);

      if (model != NULL)
        {
          g_free (machine->cpu);
          machine->cpu = model;
        }
    }
  machine->os = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  machine->cpus_online = (guint) MAX (online, 1);
  if (cgroup != NULL)
    machine->quota_cpus = speedup_machine_read_quota (cgroup, SPEEDUP_CGROUP_ROOT);
  machine->cpus_usable = speedup_machine_get_usable (g_get_num_processors (), machine->quota_cpus);
  if (pages > 0)
    machine->memory_bytes = (guint64) pages * (guint64) sysconf (_SC_PAGESIZE);
  if (libraries != NULL)
    {
      g_variant_unref (machine->libraries);
      machine->libraries = g_variant_ref_sink (libraries);
    }

  return machine;
}

/**
 * speedup_machine_check_same:
 * @now: this machine
 * @then: the one that a measurement began on
 * @error: return location
 *
 * Returns: %FALSE with %SPEEDUP_ERROR_CHANGED where they differ in what decides about times: the
 *   CPU's model and how many CPUs are usable
 */
gboolean
speedup_machine_check_same (const SpeedupMachine  *now,
                            const SpeedupMachine  *then,
                            GError               **error)
{
  g_return_val_if_fail (now != NULL, FALSE);
  g_return_val_if_fail (then != NULL, FALSE);

  if (g_strcmp0 (now->cpu, then->cpu) == 0 && now->cpus_usable == then->cpus_usable)
    return TRUE;

  g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_CHANGED,
               "The measurement cannot be resumed: it began on %s with %u usable CPUs, and this is "
               "%s with %u. Measure again from the start.",
               then->cpu != NULL ? then->cpu : "an unknown CPU", then->cpus_usable,
               now->cpu != NULL ? now->cpu : "an unknown CPU", now->cpus_usable);

  return FALSE;
}
