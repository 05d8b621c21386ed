/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/evaluate/cpu-use.h"
#include "harness/plots/drawings.h"
#include "harness/statistics/stats.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* The kernel cuts a thread's name to this many bytes. */
#define COMM_BYTES 15

enum { MAIN_LOOP, WORKER, OTHER, CLIENT, AGENT, ENCODER, PART_COUNT };

/* Processor time in the windows, in ms per frame. */
struct use {
    double part[PART_COUNT];
    double server, total;
};

static unsigned frames_in_windows(const struct plot_repeat *repeat)
{
    unsigned frames = 0;
    for (unsigned w = 0; w < cpu_window_count(repeat->cpu); w++) {
        int64_t begin_ns, end_ns;
        cpu_window(repeat->cpu, w, &begin_ns, &end_ns);
        for (unsigned i = 0; i < rows_count(repeat->frames); i++) {
            int64_t t1_ns = rows_number(repeat->frames, i, "t1_ns", 0);
            frames += t1_ns > 0 && t1_ns >= begin_ns && t1_ns < end_ns;
        }
    }
    return frames;
}

static bool use_of(const struct route *route, const struct plot_repeat *repeat, struct use *ret_use)
{
    unsigned frames = frames_in_windows(repeat);
    g_autofree char *main_comm = g_strndup(route->vm_program, COMM_BYTES);
    const struct rows *cpu = repeat->cpu;
    double all = cpu_use(cpu, route->vm_program, NULL).run_ns;
    double guest = cpu_use(cpu, route->vm_program, "vgpu-draw").run_ns;
    double *part = ret_use->part;

    if (frames == 0 || !(all > 0))
        return false;
    part[MAIN_LOOP] = cpu_use(cpu, route->vm_program, main_comm).run_ns;
    part[WORKER] = cpu_use(cpu, route->vm_program, "SPICE Worker").run_ns;
    part[OTHER] = fmax(all - guest - part[MAIN_LOOP] - part[WORKER], 0);
    part[CLIENT] = cpu_use(cpu, route->client_program, NULL).run_ns;
    part[ENCODER] = cpu_use_agent(cpu, "encoder").run_ns;
    /* With what the X server does for a real one, as in METRIC_TOTAL_CPU_MS_PER_FRAME. */
    part[AGENT] = cpu_use_agent(cpu, NULL).run_ns - part[ENCODER] + cpu_use_x_server(cpu).run_ns;
    ret_use->total = 0;
    for (unsigned p = 0; p < PART_COUNT; p++) {
        part[p] /= 1e6 * frames;
        ret_use->total += part[p];
    }
    ret_use->server = part[MAIN_LOOP] + part[WORKER] + part[OTHER];
    return true;
}

/* The index of the repeat with the median server time; of the middle two the lower. */
static unsigned median_index(const GArray *uses)
{
    g_autofree double *server = g_new(double, uses->len);
    unsigned found = 0;
    for (unsigned i = 0; i < uses->len; i++)
        server[i] = g_array_index(uses, struct use, i).server;
    double median = stats_percentile(server, uses->len, 50);
    for (unsigned i = 0; i < uses->len && server[found] != median; i++)
        found = i;
    return found;
}

/* The largest sums of all cases so far. */
struct most {
    double server, total;
};

static bool add_case(struct figure *figure, const struct plot_case *one, struct most *most)
{
    g_autoptr(GArray) uses = g_array_new(false, false, sizeof(struct use));
    g_autoptr(GArray) numbers = g_array_new(false, false, sizeof(unsigned));
    double min = INFINITY, max = 0, total_min = INFINITY, total_max = 0;

    for (unsigned r = 0; r < one->repeats->len; r++) {
        const struct plot_repeat *repeat = g_ptr_array_index(one->repeats, r);
        struct use use;
        if (!use_of(one->of->route, repeat, &use))
            continue;
        g_array_append_val(uses, use);
        g_array_append_val(numbers, repeat->number);
        min = fmin(min, use.server);
        max = fmax(max, use.server);
        total_min = fmin(total_min, use.total);
        total_max = fmax(total_max, use.total);
    }
    if (uses->len == 0)
        return false;

    unsigned middle = median_index(uses);
    const struct use *use = &g_array_index(uses, struct use, middle);
    const double ends[] = {min, max, total_min, total_max};
    g_string_append_printf(figure->csv, "%s,%u", one->label,
                           g_array_index(numbers, unsigned, middle));
    for (unsigned p = 0; p < PART_COUNT; p++) {
        g_string_append_c(figure->csv, ',');
        figure_add_number(figure->csv, use->part[p]);
    }
    for (unsigned e = 0; e < G_N_ELEMENTS(ends); e++) {
        g_string_append_c(figure->csv, ',');
        figure_add_number(figure->csv, ends[e]);
    }
    g_string_append_c(figure->csv, '\n');
    most->server = fmax(most->server, max);
    most->total = fmax(most->total, total_max);
    return true;
}

struct figure *drawing_cpu_per_frame(const struct plot_group *group)
{
    struct figure *figure =
        figure_create("cpu-per-frame", group->workload_name,
                      "case,repeat,main_loop_ms,worker_ms,other_server_threads_ms,client_ms,"
                      "agent_ms,encoder_ms,server_min_ms,server_max_ms,total_min_ms,total_max_ms");
    g_autofree char *extent = plot_group_extent(group);
    struct most most = {0, 0};

    figure->title =
        g_strdup_printf("CPU time per frame: %s, median of %s", group->workload_name, extent);
    for (unsigned i = 0; i < group->cases->len; i++) {
        struct plot_case *one = g_ptr_array_index(group->cases, i);
        if (add_case(figure, one, &most))
            g_ptr_array_add(figure->series, one);
    }
    figure_set_unit(figure, METRIC_SERVER_CPU_MS_PER_FRAME);
    figure_set(figure, "most_server", most.server);
    figure_set(figure, "most_total", most.total);
    return figure;
}
