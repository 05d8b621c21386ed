/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * encoding: the pictures of a recording, encoded while the agent plays them.
 *
 * Stands between replay, which chooses the picture of each slot, and an encoder
 * (agent/encoder.h). One thread at a time; the frames that it gives are released by any.
 */
#ifndef SIM_AGENT_ENCODING_H
#define SIM_AGENT_ENCODING_H

#include "agent/encoder.h"
#include "agent/frame.h"
#include "sim-agent/pictures.h"
#include "sim-agent/recording.h"

#include <stdbool.h>
#include <stdint.h>

struct encoding {
    struct encoder *encoder;
    const struct pictures *pictures; /* one for each unit of the recording */
    const struct recording *recording;
    uint32_t kbps; /* the highest bitrate */
    bool trailer;  /* each unit gets the access unit's trailer */
};

/* Begins with the size of the picture `index`. 0 or negative errno. */
int encoding_open(const struct encoding *encoding, unsigned index, uint32_t kbps);

/* Encodes a picture of that size and waits for its access unit. Fills in the frame's bytes,
 * size, key, release and owner. 0 or negative errno. */
int encoding_frame(const struct encoding *encoding, unsigned index, int64_t planned_ns,
                   struct frame *ret_frame);

/* zlib's crc32 of an encoded frame without its trailer, and its size without it. */
uint32_t encoding_crc(const struct frame *frame);
size_t encoding_unit_bytes(const struct frame *frame);

#endif
