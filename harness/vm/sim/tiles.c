/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/tiles.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Each command has a cost of its own (a hundred bytes on the wire, an image header, a
 * node in the server's tree). So two rectangles are joined if that adds at most this
 * many unchanged tiles. */
#define WASTE_MAX 4
/* While they are collected there may be more rectangles than in the result, because
 * the best pairs to join are known only at the end. All pairs of this many are
 * compared in a tenth of a millisecond. */
#define BOXES_MAX 64

/* In tiles; `right` and `bottom` are exclusive. */
struct box {
    unsigned left, top, right, bottom;
};

struct boxes {
    struct box boxes[BOXES_MAX];
    unsigned n;
};

/* Inlined with a constant width, this is compiled to vector instructions, which take a
 * tenth of the time. `width` is at most TILE_PX. */
static inline bool differs(struct tile_block before, struct tile_block after, unsigned width,
                           unsigned height)
{
    unsigned sum = 0;
    uint8_t most[TILE_PX] = {0}, peak = 0; /* the maximum of each column, and of all */

    for (unsigned y = 0; y < height; y++) {
        const uint8_t *a = before.samples + y * before.stride_bytes;
        const uint8_t *b = after.samples + y * after.stride_bytes;
        for (unsigned x = 0; x < width; x++)
            sum += (unsigned)abs(a[x] - b[x]);
        for (unsigned x = 0; x < width; x++) {
            uint8_t difference = (uint8_t)(MAX(a[x], b[x]) - MIN(a[x], b[x]));
            most[x] = MAX(most[x], difference);
        }
    }
    for (unsigned x = 0; x < width; x++)
        peak = MAX(peak, most[x]);
    return peak > TILE_PEAK_MAX || sum > TILE_MEAN_MAX * width * height;
}

bool tile_has_changed(struct tile_block before, struct tile_block after, unsigned width,
                      unsigned height)
{
    switch (width) {
    case TILE_PX:
        return differs(before, after, TILE_PX, height);
    case TILE_PX / 2: /* chroma */
        return differs(before, after, TILE_PX / 2, height);
    default:
        return differs(before, after, width, height);
    }
}

bool tile_differs(struct tile_block before, struct tile_block after, unsigned width,
                  unsigned height)
{
    for (unsigned y = 0; y < height; y++) {
        if (memcmp(before.samples + y * before.stride_bytes, after.samples + y * after.stride_bytes,
                   width) != 0)
            return true;
    }
    return false;
}

struct tile_grid tile_grid(int width_px, int height_px)
{
    return (struct tile_grid){.columns = (unsigned)(width_px + TILE_PX - 1) / TILE_PX,
                              .rows = (unsigned)(height_px + TILE_PX - 1) / TILE_PX};
}

static unsigned area(struct box box)
{
    return (box.right - box.left) * (box.bottom - box.top);
}

static struct box both(struct box a, struct box b)
{
    return (struct box){MIN(a.left, b.left), MIN(a.top, b.top), MAX(a.right, b.right),
                        MAX(a.bottom, b.bottom)};
}

/* How many more tiles are drawn when both are joined. Below 0: they overlap. */
static int waste(struct box a, struct box b)
{
    return (int)area(both(a, b)) - (int)area(a) - (int)area(b);
}

static void boxes_add(struct boxes *boxes, struct box box)
{
    unsigned best = 0;
    int least = boxes->n > 0 ? waste(boxes->boxes[0], box) : 0;

    for (unsigned i = 1; i < boxes->n; i++) {
        int now = waste(boxes->boxes[i], box);
        if (now < least) {
            least = now;
            best = i;
        }
    }
    if (boxes->n > 0 && (least <= WASTE_MAX || boxes->n == BOXES_MAX))
        boxes->boxes[best] = both(boxes->boxes[best], box);
    else
        boxes->boxes[boxes->n++] = box;
}

/* The pair that wastes least when joined, and how much; n is 2 or more. */
static int best_pair(const struct boxes *boxes, unsigned *ret_a, unsigned *ret_b)
{
    int least = INT_MAX;

    for (unsigned a = 0; a < boxes->n; a++) {
        for (unsigned b = a + 1; b < boxes->n; b++) {
            int now = waste(boxes->boxes[a], boxes->boxes[b]);
            if (now < least) {
                least = now;
                *ret_a = a;
                *ret_b = b;
            }
        }
    }
    return least;
}

/* Joins pairs until there are few enough, and no pair is left that is worth joining. */
static void boxes_join(struct boxes *boxes)
{
    unsigned a = 0, b = 1;

    while (boxes->n > 1 && (best_pair(boxes, &a, &b) <= WASTE_MAX || boxes->n > DAMAGE_RECTS_MAX)) {
        boxes->boxes[a] = both(boxes->boxes[a], boxes->boxes[b]);
        boxes->boxes[b] = boxes->boxes[--boxes->n];
    }
}

/* Replaces all by one rectangle around them, where that covers hardly more. */
static void boxes_simplify(struct boxes *boxes)
{
    unsigned sum = 0;
    struct box all = boxes->boxes[0];

    for (unsigned i = 0; i < boxes->n; i++) {
        all = both(all, boxes->boxes[i]);
        sum += area(boxes->boxes[i]);
    }
    if (boxes->n > 1 && sum + WASTE_MAX * boxes->n >= area(all))
        *boxes = (struct boxes){.boxes = {all}, .n = 1};
}

void tiles_merge(const uint8_t *changed, struct tile_grid grid, const struct framebuffer *picture,
                 struct damage *damage)
{
    struct boxes boxes = {.n = 0};

    for (unsigned row = 0; row < grid.rows; row++) {
        const uint8_t *line = changed + (size_t)row * grid.columns;
        for (unsigned column = 0; column < grid.columns; column++) {
            unsigned end = column;
            while (end < grid.columns && line[end])
                end++;
            if (end > column)
                boxes_add(&boxes, (struct box){column, row, end, row + 1});
            column = end;
        }
    }
    boxes_join(&boxes);
    boxes_simplify(&boxes);
    for (unsigned i = 0; i < boxes.n; i++) {
        const struct box *box = &boxes.boxes[i];
        damage_add(damage, picture,
                   (struct rect){(int)box->left * TILE_PX, (int)box->top * TILE_PX,
                                 (int)(box->right - box->left) * TILE_PX,
                                 (int)(box->bottom - box->top) * TILE_PX});
    }
}
