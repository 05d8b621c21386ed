/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/result/break-even.h"

#include "harness/result/comparison.h"

#include <math.h>
#include <stdbool.h>

/* The words of the axis for an encoder that takes no time, the better one first. */
static const char *const free_encoders[] = {"model-0ms", "replay"};

static const struct result_case *quickest(const struct comparison *comparison, const char *encoder)
{
    const struct result_case *best = NULL;

    for (unsigned i = 0; i < comparison->cases->len; i++) {
        const struct result_case *one = g_ptr_array_index(comparison->cases, i);
        double p50 = result_case_median(one, METRIC_LATENCY_MS_P50);
        if (one->route->ours && one->status == STATUS_PASSED && isfinite(p50) &&
            g_str_equal(one->axis[AXIS_ENCODER], encoder) &&
            (!best || p50 < result_case_median(best, METRIC_LATENCY_MS_P50)))
            best = one;
    }
    return best;
}

static const struct result_case *our_case(const struct comparison *comparison)
{
    const struct result_case *ours = NULL;

    for (unsigned e = 0; e < G_N_ELEMENTS(free_encoders) && !ours; e++)
        ours = quickest(comparison, free_encoders[e]);
    return ours;
}

static void add_rivals(GArray *found, const struct comparison *comparison)
{
    const struct result_case *ours = our_case(comparison);

    for (unsigned i = 0; ours && i < comparison->cases->len; i++) {
        const struct result_case *rival = g_ptr_array_index(comparison->cases, i);
        struct break_even one = {
            .ours = ours,
            .rival = rival,
            .latency_ms = result_case_median(rival, METRIC_LATENCY_MS_P50) -
                          result_case_median(ours, METRIC_LATENCY_MS_P50),
            .cpu_ms = result_case_median(rival, METRIC_TOTAL_CPU_MS_PER_FRAME) -
                      result_case_median(ours, METRIC_TOTAL_CPU_MS_PER_FRAME),
        };
        if (rival->route->drawings && rival->status == STATUS_PASSED &&
            (isfinite(one.latency_ms) || isfinite(one.cpu_ms)))
            g_array_append_val(found, one);
    }
}

GArray *break_even_find(const struct result *result)
{
    GArray *found = g_array_new(false, false, sizeof(struct break_even));
    g_autoptr(GPtrArray) comparisons = comparisons_find(result);

    for (unsigned i = 0; i < comparisons->len; i++)
        add_rivals(found, g_ptr_array_index(comparisons, i));
    return found;
}
