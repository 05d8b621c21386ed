/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "protocol/cursor-shape.h"

/* On the wire: u16 width, height, hot_spot_x, hot_spot_y, u8 type, u8[3]. */
#define HEADER_BYTES 12

static uint16_t get_le16(const uint8_t *from)
{
    return (uint16_t)(from[0] | from[1] << 8);
}

static enum cursor_kind bad(const char *error, const char **ret_error)
{
    *ret_error = error;
    return CURSOR_BAD;
}

enum cursor_kind cursor_read(const uint8_t *body, size_t bytes, struct cursor_shape *ret_shape,
                             const char **ret_error)
{
    if (bytes < HEADER_BYTES)
        return bad("CURSOR_SET: shorter than its header", ret_error);

    *ret_shape = (struct cursor_shape){
        .width_px = get_le16(body),
        .height_px = get_le16(body + 2),
        .hot_x_px = get_le16(body + 4),
        .hot_y_px = get_le16(body + 6),
        .type = body[8],
        .pixels = body + HEADER_BYTES,
        .pixels_bytes = (uint32_t)(bytes - HEADER_BYTES),
    };
    uint32_t pixels = (uint32_t)ret_shape->width_px * ret_shape->height_px;
    uint32_t needed = 0;

    if (ret_shape->width_px > CURSOR_MAX_PX || ret_shape->height_px > CURSOR_MAX_PX)
        return bad("CURSOR_SET: larger than 1024x1024", ret_error);
    if (pixels > 0) {
        if (ret_shape->type != CURSOR_ALPHA && ret_shape->type != CURSOR_COLOR32)
            return CURSOR_SKIPPED;
        if (ret_shape->hot_x_px >= ret_shape->width_px ||
            ret_shape->hot_y_px >= ret_shape->height_px)
            return bad("CURSOR_SET: the hot spot is outside of the shape", ret_error);
        needed = 4 * pixels;
        if (ret_shape->type == CURSOR_COLOR32)
            needed += (pixels + 7) / 8;
    }
    if (ret_shape->pixels_bytes != needed)
        return bad("CURSOR_SET: the size disagrees with width, height and type", ret_error);
    return pixels > 0 ? CURSOR_SHAPE : CURSOR_HIDDEN;
}
