/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * tiles: which places of a picture have changed, and the rectangles that a
 * guest's driver would report for them.
 *
 * The screen is divided into tiles of 16 pixels; the last column and row may be
 * smaller. Pure functions, any thread.
 */
#ifndef VDIBENCH_VM_SIM_TILES_H
#define VDIBENCH_VM_SIM_TILES_H

#include "harness/vm/sim/damage.h"

#include <stdbool.h>
#include <stdint.h>

#define TILE_PX 16

/* The tolerance, for samples from 0 to 255: a tile has changed when one of its
 * samples differs by more than the first number, or all of them on average by more
 * than the second. Key frames of a lossy recording differ by less, otherwise each
 * would redraw a screen that shows nothing new; a single character, a pointer or a
 * visible fade differ by more. */
#define TILE_PEAK_MAX 32
#define TILE_MEAN_MAX 3

/* A block of samples of 8 bits. */
struct tile_block {
    const uint8_t *samples;
    size_t stride_bytes;
};

/* Whether the same place in two pictures differs by more than the tolerance. */
bool tile_has_changed(struct tile_block before, struct tile_block after, unsigned width,
                      unsigned height);

/* The same for lossless pictures: whether it differs at all. */
bool tile_differs(struct tile_block before, struct tile_block after, unsigned width,
                  unsigned height);

struct tile_grid {
    unsigned columns, rows;
};

struct tile_grid tile_grid(int width_px, int height_px);

/* Adds rectangles that together cover every tile that is not 0 in `changed` (columns *
 * rows entries, row by row): as few as possible without covering many unchanged tiles,
 * and never more than a struct damage can hold. They may overlap a little. */
void tiles_merge(const uint8_t *changed, struct tile_grid grid, const struct framebuffer *picture,
                 struct damage *damage);

#endif
