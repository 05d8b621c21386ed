/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/bitrate.h"

void bitrate_init(struct bitrate *bitrate, const struct bitrate_steps *steps)
{
    *bitrate = (struct bitrate){
        .steps = steps, .step = steps->count - 1, .patience = BITRATE_CALM_FEEDBACKS};
}

static bool go_to(struct bitrate *bitrate, unsigned step)
{
    bitrate->on_trial = step > bitrate->step;
    bitrate->step = step;
    bitrate->calm = 0;
    bitrate->stale = true;
    return true;
}

/* The highest step below the present one that fits into what passed. */
static bool lower(struct bitrate *bitrate, uint32_t achieved_kbps)
{
    uint64_t budget_kbps = (uint64_t)achieved_kbps * BITRATE_USED_PCT / 100;
    unsigned step = bitrate->step;

    bitrate->calm = 0;
    if (step == 0)
        return false;
    if (bitrate->on_trial && bitrate->patience < BITRATE_CALM_FEEDBACKS_MAX)
        bitrate->patience *= 2;
    do
        step--;
    while (step > 0 && bitrate->steps->kbps[step] > budget_kbps);
    return go_to(bitrate, step);
}

bool bitrate_feedback(struct bitrate *bitrate, const struct port_feedback *feedback,
                      unsigned running_step)
{
    if (running_step != bitrate->step)
        return false;
    if (bitrate->stale) {
        bitrate->stale = false;
        return false;
    }
    if (feedback->frames_in_flight >= BITRATE_QUEUE_FRAMES)
        return lower(bitrate, feedback->achieved_kbps);
    if (feedback->frames_dropped > 0) {
        bitrate->calm = 0;
        return false;
    }
    if (++bitrate->calm < bitrate->patience)
        return false;
    bitrate->calm = 0;
    if (bitrate->on_trial) { /* passed */
        bitrate->on_trial = false;
        bitrate->patience = BITRATE_CALM_FEEDBACKS;
    }
    return bitrate->step + 1 < bitrate->steps->count && go_to(bitrate, bitrate->step + 1);
}
