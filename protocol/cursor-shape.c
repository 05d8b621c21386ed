/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "protocol/cursor-shape.h"

#include <errno.h>

/* On the wire: u16 width, height, hot_spot_x, hot_spot_y, u8 type, u8[3]. */
#define HEADER_BYTES PORT_CURSOR_SET_MIN_BYTES

static uint16_t get_le16(const uint8_t *from)
{
    return (uint16_t)(from[0] | from[1] << 8);
}

static void put_le16(uint8_t *to, uint16_t value)
{
    to[0] = (uint8_t)value;
    to[1] = (uint8_t)(value >> 8);
}

static enum cursor_kind bad(const char *error, const char **ret_error)
{
    *ret_error = error;
    return CURSOR_BAD;
}

static enum cursor_kind check(const struct cursor_shape *shape, const char **ret_error)
{
    uint32_t pixels = (uint32_t)shape->width_px * shape->height_px;
    uint32_t needed = 0;

    if (shape->width_px > CURSOR_MAX_PX || shape->height_px > CURSOR_MAX_PX)
        return bad("CURSOR_SET: larger than 1024x1024", ret_error);
    if (pixels > 0) {
        if (shape->type != CURSOR_ALPHA && shape->type != CURSOR_COLOR32)
            return CURSOR_SKIPPED;
        if (shape->hot_x_px >= shape->width_px || shape->hot_y_px >= shape->height_px)
            return bad("CURSOR_SET: the hot spot is outside of the shape", ret_error);
        needed = 4 * pixels;
        if (shape->type == CURSOR_COLOR32)
            needed += (pixels + 7) / 8;
    }
    if (shape->pixels_bytes != needed)
        return bad("CURSOR_SET: the size disagrees with width, height and type", ret_error);
    return pixels > 0 ? CURSOR_SHAPE : CURSOR_HIDDEN;
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
    return check(ret_shape, ret_error);
}

int cursor_compose(uint8_t *to, size_t room, const struct cursor_shape *shape)
{
    const char *error;
    enum cursor_kind kind = check(shape, &error);

    if (kind != CURSOR_SHAPE && kind != CURSOR_HIDDEN)
        return -EINVAL;
    if (room < CURSOR_COMPOSED_BYTES)
        return -ENOSPC;
    port_compose_header(to, room, PORT_CURSOR_SET, HEADER_BYTES + shape->pixels_bytes);
    uint8_t *body = to + PORT_HEADER_BYTES;
    put_le16(body, shape->width_px);
    put_le16(body + 2, shape->height_px);
    put_le16(body + 4, shape->hot_x_px);
    put_le16(body + 6, shape->hot_y_px);
    body[8] = shape->type;
    body[9] = body[10] = body[11] = 0;
    return CURSOR_COMPOSED_BYTES;
}
