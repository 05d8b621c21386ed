/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/sessions/punctuality.h"

void punctuality_add(struct punctuality *sum, const struct join *join,
                     const struct slot_window *window)
{
    unsigned noted = 0;
    /* One slot may lie on the edge of the window. */
    unsigned room = (unsigned)((window->end_ns - window->begin_ns) / window->interval_ns) - 1;

    for (unsigned i = 0; i < join->frames->len; i++) {
        const struct frame *frame = &g_array_index(join->frames, struct frame, i);
        int64_t arrived_ns = window->receive_only ? frame->t5_ns : frame->t7_ns;
        if (frame->t0_ns < window->begin_ns || frame->t0_ns >= window->end_ns)
            continue;
        noted++;
        if (!arrived_ns)
            continue;
        double ms = (double)(arrived_ns - frame->t0_ns) / 1e6;
        if (arrived_ns - frame->t0_ns <= window->within_ns)
            sum->in_time++;
        else
            sum->late++;
        if (sum->delays_ms)
            g_array_append_val(sum->delays_ms, ms);
    }
    sum->slots += MAX(noted, room);
}

double punctuality_pct(const struct punctuality *sum)
{
    return sum->slots ? 100.0 * sum->in_time / sum->slots : 0;
}
