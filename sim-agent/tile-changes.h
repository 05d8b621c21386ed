/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * tile-changes: the share of a picture that differs from the picture before.
 *
 * The picture is divided into tiles of 16x16 pixels, like H.264's macroblocks; a tile has
 * changed if any of its pixels has. The barcode's tiles, which change in each
 * frame whatever the program does, are not counted. Pure function, any thread.
 */
#ifndef SIM_AGENT_TILE_CHANGES_H
#define SIM_AGENT_TILE_CHANGES_H

#include <stddef.h>
#include <stdint.h>

#define TILE_CHANGES_TILE_PX 16

/* In percent of the tiles that are counted; 0 if there are none. Both pictures are BGRx,
 * their rows `stride_bytes` apart; x is ignored. */
double tile_changes_pct(const uint8_t *before, const uint8_t *after, size_t stride_bytes,
                        unsigned width_px, unsigned height_px);

#endif
