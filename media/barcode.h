/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * barcode: the identity of a picture, drawn into its pixels.
 *
 * Two rows of black and white cells in the top left corner: the upper row
 * carries an 8-bit source and a 16-bit number, most significant bit first,
 * the lower row its complement. Cells are 16 pixels wide and high, so that a
 * cell is one H.264 macroblock and survives lossy coding; a cell is judged
 * by the mean luminance of its inner quarter.
 */
#ifndef VDIBENCH_BARCODE_H
#define VDIBENCH_BARCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BARCODE_CELL_PX 16
#define BARCODE_BITS 24
#define BARCODE_WIDTH_PX (BARCODE_BITS * BARCODE_CELL_PX)
#define BARCODE_HEIGHT_PX (2 * BARCODE_CELL_PX)

/* A number has 16 bits, and wraps around. */
#define BARCODE_NUMBERS 65536

/* What drew the picture. The values differ in at least four bits, so that one misread
 * cell never turns one source into the other. */
enum barcode_source {
    BARCODE_SOURCE_VGPU = 0x5a,      /* number: count of the vGPU's updates */
    BARCODE_SOURCE_RECORDING = 0xa5, /* number: index of the frame */
};

/* Draws the barcode into 32-bit BGRx pixels (`stride_bytes` between rows).
 * The picture must be at least BARCODE_WIDTH_PX x BARCODE_HEIGHT_PX. */
void barcode_draw(uint8_t *bgrx, size_t stride_bytes, enum barcode_source source, uint16_t number);

/* Reads the barcode. False if there is none: the picture is too small, the rows are
 * not complementary, a cell is grey, or the source is unknown. */
bool barcode_read(const uint8_t *bgrx, size_t stride_bytes, unsigned width_px, unsigned height_px,
                  enum barcode_source *ret_source, uint16_t *ret_number);

#endif
