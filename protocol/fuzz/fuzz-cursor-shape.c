/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * Fuzzes the reading of a CURSOR_SET's body: what it gives out lies within the
 * body and within the limits that cursor-shape.h promises.
 *
 * Input: the body.
 */
#include "protocol/cursor-shape.h"
#include "protocol/fuzz/must.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    struct cursor_shape shape;
    const char *error = NULL;
    const enum cursor_kind kind = cursor_read(input, size, &shape, &error);

    must((kind == CURSOR_BAD) == (error != NULL));
    if (kind != CURSOR_SHAPE)
        return 0;
    must(shape.type == CURSOR_ALPHA || shape.type == CURSOR_COLOR32);
    must(shape.width_px >= 1 && shape.width_px <= CURSOR_MAX_PX);
    must(shape.height_px >= 1 && shape.height_px <= CURSOR_MAX_PX);
    must(shape.hot_x_px < shape.width_px && shape.hot_y_px < shape.height_px);
    must(shape.pixels >= input && shape.pixels + shape.pixels_bytes == input + size);
    must(shape.pixels_bytes >= shape.width_px * shape.height_px * 4u);
    return 0;
}
