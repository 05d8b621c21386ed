/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * access-unit: what must be known of an encoded frame without decoding it.
 *
 * H.264 and H.265 in the byte stream format (annex B of ITU-T H.264, H.265),
 * VP8 (RFC 6386), VP9 (bitstream specification 0.6) and MJPEG (ITU-T T.81).
 * Pure functions over one access unit; nothing is allocated; any thread.
 */
#ifndef ACCESS_UNIT_H
#define ACCESS_UNIT_H

#include "protocol/port-protocol.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How far into a guest's access unit its first slice is looked for. Parameter
 * sets and SEI take a few hundred bytes, the largest SEI in use (captions, HDR
 * metadata, an encoder's settings) a few thousand; a frame without any slice must
 * not hold up the main loop for all of its 8 MiB. */
#define ACCESS_UNIT_SCAN_MAX_BYTES (64u * 1024)

/* nal_unit_type of H.264, ITU-T H.264 table 7-1. */
enum nal_type {
    NAL_SLICE = 1,
    NAL_SLICE_IDR = 5,
    NAL_SEI = 6,
    NAL_SPS = 7,
    NAL_PPS = 8,
    NAL_AUD = 9,
};

struct access_unit {
    bool has_slice; /* a coded slice: there is a picture; always, but for H.264 and H.265 */
    bool has_idr;   /* coded by itself: an IDR, IRAP or intra picture */
    bool has_vps, has_sps, has_pps, has_aud; /* H.264, H.265 */
    bool key_frame;                          /* a decoder that knows nothing can start here */
    unsigned nals;                           /* H.264, H.265: up to the first slice */
    size_t looked_at_bytes;                  /* what the scan has cost: up to the first slice */
};

/* Looks at an access unit of this codec. False when it is none: H.264, H.265:
 * the bytes do not begin with a start code (leading zero bytes are allowed), or
 * a NAL unit's header is cut or forbidden, or they are NAL units behind their
 * lengths (AVCC); VP8, VP9: a header that the specification forbids, or that is
 * cut; MJPEG: no start of image; any other codec. Reads to the first slice's
 * header at most: what follows it cannot change the answer, and a frame is large.
 *
 * For bytes that are trusted to be of a sensible size, files for example. */
bool access_unit_scan(enum port_codec codec, const uint8_t *bytes, size_t size,
                      struct access_unit *ret_unit);

/* The same for what a guest sends, as the module does it: NULL, or the error by
 * which the DATA is refused, static text. At most ACCESS_UNIT_SCAN_MAX_BYTES are
 * looked at: one that is larger must have its first slice there. */
const char *access_unit_check(enum port_codec codec, const uint8_t *bytes, size_t size,
                              struct access_unit *ret_unit);

/* A decoder that knows nothing can start with this access unit: for H.264 an
 * IDR picture with SPS and PPS, for H.265 an IRAP picture with VPS, SPS and
 * PPS, for VP8 and VP9 a key frame, for MJPEG each. */
static inline bool access_unit_is_key_frame(const struct access_unit *unit)
{
    return unit->key_frame;
}

/* The trailer: appended to an access unit it shows a parser that works on the
 * bare byte stream that the unit is over. Without it a client's h264parse
 * holds each frame until the next but one has begun, and shows a screen that
 * goes still one or two frames late (findings: 37-70 ms at 30 fps).
 * An access unit delimiter, then an SEI with an empty filler payload, which
 * decoders ignore (ITU-T H.264 7.3.2.4 and 7.3.2.3). The other codecs need
 * none: their frames come whole, and a client's h265parse takes each message
 * for a whole access unit (a trailer would be one more, without a picture).
 *
 * Gives its size, 0 for a codec without one (then *ret_bytes is NULL); the
 * bytes are static. */
size_t access_unit_trailer(enum port_codec codec, const uint8_t **ret_bytes);

/* The size without the trailer, where the bytes already end with the codec's. */
size_t access_unit_size(enum port_codec codec, const uint8_t *bytes, size_t size);

#ifdef __cplusplus
}
#endif
#endif
