/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * h264-sps: the properties of the pictures that use a sequence parameter set.
 *
 * ITU-T H.264 7.3.2.1.1 and E.1.1, read by GStreamer's codecparsers. Any
 * thread, no I/O.
 */
#ifndef H264_SPS_H
#define H264_SPS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct h264_sps {
    unsigned id;
    unsigned profile_idc;
    unsigned level_idc;
    bool frames_only; /* frame_mbs_only_flag: no fields, no MBAFF */
    bool mbaff;       /* mb_adaptive_frame_field_flag; only without frames_only */
    unsigned
        max_reorder_frames; /* pictures that precede another in decoding and follow it in output */
    bool reorder_is_stated; /* by the SPS; if not, max_reorder_frames is the largest it allows */
    unsigned chroma_format_idc; /* 0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4 */
    unsigned bit_depth_luma, bit_depth_chroma;
    unsigned width_px, height_px;                                 /* coded */
    unsigned crop_x_px, crop_y_px, crop_width_px, crop_height_px; /* the part to be shown */
    bool full_range;
    unsigned matrix_coefficients; /* table E-5; 2, unspecified, if the VUI lacks it */
    unsigned fps_num, fps_den;    /* of the VUI; 0 if it lacks them */
    bool fixed_fps;
};

/* Reads a NAL unit from its header byte (nal_unit_type 7) on, without a start code.
 * false if it is no SPS, or one that cannot be read. */
bool h264_sps_read(const uint8_t *nal, size_t size, struct h264_sps *ret_sps);

#endif
