/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * framebuffer: the vGPU's own picture in memory, 32-bit BGRx, top-down.
 * Everything that is drawn is clipped to it. One thread at a time.
 */
#ifndef VDIBENCH_FRAMEBUFFER_H
#define VDIBENCH_FRAMEBUFFER_H

#include "auto-destroy.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct rect {
    int x, y, width, height; /* pixels */
};

struct framebuffer {
    int width_px, height_px;
    size_t stride_bytes;
    uint8_t *pixels;
};

#define FRAMEBUFFER_RGB(red, green, blue) ((uint32_t)(red) << 16 | (green) << 8 | (blue))

/* A black picture. */
struct framebuffer *framebuffer_create(int width_px, int height_px);
void framebuffer_destroy(struct framebuffer *picture);

/* The address of the pixel, which must be inside the picture. */
static inline uint8_t *framebuffer_pixel(const struct framebuffer *picture, int x, int y)
{
    return picture->pixels + (size_t)y * picture->stride_bytes + (size_t)x * 4;
}

/* The part of `rect` inside the picture; its width or height is 0 if there is none. */
struct rect framebuffer_clip(const struct framebuffer *picture, struct rect rect);

/* Fills with one colour, 0xRRGGBB. */
void framebuffer_fill(struct framebuffer *picture, struct rect rect, uint32_t colour);

/* Moves the contents of `rect` by (dx, dy) within it; the strip that becomes free
 * keeps its old pixels. */
void framebuffer_scroll(struct framebuffer *picture, struct rect rect, int dx, int dy);

/* Writes an RGB PNG, replacing `path`. */
bool framebuffer_write_png(const struct framebuffer *picture, const char *path, GError **error);

DEFINE_AUTO_DESTROY(framebuffer, framebuffer_destroy)

#endif
