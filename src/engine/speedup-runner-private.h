/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-journal.h"
#include "speedup-noise.h"
#include "speedup-runner.h"

G_BEGIN_DECLS

/* Judging: pure functions over what is known of runs. */

#define SPEEDUP_MAX_ATTEMPTS        3
#define SPEEDUP_BUSY_EXCESS         0.05
#define SPEEDUP_SERVER_LIMIT        0.80
#define SPEEDUP_RATE_LIMITED_RUNS   2

/**
 * SpeedupRunFacts:
 * @void_reason: (nullable): code of what voids the run, as the executor or the workload say
 * @timed_out: whether a task took longer than its limit
 * @rate_limited: whether the source answered 429 or 503
 * @retries: waited-for retries
 * @canary_ratio: against the median of the last ones; %NAN for unknown
 * @foreign_share: foreign CPU over the usable CPU time; %NAN for unknown
 * @foreign_cpu_s: the same in seconds
 * @cpus_online: whose ticks the seconds are counted in
 *
 * What decides about a run by itself.
 */
typedef struct
{
  const char *void_reason;
  gboolean timed_out;
  gboolean rate_limited;
  guint retries;
  double canary_ratio;
  double foreign_share;
  double foreign_cpu_s;
  guint cpus_online;
} SpeedupRunFacts;

SpeedupRunStatus  speedup_judge_alone (const SpeedupRunFacts  *facts,
                                       const char            **reason);

/**
 * SpeedupJudgedRun:
 * @run: (unowned): the run, whose status is set from what follows
 * @own_status: what it is by itself
 * @own_reason: (nullable): why
 * @failing: digest of the set of tasks that failed; 0 when not known
 * @votes: whether its digest counts where the majority is sought
 */
typedef struct
{
  SpeedupRun *run;
  SpeedupRunStatus own_status;
  const char *own_reason;
  guint64 failing;
  gboolean votes;
} SpeedupJudgedRun;

gboolean          speedup_judge_together (GArray                 *judged,
                                          gboolean                live);
gboolean          speedup_judge_is_settled (const SpeedupResult    *result,
                                            guint                   configuration,
                                            guint                   round,
                                            guint                  *n_attempts);
void              speedup_judge_flag (SpeedupResult          *result,
                                      guint                   round);

/* Timelines: of the run nearest its configuration's median, without keeping them all. */

typedef struct _SpeedupTimelineKeeper SpeedupTimelineKeeper;

SpeedupTimelineKeeper *speedup_timeline_keeper_new (guint n_configurations,
                                                    gsize max_bytes) G_GNUC_WARN_UNUSED_RESULT;
void                   speedup_timeline_keeper_free (SpeedupTimelineKeeper  *self);
void                   speedup_timeline_keeper_add (SpeedupTimelineKeeper  *self,
                                                    guint                   configuration,
                                                    const SpeedupRun       *run,
                                                    SpeedupExecution       *execution);
SpeedupTimeline       *speedup_timeline_keeper_steal (SpeedupTimelineKeeper  *self,
                                                      const SpeedupResult    *result,
                                                      guint                   configuration) G_GNUC_WARN_UNUSED_RESULT;
guint                  speedup_timeline_keeper_get_n_kept (SpeedupTimelineKeeper *self,
                                                           guint                  configuration);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeedupTimelineKeeper, speedup_timeline_keeper_free)

/* Measuring: what goes on in the runner's own thread. */

typedef struct
{
  guint round;
  guint n_rounds;
  guint configuration;
  guint runs_done;
  guint n_runs;
  double elapsed_s;
  double run_estimate_s;    /* of this run; NAN before the first of its configuration */
  double rest_estimate_s;   /* of all runs after this one; NAN before the warm-up ended */
} SpeedupRunStart;

/**
 * SpeedupMeasureEvents:
 *
 * What the measuring thread tells. Everything is (transfer none), called in that thread, and must
 * not block.
 */
typedef struct
{
  void (*run_started)(gpointer               data,
                      SpeedupExecution      *execution,
                      const SpeedupRunStart *start);
  void (*run_finished)(gpointer               data,
                       SpeedupExecution      *execution,
                       const SpeedupRun      *run);
  void (*round_finished)(gpointer               data,
                         guint                  round,
                         SpeedupResult         *result);
  void (*warning)(gpointer               data,
                  const SpeedupWarning  *warning);
  gpointer data;
} SpeedupMeasureEvents;

/**
 * SpeedupMeasureSettings:
 *
 * Everything that a measurement depends on. The strings and objects stay owned by the runner.
 */
typedef struct
{
  SpeedupPlan *plan;
  SpeedupWorkload *workload;
  const SpeedupClock *clock;
  const SpeedupNoiseProbe *probe;
  SpeedupExecutorFactory factory;
  gpointer factory_data;
  GVariant *libraries;
  gboolean keep_outputs;
  GFile *journal_file;
  SpeedupResult *previous;
  SpeedupMeasureEvents events;
} SpeedupMeasureSettings;

typedef struct
{
  GVariant **outputs;
  guint n_outputs;
} SpeedupOutputs;

/**
 * SpeedupMeasurement:
 * @settings: what it depends on
 * @plan: of the settings
 * @cancellable: (nullable): ends it
 * @result: what is being built
 * @journal: (nullable): where finished rounds are written
 * @judged: (element-type SpeedupJudgedRun): one for each of the result's runs
 * @timelines: of the runs that may count
 * @failures: task index + 1 -> its SpeedupFailure in the result
 * @canary: the last ones
 * @outputs: of the first clean timed run, or before that of a warm-up run
 * @outputs_clean: whether @outputs are of a clean timed run
 * @keep_outputs: whether runs keep what tasks make
 * @cost_s: seconds that all runs of each configuration took, with what is around them
 * @n_cost: how many runs these were
 * @cache: page cache state that is made before each run
 * @start_ns: when it began, on the settings' clock
 * @longest_round_s: the longest timed round
 * @warm_up_s: the warm-up round
 * @n_rounds: rounds that are planned now
 * @n_rate_limited: runs that the source slowed down
 * @n_repeats: runs beyond the first attempt
 *
 * The state of a measurement, used by its own thread alone.
 */
typedef struct
{
  const SpeedupMeasureSettings *settings;
  SpeedupPlan *plan;
  GCancellable *cancellable;
  SpeedupResult *result;
  SpeedupJournal *journal;
  GArray *judged;
  SpeedupTimelineKeeper *timelines;
  GHashTable *failures;
  SpeedupCanary canary;
  SpeedupOutputs *outputs;
  gboolean outputs_clean;
  gboolean keep_outputs;
  double *cost_s;
  guint *n_cost;
  SpeedupCacheMode cache;
  gint64 start_ns;
  double longest_round_s;
  double warm_up_s;
  guint n_rounds;
  guint n_rate_limited;
  guint n_repeats;
} SpeedupMeasurement;

double         speedup_measurement_get_elapsed_s (SpeedupMeasurement           *self);
void           speedup_measurement_warn (SpeedupMeasurement           *self,
                                         const char                   *code,
                                         GVariant                     *details);
void           speedup_measurement_take_previous (SpeedupMeasurement           *self,
                                                  const SpeedupResult          *previous);
gboolean       speedup_measurement_open_journal (SpeedupMeasurement           *self,
                                                 GError                      **error);
gboolean       speedup_measurement_run_once (SpeedupMeasurement           *self,
                                             const SpeedupRunStart        *start,
                                             guint                         order,
                                             guint                         attempt,
                                             GError                      **error);

void           speedup_outputs_clear (SpeedupOutputs               *self);
SpeedupResult *speedup_measure (const SpeedupMeasureSettings *settings,
                                SpeedupOutputs               *outputs,
                                GCancellable                 *cancellable,
                                GError                      **error) G_GNUC_WARN_UNUSED_RESULT;

/* Telling: what goes on in the caller's context meanwhile. */

struct _SpeedupRunner
{
  GObject parent_instance;

  SpeedupMeasureSettings settings;
  SpeedupOutputs outputs;
  gboolean running;
};

void           speedup_runner_start_session (SpeedupRunner                *self,
                                             GTask                        *task);

G_END_DECLS
