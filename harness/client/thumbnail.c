#include "harness/client/thumbnail.h"

#include <stdlib.h>
#include <string.h>

/* Of 255. A cell's border moves by a part of a pixel when it is stretched. */
#define CELL_DIFFERENCE_MAX 12

static void cell_mean(uint8_t mean[3], const uint8_t *bgrx, size_t stride_bytes, unsigned width_px,
                      unsigned height_px)
{
    uint64_t sum[3] = { 0 };

    for (unsigned y = 0; y < height_px; y++, bgrx += stride_bytes)
        for (unsigned x = 0; x < width_px; x++)
            for (unsigned c = 0; c < 3; c++)
                sum[c] += bgrx[(size_t)x * 4 + c];
    for (unsigned c = 0; c < 3; c++)
        mean[c] = (uint8_t)(sum[c] / ((uint64_t)width_px * height_px));
}

void thumbnail_make(struct thumbnail *thumbnail, const uint8_t *bgrx, size_t stride_bytes,
                    unsigned width_px, unsigned height_px)
{
    memset(thumbnail, 0, sizeof *thumbnail);
    if (width_px < THUMBNAIL_SIDE || height_px < THUMBNAIL_SIDE)
        return;
    for (unsigned row = 0; row < THUMBNAIL_SIDE; row++) {
        unsigned top = row * height_px / THUMBNAIL_SIDE;
        unsigned bottom = (row + 1) * height_px / THUMBNAIL_SIDE;
        for (unsigned column = 0; column < THUMBNAIL_SIDE; column++) {
            unsigned left = column * width_px / THUMBNAIL_SIDE;
            unsigned right = (column + 1) * width_px / THUMBNAIL_SIDE;
            cell_mean(thumbnail->bgr[row][column],
                      bgrx + top * stride_bytes + (size_t)left * 4, stride_bytes, right - left,
                      bottom - top);
        }
    }
}

bool thumbnail_same(const struct thumbnail *a, const struct thumbnail *b)
{
    const uint8_t *of_a = &a->bgr[0][0][0], *of_b = &b->bgr[0][0][0];

    for (size_t i = 0; i < sizeof a->bgr; i++)
        if (abs(of_a[i] - of_b[i]) > CELL_DIFFERENCE_MAX)
            return false;
    return true;
}
