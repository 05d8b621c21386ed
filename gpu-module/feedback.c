/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/feedback.h"

static void begin(struct feedback *feedback, int64_t now_ns)
{
    feedback->begun = true;
    feedback->begin_ns = now_ns;
    feedback->bytes = feedback->frames = feedback->in_flight = 0;
}

bool feedback_frame(struct feedback *feedback, int64_t now_ns, size_t bytes, unsigned in_flight,
                    uint64_t dropped, struct port_feedback *ret_feedback)
{
    if (!feedback->begun) { /* nothing is known of the time before the first frame */
        begin(feedback, now_ns);
        return false;
    }
    feedback->bytes += bytes;
    feedback->frames++;
    feedback->in_flight += in_flight;

    int64_t elapsed_ns = now_ns - feedback->begin_ns;
    if (elapsed_ns < FEEDBACK_INTERVAL_NS)
        return false;
    *ret_feedback = (struct port_feedback){
        .frames_in_flight =
            (uint32_t)((feedback->in_flight + feedback->frames / 2) / feedback->frames),
        .achieved_kbps = (uint32_t)((double)feedback->bytes * 8e6 / (double)elapsed_ns),
        .frames_dropped = (uint32_t)(dropped - feedback->dropped_reported),
    };
    feedback->dropped_reported = dropped;
    begin(feedback, now_ns);
    return true;
}
