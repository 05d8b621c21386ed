/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "sim-agent/encoding.h"

#include "agent/os/clock.h"
#include "protocol/access-unit.h"
#include "protocol/port-protocol.h"

#include <errno.h>
#include <glib.h>
#include <string.h>
#include <zlib.h>

/* An encoder that takes longer for a picture hangs. */
#define WAIT_NS INT64_C(5000000000)

/* The owner of an encoded frame, in one piece with its bytes. */
struct encoded {
    uint32_t crc;
    size_t unit_bytes;
    uint8_t bytes[];
};

int encoding_open(const struct encoding *encoding, unsigned index, uint32_t kbps)
{
    const struct picture_at picture = pictures_at(encoding->pictures, index);
    const struct encoder_settings settings = {
        .width_px = picture.width_px,
        .height_px = picture.height_px,
        .fps_num = encoding->recording->fps_num,
        .fps_den = encoding->recording->fps_den,
        .kbps = kbps,
    };

    return encoding->encoder->class->open(encoding->encoder, &settings);
}

static void release(const struct frame *frame, void *owner)
{
    g_free(owner);
}

static int hand_over(const struct encoding *encoding, const struct encoder_unit *unit,
                     struct frame *ret_frame)
{
    const uint8_t *trailer_bytes;
    size_t trailer = encoding->trailer ? access_unit_trailer(PORT_CODEC_H264, &trailer_bytes) : 0;

    if (unit->size + trailer > PORT_DATA_MAX_BYTES)
        return -EMSGSIZE;
    struct encoded *encoded = g_malloc(sizeof *encoded + unit->size + trailer);

    encoded->crc = (uint32_t)crc32(0, unit->bytes, (unsigned)unit->size);
    encoded->unit_bytes = unit->size;
    memcpy(encoded->bytes, unit->bytes, unit->size);
    if (trailer > 0)
        memcpy(encoded->bytes + unit->size, trailer_bytes, trailer);
    ret_frame->bytes = encoded->bytes;
    ret_frame->size = unit->size + trailer;
    ret_frame->key = unit->key;
    ret_frame->release = release;
    ret_frame->owner = encoded;
    return 0;
}

int encoding_frame(const struct encoding *encoding, unsigned index, int64_t planned_ns,
                   struct frame *ret_frame)
{
    const struct picture_at at = pictures_at(encoding->pictures, index);
    const struct encoder_picture picture = {at.bgrx, at.stride_bytes, NULL, planned_ns};
    struct encoder *encoder = encoding->encoder;
    struct encoder_unit unit;

    int result = encoder->class->submit(encoder, &picture);
    if (result == 0)
        result = encoder->class->get(encoder, os_now_ns() + WAIT_NS, &unit);
    if (result < 0)
        return result == -EAGAIN ? -ETIMEDOUT : result;
    return hand_over(encoding, &unit, ret_frame);
}

uint32_t encoding_crc(const struct frame *frame)
{
    return ((const struct encoded *)frame->owner)->crc;
}

size_t encoding_unit_bytes(const struct frame *frame)
{
    return ((const struct encoded *)frame->owner)->unit_bytes;
}
