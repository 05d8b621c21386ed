/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * scaler: converts decoded pictures to another pixel format of the same size, with the
 * colours that the picture declares (decoder_colours()). Any thread, one at a time.
 */
#ifndef VDIBENCH_SCALER_H
#define VDIBENCH_SCALER_H

#include <libavutil/frame.h>
#include <libswscale/swscale.h>

/* For pictures like this one, but `height_px` high, into `to`, whose range is full. Free it
 * with sws_freeContext(). NULL if the formats cannot be converted. */
struct SwsContext *scaler_create(const AVFrame *like, int height_px, enum AVPixelFormat to);

#endif
