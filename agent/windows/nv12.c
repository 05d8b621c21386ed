/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/windows/nv12.h"

/* ITU-R BT.601, limited range: parts of 256, with the offset and a half for rounding. */
static inline uint8_t luma(int blue, int green, int red)
{
    return (uint8_t)((25 * blue + 129 * green + 66 * red + 0x1080) >> 8);
}

static inline uint8_t chroma_blue(int blue, int green, int red)
{
    return (uint8_t)((112 * blue - 74 * green - 38 * red + 0x8080) >> 8);
}

static inline uint8_t chroma_red(int blue, int green, int red)
{
    return (uint8_t)((112 * red - 94 * green - 18 * blue + 0x8080) >> 8);
}

static void luma_row(uint8_t *restrict ret_row, const uint8_t *restrict bgrx, uint32_t width_px)
{
    for (uint32_t x = 0; x < width_px; x++)
        ret_row[x] = luma(bgrx[4 * x], bgrx[4 * x + 1], bgrx[4 * x + 2]);
}

/* The mean of four pixels' channel. */
static inline int mean(const uint8_t *upper, const uint8_t *lower)
{
    return (upper[0] + upper[4] + lower[0] + lower[4] + 2) / 4;
}

static void chroma_row(uint8_t *restrict ret_row, const uint8_t *restrict upper,
                       const uint8_t *restrict lower, uint32_t width_px)
{
    for (uint32_t x = 0; x < width_px; x += 2, upper += 8, lower += 8) {
        int blue = mean(upper, lower), green = mean(upper + 1, lower + 1),
            red = mean(upper + 2, lower + 2);
        ret_row[x] = chroma_blue(blue, green, red);
        ret_row[x + 1] = chroma_red(blue, green, red);
    }
}

void nv12_from_bgrx(uint8_t *ret_nv12, const uint8_t *bgrx, size_t stride_bytes, uint32_t width_px,
                    uint32_t height_px)
{
    uint8_t *chroma = ret_nv12 + (size_t)width_px * height_px;

    for (uint32_t y = 0; y < height_px; y += 2) {
        const uint8_t *upper = bgrx + y * stride_bytes, *lower = upper + stride_bytes;
        luma_row(ret_nv12 + (size_t)y * width_px, upper, width_px);
        luma_row(ret_nv12 + (size_t)(y + 1) * width_px, lower, width_px);
        chroma_row(chroma + (size_t)y / 2 * width_px, upper, lower, width_px);
    }
}
