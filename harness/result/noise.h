/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * noise: how far two cases differ that are the same.
 *
 * A run measures one route twice, as two cases whose repeats are interleaved like all
 * others (an A/A pair). Whatever they differ by has no cause in the route, so no
 * difference of that size, between whichever routes, shows anything. Pure functions,
 * any thread.
 */
#ifndef VDIBENCH_NOISE_H
#define VDIBENCH_NOISE_H

#include "harness/result/result.h"
#include "harness/statistics/bootstrap.h"

#include <stdbool.h>

/* How two medians are compared: by their ratio, or where that makes no sense, by their
 * difference in the metric's unit: if a value is 0 or less, and for decibels. */
bool noise_is_relative(enum metric metric, const struct result_case *one,
                       const struct result_case *other);

/* The median of `one` against that of `base`, in that way. */
struct estimate noise_estimate(enum metric metric, bool relative, const struct result_case *base,
                               const struct result_case *one);

/* The second case of an A/A pair of which `one` is the first; NULL if there is none. */
const struct result_case *noise_twin(const struct result *result, const struct result_case *one);

/* The noise floor of a pair: the farthest that the 95 % interval of its ratio reaches from
 * 1 (0.02: a ratio between 1/1.02 and 1.02 shows nothing), or that of its difference from
 * 0. NAN if there is no interval. */
double noise_floor_of_pair(enum metric metric, bool relative, const struct result_case *first,
                           const struct result_case *second);

/* The largest floor of the pairs that a case can be compared with; NAN if there are none. */
double noise_floor(const struct result *result, const struct result_case *of, enum metric metric,
                   bool relative);

/* Whether an estimate is within the floor, so that it shows no difference; false if the
 * floor is not known. */
bool noise_hides(double floor, bool relative, const struct estimate *estimate);

#endif
