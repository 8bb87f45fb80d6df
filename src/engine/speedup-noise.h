/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-run.h"

G_BEGIN_DECLS

/**
 * SpeedupNoiseSample:
 * @at_s: when it was taken
 * @busy_s: CPU time of all processes of the machine, in user mode and in the kernel. Time in
 *   interrupts is left out, because a process's own network traffic causes most of it
 * @own_cpu_s: CPU time of this process and of its children that ended
 * @steal_s: time that a hypervisor gave to others
 * @pressure_cpu_s: time in which something waited for a CPU
 * @pressure_io_s: time in which something waited for a disk
 * @throttled_s: time for which this cgroup was stopped
 * @thermal_throttles: times that a CPU became too hot
 * @frequency_mhz: mean of the CPUs
 * @load_1min: load average
 * @governor: (nullable): of the first CPU
 * @power_profile: (nullable): of the platform
 * @on_battery: 1, 0, -1 unknown
 *
 * What the counters of the machine say at one moment; %NAN where they are hidden.
 */
typedef struct
{
  double at_s;
  double busy_s;
  double own_cpu_s;
  double steal_s;
  double pressure_cpu_s;
  double pressure_io_s;
  double throttled_s;
  double thermal_throttles;
  double frequency_mhz;
  double load_1min;
  char *governor;
  char *power_profile;
  int on_battery;
} SpeedupNoiseSample;

/**
 * SpeedupNoiseProbe:
 * @run_canary: runs the integer loop and returns its seconds; %NAN for none
 * @read_sample: fills a sample that speedup_noise_sample_init() has prepared
 * @data: handed to both
 *
 * Where the noise comes from. Tests hand in one that makes the noise they want.
 */
typedef struct
{
  double (*run_canary)(gpointer data);
  void (*read_sample)(gpointer            data,
                      SpeedupNoiseSample *sample);
  gpointer data;
} SpeedupNoiseProbe;

const SpeedupNoiseProbe *speedup_noise_probe_get_system (void);
void                     speedup_noise_sample_init (SpeedupNoiseSample       *sample);
void                     speedup_noise_sample_clear (SpeedupNoiseSample       *sample);
void                     speedup_noise_compare (const SpeedupNoiseSample *before,
                                                const SpeedupNoiseSample *after,
                                                double                    server_cpu_s,
                                                guint                     cpus_usable,
                                                SpeedupNoise             *noise);

#define SPEEDUP_CANARY_MEMORY 20
#define SPEEDUP_CANARY_FIRST  6

/**
 * SpeedupCanary:
 *
 * The last canaries, oldest overwritten first. Zeroed at first.
 */
typedef struct
{
  double last[SPEEDUP_CANARY_MEMORY];
  guint n_seen;
} SpeedupCanary;

double                   speedup_canary_add (SpeedupCanary            *canary,
                                             double                    seconds);

/* Pure readers of text; %NAN (or -1) for text that does not hold the value. */
gboolean                 speedup_noise_parse_stat (const char               *stat,
                                                   double                    ticks_per_s,
                                                   double                   *busy_s,
                                                   double                   *steal_s);
double                   speedup_noise_parse_pressure (const char               *pressure);
double                   speedup_noise_parse_loadavg (const char               *loadavg);
double                   speedup_noise_parse_throttled (const char               *cpu_stat);
double                   speedup_noise_parse_mhz (const char               *cpuinfo);
double                   speedup_noise_parse_number (const char               *text);
gint64                   speedup_noise_parse_peak_rss (const char               *status);

gboolean                 speedup_noise_reset_peak_rss (void);
gint64                   speedup_noise_read_peak_rss (void);

G_END_DECLS
