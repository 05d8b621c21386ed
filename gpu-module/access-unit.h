/*
 * access-unit: what must be known of an encoded frame without decoding it.
 *
 * H.264 in the byte stream format of ITU-T H.264 annex B. Pure functions over
 * one access unit; nothing is allocated; any thread.
 */
#ifndef ACCESS_UNIT_H
#define ACCESS_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* nal_unit_type, ITU-T H.264 table 7-1. */
enum nal_type {
    NAL_SLICE = 1,
    NAL_SLICE_IDR = 5,
    NAL_SEI = 6,
    NAL_SPS = 7,
    NAL_PPS = 8,
    NAL_AUD = 9,
};

struct access_unit {
    bool has_slice; /* a coded slice: there is a picture */
    bool has_idr;   /* an IDR slice: a decoder can start here, given SPS and PPS */
    bool has_sps;
    bool has_pps;
    bool has_aud;
    unsigned nals;
};

/* Looks at the NAL units of an access unit. False when the bytes do not begin
 * with a start code (leading zero bytes are allowed) or a NAL unit is empty or
 * has its forbidden bit set. Reads at most to the first slice's header: what
 * follows the first slice NAL cannot change the answer, and a frame is large. */
bool access_unit_scan(const uint8_t *bytes, size_t size, struct access_unit *ret_unit);

/* A decoder that knows nothing can start with this access unit. */
bool access_unit_is_key_frame(const struct access_unit *unit);

/* The trailer: appended to an access unit it tells a parser that works on the
 * bare byte stream that the unit is over. Without it a client's h264parse
 * holds each frame until the next but one has begun, and shows a screen that
 * goes still one or two frames late (findings: 37-70 ms at 30 fps).
 * An access unit delimiter (7.3.2.4), then an SEI (7.3.2.3) with an empty
 * filler payload, which decoders ignore. */
extern const uint8_t access_unit_trailer[];
#define ACCESS_UNIT_TRAILER_BYTES 14

/* True when the bytes already end with access_unit_trailer. */
bool access_unit_has_trailer(const uint8_t *bytes, size_t size);

#ifdef __cplusplus
}
#endif
#endif
