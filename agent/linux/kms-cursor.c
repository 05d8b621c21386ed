/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
#include "agent/linux/kms-cursor.h"

#include <errno.h>

#define BYTES_PER_PIXEL 4

static uint32_t within(int32_t place_px, uint32_t size_px)
{
    if (place_px < 0)
        return 0;
    return (uint32_t)place_px < size_px ? (uint32_t)place_px : size_px - 1;
}

/* The colour before it was multiplied. Colours brighter than their opacity are against the
 * rules, but drivers pass them on. */
static uint8_t divided(uint32_t colour, uint32_t alpha)
{
    const uint32_t value = alpha == 0 ? 0 : (colour * 255 + alpha / 2) / alpha;
    return value > 255 ? 255 : (uint8_t)value;
}

static const uint32_t *row_of(const void *memory, uint32_t stride_bytes, uint32_t y_px)
{
    return (const uint32_t *)((const uint8_t *)memory + (size_t)y_px * stride_bytes);
}

int kms_cursor_read(struct kms_cursor *ret_cursor, const void *memory, uint32_t width_px,
                    uint32_t height_px, uint32_t stride_bytes, int32_t hot_x_px, int32_t hot_y_px)
{
    if (width_px == 0 || height_px == 0 || width_px > KMS_CURSOR_LARGEST_PX ||
        height_px > KMS_CURSOR_LARGEST_PX || stride_bytes < width_px * BYTES_PER_PIXEL ||
        stride_bytes % BYTES_PER_PIXEL != 0)
        return -EINVAL;

    uint32_t right = 0;
    uint32_t bottom = 0;
    for (uint32_t y_px = 0; y_px < height_px; y_px++)
        for (uint32_t x_px = 0; x_px < width_px; x_px++)
            if (row_of(memory, stride_bytes, y_px)[x_px] >> 24 != 0) {
                right = x_px + 1 > right ? x_px + 1 : right;
                bottom = y_px + 1;
            }
    ret_cursor->hot_x_px = within(hot_x_px, width_px);
    ret_cursor->hot_y_px = within(hot_y_px, height_px);
    if (right != 0) {
        right = ret_cursor->hot_x_px + 1 > right ? ret_cursor->hot_x_px + 1 : right;
        bottom = ret_cursor->hot_y_px + 1 > bottom ? ret_cursor->hot_y_px + 1 : bottom;
    }
    ret_cursor->width_px = right;
    ret_cursor->height_px = bottom;

    uint8_t *to = ret_cursor->bgra;
    for (uint32_t y_px = 0; y_px < bottom; y_px++)
        for (uint32_t x_px = 0; x_px < right; x_px++, to += BYTES_PER_PIXEL) {
            const uint32_t pixel = row_of(memory, stride_bytes, y_px)[x_px];
            const uint32_t alpha = pixel >> 24;
            to[0] = divided(pixel & 0xff, alpha);
            to[1] = divided(pixel >> 8 & 0xff, alpha);
            to[2] = divided(pixel >> 16 & 0xff, alpha);
            to[3] = (uint8_t)alpha;
        }
    return 0;
}
