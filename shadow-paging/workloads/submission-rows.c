/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "shadow-paging/workloads/submission-rows.h"

#include <inttypes.h>

void submission_rows_exit(struct samples *samples, const char *cell, int64_t exit_ns)
{
    samples_row(samples, "exit,%" PRId64 ",%s,,,,,,,,,,,%" PRId64, samples_now_ns(), cell, exit_ns);
}

void submission_rows_batch(struct samples *samples, const char *cell,
                           const struct submission_cost *cost)
{
    samples_row(samples,
                "batch,%" PRId64 ",%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRId64
                ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRIu64 ",%d,",
                samples_now_ns(), cell, cost->submissions, cost->writes, cost->traps, cost->pages,
                cost->write_ns, cost->submit_ns, cost->guest_ns, cost->gpu_ns, cost->stale,
                cost->since_change);
}
