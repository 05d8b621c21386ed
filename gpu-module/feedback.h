/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * feedback: the report to the agent on how its stream fares.
 *
 * Counted where a frame comes out of the port, and reported there: while nothing
 * comes there is nothing to report, and no timer runs. Pure, no allocation; the
 * caller has the clock (ns, CLOCK_MONOTONIC). One thread (the main loop).
 */
#ifndef FEEDBACK_H
#define FEEDBACK_H

#include "protocol/port-protocol.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Between two messages, at least: a dozen frames make a mean, and an agent that
 * has to lower its bitrate knows it within a second. */
#define FEEDBACK_INTERVAL_NS INT64_C(500000000)

/* Fields are private; zero-initialised is the state of a port just opened. */
struct feedback {
    bool begun;
    int64_t begin_ns;           /* of the present interval */
    uint64_t bytes;             /* since then */
    uint64_t frames, in_flight; /* since then; the sum of what they found */
    uint64_t dropped_reported;  /* of the total, in earlier messages */
};

/* A frame of `bytes` came out of the port; `in_flight` frames, itself included,
 * were between the port and the fastest client's socket when it began to come;
 * `dropped` counts those left out for slower clients since the port was opened. True when *ret_feedback is
 * to be sent. */
bool feedback_frame(struct feedback *feedback, int64_t now_ns, size_t bytes, unsigned in_flight,
                    uint64_t dropped, struct port_feedback *ret_feedback);

#ifdef __cplusplus
}
#endif
#endif
