/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/result/comparison.h"

static void comparison_destroy(struct comparison *comparison)
{
    g_free(comparison->name);
    g_ptr_array_unref(comparison->cases);
    g_free(comparison);
}

/* An axis that does not apply to a case's route does not keep it out of a comparison. */
static bool fits(const struct comparison *comparison, const struct result_case *one)
{
    const char *words[AXIS_COUNT];

    for (unsigned a = 0; a < AXIS_COUNT; a++)
        words[a] = axis_applies((enum axis)a, one->route) ? one->axis[a] : comparison->axis[a];
    return g_str_equal(comparison->scenario, one->scenario) &&
           g_str_equal(comparison->workload, one->workload) &&
           axes_comparable(comparison->axis, words);
}

bool cases_comparable(const struct result_case *one, const struct result_case *other)
{
    struct comparison its = {.scenario = other->scenario, .workload = other->workload};

    for (unsigned a = 0; a < AXIS_COUNT; a++)
        its.axis[a] = axis_applies((enum axis)a, other->route) ? other->axis[a] : one->axis[a];
    return fits(&its, one);
}

static bool fits_any(const GPtrArray *comparisons, const struct result_case *one)
{
    for (unsigned i = 0; i < comparisons->len; i++) {
        if (fits(g_ptr_array_index((GPtrArray *)comparisons, i), one))
            return true;
    }
    return false;
}

static void add_comparison(GPtrArray *comparisons, const struct result_case *one)
{
    struct comparison *comparison = g_new0(struct comparison, 1);

    comparison->scenario = one->scenario;
    comparison->workload = one->workload;
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        comparison->axis[a] = one->axis[a];
    comparison->cases = g_ptr_array_new();
    g_ptr_array_add(comparisons, comparison);
}

/* Of the cases to which all axes apply; then of those that fit none of these. */
static void add_comparisons(GPtrArray *comparisons, const struct result *result)
{
    for (unsigned all = 2; all-- > 0;) {
        for (unsigned i = 0; i < result->cases->len; i++) {
            const struct result_case *one = g_ptr_array_index(result->cases, i);
            if (axes_all_apply(one->route) == (all == 1) && !fits_any(comparisons, one))
                add_comparison(comparisons, one);
        }
    }
}

static void mark_largest(GPtrArray *comparisons)
{
    for (unsigned i = 0; i < comparisons->len; i++) {
        struct comparison *one = g_ptr_array_index(comparisons, i);
        one->is_largest = true;
        for (unsigned k = 0; k < comparisons->len; k++) {
            const struct comparison *other = g_ptr_array_index(comparisons, k);
            if (g_str_equal(one->workload, other->workload) &&
                axes_comparable(one->axis, other->axis) &&
                (other->cases->len > one->cases->len ||
                 (other->cases->len == one->cases->len && k < i)))
                one->is_largest = false;
        }
    }
}

static bool differ(const GPtrArray *comparisons, enum axis axis)
{
    for (unsigned i = 1; i < comparisons->len; i++) {
        const struct comparison *one = g_ptr_array_index((GPtrArray *)comparisons, i);
        const struct comparison *first = g_ptr_array_index((GPtrArray *)comparisons, 0);
        if (!g_str_equal(one->axis[axis], first->axis[axis]))
            return true;
    }
    return false;
}

/* The workload, and the word of each axis that is not in the labels and of which there are
 * several. */
static void set_name(const GPtrArray *comparisons, struct comparison *one)
{
    GString *name = g_string_new(one->workload);

    for (unsigned a = 0; a < AXIS_COUNT; a++) {
        if (!axis_definition((enum axis)a)->in_label && differ(comparisons, (enum axis)a))
            g_string_append_printf(name, "-%s", one->axis[a]);
    }
    one->name = g_string_free(name, false);
}

/* Whether all cases of `one` are among those of `other`, which has more. */
static bool is_part_of(const struct comparison *one, const struct comparison *other)
{
    if (one->cases->len >= other->cases->len)
        return false;
    for (unsigned i = 0; i < one->cases->len; i++) {
        if (!g_ptr_array_find(other->cases, g_ptr_array_index(one->cases, i), NULL))
            return false;
    }
    return true;
}

/* A case whose route lacks the axes of all others has begun a comparison of its own. */
static void remove_parts(GPtrArray *comparisons)
{
    for (unsigned c = comparisons->len; c-- > 0;) {
        for (unsigned i = 0; i < comparisons->len; i++) {
            if (is_part_of(g_ptr_array_index(comparisons, c), g_ptr_array_index(comparisons, i))) {
                g_ptr_array_remove_index(comparisons, c);
                break;
            }
        }
    }
}

GPtrArray *comparisons_find(const struct result *result)
{
    GPtrArray *comparisons = g_ptr_array_new_with_free_func((GDestroyNotify)comparison_destroy);

    add_comparisons(comparisons, result);
    for (unsigned c = 0; c < comparisons->len; c++) {
        struct comparison *comparison = g_ptr_array_index(comparisons, c);
        for (unsigned i = 0; i < result->cases->len; i++) {
            if (fits(comparison, g_ptr_array_index(result->cases, i)))
                g_ptr_array_add(comparison->cases, g_ptr_array_index(result->cases, i));
        }
    }
    remove_parts(comparisons);
    for (unsigned c = 0; c < comparisons->len; c++)
        set_name(comparisons, g_ptr_array_index(comparisons, c));
    mark_largest(comparisons);
    return comparisons;
}
