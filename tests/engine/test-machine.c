/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-machine.h"

#include <glib/gstdio.h>
#include <math.h>

#include "speedup-error.h"
#include "speedup-result.h"

static void
test_cpu_model (void)
{
  const struct
  {
    const char *text;
    const char *expected;
  } cases[] = {
    { "processor\t: 0\nmodel name\t: AMD Ryzen 7: 8 cores \ncpu MHz\t: 1\n",
      "AMD Ryzen 7: 8 cores" },
    { "processor : 0\nBogoMIPS : 1\nHardware : BCM2835\nModel : Raspberry Pi 4\n",
      "Raspberry Pi 4" },
    { "cpu : POWER9\n", "POWER9" },
    { "system type : x\ncpu model : MIPS 24K\n", "MIPS 24K" },
    { "model name\t:\n", NULL },
    { "", NULL },
    { "garbage", NULL },
    { ":::\n:\n", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *model = speedup_machine_parse_cpu_model (cases[i].text);

      g_assert_cmpstr (model, ==, cases[i].expected);
    }
}

static void
assert_number (double value,
               double expected)
{
  if (isnan (expected))
    g_assert_true (isnan (value));
  else
    g_assert_cmpfloat_with_epsilon (value, expected, 1e-12);
}

static void
test_quota (void)
{
  const struct
  {
    const char *text;
    double expected;
  } cases[] = {
    { "150000 100000\n", 1.5 }, { "200000 100000", 2 }, { "max 100000\n", NAN }, { "max", NAN },
    { "", NAN }, { "garbage", NAN }, { "-1 100000", NAN }, { "100000 0", NAN }, { "1e9 5", NAN },
    { "99999999999999999999 1", NAN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_number (speedup_machine_parse_quota (cases[i].text), cases[i].expected);

  assert_number (speedup_machine_parse_quota_v1 ("50000\n", "100000\n"), 0.5);
  assert_number (speedup_machine_parse_quota_v1 ("-1\n", "100000\n"), NAN);
  assert_number (speedup_machine_parse_quota_v1 (NULL, "100000\n"), NAN);
  assert_number (speedup_machine_parse_quota_v1 ("5", NULL), NAN);
}

static void
test_cgroup_path (void)
{
  const char *mixed = "9:name=systemd:/init\n4:cpu,cpuacct:/box\n0::/user:odd.slice\n";
  const struct
  {
    const char *text;
    const char *controller;
    const char *expected;
  } cases[] = {
    { mixed, NULL, "/user:odd.slice" }, { mixed, "cpu", "/box" }, { mixed, "memory", NULL },
    { "", NULL, NULL }, { "garbage", NULL, NULL }, { "0::relative", NULL, NULL },
    { "1:cpuset:/x", "cpu", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = speedup_machine_parse_cgroup_path (cases[i].text,
                                                                 cases[i].controller);

      g_assert_cmpstr (path, ==, cases[i].expected);
    }
}

static void
write_file (const char *root,
            const char *folder,
            const char *name,
            const char *text)
{
  g_autofree char *path = g_build_filename (root, folder, NULL);
  g_autofree char *file = g_build_filename (path, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, text, -1, NULL));
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

/* The smallest limit on the way up counts, whichever version sets it. */
static void
test_quota_tree (void)
{
  g_autofree char *root = g_dir_make_tmp ("speedup-test-XXXXXX", NULL);
  g_autofree char *stat = NULL;
  g_autofree char *v1_stat = NULL;

  assert_number (speedup_machine_read_quota ("0::/a/b\n", root), NAN);
  write_file (root, "a/b", "cpu.max", "max 100000\n");
  assert_number (speedup_machine_read_quota ("0::/a/b\n", root), NAN);
  write_file (root, "a", "cpu.max", "300000 100000\n");
  assert_number (speedup_machine_read_quota ("0::/a/b\n", root), 3);
  write_file (root, "a/b", "cpu.max", "400000 100000\n");
  assert_number (speedup_machine_read_quota ("0::/a/b\n", root), 3);
  assert_number (speedup_machine_read_quota ("0::/elsewhere\n", root), NAN);

  write_file (root, "cpu/box", "cpu.cfs_quota_us", "250000\n");
  write_file (root, "cpu/box", "cpu.cfs_period_us", "100000\n");
  assert_number (speedup_machine_read_quota ("1:cpu,cpuacct:/box\n0::/a/b\n", root), 2.5);

  g_assert_null (speedup_machine_find_cpu_stat ("0::/a/b\n", root));
  write_file (root, "a/b", "cpu.stat", "throttled_usec 1\n");
  stat = speedup_machine_find_cpu_stat ("0::/a/b\n", root);
  g_assert_true (g_str_has_suffix (stat, "/a/b/cpu.stat"));
  write_file (root, "cpu/box", "cpu.stat", "throttled_time 1\n");
  v1_stat = speedup_machine_find_cpu_stat ("1:cpu,cpuacct:/box\n", root);
  g_assert_true (g_str_has_suffix (v1_stat, "/cpu/box/cpu.stat"));

  remove_tree (root);
}

static void
test_usable (void)
{
  g_assert_cmpuint (speedup_machine_get_usable (8, NAN), ==, 8);
  g_assert_cmpuint (speedup_machine_get_usable (8, 2.9), ==, 2);
  g_assert_cmpuint (speedup_machine_get_usable (8, 0.5), ==, 1);
  g_assert_cmpuint (speedup_machine_get_usable (2, 64), ==, 2);
  g_assert_cmpuint (speedup_machine_get_usable (0, NAN), ==, 1);
}

static void
test_this_machine (void)
{
  g_autoptr (SpeedupMachine) machine = NULL;
  g_autoptr (SpeedupMachine) copy = NULL;
  g_autoptr (GError) error = NULL;

  machine = speedup_machine_read (g_variant_new_parsed ("{'zlib': '1.2'}"));
  g_assert_cmpuint (machine->cpus_usable, >=, 1);
  g_assert_cmpuint (machine->cpus_usable, <=, g_get_num_processors ());
  g_assert_cmpuint (machine->cpus_online, >=, machine->cpus_usable);
  g_assert_nonnull (machine->kernel);
  g_assert_nonnull (machine->cpu);
  g_assert_cmpuint (machine->memory_bytes, >, 1024 * 1024);
  g_assert_cmpuint (g_variant_n_children (machine->libraries), ==, 1);

  copy = speedup_machine_copy (machine);
  g_assert_true (speedup_machine_check_same (machine, copy, &error));
  copy->cpus_usable++;
  g_assert_false (speedup_machine_check_same (machine, copy, &error));
  g_assert_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_CHANGED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/machine/cpu-model", test_cpu_model);
  g_test_add_func ("/engine/machine/quota", test_quota);
  g_test_add_func ("/engine/machine/cgroup-path", test_cgroup_path);
  g_test_add_func ("/engine/machine/quota-tree", test_quota_tree);
  g_test_add_func ("/engine/machine/usable", test_usable);
  g_test_add_func ("/engine/machine/this-machine", test_this_machine);

  return g_test_run ();
}
