/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * capture: where the agent's frames come from.
 *
 * A capture grabs the physical GPU's screen and encodes it (agent/live.h), or replays a
 * recording (sim-agent). All functions except the display events are called
 * by the capturing thread alone, in the order open, (describe, wait, frame, cursor,
 * request_key_frame)*, close, and again; set_step at any time.
 */
#ifndef AGENT_CAPTURE_H
#define AGENT_CAPTURE_H

#include "agent/bitrate.h"
#include "agent/cursor.h"
#include "agent/frame.h"

#include <stdbool.h>
#include <stdint.h>

struct capture;
struct os_wake;

/* What wait() reports; bits. */
enum capture_condition {
    CAPTURE_FRAME_DUE = 1u << 0,
    CAPTURE_MODE_CHANGED = 1u << 1, /* the size is another one: open it again */
    CAPTURE_CURSOR_DUE = 1u << 2,   /* the pointer has changed */
};

/* What wait_display_event() reports. */
enum capture_display_event {
    CAPTURE_EVENTS_ENDED,       /* there are no more */
    CAPTURE_RESOLUTION_CHANGED, /* what is captured has another size */
    CAPTURE_DISPLAYS_CHANGED,   /* what could not be captured perhaps can be now */
};

struct capture_description {
    uint32_t width_px;
    uint32_t height_px;
    uint8_t codec;    /* enum port_codec */
    uint32_t fps_num; /* capture slots a second: fps_num / fps_den */
    uint32_t fps_den;
};

struct capture_class {
    /* Starts capturing for the codec (enum port_codec; one of `codecs`). The
     * first frame afterwards is a key frame. 0 or negative errno; -ENOTSUP: it cannot encode
     * this codec any more. */
    int (*open)(struct capture *capture, uint8_t codec);

    /* What is being captured; valid from open on until the next open. */
    void (*describe)(struct capture *capture, struct capture_description *ret_description);

    /* NULL: a frame is due in each slot. Otherwise there are no slots: waits until one of
     * `wanted` (bits: CAPTURE_FRAME_DUE, CAPTURE_CURSOR_DUE, or none) is the case, the mode has
     * changed, `wake` is set, or os_now_ns() is `deadline_ns`. Bits of enum capture_condition,
     * 0 also early, or negative errno: the capture has failed. */
    int (*wait)(struct capture *capture, unsigned wanted, int64_t deadline_ns,
                struct os_wake *wake);

    /* Captures and encodes the picture of the slot at `planned_ns`, or where there are no
     * slots the present picture (then `planned_ns` is now). 0, or
     * -EAGAIN when there is no picture in this slot (then the next slot is
     * tried), or another negative errno: the capture has failed. */
    int (*frame)(struct capture *capture, int64_t planned_ns, struct frame *ret_frame);

    /* What has changed of the pointer since the last call; after open all of it. 0 and
     * *ret_cursor, the caller's from then on; -EAGAIN: nothing; or another negative errno: the
     * capture has failed. NULL where wait() never reports CAPTURE_CURSOR_DUE: what is captured
     * has no pointer. */
    int (*cursor)(struct capture *capture, struct cursor *ret_cursor);

    /* One of the next frames, as soon as can be, is to be a key frame. On a
     * screen that is still, too: then its picture comes once more. */
    void (*request_key_frame)(struct capture *capture);

    /* Frames as soon as can be of this bitrate step, below steps.count; also
     * while the capture is closed. The first frame of a step that needs it is a
     * key frame. NULL where there is one step. */
    void (*set_step)(struct capture *capture, unsigned step);

    /* Stops; frames that were handed out stay valid until their release. */
    void (*close)(struct capture *capture);

    /* The semaphore monitor's side. wait_display_event() waits for one of them, also while the
     * capture is closed. end_display_events() ends the waiting; any thread may call it, at any
     * time. */
    enum capture_display_event (*wait_display_event)(struct capture *capture);
    void (*end_display_events)(struct capture *capture);
};

struct capture {
    const struct capture_class *class;
    uint8_t codecs;             /* what it can encode: bit n = enum port_codec n */
    struct bitrate_steps steps; /* it begins with the highest */
};

#endif
