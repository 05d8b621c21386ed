/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * waiting-frames: the decoded frames of one stream that the library has not
 * shown yet, and which of them it shows right now.
 *
 * With the appsink the library takes decoded frames in order, drops what is
 * late while a newer one waits, copies one to the canvas and emits
 * "display-invalidate". Nothing in the signal names the frame. But during it,
 * and at no other time, the library has that frame's buffer mapped for
 * reading, and memory that is mapped for reading refuses to be locked for
 * writing: so the frame is known exactly, also between equal pictures, and an
 * invalidate that comes from a draw command is told apart from one of a frame.
 * (channel-display-gst.c, display_frame(); gst_mini_object_lock().)
 *
 * A frame is referenced for as long as it waits, which keeps one or two
 * buffers more in the decoder's pool. The caller locks.
 */
#ifndef VDIBENCH_WAITING_FRAMES_H
#define VDIBENCH_WAITING_FRAMES_H

#include <gst/gst.h>
#include <stdbool.h>

/* The library's appsink holds two, one is on its way to the canvas and one is
 * blocked before the appsink. When more come, the oldest will never be shown. */
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

/* To be called from a "display-invalidate" handler: the frame being shown, if
 * it is one of these. It and all before it no longer wait. */
bool waiting_frames_take_shown(struct waiting_frames *frames, int *ret_unit);

void waiting_frames_clear(struct waiting_frames *frames);

#endif
