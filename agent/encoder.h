/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * encoder: makes access units of pictures, one for each picture, in their order.
 *
 * What all encoders of an agent have in common: a processor's (agent/linux/x264.h) or a
 * graphics card's. A capture owns one and calls it from one thread, in the order open,
 * (submit, get)*, close, and again; force_key and set_bitrate at any time between. An
 * encoder may work in threads of its own. The shape follows neatvnc's
 * include/enc/encoder.h; submit and get are apart because a card works by itself
 * meanwhile.
 *
 * No B-frames and no look-ahead: an access unit depends on no later picture. H.264 in the
 * byte stream format (ITU-T H.264, annex B); each key frame is an IDR picture with its
 * parameter sets, so that a decoder can start at it. All errors are negative errno; after
 * any but -EAGAIN, -EBUSY and open's the encoder must be closed.
 */
#ifndef AGENT_ENCODER_H
#define AGENT_ENCODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct encoder;

struct encoder_settings {
    uint32_t width_px, height_px; /* of each picture until close */
    uint32_t fps_num, fps_den;    /* pictures a second: what the rate control assumes */
    uint32_t kbps;                /* the bitrate that is not to be exceeded, in 1000 bit/s */
    uint8_t codec;                /* enum port_codec; of interest where there are several */
};

/* A picture in the system's memory, as a screen has it: 32 bits a pixel, blue first, the
 * fourth byte without meaning. */
struct encoder_picture {
    const uint8_t *bgrx;
    size_t stride_bytes;
    void *texture;      /* or, where the encoder takes it, an ID3D11Texture2D; then bgrx is NULL */
    int64_t planned_ns; /* when it was due: returned with its access unit */
};

struct encoder_unit {
    const uint8_t *bytes; /* the encoder's, until the next submit or close */
    size_t size;
    bool key;
    int64_t planned_ns; /* of its picture */
};

struct encoder_class {
    /* Begins; the first unit is a key frame. -EINVAL: it cannot encode pictures of this
     * size or rate; another error: it cannot work here. It is closed after an error. */
    int (*open)(struct encoder *encoder, const struct encoder_settings *settings);

    /* Gives it a picture, whose pixels must stay until its unit was got or the encoder was
     * closed. Never waits. -EBUSY: get the unit of an earlier picture first. */
    int (*submit)(struct encoder *encoder, const struct encoder_picture *picture);

    /* The next access unit; waits for it until os_now_ns() is `deadline_ns`, and not at all
     * if that has passed. -EAGAIN: there is none yet, or no picture was submitted. */
    int (*get)(struct encoder *encoder, int64_t deadline_ns, struct encoder_unit *ret_unit);

    /* The next picture that is submitted becomes a key frame. */
    void (*force_key)(struct encoder *encoder);

    /* From the next picture on; `kbps` as in the settings. An encoder may take some pictures to
     * get there; one that has to begin anew for it (agent/linux/vaapi.h) makes a key frame. */
    void (*set_bitrate)(struct encoder *encoder, uint32_t kbps);

    /* One line on the last error: what, where, what to do. NULL: errno is all that is known. */
    const char *(*error)(const struct encoder *encoder);

    /* Ends, and drops what was submitted and not got. Also while it is closed. */
    void (*close)(struct encoder *encoder);

    /* Closes and frees. */
    void (*destroy)(struct encoder *encoder);
};

struct encoder {
    const struct encoder_class *class;
};

#endif
