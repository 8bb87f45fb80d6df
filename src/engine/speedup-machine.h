/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Pure readers of what the system tells in text files, and of the cgroup that this process is in.
 * speedup_machine_read() puts them together.
 */
char    *speedup_machine_parse_cpu_model (const char *cpuinfo) G_GNUC_WARN_UNUSED_RESULT;
double   speedup_machine_parse_quota (const char *cpu_max);
double   speedup_machine_parse_quota_v1 (const char *quota_us,
                                         const char *period_us);
char    *speedup_machine_parse_cgroup_path (const char *cgroup,
                                            const char *controller) G_GNUC_WARN_UNUSED_RESULT;
double   speedup_machine_read_quota (const char *cgroup,
                                     const char *root);
guint    speedup_machine_get_usable (guint  affinity,
                                     double quota_cpus);
char    *speedup_machine_find_cpu_stat (const char *cgroup,
                                        const char *root) G_GNUC_WARN_UNUSED_RESULT;

#define SPEEDUP_CGROUP_ROOT "/sys/fs/cgroup"

G_END_DECLS
