/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * picture-source: what drew the picture that the client shows.
 *
 * The pixels decide; only where they leave it open does it matter whether the
 * picture came out of a stream's decoder. Pure.
 */
#ifndef VDIBENCH_PICTURE_SOURCE_H
#define VDIBENCH_PICTURE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum picture_source {
    PICTURE_SOURCE_VGPU,       /* the vGPU's barcode */
    PICTURE_SOURCE_PGPU,       /* a recording's barcode, or a stream's picture without a barcode */
    PICTURE_SOURCE_BLANK,      /* one colour: nothing drawn on the primary yet, or decoded so */
    PICTURE_SOURCE_KEPT,       /* the last picture, stretched to a new size (found by screen.c) */
    PICTURE_SOURCE_UNFINISHED, /* on a new primary, a part of which nobody has painted yet, and
                                * without a barcode (found by screen.c) */
    PICTURE_SOURCE_OTHER,
};

#define PICTURE_NUMBER_NONE (-1)

/* Finds the source of a picture of BGRx pixels whose rows are `stride_bytes` apart.
 * *ret_number is the barcode's number or PICTURE_NUMBER_NONE. Reads the 48 cells of
 * the barcode; without a barcode, all pixels up to the first of another colour. */
enum picture_source picture_source_of(const uint8_t *bgrx, size_t stride_bytes, unsigned width_px,
                                      unsigned height_px, bool from_stream, int *ret_number);

/* The name in samples and notices: "vgpu", "pgpu", "blank", "kept", "unfinished", "other". */
const char *picture_source_name(enum picture_source source);

#endif
