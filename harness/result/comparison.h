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

/* Cases that differ in nothing but route, sink and drawing. */
struct comparison {
    const char *scenario, *workload, *vm, *transport; /* the result's */
    char *name;       /* "video-720p30", with the transport where the run has several */
    bool is_largest;  /* of those with its workload and transport the first of the largest */
    GPtrArray *cases; /* const struct result_case, in the run's order; not owned */
};

/* All of a run, in its order (struct comparison). The result must outlive them. */
GPtrArray *comparisons_find(const struct result *result);

#endif
