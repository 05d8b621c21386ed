/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * replay: the capture that plays a recording instead of grabbing a screen.
 *
 * Each slot gets the recording's next access unit; at the end it begins again
 * (a new loop). A start and a key frame request go on at the next IDR at or
 * after the present position. Of several bitrates another is gone over to at
 * the next key frame. Where the recording's resolution changes, the
 * semaphore monitor hears of it and nothing is captured until the restart.
 */
#ifndef SIM_AGENT_REPLAY_H
#define SIM_AGENT_REPLAY_H

#include "agent/capture.h"
#include "sim-agent/ladder.h"

#include <stdbool.h>

/* `ladder` must outlive it, and its frames too. Free with replay_destroy(). */
struct capture *replay_create(const struct ladder *ladder);
/* From the next frame on nothing moves any more: the recording's next key frame
 * is the last one, until a key frame is asked for or capturing begins anew. Any
 * thread. */
void replay_stand_still(struct capture *capture);

/* The last frame was that one. Any thread. */
bool replay_is_still(struct capture *capture);

/* While it hangs a frame that is captured does not come; one that waits then
 * comes when it hangs no more. Any thread. */
void replay_hang(struct capture *capture, bool hangs);

void replay_destroy(struct capture *capture);

#endif
