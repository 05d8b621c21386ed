/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * libav-encoder: an encoder (agent/encoder.h) of libavcodec's. What libx264 and VA-API have in
 * common; each is a struct libav_kind (x264.c, vaapi.c).
 *
 * All its work is done in one thread, which is called LIBAV_ENCODER_THREAD so that its processor
 * time can be told apart: the conversion of the screen's BGRx pixels to YUV 4:2:0 (by
 * libyuv), for a card the upload, and the encoding. The VUI declares BT.601 in limited range,
 * because that is what libyuv converts to; swscale, which knows BT.709, takes 15 times as long.
 *
 * Widths and heights must be even: 4:2:0 has one colour for two pixels.
 */
#ifndef AGENT_LINUX_LIBAV_ENCODER_H
#define AGENT_LINUX_LIBAV_ENCODER_H

#include "agent/encoder.h"
#include "protocol/port-protocol.h"

#include <libavcodec/avcodec.h>

#define LIBAV_ENCODER_THREAD "encoder"
#define LIBAV_ENCODER_TEXT_BYTES 256

struct libav_kind {
    const char *name; /* libavcodec's: "libx264" */
    enum port_codec codec;
    enum AVPixelFormat pictures;     /* that it gets: YUV420P or NV12 */
    const char *const (*options)[2]; /* names and values; the last one is NULL */
    uint32_t buffer_parts_per_s;     /* of the bitrate: the buffer of the rate control, which it
                                        * may empty at once; 0: libavcodec's, a second */
    bool opens_for_bitrate;          /* another bitrate needs another context, and a key frame */
    /* NULL: it works in the system's memory. Otherwise sets hw_frames_ctx for pictures of its
     * size, and pix_fmt. 0 or negative errno, then with one line. */
    int (*use_device)(AVCodecContext *context, enum AVPixelFormat pictures,
                      char ret_error[LIBAV_ENCODER_TEXT_BYTES]);
};

/* `kind` must stay. `options`: names and values ("preset", "veryfast", "g", "60", ...), NULL
 * after the last value, or NULL; copied. They are added to the kind's, and may override them.
 * NULL: memory is short. An option that the encoder does not know makes open fail with
 * -EINVAL. */
struct encoder *libav_encoder_create(const struct libav_kind *kind, const char *const *options);

#endif
