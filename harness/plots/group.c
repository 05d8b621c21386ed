/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plots/group.h"

#include "harness/evaluate/sample-check.h"
#include "harness/result/comparison.h"

#include <gio/gio.h>

/* Far above any machine's uptime, and so low that sums of times cannot overflow. */
#define LATEST_NS (INT64_MAX / 4)

static void repeat_destroy(struct plot_repeat *repeat)
{
    g_free(repeat->folder);
    rows_destroy(repeat->frames);
    rows_destroy(repeat->client);
    rows_destroy(repeat->cpu);
    g_free(repeat);
}

static void case_destroy(struct plot_case *one)
{
    g_free(one->label);
    g_ptr_array_unref(one->repeats);
    g_free(one);
}

static void group_destroy(struct plot_group *group)
{
    g_free(group->workload_name);
    g_ptr_array_unref(group->cases);
    g_free(group);
}

static void add_case(struct plot_group *group, const struct result_case *of)
{
    struct plot_case *one = g_new0(struct plot_case, 1);
    one->of = of;
    one->label = result_case_label(of);
    one->repeats = g_ptr_array_new_with_free_func((GDestroyNotify)repeat_destroy);
    for (unsigned i = 0; i < group->cases->len; i++) {
        const struct plot_case *other = g_ptr_array_index(group->cases, i);
        one->variant += other->of->route == of->route;
    }
    g_ptr_array_add(group->cases, one);
}

GPtrArray *plot_groups(const struct result *result)
{
    GPtrArray *groups = g_ptr_array_new_with_free_func((GDestroyNotify)group_destroy);
    g_autoptr(GPtrArray) comparisons = comparisons_find(result);

    for (unsigned i = 0; i < comparisons->len; i++) {
        const struct comparison *of = g_ptr_array_index(comparisons, i);
        struct plot_group *group = g_new0(struct plot_group, 1);
        group->result = result;
        group->scenario = of->scenario;
        group->is_largest = of->is_largest;
        group->workload_name = g_strdup(of->name);
        group->cases = g_ptr_array_new_with_free_func((GDestroyNotify)case_destroy);
        for (unsigned k = 0; k < of->cases->len; k++)
            add_case(group, g_ptr_array_index(of->cases, k));
        g_ptr_array_add(groups, group);
    }
    return groups;
}

struct rows *plot_repeat_read(const struct plot_repeat *repeat, const char *part, GError **error)
{
    g_autofree char *name = g_strconcat(part, ".csv", NULL);
    g_autofree char *file = g_build_filename(repeat->folder, name, NULL);
    if (!g_file_test(file, G_FILE_TEST_IS_REGULAR)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "%s: no such file: plots are drawn from a run's samples, give a folder that "
                    "has them",
                    file);
        return NULL;
    }
    auto_destroy(rows) rows = rows_read(file, error);
    return rows && sample_check(rows, part, file, error) ? g_steal_pointer(&rows) : NULL;
}

static bool read_repeat(const struct plot_group *group, struct plot_case *one, unsigned index,
                        GError **error)
{
    const struct outcome *outcome = g_ptr_array_index(one->of->repeats, index);
    struct plot_repeat *repeat = g_new0(struct plot_repeat, 1);
    g_autoptr(GError) why = NULL;

    repeat->number = index + 1;
    repeat->fit = !outcome->unfit;
    repeat->folder = g_build_filename(group->result->folder, outcome->folder, NULL);
    if ((repeat->frames = plot_repeat_read(repeat, "frames", &why)) &&
        (repeat->client = plot_repeat_read(repeat, "client", &why)) &&
        (repeat->cpu = plot_repeat_read(repeat, "cpu", &why))) {
        g_ptr_array_add(one->repeats, repeat);
        if (!one->shown || (repeat->fit && !one->shown->fit))
            one->shown = repeat;
        return true;
    }
    repeat_destroy(repeat);
    if (outcome->status != STATUS_PASSED)
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

bool plot_group_is_shown(const struct plot_group *group)
{
    const struct plot_case *first = g_ptr_array_index(group->cases, 0);
    return first->of->route->client_program != NULL;
}

bool plot_group_read(struct plot_group *group, GError **error)
{
    for (unsigned i = 0; i < group->cases->len; i++) {
        struct plot_case *one = g_ptr_array_index(group->cases, i);
        for (unsigned r = 0; r < one->of->repeats->len; r++) {
            const struct outcome *outcome = g_ptr_array_index(one->of->repeats, r);
            if ((outcome->status == STATUS_PASSED || outcome->status == STATUS_FAILED) &&
                !read_repeat(group, one, r, error))
                return false;
        }
    }
    return true;
}

void plot_group_forget(struct plot_group *group)
{
    for (unsigned i = 0; i < group->cases->len; i++) {
        struct plot_case *one = g_ptr_array_index(group->cases, i);
        one->shown = NULL;
        g_ptr_array_set_size(one->repeats, 0);
    }
}

char *plot_group_extent(const struct plot_group *group)
{
    unsigned repeats = 0;
    double seconds = 0;
    for (unsigned i = 0; i < group->cases->len; i++) {
        const struct plot_case *one = g_ptr_array_index(group->cases, i);
        repeats = MAX(repeats, one->repeats->len);
        seconds = MAX(seconds, one->of->seconds);
    }
    return g_strdup_printf("%u repeat%s of %g s", repeats, repeats == 1 ? "" : "s", seconds);
}

bool plot_repeat_slots(const struct plot_repeat *repeat, int64_t *ret_first_ns,
                       int64_t *ret_last_ns)
{
    *ret_first_ns = INT64_MAX;
    *ret_last_ns = INT64_MIN;
    for (unsigned i = 0; i < rows_count(repeat->frames); i++) {
        int64_t t0_ns = rows_number(repeat->frames, i, "t0_ns", 0);
        if (t0_ns <= 0 || t0_ns > LATEST_NS)
            continue;
        *ret_first_ns = MIN(*ret_first_ns, t0_ns);
        *ret_last_ns = MAX(*ret_last_ns, t0_ns);
    }
    return *ret_first_ns < *ret_last_ns;
}
