/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/report/table.h"

#include "harness/report/noise-table.h"
#include "harness/report/policy-table.h"
#include "harness/result/break-even.h"
#include "harness/scenario/link-profile.h"
#include "harness/statistics/stats.h"

#include <math.h>
#include <string.h>

/* Of a column's head. */
#define HEAD_LINES 3

static const struct table_column frames[] = {
    {METRIC_LATENCY_MS_P50, true},    {METRIC_LATENCY_MS_P95, false},
    {METRIC_LATENCY_MS_P99, false},   {METRIC_STARTUP_MS_MAX, false},
    {METRIC_FPS_SHOWN, false},        {METRIC_FRAMES_PLANNED, false},
    {METRIC_FRAMES_SHOWN, false},     {METRIC_FRAMES_SUPERSEDED, false},
    {METRIC_FRAMES_UNDECODED, false}, {METRIC_FRAMES_DROPPED, false},
    {METRIC_FRAMES_LOST, false},      {METRIC_FRAMES_SKIPPED_CAPTURE, false},
    {METRIC_SLOW_DOWN_PCT, false},    {METRIC_RECEIVE_MS_P50, true},
    {METRIC_RECEIVE_MS_P99, false},
};

static const struct table_column display[] = {
    {METRIC_PICTURE_AGE_MS_P50, true},  {METRIC_PICTURE_AGE_MS_P99, true},
    {METRIC_PICTURE_AGE_MS_MAX, false}, {METRIC_FREEZES, false},
    {METRIC_FREEZE_MS_MAX, false},      {METRIC_JITTER_MS, true},
};

static const struct table_column costs[] = {
    {METRIC_SERVER_CPU_MS_PER_FRAME, true},
    {METRIC_SERVER_WORKER_CPU_MS_PER_FRAME, false},
    {METRIC_CLIENT_CPU_MS_PER_FRAME, false},
    {METRIC_AGENT_CPU_MS_PER_FRAME, false},
    {METRIC_ENCODER_CPU_MS_PER_FRAME, false},
    {METRIC_TOTAL_CPU_MS_PER_FRAME, true},
    {METRIC_TRAFFIC_KBPS, false},
    {METRIC_TRAFFIC_OVERHEAD_PCT, false},
    {METRIC_RUN_QUEUE_WAIT_MS_PER_FRAME, false},
    {METRIC_FOREIGN_CPU_PCT, false},
};

static const struct table_column switches[] = {
    {METRIC_SWITCH_MS, true},   {METRIC_GAP_MS, false},       {METRIC_SWITCH_OUT_MS, true},
    {METRIC_GAP_OUT_MS, false}, {METRIC_WRONG_PIXELS, false}, {METRIC_PGPU_PSNR_DB, false},
};

/* Traffic means nothing without what is got for it. */
static const struct table_column quality[] = {
    {METRIC_SHOWN_PSNR_DB, true},   {METRIC_SHOWN_SSIM, true},          {METRIC_TRAFFIC_KBPS, true},
    {METRIC_SHOWN_COMPARED, false}, {METRIC_SHOWN_UNIDENTIFIED, false},
};

static const struct table_column second[] = {
    {METRIC_FROZEN_LATENCY_MS_P50, true}, {METRIC_FROZEN_LATENCY_MS_P99, false},
    {METRIC_FROZEN_FPS_SHOWN, false},     {METRIC_SECOND_FRAMES_MISSED, false},
    {METRIC_SECOND_FRAMES_BROKEN, false}, {METRIC_SECOND_FRAMES_UNSHOWN, false},
};

/* Where a frame's time goes, the server's process, and the server at rest. */
static const struct table_column stages[] = {
    {METRIC_T0_T1_MS_P50, false}, {METRIC_T0_T1_MS_P99, false}, {METRIC_T1_T2_MS_P50, false},
    {METRIC_T1_T2_MS_P99, false}, {METRIC_T2_T3_MS_P50, false}, {METRIC_T2_T3_MS_P99, false},
    {METRIC_T3_T4_MS_P50, false}, {METRIC_T3_T4_MS_P99, false}, {METRIC_T4_T5_MS_P50, false},
    {METRIC_T4_T5_MS_P99, false}, {METRIC_T5_T6_MS_P50, false}, {METRIC_T5_T6_MS_P99, false},
    {METRIC_T6_T7_MS_P50, false}, {METRIC_T6_T7_MS_P99, false},
};

static const struct table_column server[] = {
    {METRIC_FRAME_BUFFERS_KIB_MAX, false},
    {METRIC_SERVER_MEMORY_GROWTH_KIB, true},
    {METRIC_SERVER_MEMORY_DRIFT_KIB, false},
    {METRIC_SERVER_WAKEUPS_PER_S, true},
};

static const struct table_column sessions[] = {
    {METRIC_SESSIONS_MAX, true},
};

static const struct table_column links[] = {
    {METRIC_LINK_MBIT_S, true},
    {METRIC_LINK_RTT_MS, true},
    {METRIC_FRAMES_UNDRAINED, true},
    {METRIC_DRAIN_MS, true},
};

/* The reason for a mediated vGPU's costs, and what one trap costs here. */
static const struct table_column paging[] = {
    {METRIC_VGPU_SUBMISSIONS_PER_S, true},
    {METRIC_VGPU_COST_US, true},
    {METRIC_VGPU_WRITE_US, false},
    {METRIC_VGPU_RECONSTRUCTION_US, false},
    {METRIC_VGPU_WORK_US, false},
    {METRIC_VGPU_WRITES, false},
    {METRIC_VGPU_TRAPS, false},
    {METRIC_VGPU_PAGES, false},
    {METRIC_VGPU_EXIT_US, true},
    {METRIC_VGPU_STALE, false},
};

static const struct table_part parts[] = {
    {"Latency and frames", frames, G_N_ELEMENTS(frames), false},
    {"What the display shows at any moment", display, G_N_ELEMENTS(display), false},
    {"Costs", costs, G_N_ELEMENTS(costs), false},
    {"What is shown for the traffic", quality, G_N_ELEMENTS(quality), true},
    {"Switches and pictures", switches, G_N_ELEMENTS(switches), false},
    {"Stages of a frame", stages, G_N_ELEMENTS(stages), false},
    {"The server's process", server, G_N_ELEMENTS(server), false},
    {"The limited link, as measured", links, G_N_ELEMENTS(links), false},
    {"A mediated vGPU's shadow page tables (models: docs/shadow-paging.md)", paging,
     G_N_ELEMENTS(paging), false},
    {"Sessions at once", sessions, G_N_ELEMENTS(sessions), false},
    {"The first client while the second one was frozen, and the second one", second,
     G_N_ELEMENTS(second), false},
};

const struct table_part *table_part(unsigned index)
{
    return index < G_N_ELEMENTS(parts) ? &parts[index] : NULL;
}

char **table_head(const struct table_column *column)
{
    const struct metric_definition *metric = metric_definition(column->metric);
    g_autofree char *lines = g_strconcat(metric->label, "\n", metric->unit, NULL);

    return g_strsplit(lines, "\n", HEAD_LINES);
}

char *table_cell(const struct table_column *column, const double *values, size_t n)
{
    int decimals = metric_definition(column->metric)->decimals;
    double median = stats_median(values, n);

    if (n == 0)
        return g_strdup("-");
    if (!column->range || n == 1)
        return g_strdup_printf("%.*f", decimals, median);
    return g_strdup_printf("%.*f (%.*f..%.*f)", decimals, median, decimals, stats_min(values, n),
                           decimals, stats_max(values, n));
}

static char *cell(const struct result_case *one, const struct table_column *column)
{
    const struct result_values *of = &one->metrics[column->metric];
    return table_cell(column, of->values, of->n);
}

/* The case's label; scenario, workload and the word of an axis only if the cases differ in
 * them. */
static char *label(const struct result *result, const struct result_case *one)
{
    bool scenarios = false, workloads = false, axes[AXIS_COUNT] = {false};

    for (unsigned i = 0; i < result->cases->len; i++) {
        const struct result_case *other = g_ptr_array_index(result->cases, i);
        scenarios |= !g_str_equal(other->scenario, one->scenario);
        workloads |= !g_str_equal(other->workload, one->workload);
        for (unsigned a = 0; a < AXIS_COUNT; a++)
            axes[a] |= !axis_definition((enum axis)a)->in_label &&
                       !g_str_equal(other->axis[a], one->axis[a]);
    }
    g_autofree char *own = result_case_label(one);
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%s%s%s%s%s", scenarios ? one->scenario : "", scenarios ? " " : "",
                           own, workloads ? " " : "", workloads ? one->workload : "");
    for (unsigned a = 0; a < AXIS_COUNT; a++) {
        if (axes[a])
            g_string_append_printf(text, " %s", one->axis[a]);
    }
    return g_string_free(text, false);
}

bool table_has_row(const struct table_part *part, const struct result_case *one)
{
    size_t n = 0;

    for (unsigned c = 0; c < (part->of_first ? 1 : part->n); c++)
        n += one->metrics[part->columns[c].metric].n;
    return n > 0;
}

static GPtrArray *rows_of(const struct result *result, const struct table_part *part)
{
    GPtrArray *rows = g_ptr_array_new();
    for (unsigned i = 0; i < result->cases->len; i++) {
        struct result_case *one = g_ptr_array_index(result->cases, i);
        if (table_has_row(part, one))
            g_ptr_array_add(rows, one);
    }
    return rows;
}

static void add_table(GString *text, const struct result *result, const struct table_part *part)
{
    g_autoptr(GPtrArray) rows = rows_of(result, part);
    g_autoptr(GPtrArray) lines = g_ptr_array_new();
    size_t label_width = 0;

    for (unsigned i = 0; i < rows->len; i++) {
        g_autofree char *name = label(result, g_ptr_array_index(rows, i));
        label_width = MAX(label_width, strlen(name));
    }
    for (unsigned i = 0; i < rows->len + HEAD_LINES; i++) {
        g_autofree char *name =
            i < HEAD_LINES ? g_strdup("") : label(result, g_ptr_array_index(rows, i - HEAD_LINES));
        GString *line = g_string_new(NULL);
        g_string_append_printf(line, "%-*s", (int)label_width, name);
        g_ptr_array_add(lines, line);
    }
    for (unsigned c = 0; c < part->n; c++) {
        g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
        g_auto(GStrv) head = table_head(&part->columns[c]);
        size_t width = MAX(MAX(strlen(head[0]), strlen(head[1])), strlen(head[2]));

        for (unsigned i = 0; i < rows->len; i++) {
            char *one = cell(g_ptr_array_index(rows, i), &part->columns[c]);
            width = MAX(width, strlen(one));
            g_ptr_array_add(cells, one);
        }
        for (unsigned i = 0; i < lines->len; i++)
            g_string_append_printf(
                g_ptr_array_index(lines, i), "  %*s", (int)width,
                i < HEAD_LINES ? head[i] : (char *)g_ptr_array_index(cells, i - HEAD_LINES));
    }
    for (unsigned i = 0; i < lines->len; i++) {
        GString *line = g_ptr_array_index(lines, i);
        if (rows->len > 0)
            g_string_append_printf(text, "%s\n", g_strchomp(line->str));
        g_string_free(line, true);
    }
    g_string_append(text, rows->len > 0 ? "\n" : "");
}

static bool has_words_of(const struct result_case *one, const struct result_case *other)
{
    for (unsigned a = 0; a < AXIS_COUNT; a++) {
        if (!g_str_equal(one->axis[a], other->axis[a]))
            return false;
    }
    return true;
}

/* The floor for a case: the route without a display, with the same recording and the same word
 * of each axis. */
static const struct result_case *floor_of(const struct result *result, const struct result_case *of)
{
    for (unsigned i = 0; i < result->cases->len; i++) {
        const struct result_case *other = g_ptr_array_index(result->cases, i);
        if (!other->route->shows && g_str_equal(other->scenario, of->scenario) &&
            g_str_equal(other->workload, of->workload) && has_words_of(other, of))
            return other;
    }
    return NULL;
}

static void add_above_floor(GString *text, const struct result *result)
{
    size_t before = text->len;

    for (unsigned i = 0; i < result->cases->len; i++) {
        const struct result_case *one = g_ptr_array_index(result->cases, i);
        const struct result_case *bottom = one->route->shows ? floor_of(result, one) : NULL;
        double cpu = NAN, receive = NAN;
        if (bottom) {
            cpu = 1e3 * (result_case_median(one, METRIC_SERVER_CPU_MS_PER_FRAME) -
                         result_case_median(bottom, METRIC_SERVER_CPU_MS_PER_FRAME));
            receive = result_case_median(one, METRIC_RECEIVE_MS_P50) /
                      result_case_median(bottom, METRIC_RECEIVE_MS_P50);
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

char *table_break_even_number(double ms)
{
    return isfinite(ms) ? g_strdup_printf("%+.2f", ms) : g_strdup("-");
}

/* What an encoder may cost. */
static void add_break_even(GString *text, const struct result *result)
{
    g_autoptr(GArray) found = break_even_find(result);

    if (found->len == 0)
        return;
    g_string_append(text, TABLE_BREAK_EVEN "\n    latency       CPU\n"
                                           "         ms  ms/frame\n");
    for (unsigned i = 0; i < found->len; i++) {
        const struct break_even *one = &g_array_index(found, struct break_even, i);
        g_autofree char *ours = label(result, one->ours), *rival = label(result, one->rival);
        g_autofree char *latency = table_break_even_number(one->latency_ms);
        g_autofree char *cpu = table_break_even_number(one->cpu_ms);
        g_string_append_printf(text, "%11s %9s  %s, against %s\n", latency, cpu, ours, rival);
    }
    g_string_append_c(text, '\n');
}

/* What limits a case's numbers: its status if it did not pass, and its unfit repeats. */
/* A delay so short that the gates let it pass; see LINK_DELAY_MIN_MS. */
static void remark_delay(GString *text, const char *name, const struct result_case *one)
{
    const struct link_profile *link = link_profile_find(one->axis[AXIS_LINK]);
    double rtt_ms = result_case_median(one, METRIC_LINK_RTT_MS);

    if (link && rtt_ms < link->rtt_ms / 2)
        g_string_append_printf(text,
                               "%s: the link's delay of %g ms is not emulated, it has %.2f ms: the "
                               "kernel has no netem\n",
                               name, link->rtt_ms, rtt_ms);
}

static void add_remarks(GString *text, const struct result *result)
{
    for (unsigned i = 0; i < result->cases->len; i++) {
        const struct result_case *one = g_ptr_array_index(result->cases, i);
        g_autofree char *name = label(result, one);

        if (one->status != STATUS_PASSED)
            g_string_append_printf(text, "%s: %s%s%s\n", name, status_text(one->status),
                                   one->reason ? ": " : "", one->reason ? one->reason : "");
        remark_delay(text, name, one);
        const struct result_values *undrained = &one->metrics[METRIC_FRAMES_UNDRAINED];
        if (undrained->n && stats_max(undrained->values, undrained->n) > 0)
            g_string_append_printf(text,
                                   "%s: not drained: up to %g frames were still on their way "
                                   "when the wait for them ended\n",
                                   name, stats_max(undrained->values, undrained->n));
        if (result_case_is_short(one))
            g_string_append_printf(
                text, "%s: %u of %u repeats unfit, so that fewer than %u count\n", name,
                result_case_unfit(one), one->repeats->len, one->planned_repeats);
        for (unsigned r = 0; r < one->repeats->len; r++) {
            const struct outcome *outcome = g_ptr_array_index(one->repeats, r);
            if (outcome->unfit)
                g_string_append_printf(text, "%s: repeat %u was unfit: %s\n", name, r + 1,
                                       outcome->unfit);
            if (outcome->limit)
                g_string_append_printf(text, "%s: repeat %u: limited by %s\n", name, r + 1,
                                       outcome->limit);
        }
    }
}

char *table_text(const struct result *result)
{
    GString *text = g_string_new("Medians of the fit repeats (lowest..highest).\n" TABLE_ENCODERS
                                 "\n" TABLE_MODELS "\n" TABLE_QUALITY "\n\n");
    for (unsigned i = 0; table_part(i); i++)
        add_table(text, result, table_part(i));
    add_break_even(text, result);
    add_above_floor(text, result);
    g_autofree char *policies = policy_table_text(result);
    g_string_append(text, policies);
    g_autofree char *noise = noise_table_text(result);
    g_string_append(text, noise);
    add_remarks(text, result);
    return g_string_free(text, false);
}

bool table_write(const struct result *result, GError **error)
{
    g_autofree char *text = table_text(result);
    g_autofree char *file = g_build_filename(result->folder, "table.txt", NULL);
    return g_file_set_contents(file, text, -1, error);
}
