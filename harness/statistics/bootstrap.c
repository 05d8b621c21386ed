/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/statistics/bootstrap.h"

#include "harness/statistics/stats.h"

#include <glib.h>
#include <math.h>
#include <stdbool.h>

#define SEED 1979

static double ratio(double a, double b)
{
    return b / a;
}

static double difference(double a, double b)
{
    return b - a;
}

/* A copy without the NANs; free it. */
static double *without_nan(const double *values, size_t n, size_t *ret_n)
{
    double *copy = g_new(double, n);
    *ret_n = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(values[i]))
            copy[(*ret_n)++] = values[i];
    }
    return copy;
}

static double median_of_draw(GRand *random, const double *values, size_t n, double *draw)
{
    for (size_t i = 0; i < n; i++)
        draw[i] = values[g_rand_int_range(random, 0, (int)n)];
    return stats_median(draw, n);
}

static struct estimate bootstrap(const double *all_a, size_t n_a, const double *all_b, size_t n_b,
                                 double (*statistic)(double a, double b))
{
    g_autofree double *a = without_nan(all_a, n_a, &n_a);
    g_autofree double *b = without_nan(all_b, n_b, &n_b);
    struct estimate estimate = {statistic(stats_median(a, n_a), stats_median(b, n_b)), NAN, NAN};

    if (n_a < 2 || n_b < 2)
        return estimate;
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);
    g_autofree double *draw = g_new(double, MAX(n_a, n_b));
    g_autofree double *results = g_new(double, BOOTSTRAP_DRAWS);
    for (size_t i = 0; i < BOOTSTRAP_DRAWS; i++) {
        double of_a = median_of_draw(random, a, n_a, draw);
        results[i] = statistic(of_a, median_of_draw(random, b, n_b, draw));
    }
    estimate.low = stats_percentile(results, BOOTSTRAP_DRAWS, 2.5);
    estimate.high = stats_percentile(results, BOOTSTRAP_DRAWS, 97.5);
    return estimate;
}

struct estimate bootstrap_ratio(const double *a, size_t n_a, const double *b, size_t n_b)
{
    if (!(stats_min(a, n_a) > 0) || !(stats_min(b, n_b) > 0))
        return (struct estimate){NAN, NAN, NAN};
    return bootstrap(a, n_a, b, n_b, ratio);
}

struct estimate bootstrap_difference(const double *a, size_t n_a, const double *b, size_t n_b)
{
    return bootstrap(a, n_a, b, n_b, difference);
}
