/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * submission-rows: the sample file submissions.csv, whoever writes it.
 *
 * Any thread.
 */
#ifndef VDIBENCH_SHADOW_PAGING_SUBMISSION_ROWS_H
#define VDIBENCH_SHADOW_PAGING_SUBMISSION_ROWS_H

#include "harness/instrument/samples.h"
#include "shadow-paging/workloads/mediated-vgpu.h"

#define SUBMISSION_COLUMNS                                                                     \
    "event,t_ns,cell,submissions,writes,traps,pages,write_ns,submit_ns,guest_ns,gpu_ns,stale," \
    "since_change,exit_ns"

/* `cell` is that of the load `map`, a name of a synthetic load; "" for other loads. */
void submission_rows_exit(struct samples *samples, const char *cell, int64_t exit_ns);
void submission_rows_batch(struct samples *samples, const char *cell,
                           const struct submission_cost *cost);

#endif
