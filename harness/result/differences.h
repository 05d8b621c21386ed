/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * differences: what two runs differ in, case by case, or the cases of one run.
 *
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_DIFFERENCES_H
#define VDIBENCH_DIFFERENCES_H

#include "auto-destroy.h"
#include "harness/result/difference.h"

/* A case that could not be compared. */
struct not_compared {
    const struct result_case *one; /* not owned */
    const char *reason;            /* static */
};

struct differences {
    GArray *all;          /* struct difference, judged together; in the order of the cases */
    GArray *not_compared; /* struct not_compared */
};

/* Each case of `one` against the same case of `base`. The floor is the larger one of the two
 * runs'. The second case of an A/A pair is not compared: it serves for the floor. Both
 * results must outlive what is returned. */
struct differences *differences_between(const struct result *base, const struct result *one,
                                        const enum metric *metrics, unsigned n_metrics);

/* Each case against the one that can be compared with it whose route, or whose label, is
 * `base`: the first such case. */
struct differences *differences_within(const struct result *result, const char *base,
                                       const enum metric *metrics, unsigned n_metrics);

/* How many of them have that verdict. */
unsigned differences_count(const struct differences *differences, enum verdict verdict);

void differences_destroy(struct differences *differences);

DEFINE_AUTO_DESTROY(differences, differences_destroy)

#endif
