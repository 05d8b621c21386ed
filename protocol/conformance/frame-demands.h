/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * frame-demands: what a frame needs, beyond what the GPU module checks, so that a
 * client shows it completely and without delay.
 *
 * The module parses a frame only up to its first slice, and a client does not report
 * what is wrong behind that: its picture is late, stands still, or never appears. See
 * docs/port-protocol.md, "Frames". Checks H.264 (ITU-T H.264) and H.265 (ITU-T H.265),
 * and demands nothing of other codecs. One thread.
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

/* Checks the body of the next DATA. Returns NULL, or what is wrong as one static line. */
const char *frame_demands_check(struct frame_demands *demands, enum port_codec codec,
                                const uint8_t *bytes, size_t size);

DEFINE_AUTO_DESTROY(frame_demands, frame_demands_destroy)

#endif
