/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * own-cost: the CPU time that the client spends on watching itself.
 *
 * Whatever a viewer would not do (hashing access units, following frames,
 * reading pixels, writing rows) is put between own_cost_begin() and
 * own_cost_end() of one thread; spans do not nest. The sum is told with each
 * answer to "units" and at the end, so that it can be taken off the client's
 * CPU. Asking costs about half a microsecond a span itself. Any thread.
 */
#ifndef VDIBENCH_OWN_COST_H
#define VDIBENCH_OWN_COST_H

#include <stdint.h>

/* Gives what own_cost_end() needs. */
int64_t own_cost_begin(void);
void own_cost_end(int64_t begun_ns);

/* All threads' spans since the program began. */
int64_t own_cost_total_ns(void);

#endif
