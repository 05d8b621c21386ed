/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/painted.h"

void painted_init(struct painted *painted, unsigned width_px, unsigned height_px)
{
    painted->latest = PAINTER_NONE;
    painted->width_px = width_px;
    painted->height_px = height_px;
    painted->unfinished = true;
    pixman_region32_init_rect(&painted->stale, 0, 0, width_px, height_px);
}

void painted_finish(struct painted *painted)
{
    pixman_region32_fini(&painted->stale);
}

int64_t painted_add(struct painted *painted, enum painter painter, int x, int y, int width,
                    int height)
{
    pixman_region32_t rect;
    int64_t stale_px = 0;
    int n_boxes;

    if (painter != painted->latest) {
        painted->unfinished = painted->unfinished && painted->latest == PAINTER_NONE;
        painted->latest = painter;
        pixman_region32_fini(&painted->stale);
        pixman_region32_init_rect(&painted->stale, 0, 0, painted->width_px, painted->height_px);
    }
    pixman_region32_init_rect(&rect, x, y, (unsigned)width, (unsigned)height);
    pixman_region32_subtract(&painted->stale, &painted->stale, &rect);
    pixman_region32_fini(&rect);

    const pixman_box32_t *boxes = pixman_region32_rectangles(&painted->stale, &n_boxes);
    for (int i = 0; i < n_boxes; i++)
        stale_px += (int64_t)(boxes[i].x2 - boxes[i].x1) * (boxes[i].y2 - boxes[i].y1);
    painted->unfinished = painted->unfinished && stale_px > 0;
    return stale_px;
}
