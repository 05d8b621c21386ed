/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * sample-check: whether a sample file holds what is computed from it.
 *
 * A field that is missing would be taken for another number, and a mark that is missing
 * for another window. So each of these is an error: a column, a field, or a mark of a
 * window that is not there; a thread or process that was not sampled at a mark. The
 * table in the source says what each event needs. Pure functions, any thread.
 */
#ifndef VDIBENCH_SAMPLE_CHECK_H
#define VDIBENCH_SAMPLE_CHECK_H

#include "harness/evaluate/rows.h"

/* `part` is the process or observer whose file it is: "agent", "client", "vm", "cpu",
 * "server", "module". False and `error`, one line that names `file`. */
bool sample_check(const struct rows *rows, const char *part, const char *file, GError **error);

#endif
