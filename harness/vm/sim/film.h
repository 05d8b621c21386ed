/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * film: a recording whose pictures are all kept decoded in memory, so that no
 * decoding is measured when the vGPU shows them.
 *
 * They stay in the decoder's format, usually YUV 4:2:0: 1.5 bytes a pixel instead
 * of 4. They are converted when they are drawn, which takes no longer than copying.
 * One thread loads a film, and one uses it.
 */
#ifndef VDIBENCH_VM_SIM_FILM_H
#define VDIBENCH_VM_SIM_FILM_H

#include "auto-destroy.h"
#include "harness/vm/sim/tiles.h"

#include <stdbool.h>
#include <stdint.h>

/* 20 s of 1080p60 in YUV 4:2:0 take 4 GB; a host that runs a VM has more. */
#define FILM_MAX_BYTES (INT64_C(6) << 30)

struct film;

/* Decodes all of `file`, whose pictures must all have this size. NULL and `error`
 * (one line) when they do not, when there are none, or when they need more than
 * FILM_MAX_BYTES. All decoding threads have ended when it returns. */
struct film *film_load(const char *file, int width_px, int height_px, GError **error);
void film_destroy(struct film *film); /* NULL is allowed */

unsigned film_pictures(const struct film *film);

/* Pictures a second, both at least 1. */
void film_rate(const struct film *film, unsigned *ret_num, unsigned *ret_den);

struct tile_grid film_grid(const struct film *film);

/* Whether a tile differs between two pictures: by more than the tolerance or, in a
 * film in RGB, which is lossless, at all. */
bool film_tile_differs(const struct film *film, unsigned before, unsigned after, unsigned column,
                       unsigned row);

/* Draws the tiles of a picture that are not 0 in `wanted` (one entry for each tile of
 * the grid, row by row). `picture` must have the film's size. */
void film_draw(struct film *film, unsigned index, const uint8_t *wanted,
               struct framebuffer *picture);

DEFINE_AUTO_DESTROY(film, film_destroy)

#endif
