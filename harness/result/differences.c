/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/result/differences.h"

#include "harness/result/comparison.h"
#include "harness/result/noise.h"

#include <math.h>

static struct differences *differences_create(void)
{
    struct differences *differences = g_new0(struct differences, 1);
    differences->all = g_array_new(false, false, sizeof(struct difference));
    differences->not_compared = g_array_new(false, false, sizeof(struct not_compared));
    return differences;
}

void differences_destroy(struct differences *differences)
{
    if (!differences)
        return;
    g_array_unref(differences->all);
    g_array_unref(differences->not_compared);
    g_free(differences);
}

static void leave_out(struct differences *differences, const struct result_case *one,
                      const char *reason)
{
    struct not_compared entry = {one, reason};
    g_array_append_val(differences->not_compared, entry);
}

/* All metrics of a pair of cases; the floor is the larger one of the two results'. */
static void add_pair(struct differences *differences, const struct result *base_result,
                     const struct result_case *base, const struct result *result,
                     const struct result_case *one, const enum metric *metrics, unsigned n_metrics)
{
    unsigned before = differences->all->len;

    for (unsigned m = 0; m < n_metrics; m++) {
        struct difference difference;
        if (!difference_measure(&difference, metrics[m], base, one))
            continue;
        difference.floor = fmax(noise_floor(base_result, base, metrics[m], difference.relative),
                                noise_floor(result, one, metrics[m], difference.relative));
        g_array_append_val(differences->all, difference);
    }
    if (differences->all->len == before)
        leave_out(differences, one, "they have no fit repeats with one of the metrics");
}

static const struct result_case *same_case(const struct result *result,
                                           const struct result_case *one)
{
    for (unsigned i = 0; i < result->cases->len; i++) {
        const struct result_case *other = g_ptr_array_index(result->cases, i);
        if (other->twin < 2 && result_case_is_same(one, other))
            return other;
    }
    return NULL;
}

struct differences *differences_between(const struct result *base, const struct result *one,
                                        const enum metric *metrics, unsigned n_metrics)
{
    struct differences *differences = differences_create();

    for (unsigned i = 0; i < one->cases->len; i++) {
        const struct result_case *its = g_ptr_array_index(one->cases, i);
        const struct result_case *other = its->twin < 2 ? same_case(base, its) : NULL;
        if (other)
            add_pair(differences, base, other, one, its, metrics, n_metrics);
        else if (its->twin < 2)
            leave_out(differences, its, "the base does not have it");
    }
    for (unsigned i = 0; i < base->cases->len; i++) {
        const struct result_case *its = g_ptr_array_index(base->cases, i);
        if (its->twin < 2 && !same_case(one, its))
            leave_out(differences, its, "only the base has it");
    }
    differences_judge(differences->all);
    return differences;
}

static const struct result_case *base_of(const struct result *result, const struct result_case *one,
                                         const char *base)
{
    for (unsigned i = 0; i < result->cases->len; i++) {
        const struct result_case *other = g_ptr_array_index(result->cases, i);
        g_autofree char *label = result_case_label(other);
        if (cases_comparable(one, other) &&
            (g_str_equal(other->route->name, base) || g_str_equal(label, base)))
            return other;
    }
    return NULL;
}

struct differences *differences_within(const struct result *result, const char *base,
                                       const enum metric *metrics, unsigned n_metrics)
{
    struct differences *differences = differences_create();

    for (unsigned i = 0; i < result->cases->len; i++) {
        const struct result_case *one = g_ptr_array_index(result->cases, i);
        const struct result_case *other = base_of(result, one, base);
        if (!other)
            leave_out(differences, one, "no case that it can be compared with is the base");
        else if (other != one)
            add_pair(differences, result, other, result, one, metrics, n_metrics);
    }
    differences_judge(differences->all);
    return differences;
}

unsigned differences_count(const struct differences *differences, enum verdict verdict)
{
    unsigned count = 0;
    for (unsigned i = 0; i < differences->all->len; i++)
        count += g_array_index(differences->all, struct difference, i).verdict == verdict;
    return count;
}
