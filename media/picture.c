/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "media/picture.h"

#include <errno.h>
#include <gio/gio.h>
#include <math.h>
#include <png.h>
#include <stdio.h>
#include <string.h>

struct picture *picture_create(unsigned width_px, unsigned height_px)
{
    g_return_val_if_fail(width_px >= 1 && width_px <= PICTURE_MAX_PX, NULL);
    g_return_val_if_fail(height_px >= 1 && height_px <= PICTURE_MAX_PX, NULL);

    struct picture *picture = g_new0(struct picture, 1);
    picture->width_px = width_px;
    picture->height_px = height_px;
    picture->stride_bytes = (size_t)width_px * 4;
    picture->bgrx = g_malloc0(picture->stride_bytes * height_px);
    return picture;
}

struct picture *picture_copy(const uint8_t *bgrx, size_t stride_bytes, unsigned width_px,
                             unsigned height_px)
{
    struct picture *picture = picture_create(width_px, height_px);
    for (unsigned y = 0; y < height_px; y++)
        memcpy(picture->bgrx + y * picture->stride_bytes, bgrx + y * stride_bytes,
               picture->stride_bytes);
    return picture;
}

void picture_destroy(struct picture *picture)
{
    if (!picture)
        return;
    g_free(picture->bgrx);
    g_free(picture);
}

static FILE *open_file(const char *path, const char *mode, const char *what, GError **error)
{
    FILE *file = fopen(path, mode);
    if (!file)
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "cannot %s the picture %s: %s",
                    what, path, g_strerror(errno));
    return file;
}

struct picture *picture_load(const char *path, GError **error)
{
    FILE *file = open_file(path, "rbe", "read", error);
    if (!file)
        return NULL;

    png_image png = {.version = PNG_IMAGE_VERSION};
    struct picture *picture = NULL;
    if (png_image_begin_read_from_stdio(&png, file)) {
        if (png.width > PICTURE_MAX_PX || png.height > PICTURE_MAX_PX) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                        "the picture %s is %ux%u: at most %ux%u is allowed", path, png.width,
                        png.height, PICTURE_MAX_PX, PICTURE_MAX_PX);
        } else {
            picture = picture_create(png.width, png.height);
            png.format = PNG_FORMAT_BGRA;
            if (!png_image_finish_read(&png, NULL, picture->bgrx, (png_int_32)picture->stride_bytes,
                                       NULL))
                g_clear_pointer(&picture, picture_destroy);
        }
    }
    if (PNG_IMAGE_FAILED(png))
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "the picture %s is no whole PNG file: %s", path, png.message);
    png_image_free(&png);
    fclose(file);
    return picture;
}

bool picture_save(const struct picture *picture, const char *path, GError **error)
{
    /* An X byte would become the file's alpha, and 0 there is invisible. */
    g_autofree uint8_t *bgr = g_malloc((size_t)picture->width_px * 3 * picture->height_px);
    uint8_t *to = bgr;
    for (unsigned y = 0; y < picture->height_px; y++) {
        const uint8_t *from = picture->bgrx + y * picture->stride_bytes;
        for (unsigned x = 0; x < picture->width_px; x++, from += 4, to += 3)
            memcpy(to, from, 3);
    }

    FILE *file = open_file(path, "wbe", "write", error);
    if (!file)
        return false;
    png_image png = {
        .version = PNG_IMAGE_VERSION,
        .width = picture->width_px,
        .height = picture->height_px,
        .format = PNG_FORMAT_BGR,
        .flags = PNG_IMAGE_FLAG_FAST,
    };
    bool ok = png_image_write_to_stdio(&png, file, 0, bgr, 0, NULL) != 0;
    ok = fclose(file) == 0 && ok;
    if (!ok)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot write the picture %s: %s", path,
                    *png.message ? png.message : g_strerror(errno));
    png_image_free(&png);
    return ok;
}

bool picture_compare(const struct picture *a, const struct picture *b,
                     struct picture_difference *ret_difference, GError **error)
{
    if (a->width_px != b->width_px || a->height_px != b->height_px) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "pictures of %ux%u and %ux%u cannot be compared", a->width_px, a->height_px,
                    b->width_px, b->height_px);
        return false;
    }

    uint64_t wrong = 0, squares = 0;
    for (unsigned y = 0; y < a->height_px; y++) {
        const uint8_t *p = a->bgrx + y * a->stride_bytes, *q = b->bgrx + y * b->stride_bytes;
        for (unsigned x = 0; x < a->width_px; x++, p += 4, q += 4) {
            int blue = p[0] - q[0], green = p[1] - q[1], red = p[2] - q[2];
            unsigned square = (unsigned)(blue * blue + green * green + red * red);
            wrong += square != 0;
            squares += square;
        }
    }

    ret_difference->wrong_pixels = wrong;
    ret_difference->psnr_db =
        squares == 0 ? INFINITY
                     : 10.0 * log10(255.0 * 255.0 * 3.0 * a->width_px * a->height_px / squares);
    return true;
}

void picture_crop(struct picture *picture, unsigned width_px, unsigned height_px)
{
    size_t stride_bytes = (size_t)width_px * 4;

    for (unsigned y = 0; y < height_px; y++)
        memmove(picture->bgrx + y * stride_bytes, picture->bgrx + y * picture->stride_bytes,
                stride_bytes);
    picture->width_px = width_px;
    picture->height_px = height_px;
    picture->stride_bytes = stride_bytes;
}
