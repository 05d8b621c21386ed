/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/picture-source.h"

#include "media/barcode.h"

static uint32_t colour_at(const uint8_t *bgrx)
{
    return (uint32_t)bgrx[0] | (uint32_t)bgrx[1] << 8 | (uint32_t)bgrx[2] << 16;
}

static bool is_blank(const uint8_t *bgrx, size_t stride_bytes, unsigned width_px,
                     unsigned height_px)
{
    const uint32_t first = width_px > 0 && height_px > 0 ? colour_at(bgrx) : 0;

    for (unsigned y = 0; y < height_px; y++, bgrx += stride_bytes)
        for (unsigned x = 0; x < width_px; x++)
            if (colour_at(bgrx + (size_t)x * 4) != first)
                return false;
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
    if (is_blank(bgrx, stride_bytes, width_px, height_px))
        return PICTURE_SOURCE_BLANK;
    return from_stream ? PICTURE_SOURCE_PGPU : PICTURE_SOURCE_OTHER;
}

const char *picture_source_name(enum picture_source source)
{
    switch (source) {
    case PICTURE_SOURCE_VGPU:
        return "vgpu";
    case PICTURE_SOURCE_PGPU:
        return "pgpu";
    case PICTURE_SOURCE_BLANK:
        return "blank";
    case PICTURE_SOURCE_KEPT:
        return "kept";
    case PICTURE_SOURCE_UNFINISHED:
        return "unfinished";
    case PICTURE_SOURCE_OTHER:
        break;
    }
    return "other";
}
