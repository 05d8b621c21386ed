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
 *
 * Recorded access units are there at once. Two other ways show what an encoder costs:
 * - A model of a hardware encoder hands each of them over with a delay after its slot.
 *   Nothing else is modelled: it uses no processor, and is never late.
 * - An encoder in the loop encodes the pictures themselves. Then no picture is left out
 *   for a start or a key frame request, because any picture can become a key frame; and
 *   the bitrate changes with the next picture.
 */
#ifndef SIM_AGENT_REPLAY_H
#define SIM_AGENT_REPLAY_H

#include "agent/capture.h"
#include "sim-agent/encoding.h"
#include "sim-agent/ladder.h"

#include <stdbool.h>
#include <stdint.h>

/* `ladder` must outlive it, and its frames too. Free with replay_destroy(). */
struct capture *replay_create(const struct ladder *ladder);

/* The same with a delay: a model. */
struct capture *replay_create_model(const struct ladder *ladder, int64_t delay_ns);

/* The same with an encoder in the loop. The ladder has one step; `encoding` must outlive
 * it. The bitrate steps are parts of encoding->kbps. */
struct capture *replay_create_encoding(const struct ladder *ladder,
                                       const struct encoding *encoding);

/* zlib's crc32 of a frame's access unit, without the trailer. */
uint32_t replay_crc(const struct capture *capture, const struct frame *frame);

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
