/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plots/counter.h"
#include "harness/plots/drawings.h"
#include "harness/statistics/stats.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* Short enough that key frames stand out, long enough that the curves of several
 * routes can be distinguished. */
#define BIN_NS (INT64_C(500) * 1000 * 1000)
/* A run takes at most an hour. */
#define BINS_MAX 7200
/* From this ratio of the highest to the lowest on, the axis is logarithmic. */
#define LOGARITHMIC_RATIO 20

/* Adds the rate of all counters together in each bin from the first slot to the last:
 * the growth times `scale`, per second. True if anything grew. */
static bool add_curve(struct figure *figure, const struct plot_case *one, const GPtrArray *counters,
                      double scale)
{
    int64_t first_ns, last_ns;
    bool any = false;

    if (!plot_repeat_slots(one->shown, &first_ns, &last_ns))
        return false;
    for (unsigned bin = 0; bin < BINS_MAX && first_ns + (bin + 1) * BIN_NS <= last_ns; bin++) {
        int64_t begin_ns = first_ns + bin * BIN_NS;
        double growth = 0;
        for (unsigned i = 0; i < counters->len; i++)
            growth += counter_growth(g_ptr_array_index((GPtrArray *)counters, i), begin_ns,
                                     begin_ns + BIN_NS);
        if (!isfinite(growth))
            continue;
        any |= growth > 0;
        g_string_append_printf(figure->csv, "%s,", one->label);
        figure_add_number(figure->csv, (bin + 0.5) * (double)BIN_NS / 1e9);
        g_string_append_c(figure->csv, ',');
        figure_add_number(figure->csv, growth * scale / ((double)BIN_NS / 1e9));
        g_string_append_c(figure->csv, '\n');
    }
    return any;
}

/* Adds the case to the series, or removes what it added to the CSV since `length`. */
static void keep_or_drop(struct figure *figure, const struct plot_case *one, size_t length,
                         bool keep)
{
    if (keep)
        g_ptr_array_add(figure->series, (void *)one);
    else
        g_string_truncate(figure->csv, length);
}

/* The time axis ends with the last planned slot; the other axis depends on the lowest
 * and highest value of the cases. `curves`: whether there are any curves. */
static void add_axes(struct figure *figure, const struct plot_group *group, bool curves, double min,
                     double max)
{
    double seconds = 1;
    for (unsigned i = 0; i < group->cases->len; i++) {
        const struct plot_case *one = g_ptr_array_index(group->cases, i);
        int64_t first_ns, last_ns;
        if (one->shown && plot_repeat_slots(one->shown, &first_ns, &last_ns))
            seconds = fmax(seconds, (double)(last_ns - first_ns) / 1e9);
    }
    figure_set(figure, "seconds", fmin(seconds, BINS_MAX * (double)BIN_NS / 1e9));
    figure_set(figure, "curves", curves);
    figure_set(figure, "lowest", min);
    figure_set(figure, "highest", max);
    figure_set(figure, "logarithmic", min > 0 && max / min >= LOGARITHMIC_RATIO);
}

static struct counter *find_counter(GHashTable *by_name, GPtrArray *counters, const char *name)
{
    struct counter *counter = g_hash_table_lookup(by_name, name);
    if (!counter) {
        counter = counter_create();
        g_ptr_array_add(counters, counter);
        g_hash_table_insert(by_name, (void *)name, counter);
    }
    return counter;
}

/* For each display channel, a counter of the bytes that the client has read from it. */
static GPtrArray *traffic_counters(const struct rows *client)
{
    GPtrArray *counters = g_ptr_array_new_with_free_func((GDestroyNotify)counter_destroy);
    g_autoptr(GHashTable) by_channel = g_hash_table_new(g_str_hash, g_str_equal);

    for (unsigned i = 0; i < rows_count(client); i++) {
        int64_t bytes = rows_number(client, i, "bytes", -1);
        if (rows_is(client, i, "traffic") && bytes >= 0)
            counter_add(find_counter(by_channel, counters, rows_text(client, i, "channel")),
                        rows_time_ns(client, i), (double)bytes);
    }
    return counters;
}

static void add_total(struct figure *figure, const struct plot_case *one, double *min, double *max)
{
    const struct result_values *kbps = &one->of->metrics[METRIC_TRAFFIC_KBPS];
    const double numbers[] = {stats_median(kbps->values, kbps->n) / 1000,
                              stats_min(kbps->values, kbps->n) / 1000,
                              stats_max(kbps->values, kbps->n) / 1000};

    g_string_append_printf(figure->more_csv, "%s,%u", one->label, (unsigned)kbps->n);
    for (unsigned i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_string_append_c(figure->more_csv, ',');
        figure_add_number(figure->more_csv, numbers[i]);
    }
    g_string_append_c(figure->more_csv, '\n');
    *min = fmin(*min, numbers[1]);
    *max = fmax(*max, numbers[2]);
}

struct figure *drawing_traffic(const struct plot_group *group)
{
    struct figure *figure =
        figure_create("traffic", group->workload_name, "case,seconds,traffic_mbps");
    g_autofree char *extent = plot_group_extent(group);
    double min = INFINITY, max = 0;
    bool curves = false;

    figure_begin_more(figure, "total", "case,repeats,median_mbps,min_mbps,max_mbps");
    figure->title = g_strdup_printf(
        "Traffic: %s, %s (the curves: one of them; GLZ, LZ4 exact, H.264, MJPEG not)",
        group->workload_name, extent);
    for (unsigned i = 0; i < group->cases->len; i++) {
        const struct plot_case *one = g_ptr_array_index(group->cases, i);
        size_t length = figure->csv->len;
        bool keep = one->shown && one->of->metrics[METRIC_TRAFFIC_KBPS].n > 0;
        if (keep) {
            g_autoptr(GPtrArray) counters = traffic_counters(one->shown->client);
            /* A case without a curve still has a bar. */
            curves |= add_curve(figure, one, counters, 8 / 1e6);
            add_total(figure, one, &min, &max);
        }
        keep_or_drop(figure, one, length, keep);
    }
    add_axes(figure, group, curves, min, max);
    return figure;
}

/* The processor time of all threads of the server together. A thread's first sample
 * counts in full, so that a thread that starts later counts from 0. */
static struct counter *server_counter(const struct rows *cpu, const char *process)
{
    g_autoptr(GHashTable) last = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    struct counter *counter = counter_create();
    int64_t previous_ns = -1;
    double total_ns = 0;

    for (unsigned i = 0; i < rows_count(cpu); i++) {
        int64_t time_ns = rows_time_ns(cpu, i);
        if (!rows_is(cpu, i, "sample") || !g_str_equal(rows_text(cpu, i, "process"), process) ||
            g_str_equal(rows_text(cpu, i, "comm"), "vgpu-draw")) /* the guest's work */
            continue;
        double run_ns = (double)rows_number(cpu, i, "run_ns", 0);
        const char *tid = rows_text(cpu, i, "tid");
        double *known = g_hash_table_lookup(last, tid);
        if (previous_ns >= 0 && time_ns > previous_ns)
            counter_add(counter, previous_ns, total_ns);
        if (!known) {
            known = g_new0(double, 1);
            g_hash_table_insert(last, (void *)tid, known);
        }
        total_ns += fmax(run_ns - *known, 0);
        *known = run_ns;
        previous_ns = MAX(previous_ns, time_ns);
    }
    if (previous_ns >= 0)
        counter_add(counter, previous_ns, total_ns);
    return counter;
}

struct figure *drawing_cpu(const struct plot_group *group)
{
    struct figure *figure =
        figure_create("cpu", group->workload_name, "case,seconds,server_cpu_pct");
    g_autofree char *extent = plot_group_extent(group);
    double min = INFINITY, max = 0;

    figure->title = g_strdup_printf("CPU utilisation of the server: %s, one of %s",
                                    group->workload_name, extent);
    for (unsigned i = 0; i < group->cases->len; i++) {
        const struct plot_case *one = g_ptr_array_index(group->cases, i);
        size_t length = figure->csv->len;
        bool any = false;
        if (one->shown) {
            g_autoptr(GPtrArray) counters =
                g_ptr_array_new_with_free_func((GDestroyNotify)counter_destroy);
            g_ptr_array_add(counters, server_counter(one->shown->cpu, one->of->route->vm_program));
            any = add_curve(figure, one, counters, 100 / 1e9);
        }
        const struct result_values *pct = &one->of->metrics[METRIC_SERVER_CPU_PCT];
        if (any && pct->n > 0) {
            min = fmin(min, stats_median(pct->values, pct->n));
            max = fmax(max, stats_median(pct->values, pct->n));
        }
        keep_or_drop(figure, one, length, any);
    }
    add_axes(figure, group, true, min, max);
    figure_set_unit(figure, METRIC_SERVER_CPU_PCT);
    return figure;
}
