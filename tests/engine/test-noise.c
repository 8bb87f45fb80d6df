/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-noise.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>

static void
assert_number (double value,
               double expected)
{
  if (isnan (expected))
    g_assert_true (isnan (value));
  else
    g_assert_cmpfloat_with_epsilon (value, expected, 1e-9);
}

static void
test_stat (void)
{
  const struct
  {
    const char *text;
    double busy_s;
    double steal_s;
  } cases[] = {
    { "cpu  100 20 30 4000 50 6 7 80 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10\n", 1.5, 0.8 },
    { "intr 5\ncpu  1 0 0 0 0 0 0 0 0 0\n", 0.01, 0 },
    { "cpu  100 20 30\n", NAN, NAN },
    { "cpu0 100 20 30 4000 50 6 7 80 9 10\n", NAN, NAN },
    { "cpu  a b c d e f g h\n", NAN, NAN },
    { "cpu  1x 0 0 0 0 0 0 0\n", NAN, NAN },
    { "cpu  -1 0 0 0 0 0 0 0\n", NAN, NAN },
    { "", NAN, NAN },
    { "garbage", NAN, NAN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      double busy_s, steal_s;

      g_assert_cmpint (speedup_noise_parse_stat (cases[i].text, 100, &busy_s, &steal_s), ==,
                       !isnan (cases[i].busy_s));
      assert_number (busy_s, cases[i].busy_s);
      assert_number (steal_s, cases[i].steal_s);
    }
}

static double
parse_peak (const char *text)
{
  return speedup_noise_parse_peak_rss (text);
}

static const struct
{
  double (*parse) (const char *text);
  const char *text;
  double expected;
} numbers[] = {
  { speedup_noise_parse_pressure,
    "some avg10=0.57 avg60=1.66 avg300=0.61 total=13964731\nfull avg10=0.00 total=7\n",
    13.964731 },
  { speedup_noise_parse_pressure, "full avg10=0.00 total=7\n", NAN },
  { speedup_noise_parse_pressure, "some avg10=0.57\nfull total=7\n", NAN },
  { speedup_noise_parse_pressure, "some total=x\n", NAN },
  { speedup_noise_parse_pressure, "", NAN },
  { speedup_noise_parse_loadavg, "0.31 0.10 0.03 1/99 1234\n", 0.31 },
  { speedup_noise_parse_loadavg, "", NAN },
  { speedup_noise_parse_loadavg, "much\n", NAN },
  { speedup_noise_parse_throttled, "usage_usec 5\nnr_throttled 2\nthrottled_usec 1500000\n", 1.5 },
  { speedup_noise_parse_throttled, "nr_periods 0\nthrottled_time 2000000000\n", 2 },
  { speedup_noise_parse_throttled, "nr_periods 0\n", NAN },
  { speedup_noise_parse_throttled, "throttled_usec\n", NAN },
  { speedup_noise_parse_throttled, "", NAN },
  { speedup_noise_parse_mhz, "cpu MHz\t\t: 2000.000\nx : 1\ncpu MHz\t\t: 3000.500\n", 2500.25 },
  { speedup_noise_parse_mhz, "cpu MHz : unknown\n", NAN },
  { speedup_noise_parse_mhz, "", NAN },
  { speedup_noise_parse_number, "1800000\n", 1800000 },
  { speedup_noise_parse_number, "12 34\n", NAN },
  { speedup_noise_parse_number, "<unknown>\n", NAN },
  { speedup_noise_parse_number, "", NAN },
  { parse_peak, "Name:\tx\nVmHWM:\t   31000 kB\nVmRSS:\t 1 kB\n", 31000.0 * 1024 },
  { parse_peak, "VmHWM:\t31000 MB\n", -1 },
  { parse_peak, "VmHWM:\n", -1 },
  { parse_peak, "VmHWM: 99999999999999999999 kB\n", -1 },
  { parse_peak, "", -1 },
};

static void
test_numbers (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_test_message ("%s", numbers[i].text);
      assert_number (numbers[i].parse (numbers[i].text), numbers[i].expected);
    }
}

static void
test_canary (void)
{
  SpeedupCanary canary = { { 0 }, 0 };

  for (guint i = 0; i < 5; i++)
    assert_number (speedup_canary_add (&canary, 0.02), NAN);
  assert_number (speedup_canary_add (&canary, 0.021), 1.05);
  assert_number (speedup_canary_add (&canary, NAN), NAN);

  /* Of a lasting change it takes 20 to forget what was. */
  for (guint i = 0; i < 20; i++)
    speedup_canary_add (&canary, 0.04);
  assert_number (speedup_canary_add (&canary, 0.04), 1);
}

static void
test_compare (void)
{
  SpeedupNoiseSample before, after;
  SpeedupNoise noise;

  speedup_noise_sample_init (&before);
  speedup_noise_sample_init (&after);
  speedup_noise_init (&noise);
  before.at_s = 100;
  before.busy_s = 50;
  before.own_cpu_s = 10;
  before.governor = g_strdup ("powersave");
  before.frequency_mhz = 2000;
  after.at_s = 102;
  after.busy_s = 54;
  after.own_cpu_s = 12.5;

  /* 4 s were used: 2.5 here, 0.5 by the server, so 1 s by others, of 2 CPUs x 2 s. */
  speedup_noise_compare (&before, &after, 0.5, 2, &noise);
  assert_number (noise.foreign_cpu_s, 1);
  assert_number (noise.foreign_share, 0.25);
  assert_number (noise.server_cpu_s, 0.5);
  assert_number (noise.steal_s, NAN);
  g_assert_cmpstr (noise.governor, ==, "powersave");
  g_assert_cmpint (noise.on_battery, ==, -1);

  speedup_noise_compare (&before, &after, NAN, 2, &noise);
  assert_number (noise.foreign_cpu_s, 1.5);

  /* Ticks may count less than the precise clock of this process. */
  after.own_cpu_s = 14.01;
  speedup_noise_compare (&before, &after, NAN, 2, &noise);
  assert_number (noise.foreign_cpu_s, 0);

  /* Where the machine's counters are hidden, nothing is claimed. */
  after.busy_s = NAN;
  speedup_noise_compare (&before, &after, NAN, 2, &noise);
  assert_number (noise.foreign_cpu_s, NAN);
  assert_number (noise.foreign_share, NAN);

  speedup_noise_sample_clear (&before);
  speedup_noise_sample_clear (&after);
  speedup_noise_clear (&noise);
}

static void
test_this_machine (void)
{
  const SpeedupNoiseProbe *probe = speedup_noise_probe_get_system ();
  SpeedupNoiseSample before, after;
  double seconds;

  speedup_noise_sample_init (&before);
  speedup_noise_sample_init (&after);
  probe->read_sample (probe->data, &before);
  seconds = probe->run_canary (probe->data);
  probe->read_sample (probe->data, &after);

  /* 20 ms, calibrated on this machine; loosely, because others may use it too. */
  g_assert_cmpfloat (seconds, >, 0.002);
  g_assert_cmpfloat (after.at_s - before.at_s, >=, seconds);
  g_assert_cmpfloat (after.own_cpu_s, >, before.own_cpu_s);
  g_assert_false (isnan (after.busy_s));
  g_assert_cmpfloat (after.busy_s, >=, before.busy_s);

  speedup_noise_sample_clear (&before);
  speedup_noise_sample_clear (&after);
}

/* What was given back before the mark is forgotten where the kernel allows it. Mapped by hand,
 * because an allocator need not give anything back.
 */
static void
test_peak (void)
{
  const gsize size = 64 * 1024 * 1024;
  void *block;
  gint64 high, low;

  block = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  g_assert_true (block != MAP_FAILED);
  memset (block, 1, size);
  high = speedup_noise_read_peak_rss ();
  g_assert_cmpint (high, >, (gint64) size);
  g_assert_cmpint (munmap (block, size), ==, 0);
  if (!speedup_noise_reset_peak_rss ())
    {
      g_test_skip ("the kernel does not let this process forget its peak");
      return;
    }
  low = speedup_noise_read_peak_rss ();
  g_assert_cmpint (low, >, 0);
  g_assert_cmpint (low, <, high - (gint64) size / 2);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/noise/stat", test_stat);
  g_test_add_func ("/engine/noise/numbers", test_numbers);
  g_test_add_func ("/engine/noise/canary", test_canary);
  g_test_add_func ("/engine/noise/compare", test_compare);
  g_test_add_func ("/engine/noise/this-machine", test_this_machine);
  g_test_add_func ("/engine/noise/peak", test_peak);

  return g_test_run ();
}
