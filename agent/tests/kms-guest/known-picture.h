/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * known-picture: what draw-card draws in the guest, and the test awaits on the host.
 *
 * A picture of squares, each of one colour that follows from the picture's number and the
 * square's place, so that a wrong picture, a wrong place and a wrong row length all differ.
 */
#ifndef AGENT_TESTS_KMS_GUEST_KNOWN_PICTURE_H
#define AGENT_TESTS_KMS_GUEST_KNOWN_PICTURE_H

#include <stdint.h>

/* Of a square's side: inside of it the encoder's loss is small. */
#define KNOWN_SQUARE_PX 64

/* The pointer is of one colour. */
#define KNOWN_POINTER_WIDTH_PX 8
#define KNOWN_POINTER_HEIGHT_PX 16

/* The colour at this place: 0xRRGGBB. */
static inline uint32_t known_colour(uint32_t number, uint32_t x_px, uint32_t y_px)
{
    const uint32_t mixed =
        (number * 97 + x_px / KNOWN_SQUARE_PX * 31 + y_px / KNOWN_SQUARE_PX * 57) * 2654435761u;

    return (mixed >> 30) * 85 << 16 | (mixed >> 28 & 3) * 85 << 8 | (mixed >> 26 & 3) * 85;
}

#endif
