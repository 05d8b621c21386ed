/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * evaluate: turns a finished repeat's samples and pictures into metrics and a verdict.
 *
 * Any thread; reads and writes files of the repeat's folder only.
 */
#ifndef VDIBENCH_EVALUATE_H
#define VDIBENCH_EVALUATE_H

#include "harness/evaluate/measure.h"
#include "harness/evaluate/outcome.h"
#include "harness/run/testbed.h"

/* Joins the samples in place->folder (and writes frames.csv there), fills in
 * `metrics` and outcome->seen, and judges the case's expectations: an outcome that
 * has passed so far fails if an expectation is not met, or if the samples cannot be
 * read. For a run that failed or was interrupted, everything is computed that the
 * samples allow. What was found by comparing pictures is added to the notes; where the
 * pictures are not kept, or place->recording is NULL, it is taken from them. */
void evaluate(const struct plan_case *c, const struct place *place, struct notes *notes,
              struct outcome *outcome, struct metrics *metrics);

#endif
