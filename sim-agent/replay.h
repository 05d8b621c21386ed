/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * replay: the capture that plays a recording instead of grabbing a screen.
 *
 * Each slot gets the recording's next access unit; after the last one the recording
 * begins again (a new loop). A start and a key frame request move the position to the
 * next IDR picture, unless it is at one. A change of bitrate takes effect at the next key
 * frame. If the recording's resolution changes, this is reported to the semaphore monitor,
 * and nothing is captured until the restart.
 */
#ifndef SIM_AGENT_REPLAY_H
#define SIM_AGENT_REPLAY_H

#include "agent/capture.h"
#include "sim-agent/ladder.h"

#include <stdbool.h>

/* `ladder` must outlive it, and its frames too. Free with replay_destroy(). */
struct capture *replay_create(const struct ladder *ladder);
/* From the next frame on the screen is still: the recording's next key frame is the last
 * frame, until a key frame is requested or capturing starts again. Any thread. */
void replay_stand_still(struct capture *capture);

/* Whether that last frame has been captured. Any thread. */
bool replay_is_still(struct capture *capture);

/* While it hangs, capturing a frame does not return; it does when the hang ends. Any
 * thread. */
void replay_hang(struct capture *capture, bool hangs);

void replay_destroy(struct capture *capture);

#endif
