/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-runner-private.h"

#include <math.h>

/* /proc/stat counts in ticks of 10 ms, a CPU at a time, and a tick goes to whoever runs when it
 * strikes. Foreign time below two ticks for each CPU may be rounding alone, so that it does not
 * make a short run busy.
 */
#define FOREIGN_FLOOR_S 0.020

/**
 * speedup_judge_alone:
 * @facts: what is known of a run
 * @reason: (out) (nullable): code of the cause; %NULL for a clean run
 *
 * Void by cause, never by value. What voids a run comes before what makes it busy, because a run
 * can have but one reason.
 *
 * Returns: what the run is before it is compared with others
 */
SpeedupRunStatus
speedup_judge_alone (const SpeedupRunFacts  *facts,
                     const char            **reason)
{
  SpeedupRunStatus status = SPEEDUP_RUN_VOID;

  if (facts->void_reason != NULL)
    *reason = g_intern_string (facts->void_reason);
  else if (facts->rate_limited)
    *reason = "rate-limited";
  else if (facts->timed_out)
    {
      *reason = "task-timeout";
      status = SPEEDUP_RUN_DID_NOT_FINISH;
    }
  else if (facts->retries > 0)
    *reason = "retried";
  else if (facts->canary_ratio > 1 + SPEEDUP_BUSY_EXCESS)
    {
      *reason = "canary";
      status = SPEEDUP_RUN_BUSY;
    }
  else if (facts->foreign_share > SPEEDUP_BUSY_EXCESS &&
           facts->foreign_cpu_s > FOREIGN_FLOOR_S * facts->cpus_online)
    {
      *reason = "foreign-cpu";
      status = SPEEDUP_RUN_BUSY;
    }
  else
    {
      *reason = NULL;
      status = SPEEDUP_RUN_OK;
    }

  return status;
}

/* What void runs and unfinished ones made is no evidence of what is right. */
static gboolean
is_comparable (const SpeedupJudgedRun *judged)
{
  return judged->own_status != SPEEDUP_RUN_VOID &&
         judged->own_status != SPEEDUP_RUN_DID_NOT_FINISH;
}

/* One vote for each configuration and round: runs are repeated because they deviate, and must not
 * outvote the others by being repeated.
 */
static void
find_voters (GArray *judged)
{
  for (guint i = 0; i < judged->len; i++)
    {
      SpeedupJudgedRun *voter = &g_array_index (judged, SpeedupJudgedRun, i);

      voter->votes = is_comparable (voter) && voter->run->digest != NULL;
      for (guint k = i; voter->votes && k > 0; k--)
        {
          const SpeedupJudgedRun *earlier = &g_array_index (judged, SpeedupJudgedRun, k - 1);

          if (earlier->run->round != voter->run->round)
            break;
          if (earlier->votes && speedup_configuration_equal (earlier->run->configuration,
                                                             voter->run->configuration))
            voter->votes = FALSE;
        }
    }
}

static gboolean
are_compared (const SpeedupRun *a,
              const SpeedupRun *b,
              gboolean          live)
{
  return a->configuration->n_tasks == b->configuration->n_tasks &&
         g_strcmp0 (a->configuration->variant, b->configuration->variant) == 0 &&
         (!live || a->round == b->round);
}

/* The run whose digest most of those that @run is compared with share. A tie goes to the digest
 * that more sequential runs have, then to the one that came first.
 */
static const SpeedupJudgedRun *
find_majority (GArray           *judged,
               const SpeedupRun *run,
               gboolean          live)
{
  const SpeedupJudgedRun *best = NULL;
  guint best_votes = 0, best_sequential = 0;
  g_autoptr (GHashTable) counted = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < judged->len; i++)
    {
      const SpeedupJudgedRun *candidate = &g_array_index (judged, SpeedupJudgedRun, i);
      guint votes = 0, sequential = 0;

      if (!candidate->votes || !are_compared (candidate->run, run, live) ||
          !g_hash_table_add (counted, candidate->run->digest))
        continue;

      for (guint k = i; k < judged->len; k++)
        {
          const SpeedupJudgedRun *voter = &g_array_index (judged, SpeedupJudgedRun, k);

          if (!voter->votes || !are_compared (voter->run, run, live) ||
              g_strcmp0 (voter->run->digest, candidate->run->digest) != 0)
            continue;
          votes++;
          sequential += voter->run->configuration->executor == SPEEDUP_EXECUTOR_SEQUENTIAL;
        }

      if (votes > best_votes || (votes == best_votes && sequential > best_sequential))
        {
          best = candidate;
          best_votes = votes;
          best_sequential = sequential;
        }
    }

  return best;
}

static void
set_status (SpeedupRun       *run,
            SpeedupRunStatus  status,
            const char       *reason)
{
  /* The warm-up round stays what it is; its reason tells what would have been. */
  run->status = run->round == 0 ? SPEEDUP_RUN_WARM_UP : status;
  g_free (run->reason);
  run->reason = g_strdup (reason);
}

static void
judge_against (SpeedupJudgedRun       *judged,
               const SpeedupJudgedRun *majority)
{
  gboolean same_failures;

  if (!is_comparable (judged) || majority == NULL ||
      g_strcmp0 (judged->run->digest, majority->run->digest) == 0)
    {
      set_status (judged->run, judged->own_status, judged->own_reason);
      return;
    }

  same_failures = judged->run->failed_tasks == majority->run->failed_tasks;
  if (judged->failing != 0 && majority->failing != 0)
    same_failures = judged->failing == majority->failing;
  set_status (judged->run, SPEEDUP_RUN_VOID, same_failures ? "wrong-digest" : "differing-failures");
}

/**
 * speedup_judge_together:
 * @judged: (element-type SpeedupJudgedRun): every run so far
 * @live: whether the source may change between rounds, so that only runs of one round are compared
 *
 * Compares the digests of the outputs within one (variant, task set), against the one most runs
 * share, and sets the status and reason of every run. Each configuration has one vote a round.
 * Callable again when more runs are there: the majority may have changed.
 *
 * Returns: whether a live source changed from one round to another
 */
gboolean
speedup_judge_together (GArray   *judged,
                        gboolean  live)
{
  const SpeedupJudgedRun *majority = NULL;
  const SpeedupJudgedRun *previous = NULL;
  gboolean changed = FALSE;

  find_voters (judged);
  for (guint i = 0; i < judged->len; i++)
    {
      SpeedupJudgedRun *current = &g_array_index (judged, SpeedupJudgedRun, i);

      if (previous == NULL || !are_compared (previous->run, current->run, live))
        {
          const SpeedupJudgedRun *found = find_majority (judged, current->run, live);

          if (live && majority != NULL && found != NULL &&
              are_compared (majority->run, found->run, FALSE) &&
              g_strcmp0 (majority->run->digest, found->run->digest) != 0)
            changed = TRUE;
          majority = found;
        }
      judge_against (current, majority);
      previous = current;
    }

  return changed;
}

/**
 * speedup_judge_is_settled:
 * @result: what was run so far
 * @configuration: index into the plan's configurations
 * @round: which round
 * @n_attempts: (out): how often it was run in that round
 *
 * Returns: whether it need not be repeated: it has a clean run, did not finish, or was repeated
 *   twice
 */
gboolean
speedup_judge_is_settled (const SpeedupResult *result,
                          guint                configuration,
                          guint                round,
                          guint               *n_attempts)
{
  const SpeedupConfiguration *wanted;
  gboolean settled = FALSE;

  wanted = g_ptr_array_index (result->plan->configurations, configuration);
  *n_attempts = 0;
  for (guint i = 0; i < result->runs->len; i++)
    {
      const SpeedupRun *run = g_ptr_array_index (result->runs, i);

      if (run->round != round || !speedup_configuration_equal (run->configuration, wanted))
        continue;
      *n_attempts = *n_attempts + 1;
      if (run->status == SPEEDUP_RUN_OK || run->status == SPEEDUP_RUN_DID_NOT_FINISH ||
          run->status == SPEEDUP_RUN_WARM_UP)
        settled = TRUE;
    }

  return settled || *n_attempts >= SPEEDUP_MAX_ATTEMPTS;
}

/**
 * speedup_judge_flag:
 * @result: what was run so far
 * @round: a round that came to its end
 *
 * Flags the busy runs that count because their configuration has no clean one.
 */
void
speedup_judge_flag (SpeedupResult *result,
                    guint          round)
{
  for (guint i = 0; i < result->runs->len; i++)
    {
      SpeedupRun *run = g_ptr_array_index (result->runs, i);

      if (run->round == round)
        run->flagged = FALSE;
    }

  for (guint i = 0; i < result->plan->configurations->len; i++)
    {
      const SpeedupRun *counted = speedup_result_get_counted (result, i, round);

      if (counted != NULL && counted->status == SPEEDUP_RUN_BUSY)
        ((SpeedupRun *) counted)->flagged = TRUE;
    }
}
