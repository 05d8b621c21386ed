#include "access-unit.h"

#include <string.h>

const uint8_t access_unit_trailer[] = {
    0x00, 0x00, 0x00, 0x01, 0x09, 0xf0,             /* access unit delimiter, any slice type */
    0x00, 0x00, 0x00, 0x01, 0x06, 0x03, 0x00, 0x80, /* SEI: filler payload of 0 bytes, stop bit */
};
_Static_assert(sizeof access_unit_trailer == ACCESS_UNIT_TRAILER_BYTES, "the header says so");

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

bool access_unit_scan(const uint8_t *bytes, size_t size, struct access_unit *ret_unit)
{
    struct access_unit unit = { 0 };
    size_t zeros = 0;

    while (zeros < size && bytes[zeros] == 0)
        zeros++;
    if (zeros < 2 || zeros == size || bytes[zeros] != 0x01)
        return false;

    size_t at = zeros + 1;
    for (;;) {
        if (at >= size || bytes[at] & 0x80)
            return false;
        unit.nals++;
        switch (bytes[at] & 0x1f) {
        case NAL_SLICE_IDR:
            unit.has_idr = true;
            /* fall through */
        case NAL_SLICE:
            unit.has_slice = true;
            *ret_unit = unit;
            return true;
        case NAL_SPS:
            unit.has_sps = true;
            break;
        case NAL_PPS:
            unit.has_pps = true;
            break;
        case NAL_AUD:
            unit.has_aud = true;
            break;
        default:
            break;
        }
        size_t next = after_start_code(bytes, size, at + 1);
        if (next == SIZE_MAX)
            break;
        at = next;
    }
    *ret_unit = unit;
    return true;
}

bool access_unit_is_key_frame(const struct access_unit *unit)
{
    return unit->has_idr && unit->has_sps && unit->has_pps;
}

bool access_unit_has_trailer(const uint8_t *bytes, size_t size)
{
    return size >= ACCESS_UNIT_TRAILER_BYTES &&
           memcmp(bytes + size - ACCESS_UNIT_TRAILER_BYTES, access_unit_trailer,
                  ACCESS_UNIT_TRAILER_BYTES) == 0;
}
