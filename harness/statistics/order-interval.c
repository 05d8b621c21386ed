/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/statistics/order-interval.h"

#include "harness/statistics/stats.h"

#include <math.h>

#define OUTSIDE_MAX 0.05

/* The largest r with P(fewer than r heads of n) at most half of what may be outside; 0
 * if there is none. */
static size_t rank_of(size_t n)
{
    double heads = pow(0.5, (double)n), fewer = 0; /* P(exactly r heads), P(fewer than r) */
    size_t r = 0;

    while (fewer + heads <= OUTSIDE_MAX / 2) {
        fewer += heads;
        heads *= (double)(n - r) / (double)(r + 1);
        r++;
    }
    return r;
}

void order_interval(const double *values, size_t n, double *ret_low, double *ret_high)
{
    size_t counted = 0;
    for (size_t i = 0; i < n; i++)
        counted += !isnan(values[i]);
    size_t r = rank_of(counted);

    *ret_low = *ret_high = NAN;
    if (r == 0)
        return;
    /* The middle of two ranks, so that rounding cannot reach another one. */
    *ret_low = stats_percentile(values, n, 100 * ((double)r - 0.5) / (double)counted);
    *ret_high = stats_percentile(values, n, 100 * ((double)(counted - r) + 0.5) / (double)counted);
}

double order_interval_pct(const double *values, size_t n)
{
    double low, high;
    order_interval(values, n, &low, &high);
    if (isnan(low))
        return INFINITY;
    return low == high ? 0 : 100 * (high - low) / 2 / fabs(stats_median(values, n));
}
