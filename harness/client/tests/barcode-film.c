/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/tests/barcode-film.h"

#include "media/barcode.h"

#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
#include <stdint.h>
#include <string.h>

#define FPS 30
/* Limited range luminance. */
#define Y_BLACK 16
#define Y_WHITE 235

static AVCodecContext *open_encoder(void)
{
    const AVCodec *codec = avcodec_find_encoder_by_name("libx264");
    AVCodecContext *context = codec ? avcodec_alloc_context3(codec) : NULL;

    if (!context)
        return NULL;
    context->width = BARCODE_FILM_WIDTH_PX;
    context->height = BARCODE_FILM_HEIGHT_PX;
    context->pix_fmt = AV_PIX_FMT_YUV420P;
    context->time_base = (AVRational){1, FPS};
    context->framerate = (AVRational){FPS, 1};
    context->max_b_frames = 0;
    context->thread_count = 1;
    av_log_set_level(AV_LOG_WARNING);
    av_opt_set(context->priv_data, "preset", "ultrafast", 0);
    av_opt_set(context->priv_data, "tune", "zerolatency", 0);
    if (avcodec_open2(context, codec, NULL) < 0)
        avcodec_free_context(&context);
    return context;
}

static void draw(AVFrame *frame, unsigned index)
{
    static uint8_t bgrx[BARCODE_FILM_WIDTH_PX * 4 * BARCODE_FILM_HEIGHT_PX];

    memset(bgrx, 0x80, sizeof bgrx);
    barcode_draw(bgrx, BARCODE_FILM_WIDTH_PX * 4, BARCODE_SOURCE_RECORDING, (uint16_t)index);
    for (int y = 0; y < frame->height; y++)
        for (int x = 0; x < frame->width; x++)
            frame->data[0][y * frame->linesize[0] + x] =
                (uint8_t)(Y_BLACK + bgrx[(y * frame->width + x) * 4] * (Y_WHITE - Y_BLACK) / 255);
    for (int plane = 1; plane <= 2; plane++)
        memset(frame->data[plane], 0x80, (size_t)frame->linesize[plane] * frame->height / 2);
    frame->pts = index;
}

static void free_bytes(void *bytes)
{
    g_bytes_unref(bytes);
}

GPtrArray *barcode_film_encode(unsigned count)
{
    AVCodecContext *context = open_encoder();
    if (!context)
        return NULL;

    GPtrArray *units = g_ptr_array_new_with_free_func(free_bytes);
    AVFrame *frame = av_frame_alloc();
    AVPacket *packet = av_packet_alloc();
    frame->width = context->width;
    frame->height = context->height;
    frame->format = context->pix_fmt;
    av_frame_get_buffer(frame, 0);
    for (unsigned i = 0; i < count; i++) {
        av_frame_make_writable(frame);
        draw(frame, i);
        avcodec_send_frame(context, frame);
        while (avcodec_receive_packet(context, packet) == 0) {
            g_ptr_array_add(units, g_bytes_new(packet->data, (size_t)packet->size));
            av_packet_unref(packet);
        }
    }
    av_packet_free(&packet);
    av_frame_free(&frame);
    avcodec_free_context(&context);
    return units;
}
