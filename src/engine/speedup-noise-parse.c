/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-noise.h"

#include <math.h>
#include <string.h>

/* The text behind a key at the start of a line. */
static const char *
find_line (const char *text,
           const char *key)
{
  gsize length = strlen (key);

  while (text != NULL)
    {
      if (strncmp (text, key, length) == 0)
        return text + length;
      text = strchr (text, '\n');
      if (text != NULL)
        text++;
    }

  return NULL;
}

/* A number that starts here, after blanks, and ends at a blank or the end. */
static double
read_number (const char **text)
{
  const char *start = *text;
  char *end;
  double number;

  while (g_ascii_isspace (*start) && *start != '\n')
    start++;
  if (!g_ascii_isdigit (*start))
    return NAN;
  number = g_ascii_strtod (start, &end);
  if (*end != '\0' && !g_ascii_isspace (*end))
    return NAN;
  *text = end;

  return number;
}

/**
 * speedup_noise_parse_stat:
 * @stat: text of /proc/stat
 * @ticks_per_s: sysconf (_SC_CLK_TCK)
 * @busy_s: (out): user, nice and system time of all CPUs in seconds. What guests use is part of
 *   user time; interrupts are left out, see #SpeedupNoiseSample
 * @steal_s: (out): time that the hypervisor gave to others
 *
 * Returns: whether @stat holds them; both are %NAN where it does not
 */
gboolean
speedup_noise_parse_stat (const char *stat,
                          double      ticks_per_s,
                          double     *busy_s,
                          double     *steal_s)
{
  const char *text = find_line (stat, "cpu ");
  double columns[8];

  *busy_s = NAN;
  *steal_s = NAN;
  if (text == NULL)
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      columns[i] = read_number (&text);
      if (isnan (columns[i]))
        return FALSE;
    }
  *busy_s = (columns[0] + columns[1] + columns[2]) / ticks_per_s;
  *steal_s = columns[7] / ticks_per_s;

  return TRUE;
}

/**
 * speedup_noise_parse_pressure:
 * @pressure: text of a file in /proc/pressure
 *
 * Returns: the total time in seconds in which some task waited
 */
double
speedup_noise_parse_pressure (const char *pressure)
{
  const char *line = find_line (pressure, "some ");
  const char *total = line != NULL ? strstr (line, "total=") : NULL;

  if (total == NULL || memchr (line, '\n', (gsize) (total - line)) != NULL)
    return NAN;
  total += strlen ("total=");

  return read_number (&total) / 1e6;
}

/**
 * speedup_noise_parse_loadavg:
 * @loadavg: text of /proc/loadavg
 *
 * Returns: the load of the last minute
 */
double
speedup_noise_parse_loadavg (const char *loadavg)
{
  return read_number (&loadavg);
}

/**
 * speedup_noise_parse_throttled:
 * @cpu_stat: text of a cgroup's cpu.stat, version 2 (microseconds) or 1 (nanoseconds)
 *
 * Returns: seconds for which the cgroup was stopped
 */
double
speedup_noise_parse_throttled (const char *cpu_stat)
{
  const char *v2 = find_line (cpu_stat, "throttled_usec ");
  const char *v1 = find_line (cpu_stat, "throttled_time ");

  if (v2 != NULL)
    return read_number (&v2) / 1e6;
  if (v1 != NULL)
    return read_number (&v1) / 1e9;

  return NAN;
}

/**
 * speedup_noise_parse_mhz:
 * @cpuinfo: text of /proc/cpuinfo
 *
 * Returns: the mean frequency of the CPUs in MHz
 */
double
speedup_noise_parse_mhz (const char *cpuinfo)
{
  double sum = 0;
  guint n = 0;

  while ((cpuinfo = find_line (cpuinfo, "cpu MHz")) != NULL)
    {
      double mhz;

      cpuinfo += strspn (cpuinfo, " \t:");
      mhz = read_number (&cpuinfo);
      if (!isnan (mhz))
        {
          sum += mhz;
          n++;
        }
    }

  return n > 0 ? sum / n : NAN;
}

/**
 * speedup_noise_parse_number:
 * @text: text of a file that holds one number
 *
 * Returns: the number
 */
double
speedup_noise_parse_number (const char *text)
{
  double number = read_number (&text);

  while (g_ascii_isspace (*text))
    text++;

  return *text == '\0' ? number : NAN;
}

/**
 * speedup_noise_parse_peak_rss:
 * @status: text of /proc/self/status
 *
 * Returns: the largest resident size in bytes; -1 where it is hidden
 */
gint64
speedup_noise_parse_peak_rss (const char *status)
{
  const char *line = find_line (status, "VmHWM:");
  double kib = line != NULL ? read_number (&line) : NAN;

  if (isnan (kib) || kib > 1e12 || !g_str_has_prefix (line, " kB"))
    return -1;

  return (gint64) kib * 1024;
}
