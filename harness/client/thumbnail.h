/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * thumbnail: a picture in 8x8 colours, to recognise it after it was stretched.
 *
 * When a display changes its size, the server may keep what was shown, drawn
 * to the new size, until there is a new picture: no barcode survives that.
 * Pure.
 */
#ifndef VDIBENCH_CLIENT_THUMBNAIL_H
#define VDIBENCH_CLIENT_THUMBNAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define THUMBNAIL_SIDE 8

struct thumbnail {
    uint8_t bgr[THUMBNAIL_SIDE][THUMBNAIL_SIDE]
               [3]; /* mean of a cell's pixels, or of enough of them */
};

/* Of BGRx pixels, at least THUMBNAIL_SIDE in each direction; otherwise black. */
void thumbnail_make(struct thumbnail *thumbnail, const uint8_t *bgrx, size_t stride_bytes,
                    unsigned width_px, unsigned height_px);

/* The same of what the picture becomes when it is stretched to another size, as
 * the library does it: each pixel is interpolated between the four around its
 * place. Made smaller, most pixels then count for nothing, and the mean of the
 * rest is another one. */
void thumbnail_make_stretched(struct thumbnail *thumbnail, const uint8_t *bgrx, size_t stride_bytes,
                              unsigned width_px, unsigned height_px, unsigned to_width_px,
                              unsigned to_height_px);

/* The same picture, apart from what stretching does to a cell's mean. */
bool thumbnail_same(const struct thumbnail *a, const struct thumbnail *b);

#endif
