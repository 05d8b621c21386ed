/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plots/drawings.h"
#include "harness/plots/policy-colour.h"
#include "harness/statistics/stats.h"

#include <math.h>
#include <stdbool.h>

/* What the others are relative to. */
#define NATIVE "native"

static const struct result_case *first_case(const struct plot_group *group)
{
    return ((const struct plot_case *)g_ptr_array_index(group->cases, 0))->of;
}

/* Whether two groups differ in the load at most, and are drawn here: without a client. */
static bool of_one_figure(const struct plot_group *a, const struct plot_group *b)
{
    const struct result_case *x = first_case(a), *y = first_case(b);

    return !plot_group_is_shown(a) && !plot_group_is_shown(b) &&
           g_str_equal(a->scenario, b->scenario) && g_str_equal(x->workload, y->workload) &&
           g_str_equal(x->axis[AXIS_TRAPS], y->axis[AXIS_TRAPS]) &&
           g_str_equal(x->axis[AXIS_RECONSTRUCTION], y->axis[AXIS_RECONSTRUCTION]);
}

static const struct result_case *find_policy(const struct plot_group *group, const char *policy)
{
    for (unsigned i = 0; i < group->cases->len; i++) {
        const struct plot_case *one = g_ptr_array_index(group->cases, i);
        const char *its = policy_of(one->of);
        if (its && g_str_equal(its, policy))
            return one->of;
    }
    return NULL;
}

/* The groups of the figure whose first one is groups[first], in which native was measured; none if
 * an earlier one is the first. */
static GPtrArray *find_loads(const GPtrArray *groups, unsigned first)
{
    const struct plot_group *own = g_ptr_array_index((GPtrArray *)groups, first);
    GPtrArray *loads = g_ptr_array_new();

    for (unsigned i = 0; i < groups->len; i++) {
        struct plot_group *group = g_ptr_array_index((GPtrArray *)groups, i);
        const struct result_case *native = find_policy(group, NATIVE);
        if (!of_one_figure(own, group) || !native ||
            isnan(result_case_median(native, METRIC_VGPU_SUBMISSIONS_PER_S)))
            continue;
        if (i < first) {
            g_ptr_array_set_size(loads, 0);
            return loads;
        }
        g_ptr_array_add(loads, group);
    }
    return loads;
}

static void add_field(GString *csv, double value)
{
    g_string_append_c(csv, ',');
    figure_add_number(csv, value);
}

static void add_row(struct figure *figure, unsigned load, unsigned policy,
                    const struct result_case *one, double native)
{
    const struct result_values *rate = &one->metrics[METRIC_VGPU_SUBMISSIONS_PER_S];

    g_string_append_printf(figure->csv, "%s,%s,%u,%u", one->axis[AXIS_LOAD], policy_of(one),
                           load + 1, policy + 1);
    add_field(figure->csv, 100 * result_case_median(one, METRIC_VGPU_SUBMISSIONS_PER_S) / native);
    add_field(figure->csv, 100 * stats_min(rate->values, rate->n) / native);
    add_field(figure->csv, 100 * stats_max(rate->values, rate->n) / native);
    add_field(figure->csv, result_case_median(one, METRIC_VGPU_TRAPS));
    add_field(figure->csv, result_case_median(one, METRIC_VGPU_RECONSTRUCTION_US));
    add_field(figure->csv, result_case_median(one, METRIC_VGPU_COST_US));
    g_string_append_c(figure->csv, '\n');
}

/* What a trap took, over all cases. */
static double trap_us(const GPtrArray *loads)
{
    g_autoptr(GArray) all = g_array_new(false, false, sizeof(double));

    for (unsigned i = 0; i < loads->len; i++) {
        const struct plot_group *group = g_ptr_array_index((GPtrArray *)loads, i);
        for (unsigned k = 0; k < group->cases->len; k++) {
            const struct plot_case *one = g_ptr_array_index(group->cases, k);
            double us = result_case_median(one->of, METRIC_VGPU_EXIT_US);
            g_array_append_val(all, us);
        }
    }
    return stats_median((const double *)all->data, all->len);
}

static void name_loads(struct figure *figure, const GPtrArray *loads)
{
    g_string_append_printf(figure->settings, "loads = %u\narray load[loads]\n", loads->len);
    for (unsigned i = 0; i < loads->len; i++) {
        const struct plot_group *group = g_ptr_array_index((GPtrArray *)loads, i);
        g_string_append_printf(figure->settings, "load[%u] = '%s'\n", i + 1,
                               first_case(group)->axis[AXIS_LOAD]);
    }
}

static void name_policies(struct figure *figure)
{
    g_string_append_printf(figure->settings,
                           "policies = %u\narray policy[policies]\narray tone[policies]\n",
                           figure->series->len);
    for (unsigned i = 0; i < figure->series->len; i++) {
        const struct plot_case *one = g_ptr_array_index(figure->series, i);
        g_string_append_printf(figure->settings, "policy[%u] = '%s'\ntone[%u] = 0x%06x\n", i + 1,
                               policy_of(one->of), i + 1, policy_colour(policy_of(one->of)));
    }
}

struct figure *drawing_policies(const GPtrArray *groups, unsigned first)
{
    const struct plot_group *own = g_ptr_array_index((GPtrArray *)groups, first);
    const struct result_case *head = first_case(own);
    g_autofree char *of = g_strdup_printf("%s-%s-%s", own->scenario, head->axis[AXIS_TRAPS],
                                          head->axis[AXIS_RECONSTRUCTION]);
    struct figure *figure =
        figure_create("policies", of,
                      "load,policy,load_number,policy_number,of_native_pct,of_native_pct_min,"
                      "of_native_pct_max,traps,reconstruction_us,cost_us");
    g_autoptr(GPtrArray) loads = find_loads(groups, first);

    if (loads->len == 0)
        return figure;
    const struct plot_group *all = g_ptr_array_index(loads, 0);
    for (unsigned k = 0; k < all->cases->len; k++)
        g_ptr_array_add(figure->series, g_ptr_array_index(all->cases, k));
    for (unsigned i = 0; i < loads->len; i++) {
        const struct plot_group *group = g_ptr_array_index(loads, i);
        double native =
            result_case_median(find_policy(group, NATIVE), METRIC_VGPU_SUBMISSIONS_PER_S);
        for (unsigned k = 0; k < figure->series->len; k++) {
            const struct plot_case *one = g_ptr_array_index(figure->series, k);
            const struct result_case *here = find_policy(group, policy_of(one->of));
            if (here)
                add_row(figure, i, k, here, native);
        }
    }
    figure->title = g_strdup_printf(
        "A mediated vGPU by policy (models; traps by %s, %.3g us each; reconstruction by %s)",
        head->axis[AXIS_TRAPS], trap_us(loads), head->axis[AXIS_RECONSTRUCTION]);
    name_loads(figure, loads);
    name_policies(figure);
    return figure;
}

/* Whether at least two cases of a group with a client differ in the vGPU. */
static bool has_policies(const struct plot_group *group)
{
    unsigned mediated = 0;
    for (unsigned i = 0; i < group->cases->len; i++) {
        const struct plot_case *one = g_ptr_array_index(group->cases, i);
        mediated += policy_of(one->of) != NULL;
    }
    return plot_group_is_shown(group) && mediated >= 2;
}

/* The largest median; 1 if there is none, for the end of an axis. */
static double most_of(const struct plot_group *group, enum metric metric)
{
    double most = 1;
    for (unsigned i = 0; i < group->cases->len; i++) {
        const struct plot_case *one = g_ptr_array_index(group->cases, i);
        most = fmax(most, result_case_median(one->of, metric));
    }
    return most;
}

struct figure *drawing_display(const struct plot_group *group)
{
    static const enum metric metrics[] = {METRIC_LATENCY_MS_P50, METRIC_LATENCY_MS_P99,
                                          METRIC_FPS_SHOWN};
    g_autofree char *of = g_strdup_printf("%s-%s", group->scenario, group->workload_name);
    struct figure *figure =
        figure_create("display", of,
                      "number,name,colour,latency_ms_p50,latency_ms_p50_min,latency_ms_p50_max,"
                      "latency_ms_p99,latency_ms_p99_min,latency_ms_p99_max,fps_shown,"
                      "fps_shown_min,fps_shown_max");

    if (!has_policies(group))
        return figure;
    for (unsigned i = 0; i < group->cases->len; i++) {
        const struct plot_case *one = g_ptr_array_index(group->cases, i);
        const char *policy = policy_of(one->of);
        g_ptr_array_add(figure->series, (void *)one);
        g_string_append_printf(figure->csv, "%u,%s,%u", i + 1,
                               policy ? policy : one->of->route->name,
                               policy ? policy_colour(policy) : one->of->route->colour);
        for (unsigned m = 0; m < G_N_ELEMENTS(metrics); m++) {
            const struct result_values *values = &one->of->metrics[metrics[m]];
            add_field(figure->csv, result_case_median(one->of, metrics[m]));
            add_field(figure->csv, stats_min(values->values, values->n));
            add_field(figure->csv, stats_max(values->values, values->n));
        }
        g_string_append_c(figure->csv, '\n');
    }
    figure_set(figure, "most_ms", most_of(group, METRIC_LATENCY_MS_P99));
    figure_set(figure, "most_fps", most_of(group, METRIC_FPS_SHOWN));
    const struct plot_case *last = g_ptr_array_index(group->cases, group->cases->len - 1);
    figure->title = g_strdup_printf("The same pictures through a mediated vGPU, by policy, and "
                                    "through the pGPU (load %s, a model; traps by %s)",
                                    last->of->axis[AXIS_LOAD], last->of->axis[AXIS_TRAPS]);
    return figure;
}
