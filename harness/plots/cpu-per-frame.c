#include "harness/plots/drawings.h"

#include "harness/evaluate/cpu-use.h"
#include "harness/statistics/stats.h"

#include <math.h>

/* What a thread is called: the kernel keeps so many bytes. */
#define COMM_BYTES 15

enum { MAIN_LOOP, WORKER, OTHER, CLIENT, AGENT, PART_COUNT };

/* Processor time in the windows, in ms a frame. */
typedef struct {
    double part[PART_COUNT];
    double server, total;
} Use;

static guint frames_in_windows(const PlotRepeat *repeat)
{
    guint frames = 0;
    for (guint w = 0; w < cpu_window_count(repeat->cpu); w++) {
        gint64 begin_ns, end_ns;
        cpu_window(repeat->cpu, w, &begin_ns, &end_ns);
        for (guint i = 0; i < rows_count(repeat->frames); i++) {
            gint64 t1_ns = rows_number(repeat->frames, i, "t1_ns", 0);
            frames += t1_ns > 0 && t1_ns >= begin_ns && t1_ns < end_ns;
        }
    }
    return frames;
}

static gboolean use_of(const Path *path, const PlotRepeat *repeat, Use *ret_use)
{
    guint frames = frames_in_windows(repeat);
    g_autofree char *main_comm = g_strndup(path->vm_program, COMM_BYTES);
    const Rows *cpu = repeat->cpu;
    double all = cpu_use(cpu, path->vm_program, NULL).run_ns;
    double guest = cpu_use(cpu, path->vm_program, "vgpu-draw").run_ns;
    double *part = ret_use->part;

    if (frames == 0 || !(all > 0))
        return FALSE;
    part[MAIN_LOOP] = cpu_use(cpu, path->vm_program, main_comm).run_ns;
    part[WORKER] = cpu_use(cpu, path->vm_program, "SPICE Worker").run_ns;
    part[OTHER] = fmax(all - guest - part[MAIN_LOOP] - part[WORKER], 0);
    part[CLIENT] = cpu_use(cpu, path->client_program, NULL).run_ns;
    part[AGENT] = cpu_use(cpu, "sim-agent", NULL).run_ns;
    ret_use->total = 0;
    for (guint p = 0; p < PART_COUNT; p++) {
        part[p] /= 1e6 * frames;
        ret_use->total += part[p];
    }
    ret_use->server = part[MAIN_LOOP] + part[WORKER] + part[OTHER];
    return TRUE;
}

/* The use whose server's share is the median; the lower of the middle two. */
static guint median_index(const GArray *uses)
{
    g_autofree double *server = g_new(double, uses->len);
    guint found = 0;
    for (guint i = 0; i < uses->len; i++)
        server[i] = g_array_index(uses, Use, i).server;
    double median = stats_percentile(server, uses->len, 50);
    for (guint i = 0; i < uses->len && server[found] != median; i++)
        found = i;
    return found;
}

/* The most of all cases so far. */
typedef struct {
    double server, total;
} Most;

static gboolean add_case(Figure *figure, const PlotCase *one, Most *most)
{
    g_autoptr(GArray) uses = g_array_new(FALSE, FALSE, sizeof(Use));
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint));
    double min = INFINITY, max = 0, total_min = INFINITY, total_max = 0;

    for (guint r = 0; r < one->repeats->len; r++) {
        const PlotRepeat *repeat = g_ptr_array_index(one->repeats, r);
        Use use;
        if (!use_of(one->saved->path, repeat, &use))
            continue;
        g_array_append_val(uses, use);
        g_array_append_val(numbers, repeat->number);
        min = fmin(min, use.server);
        max = fmax(max, use.server);
        total_min = fmin(total_min, use.total);
        total_max = fmax(total_max, use.total);
    }
    if (uses->len == 0)
        return FALSE;

    guint middle = median_index(uses);
    const Use *use = &g_array_index(uses, Use, middle);
    const double ends[] = {min, max, total_min, total_max};
    g_string_append_printf(figure->csv, "%s,%u", one->label,
                           g_array_index(numbers, guint, middle));
    for (guint p = 0; p < PART_COUNT; p++) {
        g_string_append_c(figure->csv, ',');
        figure_add_number(figure->csv, use->part[p]);
    }
    for (guint e = 0; e < G_N_ELEMENTS(ends); e++) {
        g_string_append_c(figure->csv, ',');
        figure_add_number(figure->csv, ends[e]);
    }
    g_string_append_c(figure->csv, '\n');
    most->server = fmax(most->server, max);
    most->total = fmax(most->total, total_max);
    return TRUE;
}

Figure *drawing_cpu_per_frame(const PlotGroup *group)
{
    Figure *figure =
        figure_create("cpu-per-frame", group->workload_name,
                      "case,repeat,main_loop_ms,worker_ms,other_server_threads_ms,client_ms,"
                      "agent_ms,server_min_ms,server_max_ms,total_min_ms,total_max_ms");
    g_autofree char *extent = plot_group_extent(group);
    Most most = {0, 0};

    figure->title = g_strdup_printf("CPU time per frame: %s, median of %s", group->workload_name,
                                    extent);
    for (guint i = 0; i < group->cases->len; i++) {
        PlotCase *one = g_ptr_array_index(group->cases, i);
        if (add_case(figure, one, &most))
            g_ptr_array_add(figure->series, one);
    }
    figure_set(figure, "most_server", most.server);
    figure_set(figure, "most_total", most.total);
    return figure;
}
