/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * vaapi: the encoder (agent/encoder.h) of a graphics card: VA-API, by libavcodec
 * (agent/linux/libav-encoder.h). Not run on hardware.
 *
 * It belongs into a process of its own (agent/linux/encoder-child.h): since August 2026 many
 * report that the H.264 encoder of AMD's cards hangs, and that Mesa ends the process after the
 * reset of the GPU (drm/amd issue 5595).
 *
 * One picture is under way at a time, none is reordered. The rate is constant, with the
 * buffer of a second that libavcodec chooses: a smaller one spoils the picture on AMD's cards.
 * For another bitrate the encoder is opened anew, which makes a key frame.
 */
#ifndef AGENT_LINUX_VAAPI_H
#define AGENT_LINUX_VAAPI_H

#include "agent/encoder.h"
#include "protocol/port-protocol.h"

/* H.264 or H.265, on the first render node that is no vGPU's. NULL: memory is short. */
struct encoder *vaapi_create(enum port_codec codec);

#endif
