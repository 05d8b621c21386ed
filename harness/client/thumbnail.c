/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/thumbnail.h"

#include <stdlib.h>
#include <string.h>

/* By how much the colours of equal cells may differ, of 255: stretching rounds, and
 * the library may interpolate more coarsely than this file. */
#define CELL_DIFFERENCE_MAX 12

/* How many pixels of a cell are read in each direction, to save the client's time;
 * they are at the same places in a picture and in the expected one. Each lies in the
 * middle of the part of the cell that it stands for: otherwise a picture that was
 * enlarged many times would seem shifted. */
#define CELL_SAMPLES 16

/* Where a pixel of the stretched picture lies between two of the original. */
struct place {
    unsigned first, second;
    double share; /* of the second */
};

static struct place place_of(unsigned at, unsigned from_px, unsigned to_px)
{
    const double centre = ((double)at + 0.5) * from_px / to_px - 0.5;
    const double from = centre > 0 ? centre : 0;
    const unsigned first = (unsigned)from;

    return (struct place){first, first + 1 < from_px ? first + 1 : first, from - first};
}

static void cell_mean(uint8_t mean[3], const uint8_t *bgrx, size_t stride_bytes, unsigned width_px,
                      unsigned height_px, unsigned to_width_px, unsigned to_height_px,
                      unsigned left, unsigned top, unsigned right, unsigned bottom)
{
    const unsigned step_x = right - left > CELL_SAMPLES ? (right - left) / CELL_SAMPLES : 1;
    const unsigned step_y = bottom - top > CELL_SAMPLES ? (bottom - top) / CELL_SAMPLES : 1;
    unsigned samples = 0;
    double sum[3] = {0};

    for (unsigned y = top + step_y / 2; y < bottom; y += step_y) {
        const struct place down = place_of(y, height_px, to_height_px);
        const uint8_t *upper = bgrx + down.first * stride_bytes;
        const uint8_t *lower = bgrx + down.second * stride_bytes;
        for (unsigned x = left + step_x / 2; x < right; x += step_x, samples++) {
            const struct place across = place_of(x, width_px, to_width_px);
            const size_t first = (size_t)across.first * 4, second = (size_t)across.second * 4;
            for (unsigned c = 0; c < 3; c++)
                sum[c] +=
                    (1 - down.share) *
                        ((1 - across.share) * upper[first + c] + across.share * upper[second + c]) +
                    down.share *
                        ((1 - across.share) * lower[first + c] + across.share * lower[second + c]);
        }
    }
    for (unsigned c = 0; c < 3; c++)
        mean[c] = (uint8_t)(sum[c] / samples);
}

void thumbnail_make_stretched(struct thumbnail *thumbnail, const uint8_t *bgrx, size_t stride_bytes,
                              unsigned width_px, unsigned height_px, unsigned to_width_px,
                              unsigned to_height_px)
{
    memset(thumbnail, 0, sizeof *thumbnail);
    if (width_px < 1 || height_px < 1 || to_width_px < THUMBNAIL_SIDE ||
        to_height_px < THUMBNAIL_SIDE)
        return;
    for (unsigned row = 0; row < THUMBNAIL_SIDE; row++)
        for (unsigned column = 0; column < THUMBNAIL_SIDE; column++)
            cell_mean(thumbnail->bgr[row][column], bgrx, stride_bytes, width_px, height_px,
                      to_width_px, to_height_px, column * to_width_px / THUMBNAIL_SIDE,
                      row * to_height_px / THUMBNAIL_SIDE,
                      (column + 1) * to_width_px / THUMBNAIL_SIDE,
                      (row + 1) * to_height_px / THUMBNAIL_SIDE);
}

void thumbnail_make(struct thumbnail *thumbnail, const uint8_t *bgrx, size_t stride_bytes,
                    unsigned width_px, unsigned height_px)
{
    thumbnail_make_stretched(thumbnail, bgrx, stride_bytes, width_px, height_px, width_px,
                             height_px);
}

bool thumbnail_same(const struct thumbnail *a, const struct thumbnail *b)
{
    const uint8_t *of_a = &a->bgr[0][0][0], *of_b = &b->bgr[0][0][0];

    for (size_t i = 0; i < sizeof a->bgr; i++)
        if (abs(of_a[i] - of_b[i]) > CELL_DIFFERENCE_MAX)
            return false;
    return true;
}
