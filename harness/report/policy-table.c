/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/report/policy-table.h"

#include "harness/report/difference-table.h"
#include "harness/result/comparison.h"
#include "harness/result/difference.h"

#include <math.h>
#include <string.h>

#define TITLE                                                                                        \
    "A mediated vGPU's policies (models): submissions a second over those of native and of strict, " \
    "with the\n95 % interval of the ratio; what a trap costs was measured in the same run.\n"

static const char *policy_of(const struct result_case *one)
{
    const char *word = one->axis[AXIS_VGPU];
    return g_str_has_prefix(word, VGPU_SHADOW) ? word + strlen(VGPU_SHADOW) : NULL;
}

static const struct result_case *find_policy(const struct comparison *comparison,
                                             const char *policy)
{
    for (unsigned i = 0; i < comparison->cases->len; i++) {
        const struct result_case *one = g_ptr_array_index(comparison->cases, i);
        if (one->twin != 2 && g_strcmp0(policy_of(one), policy) == 0)
            return one;
    }
    return NULL;
}

/* "0.85x 0.83..0.88"; "-" where there is nothing to compare. */
static char *ratio(const struct result_case *base, const struct result_case *one)
{
    struct difference difference;

    if (!base || base == one ||
        !difference_measure(&difference, METRIC_VGPU_SUBMISSIONS_PER_S, base, one))
        return g_strdup("-");
    g_autofree char *estimate = difference_estimate_text(&difference);
    g_autofree char *interval = difference_interval_text(&difference);
    return g_strdup_printf("%s %s", estimate, interval);
}

static void add_comparison(GString *text, const struct comparison *comparison)
{
    const struct result_case *first = g_ptr_array_index(comparison->cases, 0);
    const struct result_case *native = find_policy(comparison, "native");
    const struct result_case *strict = find_policy(comparison, "strict");

    g_string_append_printf(text, "%s, load %s, reconstruction by %s, traps by %s of %.2f us:\n",
                           comparison->scenario, first->axis[AXIS_LOAD],
                           first->axis[AXIS_RECONSTRUCTION], first->axis[AXIS_TRAPS],
                           result_case_median(strict ? strict : first, METRIC_VGPU_EXIT_US));
    g_string_append_printf(text, "  %-12s %24s %26s %10s %10s %12s\n", "", "of native", "of strict",
                           "traps", "pages", "cost, us");
    for (unsigned i = 0; i < comparison->cases->len; i++) {
        const struct result_case *one = g_ptr_array_index(comparison->cases, i);
        g_autofree char *of_native = ratio(native, one), *of_strict = ratio(strict, one);
        if (!policy_of(one) || one->twin == 2 || one->metrics[METRIC_VGPU_COST_US].n == 0)
            continue;
        g_string_append_printf(text, "  %-12s %24s %26s %10.1f %10.1f %12.1f\n", policy_of(one),
                               of_native, of_strict, result_case_median(one, METRIC_VGPU_TRAPS),
                               result_case_median(one, METRIC_VGPU_PAGES),
                               result_case_median(one, METRIC_VGPU_COST_US));
    }
    g_string_append_c(text, '\n');
}

char *policy_table_text(const struct result *result)
{
    g_autoptr(GPtrArray) comparisons = comparisons_find(result);
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < comparisons->len; i++) {
        const struct comparison *one = g_ptr_array_index(comparisons, i);
        const struct result_case *first = g_ptr_array_index(one->cases, 0);
        if (first->route->client_program || one->cases->len < 2)
            continue;
        if (text->len == 0)
            g_string_append(text, TITLE "\n");
        add_comparison(text, one);
    }
    return g_string_free(text, false);
}
