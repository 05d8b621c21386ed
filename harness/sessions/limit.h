/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * limit: why a machine does not carry one session more.
 *
 * Each reason is one line, "WORD: details"; the words are in results/README.md. Main
 * thread; limit_of_load() is pure.
 */
#ifndef VDIBENCH_LIMIT_H
#define VDIBENCH_LIMIT_H

#include "harness/sessions/punctuality.h"

#include <glib.h>
#include <stdbool.h>

/* The processors count as used up from here on: what is left over are the moments
 * in which nothing happened to be ready to run. */
#define LIMIT_BUSY_PCT 90
/* A session is not started with less memory than this available: the kernel would
 * begin to end processes, whosever they are. */
#define LIMIT_MEMORY_MIB 512
/* A session needs at most so many of this process's files. */
#define LIMIT_FILES 32

/* Who uses the processors. */
enum part { PART_SERVER, PART_CLIENT, PART_AGENT, PART_DRAWING, PART_HARNESS, PART_COUNT };

/* What the processors did while some number of sessions played, in percent of all
 * processors together; NAN: not known. */
struct load {
    double busy_pct;
    double part_pct[PART_COUNT];
};

/* Why the frames were not in time; `sum` is of frames that should have arrived within
 * `within_ms`. Free it. */
char *limit_of_load(const struct load *load, const struct punctuality *sum, double within_ms);

/* What all others than the sessions and the harness used, in percent of one of the
 * `processors`. */
double limit_foreign_pct(const struct load *load, unsigned processors);

/* Why a session could not be started: what the machine or this process has run out of,
 * or else `why`. Free it. */
char *limit_of_start(const char *why);

/* NULL while there is memory for one session more; otherwise the limit, to be freed. */
char *limit_of_memory(void);

#endif
