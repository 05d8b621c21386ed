/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * picture: 32-bit BGRx pictures, their PNG files, and how much two of them differ.
 *
 * BGRx is what SPICE's 32-bit surfaces and GStreamer's video sinks hold; the
 * x byte has no meaning and is never compared. A picture belongs to one thread
 * at a time; the functions have no globals. Follows libpng's manual, section
 * "Simplified API".
 */
#ifndef VDIBENCH_PICTURE_H
#define VDIBENCH_PICTURE_H

#include "auto-destroy.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file may claim any size; this is SPICE's and H.264's largest, rounded up. */
#define PICTURE_MAX_PX 8192u

struct picture {
    unsigned width_px;
    unsigned height_px;
    size_t stride_bytes; /* width_px * 4 */
    uint8_t *bgrx;       /* owned */
};

struct picture_difference {
    uint64_t wrong_pixels; /* those whose B, G or R differs */
    double psnr_db;        /* over B, G and R; INFINITY if nothing differs */
};

/* A black picture. Sizes are 1 to PICTURE_MAX_PX. */
struct picture *picture_create(unsigned width_px, unsigned height_px);

/* Copies pixels whose rows are `stride_bytes` apart. */
struct picture *picture_copy(const uint8_t *bgrx, size_t stride_bytes, unsigned width_px,
                             unsigned height_px);

/* NULL is allowed. */
void picture_destroy(struct picture *picture);

/* Reads a PNG of any depth and colour type; transparency is ignored. NULL and
 * `error` (G_IO_ERROR) when it cannot be read or is larger than the maximum. */
struct picture *picture_load(const char *path, GError **error);

/* Writes an 8-bit RGB PNG, replacing the file; fast rather than small. */
bool picture_save(const struct picture *picture, const char *path, GError **error);

/* Leaves the top left corner of that size, which is not larger than the picture. */
void picture_crop(struct picture *picture, unsigned width_px, unsigned height_px);

/* false and `error` if the sizes differ: such pictures cannot be compared. */
bool picture_compare(const struct picture *a, const struct picture *b,
                     struct picture_difference *ret_difference, GError **error);

DEFINE_AUTO_DESTROY(picture, picture_destroy)

#endif
