/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * sessions: how many simulated VMs with their agents and clients the machine
 * carries at once.
 *
 * For each case of the scenario, and each kind of client, it starts more and
 * more sessions until fewer than 99 % of the frames arrive within one frame
 * interval of their slot, then narrows the number down. As `vdibench run` does, it goes
 * through all cases before it begins the next repeat. The results are sessions.csv and
 * sessions.txt in a results folder; results/README.md explains both.
 *
 * Main thread; runs the default main context, and takes SIGINT, SIGTERM and
 * SIGHUP: the results so far are kept.
 */
#ifndef VDIBENCH_SESSIONS_H
#define VDIBENCH_SESSIONS_H

#include "harness/plan/plan.h"

#include <stdbool.h>

#define SESSIONS_MAX 200

/* What the clients do with the frames that they receive, for --client. */
#define SESSIONS_CLIENTS "receive-only, decoding"

struct sessions_options {
    struct run_options run;     /* scenarios, filter, output, recording, command_line */
    const char *const *clients; /* of SESSIONS_CLIENTS; NULL: both */
    unsigned max;               /* more sessions are not tried */
};

/* Sets the exit status: 0 unless it was interrupted, or not even one session of some
 * case could be started. False and `error` if it could not begin. */
bool sessions(const struct layout *layout, const struct sessions_options *options, int *ret_status,
              GError **error);

#endif
