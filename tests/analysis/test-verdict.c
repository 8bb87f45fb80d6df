/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>

#include "session.h"

#define MAX_POINTS 6

/* A base of 100 s and a series, with what must be said of it. */
typedef struct
{
  const char *name;

  double base_s;
  guint n_rounds;
  guint n_tasks;
  guint cpus_usable;           /* 0: the tasks wait */
  double scatter;              /* of the series' times, as a share, up and down by rounds */
  double void_share;
  gboolean server_limited;
  guint workers[MAX_POINTS];
  double ratios[MAX_POINTS];

  SpeedupVerdictForm form;
  guint says_workers;
  double says_ratio;
  SpeedupVerdictReason reason;
} Case;

static const Case cases[] = {
  {
    "still-rising", 100, 7, 1000, 0, 0, 0, FALSE,
    { 1, 4, 16, 40 }, { 1, 3.9, 15, 33 },
    SPEEDUP_VERDICT_GO_TO, 40, 33, SPEEDUP_REASON_NONE,
  },
  {
    "all-cpus-used", 100, 7, 1000, 2, 0, 0, FALSE,
    { 1, 2, 3 }, { 1, 1.98, 1.99 },
    SPEEDUP_VERDICT_GO_TO, 2, 1.98, SPEEDUP_REASON_NONE,
  },
  {
    "oversubscription-helps", 100, 7, 1000, 2, 0, 0, FALSE,
    { 1, 2, 3 }, { 1, 1.7, 1.9 },
    SPEEDUP_VERDICT_GO_TO, 3, 1.9, SPEEDUP_REASON_NONE,
  },
  {
    "oversubscription-harms", 100, 7, 1000, 2, 0, 0, FALSE,
    { 1, 2, 3 }, { 1, 1.98, 1.7 },
    SPEEDUP_VERDICT_SLOWER_AFTER, 2, 1.98, SPEEDUP_REASON_NONE,
  },
  {
    "tasks-run-out", 100, 7, 4, 0, 0, 0, FALSE,
    { 1, 2, 4, 8 }, { 1, 1.98, 3.9, 3.95 },
    SPEEDUP_VERDICT_GO_TO, 4, 3.9, SPEEDUP_REASON_NONE,
  },
  {
    "knee", 100, 7, 1000, 8, 0, 0, FALSE,
    { 1, 2, 4, 6, 8 }, { 1, 1.9, 3, 3.05, 3.1 },
    SPEEDUP_VERDICT_KNEE, 4, 3, SPEEDUP_REASON_NONE,
  },
  {
    "gain-within-chance", 100, 7, 1000, 8, 0.06, 0, FALSE,
    { 1, 2, 4 }, { 1, 2, 2.12 },
    SPEEDUP_VERDICT_KNEE, 2, 2, SPEEDUP_REASON_NONE,
  },
  {
    "small-but-clear-gain", 100, 7, 1000, 8, 0, 0, FALSE,
    { 1, 2, 4 }, { 1, 2, 2.12 },
    SPEEDUP_VERDICT_GO_TO, 4, 2.12, SPEEDUP_REASON_NONE,
  },
  {
    "slower-after", 100, 7, 1000, 0, 0, 0, FALSE,
    { 1, 4, 8, 16 }, { 1, 3.5, 4.5, 3 },
    SPEEDUP_VERDICT_SLOWER_AFTER, 8, 4.5, SPEEDUP_REASON_NONE,
  },
  {
    "a-little", 100, 7, 1000, 4, 0, 0, FALSE,
    { 1, 2, 4 }, { 0.98, 1.04, 1.06 },
    SPEEDUP_VERDICT_A_LITTLE, 4, 1.06, SPEEDUP_REASON_NONE,
  },
  {
    "neither-faster-nor-slower", 100, 7, 1000, 4, 0.02, 0, FALSE,
    { 2, 4 }, { 0.99, 1.001 },
    SPEEDUP_VERDICT_A_LITTLE, 4, 1.001, SPEEDUP_REASON_OVER_ONE,
  },
  {
    "always-slower", 100, 7, 1000, 4, 0, 0, FALSE,
    { 1, 2, 4 }, { 0.97, 0.9, 0.8 },
    SPEEDUP_VERDICT_SLOWER_AFTER, 1, 1, SPEEDUP_REASON_NONE,
  },
  {
    "few-rounds-still-rising", 100, 3, 1000, 0, 0, 0, FALSE,
    { 1, 4, 40 }, { 1, 3.9, 20 },
    SPEEDUP_VERDICT_GO_TO, 40, 20, SPEEDUP_REASON_FEW_ROUNDS,
  },
  {
    "few-rounds-knee", 100, 1, 1000, 0, 0, 0, FALSE,
    { 1, 4, 40 }, { 1, 3.9, 4 },
    SPEEDUP_VERDICT_KNEE, 4, 3.9, SPEEDUP_REASON_FEW_ROUNDS,
  },
  {
    "few-rounds-always-slower", 100, 5, 1000, 0, 0, 0, FALSE,
    { 2, 4 }, { 0.8, 0.7 },
    SPEEDUP_VERDICT_SLOWER_AFTER, 1, 1, SPEEDUP_REASON_FEW_ROUNDS,
  },
  {
    "few-rounds-hardly-slower", 100, 5, 1000, 0, 0, 0, FALSE,
    { 2, 4 }, { 0.98, 0.7 },
    SPEEDUP_VERDICT_A_LITTLE, 2, 0.98, SPEEDUP_REASON_FEW_ROUNDS,
  },
  {
    "wide-but-beyond-doubt", 100, 7, 1000, 0, 0.15, 0, FALSE,
    { 1, 16 }, { 1, 10 },
    SPEEDUP_VERDICT_GO_TO, 16, 10, SPEEDUP_REASON_WIDE_INTERVAL,
  },
  {
    "wide-and-open", 100, 7, 1000, 0, 0.15, 0, FALSE,
    { 2, 4 }, { 1.1, 1.15 },
    SPEEDUP_VERDICT_CANNOT_TELL, 4, 1.15, SPEEDUP_REASON_WIDE_INTERVAL,
  },
  {
    "wide-but-little", 100, 7, 1000, 0, 0.15, 0, FALSE,
    { 2, 4 }, { 0.9, 0.95 },
    SPEEDUP_VERDICT_A_LITTLE, 4, 0.95, SPEEDUP_REASON_OVER_ONE,
  },
  {
    "no-base", 0, 7, 1000, 4, 0, 0, FALSE,
    { 1, 2 }, { 1, 1.9 },
    SPEEDUP_VERDICT_CANNOT_TELL, 0, NAN, SPEEDUP_REASON_NO_BASE,
  },
  {
    "void-runs", 100, 7, 1000, 4, 0, 0.21, FALSE,
    { 1, 2 }, { 1, 1.9 },
    SPEEDUP_VERDICT_CANNOT_TELL, 2, 1.9, SPEEDUP_REASON_VOID_RUNS,
  },
  {
    "void-runs-within-limit", 100, 7, 1000, 4, 0, 0.20, FALSE,
    { 1, 2 }, { 1, 1.9 },
    SPEEDUP_VERDICT_GO_TO, 2, 1.9, SPEEDUP_REASON_NONE,
  },
  {
    "server-limited", 100, 7, 1000, 0, 0, 0, TRUE,
    { 1, 4, 40 }, { 1, 3.9, 9 },
    SPEEDUP_VERDICT_CANNOT_TELL, 40, 9, SPEEDUP_REASON_SERVER_LIMITED,
  },
};

/* Times in rounds are the ratio's but for a scatter in steps whose Hodges-Lehmann estimate is
 * nought, in another order for each configuration. */
static void
observe_case (Session    *session,
              const Case *self,
              guint       configuration,
              double      ratio)
{
  static const double steps[] = { 0, 1, -1, 0.5, -0.5, 0.2, -0.2 };

  for (guint round = 1; round <= self->n_rounds; round++)
    {
      double step = self->n_rounds < 7 ? 0 : steps[(round * (configuration + 1)) % 7];

      session_observe (session, configuration, round, 100 / ratio * exp (self->scatter * step));
    }
}

static void
test_case (gconstpointer data)
{
  const Case *self = data;
  g_autoptr (Session) session = session_new ();
  g_autoptr (SpeedupAnalysis) analysis = NULL;
  const SpeedupVerdict *verdict;

  session->context.cpu_bound = self->cpus_usable > 0;
  session->context.cpus_usable = MAX (1, self->cpus_usable);
  session->context.void_share = self->void_share;
  session->context.server_limited = self->server_limited;
  session_add (session, SEQUENTIAL, 1, self->n_tasks, 0);
  for (guint round = 1; round <= self->n_rounds; round++)
    session_observe (session, 0, round, self->base_s);
  for (guint i = 0; i < MAX_POINTS && self->workers[i] > 0; i++)
    observe_case (session, self, session_add (session, 1, self->workers[i], self->n_tasks, 0),
                  self->ratios[i]);
  analysis = session_analyse (session);

  g_assert_cmpuint (analysis->verdicts->len, ==, 1);
  verdict = &g_array_index (analysis->verdicts, SpeedupVerdict, 0);
  g_test_message ("form %d, N %u, ratio %.4f [%.4f, %.4f], reason %d", verdict->form,
                  verdict->workers, verdict->ratio.estimate, verdict->ratio.low,
                  verdict->ratio.high, verdict->reason);
  g_assert_cmpuint (verdict->series, ==, 1);
  g_assert_cmpint (verdict->form, ==, self->form);
  g_assert_cmpint (verdict->reason, ==, self->reason);
  g_assert_cmpuint (verdict->workers, ==, self->says_workers);
  assert_near (verdict->ratio.estimate, self->says_ratio, 1e-9);
}

/* Workers come in any order, and the verdict names the configuration that it speaks of. */
static void
test_configuration (void)
{
  g_autoptr (Session) session = session_new ();
  g_autoptr (SpeedupAnalysis) analysis = NULL;
  const SpeedupVerdict *verdict;
  guint eight = session_add (session, 1, 8, 100, 0);
  guint base = session_add (session, SEQUENTIAL, 1, 100, 0);
  guint four = session_add (session, 1, 4, 100, 0);
  guint one = session_add (session, 1, 1, 100, 0);

  session_fill (session, base, 7, 10);
  session_fill (session, one, 7, 10);
  session_fill (session, four, 7, 3);
  session_fill (session, eight, 7, 2.95);
  analysis = session_analyse (session);

  verdict = &g_array_index (analysis->verdicts, SpeedupVerdict, 0);
  g_assert_cmpint (verdict->form, ==, SPEEDUP_VERDICT_KNEE);
  g_assert_cmpuint (verdict->configuration, ==, four);
  g_assert_cmpuint (verdict->workers, ==, 4);
}

static void
test_always_slower_speaks_of_base (void)
{
  g_autoptr (Session) session = session_new ();
  g_autoptr (SpeedupAnalysis) analysis = NULL;
  const SpeedupVerdict *verdict;
  guint two = session_add (session, 1, 2, 100, 0);
  guint base = session_add (session, SEQUENTIAL, 1, 100, 0);

  session_fill (session, base, 7, 10);
  session_fill (session, two, 7, 11);
  analysis = session_analyse (session);

  verdict = &g_array_index (analysis->verdicts, SpeedupVerdict, 0);
  g_assert_cmpint (verdict->form, ==, SPEEDUP_VERDICT_SLOWER_AFTER);
  g_assert_cmpuint (verdict->configuration, ==, base);
  g_assert_cmpuint (verdict->series, ==, 1);
}

/* A series of which every run was void. */
static void
test_no_pairs (void)
{
  g_autoptr (Session) session = session_new ();
  g_autoptr (SpeedupAnalysis) analysis = NULL;
  const SpeedupVerdict *verdict;

  session_fill (session, session_add (session, SEQUENTIAL, 1, 100, 0), 7, 10);
  session_add (session, 1, 2, 100, NAN);
  analysis = session_analyse (session);

  verdict = &g_array_index (analysis->verdicts, SpeedupVerdict, 0);
  g_assert_cmpint (verdict->form, ==, SPEEDUP_VERDICT_CANNOT_TELL);
  g_assert_cmpint (verdict->reason, ==, SPEEDUP_REASON_FEW_ROUNDS);
  g_assert_cmpuint (verdict->configuration, ==, G_MAXUINT);
  g_assert_cmpuint (verdict->workers, ==, 0);
  assert_interval (verdict->ratio, NAN, NAN, NAN, 0);
}

/* One round in six says the opposite of the others: the interval is narrow enough, but holds 1. */
static void
test_over_one_and_open (void)
{
  const double log_ratios[] = { -0.005, 0.1, 0.1, 0.105, 0.11, 0.12 };
  g_autoptr (Session) session = session_new ();
  g_autoptr (SpeedupAnalysis) analysis = NULL;
  const SpeedupVerdict *verdict;
  guint base = session_add (session, SEQUENTIAL, 1, 100, 0);
  guint two = session_add (session, 1, 2, 100, 0);

  for (guint i = 0; i < G_N_ELEMENTS (log_ratios); i++)
    {
      session_observe (session, base, i + 1, 10);
      session_observe (session, two, i + 1, 10 * exp (-log_ratios[i]));
    }
  analysis = session_analyse (session);

  verdict = &g_array_index (analysis->verdicts, SpeedupVerdict, 0);
  g_assert_cmpfloat (verdict->ratio.estimate, >, 1.1);
  g_assert_cmpint (verdict->form, ==, SPEEDUP_VERDICT_CANNOT_TELL);
  g_assert_cmpint (verdict->reason, ==, SPEEDUP_REASON_OVER_ONE);
  g_assert_cmpuint (verdict->configuration, ==, two);
}

/* Two N that share no round are told apart by their ratios. */
static void
test_no_common_round (void)
{
  g_autoptr (Session) session = session_new ();
  g_autoptr (SpeedupAnalysis) analysis = NULL;
  const SpeedupVerdict *verdict;
  guint base = session_add (session, SEQUENTIAL, 1, 100, 0);
  guint two = session_add (session, 1, 2, 100, 0);
  guint four = session_add (session, 1, 4, 100, 0);

  for (guint round = 1; round <= 12; round++)
    {
      session_observe (session, base, round, 10);
      session_observe (session, round % 2 == 0 ? two : four, round, round % 2 == 0 ? 5 : 3);
    }
  analysis = session_analyse (session);

  verdict = &g_array_index (analysis->verdicts, SpeedupVerdict, 0);
  g_assert_cmpint (verdict->form, ==, SPEEDUP_VERDICT_GO_TO);
  g_assert_cmpuint (verdict->configuration, ==, four);
}

static void
test_nothing_parallel (void)
{
  g_autoptr (Session) session = session_new ();
  g_autoptr (SpeedupAnalysis) unmeasured = NULL;
  g_autoptr (SpeedupAnalysis) measured = NULL;
  const SpeedupVerdict *verdict;

  session_add (session, SEQUENTIAL, 1, 100, 0);
  unmeasured = session_analyse (session);
  verdict = &g_array_index (unmeasured->verdicts, SpeedupVerdict, 0);
  g_assert_cmpint (verdict->form, ==, SPEEDUP_VERDICT_CANNOT_TELL);
  g_assert_cmpint (verdict->reason, ==, SPEEDUP_REASON_NOTHING_PARALLEL);
  g_assert_cmpuint (verdict->configuration, ==, G_MAXUINT);

  session_fill (session, 0, 7, 10);
  measured = session_analyse (session);
  g_assert_cmpuint (measured->verdicts->len, ==, 1);
  verdict = &g_array_index (measured->verdicts, SpeedupVerdict, 0);
  g_assert_cmpint (verdict->reason, ==, SPEEDUP_REASON_NOTHING_PARALLEL);
  g_assert_cmpuint (verdict->series, ==, SEQUENTIAL);
  g_assert_cmpuint (verdict->configuration, ==, 0);
  g_assert_cmpuint (verdict->workers, ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/verdict/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/verdict/configuration", test_configuration);
  g_test_add_func ("/verdict/always-slower-speaks-of-base", test_always_slower_speaks_of_base);
  g_test_add_func ("/verdict/no-pairs", test_no_pairs);
  g_test_add_func ("/verdict/over-one-and-open", test_over_one_and_open);
  g_test_add_func ("/verdict/no-common-round", test_no_common_round);
  g_test_add_func ("/verdict/nothing-parallel", test_nothing_parallel);

  return g_test_run ();
}
