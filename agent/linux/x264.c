/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/linux/x264.h"

#include "agent/linux/libav-encoder.h"

static const char *const options_of_kind[][2] = {
    {"tune", "zerolatency"},
    {"bf", "0"},
    {"refs", "1"},
    {"threads", "1"},
    {"forced-idr", "1"}, /* a key frame by request is an IDR picture */
    {NULL, NULL},
};

static const struct libav_kind kind = {
    .name = "libx264",
    .codec = PORT_CODEC_H264,
    .pictures = AV_PIX_FMT_YUV420P,
    .options = options_of_kind,
    /* An eighth of a second would spoil key frames, half of one lets them stand in a slow
     * link. */
    .buffer_parts_per_s = 4,
};

struct encoder *x264_create(const char *const *options)
{
    return libav_encoder_create(&kind, options);
}
