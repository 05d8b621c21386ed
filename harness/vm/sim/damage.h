/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * damage: the rectangles that one update of the vGPU's screen changed.
 */
#ifndef VDIBENCH_DAMAGE_H
#define VDIBENCH_DAMAGE_H

#include "harness/vm/sim/framebuffer.h"

/* An update of the console or the desktop changes fewer places; more are merged. */
#define DAMAGE_RECTS_MAX 16

struct damage {
    struct rect rects[DAMAGE_RECTS_MAX];
    unsigned n_rects;
};

/* Adds the part of `rect` that is inside the picture. When the list is full, the last
 * rectangle grows to include the new one. */
void damage_add(struct damage *damage, const struct framebuffer *picture, struct rect rect);

#endif
