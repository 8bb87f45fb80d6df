/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>

#include "session.h"
#include "speedup-amdahl.h"

#define EXACT 1e-9

static const SpeedupSummary *
get_summary (SpeedupAnalysis *analysis,
             guint            configuration)
{
  const SpeedupSummary *summary = speedup_analysis_get_summary (analysis, configuration);

  g_assert_nonnull (summary);

  return summary;
}

/* A base of 8 s, and a series of the given workers whose times follow Amdahl's law from 8.8 s. */
static Session *
make_session (double       serial_fraction,
              const guint *workers,
              guint        n_workers,
              guint        n_rounds)
{
  Session *session = session_new ();

  session_fill (session, session_add (session, SEQUENTIAL, 1, 240, 0), n_rounds, 8);
  for (guint i = 0; i < n_workers; i++)
    session_fill (session, session_add (session, 1, workers[i], 240, 0), n_rounds,
                  8.8 / speedup_amdahl (serial_fraction, workers[i]));

  return session;
}

static void
test_summary (void)
{
  g_autoptr (Session) session = session_new ();
  g_autoptr (SpeedupAnalysis) analysis = NULL;
  guint base = session_add (session, SEQUENTIAL, 1, 100, 0);
  guint one = session_add (session, 1, 1, 100, 0);
  guint forty = session_add (session, 1, 40, 100, 0);
  const SpeedupSummary *summary;

  for (guint round = 1; round <= 7; round++)
    {
      /* The machine grows slower from round to round; the ratios know nothing of it. */
      double drift = 1 + 0.05 * round;

      session_observe (session, base, round, 20 * drift);
      session_observe (session, one, round, 25 * drift);
      session_observe (session, forty, round, 1 * drift);
    }
  analysis = session_analyse (session);

  g_assert_cmpuint (analysis->base, ==, base);
  g_assert_cmpuint (analysis->summary->len, ==, 3);
  assert_near (analysis->precision, 0, EXACT);

  summary = get_summary (analysis, base);
  assert_interval (summary->ratio, 1, 1, 1, EXACT);
  assert_interval (summary->ratio_relative, 1, 1, 1, EXACT);
  assert_near (summary->wall_s, 24, 0.1);

  summary = get_summary (analysis, forty);
  g_assert_cmpuint (summary->configuration, ==, forty);
  g_assert_cmpuint (summary->n_pairs, ==, 7);
  assert_interval (summary->ratio, 20, 20, 20, EXACT);
  assert_interval (summary->ratio_relative, 25, 25, 25, EXACT);
  assert_near (summary->wall_s, 1.2, 0.005);
  assert_near (summary->bound, 100 / 3.0, EXACT);
  assert_near (summary->efficiency, 0.5, EXACT);
  assert_near (summary->throughput_per_s, 100 / summary->wall_s, EXACT);
}

/* The median of the Walsh averages of d = ln (T_base / T_N), and for 7 rounds the third of the 28
 * from either end. */
static void
test_ratio_by_hand (void)
{
  const double differences[] = { 0.70, 0.64, 0.69, 0.72, 0.66, 0.71, 0.68 };
  g_autoptr (Session) session = session_new ();
  g_autoptr (SpeedupAnalysis) analysis = NULL;
  guint base = session_add (session, SEQUENTIAL, 1, 10, 0);
  guint two = session_add (session, 1, 2, 10, 0);
  SpeedupInterval ratio;

  for (guint i = 0; i < G_N_ELEMENTS (differences); i++)
    {
      session_observe (session, base, i + 1, 3 + i);
      session_observe (session, two, i + 1, (3 + i) * exp (-differences[i]));
    }
  analysis = session_analyse (session);

  /* Sorted: 0.64, 0.65, 0.66, 0.66 ... 0.685, 0.69 ... 0.71, 0.715, 0.72. */
  ratio = get_summary (analysis, two)->ratio;
  assert_interval (ratio, exp (0.6875), exp (0.66), exp (0.71), EXACT);
  assert_near (analysis->precision, (ratio.high - ratio.low) / 2 / ratio.estimate, EXACT);
}

static void
test_best_base (void)
{
  g_autoptr (Session) session = session_new ();
  g_autoptr (SpeedupAnalysis) analysis = NULL;
  guint slow = session_add (session, SEQUENTIAL, 1, 100, 0);
  guint two = session_add (session, 1, 2, 100, 0);
  guint fast = session_add (session, 2, 1, 100, 0);

  g_array_index (session->configurations, SpeedupObservedConfiguration, fast).sequential = TRUE;
  session_fill (session, slow, 7, 10);
  session_fill (session, two, 7, 5);
  session_fill (session, fast, 7, 4);
  analysis = session_analyse (session);

  g_assert_cmpuint (analysis->base, ==, fast);
  assert_near (get_summary (analysis, two)->ratio.estimate, 0.8, 0.01);
  assert_near (get_summary (analysis, slow)->ratio.estimate, 0.4, 0.01);
}

/* A round whose base is missing gives no ratio, and one that misses the configuration neither;
 * rounds are told by number, not by place. */
static void
test_pairing (void)
{
  g_autoptr (Session) session = session_new ();
  g_autoptr (SpeedupAnalysis) analysis = NULL;
  guint base = session_add (session, SEQUENTIAL, 1, 100, 0);
  guint two = session_add (session, 1, 2, 100, 0);

  for (guint round = 8; round >= 1; round--)
    {
      if (round != 2)
        session_observe (session, base, round * 1000, 10 * round);
      if (round != 5)
        session_observe (session, two, round * 1000, 5 * round);
    }
  analysis = session_analyse (session);

  g_assert_cmpuint (get_summary (analysis, two)->n_pairs, ==, 6);
  assert_interval (get_summary (analysis, two)->ratio, 2, 2, 2, EXACT);
  assert_interval (get_summary (analysis, two)->ratio_relative, NAN, NAN, NAN, EXACT);
}

static void
test_few_rounds (void)
{
  const guint workers[] = { 1, 2 };

  for (guint n_rounds = 1; n_rounds <= 5; n_rounds++)
    {
      g_autoptr (Session) session = make_session (0, workers, 2, n_rounds);
      g_autoptr (SpeedupAnalysis) analysis = session_analyse (session);
      const SpeedupSummary *summary = get_summary (analysis, 2);
      const SpeedupFit *fit = speedup_analysis_get_fit (analysis, 1);

      g_assert_cmpuint (summary->n_pairs, ==, n_rounds);
      assert_interval (summary->ratio, 8 / 4.4, NAN, NAN, 0.01);
      assert_near (analysis->precision, NAN, 0);
      assert_interval (fit->serial_fraction, 0, NAN, NAN, 0.01);
    }
}

static void
test_bad_observations (void)
{
  const guint workers[] = { 1, 2 };
  g_autoptr (Session) session = make_session (0, workers, 2, 7);
  g_autoptr (SpeedupAnalysis) analysis = NULL;
  const double bad_times[] = { NAN, INFINITY, -INFINITY, 0, -1 };

  for (guint i = 0; i < G_N_ELEMENTS (bad_times); i++)
    session_observe (session, 2, 100 + i, bad_times[i]);
  session_observe (session, 3, 1, 1);
  session_observe (session, G_MAXUINT, 1, 1);
  /* Of two for the same round the first counts. */
  session_observe (session, 2, 1, 1000);
  analysis = session_analyse (session);

  g_assert_cmpuint (analysis->summary->len, ==, 3);
  g_assert_cmpuint (get_summary (analysis, 2)->n_pairs, ==, 7);
  assert_interval (get_summary (analysis, 2)->ratio, 8 / 4.4, 8 / 4.4, 8 / 4.4, 0.01);
}

static void
test_other_work_gives_no_ratio (void)
{
  g_autoptr (Session) session = session_new ();
  g_autoptr (SpeedupAnalysis) analysis = NULL;
  guint base = session_add (session, SEQUENTIAL, 1, 100, 0);
  guint two = session_add (session, 1, 2, 50, 0);

  session_fill (session, base, 7, 10);
  session_fill (session, two, 7, 2.5);
  analysis = session_analyse (session);

  assert_interval (get_summary (analysis, two)->ratio, NAN, NAN, NAN, 0);
  g_assert_cmpuint (get_summary (analysis, two)->n_pairs, ==, 0);
  assert_near (get_summary (analysis, two)->throughput_per_s, 20, 0.1);
}

static void
test_empty (void)
{
  const SpeedupAnalysisContext context = { .cpus_usable = 1, .void_share = NAN };
  g_autoptr (SpeedupAnalysis) nothing = speedup_analysis_new (NULL, 0, NULL, 0, &context);
  g_autoptr (Session) session = session_new ();
  g_autoptr (SpeedupAnalysis) planned = NULL;

  g_assert_cmpuint (nothing->base, ==, G_MAXUINT);
  g_assert_cmpuint (nothing->summary->len + nothing->fits->len + nothing->verdicts->len, ==, 0);
  assert_near (nothing->precision, NAN, 0);
  g_assert_null (speedup_analysis_get_summary (nothing, 0));
  g_assert_null (speedup_analysis_get_fit (nothing, 0));
  assert_interval (speedup_analysis_get_band (nothing, 0, 2), NAN, NAN, NAN, 0);

  session_add (session, SEQUENTIAL, 1, 100, NAN);
  session_add (session, 1, 2, 100, NAN);
  session_add (session, 2, 0, 0, NAN);
  planned = session_analyse (session);
  g_assert_cmpuint (planned->base, ==, G_MAXUINT);
  g_assert_cmpuint (planned->summary->len, ==, 0);
  g_assert_cmpuint (planned->fits->len, ==, 0);
  g_assert_cmpuint (planned->verdicts->len, ==, 2);
  assert_near (planned->precision, NAN, 0);

  speedup_analysis_free (NULL);
}

static void
test_profile_fit (void)
{
  const guint workers[] = { 1, 2, 4, 8, 16 };
  g_autoptr (Session) session = make_session (0.1, workers, G_N_ELEMENTS (workers), 7);
  g_autoptr (SpeedupAnalysis) analysis = session_analyse (session);
  const SpeedupFit *fit = speedup_analysis_get_fit (analysis, 1);
  SpeedupInterval band;

  g_assert_cmpuint (analysis->fits->len, ==, 1);
  g_assert_cmpint (fit->method, ==, SPEEDUP_FIT_PROFILE);
  g_assert_cmpuint (fit->n_points, ==, 5);
  g_assert_cmpuint (fit->workers_max, ==, 16);
  assert_near (fit->serial_fraction.estimate, 0.1, 0.002);
  g_assert_cmpfloat (fit->serial_fraction.low, <=, fit->serial_fraction.estimate);
  g_assert_cmpfloat (fit->serial_fraction.estimate, <=, fit->serial_fraction.high);
  assert_near (exp (fit->log_t1), 8.8, 0.03);

  band = speedup_analysis_get_band (analysis, 1, 16);
  assert_near (band.estimate, 6.4, 0.05);
  assert_near (band.low, speedup_amdahl (fit->serial_fraction.high, 16), EXACT);
  assert_near (band.high, speedup_amdahl (fit->serial_fraction.low, 16), EXACT);
  assert_interval (speedup_analysis_get_band (analysis, 1, 1), 1, 1, 1, EXACT);
  assert_interval (speedup_analysis_get_band (analysis, 7, 16), NAN, NAN, NAN, 0);
}

/* The level of the times stays where it is, whatever the rounds have in common. */
static void
test_profile_fit_under_drift (void)
{
  const guint workers[] = { 1, 2, 4, 8 };
  g_autoptr (Session) session = session_new ();
  g_autoptr (SpeedupAnalysis) analysis = NULL;
  const SpeedupFit *fit;

  session_add (session, SEQUENTIAL, 1, 240, 0);
  for (guint i = 0; i < G_N_ELEMENTS (workers); i++)
    {
      guint configuration = session_add (session, 1, workers[i], 240, 0);

      for (guint round = 1; round <= 9; round++)
        {
          /* Round 5 is the typical one. Each configuration misses another round, so that no
           * round's mean is of the same configurations as the next one's. */
          if (round != i + 2)
            session_observe (session, configuration, round,
                             6 * exp (0.2 * ((int) round - 5)) / speedup_amdahl (0.2, workers[i]));
        }
    }
  analysis = session_analyse (session);

  fit = speedup_analysis_get_fit (analysis, 1);
  assert_interval (fit->serial_fraction, 0.2, 0.2, 0.2, 1e-6);
  assert_near (exp (fit->log_t1), 6, 1e-6);
}

/* Where most rounds miss a configuration, what the others say of the round has to come round. */
static void
test_profile_fit_of_few_rounds (void)
{
  const guint workers[] = { 1, 2, 4, 8 };
  const guint first_round[] = { 1, 1, 3, 4 };
  const guint last_round[] = { 3, 4, 5, 5 };
  g_autoptr (Session) session = session_new ();
  g_autoptr (SpeedupAnalysis) analysis = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (workers); i++)
    {
      guint configuration = session_add (session, 1, workers[i], 240, 0);

      for (guint round = first_round[i]; round <= last_round[i]; round++)
        session_observe (session, configuration, round,
                         6 * exp (0.1 * round) / speedup_amdahl (0.2, workers[i]));
    }
  analysis = session_analyse (session);

  assert_interval (speedup_analysis_get_fit (analysis, 1)->serial_fraction, 0.2, 0.2, 0.2, 1e-6);
}

/* On two cores there is no curve: the serial fraction is Karp and Flatt's, with the interval of
 * the relative ratio carried through. */
static void
test_karp_flatt_fit (void)
{
  const struct
  {
    guint n_workers;
    guint workers[3];
  } sweeps[] = { { 2, { 1, 2 } }, { 3, { 1, 2, 4 } } };

  for (guint i = 0; i < G_N_ELEMENTS (sweeps); i++)
    {
      guint n = sweeps[i].n_workers;
      guint largest = sweeps[i].workers[n - 1];
      g_autoptr (Session) session = make_session (0.1, sweeps[i].workers, n, 7);
      g_autoptr (SpeedupAnalysis) analysis = session_analyse (session);
      const SpeedupFit *fit = speedup_analysis_get_fit (analysis, 1);
      SpeedupInterval relative = get_summary (analysis, n)->ratio_relative;

      g_assert_cmpint (fit->method, ==, SPEEDUP_FIT_KARP_FLATT);
      g_assert_cmpuint (fit->n_points, ==, n);
      g_assert_cmpuint (fit->workers_max, ==, largest);
      assert_interval (fit->serial_fraction,
                       speedup_karp_flatt (relative.estimate, largest),
                       speedup_karp_flatt (relative.high, largest),
                       speedup_karp_flatt (relative.low, largest), EXACT);
      assert_near (fit->serial_fraction.estimate, 0.1, 0.005);
      assert_near (fit->log_t1, NAN, 0);
      assert_interval (speedup_analysis_get_band (analysis, 1, 2), NAN, NAN, NAN, 0);
    }
}

/* Times of one and two workers, and the serial fraction from N = 2, or none. */
static void
test_karp_flatt_boundaries (void)
{
  const struct
  {
    double two_workers_s;
    guint n_tasks;
    double estimate;
  } cases[] = {
    { 5.0, 100, 0 },
    { 5.001, 100, 0 },
    { 10.0, 100, 1 },
    /* Three tasks take two waves on two workers: nothing of it is serial. */
    { 20 / 3.0, 3, 0 },
    /* Twice as fast as can be, and slower than one worker: not the law's business. */
    { 2.5, 100, NAN },
    { 15.0, 100, NAN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Session) session = session_new ();
      g_autoptr (SpeedupAnalysis) analysis = NULL;
      const SpeedupFit *fit;

      session_fill (session, session_add (session, 1, 1, cases[i].n_tasks, 0), 7, 10);
      session_fill (session, session_add (session, 1, 2, cases[i].n_tasks, 0), 7,
                    cases[i].two_workers_s);
      analysis = session_analyse (session);
      fit = speedup_analysis_get_fit (analysis, 1);

      g_assert_true ((fit == NULL) == isnan (cases[i].estimate));
      if (fit != NULL)
        {
          assert_near (fit->serial_fraction.estimate, cases[i].estimate, 0.003);
          g_assert_cmpfloat (fit->serial_fraction.low, >=, 0);
          g_assert_cmpfloat (fit->serial_fraction.high, <=, 1);
        }
    }
}

/* Which N a fit uses: those within the CPUs where tasks compute, and where tasks are unlike (or
 * that is not known) those with ten tasks a worker. The session has 240 tasks. */
static void
test_points_of_fits (void)
{
  const guint workers[] = { 1, 2, 3, 4, 8, 24, 32, 64 };
  const struct
  {
    gboolean cpu_bound;
    guint cpus_usable;
    double task_cv;
    guint n_points;
    guint workers_max;
  } cases[] = {
    { FALSE, 2, 0.0, 8, 64 },
    { FALSE, 2, 0.19, 8, 64 },
    { FALSE, 2, 0.2, 6, 24 },
    { FALSE, 2, NAN, 6, 24 },
    { TRUE, 8, 0.0, 5, 8 },
    { TRUE, 4, NAN, 4, 4 },
    { TRUE, 3, 0.0, 3, 3 },
    { TRUE, 2, 0.0, 2, 2 },
    { TRUE, 1, 0.0, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Session) session = make_session (0.05, workers, G_N_ELEMENTS (workers), 6);
      g_autoptr (SpeedupAnalysis) analysis = NULL;
      const SpeedupFit *fit;

      for (guint j = 0; j < session->configurations->len; j++)
        g_array_index (session->configurations, SpeedupObservedConfiguration, j).task_cv =
          cases[i].task_cv;
      session->context.cpu_bound = cases[i].cpu_bound;
      session->context.cpus_usable = cases[i].cpus_usable;
      analysis = session_analyse (session);
      fit = speedup_analysis_get_fit (analysis, 1);

      g_assert_cmpuint (fit == NULL ? 0 : fit->n_points, ==, cases[i].n_points);
      g_assert_cmpuint (fit == NULL ? 0 : fit->workers_max, ==, cases[i].workers_max);
      if (fit != NULL)
        g_assert_cmpint (fit->method, ==, fit->n_points >= 4 ? SPEEDUP_FIT_PROFILE
                                                             : SPEEDUP_FIT_KARP_FLATT);
    }
}

/* Twelve tasks make as many waves on 4 workers as on 5: that is one point twice, and no curve. */
static void
test_like_waves_count_once (void)
{
  const guint workers[] = { 1, 2, 4, 5 };
  g_autoptr (Session) session = session_new ();
  g_autoptr (SpeedupAnalysis) analysis = NULL;
  const SpeedupFit *fit;

  for (guint i = 0; i < G_N_ELEMENTS (workers); i++)
    session_fill (session, session_add (session, 1, workers[i], 12, 0), 7,
                  10 / speedup_whole_task_bound (12, workers[i]));
  analysis = session_analyse (session);
  fit = speedup_analysis_get_fit (analysis, 1);

  g_assert_cmpint (fit->method, ==, SPEEDUP_FIT_KARP_FLATT);
  g_assert_cmpuint (fit->n_points, ==, 3);
  assert_near (fit->serial_fraction.estimate, 0, 0.002);
}

static void
test_no_fit (void)
{
  const guint workers[] = { 2, 4 };
  g_autoptr (Session) session = make_session (0, workers, 1, 7);
  g_autoptr (Session) without_one = make_session (0, workers, 2, 7);
  g_autoptr (SpeedupAnalysis) analysis = session_analyse (session);
  g_autoptr (SpeedupAnalysis) analysis_without_one = session_analyse (without_one);

  g_assert_cmpuint (analysis->fits->len, ==, 0);
  g_assert_cmpuint (analysis_without_one->fits->len, ==, 0);
}

static void
test_several_series (void)
{
  g_autoptr (Session) session = session_new ();
  g_autoptr (SpeedupAnalysis) analysis = NULL;

  session_fill (session, session_add (session, SEQUENTIAL, 1, 100, 0), 7, 10);
  for (guint workers = 1; workers <= 4; workers++)
    {
      session_fill (session, session_add (session, 5, workers, 100, 0), 7,
                    10 / speedup_amdahl (0.1, workers));
      session_fill (session, session_add (session, 3, workers, 100, 0), 7,
                    12 / speedup_amdahl (0.3, workers));
    }
  analysis = session_analyse (session);

  g_assert_cmpuint (analysis->fits->len, ==, 2);
  g_assert_cmpuint (analysis->verdicts->len, ==, 2);
  assert_near (speedup_analysis_get_fit (analysis, 5)->serial_fraction.estimate, 0.1, 0.02);
  assert_near (speedup_analysis_get_fit (analysis, 3)->serial_fraction.estimate, 0.3, 0.02);
  g_assert_null (speedup_analysis_get_fit (analysis, SEQUENTIAL));
}

/* What the precision rule waits for: the interval of every ratio. */
static void
test_precision (void)
{
  g_autoptr (Session) session = session_new ();
  g_autoptr (SpeedupAnalysis) early = NULL;
  g_autoptr (SpeedupAnalysis) late = NULL;
  guint base = session_add (session, SEQUENTIAL, 1, 100, 0);
  guint two = session_add (session, 1, 2, 100, 0);
  guint four = session_add (session, 1, 4, 100, 0);
  SpeedupInterval ratio;

  for (guint round = 1; round <= 6; round++)
    {
      session_observe (session, base, round, 10);
      session_observe (session, two, round, 5 + 0.01 * round);
      if (round < 6)
        session_observe (session, four, round, 2.5 + 0.1 * round);
    }
  early = session_analyse (session);
  assert_near (early->precision, NAN, 0);

  session_observe (session, four, 6, 3.1);
  late = session_analyse (session);
  ratio = get_summary (late, four)->ratio;
  assert_interval (ratio, ratio.estimate, 10 / 3.1, 10 / 2.6, EXACT);
  assert_near (late->precision, (ratio.high - ratio.low) / 2 / ratio.estimate, EXACT);
}

/* A slow round is no outlier; a slow value in an ordinary round is one, and still counts. */
static void
test_outliers (void)
{
  static const struct
  {
    guint configuration;
    guint round;
  } expected[] = { { 2, 5 }, { 4, 7 } };
  g_autoptr (Session) session = session_new ();
  g_autoptr (SpeedupAnalysis) analysis = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  const guint n_rounds = 8;
  const SpeedupOutlier *outlier;
  guint n_found = 0;

  for (guint i = 0; i < 6; i++)
    session_add (session, i == 0 ? SEQUENTIAL : 1, MAX (i, 1), 100, 0);
  for (guint round = 1; round <= n_rounds; round++)
    for (guint i = 0; i < 6; i++)
      {
        double time_s = 20.0 / (i + 1) * (round == 2 ? 2 : 1);

        time_s *= exp (g_rand_double_range (random, -0.01, 0.01));
        if (i == expected[0].configuration && round == expected[0].round)
          time_s *= 1.05;
        if (i == expected[1].configuration && round == expected[1].round)
          time_s *= 3;
        session_observe (session, i, round, time_s);
      }
  analysis = session_analyse (session);

  /* The noise itself stands out a little now and then. */
  for (guint i = 0; i < analysis->outliers->len; i++)
    {
      outlier = &g_array_index (analysis->outliers, SpeedupOutlier, i);
      g_assert_cmpfloat (fabs (outlier->deviation_sd), >, SPEEDUP_OUTLIER_SD);
      if (fabs (outlier->deviation_sd) < 5)
        continue;
      g_assert_cmpuint (n_found, <, G_N_ELEMENTS (expected));
      g_assert_cmpuint (outlier->configuration, ==, expected[n_found].configuration);
      g_assert_cmpuint (outlier->round, ==, expected[n_found].round);
      g_assert_cmpint (outlier->deviation_sd > SPEEDUP_FAR_OUTLIER_SD, ==, n_found == 1);
      n_found++;
    }
  g_assert_cmpuint (n_found, ==, G_N_ELEMENTS (expected));
  g_assert_cmpuint (get_summary (analysis, 4)->n_pairs, ==, n_rounds);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/analysis/summary", test_summary);
  g_test_add_func ("/analysis/ratio-by-hand", test_ratio_by_hand);
  g_test_add_func ("/analysis/best-base", test_best_base);
  g_test_add_func ("/analysis/pairing", test_pairing);
  g_test_add_func ("/analysis/few-rounds", test_few_rounds);
  g_test_add_func ("/analysis/bad-observations", test_bad_observations);
  g_test_add_func ("/analysis/other-work-gives-no-ratio", test_other_work_gives_no_ratio);
  g_test_add_func ("/analysis/empty", test_empty);
  g_test_add_func ("/analysis/profile-fit", test_profile_fit);
  g_test_add_func ("/analysis/profile-fit-under-drift", test_profile_fit_under_drift);
  g_test_add_func ("/analysis/profile-fit-of-few-rounds", test_profile_fit_of_few_rounds);
  g_test_add_func ("/analysis/karp-flatt-fit", test_karp_flatt_fit);
  g_test_add_func ("/analysis/karp-flatt-boundaries", test_karp_flatt_boundaries);
  g_test_add_func ("/analysis/points-of-fits", test_points_of_fits);
  g_test_add_func ("/analysis/like-waves-count-once", test_like_waves_count_once);
  g_test_add_func ("/analysis/no-fit", test_no_fit);
  g_test_add_func ("/analysis/several-series", test_several_series);
  g_test_add_func ("/analysis/precision", test_precision);
  g_test_add_func ("/analysis/outliers", test_outliers);

  return g_test_run ();
}
