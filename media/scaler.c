/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "media/scaler.h"

#include "media/decoder.h"

/* Replaces the deprecated formats that imply full range (JPEG's). */
static enum AVPixelFormat plain_format(int format)
{
    switch (format) {
    case AV_PIX_FMT_YUVJ420P:
        return AV_PIX_FMT_YUV420P;
    case AV_PIX_FMT_YUVJ422P:
        return AV_PIX_FMT_YUV422P;
    case AV_PIX_FMT_YUVJ444P:
        return AV_PIX_FMT_YUV444P;
    default:
        return format;
    }
}

struct SwsContext *scaler_create(const AVFrame *like, int height_px, enum AVPixelFormat to)
{
    struct decoder_colours colours = decoder_colours(like);
    const int *matrix = sws_getCoefficients(colours.matrix); /* SWS_CS_* are H.273's numbers */
    struct SwsContext *scaler =
        sws_getContext(like->width, height_px, plain_format(like->format), like->width, height_px,
                       to, SWS_POINT, NULL, NULL, NULL);
    if (scaler)
        sws_setColorspaceDetails(scaler, matrix, colours.full_range, matrix, true, 0, 1 << 16,
                                 1 << 16);
    return scaler;
}
