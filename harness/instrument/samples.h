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

#include <glib.h>
#include <stdint.h>

typedef struct Samples Samples;

/* Creates the file `path`, which must not exist yet, and writes `header`
 * (the column names, without a newline). NULL and `error` on failure. */
Samples *samples_open(const char *path, const char *header, GError **error);

/* Appends one row; the newline is added. Any thread may call it. Rows are
 * buffered: they are on disk after samples_flush() or samples_close().
 * NULL `samples` is allowed and writes nothing. */
void samples_row(Samples *samples, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Writes out what is buffered. False when a write failed since the file was
 * opened (disk full, say): the file is then incomplete. */
gboolean samples_flush(Samples *samples);

/* Flushes, closes and frees; NULL is allowed. Same result as flush. */
gboolean samples_close(Samples *samples);

/* CLOCK_MONOTONIC in nanoseconds: the only clock of a run. */
int64_t samples_now_ns(void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Samples, samples_close)

#endif
