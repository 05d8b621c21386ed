/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * frame-demands: what a frame must be so that a client shows it, whole and at
 * once, beyond what the GPU module refuses.
 *
 * The module looks no further than a frame's first slice; what is wrong there a
 * decoder finds out, and reports nothing: the client's picture is late, stands
 * still, or never comes. docs/port-protocol.md, "Frames". H.264 (ITU-T H.264)
 * and H.265 (ITU-T H.265); of other codecs nothing is demanded. One thread.
 */
#ifndef FRAME_DEMANDS_H
#define FRAME_DEMANDS_H

#include "auto-destroy.h"
#include "protocol/port-protocol.h"

#include <glib.h>
#include <stdint.h>

struct frame_demands;

/* Remembers the parameter sets of one session. */
struct frame_demands *frame_demands_create(void);
void frame_demands_destroy(struct frame_demands *demands);

/* Looks at the body of the next DATA. NULL, or what is wrong: one line, static. */
const char *frame_demands_check(struct frame_demands *demands, enum port_codec codec,
                                const uint8_t *bytes, size_t size);

DEFINE_AUTO_DESTROY(frame_demands, frame_demands_destroy)

#endif
