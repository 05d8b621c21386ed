/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/result/comparison.h"

static void comparison_destroy(struct comparison *comparison)
{
    g_free(comparison->name);
    g_ptr_array_unref(comparison->cases);
    g_free(comparison);
}

static bool has_key(const struct comparison *comparison, const struct result_case *one)
{
    return g_str_equal(comparison->scenario, one->scenario) &&
           g_str_equal(comparison->workload, one->workload) &&
           g_str_equal(comparison->vm, one->vm) &&
           g_str_equal(comparison->transport, one->transport);
}

static struct comparison *find_or_add(GPtrArray *comparisons, const struct result_case *one)
{
    for (unsigned i = 0; i < comparisons->len; i++) {
        if (has_key(g_ptr_array_index(comparisons, i), one))
            return g_ptr_array_index(comparisons, i);
    }
    struct comparison *comparison = g_new0(struct comparison, 1);
    comparison->scenario = one->scenario;
    comparison->workload = one->workload;
    comparison->vm = one->vm;
    comparison->transport = one->transport;
    comparison->cases = g_ptr_array_new();
    g_ptr_array_add(comparisons, comparison);
    return comparison;
}

static void mark_largest(GPtrArray *comparisons)
{
    for (unsigned i = 0; i < comparisons->len; i++) {
        struct comparison *one = g_ptr_array_index(comparisons, i);
        one->is_largest = true;
        for (unsigned k = 0; k < comparisons->len; k++) {
            const struct comparison *other = g_ptr_array_index(comparisons, k);
            if (g_str_equal(one->workload, other->workload) &&
                g_str_equal(one->transport, other->transport) &&
                (other->cases->len > one->cases->len ||
                 (other->cases->len == one->cases->len && k < i)))
                one->is_largest = false;
        }
    }
}

static bool has_several_transports(const GPtrArray *comparisons)
{
    for (unsigned i = 1; i < comparisons->len; i++) {
        const struct comparison *one = g_ptr_array_index((GPtrArray *)comparisons, i);
        const struct comparison *first = g_ptr_array_index((GPtrArray *)comparisons, 0);
        if (!g_str_equal(one->transport, first->transport))
            return true;
    }
    return false;
}

GPtrArray *comparisons_find(const struct result *result)
{
    GPtrArray *comparisons = g_ptr_array_new_with_free_func((GDestroyNotify)comparison_destroy);

    for (unsigned i = 0; i < result->cases->len; i++) {
        struct result_case *one = g_ptr_array_index(result->cases, i);
        g_ptr_array_add(find_or_add(comparisons, one)->cases, one);
    }
    mark_largest(comparisons);
    bool transports = has_several_transports(comparisons);
    for (unsigned i = 0; i < comparisons->len; i++) {
        struct comparison *one = g_ptr_array_index(comparisons, i);
        one->name = transports ? g_strconcat(one->workload, "-", one->transport, NULL)
                               : g_strdup(one->workload);
    }
    return comparisons;
}
