/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "protocol/access-unit.h"

#include <string.h>

/* nal_unit_type, ITU-T H.265 table 7-1. */
enum h265_nal {
    H265_IRAP_FIRST = 16, /* BLA_W_LP */
    H265_IRAP_LAST = 23,  /* RSV_IRAP_VCL23 */
    H265_VCL_LAST = 31,
    H265_VPS = 32,
    H265_SPS = 33,
    H265_PPS = 34,
    H265_AUD = 35,
    H265_SEI_LAST = 40, /* SUFFIX_SEI_NUT */
};

/* NAL units of an access unit behind their lengths that are looked at: a frame
 * has a few parameter sets and slices. */
#define AVCC_NALS_MAX 64u

/* Offset of the first byte after the next start code (00 00 01) at or after
 * `from`, or SIZE_MAX when there is none. */
static size_t after_start_code(const uint8_t *bytes, size_t size, size_t from)
{
    /* `at` is where the 01 may be: by its value the next one is 1 or 3 further. */
    for (size_t at = from + 2; at < size;) {
        if (bytes[at] == 1 && bytes[at - 1] == 0 && bytes[at - 2] == 0)
            return at + 1;
        at += bytes[at] == 0 ? 1 : 3;
    }
    return SIZE_MAX;
}

/* Each notes what the NAL unit at `nal` is; false when that is no NAL unit. */

static bool note_h264_nal(const uint8_t *nal, size_t bytes, struct access_unit *unit)
{
    if (bytes < 1 || nal[0] & 0x80) /* forbidden_zero_bit */
        return false;
    switch (nal[0] & 0x1f) {
    case NAL_SLICE_IDR:
        unit->has_idr = true;
        unit->has_slice = true;
        break;
    case NAL_SLICE:
        unit->has_slice = true;
        break;
    case NAL_SPS:
        unit->has_sps = true;
        break;
    case NAL_PPS:
        unit->has_pps = true;
        break;
    case NAL_AUD:
        unit->has_aud = true;
        break;
    default:
        break;
    }
    unit->key_frame = unit->has_idr && unit->has_sps && unit->has_pps;
    return true;
}

static bool note_h265_nal(const uint8_t *nal, size_t bytes, struct access_unit *unit)
{
    if (bytes < 2 || nal[0] & 0x80 || (nal[1] & 0x07) == 0) /* nuh_temporal_id_plus1 */
        return false;
    if (nal[0] & 0x01 || nal[1] >> 3) /* nuh_layer_id: decoders of version 1 leave it out */
        return true;

    unsigned type = nal[0] >> 1;
    if (type <= H265_VCL_LAST) {
        unit->has_slice = true;
        unit->has_idr = type >= H265_IRAP_FIRST && type <= H265_IRAP_LAST;
    } else if (type == H265_VPS) {
        unit->has_vps = true;
    } else if (type == H265_SPS) {
        unit->has_sps = true;
    } else if (type == H265_PPS) {
        unit->has_pps = true;
    } else if (type == H265_AUD) {
        unit->has_aud = true;
    }
    unit->key_frame = unit->has_idr && unit->has_vps && unit->has_sps && unit->has_pps;
    return true;
}

/* Each: whether a NAL unit has the header of one that an access unit may hold;
 * *ret_slice when it is a picture's first slice. */

static bool h264_nal_may_be(const uint8_t *nal, size_t bytes, bool *ret_slice)
{
    if (bytes < 2 || nal[0] & 0x80)
        return false;
    const bool reference = nal[0] >> 5; /* nal_ref_idc */
    switch (nal[0] & 0x1f) {
    case NAL_SLICE:
    case NAL_SLICE_IDR:
        *ret_slice = nal[1] & 0x80; /* first_mb_in_slice: 0 */
        return reference || (nal[0] & 0x1f) == NAL_SLICE;
    case NAL_SPS:
    case NAL_PPS:
        return reference;
    case NAL_SEI:
    case NAL_AUD:
        return !reference;
    default:
        return false;
    }
}

static bool h265_nal_may_be(const uint8_t *nal, size_t bytes, bool *ret_slice)
{
    if (bytes < 3 || nal[0] & 0x81 || nal[1] >> 3 || !(nal[1] & 0x07)) /* of layer 0 */
        return false;
    *ret_slice =
        nal[0] >> 1 <= H265_VCL_LAST && nal[2] & 0x80; /* first_slice_segment_in_pic_flag */
    return nal[0] >> 1 <= H265_SEI_LAST;
}

/* NAL units behind their lengths: a first one of 256 to 511 bytes looks like a
 * start code, 00 00 01. The lengths end exactly where the bytes do, and one of
 * the units is a picture's first slice. A start code of three bytes and its NAL
 * unit never read like that: where the slice's header would be are its bits. */
static bool is_avcc(const uint8_t *bytes, size_t size,
                    bool (*nal_may_be)(const uint8_t *, size_t, bool *))
{
    bool has_slice = false;
    size_t at = 0;

    for (unsigned nals = 0; nals < AVCC_NALS_MAX && size - at > 4; nals++) {
        const size_t length = (size_t)bytes[at] << 24 | (size_t)bytes[at + 1] << 16 |
                              (size_t)bytes[at + 2] << 8 | bytes[at + 3];
        bool slice = false;
        at += 4;
        if (length > size - at || !nal_may_be(bytes + at, length, &slice))
            return false;
        has_slice = has_slice || slice;
        at += length;
    }
    return at == size && has_slice;
}

static bool scan_byte_stream(const uint8_t *bytes, size_t size, size_t max_bytes,
                             bool (*note_nal)(const uint8_t *, size_t, struct access_unit *),
                             bool (*nal_may_be)(const uint8_t *, size_t, bool *),
                             struct access_unit *unit)
{
    const size_t end = size < max_bytes ? size : max_bytes;
    size_t zeros = 0;

    while (zeros < end && bytes[zeros] == 0)
        zeros++;
    unit->looked_at_bytes = zeros;
    if (zeros < 2 || zeros == end || bytes[zeros] != 0x01 ||
        (zeros == 2 && is_avcc(bytes, size, nal_may_be)))
        return false;

    for (size_t at = zeros + 1; at != SIZE_MAX; at = after_start_code(bytes, end, at)) {
        unit->looked_at_bytes = at;
        if (!note_nal(bytes + at, end - at, unit))
            return false;
        unit->nals++;
        if (unit->has_slice)
            return true;
    }
    unit->looked_at_bytes = end;
    return true;
}

/* RFC 6386, 9.1: the frame tag, and a key frame's start code and dimensions. */
static bool scan_vp8(const uint8_t *bytes, size_t size, struct access_unit *unit)
{
    if (size < 3)
        return false;
    bool key = !(bytes[0] & 0x01);
    unsigned version = bytes[0] >> 1 & 0x07;
    size_t first_part_bytes = (size_t)(bytes[0] >> 5 | bytes[1] << 3 | bytes[2] << 11);
    size_t header_bytes = key ? 10 : 3;

    if (version > 3 || size < header_bytes || first_part_bytes > size - header_bytes)
        return false;
    if (key && (bytes[3] != 0x9d || bytes[4] != 0x01 || bytes[5] != 0x2a))
        return false;
    unit->has_slice = true;
    unit->has_idr = unit->key_frame = key;
    return true;
}

/* The uncompressed header, VP9 bitstream specification 6.2. A superframe begins
 * with its first frame: what a decoder can start with begins with a key frame. */
static bool scan_vp9(const uint8_t *bytes, size_t size, struct access_unit *unit)
{
    if (size < 1 || bytes[0] >> 6 != 2) /* frame_marker */
        return false;
    unit->has_slice = true;

    /* The flags after the profile's two bits; profile 3 has a reserved bit more. */
    bool profile_3 = (bytes[0] >> 4 & 0x03) == 3;
    unsigned flags =
        profile_3 ? bytes[0] & 0x07u : bytes[0] & 0x0fu; /* show_existing_frame first */
    unsigned left = profile_3 ? 3 : 4;

    if (profile_3 && bytes[0] & 0x08) /* reserved_zero */
        return false;
    if (flags >> (left - 1) & 1) /* show_existing_frame */
        return true;
    if (flags >> (left - 2) & 1) /* frame_type: NON_KEY_FRAME */
        return true;

    /* frame_sync_code follows show_frame and error_resilient_mode: at the next
     * byte, for profile 3 a bit later. */
    if (size < (profile_3 ? 5u : 4u))
        return false;
    uint32_t sync = (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    if (profile_3)
        sync = (sync << 1 | bytes[4] >> 7) & 0xffffff;
    if (sync != 0x498342)
        return false;
    unit->has_idr = unit->key_frame = true;
    return true;
}

/* ITU-T T.81, B.2.1: SOI, and the marker that must follow it. */
static bool scan_mjpeg(const uint8_t *bytes, size_t size, struct access_unit *unit)
{
    if (size < 3 || bytes[0] != 0xff || bytes[1] != 0xd8 || bytes[2] != 0xff)
        return false;
    unit->has_slice = unit->has_idr = unit->key_frame = true;
    return true;
}

static bool scan(enum port_codec codec, const uint8_t *bytes, size_t size, size_t max_bytes,
                 struct access_unit *ret_unit)
{
    *ret_unit = (struct access_unit){0};
    switch (codec) {
    case PORT_CODEC_H264:
        return scan_byte_stream(bytes, size, max_bytes, note_h264_nal, h264_nal_may_be, ret_unit);
    case PORT_CODEC_H265:
        return scan_byte_stream(bytes, size, max_bytes, note_h265_nal, h265_nal_may_be, ret_unit);
    case PORT_CODEC_VP8:
        return scan_vp8(bytes, size, ret_unit);
    case PORT_CODEC_VP9:
        return scan_vp9(bytes, size, ret_unit);
    case PORT_CODEC_MJPEG:
        return scan_mjpeg(bytes, size, ret_unit);
    }
    return false;
}

bool access_unit_scan(enum port_codec codec, const uint8_t *bytes, size_t size,
                      struct access_unit *ret_unit)
{
    return scan(codec, bytes, size, SIZE_MAX, ret_unit);
}

const char *access_unit_check(enum port_codec codec, const uint8_t *bytes, size_t size,
                              struct access_unit *ret_unit)
{
    if (!scan(codec, bytes, size, ACCESS_UNIT_SCAN_MAX_BYTES, ret_unit))
        return "DATA: not a frame of the FORMAT's codec (H.264, H.265: in byte stream format)";
    if (!ret_unit->has_slice && size > ACCESS_UNIT_SCAN_MAX_BYTES)
        return "DATA: no slice within the first 64 KiB (H.264, H.265)";
    return NULL;
}

size_t access_unit_trailer(enum port_codec codec, const uint8_t **ret_bytes)
{
    static const uint8_t h264[] = {
        0x00, 0x00, 0x00, 0x01, 0x09, 0xf0,             /* AUD, any slice type */
        0x00, 0x00, 0x00, 0x01, 0x06, 0x03, 0x00, 0x80, /* SEI: filler of 0 bytes, stop bit */
    };

    *ret_bytes = codec == PORT_CODEC_H264 ? h264 : NULL;
    return codec == PORT_CODEC_H264 ? sizeof h264 : 0;
}

size_t access_unit_size(enum port_codec codec, const uint8_t *bytes, size_t size)
{
    const uint8_t *trailer;
    size_t trailer_bytes = access_unit_trailer(codec, &trailer);

    if (trailer_bytes == 0 || size < trailer_bytes ||
        memcmp(bytes + size - trailer_bytes, trailer, trailer_bytes) != 0)
        return size;
    return size - trailer_bytes;
}
