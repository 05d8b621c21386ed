/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/statistics/stats.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A sorted copy without the NANs, to be freed; NULL when nothing is left. */
static double *sorted(const double *values, size_t n, size_t *ret_n)
{
    double *copy = n > 0 ? malloc(n * sizeof *copy) : NULL;
    size_t kept = 0;

    for (size_t i = 0; copy && i < n; i++) {
        if (!isnan(values[i]))
            copy[kept++] = values[i];
    }
    *ret_n = kept;
    if (kept == 0) {
        free(copy);
        return NULL;
    }
    qsort(copy, kept, sizeof *copy, compare);
    return copy;
}

double stats_percentile(const double *values, size_t n, double percent)
{
    size_t kept;
    double *copy = sorted(values, n, &kept);
    if (!copy)
        return NAN;

    /* Not percent / 100 * kept: 0.95 * 20 is a little more than 19. */
    size_t rank = (size_t)ceil(percent * (double)kept / 100);
    rank = rank < 1 ? 1 : rank > kept ? kept : rank;
    double value = copy[rank - 1];
    free(copy);
    return value;
}

double stats_median(const double *values, size_t n)
{
    size_t kept;
    double *copy = sorted(values, n, &kept);
    if (!copy)
        return NAN;
    double value = kept % 2 ? copy[kept / 2] : (copy[kept / 2 - 1] + copy[kept / 2]) / 2;
    free(copy);
    return value;
}

double stats_min(const double *values, size_t n)
{
    double least = NAN;
    for (size_t i = 0; i < n; i++)
        least = fmin(least, values[i]); /* fmin ignores a NAN */
    return least;
}

double stats_max(const double *values, size_t n)
{
    double most = NAN;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, values[i]);
    return most;
}
