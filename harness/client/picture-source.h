/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * picture-source: what drew the picture that the client shows.
 *
 * The pixels decide; only where they say nothing does it count whether the
 * picture came out of a stream's decoder. Pure.
 */
#ifndef VDIBENCH_PICTURE_SOURCE_H
#define VDIBENCH_PICTURE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum picture_source {
    PICTURE_SOURCE_VGPU,  /* the vGPU's barcode */
    PICTURE_SOURCE_PGPU,  /* a recording's barcode, or from a stream without one */
    PICTURE_SOURCE_BLANK, /* one colour: a primary surface that nobody drew yet, or a decoder's */
    PICTURE_SOURCE_KEPT,  /* the last picture, stretched to a new size (screen.c knows) */
    PICTURE_SOURCE_OTHER,
};

#define PICTURE_NUMBER_NONE (-1)

/* Looks at BGRx pixels with `stride_bytes` between the rows. *ret_number is
 * the barcode's number or PICTURE_NUMBER_NONE. Reads 48 cells of the barcode
 * and, without one, rows until the first pixel of another colour. */
enum picture_source picture_source_of(const uint8_t *bgrx, size_t stride_bytes, unsigned width_px,
                                      unsigned height_px, bool from_stream, int *ret_number);

/* As samples and notices have it: "vgpu", "pgpu", "blank", "kept", "other". */
const char *picture_source_name(enum picture_source source);

#endif
