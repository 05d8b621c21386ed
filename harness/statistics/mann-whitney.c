/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/statistics/mann-whitney.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* A value, and its rank doubled: so the mean of two ranks is a whole number, too. */
struct ranked {
    double value;
    bool of_a;
    size_t rank2;
};

static int by_value(const void *a, const void *b)
{
    double x = ((const struct ranked *)a)->value, y = ((const struct ranked *)b)->value;
    return (x > y) - (x < y);
}

/* Takes the values in; returns how many of them count. */
static size_t take(struct ranked *all, size_t begin, const double *values, size_t n, bool of_a)
{
    size_t end = begin;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(values[i]))
            all[end++] = (struct ranked){values[i], of_a, 0};
    }
    return end - begin;
}

/* Sorts and ranks them. Returns the sum of t³ − t over the groups of t equal values. */
static double rank_all(struct ranked *all, size_t n)
{
    double ties = 0;

    qsort(all, n, sizeof *all, by_value);
    for (size_t i = 0, next; i < n; i = next) {
        for (next = i + 1; next < n && all[next].value == all[i].value; next++)
            ;
        double t = (double)(next - i);
        ties += t * t * t - t;
        for (size_t k = i; k < next; k++)
            all[k].rank2 = i + 1 + next; /* twice the mean of i + 1 to next */
    }
    return ties;
}

/* Counts the ways of choosing n_a of all ranks by their doubled sum. */
static double exact_p(const struct ranked *all, size_t n, size_t n_a, size_t sum2)
{
    size_t sums = n * (n + 1) + 1; /* of all ranks, doubled */
    double *ways = calloc((n_a + 1) * sums, sizeof *ways), below = 0, above = 0, total = 0;

    if (!ways)
        return NAN;
    ways[0] = 1;
    for (size_t i = 0; i < n; i++)
        for (size_t chosen = i + 1 < n_a ? i + 1 : n_a; chosen >= 1; chosen--)
            for (size_t sum = all[i].rank2; sum < sums; sum++)
                ways[chosen * sums + sum] += ways[(chosen - 1) * sums + sum - all[i].rank2];
    for (size_t sum = 0; sum < sums; sum++) {
        double of = ways[n_a * sums + sum];
        total += of;
        below += sum <= sum2 ? of : 0;
        above += sum >= sum2 ? of : 0;
    }
    free(ways);
    return fmin(2 * fmin(below, above) / total, 1);
}

/* With the corrections for continuity and for ties. */
static double normal_p(double n_a, double n_b, double ties, double u)
{
    double n = n_a + n_b;
    double variance = n_a * n_b / 12 * (n + 1 - ties / (n * (n - 1)));
    double distance = fmax(fabs(u - n_a * n_b / 2) - 0.5, 0);
    return variance > 0 ? erfc(distance / sqrt(2 * variance)) : 1;
}

double mann_whitney_p(const double *a, size_t n_a, const double *b, size_t n_b, double *ret_u)
{
    struct ranked *all = n_a && n_b ? malloc((n_a + n_b) * sizeof *all) : NULL;
    double p = NAN, u = NAN;

    if (all) {
        n_a = take(all, 0, a, n_a, true);
        n_b = take(all, n_a, b, n_b, false);
    }
    if (all && n_a && n_b) {
        size_t n = n_a + n_b, sum2 = 0;
        double ties = rank_all(all, n);
        for (size_t i = 0; i < n; i++)
            sum2 += all[i].of_a ? all[i].rank2 : 0;
        u = ((double)sum2 - (double)(n_a * (n_a + 1))) / 2;
        p = n <= MANN_WHITNEY_EXACT_MAX ? exact_p(all, n, n_a, sum2)
                                        : normal_p((double)n_a, (double)n_b, ties, u);
    }
    if (ret_u)
        *ret_u = u;
    free(all);
    return p;
}

double mann_whitney_least_p(size_t n_a, size_t n_b)
{
    double ways = 1; /* of choosing n_a of them all */
    for (size_t i = 1; i <= n_a && n_b; i++)
        ways *= (double)(n_b + i) / (double)i;
    return fmin(2 / ways, 1);
}
