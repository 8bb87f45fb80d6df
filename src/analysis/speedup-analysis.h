/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-statistics.h"

G_BEGIN_DECLS

/**
 * SpeedupObservedConfiguration:
 * @series: configurations with the same executor, chunk size and variant share a number
 * @workers: N
 * @n_tasks: tasks in a run
 * @sequential: whether this is a base (executor `sequential`)
 * @task_cv: coefficient of variation of the task times; %NAN when unknown
 */
typedef struct
{
  guint series;
  guint workers;
  guint n_tasks;
  gboolean sequential;
  double task_cv;
} SpeedupObservedConfiguration;

/**
 * SpeedupObservation:
 * @configuration: index into the array of configurations
 * @round: 1 or more; the warm-up round is never handed over
 * @wall_s: wall time of the one run that counts for this configuration in this round
 */
typedef struct
{
  guint configuration;
  guint round;
  double wall_s;
} SpeedupObservation;

/**
 * SpeedupAnalysisContext:
 * @cpus_usable: affinity mask and cgroup quota, rounded down, at least 1
 * @cpu_bound: whether the tasks compute rather than wait
 * @server_limited: whether the source of the data was seen to limit the sweep
 * @void_share: share of all timed runs that were void, 0 to 1
 */
typedef struct
{
  guint cpus_usable;
  gboolean cpu_bound;
  gboolean server_limited;
  double void_share;
} SpeedupAnalysisContext;

/**
 * SpeedupSummary:
 * @configuration: index into the array of configurations
 * @n_pairs: rounds that gave a ratio against the absolute base
 * @wall_s: Hodges-Lehmann estimate of the wall time in seconds (of ln T, exponentiated)
 * @ratio: absolute: best sequential / T_N
 * @ratio_relative: T_1worker / T_N of the same series; unbounded where N = 1 was not measured
 * @bound: n / ceil (n / N)
 * @efficiency: ratio / N
 * @throughput_per_s: tasks per second
 */
typedef struct
{
  guint configuration;
  guint n_pairs;
  double wall_s;
  SpeedupInterval ratio;
  SpeedupInterval ratio_relative;
  double bound;
  double efficiency;
  double throughput_per_s;
} SpeedupSummary;

typedef enum
{
  SPEEDUP_FIT_PROFILE,
  SPEEDUP_FIT_KARP_FLATT,
} SpeedupFitMethod;

/**
 * SpeedupFit:
 * @series: as in the configurations
 * @method: how the serial fraction was found
 * @serial_fraction: s = 1 - p with its interval
 * @log_t1: ln T(1) of a profile fit; %NAN for Karp-Flatt
 * @n_points: distinct N used
 * @workers_max: the largest N used
 *
 * The model is Amdahl's law. (The Universal Scalability Law will add a model here.)
 */
typedef struct
{
  guint series;
  SpeedupFitMethod method;
  SpeedupInterval serial_fraction;
  double log_t1;
  guint n_points;
  guint workers_max;
} SpeedupFit;

typedef enum
{
  SPEEDUP_VERDICT_GO_TO,         /* go to N */
  SPEEDUP_VERDICT_A_LITTLE,      /* less than 10 % is won */
  SPEEDUP_VERDICT_KNEE,          /* no, N is the knee */
  SPEEDUP_VERDICT_SLOWER_AFTER,  /* slower after N */
  SPEEDUP_VERDICT_CANNOT_TELL,   /* cannot tell, because ... */
} SpeedupVerdictForm;

typedef enum
{
  SPEEDUP_REASON_NONE,
  SPEEDUP_REASON_NO_BASE,            /* no clean sequential run */
  SPEEDUP_REASON_FEW_ROUNDS,         /* fewer than 6 pairs: no interval */
  SPEEDUP_REASON_VOID_RUNS,          /* more than 20 % of the runs were void */
  SPEEDUP_REASON_SERVER_LIMITED,
  SPEEDUP_REASON_WIDE_INTERVAL,      /* (high - low) / estimate over 15 % */
  SPEEDUP_REASON_NOTHING_PARALLEL,   /* only sequential was measured */
  SPEEDUP_REASON_OVER_ONE,           /* the interval contains 1: neither faster nor slower */
} SpeedupVerdictReason;

/**
 * SpeedupVerdict:
 * @series: as in the configurations; the sequential series gets none
 * @form: which of the five sentences
 * @configuration: the configuration that the sentence speaks of; %G_MAXUINT when there is none
 * @workers: N of that configuration; 0 when there is none
 * @ratio: its absolute ratio
 * @reason: why it cannot tell, or a reservation to add to another form
 */
typedef struct
{
  guint series;
  SpeedupVerdictForm form;
  guint configuration;
  guint workers;
  SpeedupInterval ratio;
  SpeedupVerdictReason reason;
} SpeedupVerdict;

/**
 * SpeedupAnalysis:
 * @base: index of the absolute base (the best sequential configuration); %G_MAXUINT when none
 * @summary: (element-type SpeedupSummary): one for each configuration with a clean run, in order
 * @fits: (element-type SpeedupFit): at most one for each parallel series
 * @verdicts: (element-type SpeedupVerdict): one for each parallel series
 * @precision: the largest relative half-width of an absolute ratio's interval; %NAN when unknown
 *
 * What the measured times say. Immutable once made.
 */
typedef struct
{
  guint base;
  GArray *summary;
  GArray *fits;
  GArray *verdicts;
  double precision;
} SpeedupAnalysis;

SpeedupAnalysis      *speedup_analysis_new          (const SpeedupObservedConfiguration *configurations,
                                                     guint                               n_configurations,
                                                     const SpeedupObservation           *observations,
                                                     gsize                               n_observations,
                                                     const SpeedupAnalysisContext       *context) G_GNUC_WARN_UNUSED_RESULT;
void                  speedup_analysis_free         (SpeedupAnalysis *self);
const SpeedupSummary *speedup_analysis_get_summary  (const SpeedupAnalysis *self,
                                                     guint                  configuration);
const SpeedupFit     *speedup_analysis_get_fit      (const SpeedupAnalysis *self,
                                                     guint                  series);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupAnalysis, speedup_analysis_free)

G_END_DECLS
