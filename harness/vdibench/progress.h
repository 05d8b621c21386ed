/*
 * progress: says on standard error what is being run and how long it takes.
 *
 * On a terminal one line that changes; elsewhere one line a repeat. Main
 * thread; it needs the default main context to run for the line to change.
 */
#ifndef VDIBENCH_PROGRESS_H
#define VDIBENCH_PROGRESS_H

#include <glib.h>

typedef struct Progress Progress;

/* `total_seconds`: what all repeats together are expected to take. */
Progress *progress_create(guint total, double total_seconds);
void progress_destroy(Progress *progress);

/* Repeat `repeat` of `repeats` of the case `name` begins; it is expected to
 * take `seconds`. */
void progress_begin(Progress *progress, const char *name, guint repeat, guint repeats,
                    double seconds);

/* It is over; `remark` (may be NULL) is told at once. */
void progress_end(Progress *progress, const char *remark);

#endif
