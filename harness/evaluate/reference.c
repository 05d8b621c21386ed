/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/evaluate/reference.h"

#include "auto-destroy.h"

#include <gio/gio.h>
#include <libavutil/pixdesc.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static bool fail(GError **error, const char *recording, const char *what)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", recording, what);
    return false;
}

/* The decoder's picture of `unit`; NULL and `error` when there is none. */
static const AVFrame *find(struct decoder *decoder, const char *recording, unsigned unit,
                           GError **error)
{
    g_autoptr(GError) why = NULL;
    const AVFrame *frame;
    unsigned shows;

    while (decoder_next(decoder, &frame, &shows, &why)) {
        if (shows == unit)
            return frame;
    }
    if (why)
        g_propagate_error(error, g_steal_pointer(&why));
    else
        fail(error, recording, "has no picture for the access unit that was shown");
    return NULL;
}

static uint8_t clamp(float value)
{
    return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)(value + 0.5f);
}

/* The weights of red and blue in luma: ITU-T H.273, table 4. False for a matrix that
 * does not define luma by such weights. */
static bool weights(enum AVColorSpace matrix, float *ret_red, float *ret_blue)
{
    static const struct {
        enum AVColorSpace matrix;
        float red, blue;
    } table[] = {
        {AVCOL_SPC_BT709, 0.2126f, 0.0722f},   {AVCOL_SPC_FCC, 0.30f, 0.11f},
        {AVCOL_SPC_BT470BG, 0.299f, 0.114f},   {AVCOL_SPC_SMPTE170M, 0.299f, 0.114f},
        {AVCOL_SPC_SMPTE240M, 0.212f, 0.087f}, {AVCOL_SPC_BT2020_NCL, 0.2627f, 0.0593f},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(table); i++) {
        if (table[i].matrix == matrix) {
            *ret_red = table[i].red;
            *ret_blue = table[i].blue;
            return true;
        }
    }
    return false;
}

/* 8-bit planar YUV to BGRx: ITU-T H.273, equations for the matrix. */
static struct picture *convert_yuv(const AVFrame *frame, const AVPixFmtDescriptor *format, float kr,
                                   float kb)
{
    bool full = decoder_colours(frame).full_range;
    const float kg = 1 - kr - kb;
    const float luma = full ? 1 : 255 / 219.0f, chroma = full ? 2 : 2 * 255 / 224.0f;
    struct picture *picture = picture_create((unsigned)frame->width, (unsigned)frame->height);

    for (int y = 0; y < frame->height; y++) {
        const uint8_t *luma_row = frame->data[0] + (ptrdiff_t)y * frame->linesize[0];
        const uint8_t *cb_row =
            frame->data[1] + (ptrdiff_t)(y >> format->log2_chroma_h) * frame->linesize[1];
        const uint8_t *cr_row =
            frame->data[2] + (ptrdiff_t)(y >> format->log2_chroma_h) * frame->linesize[2];
        uint8_t *pixel = picture->bgrx + (size_t)y * picture->stride_bytes;
        for (int x = 0; x < frame->width; x++, pixel += 4) {
            float level = (luma_row[x] - (full ? 0 : 16)) * luma;
            float cb = (cb_row[x >> format->log2_chroma_w] - 128) * chroma;
            float cr = (cr_row[x >> format->log2_chroma_w] - 128) * chroma;
            pixel[0] = clamp(level + cb * (1 - kb));
            pixel[1] = clamp(level - (cb * kb * (1 - kb) + cr * kr * (1 - kr)) / kg);
            pixel[2] = clamp(level + cr * (1 - kr));
        }
    }
    return picture;
}

/* Planes of G, B and R, as a lossless master has them. */
static struct picture *convert_rgb(const AVFrame *frame)
{
    struct picture *picture = picture_create((unsigned)frame->width, (unsigned)frame->height);

    for (int y = 0; y < frame->height; y++) {
        uint8_t *pixel = picture->bgrx + (size_t)y * picture->stride_bytes;
        for (int x = 0; x < frame->width; x++, pixel += 4) {
            pixel[0] = frame->data[1][(ptrdiff_t)y * frame->linesize[1] + x];
            pixel[1] = frame->data[0][(ptrdiff_t)y * frame->linesize[0] + x];
            pixel[2] = frame->data[2][(ptrdiff_t)y * frame->linesize[2] + x];
        }
    }
    return picture;
}

/* As spice-gtk draws a picture into its stream's rectangle: the nearest pixel. */
static struct picture *scale(struct picture *picture, unsigned width_px, unsigned height_px)
{
    if (picture->width_px == width_px && picture->height_px == height_px)
        return picture;
    struct picture *scaled = picture_create(width_px, height_px);
    for (unsigned y = 0; y < height_px; y++) {
        const uint8_t *from = picture->bgrx + (2 * y + 1) * picture->height_px / (2 * height_px) *
                                                  picture->stride_bytes;
        uint8_t *to = scaled->bgrx + y * scaled->stride_bytes;
        for (unsigned x = 0; x < width_px; x++)
            memcpy(to + (size_t)x * 4, from + (2 * x + 1) * picture->width_px / (2 * width_px) * 4,
                   4);
    }
    picture_destroy(picture);
    return scaled;
}

struct picture *reference_decode_next(struct decoder *decoder, const char *recording, unsigned unit,
                                      GError **error)
{
    const AVFrame *frame = find(decoder, recording, unit, error);
    if (!frame)
        return NULL;

    const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(frame->format);
    bool rgb = (format->flags & AV_PIX_FMT_FLAG_RGB) != 0;
    float red = 0, blue = 0;
    if (!decoder_is_planar(frame) ||
        (!rgb && !weights(decoder_colours(frame).matrix, &red, &blue)) ||
        (unsigned)frame->width > PICTURE_MAX_PX || (unsigned)frame->height > PICTURE_MAX_PX) {
        fail(error, recording, "its pixel format or its colours cannot be compared");
        return NULL;
    }
    struct picture *picture = rgb ? convert_rgb(frame) : convert_yuv(frame, format, red, blue);
    unsigned width_px, height_px;
    decoder_size(decoder, &width_px, &height_px);
    return scale(picture, width_px, height_px);
}

struct picture *reference_decode(const char *recording, unsigned unit, GError **error)
{
    auto_destroy(decoder) decoder = decoder_open(recording, 1, error);

    if (!decoder)
        return NULL;
    decoder_cut_like_clients(decoder);
    return reference_decode_next(decoder, recording, unit, error);
}
