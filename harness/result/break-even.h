/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * break-even: how much a hardware encoder may cost until our route is no better than a
 * rival that needs none.
 *
 * Such a rival's frames are drawn by the vGPU. Our route is taken without an encoder:
 * `model-0ms`, or if that was not run `replay`; of several sinks the quickest. What the
 * rival has more is what an encoder may take. Where it has less, so that a number is
 * negative, the rival is better whatever the encoder. Pure functions, any thread.
 */
#ifndef VDIBENCH_BREAK_EVEN_H
#define VDIBENCH_BREAK_EVEN_H

#include "harness/result/result.h"

struct break_even {
    const struct result_case *ours, *rival; /* the result's */
    double latency_ms; /* of latency_ms_p50; NAN if a case lacks it, as below */
    double cpu_ms;     /* of total_cpu_ms_per_frame */
};

/* One for each rival that passed and has either number, in the run's order (struct
 * break_even); free it. The result must outlive it. */
GArray *break_even_find(const struct result *result);

#endif
