/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-noise.h"

#include <fcntl.h>
#include <math.h>
#include <sys/resource.h>
#include <unistd.h>

#include "speedup-clock.h"
#include "speedup-machine.h"
#include "speedup-statistics.h"

#define CANARY_S 0.020

/**
 * speedup_canary_add:
 * @canary: the last ones
 * @seconds: duration of the integer loop just now; %NAN for none
 *
 * Returns: @seconds divided by the median of up to 20 before it; %NAN until the sixth, because a
 *   median of fewer says little
 */
double
speedup_canary_add (SpeedupCanary *canary,
                    double         seconds)
{
  guint n = MIN (canary->n_seen, SPEEDUP_CANARY_MEMORY);
  double ratio = NAN;

  if (!isfinite (seconds))
    return NAN;

  if (n + 1 >= SPEEDUP_CANARY_FIRST)
    ratio = seconds / speedup_median (canary->last, n);
  canary->last[canary->n_seen % SPEEDUP_CANARY_MEMORY] = seconds;
  canary->n_seen++;

  return ratio;
}

void
speedup_noise_sample_init (SpeedupNoiseSample *sample)
{
  *sample = (SpeedupNoiseSample) {
    .at_s = NAN,
    .busy_s = NAN,
    .own_cpu_s = NAN,
    .steal_s = NAN,
    .pressure_cpu_s = NAN,
    .pressure_io_s = NAN,
    .throttled_s = NAN,
    .thermal_throttles = NAN,
    .frequency_mhz = NAN,
    .load_1min = NAN,
    .on_battery = -1,
  };
}

void
speedup_noise_sample_clear (SpeedupNoiseSample *sample)
{
  g_free (sample->governor);
  g_free (sample->power_profile);
  speedup_noise_sample_init (sample);
}

/* Counters of different precision may seem to run backwards by a tick. */
static double
subtract (double after,
          double before)
{
  return isnan (after - before) ? NAN : fmax (after - before, 0);
}

/**
 * speedup_noise_compare:
 * @before: taken before a run
 * @after: taken after it
 * @server_cpu_s: CPU time of the built-in server between both; %NAN without one
 * @cpus_usable: affinity mask and quota
 * @noise: (out): what happened in between; the canary is left as it was
 *
 * Foreign CPU time is that of the machine less that of this process, its workers and its server.
 */
void
speedup_noise_compare (const SpeedupNoiseSample *before,
                       const SpeedupNoiseSample *after,
                       double                    server_cpu_s,
                       guint                     cpus_usable,
                       SpeedupNoise             *noise)
{
  double elapsed_s = after->at_s - before->at_s;
  double own_s = after->own_cpu_s - before->own_cpu_s;

  noise->server_cpu_s = server_cpu_s;
  if (!isnan (server_cpu_s))
    own_s += server_cpu_s;
  noise->foreign_cpu_s = subtract (after->busy_s - before->busy_s, own_s);
  noise->foreign_share = elapsed_s > 0 ? noise->foreign_cpu_s / (elapsed_s * cpus_usable) : NAN;
  noise->steal_s = subtract (after->steal_s, before->steal_s);
  noise->pressure_cpu_s = subtract (after->pressure_cpu_s, before->pressure_cpu_s);
  noise->pressure_io_s = subtract (after->pressure_io_s, before->pressure_io_s);
  noise->throttled_s = subtract (after->throttled_s, before->throttled_s);
  noise->thermal_throttles = subtract (after->thermal_throttles, before->thermal_throttles);
  noise->frequency_mhz = before->frequency_mhz;
  noise->load_1min = before->load_1min;
  g_free (noise->governor);
  noise->governor = g_strdup (before->governor);
  g_free (noise->power_profile);
  noise->power_profile = g_strdup (before->power_profile);
  noise->on_battery = before->on_battery;
}

static char *
read_text (const char *path)
{
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? text : NULL;
}

static double
read_parsed (const char *path,
             double (   *parse ) (const char *text))
{
  g_autofree char *text = read_text (path);

  return text != NULL ? parse (text) : NAN;
}

static char *
read_word (const char *path)
{
  char *text = read_text (path);

  return text != NULL ? g_strstrip (text) : NULL;
}

static void
read_stat (SpeedupNoiseSample *sample)
{
  g_autofree char *text = read_text ("/proc/stat");
  double ticks_per_s = sysconf (_SC_CLK_TCK);

  if (text != NULL && ticks_per_s > 0)
    speedup_noise_parse_stat (text, ticks_per_s, &sample->busy_s, &sample->steal_s);
}

static double
get_cpu_s (int who)
{
  struct rusage usage;

  if (getrusage (who, &usage) != 0)
    return NAN;

  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void
read_cpus (SpeedupNoiseSample *sample)
{
  const char *folder = "/sys/devices/system/cpu";
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  double khz_sum = 0, throttles = 0;
  guint n_khz = 0, n_throttles = 0;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *frequency = NULL;
      g_autofree char *throttle = NULL;
      double value;

      if (!g_str_has_prefix (name, "cpu") || !g_ascii_isdigit (name[3]))
        continue;
      frequency = g_build_filename (folder, name, "cpufreq", "scaling_cur_freq", NULL);
      value = read_parsed (frequency, speedup_noise_parse_number);
      if (!isnan (value))
        {
          khz_sum += value;
          n_khz++;
        }
      throttle = g_build_filename (folder, name, "thermal_throttle", "core_throttle_count", NULL);
      value = read_parsed (throttle, speedup_noise_parse_number);
      if (!isnan (value))
        {
          throttles += value;
          n_throttles++;
        }
    }

  if (n_throttles > 0)
    sample->thermal_throttles = throttles;
  sample->frequency_mhz = n_khz > 0 ? khz_sum / n_khz / 1000
                                    : read_parsed ("/proc/cpuinfo", speedup_noise_parse_mhz);
}

/* A mains supply that is offline means battery, whatever the number of batteries. */
static int
read_on_battery (void)
{
  const char *folder = "/sys/class/power_supply";
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  int on_battery = -1;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *type_path = g_build_filename (folder, name, "type", NULL);
      g_autofree char *online_path = g_build_filename (folder, name, "online", NULL);
      g_autofree char *type = read_word (type_path);
      double online;

      if (g_strcmp0 (type, "Mains") != 0)
        continue;
      online = read_parsed (online_path, speedup_noise_parse_number);
      if (online > 0)
        return 0;
      if (online >= 0)
        on_battery = 1;
    }

  return on_battery;
}

static void
read_system_sample (gpointer            data G_GNUC_UNUSED,
                    SpeedupNoiseSample *sample)
{
  g_autofree char *cgroup = read_text ("/proc/self/cgroup");
  g_autofree char *cpu_stat = NULL;

  sample->at_s = speedup_monotonic_ns () / 1e9;
  read_stat (sample);
  sample->own_cpu_s = get_cpu_s (RUSAGE_SELF) + get_cpu_s (RUSAGE_CHILDREN);
  sample->pressure_cpu_s = read_parsed ("/proc/pressure/cpu", speedup_noise_parse_pressure);
  sample->pressure_io_s = read_parsed ("/proc/pressure/io", speedup_noise_parse_pressure);
  sample->load_1min = read_parsed ("/proc/loadavg", speedup_noise_parse_loadavg);
  if (cgroup != NULL)
    cpu_stat = speedup_machine_find_cpu_stat (cgroup, SPEEDUP_CGROUP_ROOT);
  if (cpu_stat != NULL)
    sample->throttled_s = read_parsed (cpu_stat, speedup_noise_parse_throttled);
  read_cpus (sample);
  sample->governor = read_word ("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  sample->power_profile = read_word ("/sys/firmware/acpi/platform_profile");
  sample->on_battery = read_on_battery ();
}

/* A xorshift generator: integer work that depends on each step before, so that it can be neither
 * shortened by the compiler nor done in parallel by the CPU.
 */
static double
time_loop (guint64 n_steps)
{
  gint64 start = speedup_monotonic_ns ();
  guint64 state = 88172645463325252u;
  double seconds;

  for (guint64 i = 0; i < n_steps; i++)
    {
      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
    }

  /* The generator never reaches 0; asking keeps the loop from being left out. */
  g_assert (state != 0);
  seconds = (speedup_monotonic_ns () - start) / 1e9;

  return seconds;
}

static double
run_system_canary (gpointer data G_GNUC_UNUSED)
{
  static gsize calibrated = 0;

  if (g_once_init_enter (&calibrated))
    {
      const guint64 n_steps = 200000;
      double fastest = INFINITY;

      for (guint i = 0; i < 10; i++)
        fastest = fmin (fastest, time_loop (n_steps));
      g_once_init_leave (&calibrated,
                         (gsize) MAX ((double) n_steps * CANARY_S / fastest, 1));
    }

  return time_loop (calibrated);
}

/**
 * speedup_noise_probe_get_system:
 *
 * Returns: (transfer none): the probe that measurements use
 */
const SpeedupNoiseProbe *
speedup_noise_probe_get_system (void)
{
  static const SpeedupNoiseProbe probe = { run_system_canary, read_system_sample, NULL };

  return &probe;
}

/**
 * speedup_noise_reset_peak_rss:
 *
 * Makes the kernel forget the largest resident size of this process so far.
 *
 * Returns: whether it did; not everywhere is this allowed
 */
gboolean
speedup_noise_reset_peak_rss (void)
{
  int fd = open ("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
  gboolean reset;

  if (fd < 0)
    return FALSE;
  reset = write (fd, "5", 1) == 1;
  close (fd);

  return reset;
}

/**
 * speedup_noise_read_peak_rss:
 *
 * Returns: the largest resident size of this process in bytes; -1 where it is hidden
 */
gint64
speedup_noise_read_peak_rss (void)
{
  g_autofree char *text = read_text ("/proc/self/status");

  return text != NULL ? speedup_noise_parse_peak_rss (text) : -1;
}
