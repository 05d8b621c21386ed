/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * sample-check: whether a sample file holds what is computed from it.
 *
 * A field that is missing would be taken for another number, and a mark that is missing
 * for another window. So each of these is an error: a column, a field, or a mark of a
 * window that is not there; a thread or process that was not sampled at a mark; an event,
 * a picture's source or a frame's fate that is unknown. The tables in the source have what
 * each event needs, and the words. Pure functions, any thread.
 */
#ifndef VDIBENCH_SAMPLE_CHECK_H
#define VDIBENCH_SAMPLE_CHECK_H

#include "harness/evaluate/rows.h"

/* `part` is the process or observer whose file it is: "agent", "client", "vm", "cpu",
 * "server", "module", "link", or "frames" of the join. False and `error`, one line that names
 * `file`. */
bool sample_check(const struct rows *rows, const char *part, const char *file, GError **error);

/* Of the processor's samples of a run that went on to its end: its last window has ended, too.
 * Otherwise the file was cut, and the window would be left out. */
bool sample_check_ended(const struct rows *cpu, const char *file, GError **error);

#endif
