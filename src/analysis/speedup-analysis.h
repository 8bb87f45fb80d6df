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
 * @task_cv: coefficient of variation of the task times where the tasks do not disturb each other;
 *   %NAN when unknown
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
 * @ratio: absolute: best sequential / T_N, paired by round; %NAN without a pair
 * @ratio_relative: T_1worker / T_N of the same series; %NAN where N = 1 was not measured
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
 * @serial_fraction: s = 1 - p with its interval, within 0 ... 1
 * @log_t1: ln T(1) of a profile fit, T in seconds; %NAN for Karp-Flatt
 * @n_points: distinct N used
 * @workers_max: the largest N used; of Karp-Flatt, the only one that says something on s
 * @whole_tasks: whether N counted as n / ceil (n / N)
 *
 * The model is Amdahl's law. (The Universal Scalability Law will add a model here.)
 *
 * Used are the N of the series up to the usable CPUs where the tasks compute. With task times that
 * vary little (@task_cv below 0.2) N counts as n / ceil (n / N), as whole tasks allow no more;
 * otherwise, also where the variation is not known, N with fewer than 10 tasks a worker are left
 * out. Four distinct N or more make a profile fit. Two or three make Karp and Flatt's serial
 * fraction of the paired relative ratio at the largest N, which is cut to 0 ... 1; there is none
 * where the whole interval lies outside, that is where Amdahl's law does not hold. Fewer make no
 * fit.
 */
typedef struct
{
  guint series;
  SpeedupFitMethod method;
  SpeedupInterval serial_fraction;
  double log_t1;
  guint n_points;
  guint workers_max;
  gboolean whole_tasks;
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
 * @series: as in the configurations; the sequential series gets none, except to say
 *   %SPEEDUP_REASON_NOTHING_PARALLEL
 * @form: which of the five sentences
 * @configuration: the configuration that the sentence speaks of; %G_MAXUINT when there is none
 * @workers: N of that configuration; 0 when there is none
 * @ratio: its absolute ratio
 * @reason: why it cannot tell, or a reservation to add to another form
 *
 * The best N is the one with the highest absolute ratio. One N is clearly faster than another when
 * it is at least 5 % faster, paired by round, and the interval of that gain lies above 0 (where
 * there are 6 rounds for one; else the estimate decides). The first rule that fits makes the form:
 *
 * - %SPEEDUP_VERDICT_CANNOT_TELL without a base; with more than 20 % void runs; with a source of
 *   data that limits the sweep; without a ratio; when the best ratio's interval is wider than 15 %
 *   and holds 1.10, or holds 1 around an estimate of 1.10 or more. It still names the best N.
 * - %SPEEDUP_VERDICT_SLOWER_AFTER, speaking of the base, when even the best N is slower than it.
 * - %SPEEDUP_VERDICT_A_LITTLE when the best ratio is below 1.10.
 * - %SPEEDUP_VERDICT_SLOWER_AFTER, speaking of the best N, when that is clearly faster than some
 *   larger N.
 * - Otherwise the form speaks of the smallest N that the best is not clearly faster than. It is
 *   %SPEEDUP_VERDICT_GO_TO when no larger N was measured that could be of use, else
 *   %SPEEDUP_VERDICT_KNEE. An N is of no use above the usable CPUs where the tasks compute, or
 *   where a smaller N takes as many waves of tasks.
 *
 * Reservations, about the best N: %SPEEDUP_REASON_FEW_ROUNDS (no interval),
 * %SPEEDUP_REASON_OVER_ONE, %SPEEDUP_REASON_WIDE_INTERVAL.
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

/* A value further away than so many robust SD is flagged; than so many, far out. Never deleted. */
#define SPEEDUP_OUTLIER_SD      3.5
#define SPEEDUP_FAR_OUTLIER_SD  10.0

/**
 * SpeedupOutlier:
 * @configuration: index into the array of configurations
 * @round: of the value
 * @deviation_sd: how far its ln T is from what its configuration and its round make one expect, in
 *   robust SD (1.4826 MAD) of the configuration's residuals or of all, whichever is larger; above 0
 *   is slower
 *
 * A value that stands out, among 6 or more of its configuration.
 */
typedef struct
{
  guint configuration;
  guint round;
  double deviation_sd;
} SpeedupOutlier;

/**
 * SpeedupAnalysis:
 * @base: index of the absolute base (the best sequential configuration); %G_MAXUINT when none
 * @summary: (element-type SpeedupSummary): one for each configuration with a clean run, in order
 * @fits: (element-type SpeedupFit): at most one for each parallel series
 * @verdicts: (element-type SpeedupVerdict): one for each parallel series
 * @outliers: (element-type SpeedupOutlier): values that stand out; they count like any other
 * @precision: the largest relative half-width, (high - low) / 2 / estimate, of an absolute ratio's
 *   interval; %NAN while one of them has no interval
 *
 * What the measured times say. Immutable once made.
 */
typedef struct
{
  guint base;
  GArray *summary;
  GArray *fits;
  GArray *verdicts;
  GArray *outliers;
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
SpeedupInterval       speedup_analysis_get_band     (const SpeedupAnalysis *self,
                                                     guint                  series,
                                                     double                 workers);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupAnalysis, speedup_analysis_free)

G_END_DECLS
