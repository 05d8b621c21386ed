/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * kms-cursor: the shape of the pointer, from the buffer of a cursor plane. Pure.
 *
 * The plane's buffer has a fixed size (64x64, 128x128, 256x256) with the shape in its upper left
 * corner, and colours that are multiplied by their opacity.
 */
#ifndef AGENT_LINUX_KMS_CURSOR_H
#define AGENT_LINUX_KMS_CURSOR_H

#include <stddef.h>
#include <stdint.h>

/* The largest cursor plane of any driver. */
#define KMS_CURSOR_LARGEST_PX 256

struct kms_cursor {
    uint32_t width_px; /* 0: nothing of it can be seen */
    uint32_t height_px;
    /* Inside the shape. amdgpu reports 0,0, whatever the pointer is (not run on hardware). */
    uint32_t hot_x_px;
    uint32_t hot_y_px;
    uint8_t bgra[KMS_CURSOR_LARGEST_PX * KMS_CURSOR_LARGEST_PX * 4]; /* colours not multiplied */
};

/* Takes the shape out of `width_px` x `height_px` ARGB8888 pixels at `memory`. What is
 * transparent at the right and below is cut off, except where the hot spot lies there; left and
 * above remain, so that the place stays right. A hot spot outside of the buffer is put to its
 * edge. 0; -EINVAL where the buffer is empty, too large, or its rows overlap. */
int kms_cursor_read(struct kms_cursor *ret_cursor, const void *memory, uint32_t width_px,
                    uint32_t height_px, uint32_t stride_bytes, int32_t hot_x_px, int32_t hot_y_px);

#endif
