/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plots/drawings.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Adds the latencies of a repeat's steady slots, and returns the number of those slots. */
static unsigned add_latencies(const struct route *route, const struct plot_repeat *repeat,
                              GArray *ms)
{
    const char *end_column = route->shows ? "t7_ns" : "t5_ns";
    unsigned slots = 0;

    for (unsigned i = 0; i < rows_count(repeat->frames); i++) {
        int64_t t0_ns = rows_number(repeat->frames, i, "t0_ns", 0);
        int64_t end_ns = rows_number(repeat->frames, i, end_column, 0);
        double latency_ms = (double)(end_ns - t0_ns) / 1e6;
        if (rows_number(repeat->frames, i, "startup", 0))
            continue;
        slots++;
        if (end_ns > 0)
            g_array_append_val(ms, latency_ms);
    }
    return slots;
}

/* One row for each step of the distribution. It ends below 100 % if slots were never shown. */
static void add_distribution(struct figure *figure, const struct plot_case *one, const GArray *ms,
                             unsigned slots)
{
    for (unsigned i = 0; i < ms->len; i++) {
        g_string_append_printf(figure->csv, "%s,", one->label);
        figure_add_number(figure->csv, g_array_index(ms, double, i));
        g_string_append_c(figure->csv, ',');
        figure_add_number(figure->csv, (i + 1) * 100.0 / slots);
        g_string_append_c(figure->csv, ',');
        figure_add_number(figure->csv, (slots - i - 1) * 100.0 / slots);
        g_string_append_c(figure->csv, '\n');
    }
}

static void add_element(struct figure *figure, const char *array, unsigned index, double value)
{
    g_autofree char *name = g_strdup_printf("%s[%u]", array, index);
    figure_set(figure, name, value);
}

/* The ends of the axes: the whole decades that hold all values. */
static void add_ranges(struct figure *figure, double least, double most, unsigned most_slots)
{
    double lower = pow(10, floor(log10(fmax(least, 0.01))));
    figure_set(figure, "least", lower);
    figure_set(figure, "most", fmax(pow(10, ceil(log10(fmax(most, 0.1)))), lower * 10));
    /* Below 100 % also for a single slot, or the range of this axis is empty. */
    figure_set(figure, "share", pow(10, floor(log10(100.0 / MAX(most_slots, 2)))));
}

struct figure *drawing_latency(const struct plot_group *group)
{
    struct figure *figure = figure_create("latency", group->workload_name,
                                          "case,latency_ms,shown_within_pct,later_or_never_pct");
    g_autofree char *extent = plot_group_extent(group);
    double least = INFINITY, most = 0;
    unsigned most_slots = 0;

    figure->title = g_strdup_printf("Display latency: %s, %s, slots after the first second",
                                    group->workload_name, extent);
    g_string_append_printf(figure->settings, "array worst[%u]\narray never[%u]\n",
                           group->cases->len, group->cases->len);
    for (unsigned i = 0; i < group->cases->len; i++) {
        struct plot_case *one = g_ptr_array_index(group->cases, i);
        g_autoptr(GArray) ms = g_array_new(false, false, sizeof(double));
        unsigned slots = 0;
        for (unsigned r = 0; r < one->repeats->len; r++)
            slots += add_latencies(one->of->route, g_ptr_array_index(one->repeats, r), ms);
        if (ms->len == 0)
            continue;
        g_array_sort(ms, compare_doubles);
        g_ptr_array_add(figure->series, one);
        add_distribution(figure, one, ms, slots);
        add_element(figure, "worst", figure->series->len, g_array_index(ms, double, ms->len - 1));
        add_element(figure, "never", figure->series->len, (slots - ms->len) * 100.0 / slots);
        least = fmin(least, g_array_index(ms, double, 0));
        most = fmax(most, g_array_index(ms, double, ms->len - 1));
        most_slots = MAX(most_slots, slots);
    }
    add_ranges(figure, least, most, most_slots);
    figure_set_unit(figure, METRIC_LATENCY_MS_P50);
    return figure;
}
