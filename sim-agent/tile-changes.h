/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * tile-changes: how much of a picture differs from the one before.
 *
 * The picture is divided into tiles of 16 pixels, H.264's macroblocks; one has
 * changed when any of its pixels has. The barcode's tiles, which change in each
 * frame whatever the program does, are not counted. Pure function, any thread.
 */
#ifndef SIM_AGENT_TILE_CHANGES_H
#define SIM_AGENT_TILE_CHANGES_H

#include <stddef.h>
#include <stdint.h>

#define TILE_CHANGES_TILE_PX 16

/* In percent of the tiles that are counted; 0 where there is none. Both
 * pictures are BGRx, `stride_bytes` apart from row to row; x means nothing. */
double tile_changes_pct(const uint8_t *before, const uint8_t *after, size_t stride_bytes,
                        unsigned width_px, unsigned height_px);

#endif
