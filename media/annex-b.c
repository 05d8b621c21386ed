/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "media/annex-b.h"

#include "protocol/access-unit.h"

#define UE_MAX_BITS 16

/* Offset of the next 00 00 01 at or after `from`, or `size`. */
static size_t find_start_code(const uint8_t *bytes, size_t size, size_t from)
{
    for (size_t at = from; at + 3 <= size; at++)
        if (bytes[at] == 0 && bytes[at + 1] == 0 && bytes[at + 2] == 1)
            return at;
    return size;
}

static bool is_slice(uint8_t header)
{
    uint8_t type = header & 0x1f;

    return type >= NAL_SLICE && type <= NAL_SLICE_IDR; /* 2 to 4: data partitions */
}

bool annex_b_next_before_slice(const uint8_t *bytes, size_t size, size_t from, struct nal *ret_nal)
{
    size_t code = find_start_code(bytes, size, from);

    ret_nal->at = ret_nal->end = MIN(code + 3, size);
    if (ret_nal->at == size || is_slice(bytes[ret_nal->at]))
        return false;
    ret_nal->end = find_start_code(bytes, size, ret_nal->at);
    /* The zero byte of a four-byte start code, and trailing zeros. */
    while (ret_nal->end > ret_nal->at + 1 && bytes[ret_nal->end - 1] == 0)
        ret_nal->end--;
    return true;
}

static bool read_bit(const uint8_t *bytes, size_t size, size_t *bit, unsigned *ret_value)
{
    if (*bit / 8 >= size)
        return false;
    *ret_value = *ret_value << 1 | (bytes[*bit / 8] >> (7 - *bit % 8) & 1);
    (*bit)++;
    return true;
}

bool annex_b_read_ue(const uint8_t *bytes, size_t size, size_t *bit, unsigned *ret_value)
{
    unsigned zeros = 0, value = 0;

    while (value == 0) {
        if (!read_bit(bytes, size, bit, &value) || zeros > UE_MAX_BITS)
            return false;
        zeros += value == 0;
    }
    for (unsigned i = 0; i < zeros; i++)
        if (!read_bit(bytes, size, bit, &value))
            return false;
    *ret_value = value - 1;
    return true;
}
