#include "harness/client/picture-source.h"

#include "harness/barcode.h"

#include <string.h>

static bool is_black(const uint8_t *bgrx, size_t stride_bytes, unsigned width_px,
                     unsigned height_px)
{
    for (unsigned y = 0; y < height_px; y++, bgrx += stride_bytes) {
        uint32_t any = 0;
        for (unsigned x = 0; x < width_px; x++) {
            uint32_t pixel;
            memcpy(&pixel, bgrx + (size_t)x * 4, sizeof pixel);
            any |= pixel;
        }
        /* The x byte is the fourth in memory, whatever the byte order. */
        uint8_t bytes[4];
        memcpy(bytes, &any, sizeof bytes);
        if (bytes[0] || bytes[1] || bytes[2])
            return false;
    }
    return true;
}

enum picture_source picture_source_of(const uint8_t *bgrx, size_t stride_bytes, unsigned width_px,
                                      unsigned height_px, bool from_stream, int *ret_number)
{
    enum barcode_source source;
    uint16_t number;

    if (barcode_read(bgrx, stride_bytes, width_px, height_px, &source, &number)) {
        *ret_number = number;
        return source == BARCODE_SOURCE_VGPU ? PICTURE_SOURCE_VGPU : PICTURE_SOURCE_PGPU;
    }

    *ret_number = PICTURE_NUMBER_NONE;
    if (is_black(bgrx, stride_bytes, width_px, height_px))
        return PICTURE_SOURCE_BLACK;
    return from_stream ? PICTURE_SOURCE_PGPU : PICTURE_SOURCE_OTHER;
}

const char *picture_source_name(enum picture_source source)
{
    switch (source) {
    case PICTURE_SOURCE_VGPU:
        return "vgpu";
    case PICTURE_SOURCE_PGPU:
        return "pgpu";
    case PICTURE_SOURCE_BLACK:
        return "black";
    case PICTURE_SOURCE_KEPT:
        return "kept";
    case PICTURE_SOURCE_OTHER:
        break;
    }
    return "other";
}
