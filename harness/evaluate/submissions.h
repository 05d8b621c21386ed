/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * submissions: what a mediated vGPU's shadow page tables cost, from submissions.csv.
 *
 * A row `batch` sums up as many submissions as it says; a row `exit` has what one trap was
 * measured to cost. Pure function, any thread.
 */
#ifndef VDIBENCH_SUBMISSIONS_H
#define VDIBENCH_SUBMISSIONS_H

#include "harness/evaluate/rows.h"
#include "harness/scenario/metric.h"

/* Fills in the metrics vgpu_*. */
void submissions_measure(struct metrics *metrics, const struct rows *submissions);

#endif
