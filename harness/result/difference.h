/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * difference: two cases held against each other in one metric, with a verdict.
 *
 * A difference is shown if it is unlikely by chance (Mann-Whitney's p, adjusted by
 * Holm's method for all that are judged together, is below 5 %) and larger than the
 * noise floor, where that is known. Pure functions, any thread.
 */
#ifndef VDIBENCH_DIFFERENCE_H
#define VDIBENCH_DIFFERENCE_H

#include "harness/result/result.h"
#include "harness/statistics/bootstrap.h"

#include <stdbool.h>

/* The probability with which any of the differences that are shown may be false. */
#define DIFFERENCE_P_MAX 0.05

/* For documents: how a verdict comes about. */
#define DIFFERENCE_METHOD                                                                      \
    "A ratio is that of the medians of the fit repeats, its interval the 95 % of a bootstrap " \
    "with a fixed seed. A difference is shown if the p of Mann-Whitney's test, adjusted by "   \
    "Holm's method for all lines together, is below 0.05, and the ratio is outside the noise " \
    "floor: as far as the 95 % interval of the same route measured twice (A/A) reaches."

enum verdict { VERDICT_BETTER, VERDICT_WORSE, VERDICT_NOT_SHOWN, VERDICT_COUNT };

/* "better", "worse", "no difference shown"; static. */
const char *verdict_text(enum verdict verdict);

struct difference {
    const struct result_case *base, *one; /* not owned */
    enum metric metric;
    bool relative;            /* the estimate is a ratio, else a difference in the unit */
    struct estimate estimate; /* of `one` over, or less, `base` */
    double p;                 /* NAN: not enough values */
    double adjusted_p;        /* set by differences_judge() */
    double floor;             /* see noise.h; NAN: not known */
    enum verdict verdict;     /* set by differences_judge() */
    const char *remark;       /* why none is shown, static; NULL */
};

/* Measures one; false if a case has no fit repeat with that metric, or if no value of
 * the metric is better than another. `floor` is NAN until the caller sets it. */
bool difference_measure(struct difference *ret_difference, enum metric metric,
                        const struct result_case *base, const struct result_case *one);

/* Judges all (struct difference) together. */
void differences_judge(GArray *differences);

#endif
