/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "sim-agent/tile-changes.h"

#include "media/barcode.h"

#include <stdbool.h>

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static bool pixels_differ(const uint8_t *a, const uint8_t *b)
{
    return a[0] != b[0] || a[1] != b[1] || a[2] != b[2];
}

static bool tile_differs(const uint8_t *before, const uint8_t *after, size_t stride_bytes,
                         unsigned width_px, unsigned height_px)
{
    for (unsigned y = 0; y < height_px; y++) {
        for (unsigned x = 0; x < width_px; x++) {
            size_t at = y * stride_bytes + x * 4;
            if (pixels_differ(before + at, after + at))
                return true;
        }
    }
    return false;
}

double tile_changes_pct(const uint8_t *before, const uint8_t *after, size_t stride_bytes,
                        unsigned width_px, unsigned height_px)
{
    const unsigned side = TILE_CHANGES_TILE_PX;
    unsigned tiles = 0, changed = 0;

    for (unsigned y = 0; y < height_px; y += side) {
        for (unsigned x = 0; x < width_px; x += side) {
            size_t at = y * stride_bytes + x * 4;
            if (x < BARCODE_WIDTH_PX && y < BARCODE_HEIGHT_PX)
                continue;
            tiles++;
            changed += tile_differs(before + at, after + at, stride_bytes,
                                    least(side, width_px - x), least(side, height_px - y));
        }
    }
    return tiles ? changed * 100.0 / tiles : 0;
}
