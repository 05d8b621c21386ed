/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * progress: reports on standard error what is being run and how long it takes.
 *
 * On a terminal one line that changes; elsewhere one line a repeat. Main
 * thread; it needs the default main context to run for the line to change.
 */
#ifndef VDIBENCH_PROGRESS_H
#define VDIBENCH_PROGRESS_H

#include <glib.h>

struct progress;

/* `total_seconds`: what all repeats together are expected to take. */
struct progress *progress_create(unsigned total, double total_seconds);
void progress_destroy(struct progress *progress);

/* A repeat more than was planned, of so many seconds. */
void progress_extend(struct progress *progress, double seconds);

/* The `number`th of `of` repeats of that kind ("repeat", "warm-up"; it must stay until the
 * end) of the case `name` begins; it is expected to take `seconds`. */
void progress_begin(struct progress *progress, const char *name, const char *kind, unsigned number,
                    unsigned of, double seconds);

/* It is over; `remark` (may be NULL) is printed at once. */
void progress_end(struct progress *progress, const char *remark);

#endif
