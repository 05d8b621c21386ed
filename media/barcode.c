/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "media/barcode.h"

#include <string.h>

/* A cell whose mean lies between these limits is neither black nor white. */
#define BLACK_MAX 96
#define WHITE_MIN 160

enum cell { CELL_GREY = -1, CELL_BLACK = 0, CELL_WHITE = 1 };

static void cell_draw(uint8_t *bgrx, size_t stride_bytes, unsigned column, unsigned row, bool white)
{
    for (unsigned y = 0; y < BARCODE_CELL_PX; y++) {
        uint8_t *line = bgrx + (row * BARCODE_CELL_PX + y) * stride_bytes +
                        (size_t)column * BARCODE_CELL_PX * 4;
        memset(line, white ? 0xff : 0x00, BARCODE_CELL_PX * 4);
    }
}

static enum cell cell_read(const uint8_t *bgrx, size_t stride_bytes, unsigned column, unsigned row)
{
    const unsigned margin = BARCODE_CELL_PX / 4, inner = BARCODE_CELL_PX / 2;
    unsigned sum = 0;

    for (unsigned y = 0; y < inner; y++) {
        const uint8_t *pixel = bgrx + (row * BARCODE_CELL_PX + margin + y) * stride_bytes +
                               ((size_t)column * BARCODE_CELL_PX + margin) * 4;
        for (unsigned x = 0; x < inner; x++, pixel += 4)
            sum += pixel[1]; /* green stands for luminance: cells are grey */
    }

    unsigned mean = sum / (inner * inner);
    return mean <= BLACK_MAX ? CELL_BLACK : mean >= WHITE_MIN ? CELL_WHITE : CELL_GREY;
}

void barcode_draw(uint8_t *bgrx, size_t stride_bytes, enum barcode_source source, uint16_t number)
{
    uint32_t code = (uint32_t)source << 16 | number;

    for (unsigned i = 0; i < BARCODE_BITS; i++) {
        bool bit = code >> (BARCODE_BITS - 1 - i) & 1;
        cell_draw(bgrx, stride_bytes, i, 0, bit);
        cell_draw(bgrx, stride_bytes, i, 1, !bit);
    }
}

bool barcode_read(const uint8_t *bgrx, size_t stride_bytes, unsigned width_px, unsigned height_px,
                  enum barcode_source *ret_source, uint16_t *ret_number)
{
    if (width_px < BARCODE_WIDTH_PX || height_px < BARCODE_HEIGHT_PX)
        return false;

    uint32_t code = 0;
    for (unsigned i = 0; i < BARCODE_BITS; i++) {
        enum cell upper = cell_read(bgrx, stride_bytes, i, 0);
        enum cell lower = cell_read(bgrx, stride_bytes, i, 1);
        if (upper == CELL_GREY || lower == CELL_GREY || upper == lower)
            return false;
        code = code << 1 | (uint32_t)upper;
    }

    uint32_t source = code >> 16;
    if (source != BARCODE_SOURCE_VGPU && source != BARCODE_SOURCE_RECORDING)
        return false;
    *ret_source = (enum barcode_source)source;
    *ret_number = (uint16_t)code;
    return true;
}
