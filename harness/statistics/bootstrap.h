/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * bootstrap: how two samples' medians compare, with an interval.
 *
 * The percentile bootstrap (B. Efron, Annals of Statistics 7, 1979): both samples are
 * drawn anew with replacement, BOOTSTRAP_DRAWS times; the interval holds the middle
 * 95 % of the results. The seed is fixed, so the same samples give the same interval.
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_BOOTSTRAP_H
#define VDIBENCH_BOOTSTRAP_H

#include <stddef.h>

/* With so many the ends of an interval move by about 1 % of its length with the seed. */
#define BOOTSTRAP_DRAWS 4000

/* A value and its 95 % interval; NAN where there is none. */
struct estimate {
    double value, low, high;
};

/* Values that are NAN do not count. With fewer than two values in a sample there is no
 * interval. */

/* The median of `b` over that of `a`. All NAN unless all values are above 0. */
struct estimate bootstrap_ratio(const double *a, size_t n_a, const double *b, size_t n_b);

/* The median of `b` less that of `a`. */
struct estimate bootstrap_difference(const double *a, size_t n_a, const double *b, size_t n_b);

#endif
