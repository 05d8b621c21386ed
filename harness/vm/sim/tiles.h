/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * tiles: which places of a picture have changed, and the rectangles that a
 * guest's driver would report for them.
 *
 * The screen is divided into tiles of 16 pixels, the last column and row may
 * be narrower. Pure functions, any thread.
 */
#ifndef VDIBENCH_VM_SIM_TILES_H
#define VDIBENCH_VM_SIM_TILES_H

#include "harness/vm/sim/damage.h"

#include <stdbool.h>
#include <stdint.h>

#define TILE_PX 16

/* The tolerance, in steps of 256: a tile has changed when one of its samples
 * differs by more than the first, or when they differ on average by more than
 * the second. What a lossy recording's key frame codes anew stays below, or
 * each would redraw a screen that shows nothing new; a single character or a
 * pointer, and a fade that can be seen, are above. */
#define TILE_PEAK_MAX 32
#define TILE_MEAN_MAX 3

/* A block of samples of 8 bits. */
struct tile_block {
    const uint8_t *samples;
    size_t stride_bytes;
};

/* The same place in two pictures: has it changed, by more than the tolerance? */
bool tile_has_changed(struct tile_block before, struct tile_block after, unsigned width,
                      unsigned height);

/* The same for pictures that have lost nothing: has it changed at all? */
bool tile_differs(struct tile_block before, struct tile_block after, unsigned width,
                  unsigned height);

struct tile_grid {
    unsigned columns, rows;
};

struct tile_grid tile_grid(int width_px, int height_px);

/* Adds rectangles that together hold every tile that is not 0 in `changed`
 * (columns * rows of them, row by row): as few as it takes without drawing
 * much that has not changed, never more than a Damage can hold. They may
 * overlap a little. */
void tiles_merge(const uint8_t *changed, struct tile_grid grid, const struct framebuffer *picture,
                 struct damage *damage);

#endif
