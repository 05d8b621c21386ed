/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/damage.h"

static struct rect bounding_box(struct rect a, struct rect b)
{
    int right = MAX(a.x + a.width, b.x + b.width);
    int bottom = MAX(a.y + a.height, b.y + b.height);
    struct rect box = {.x = MIN(a.x, b.x), .y = MIN(a.y, b.y)};

    box.width = right - box.x;
    box.height = bottom - box.y;
    return box;
}

void damage_add(struct damage *damage, const struct framebuffer *picture, struct rect rect)
{
    struct rect inside = framebuffer_clip(picture, rect);

    if (inside.width == 0 || inside.height == 0)
        return;
    if (damage->n_rects < DAMAGE_RECTS_MAX) {
        damage->rects[damage->n_rects++] = inside;
    } else {
        struct rect *last = &damage->rects[DAMAGE_RECTS_MAX - 1];
        *last = bounding_box(*last, inside);
    }
}
