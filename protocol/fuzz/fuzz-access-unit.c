/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * Fuzzes the scan of an access unit. It reads nothing outside of the bytes,
 * what it says is consistent, and it says the same of a unit to which the
 * trailer was appended.
 *
 * Input: the codec (a byte), the access unit.
 */
#include "protocol/access-unit.h"
#include "protocol/fuzz/must.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    const uint8_t *trailer, *bytes = input + 1;
    struct access_unit unit, again;

    if (size > 0) {
        const char *error = access_unit_check(input[0], bytes, size - 1, &unit);
        must(unit.looked_at_bytes <= ACCESS_UNIT_SCAN_MAX_BYTES);
        must(error || access_unit_scan(input[0], bytes, size - 1, &again));
    }

    if (size-- < 1 || !access_unit_scan(input[0], bytes, size, &unit))
        return 0;
    must(unit.has_slice || !unit.has_idr);
    must(unit.has_idr || !access_unit_is_key_frame(&unit));

    const size_t trailer_size = access_unit_trailer(input[0], &trailer);
    if (trailer_size == 0)
        return 0;
    uint8_t *longer = malloc(size + trailer_size);
    memcpy(longer, bytes, size);
    memcpy(longer + size, trailer, trailer_size);
    must(access_unit_size(input[0], longer, size + trailer_size) == size);
    if (access_unit_scan(input[0], longer, size + trailer_size, &again))
        must(access_unit_is_key_frame(&again) == access_unit_is_key_frame(&unit));
    else /* a NAL unit behind its length, which ends with the trailer */
        must(size > 3 && memcmp(bytes, "\0\0\1", 3) == 0);
    free(longer);
    return 0;
}
