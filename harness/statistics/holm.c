/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/statistics/holm.h"

#include <math.h>
#include <stdlib.h>

static int by_p(const void *a, const void *b)
{
    double x = **(double *const *)a, y = **(double *const *)b;
    return (x > y) - (x < y);
}

void holm_adjust(double *p, size_t n)
{
    double **sorted = n ? malloc(n * sizeof *sorted) : NULL, largest = 0;
    size_t tests = 0;

    for (size_t i = 0; sorted && i < n; i++) {
        if (!isnan(p[i]))
            sorted[tests++] = &p[i];
    }
    if (tests)
        qsort(sorted, tests, sizeof *sorted, by_p);
    for (size_t i = 0; i < tests; i++) {
        largest = fmax(largest, *sorted[i] * (double)(tests - i));
        *sorted[i] = fmin(largest, 1);
    }
    free(sorted);
}
