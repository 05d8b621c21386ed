/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * bitrate: which of a capture's bitrate steps the agent uses.
 *
 * Follows the GPU module's feedback. A standing queue lowers at once, to what
 * the link was seen to carry; a time without one raises by one step, on trial;
 * after a trial that failed the next one waits twice as long. Frames that were
 * dropped for a slow client do not lower (one frozen client must not spoil the
 * picture of the others) but keep from raising.
 *
 * Pure; no clock: time is counted in feedbacks, which come every half second
 * while frames flow. Any thread.
 */
#ifndef AGENT_BITRATE_H
#define AGENT_BITRATE_H

#include "protocol/port-protocol.h"

#include <stdbool.h>
#include <stdint.h>

/* More steps than a quarter of the bitrate each is finer than a picture shows. */
#define BITRATE_STEPS_MAX 8

/* Frames in flight that are a queue: one is being sent, one waits (FLOW_WINDOW_FRAMES). */
#define BITRATE_QUEUE_FRAMES 2

/* What is used of the bitrate that was seen to pass: the rest drains the queue. */
#define BITRATE_USED_PCT 90

/* Feedbacks without a queue before a raise: 5 s. And 40 s at most, after raises
 * that failed. */
#define BITRATE_CALM_FEEDBACKS 10
#define BITRATE_CALM_FEEDBACKS_MAX 80

struct bitrate_steps {
    unsigned count;                   /* 1 or more */
    uint32_t kbps[BITRATE_STEPS_MAX]; /* ascending */
};

/* Fields but `step` are private to bitrate.c. */
struct bitrate {
    const struct bitrate_steps *steps;
    unsigned step;     /* that is wanted */
    unsigned calm;     /* feedbacks in a row without a queue or a drop */
    unsigned patience; /* that many before a raise */
    bool on_trial;     /* the last change was a raise */
    bool stale;        /* the next feedback is still about the last step */
};

/* Begins at the highest step. `steps` must stay. */
void bitrate_init(struct bitrate *bitrate, const struct bitrate_steps *steps);

/* Feedback came while frames of `running_step` were sent. True when `step` has
 * changed. While the frames are not yet of the step that is wanted nothing does. */
bool bitrate_feedback(struct bitrate *bitrate, const struct port_feedback *feedback,
                      unsigned running_step);

#endif
