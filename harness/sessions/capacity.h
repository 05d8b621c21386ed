/*
 * capacity: the search for the largest number that still passes.
 *
 * Grows by half of what has passed until something fails, then halves what is
 * between. Pure, any thread.
 */
#ifndef VDIBENCH_CAPACITY_H
#define VDIBENCH_CAPACITY_H

#include <glib.h>

typedef struct {
    guint passed; /* the largest number that has passed; 0: none yet */
    guint failed; /* the smallest that has failed; above `max`: none yet */
    guint max;
} Capacity;

Capacity capacity_begin(guint max);

/* The number to be tried next; 0 when `passed` is the answer. */
guint capacity_next(const Capacity *capacity);

/* What was tried, capacity_next() has asked for it. */
void capacity_tell(Capacity *capacity, guint tried, gboolean passed);

#endif
