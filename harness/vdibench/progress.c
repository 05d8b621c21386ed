/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vdibench/progress.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#define PERIOD_MS 500

struct progress {
    bool terminal;
    unsigned total, index; /* repeats of all cases; the present one from 1 */
    char *name;
    const char *kind;
    unsigned number, of;
    double planned_seconds;          /* of all */
    double past_planned, past_spent; /* of those that are over */
    double now_planned;              /* of the present one */
    int64_t now_begin_us;
    unsigned timer;
};

/* What is left, by how long the past ones took against their plan. */
static unsigned seconds_left(const struct progress *progress)
{
    double pace = progress->past_planned > 0 ? progress->past_spent / progress->past_planned : 1;
    double spent = (double)(g_get_monotonic_time() - progress->now_begin_us) / G_USEC_PER_SEC;
    double now = MAX(progress->now_planned * pace - spent, 0);
    double later = progress->planned_seconds - progress->past_planned - progress->now_planned;
    return (unsigned)(now + MAX(later, 0) * pace + 0.5);
}

static void show(const struct progress *progress)
{
    unsigned left = seconds_left(progress);
    fprintf(stderr, "%s[%u/%u] %s, %s %u of %u, %u:%02u left%s", progress->terminal ? "\r" : "",
            progress->index, progress->total, progress->name, progress->kind, progress->number,
            progress->of, left / 60, left % 60, progress->terminal ? "\033[K" : "\n");
    fflush(stderr);
}

static gboolean on_timer(void *data)
{
    show(data);
    return G_SOURCE_CONTINUE;
}

struct progress *progress_create(unsigned total, double total_seconds)
{
    struct progress *progress = g_new0(struct progress, 1);
    progress->terminal = isatty(STDERR_FILENO);
    progress->total = total;
    progress->planned_seconds = total_seconds;
    return progress;
}

void progress_destroy(struct progress *progress)
{
    if (!progress)
        return;
    progress_end(progress, NULL);
    g_free(progress);
}

void progress_extend(struct progress *progress, double seconds)
{
    progress->total++;
    progress->planned_seconds += seconds;
}

void progress_begin(struct progress *progress, const char *name, const char *kind, unsigned number,
                    unsigned of, double seconds)
{
    progress->index++;
    progress->name = g_strdup(name);
    progress->kind = kind;
    progress->number = number;
    progress->of = of;
    progress->now_planned = seconds;
    progress->now_begin_us = g_get_monotonic_time();
    show(progress);
    if (progress->terminal)
        progress->timer = g_timeout_add(PERIOD_MS, on_timer, progress);
}

void progress_end(struct progress *progress, const char *remark)
{
    if (progress->name) {
        progress->past_planned += progress->now_planned;
        progress->past_spent +=
            (double)(g_get_monotonic_time() - progress->now_begin_us) / G_USEC_PER_SEC;
        g_clear_pointer(&progress->name, g_free);
        if (progress->terminal)
            fprintf(stderr, "\r\033[K");
    }
    g_clear_handle_id(&progress->timer, g_source_remove);
    if (remark)
        fprintf(stderr, "vdibench: %s\n", remark);
    fflush(stderr);
}
