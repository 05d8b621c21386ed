/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * quality: whether a repeat was fit to be measured.
 *
 * Each gate has its limit, the reason that marks a repeat, and the rule for
 * documents, in one place. Pure functions, any thread.
 */
#ifndef VDIBENCH_QUALITY_H
#define VDIBENCH_QUALITY_H

#include "harness/scenario/metric.h"
#include "harness/scenario/route.h"

#include <stdbool.h>

/* Of one core: with more, something else was running or the hypervisor took the
 * processors away. A quiet machine has 1 to 4 %. */
#define QUALITY_FOREIGN_CPU_MAX_PCT 15
/* Of the slots: with more not captured the load was another one. */
#define QUALITY_SKIPPED_MAX_PCT 5

/* NULL when the repeat was fit to be measured; otherwise why not, in one line,
 * static: such a repeat is marked, and kept. `limited`: the link is, and less
 * than everything is expected to be captured. */
const char *quality_judge(const struct metrics *metrics, const struct route *route, bool limited);

/* The rule of each gate, as a sentence, static; NULL after the last one. */
const char *quality_rule(unsigned index);

#endif
