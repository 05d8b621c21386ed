/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/framebuffer.h"

#include <gio/gio.h>
#include <png.h>
#include <string.h>

struct framebuffer *framebuffer_create(int width_px, int height_px)
{
    struct framebuffer *picture = g_new0(struct framebuffer, 1);
    picture->width_px = width_px;
    picture->height_px = height_px;
    picture->stride_bytes = (size_t)width_px * 4;
    picture->pixels = g_malloc0(picture->stride_bytes * (size_t)height_px);
    return picture;
}

void framebuffer_destroy(struct framebuffer *picture)
{
    if (!picture)
        return;
    g_free(picture->pixels);
    g_free(picture);
}

struct rect framebuffer_clip(const struct framebuffer *picture, struct rect rect)
{
    int right = MIN(rect.x + rect.width, picture->width_px);
    int bottom = MIN(rect.y + rect.height, picture->height_px);
    struct rect inside = {.x = MAX(rect.x, 0), .y = MAX(rect.y, 0)};

    inside.width = MAX(right - inside.x, 0);
    inside.height = MAX(bottom - inside.y, 0);
    return inside;
}

void framebuffer_fill(struct framebuffer *picture, struct rect rect, uint32_t colour)
{
    struct rect inside = framebuffer_clip(picture, rect);

    for (int y = inside.y; y < inside.y + inside.height; y++) {
        uint32_t *pixel = (uint32_t *)framebuffer_pixel(picture, inside.x, y);
        for (int x = 0; x < inside.width; x++)
            pixel[x] = GUINT32_TO_LE(colour);
    }
}

void framebuffer_scroll(struct framebuffer *picture, struct rect rect, int dx, int dy)
{
    struct rect inside = framebuffer_clip(picture, rect);
    int width = inside.width - ABS(dx), height = inside.height - ABS(dy);
    int to_x = inside.x + MAX(dx, 0), to_y = inside.y + MAX(dy, 0);

    if (width <= 0 || height <= 0)
        return;
    for (int i = 0; i < height; i++) {
        int y = dy > 0 ? to_y + height - 1 - i : to_y + i; /* read before overwritten */
        memmove(framebuffer_pixel(picture, to_x, y), framebuffer_pixel(picture, to_x - dx, y - dy),
                (size_t)width * 4);
    }
}

bool framebuffer_write_png(const struct framebuffer *picture, const char *path, GError **error)
{
    size_t width = (size_t)picture->width_px, height = (size_t)picture->height_px;
    g_autofree uint8_t *rgb = g_malloc(width * height * 3);
    uint8_t *to = rgb;

    /* The fourth byte has no meaning and must not become transparency. */
    for (int y = 0; y < picture->height_px; y++) {
        const uint8_t *from = framebuffer_pixel(picture, 0, y);
        for (size_t x = 0; x < width; x++, from += 4) {
            *to++ = from[2];
            *to++ = from[1];
            *to++ = from[0];
        }
    }

    png_image image = {
        .version = PNG_IMAGE_VERSION,
        .width = (png_uint_32)width,
        .height = (png_uint_32)height,
        .format = PNG_FORMAT_RGB,
    };
    if (png_image_write_to_file(&image, path, false, rgb, 0, NULL))
        return true;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot write the picture: %s: %s", path,
                image.message);
    png_image_free(&image);
    return false;
}
