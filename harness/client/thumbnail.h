/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * thumbnail: a picture reduced to 8x8 colours, to recognise it after stretching.
 *
 * When a display changes its size, the server may stretch the last picture to the
 * new size and show it until there is a new one. Its barcode cannot be read then.
 * Pure.
 */
#ifndef VDIBENCH_CLIENT_THUMBNAIL_H
#define VDIBENCH_CLIENT_THUMBNAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define THUMBNAIL_SIDE 8

struct thumbnail {
    /* The mean of each cell's pixels, or of a sample of them. */
    uint8_t bgr[THUMBNAIL_SIDE][THUMBNAIL_SIDE][3];
};

/* The thumbnail of BGRx pixels; black when there are fewer than THUMBNAIL_SIDE in
 * either direction. */
void thumbnail_make(struct thumbnail *thumbnail, const uint8_t *bgrx, size_t stride_bytes,
                    unsigned width_px, unsigned height_px);

/* The thumbnail of the picture stretched to another size, as the library does it:
 * each new pixel is interpolated from the four old ones around its place. A picture
 * that is made smaller loses most of its pixels this way, which changes the means. */
void thumbnail_make_stretched(struct thumbnail *thumbnail, const uint8_t *bgrx, size_t stride_bytes,
                              unsigned width_px, unsigned height_px, unsigned to_width_px,
                              unsigned to_height_px);

/* Whether both show the same picture, except for the small differences that
 * stretching makes. */
bool thumbnail_same(const struct thumbnail *a, const struct thumbnail *b);

#endif
