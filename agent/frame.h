/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * frame: one encoded picture on its way from the capture to the port.
 */
#ifndef AGENT_FRAME_H
#define AGENT_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame {
    const uint8_t *bytes; /* the body of a DATA message: one access unit */
    size_t size;
    bool key;           /* a decoder can start here */
    int64_t planned_ns; /* t0: the capture slot's time on CLOCK_MONOTONIC */
    uint32_t loop;      /* with `unit` the frame's identity; a live capture stays in loop 0 */
    uint32_t unit;
    unsigned step; /* of the capture's bitrate steps */
    /* Gives `bytes` back to its owner, from any thread; NULL where the bytes
     * outlive the session. Whoever holds the frame last calls frame_release(). */
    void (*release)(const struct frame *frame, void *owner);
    void *owner;
};

/* The id that the GPU module gets: the loop in the upper half, the unit in
 * the lower, counted from 1, for 0 means none. */
static inline uint64_t frame_id(const struct frame *frame)
{
    return (uint64_t)frame->loop << 32 | (frame->unit + UINT64_C(1));
}

static inline void frame_release(const struct frame *frame)
{
    if (frame->release)
        frame->release(frame, frame->owner);
}

#endif
