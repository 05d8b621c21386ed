/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "media/h264-sps.h"

#define GST_USE_UNSTABLE_API /* unchanged since GStreamer 1.4 for what is used here */
#include <gst/codecparsers/gsth264parser.h>
#include <limits.h>
#include <string.h>

/* The largest MaxDpbFrames of table A-1. */
#define DPB_FRAMES_MAX 16

#define MATRIX_UNSPECIFIED 2

static const uint8_t start_code[] = {0, 0, 1};

/* The profiles in which constraint_set3_flag means intra pictures only: E.2.1,
 * where max_num_reorder_frames is not present. */
static bool is_intra_profile(const GstH264SPS *sps)
{
    static const uint8_t profiles[] = {44, 86, 100, 110, 122, 244};

    return sps->constraint_set3_flag && memchr(profiles, sps->profile_idc, sizeof profiles);
}

static void read_reordering(const GstH264SPS *sps, struct h264_sps *ret)
{
    const GstH264VUIParams *vui = &sps->vui_parameters;

    ret->reorder_is_stated = true;
    if (sps->vui_parameters_present_flag && vui->bitstream_restriction_flag) {
        ret->max_reorder_frames = vui->num_reorder_frames;
    } else if (sps->pic_order_cnt_type != 2 && !is_intra_profile(sps)) { /* 8.2.1.3 */
        ret->max_reorder_frames = DPB_FRAMES_MAX;
        ret->reorder_is_stated = false;
    }
}

static void read_vui(const GstH264VUIParams *vui, struct h264_sps *ret)
{
    if (vui->video_signal_type_present_flag) {
        ret->full_range = vui->video_full_range_flag;
        if (vui->colour_description_present_flag)
            ret->matrix_coefficients = vui->matrix_coefficients;
    }
    if (vui->timing_info_present_flag && vui->num_units_in_tick > 0 && vui->time_scale > 0) {
        uint64_t den = vui->num_units_in_tick * UINT64_C(2); /* a frame is two ticks */
        uint64_t num = vui->time_scale;
        if (num % 2 == 0 || den > UINT_MAX) {
            num /= 2;
            den /= 2;
        }
        ret->fps_num = (unsigned)num;
        ret->fps_den = (unsigned)den;
        ret->fixed_fps = vui->fixed_frame_rate_flag;
    }
}

bool h264_sps_read(const uint8_t *nal, size_t size, struct h264_sps *ret_sps)
{
    g_autofree uint8_t *stream = g_malloc(sizeof start_code + size);
    GstH264NalParser *parser = gst_h264_nal_parser_new();
    GstH264NalUnit unit;
    GstH264SPS sps;

    /* The library expects a unit in a byte stream. */
    memcpy(stream, start_code, sizeof start_code);
    memcpy(stream + sizeof start_code, nal, size);
    bool read = gst_h264_parser_identify_nalu_unchecked(parser, stream, 0, sizeof start_code + size,
                                                        &unit) == GST_H264_PARSER_OK &&
                unit.type == GST_H264_NAL_SPS &&
                gst_h264_parser_parse_sps(parser, &unit, &sps) == GST_H264_PARSER_OK;
    gst_h264_nal_parser_free(parser);
    if (!read)
        return false;

    *ret_sps = (struct h264_sps){
        .id = (unsigned)sps.id,
        .profile_idc = sps.profile_idc,
        .level_idc = sps.level_idc,
        .frames_only = sps.frame_mbs_only_flag,
        .mbaff = sps.mb_adaptive_frame_field_flag,
        .chroma_format_idc = sps.chroma_format_idc,
        .bit_depth_luma = sps.bit_depth_luma_minus8 + 8u,
        .bit_depth_chroma = sps.bit_depth_chroma_minus8 + 8u,
        .width_px = (unsigned)sps.width,
        .height_px = (unsigned)sps.height,
        .crop_width_px = (unsigned)sps.width,
        .crop_height_px = (unsigned)sps.height,
        .matrix_coefficients = MATRIX_UNSPECIFIED,
    };
    if (sps.frame_cropping_flag) {
        ret_sps->crop_x_px = (unsigned)sps.crop_rect_x;
        ret_sps->crop_y_px = (unsigned)sps.crop_rect_y;
        ret_sps->crop_width_px = (unsigned)sps.crop_rect_width;
        ret_sps->crop_height_px = (unsigned)sps.crop_rect_height;
    }
    read_reordering(&sps, ret_sps);
    if (sps.vui_parameters_present_flag)
        read_vui(&sps.vui_parameters, ret_sps);
    gst_h264_sps_clear(&sps);
    return true;
}
