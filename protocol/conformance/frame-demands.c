/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "protocol/conformance/frame-demands.h"

#include "media/h264-sps.h"
#include "protocol/access-unit.h"

#define GST_USE_UNSTABLE_API /* unchanged since GStreamer 1.4 for what is used here */
#include <gst/codecparsers/gsth264parser.h>
#include <gst/codecparsers/gsth265parser.h>
#include <stdbool.h>

#define INTERLACED "interlaced: send progressive frames, each a frame picture"
#define STATED_REORDER \
    "the SPS has max_num_reorder_frames > 0, so that decoders hold frames back: it must be 0"
#define UNSTATED_REORDER                                                             \
    "the SPS does not state max_num_reorder_frames 0 (VUI, bitstream restriction), " \
    "so that decoders hold frames back"
#define B_FRAME "a B-frame: frames that are reordered are shown late"
#define TWO_UNITS "more than one access unit in a DATA"
#define HALF_UNIT "a DATA begins in the middle of a picture: send whole access units"
#define NO_PICTURE "a DATA without a picture: parameter sets belong in the DATA of their key frame"
#define UNREADABLE_SETS "parameter sets that cannot be read"
#define UNREADABLE_SLICE \
    "a slice without the parameter sets that it names, or with an unreadable header"
#define BARE_IDR "a key frame without its parameter sets in the same DATA"

struct frame_demands {
    GstH264NalParser *h264;
    GstH265Parser *h265;
};

/* The NAL units of one DATA so far. */
struct unit {
    bool picture, key;
    bool vps, sps, pps;
};

struct frame_demands *frame_demands_create(void)
{
    struct frame_demands *demands = g_new0(struct frame_demands, 1);

    demands->h264 = gst_h264_nal_parser_new();
    demands->h265 = gst_h265_parser_new();
    return demands;
}

void frame_demands_destroy(struct frame_demands *demands)
{
    if (!demands)
        return;
    gst_h264_nal_parser_free(demands->h264);
    gst_h265_parser_free(demands->h265);
    g_free(demands);
}

/* A slice begins a picture if its first macroblock is the picture's first. */
static const char *note_slice(struct unit *unit, bool first)
{
    if (first && unit->picture)
        return TWO_UNITS;
    if (!first && !unit->picture)
        return HALF_UNIT;
    unit->picture = true;
    return NULL;
}

static const char *h264_sps(struct frame_demands *demands, GstH264NalUnit *nal, struct unit *unit)
{
    struct h264_sps sps;

    unit->sps = true;
    if (!h264_sps_read(nal->data + nal->offset, nal->size, &sps) ||
        gst_h264_parser_parse_nal(demands->h264, nal) != GST_H264_PARSER_OK)
        return UNREADABLE_SETS;
    if (sps.mbaff)
        return INTERLACED;
    if (sps.max_reorder_frames > 0)
        return sps.reorder_is_stated ? STATED_REORDER : UNSTATED_REORDER;
    return NULL;
}

static const char *h264_slice(struct frame_demands *demands, GstH264NalUnit *nal, struct unit *unit)
{
    GstH264SliceHdr slice;

    if (gst_h264_parser_parse_slice_hdr(demands->h264, nal, &slice, false, false) !=
        GST_H264_PARSER_OK)
        return UNREADABLE_SLICE;
    unit->key = unit->key || nal->type == GST_H264_NAL_SLICE_IDR;
    if (slice.field_pic_flag)
        return INTERLACED;
    if (GST_H264_IS_B_SLICE(&slice))
        return B_FRAME;
    return note_slice(unit, slice.first_mb_in_slice == 0);
}

static const char *h264_nal(struct frame_demands *demands, GstH264NalUnit *nal, struct unit *unit)
{
    switch (nal->type) {
    case GST_H264_NAL_SLICE:
    case GST_H264_NAL_SLICE_IDR:
        return h264_slice(demands, nal, unit);
    case GST_H264_NAL_SPS:
        return unit->picture ? TWO_UNITS : h264_sps(demands, nal, unit);
    case GST_H264_NAL_PPS:
        unit->pps = true;
        return unit->picture ? TWO_UNITS
               : gst_h264_parser_parse_nal(demands->h264, nal) != GST_H264_PARSER_OK
                   ? UNREADABLE_SETS
                   : NULL;
    case GST_H264_NAL_AU_DELIMITER:
    case GST_H264_NAL_SEI:
        return unit->picture ? TWO_UNITS : NULL; /* 7.4.1.2.3: they begin the next unit */
    default:
        return NULL;
    }
}

static const char *check_h264(struct frame_demands *demands, const uint8_t *bytes, size_t size)
{
    struct unit unit = {0};
    GstH264NalUnit nal = {0};
    const char *wrong = NULL;

    for (unsigned at = 0; at < size && !wrong; at = nal.offset + nal.size) {
        GstH264ParserResult result =
            gst_h264_parser_identify_nalu(demands->h264, bytes, at, size, &nal);
        if (result != GST_H264_PARSER_OK && result != GST_H264_PARSER_NO_NAL_END)
            break; /* trailing zeros only, or bytes that the module has refused */
        wrong = h264_nal(demands, &nal, &unit);
    }
    if (wrong)
        return wrong;
    if (!unit.picture)
        return NO_PICTURE;
    return unit.key && !(unit.sps && unit.pps) ? BARE_IDR : NULL;
}

static const char *h265_sps(struct frame_demands *demands, GstH265NalUnit *nal, struct unit *unit)
{
    GstH265SPS sps;

    unit->sps = true;
    if (gst_h265_parser_parse_sps(demands->h265, nal, &sps, true) != GST_H265_PARSER_OK)
        return UNREADABLE_SETS;
    if (sps.vui_parameters_present_flag && sps.vui_params.field_seq_flag)
        return INTERLACED;
    if (sps.max_num_reorder_pics[sps.max_sub_layers_minus1] > 0)
        return STATED_REORDER;
    return NULL;
}

static const char *h265_nal(struct frame_demands *demands, GstH265NalUnit *nal, struct unit *unit)
{
    GstH265SliceHdr slice;
    GstH265ParserResult result;

    if (nal->layer_id > 0)
        return NULL;
    if (nal->type <= GST_H265_NAL_SLICE_CRA_NUT) {
        result = gst_h265_parser_parse_slice_hdr(demands->h265, nal, &slice);
        if (result != GST_H265_PARSER_OK)
            return UNREADABLE_SLICE;
        unit->key = unit->key || nal->type >= GST_H265_NAL_SLICE_BLA_W_LP;
        bool first = slice.first_slice_segment_in_pic_flag;
        gst_h265_slice_hdr_free(&slice);
        return note_slice(unit, first);
    }
    switch (nal->type) {
    case GST_H265_NAL_SPS:
        return unit->picture ? TWO_UNITS : h265_sps(demands, nal, unit);
    case GST_H265_NAL_VPS:
    case GST_H265_NAL_PPS:
        *(nal->type == GST_H265_NAL_VPS ? &unit->vps : &unit->pps) = true;
        result = unit->picture ? GST_H265_PARSER_OK : gst_h265_parser_parse_nal(demands->h265, nal);
        return unit->picture ? TWO_UNITS : result != GST_H265_PARSER_OK ? UNREADABLE_SETS : NULL;
    case GST_H265_NAL_AUD:
    case GST_H265_NAL_PREFIX_SEI:
        return unit->picture ? TWO_UNITS : NULL; /* 7.4.2.4.4 */
    default:
        return NULL;
    }
}

static const char *check_h265(struct frame_demands *demands, const uint8_t *bytes, size_t size)
{
    struct unit unit = {0};
    GstH265NalUnit nal = {0};
    const char *wrong = NULL;

    for (unsigned at = 0; at < size && !wrong; at = nal.offset + nal.size) {
        GstH265ParserResult result =
            gst_h265_parser_identify_nalu(demands->h265, bytes, at, size, &nal);
        if (result != GST_H265_PARSER_OK && result != GST_H265_PARSER_NO_NAL_END)
            break;
        wrong = h265_nal(demands, &nal, &unit);
    }
    if (wrong)
        return wrong;
    if (!unit.picture)
        return NO_PICTURE;
    return unit.key && !(unit.vps && unit.sps && unit.pps) ? BARE_IDR : NULL;
}

const char *frame_demands_check(struct frame_demands *demands, enum port_codec codec,
                                const uint8_t *bytes, size_t size)
{
    size = access_unit_size(codec, bytes, size);
    switch (codec) {
    case PORT_CODEC_H264:
        return check_h264(demands, bytes, size);
    case PORT_CODEC_H265:
        return check_h265(demands, bytes, size);
    default:
        return NULL;
    }
}
