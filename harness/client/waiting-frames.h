/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * waiting-frames: the decoded frames of one stream that the library has not
 * shown yet, and which of them it is showing now.
 *
 * With the appsink the library takes decoded frames in order, drops late ones
 * while a newer one waits, copies one to the canvas and emits
 * "display-invalidate". The signal does not name the frame. But while it is
 * emitted, and at no other time, the library has that frame's buffer mapped for
 * reading, and memory that is mapped for reading cannot be locked for writing.
 * This identifies the frame exactly, even among equal pictures, and distinguishes
 * the invalidate of a frame from that of a draw command.
 * (channel-display-gst.c, display_frame(); gst_mini_object_lock().)
 *
 * A reference is held to each waiting frame, which keeps one or two more buffers
 * of the decoder's pool in use. The caller locks.
 */
#ifndef VDIBENCH_WAITING_FRAMES_H
#define VDIBENCH_WAITING_FRAMES_H

#include <gst/gst.h>
#include <stdbool.h>

/* The library's appsink holds two frames, one is being copied to the canvas and one
 * is blocked before the appsink. Beyond that, the oldest will never be shown. */
#define WAITING_FRAMES_MAX 8

struct waiting_frames {
    struct {
        GstBuffer *buffer;
        int unit;
    } frames[WAITING_FRAMES_MAX]; /* oldest first */
    unsigned count;
};

/* Begins empty: struct waiting_frames frames = {0}. */

/* `unit` is the index of the frame's access unit, or -1 where it is unknown. */
void waiting_frames_add(struct waiting_frames *frames, GstBuffer *buffer, int unit);

/* To be called from a "display-invalidate" handler: removes the frame being shown
 * and all before it. False when the signal is not due to one of these frames. */
bool waiting_frames_take_shown(struct waiting_frames *frames, int *ret_unit);

void waiting_frames_clear(struct waiting_frames *frames);

#endif
