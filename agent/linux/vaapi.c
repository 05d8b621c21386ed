/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/linux/vaapi.h"

#include "agent/linux/libav-encoder.h"
#include "agent/linux/render-node.h"

#include <errno.h>
#include <libavutil/hwcontext.h>
#include <stdio.h>
#include <string.h>

/* Surfaces for the pictures: the one that is uploaded, and those to which the encoder refers. */
#define SURFACES 4

/* Key frames come when they are requested; H.264 allows so many pictures between them without
 * any trouble for a driver's counters of 16 bits. */
#define KEY_DISTANCE "32767"

static const char *const h264_options[][2] = {
    {"async_depth", "1"}, /* a picture's access unit is there before the next one goes in */
    {"rc_mode", "CBR"},
    {"bf", "0"},
    {"g", KEY_DISTANCE},
    {"idr_interval", "0"},       /* each picture that is coded by itself is an IDR picture */
    {"flags", "+global_header"}, /* for key frames that come without parameter sets */
    {"sei", "0"},                /* nothing that nobody reads */
    {NULL, NULL},
};

static const char *const hevc_options[][2] = {
    {"async_depth", "1"},  {"rc_mode", "CBR"},          {"bf", "0"},  {"g", KEY_DISTANCE},
    {"idr_interval", "0"}, {"flags", "+global_header"}, {"sei", "0"}, {NULL, NULL},
};

static int fail(int error, char *ret_error, const char *what, const char *where, const char *advice)
{
    snprintf(ret_error, LIBAV_ENCODER_TEXT_BYTES, "%s%s%s: %s: %s", what, where[0] ? " " : "",
             where, strerror(-error), advice);
    return error;
}

static int use_device(AVCodecContext *context, enum AVPixelFormat pictures,
                      char ret_error[LIBAV_ENCODER_TEXT_BYTES])
{
    char node[RENDER_NODE_BYTES];
    AVBufferRef *device = NULL;
    int result = render_node_find(node);

    if (result < 0)
        return fail(result, ret_error, "no graphics card can encode", "",
                    "is one passed through to this guest, and is its driver loaded (/dev/dri)?");
    result = av_hwdevice_ctx_create(&device, AV_HWDEVICE_TYPE_VAAPI, node, NULL, 0);
    if (result < 0)
        return fail(result, ret_error, "VA-API does not work on", node,
                    "may this user open it, and is its VA-API driver installed? See vainfo");
    AVBufferRef *frames = av_hwframe_ctx_alloc(device);
    av_buffer_unref(&device); /* which the frames have */
    result = frames ? 0 : AVERROR(ENOMEM);
    if (frames) {
        AVHWFramesContext *of = (AVHWFramesContext *)frames->data;
        of->format = context->pix_fmt = AV_PIX_FMT_VAAPI;
        of->sw_format = pictures;
        of->width = context->width;
        of->height = context->height;
        of->initial_pool_size = SURFACES;
        result = av_hwframe_ctx_init(frames);
    }
    if (result < 0) {
        av_buffer_unref(&frames);
        return fail(result, ret_error, "there is no memory for pictures on", node,
                    "close what else uses the card");
    }
    context->hw_frames_ctx = frames;
    return 0;
}

static const struct libav_kind h264 = {
    .name = "h264_vaapi",
    .codec = PORT_CODEC_H264,
    .pictures = AV_PIX_FMT_NV12,
    .options = h264_options,
    .opens_for_bitrate = true,
    .use_device = use_device,
};

static const struct libav_kind hevc = {
    .name = "hevc_vaapi",
    .codec = PORT_CODEC_H265,
    .pictures = AV_PIX_FMT_NV12,
    .options = hevc_options,
    .opens_for_bitrate = true,
    .use_device = use_device,
};

struct encoder *vaapi_create(enum port_codec codec)
{
    return libav_encoder_create(codec == PORT_CODEC_H265 ? &hevc : &h264, NULL);
}
