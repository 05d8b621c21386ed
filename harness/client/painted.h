/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * painted: which part of a surface its latest source has not painted.
 *
 * A surface is torn when two sources have painted parts of it, or when it is new
 * and only a part has been painted: it shows no source's whole picture. Main thread.
 */
#ifndef VDIBENCH_CLIENT_PAINTED_H
#define VDIBENCH_CLIENT_PAINTED_H

#include <pixman.h>
#include <stdbool.h>
#include <stdint.h>

enum painter { PAINTER_NONE, PAINTER_DRAWING, PAINTER_STREAM };

struct painted {
    enum painter latest;
    unsigned width_px, height_px;
    pixman_region32_t stale; /* the part that `latest` has not painted */
    bool unfinished;         /* since the surface is new: nobody has painted that part */
};

/* A surface of this size on which nothing has been painted. */
void painted_init(struct painted *painted, unsigned width_px, unsigned height_px);
void painted_finish(struct painted *painted);

/* `painter` painted this rectangle, which is clipped to the surface. Returns the
 * number of stale pixels. */
int64_t painted_add(struct painted *painted, enum painter painter, int x, int y, int width,
                    int height);

#endif
