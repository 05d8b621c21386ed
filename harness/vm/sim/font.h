/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * font: a fixed-width bitmap font made for this project, for the vGPU's console and
 * desktop. A character is FONT_WIDTH_PX x FONT_HEIGHT_PX.
 */
#ifndef VDIBENCH_FONT_H
#define VDIBENCH_FONT_H

#include "harness/vm/sim/framebuffer.h"

#include <stdint.h>

#define FONT_WIDTH_PX 8
#define FONT_HEIGHT_PX 16

/* Draws printable ASCII with its background; other bytes become boxes. The
 * text is one line and is clipped to the picture. Returns the rectangle that
 * it covers. */
struct rect font_draw(struct framebuffer *picture, int x, int y, const char *text, uint32_t colour,
                      uint32_t background);

#endif
