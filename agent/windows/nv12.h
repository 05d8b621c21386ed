/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * nv12: a screen's pixels as an encoder of the processor wants them: a plane of luma, then one
 * of chroma (blue, red, blue, ...), of half the width and height; ITU-R BT.601, limited range.
 *
 * The same values as libyuv's ARGBToNV12 to one step, which the Linux agent uses and which is
 * in no package for Windows; a test compares the two. Pure, any thread.
 */
#ifndef AGENT_WINDOWS_NV12_H
#define AGENT_WINDOWS_NV12_H

#include <stddef.h>
#include <stdint.h>

static inline size_t nv12_bytes(uint32_t width_px, uint32_t height_px)
{
    return (size_t)width_px * height_px * 3 / 2;
}

/* `ret_nv12` has nv12_bytes(); width and height are even. `bgrx` is as in struct
 * encoder_picture (agent/encoder.h). */
void nv12_from_bgrx(uint8_t *ret_nv12, const uint8_t *bgrx, size_t stride_bytes, uint32_t width_px,
                    uint32_t height_px);

#endif
