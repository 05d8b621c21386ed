/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * samples: the file to which one process of a run appends what it saw.
 *
 * A sample file is CSV: one header line, then one row an event, each row
 * beginning with the event's name and its time on CLOCK_MONOTONIC in
 * nanoseconds. A process computes nothing from its rows; the harness joins
 * the files of all processes afterwards (see results/README.md).
 */
#ifndef VDIBENCH_SAMPLES_H
#define VDIBENCH_SAMPLES_H

#include "auto-destroy.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct samples;

/* Creates the file `path`, which must not exist yet, and writes `header`
 * (the column names, without a newline). NULL and `error` on failure. */
struct samples *samples_open(const char *path, const char *header, GError **error);

/* Appends one row; the newline is added. Any thread may call it. Rows are
 * buffered: they are on disk after samples_flush() or samples_close().
 * NULL `samples` is allowed and writes nothing. */
void samples_row(struct samples *samples, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Writes out what is buffered. False when a write failed since the file was
 * opened (for example because the disk is full): the file is then incomplete. */
bool samples_flush(struct samples *samples);

/* Flushes, closes and frees; NULL is allowed. Same result as flush. */
bool samples_close(struct samples *samples);

/* CLOCK_MONOTONIC in nanoseconds: the only clock of a run. */
int64_t samples_now_ns(void);

DEFINE_AUTO_DESTROY(samples, samples_close)

#endif
