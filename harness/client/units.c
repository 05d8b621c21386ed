/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/units.h"

#include <zlib.h>

/* Enough for the slice header and the first macroblocks of any stream. */
#define SLICE_BYTES 32
/* Parameter sets and an SEI precede the first slice (x264's SEI has 700 bytes). */
#define SLICE_SEARCH_BYTES 4096
#define NAL_TYPE_MASK 0x1f

uint32_t units_slice(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i + 3 < size && i < SLICE_SEARCH_BYTES; i++) {
        if (bytes[i] != 0 || bytes[i + 1] != 0 || bytes[i + 2] != 1)
            continue;
        unsigned type = bytes[i + 3] & NAL_TYPE_MASK;
        if (type != 1 && type != 5) /* 1 and 5 are slices, 5 those of an IDR picture */
            continue;
        size_t left = size - (i + 3);
        return (uint32_t)crc32(0, bytes + i + 3, (uInt)(left < SLICE_BYTES ? left : SLICE_BYTES));
    }
    return 0;
}

unsigned units_add(struct units *units, uint64_t mark, uint32_t slice)
{
    unsigned at = units->received % UNITS_REMEMBERED;

    units->last[at].mark = mark;
    units->last[at].slice = slice;
    return units->received++;
}

static bool is_marked(uint64_t mark, const uint64_t *marks, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (marks[i] == mark)
            return true;
    return false;
}

bool units_take(struct units *units, const uint64_t *marks, unsigned count, uint32_t slice,
                unsigned *ret_unit)
{
    unsigned first = units->taken;
    bool found = false;

    if (units->received - first > UNITS_REMEMBERED)
        first = units->received - UNITS_REMEMBERED;
    for (unsigned unit = first; unit < units->received; unit++) {
        if (!is_marked(units->last[unit % UNITS_REMEMBERED].mark, marks, count))
            continue;
        bool same = units->last[unit % UNITS_REMEMBERED].slice == slice;
        if (!found || same)
            *ret_unit = unit;
        found = true;
        if (same)
            break;
    }
    if (found)
        units->taken = *ret_unit + 1;
    return found;
}
