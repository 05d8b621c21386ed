/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * own-cost: the CPU time that the client spends on watching itself.
 *
 * Work that a viewer would not do (hashing access units, following frames,
 * reading pixels, writing rows) is enclosed by own_cost_begin() and
 * own_cost_end() in one thread; such spans do not nest. The sum is reported in
 * each answer to "units" and at the end, so that it can be subtracted from the
 * client's CPU time. A span itself costs about half a microsecond. Any thread.
 */
#ifndef VDIBENCH_OWN_COST_H
#define VDIBENCH_OWN_COST_H

#include <stdint.h>

/* Returns the value to be passed to own_cost_end(). */
int64_t own_cost_begin(void);
void own_cost_end(int64_t begun_ns);

/* The sum of all threads' spans since the program began. */
int64_t own_cost_total_ns(void);

#endif
