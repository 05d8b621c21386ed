#include "access-unit.h"

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
};

/* Offset of the first byte after the next start code (00 00 01) at or after
 * `from`, or SIZE_MAX when there is none. */
static size_t after_start_code(const uint8_t *bytes, size_t size, size_t from)
{
    const uint8_t *end = bytes + size;
    const uint8_t *at = bytes + from;

    /* memchr for the 01 is several times faster than a byte loop, and a start
     * code's 01 is rarer than zeros in coded slices. */
    while (at < end && (at = memchr(at, 0x01, (size_t)(end - at)))) {
        if (at - bytes >= (ptrdiff_t)from + 2 && at[-1] == 0 && at[-2] == 0)
            return (size_t)(at - bytes) + 1;
        at++;
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

static bool scan_byte_stream(const uint8_t *bytes, size_t size,
                             bool (*note_nal)(const uint8_t *, size_t, struct access_unit *),
                             struct access_unit *unit)
{
    size_t zeros = 0;

    if (size > ACCESS_UNIT_SCAN_MAX_BYTES)
        size = ACCESS_UNIT_SCAN_MAX_BYTES;
    while (zeros < size && bytes[zeros] == 0)
        zeros++;
    if (zeros < 2 || zeros == size || bytes[zeros] != 0x01)
        return false;

    for (size_t at = zeros + 1; at != SIZE_MAX; at = after_start_code(bytes, size, at)) {
        if (!note_nal(bytes + at, size - at, unit))
            return false;
        unit->nals++;
        if (unit->has_slice)
            break;
    }
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
    unsigned flags = profile_3 ? bytes[0] & 0x07u : bytes[0] & 0x0fu; /* show_existing_frame first */
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

bool access_unit_scan(enum port_codec codec, const uint8_t *bytes, size_t size,
                      struct access_unit *ret_unit)
{
    *ret_unit = (struct access_unit){ 0 };
    switch (codec) {
    case PORT_CODEC_H264:
        return scan_byte_stream(bytes, size, note_h264_nal, ret_unit);
    case PORT_CODEC_H265:
        return scan_byte_stream(bytes, size, note_h265_nal, ret_unit);
    case PORT_CODEC_VP8:
        return scan_vp8(bytes, size, ret_unit);
    case PORT_CODEC_VP9:
        return scan_vp9(bytes, size, ret_unit);
    case PORT_CODEC_MJPEG:
        return scan_mjpeg(bytes, size, ret_unit);
    }
    return false;
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
