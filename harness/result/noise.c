/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/result/noise.h"

#include "harness/result/comparison.h"
#include "harness/statistics/stats.h"

#include <math.h>

static bool has_only_positive(const struct result_case *one, enum metric metric)
{
    const struct result_values *values = &one->metrics[metric];
    return stats_min(values->values, values->n) > 0;
}

bool noise_is_relative(enum metric metric, const struct result_case *one,
                       const struct result_case *other)
{
    return !g_str_equal(metric_definition(metric)->unit, "dB") && has_only_positive(one, metric) &&
           has_only_positive(other, metric);
}

struct estimate noise_estimate(enum metric metric, bool relative, const struct result_case *base,
                               const struct result_case *one)
{
    const struct result_values *a = &base->metrics[metric], *b = &one->metrics[metric];
    return relative ? bootstrap_ratio(a->values, a->n, b->values, b->n)
                    : bootstrap_difference(a->values, a->n, b->values, b->n);
}

/* How far a value is from showing no difference: the factor, or the difference. */
static double distance(bool relative, double value)
{
    return relative ? fmax(value, 1 / value) - 1 : fabs(value);
}

double noise_floor_of_pair(enum metric metric, bool relative, const struct result_case *first,
                           const struct result_case *second)
{
    struct estimate pair = noise_estimate(metric, relative, first, second);
    return isnan(pair.low) ? NAN
                           : fmax(distance(relative, pair.low), distance(relative, pair.high));
}

const struct result_case *noise_twin(const struct result *result, const struct result_case *one)
{
    for (unsigned i = 0; one->twin == 1 && i < result->cases->len; i++) {
        const struct result_case *other = g_ptr_array_index(result->cases, i);
        if (other->twin == 2 && result_case_is_same(one, other))
            return other;
    }
    return NULL;
}

double noise_floor(const struct result *result, const struct result_case *of, enum metric metric,
                   bool relative)
{
    double floor = NAN;

    for (unsigned i = 0; i < result->cases->len; i++) {
        const struct result_case *first = g_ptr_array_index(result->cases, i);
        const struct result_case *second = noise_twin(result, first);
        if (second && cases_comparable(of, first))
            floor = fmax(floor, noise_floor_of_pair(metric, relative, first, second));
    }
    return floor;
}

bool noise_hides(double floor, bool relative, const struct estimate *estimate)
{
    return distance(relative, estimate->value) <= floor;
}
