/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * evaluate: what a finished repeat's samples and pictures say.
 *
 * Any thread; reads and writes files of the repeat's folder only.
 */
#ifndef VDIBENCH_EVALUATE_H
#define VDIBENCH_EVALUATE_H

#include "harness/evaluate/metrics.h"
#include "harness/evaluate/outcome.h"
#include "harness/run/testbed.h"

/* Joins the samples in place->folder (frames.csv is left there), fills in
 * `metrics` and what was seen, and judges the case's expectations: an
 * outcome that has passed so far fails when one is not met, or when the
 * samples cannot be read. Of a run that failed or was interrupted as much is
 * computed as the samples allow. */
void evaluate(const struct plan_case *c, const struct place *place, const struct notes *notes,
              struct outcome *outcome, struct metrics *metrics);

#endif
