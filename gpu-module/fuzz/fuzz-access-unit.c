/*
 * Fuzzes the scan of an access unit. It reads nothing outside of the bytes,
 * what it says is consistent, and it says the same of a unit to which the
 * trailer was appended.
 *
 * Input: the access unit.
 */
#include "gpu-module/fuzz/must.h"
#include "gpu-module/access-unit.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    struct access_unit unit, again;

    if (!access_unit_scan(input, size, &unit))
        return 0;
    must(unit.nals > 0);
    must(unit.has_slice || !unit.has_idr);

    uint8_t *longer = malloc(size + ACCESS_UNIT_TRAILER_BYTES);
    memcpy(longer, input, size);
    memcpy(longer + size, access_unit_trailer, ACCESS_UNIT_TRAILER_BYTES);
    must(access_unit_has_trailer(longer, size + ACCESS_UNIT_TRAILER_BYTES));
    must(access_unit_scan(longer, size + ACCESS_UNIT_TRAILER_BYTES, &again));
    must(access_unit_is_key_frame(&again) == access_unit_is_key_frame(&unit));
    free(longer);
    return 0;
}
