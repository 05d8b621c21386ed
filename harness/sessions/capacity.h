/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * capacity: the search for the largest number that still passes.
 *
 * The number grows by half until one fails; then the interval between the largest that
 * passed and the smallest that failed is halved. Pure, any thread.
 */
#ifndef VDIBENCH_CAPACITY_H
#define VDIBENCH_CAPACITY_H

#include <glib.h>
#include <stdbool.h>

struct capacity {
    unsigned passed; /* the largest number that has passed; 0: none yet */
    unsigned failed; /* the smallest that has failed; above `max`: none yet */
    unsigned max;
};

struct capacity capacity_begin(unsigned max);

/* The number to try next; 0 when the search has ended and `passed` is the answer. */
unsigned capacity_next(const struct capacity *capacity);

/* Reports whether `n`, which capacity_next() returned, has passed. */
void capacity_report(struct capacity *capacity, unsigned tried, bool passed);

#endif
