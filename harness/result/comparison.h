/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * comparison: the cases of a run that can be held against each other.
 *
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_COMPARISON_H
#define VDIBENCH_COMPARISON_H

#include "harness/result/result.h"

#include <stdbool.h>

/* Cases that differ in nothing but route, sink, drawing and the axes of a label. One
 * to whose route an axis does not apply is in the comparison of each of its words. */
struct comparison {
    const char *scenario, *workload; /* the result's */
    const char *axis[AXIS_COUNT];    /* of an axis of a label: the first case's */
    char *name;       /* "video-720p30", with the word of each axis where the run has several */
    bool is_largest;  /* of those with its workload and words the first of the largest */
    GPtrArray *cases; /* const struct result_case, in the run's order; not owned */
};

/* Whether two cases, of one run or of two, are of one comparison. */
bool cases_comparable(const struct result_case *one, const struct result_case *other);

/* All of a run, in its order (struct comparison). The result must outlive them. */
GPtrArray *comparisons_find(const struct result *result);

#endif
