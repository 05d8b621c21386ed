/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * live: a capture (agent/capture.h) of a screen as it is: one source and one encoder.
 *
 * A picture is captured as soon as the screen has changed, the session permits it, and the
 * frame rate does (agent/pacing.h). So an unchanged screen costs nothing, and a slow port
 * costs captures and never makes a queue: what was drawn meanwhile is in the next picture. A
 * key frame that is requested comes at once, of an unchanged screen, too.
 *
 * A change of the mode is reported at once; one that follows soon after the last one is not,
 * for a screen that flaps would have its source and encoder opened without end.
 *
 * The source's pointer is handed over likewise: its shape when it is another one, and the place
 * where it is by then, at most once in LIVE_CURSOR_NS.
 *
 * A frame's planned_ns (t0) is when its change was noticed, or the key frame requested. The
 * access unit of a picture is out before the next picture goes into the encoder.
 */
#ifndef AGENT_LIVE_H
#define AGENT_LIVE_H

#include "agent/capture.h"
#include "agent/encoder.h"
#include "agent/source.h"

#include <stdint.h>

struct display_watch;

/* An encoder that takes longer for a picture hangs: the capture fails. */
#define LIVE_ENCODER_NS INT64_C(2000000000)

/* As often as a mouse reports its place (USB, 125 Hz); the GPU module hands on no more, either. */
#define LIVE_CURSOR_NS INT64_C(8000000)

/* A change of the mode that follows the last one this soon is reported so much later than it,
 * and the next ones twice as long each time. xrandr makes two or three changes of one. */
#define LIVE_MODE_FIRST_NS INT64_C(100000000)
#define LIVE_MODE_MAX_NS INT64_C(3200000000)

struct live_settings {
    uint8_t codecs;            /* of the encoder: bit n = enum port_codec n */
    uint32_t fps_num, fps_den; /* pictures a second, at most, but for what pacing.h allows */
    uint32_t kbps; /* of the highest of three steps; the next ones have half, a quarter */
    bool trailer;  /* each access unit has the codec's trailer (protocol/access-unit.h) */
    /* Called by the capturing thread when the source has failed, or an encoder that has more to
     * say than an errno, with its line of text, which is valid during the call; after that the
     * session reports AGENT_CAPTURE_BROKEN. */
    void (*failed)(void *data, const char *text);
    void *data;
    struct display_watch *watch; /* must outlive the capture; NULL: the system reports nothing */
};

/* `source` and `encoder` stay the caller's, must outlive the capture, and are used by its
 * thread alone. NULL: memory is short. */
struct capture *live_create(struct source *source, struct encoder *encoder,
                            const struct live_settings *settings);

/* After the session was destroyed. NULL is allowed. */
void live_destroy(struct capture *capture);

#endif
