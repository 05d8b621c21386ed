#include "harness/report/table.h"

#include "harness/statistics/stats.h"

#include <math.h>
#include <string.h>

static const TableColumn frames[] = {
    {"p50\nms", METRIC_LATENCY_MS_P50, 2, TRUE},
    {"p95\nms", METRIC_LATENCY_MS_P95, 1, FALSE},
    {"p99\nms", METRIC_LATENCY_MS_P99, 1, FALSE},
    {"first s\nmax ms", METRIC_STARTUP_MS_MAX, 0, FALSE},
    {"shown\nfps", METRIC_FPS_SHOWN, 1, FALSE},
    {"slots\nplanned", METRIC_FRAMES_PLANNED, 0, FALSE},
    {"\nshown", METRIC_FRAMES_SHOWN, 0, FALSE},
    {"super-\nseded", METRIC_FRAMES_SUPERSEDED, 0, FALSE},
    {"not\ndecoded", METRIC_FRAMES_UNDECODED, 0, FALSE},
    {"\ndropped", METRIC_FRAMES_DROPPED, 0, FALSE},
    {"\nlost", METRIC_FRAMES_LOST, 0, FALSE},
    {"not\ncaptured", METRIC_FRAMES_SKIPPED_CAPTURE, 0, FALSE},
    {"slow-\ndown %", METRIC_SLOW_DOWN_PCT, 1, FALSE},
    {"receive\np50 ms", METRIC_RECEIVE_MS_P50, 2, TRUE},
    {"receive\np99 ms", METRIC_RECEIVE_MS_P99, 2, FALSE},
};

static const TableColumn costs[] = {
    {"server CPU\nms/frame", METRIC_SERVER_CPU_MS_PER_FRAME, 3, TRUE},
    {"worker\nms/frame", METRIC_SERVER_WORKER_CPU_MS_PER_FRAME, 3, FALSE},
    {"client CPU\nms/frame", METRIC_CLIENT_CPU_MS_PER_FRAME, 2, FALSE},
    {"agent CPU\nms/frame", METRIC_AGENT_CPU_MS_PER_FRAME, 3, FALSE},
    {"traffic\nkbit/s", METRIC_TRAFFIC_KBPS, 0, FALSE},
    {"overhead\n%", METRIC_TRAFFIC_OVERHEAD_PCT, 3, FALSE},
    {"CPU wait\nms/frame", METRIC_RUN_QUEUE_WAIT_MS_PER_FRAME, 2, FALSE},
    {"foreign\nCPU %", METRIC_FOREIGN_CPU_PCT, 1, FALSE},
};

static const TableColumn switches[] = {
    {"switch in\nms", METRIC_SWITCH_MS, 0, TRUE},
    {"gap in\nms", METRIC_GAP_MS, 0, FALSE},
    {"switch out\nms", METRIC_SWITCH_OUT_MS, 1, TRUE},
    {"gap out\nms", METRIC_GAP_OUT_MS, 0, FALSE},
    {"wrong\npixels", METRIC_WRONG_PIXELS, 0, FALSE},
    {"pGPU\nPSNR dB", METRIC_PGPU_PSNR_DB, 1, FALSE},
};

static const TableColumn second[] = {
    {"frozen\np50 ms", METRIC_FROZEN_LATENCY_MS_P50, 2, TRUE},
    {"frozen\np99 ms", METRIC_FROZEN_LATENCY_MS_P99, 1, FALSE},
    {"frozen\nfps", METRIC_FROZEN_FPS_SHOWN, 1, FALSE},
    {"second\nmissed", METRIC_SECOND_FRAMES_MISSED, 0, FALSE},
    {"second\nbroken", METRIC_SECOND_FRAMES_BROKEN, 0, FALSE},
    {"second\nunshown", METRIC_SECOND_FRAMES_UNSHOWN, 0, FALSE},
};

/* Where a frame's time goes, the server's process, and the server at rest. */
static const TableColumn stages[] = {
    {"t1-t2\np50 ms", METRIC_T1_T2_MS_P50, 3, FALSE},
    {"\np99", METRIC_T1_T2_MS_P99, 3, FALSE},
    {"t2-t3\np50 ms", METRIC_T2_T3_MS_P50, 3, FALSE},
    {"\np99", METRIC_T2_T3_MS_P99, 3, FALSE},
    {"t3-t4\np50 ms", METRIC_T3_T4_MS_P50, 3, FALSE},
    {"\np99", METRIC_T3_T4_MS_P99, 3, FALSE},
    {"t4-t5\np50 ms", METRIC_T4_T5_MS_P50, 3, FALSE},
    {"\np99", METRIC_T4_T5_MS_P99, 3, FALSE},
};

static const TableColumn server[] = {
    {"frames'\nbuffers KiB", METRIC_FRAME_BUFFERS_KIB_MAX, 0, FALSE},
    {"memory\ngrowth KiB", METRIC_SERVER_MEMORY_GROWTH_KIB, 0, TRUE},
    {"memory\ndrift KiB", METRIC_SERVER_MEMORY_DRIFT_KIB, 0, FALSE},
    {"wakeups/s\nat rest", METRIC_SERVER_WAKEUPS_PER_S, 1, TRUE},
};

static const TablePart parts[] = {
    {"Latency and frames", frames, G_N_ELEMENTS(frames)},
    {"Costs", costs, G_N_ELEMENTS(costs)},
    {"Switches and pictures", switches, G_N_ELEMENTS(switches)},
    {"Stages of a frame", stages, G_N_ELEMENTS(stages)},
    {"The server's process", server, G_N_ELEMENTS(server)},
    {"The first client while the second one was frozen, and the second one", second,
     G_N_ELEMENTS(second)},
};

const TablePart *table_part(guint index)
{
    return index < G_N_ELEMENTS(parts) ? &parts[index] : NULL;
}

char *table_cell(const TableColumn *column, const double *values, gsize n)
{
    double median = stats_median(values, n);

    if (n == 0)
        return g_strdup("-");
    if (!column->range || n == 1)
        return g_strdup_printf("%.*f", column->decimals, median);
    return g_strdup_printf("%.*f (%.*f..%.*f)", column->decimals, median, column->decimals,
                           stats_min(values, n), column->decimals, stats_max(values, n));
}

static char *cell(const CaseResult *result, const TableColumn *column)
{
    gsize n;
    g_autofree double *values = case_result_values(result, column->metric, &n);
    return table_cell(column, values, n);
}

/* Path and sink or drawing; what else is in the key only where the cases differ in it. */
static char *label(const Result *result, const CaseResult *of)
{
    const Case *c = of->c;
    gboolean scenarios = FALSE, workloads = FALSE, transports = FALSE;

    for (guint i = 0; i < result->cases->len; i++) {
        const Case *other = ((const CaseResult *)g_ptr_array_index(result->cases, i))->c;
        scenarios |= other->scenario != c->scenario;
        workloads |= !g_str_equal(other->workload, c->workload);
        transports |= !g_str_equal(other->transport, c->transport);
    }
    g_autofree char *own = case_label(c);
    return g_strconcat(scenarios ? c->scenario->name : "", scenarios ? " " : "", own,
                       workloads ? " " : "", workloads ? c->workload : "",
                       transports ? " " : "", transports ? c->transport : "", NULL);
}

/* The cases that have anything to say in that part. */
static GPtrArray *rows_of(const Result *result, const TablePart *part)
{
    GPtrArray *rows = g_ptr_array_new();
    for (guint i = 0; i < result->cases->len; i++) {
        CaseResult *one = g_ptr_array_index(result->cases, i);
        gsize n = 0;
        for (guint c = 0; c < part->n && n == 0; c++)
            g_free(case_result_values(one, part->columns[c].metric, &n));
        if (n > 0)
            g_ptr_array_add(rows, one);
    }
    return rows;
}

static void add_table(GString *text, const Result *result, const TablePart *part)
{
    g_autoptr(GPtrArray) rows = rows_of(result, part);
    g_autoptr(GPtrArray) lines = g_ptr_array_new();
    gsize label_width = 0;

    for (guint i = 0; i < rows->len; i++) {
        g_autofree char *name = label(result, g_ptr_array_index(rows, i));
        label_width = MAX(label_width, strlen(name));
    }
    for (guint i = 0; i < rows->len + 2; i++) {
        g_autofree char *name =
            i < 2 ? g_strdup("") : label(result, g_ptr_array_index(rows, i - 2));
        GString *line = g_string_new(NULL);
        g_string_append_printf(line, "%-*s", (int)label_width, name);
        g_ptr_array_add(lines, line);
    }
    for (guint c = 0; c < part->n; c++) {
        g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
        g_auto(GStrv) head = g_strsplit(part->columns[c].head, "\n", 2);
        gsize width = MAX(strlen(head[0]), strlen(head[1]));

        for (guint i = 0; i < rows->len; i++) {
            char *one = cell(g_ptr_array_index(rows, i), &part->columns[c]);
            width = MAX(width, strlen(one));
            g_ptr_array_add(cells, one);
        }
        for (guint i = 0; i < lines->len; i++)
            g_string_append_printf(g_ptr_array_index(lines, i), "  %*s", (int)width,
                                   i < 2 ? head[i] : (char *)g_ptr_array_index(cells, i - 2));
    }
    for (guint i = 0; i < lines->len; i++) {
        GString *line = g_ptr_array_index(lines, i);
        if (rows->len > 0)
            g_string_append_printf(text, "%s\n", g_strchomp(line->str));
        g_string_free(line, TRUE);
    }
    g_string_append(text, rows->len > 0 ? "\n" : "");
}

/* The floor beside a case: what nobody shows, with the same recording and port. */
static const CaseResult *floor_of(const Result *result, const CaseResult *of)
{
    for (guint i = 0; i < result->cases->len; i++) {
        const CaseResult *other = g_ptr_array_index(result->cases, i);
        if (!other->c->path->shows && other->c->scenario == of->c->scenario &&
            g_str_equal(other->c->workload, of->c->workload) &&
            g_str_equal(other->c->transport, of->c->transport))
            return other;
    }
    return NULL;
}

static double median_of(const CaseResult *result, enum metric metric)
{
    gsize n;
    g_autofree double *values = case_result_values(result, metric, &n);
    return stats_median(values, n);
}

static void add_above_floor(GString *text, const Result *result)
{
    gsize before = text->len;

    for (guint i = 0; i < result->cases->len; i++) {
        const CaseResult *one = g_ptr_array_index(result->cases, i);
        const CaseResult *bottom = one->c->path->shows ? floor_of(result, one) : NULL;
        double cpu = NAN, receive = NAN;
        if (bottom) {
            cpu = 1e3 * (median_of(one, METRIC_SERVER_CPU_MS_PER_FRAME) -
                         median_of(bottom, METRIC_SERVER_CPU_MS_PER_FRAME));
            receive = median_of(one, METRIC_RECEIVE_MS_P50) /
                      median_of(bottom, METRIC_RECEIVE_MS_P50);
        }
        if (!isfinite(cpu) || !isfinite(receive))
            continue;
        g_autofree char *name = label(result, one);
        g_string_append_printf(text, "%s%s: server CPU %+.0f us/frame, receive p50 %.1f times\n",
                               text->len == before ? "Beside the relay with the same recording "
                                                     "and port:\n"
                                                   : "",
                               name, cpu, receive);
    }
    g_string_append(text, text->len > before ? "\n" : "");
}

/* What a reader must know about a case before believing its numbers. */
static void add_remarks(GString *text, const Result *result)
{
    for (guint i = 0; i < result->cases->len; i++) {
        const CaseResult *one = g_ptr_array_index(result->cases, i);
        g_autofree char *name = label(result, one);
        const char *reason;
        Status status = case_result_status(one, &reason);

        if (status != STATUS_PASSED)
            g_string_append_printf(text, "%s: %s%s%s\n", name, status_text(status),
                                   reason ? ": " : "", reason ? reason : "");
        for (guint r = 0; r < one->outcomes->len; r++) {
            const Outcome *outcome = g_ptr_array_index(one->outcomes, r);
            if (outcome->quality)
                g_string_append_printf(text, "%s: repeat %u was unfit: %s\n", name, r + 1,
                                       outcome->quality);
        }
    }
}

char *table_text(const Result *result)
{
    GString *text = g_string_new("Medians of the repeats (lowest..highest).\n"
                                 TABLE_NO_CAPTURE "\n\n");
    for (guint i = 0; table_part(i); i++)
        add_table(text, result, table_part(i));
    add_above_floor(text, result);
    add_remarks(text, result);
    return g_string_free(text, FALSE);
}
