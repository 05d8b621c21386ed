/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * capacity: the search for the largest number that still passes.
 *
 * Grows by half of what has passed until something fails, then halves what is
 * between. Pure, any thread.
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

/* The number to be tried next; 0 when `passed` is the answer. */
unsigned capacity_next(const struct capacity *capacity);

/* What was tried, capacity_next() has asked for it. */
void capacity_tell(struct capacity *capacity, unsigned tried, bool passed);

#endif
