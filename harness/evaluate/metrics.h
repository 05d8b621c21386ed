/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * metrics: the numbers of one repeat, as metrics.def defines them.
 *
 * Pure functions over the samples, any thread. What a route cannot have (a
 * relay has no switch) or a run did not give is NAN.
 */
#ifndef VDIBENCH_METRICS_H
#define VDIBENCH_METRICS_H

#include "harness/evaluate/join.h"
#include "harness/scenario/expect.h"
#include "harness/scenario/metric.h"
#include "harness/scenario/route.h"

#include <stdint.h>

/* Fills in all but wrong_pixels and pgpu_psnr_db, which are not in the sample
 * files, and metrics_server()'s. `vm` may be NULL or without rows (the relay
 * writes none). */
void metrics_compute(struct metrics *metrics, const struct route *route, const struct join *join,
                     const struct rows *client, const struct rows *vm, const struct rows *cpu);

/* The metrics of a second client, whose frames `second` joins with the
 * agent's, and of the first one (`join`) while that one was frozen: begin 0
 * when it never was. */
void metrics_compute_second(struct metrics *metrics, const struct route *route,
                            const struct join *join, const struct join *second,
                            int64_t frozen_begin_ns, int64_t frozen_end_ns);

/* Fills in what the server's process holds and how often it wakes (server.csv),
 * and what frames hold of that (module.csv; may be NULL). */
void metrics_server(struct metrics *metrics, const struct rows *server, const struct rows *module);

/* The order of the sources that the client showed; see `struct seen`. The vGPU's
 * channel is the lowest that showed the vGPU, without one the first channel;
 * blank pictures and kept ones (stretched to a new size) do not count. */
void metrics_sources(const struct rows *client, struct seen *seen);

#endif
