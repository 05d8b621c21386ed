/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/windows/pointer-shape.h"

#include "protocol/cursor-shape.h"

#include <string.h>

#define PIXEL_BYTES 4

static const uint8_t black[PIXEL_BYTES] = {0, 0, 0, 255};
static const uint8_t white[PIXEL_BYTES] = {255, 255, 255, 255};
static const uint8_t transparent[PIXEL_BYTES];
/* While it is converted, what no other pixel is: nothing transparent has a colour. */
static const uint8_t inverting[PIXEL_BYTES] = {1, 1, 1, 0};

bool pointer_shape_usable(const struct pointer_shape *shape)
{
    bool bits = shape->kind == POINTER_MONOCHROME;
    uint64_t rows = (uint64_t)shape->height_px * (bits ? 2 : 1);

    if (!bits && shape->kind != POINTER_COLOUR && shape->kind != POINTER_MASKED_COLOUR)
        return false;
    if (shape->width_px == 0 || shape->height_px == 0 || shape->width_px > CURSOR_MAX_PX ||
        shape->height_px > CURSOR_MAX_PX)
        return false;
    return shape->pitch_bytes >=
               (bits ? (shape->width_px + 7) / 8 : shape->width_px * PIXEL_BYTES) &&
           shape->size_bytes >= rows * shape->pitch_bytes;
}

static bool bit(const struct pointer_shape *shape, uint32_t row, uint32_t x)
{
    return shape->bytes[(size_t)row * shape->pitch_bytes + x / 8] >> (7 - x % 8) & 1;
}

static const uint8_t *monochrome_pixel(const struct pointer_shape *shape, uint32_t x, uint32_t y)
{
    bool keeps = bit(shape, y, x), inverts = bit(shape, shape->height_px + y, x);

    if (keeps)
        return inverts ? inverting : transparent;
    return inverts ? white : black;
}

static void masked_pixel(const uint8_t *from, uint8_t *to)
{
    bool colour = from[0] || from[1] || from[2];

    if (from[3] != 0) {
        memcpy(to, colour ? inverting : transparent, PIXEL_BYTES);
        return;
    }
    memcpy(to, from, 3);
    to[3] = 255;
}

static bool is_inverting(const uint8_t *pixel)
{
    return memcmp(pixel, inverting, PIXEL_BYTES) == 0;
}

/* Whether one of the eight pixels around it inverts, or itself. */
static bool touches_inverting(const uint8_t *bgra, const struct pointer_shape *shape, uint32_t x,
                              uint32_t y)
{
    uint32_t x_end = x + 1 < shape->width_px ? x + 1 : x;
    uint32_t y_end = y + 1 < shape->height_px ? y + 1 : y;

    for (uint32_t row = y > 0 ? y - 1 : 0; row <= y_end; row++)
        for (uint32_t column = x > 0 ? x - 1 : 0; column <= x_end; column++)
            if (is_inverting(bgra + ((size_t)row * shape->width_px + column) * PIXEL_BYTES))
                return true;
    return false;
}

static void outline_what_inverts(const struct pointer_shape *shape, uint8_t *bgra)
{
    size_t pixels = (size_t)shape->width_px * shape->height_px;

    for (size_t i = 0; i < pixels; i++) {
        uint8_t *pixel = bgra + i * PIXEL_BYTES;
        if (memcmp(pixel, transparent, PIXEL_BYTES) == 0 &&
            touches_inverting(bgra, shape, (uint32_t)(i % shape->width_px),
                              (uint32_t)(i / shape->width_px)))
            memcpy(pixel, white, PIXEL_BYTES);
    }
    for (size_t i = 0; i < pixels; i++)
        if (is_inverting(bgra + i * PIXEL_BYTES))
            memcpy(bgra + i * PIXEL_BYTES, black, PIXEL_BYTES);
}

void pointer_shape_convert(const struct pointer_shape *shape, uint8_t *ret_bgra)
{
    for (uint32_t y = 0; y < shape->height_px; y++) {
        const uint8_t *row = shape->bytes + (size_t)y * shape->pitch_bytes;
        uint8_t *to = ret_bgra + (size_t)y * shape->width_px * PIXEL_BYTES;
        if (shape->kind == POINTER_COLOUR) {
            memcpy(to, row, shape->width_px * (size_t)PIXEL_BYTES);
            continue;
        }
        for (uint32_t x = 0; x < shape->width_px; x++, to += PIXEL_BYTES) {
            if (shape->kind == POINTER_MONOCHROME)
                memcpy(to, monochrome_pixel(shape, x, y), PIXEL_BYTES);
            else
                masked_pixel(row + (size_t)x * PIXEL_BYTES, to);
        }
    }
    if (shape->kind != POINTER_COLOUR)
        outline_what_inverts(shape, ret_bgra);
}
