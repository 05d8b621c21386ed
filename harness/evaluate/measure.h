/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * measure: computes the metrics of one repeat from its samples, as
 * harness/scenario/metrics.def defines them.
 *
 * Pure functions, any thread. A metric that the route cannot have (a relay has
 * no switch), or for which the run has no samples, is left at NAN.
 */
#ifndef VDIBENCH_MEASURE_H
#define VDIBENCH_MEASURE_H

#include "harness/evaluate/join.h"
#include "harness/scenario/expect.h"
#include "harness/scenario/metric.h"
#include "harness/scenario/route.h"

#include <stdint.h>

/* Fills in every metric except those of the functions below, and except
 * wrong_pixels, pgpu_psnr_db and shown_*, which compare pictures. `vm` may be NULL
 * or without rows (the relay writes none). Of a client that kept pictures, latencies,
 * ages and processor times stay NAN: copying weighs on them. */
void measure_repeat(struct metrics *metrics, const struct route *route, const struct join *join,
                    const struct rows *client, const struct rows *vm, const struct rows *cpu);

/* Fills in the metrics of the second client, whose frames are in `second`, and
 * those of the first client (`join`) while the second one was frozen.
 * `frozen_begin_ns` is 0 if it never was. */
void measure_second_client(struct metrics *metrics, const struct route *route,
                           const struct join *join, const struct join *second,
                           int64_t frozen_begin_ns, int64_t frozen_end_ns);

/* Fills in the memory that the server's process uses and how often it wakes, from
 * server.csv, and how much of that memory holds frames, from module.csv (may be
 * NULL). */
void measure_server(struct metrics *metrics, const struct rows *server, const struct rows *module);

/* Sets the order in which the client showed the sources; see `struct seen`. The
 * vGPU's channel is the lowest that showed the vGPU, or the first channel if none
 * did. Blank pictures, old ones stretched to a new size ("kept"), and those on a new
 * surface that is not yet painted whole ("unfinished") do not count. With a real VM, neither does
 * what a new surface's memory held before: Linux' driver of QXL announces a surface with its
 * content (QXL_SURF_FLAG_KEEP_DATA), and draws on it after that. */
void measure_shown_sources(const struct rows *client, bool real_vm, struct seen *seen);

/* The agent while nothing was played: in the steps `rest` of server.csv. And the most memory that
 * it has had. */
void measure_rest(struct metrics *metrics, const struct rows *server, const struct rows *cpu,
                  const struct rows *agent);

/* The limited link: `link`, the rows of link.csv. */
void measure_link(struct metrics *metrics, const struct rows *link);

/* Fills in foreign_cpu_pct of a run without frames, whose only process besides vdibench is the
 * VM. */
void measure_foreign_cpu(struct metrics *metrics, const struct rows *cpu);

#endif
