/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * pointer-shape: the pointer's shapes as Desktop Duplication returns them, made into the one
 * kind that the port's messages have: 32 bits a pixel, blue first, alpha not premultiplied.
 *
 * Three kinds come (DXGI_OUTDUPL_POINTER_SHAPE_TYPE of <dxgi1_2.h>):
 *
 *   monochrome     a mask that keeps the screen's pixels (AND), and below it one that inverts
 *                  them (XOR), of one bit each, the first pixel in the highest bit:
 *                  0 0 black, 0 1 white, 1 0 transparent, 1 1 inverts
 *   colour         the same as the messages have
 *   masked colour  the fourth byte is 0: a colour that covers; else: one that is XORed to the
 *                  screen's, so black is transparent, and everything else inverts
 *
 * No message can invert what is below. A pixel that inverts becomes black, and a transparent
 * one beside it white (beside: one of the eight around it), so that the shape is visible on
 * every background, with an outline.
 *
 * Pure: any system, any thread.
 */
#ifndef AGENT_WINDOWS_POINTER_SHAPE_H
#define AGENT_WINDOWS_POINTER_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pointer_kind { /* DXGI_OUTDUPL_POINTER_SHAPE_TYPE */
                    POINTER_MONOCHROME = 1,
                    POINTER_COLOUR = 2,
                    POINTER_MASKED_COLOUR = 4,
};

struct pointer_shape {
    uint32_t kind;                /* enum pointer_kind */
    uint32_t width_px, height_px; /* of the pointer: a monochrome one has as many rows twice */
    uint32_t pitch_bytes;         /* of a row */
    const uint8_t *bytes;
    size_t size_bytes;
};

/* Whether it can be converted: of one of the three kinds, not empty, at most CURSOR_MAX_PX of
 * protocol/cursor-shape.h wide and high, and with all its bytes. */
bool pointer_shape_usable(const struct pointer_shape *shape);

/* Of a usable one, width_px * height_px * 4 bytes. */
void pointer_shape_convert(const struct pointer_shape *shape, uint8_t *ret_bgra);

#endif
