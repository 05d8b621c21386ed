/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * x264: the encoder (agent/encoder.h) that runs on the guest's processor: libx264, by
 * libavcodec (agent/linux/libav-encoder.h).
 */
#ifndef AGENT_LINUX_X264_H
#define AGENT_LINUX_X264_H

#include "agent/encoder.h"

/* `options`: as libav_encoder_create() takes them. Size, rate and bitrate are not among them;
 * with "crf" the settings' bitrate is only the limit. They are added to, and may override, low
 * delay: zerolatency, no B-frames, one thread, one reference frame. NULL: memory is short. */
struct encoder *x264_create(const char *const *options);

#endif
