/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * h264-sps: what a sequence parameter set says of all pictures that follow it.
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
    bool reorder_is_stated; /* by the SPS; else max_reorder_frames is the most that it allows */
    unsigned chroma_format_idc; /* 0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4 */
    unsigned bit_depth_luma, bit_depth_chroma;
    unsigned width_px, height_px;                                 /* coded */
    unsigned crop_x_px, crop_y_px, crop_width_px, crop_height_px; /* what is to be shown of it */
    bool full_range;
    unsigned matrix_coefficients; /* table E-5; 2, unspecified, where the VUI does not say */
    unsigned fps_num, fps_den;    /* of the VUI; 0 where it does not say */
    bool fixed_fps;
};

/* Reads a NAL unit: its header byte (nal_unit_type 7) and what follows, without
 * a start code. false when it is no SPS, or one that cannot be read. */
bool h264_sps_read(const uint8_t *nal, size_t size, struct h264_sps *ret_sps);

#endif
