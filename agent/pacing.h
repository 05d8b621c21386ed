/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * pacing: when the next picture of a live screen may be captured.
 *
 * A token bucket of two pictures. It is filled a sixteenth faster than the frame rate: a program
 * that draws at just that rate comes in any phase, and would be late by the same part of an
 * interval for ever, whenever something else was drawn in between; so it catches up within
 * some pictures. Pure; times in ns on CLOCK_MONOTONIC.
 */
#ifndef AGENT_PACING_H
#define AGENT_PACING_H

#include <stdint.h>

struct pacing {
    int64_t interval_ns; /* in which a picture is added to the bucket */
    int64_t next_ns;     /* the next picture may be captured from then on */
};

/* With a full bucket; fps_num / fps_den pictures a second, both at least 1. */
void pacing_init(struct pacing *pacing, int64_t now_ns, uint32_t fps_num, uint32_t fps_den);

/* A picture is captured now. */
void pacing_take(struct pacing *pacing, int64_t now_ns);

#endif
