/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * x264: the encoder (agent/encoder.h) that runs on the guest's processor: libx264, by
 * libavcodec.
 *
 * All its work is done in one thread, which is called X264_THREAD so that its processor
 * time can be told apart: the conversion of the screen's BGRx pixels to YUV 4:2:0 (by
 * libyuv), and the encoding. The VUI declares BT.601 in limited range, because that is what
 * libyuv converts to; swscale, which knows BT.709, takes 15 times as long.
 *
 * Widths and heights must be even: 4:2:0 has one colour for two pixels.
 */
#ifndef AGENT_LINUX_X264_H
#define AGENT_LINUX_X264_H

#include "agent/encoder.h"

#define X264_THREAD "encoder"

/* `options`: names and values of libavcodec's options for libx264 ("preset", "veryfast",
 * "g", "60", ...), NULL after the last value; copied. Size, rate and bitrate are not among
 * them; with "crf" the settings' bitrate is only the limit. They are added to, and may
 * override, low delay: zerolatency, no B-frames, one thread, one reference frame. NULL:
 * memory is short. An option that libx264 does not know makes open fail with -EINVAL. */
struct encoder *x264_create(const char *const *options);

#endif
