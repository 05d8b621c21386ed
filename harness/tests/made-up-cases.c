/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/tests/made-up-cases.h"

#include <math.h>

static struct scenario scenario = {.name = (char *)"race"};

struct result *made_up_cases(void)
{
    struct result *result = result_create("x");
    result->environment = json_from_string("{\"host\": \"h\", \"cpu_model\": \"A CPU\"}", NULL);
    return result;
}

struct result_case *made_up_case(struct result *result, const char *route, unsigned repeats)
{
    struct plan_case c = {.scenario = &scenario,
                          .route = route_find(route),
                          .sink = route_find(route)->sinks[0],
                          .workload = "film",
                          .seconds = 8,
                          .repeats = repeats,
                          .tries_max = repeats};
    struct metrics none;

    for (unsigned a = 0; a < AXIS_COUNT; a++)
        c.axis[a] = axis_default((enum axis)a);
    metrics_init(&none);
    struct result_case *one = result_add_case(result, &c);
    for (unsigned r = 0; r < repeats; r++) {
        struct outcome *outcome = outcome_create(STATUS_PASSED, NULL);
        outcome->folder = g_strdup_printf("cases/%s/repeat-%u", route, r + 1);
        outcome->order = r + 1;
        result_case_add_repeat(one, outcome, &none);
    }
    return one;
}

void made_up_values(struct result_case *one, enum metric metric, const double *values)
{
    struct result_values *of = &one->metrics[metric];

    g_free(of->each);
    g_free(of->values);
    *of = (struct result_values){g_memdup2(values, one->repeats->len * sizeof *values),
                                 g_new(double, one->repeats->len), 0};
    for (unsigned r = 0; r < one->repeats->len; r++) {
        if (outcome_counts(g_ptr_array_index(one->repeats, r)) && !isnan(values[r]))
            of->values[of->n++] = values[r];
    }
}

const double *made_up_spread(double middle, double spread_pct, unsigned n)
{
    static double values[REPEATS_MAX];
    for (unsigned i = 0; i < n; i++)
        values[i] = middle * (1 + spread_pct / 100 * (2 * ((double)i + 0.5) / (double)n - 1));
    return values;
}
