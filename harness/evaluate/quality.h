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

#include "harness/scenario/link-profile.h"
#include "harness/scenario/metric.h"
#include "harness/scenario/route.h"

#include <stdbool.h>

/* Of one core: with more, something else was running or the hypervisor took the
 * processors away. A quiet machine has 1 to 4 %. */
#define QUALITY_FOREIGN_CPU_MAX_PCT 15
/* Of the slots: with more of them not captured, the load was not the intended one. */
#define QUALITY_SKIPPED_MAX_PCT 5
/* A link that differs more from what it is called is another one. What TCP makes of a link
 * that loses packets is TCP's matter: there its rate may be any that is not higher. */
#define QUALITY_LINK_RATE_MIN_PCT 75
#define QUALITY_LINK_RATE_MAX_PCT 115
/* And by more than a millisecond, or the shortest one would be judged by the scheduler. */
#define QUALITY_LINK_RTT_MAX_PCT 25

/* NULL if the repeat was fit to be measured; otherwise why not, as one static line.
 * Such a repeat is marked, and kept. On a limited link not everything is expected to
 * be captured. */
const char *quality_judge(const struct metrics *metrics, const struct route *route,
                          const struct link_profile *link);

/* The rule of each gate, as a sentence, static; NULL after the last one. */
const char *quality_rule(unsigned index);

#endif
