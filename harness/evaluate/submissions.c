/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/evaluate/submissions.h"

#include "harness/statistics/stats.h"

#include <math.h>

#define NS_PER_US 1e3

/* So many submissions after a change a policy may have to learn. */
#define AFTER_CHANGE 5

/* The column's sum over all batches. */
static double sum(const struct rows *rows, const char *column)
{
    double total = 0;
    for (unsigned i = 0; i < rows_count(rows); i++) {
        if (rows_is(rows, i, "batch"))
            total += (double)rows_number(rows, i, column, 0);
    }
    return total;
}

/* The mean cost of the first submissions after a change. */
static double change_us(const struct rows *rows)
{
    double total = 0, n = 0;
    for (unsigned i = 0; i < rows_count(rows); i++) {
        double us =
            (double)(rows_number(rows, i, "write_ns", 0) + rows_number(rows, i, "submit_ns", 0)) /
            NS_PER_US;
        int64_t since = rows_number(rows, i, "since_change", -1);
        if (rows_is(rows, i, "batch") && since >= 0 && since < AFTER_CHANGE) {
            total += us;
            n++;
        }
    }
    return n > 0 ? total / n : NAN;
}

static double exit_us(const struct rows *rows)
{
    g_autoptr(GArray) all = g_array_new(false, false, sizeof(double));
    for (unsigned i = 0; i < rows_count(rows); i++) {
        double us = (double)rows_number(rows, i, "exit_ns", 0) / NS_PER_US;
        if (rows_is(rows, i, "exit"))
            g_array_append_val(all, us);
    }
    return stats_median((const double *)all->data, all->len);
}

void submissions_measure(struct metrics *metrics, const struct rows *submissions)
{
    double *value = metrics->value, n = sum(submissions, "submissions");
    double write_ns = sum(submissions, "write_ns"), submit_ns = sum(submissions, "submit_ns");
    double guest_ns = sum(submissions, "guest_ns"), gpu_ns = sum(submissions, "gpu_ns");

    value[METRIC_VGPU_EXIT_US] = exit_us(submissions);
    if (n <= 0)
        return;
    value[METRIC_VGPU_SUBMISSIONS_PER_S] = n / ((write_ns + submit_ns + guest_ns + gpu_ns) / 1e9);
    value[METRIC_VGPU_COST_US] = (write_ns + submit_ns) / NS_PER_US / n;
    value[METRIC_VGPU_WRITE_US] = write_ns / NS_PER_US / n;
    value[METRIC_VGPU_RECONSTRUCTION_US] = submit_ns / NS_PER_US / n;
    value[METRIC_VGPU_CHANGE_COST_US] = change_us(submissions);
    value[METRIC_VGPU_WORK_US] = (guest_ns + gpu_ns) / NS_PER_US / n;
    value[METRIC_VGPU_WRITES] = sum(submissions, "writes") / n;
    value[METRIC_VGPU_TRAPS] = sum(submissions, "traps") / n;
    value[METRIC_VGPU_PAGES] = sum(submissions, "pages") / n;
    value[METRIC_VGPU_STALE] = sum(submissions, "stale");
}
