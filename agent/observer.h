/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * observer: what the agent reports to whoever runs it.
 *
 * The callbacks come from the agent's threads, each from the one named below,
 * and must not block: a frame waits meanwhile. All must be set.
 */
#ifndef AGENT_OBSERVER_H
#define AGENT_OBSERVER_H

#include "agent/agent.h"
#include "agent/frame.h"

#include <stdint.h>

struct observer {
    void *data;

    /* Instruction processing: a report of the session, kind AGENT_REPORT. Its
     * pointers are valid during the call only. */
    void (*report)(void *data, const struct agent_action *report);

    /* Transporting: a frame's first bytes have been handed to the port;
     * `begin_ns` was taken before the first try (t1). */
    void (*frame_begun)(void *data, const struct frame *frame, int64_t begin_ns);

    /* Transporting: the port has taken the frame's last byte. */
    void (*frame_sent)(void *data, const struct frame *frame, int64_t end_ns);

    /* Capturing: in this slot no frame could be captured, because the previous
     * one had not been sent completely. */
    void (*slot_skipped)(void *data, int64_t planned_ns);

    /* Any of the agent's threads: nothing of this slot was sent. The capture had no new
     * picture to give, or its frame was released before its first byte, because the host
     * had stopped the agent or the port was gone. */
    void (*slot_empty)(void *data, int64_t planned_ns);
};

#endif
