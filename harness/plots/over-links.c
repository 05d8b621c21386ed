/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plots/drawings.h"
#include "harness/scenario/link-profile.h"
#include "harness/statistics/stats.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* What a group's cases have in common. */
static const struct result_case *first_case(const struct plot_group *group)
{
    return ((const struct plot_case *)g_ptr_array_index(group->cases, 0))->of;
}

static const struct link_profile *link_of(const struct plot_group *group)
{
    return link_profile_find(first_case(group)->axis[AXIS_LINK]);
}

/* Whether the two groups differ in the link at most. */
static bool of_one_figure(const struct plot_group *a, const struct plot_group *b)
{
    const char *words[AXIS_COUNT];

    for (unsigned i = 0; i < AXIS_COUNT; i++)
        words[i] = first_case(i == AXIS_LINK ? b : a)->axis[i];
    return g_str_equal(a->scenario, b->scenario) &&
           g_str_equal(first_case(a)->workload, first_case(b)->workload) &&
           axes_comparable(words, result_case_words(first_case(b)));
}

static int compare_rates(const void *a, const void *b)
{
    const struct plot_group *x = *(const struct plot_group *const *)a,
                            *y = *(const struct plot_group *const *)b;
    return (link_of(x)->mbit_s > link_of(y)->mbit_s) - (link_of(x)->mbit_s < link_of(y)->mbit_s);
}

/* The groups of the figure whose first one is groups[first], by the rate of their links; none
 * when an earlier group is the first one. The loopback has no rate. */
static GPtrArray *find_links(const GPtrArray *groups, unsigned first)
{
    const struct plot_group *own = g_ptr_array_index((GPtrArray *)groups, first);
    GPtrArray *links = g_ptr_array_new();

    for (unsigned i = 0; i < groups->len; i++) {
        struct plot_group *group = g_ptr_array_index((GPtrArray *)groups, i);
        if (!of_one_figure(own, group))
            continue;
        if (i < first) {
            g_ptr_array_set_size(links, 0);
            break;
        }
        if (link_of(group) && link_of(group)->mbit_s > 0)
            g_ptr_array_add(links, group);
    }
    g_ptr_array_sort(links, compare_rates);
    return links;
}

static const struct plot_case *find_case(const struct plot_group *group, const char *label)
{
    for (unsigned i = 0; i < group->cases->len; i++) {
        const struct plot_case *one = g_ptr_array_index(group->cases, i);
        if (g_str_equal(one->label, label))
            return one;
    }
    return NULL;
}

/* Median, lowest and highest of the repeats. */
static void add_metric(GString *csv, const struct result_case *one, enum metric metric)
{
    const struct result_values *of = &one->metrics[metric];
    const double percents[] = {50, 0, 100};

    for (unsigned i = 0; i < G_N_ELEMENTS(percents); i++) {
        g_string_append_c(csv, ',');
        figure_add_number(csv, i == 0 ? result_case_median(one, metric)
                                      : stats_percentile(of->values, of->n, percents[i]));
    }
}

static void add_series(struct figure *figure, const GPtrArray *links, const struct plot_case *one)
{
    g_ptr_array_add(figure->series, (void *)one);
    for (unsigned i = 0; i < links->len; i++) {
        const struct plot_group *group = g_ptr_array_index((GPtrArray *)links, i);
        const struct plot_case *here = find_case(group, one->label);
        if (!here)
            continue;
        g_string_append_printf(figure->csv, "%s,%s,%u,", one->label, link_of(group)->name,
                               link_of(group)->mbit_s);
        figure_add_number(figure->csv, result_case_median(here->of, METRIC_LINK_MBIT_S));
        g_string_append_c(figure->csv, ',');
        figure_add_number(figure->csv, result_case_median(here->of, METRIC_LINK_RTT_MS));
        add_metric(figure->csv, here->of, METRIC_LATENCY_MS_P50);
        add_metric(figure->csv, here->of, METRIC_PICTURE_AGE_MS_P50);
        g_string_append_c(figure->csv, '\n');
    }
}

/* The x axis: where each link is, and what is written there, for gnuplot as a format. */
static void add_ticks(struct figure *figure, const GPtrArray *links)
{
    g_string_append_printf(figure->settings, "links = %u\narray rate[links]\narray link[links]\n",
                           links->len);
    for (unsigned i = 0; i < links->len; i++) {
        const struct link_profile *link = link_of(g_ptr_array_index((GPtrArray *)links, i));
        g_string_append_printf(figure->settings, "rate[%u] = %u\nlink[%u] = \"%u Mbit/s\\n", i + 1,
                               link->mbit_s, i + 1, link->mbit_s);
        figure_add_number(figure->settings, link->rtt_ms);
        g_string_append(figure->settings, " ms");
        if (link->loss_pct > 0) {
            g_string_append(figure->settings, ", ");
            figure_add_number(figure->settings, link->loss_pct);
            g_string_append(figure->settings, " %% lost");
        }
        g_string_append(figure->settings, "\"\n");
    }
}

struct figure *drawing_links(const GPtrArray *groups, unsigned first)
{
    const struct plot_group *own = g_ptr_array_index((GPtrArray *)groups, first);
    g_autofree char *of = g_strdup_printf("%s-%s", own->scenario, first_case(own)->workload);
    struct figure *figure = figure_create(
        "links", of,
        "case,link,mbit_s,measured_mbit_s,measured_rtt_ms,latency_ms_p50,latency_ms_p50_min,"
        "latency_ms_p50_max,picture_age_ms_p50,picture_age_ms_p50_min,picture_age_ms_p50_max");
    g_autoptr(GPtrArray) links = find_links(groups, first);

    if (links->len < 2)
        return figure;
    figure->title = g_strdup_printf("Latency and age of the picture on each link: %s, median of "
                                    "the repeats",
                                    first_case(own)->workload);
    for (unsigned i = 0; i < links->len; i++) {
        const struct plot_group *group = g_ptr_array_index(links, i);
        for (unsigned k = 0; k < group->cases->len; k++) {
            const struct plot_case *one = g_ptr_array_index(group->cases, k);
            bool is_new = true;
            for (unsigned s = 0; s < i; s++)
                is_new = is_new && !find_case(g_ptr_array_index(links, s), one->label);
            if (is_new)
                add_series(figure, links, one);
        }
    }
    add_ticks(figure, links);
    figure_set_unit(figure, METRIC_LATENCY_MS_P50);
    return figure;
}
