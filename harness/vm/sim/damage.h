/*
 * damage: the rectangles that one update of the vGPU's screen changed.
 */
#ifndef VDIBENCH_DAMAGE_H
#define VDIBENCH_DAMAGE_H

#include "harness/vm/sim/framebuffer.h"

/* An update of either screen changes fewer places; more are merged. */
#define DAMAGE_RECTS_MAX 16

typedef struct {
    Rect rects[DAMAGE_RECTS_MAX];
    unsigned n_rects;
} Damage;

/* Adds the part of `rect` that lies inside the picture. When the list is full
 * its last rectangle grows to hold the new one. */
void damage_add(Damage *damage, const Framebuffer *picture, Rect rect);

#endif
