/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "sim-agent/playable.h"

#include <stdbool.h>

/* chroma_format_idc, ITU-T H.264 table 6-1. */
#define GREY 0
#define CHROMA_422 2

/* Table E-5: the matrices for which harness/evaluate/reference.c has the equations. */
static bool is_known_matrix(unsigned coefficients)
{
    switch (coefficients) {
    case 1: /* BT.709 */
    case 2: /* unspecified */
    case 4: /* FCC */
    case 5: /* BT.601 */
    case 6: /* BT.601 */
    case 7: /* SMPTE 240M */
    case 9: /* BT.2020 */
        return true;
    default:
        return false;
    }
}

const char *playable_objection(const struct h264_sps *sps)
{
    if (sps->mbaff) /* without it each frame may still be progressive */
        return PLAYABLE_INTERLACED;
    if (sps->reorder_is_stated && sps->max_reorder_frames > 0)
        return "allows frames to be reordered (max_num_reorder_frames), so that a client waits for "
               "later ones: encode it without B-frames (x264: bframes=0)";
    if (sps->chroma_format_idc == GREY)
        return "is grey (4:0:0), which clients show with wrong brightness: encode it in yuv420p";
    if (sps->chroma_format_idc == CHROMA_422 || sps->bit_depth_luma != 8 ||
        sps->bit_depth_chroma != 8)
        return "is not 8 bits in 4:2:0 or 4:4:4: encode it in yuv420p";
    if (!is_known_matrix(sps->matrix_coefficients))
        return "has colours that clients do not show alike: encode it in BT.709";
    return NULL;
}
