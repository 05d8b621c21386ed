/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * amf: the encoder (agent/encoder.h) of AMD's cards, by AMD's runtime: H.264.
 *
 * Not run on hardware: tested with a double of the runtime (agent/tests/amf-fake.h).
 *
 * The card's drivers differ in which settings they know. Only the usage must be accepted:
 * ultra low latency, low latency, low latency with high quality and transcoding are tried in
 * this order, each as far as the component's Init, since a Polaris card refuses the first one
 * only there. Every other property is optional.
 *
 * One picture is inside at a time: get waits for its access unit, submit refuses the next
 * picture until then. A runtime that returns no access unit within AMF_UNIT_WAIT_MAX_MS has
 * hung: -ETIMEDOUT, and the encoder must be closed. A lost device is -ENODEV. A machine
 * without an AMD card, its driver, or its H.264 encoder is -ENOTSUP at open(), so that another
 * encoder follows (agent/first-encoder.h).
 *
 * A picture in memory is given to the runtime where it lies, one in a texture as the texture.
 * The pixels are BGRA; the runtime converts them. Widths and heights must be even.
 */
#ifndef AGENT_WINDOWS_AMF_H
#define AGENT_WINDOWS_AMF_H

#include "agent/encoder.h"
#include "agent/windows/amf-abi.h"

/* Hundreds of times what the slowest card needs for a picture. */
#define AMF_UNIT_WAIT_MAX_MS 1000
/* Where the runtime can wait for an access unit, it does so for this long: get may return so
 * much after its deadline. */
#define AMF_RUNTIME_WAIT_MS 10
/* Where there is none yet, the runtime is asked again after this time. */
#define AMF_POLL_MS 1

struct amf_runtime {
    amf_init_function init; /* NULL: there is no runtime */
    /* The ID3D11Device that the pictures' textures are of, asked for by each open(). NULL, or
     * one that returns NULL: the pictures are in memory, and the runtime has its own device. */
    void *(*device)(void *data);
    void *data;
};

/* Its error() has how it was opened, too, until something has failed ("AMF: usage low latency;
 * refused: InputQueueSize"). NULL: memory is short. */
struct encoder *amf_create(const struct amf_runtime *runtime);

#endif
