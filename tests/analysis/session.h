/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "speedup-analysis.h"

G_BEGIN_DECLS

/* A measurement made up for a test. */
typedef struct
{
  GArray *configurations;
  GArray *observations;
  SpeedupAnalysisContext context;
} Session;

/* The number of the series of sequential configurations. */
#define SEQUENTIAL 0

Session         *session_new      (void);
void             session_free     (Session    *self);
guint            session_add      (Session    *self,
                                   guint       series,
                                   guint       workers,
                                   guint       n_tasks,
                                   double      task_cv);
void             session_observe  (Session    *self,
                                   guint       configuration,
                                   guint       round,
                                   double      wall_s);
void             session_fill     (Session    *self,
                                   guint       configuration,
                                   guint       n_rounds,
                                   double      wall_s);
SpeedupAnalysis *session_analyse  (Session    *self);

double           run_virtually    (const double *task_s,
                                   guint         n_tasks,
                                   guint         workers);

void             assert_near      (double      value,
                                   double      expected,
                                   double      tolerance);
void             assert_interval  (SpeedupInterval interval,
                                   double          estimate,
                                   double          low,
                                   double          high,
                                   double          tolerance);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Session, session_free)

G_END_DECLS
