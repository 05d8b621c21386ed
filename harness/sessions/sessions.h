/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * sessions: how many simulated VMs with their agents and clients the machine
 * carries at once, and what limits it.
 *
 * For each case of the scenario it starts more and more sessions until fewer than 99 %
 * of the frames arrive in time, then narrows the number down. As `vdibench run` does,
 * it goes through all cases before it begins the next repeat. Every client that decodes
 * is judged by what it shows (t7), whatever the route. Clients that only receive are a
 * case of their own, judged by what they receive (t5), with the sink `receive-only`.
 *
 * Each repeat of the search is a repeat of the result, with the metric sessions_max and
 * its limit. The folder keeps the samples of every session, and sessions.csv has each
 * number that was tried; results/README.md explains both.
 *
 * Main thread; runs the default main context, and takes SIGINT, SIGTERM and
 * SIGHUP: the results so far are kept.
 */
#ifndef VDIBENCH_SESSIONS_H
#define VDIBENCH_SESSIONS_H

#include "harness/plan/plan.h"
#include "harness/result/result.h"

#include <stdbool.h>

/* More than any machine of today has memory for: a session is three processes. It is
 * reported as the limit if it is reached. */
#define SESSIONS_MAX 10000
/* Until so many minutes are over, another search begins. */
#define SESSIONS_MINUTES 120

/* What the clients do with the frames that they receive, for --client. */
#define SESSIONS_CLIENTS "receive-only, decoding"

struct sessions_options {
    struct run_options run;     /* scenarios, filter, output, recording, command_line */
    const char *const *clients; /* of SESSIONS_CLIENTS; NULL: decoding */
    unsigned max;               /* more sessions are not tried */
    unsigned within_ms;         /* of its slot a frame has to arrive; 0: one frame interval */
    unsigned minutes;           /* then no further search begins */
};

/* Leaves result.json and sessions.csv. Sets the exit status: 0 unless it was
 * interrupted, or not every case has all its repeats. NULL and `error` if it could not
 * begin, or its results could not be written. */
struct result *sessions(const struct layout *layout, const struct sessions_options *options,
                        int *ret_status, GError **error);

#endif
