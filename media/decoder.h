/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * decoder: decodes a recording's video, picture by picture.
 *
 * It uses libavcodec and the recording's file only, and shares nothing with what is
 * measured. It takes any codec and pixel format that the library knows. It reads files
 * and numbers access units like the agent (media/video-file.h). A decoder belongs to one
 * thread at a time.
 */
#ifndef VDIBENCH_DECODER_H
#define VDIBENCH_DECODER_H

#include "auto-destroy.h"

#include <glib.h>
#include <libavutil/frame.h>
#include <stdbool.h>

struct decoder;

/* Begins at the first picture. `threads` is the number of libavcodec's own threads, at
 * least 1. NULL and `error` (one line that begins with the file's name) if there is no
 * video, or none that can be decoded. */
struct decoder *decoder_open(const char *recording, unsigned threads, GError **error);
void decoder_close(struct decoder *decoder); /* NULL is allowed; ends its threads */

/* From now on pictures are cropped as a client's libavcodec crops them: it moves the left
 * edge to an aligned address, so that a picture may be wider than decoder_size(). */
void decoder_cut_like_clients(struct decoder *decoder);

/* The size at which the last picture is meant to be shown. */
void decoder_size(const struct decoder *decoder, unsigned *ret_width_px, unsigned *ret_height_px);

/* Returns the next picture in display order. It belongs to the decoder and is valid until
 * the next call, unless av_frame_ref() keeps it. `ret_unit` (may be NULL) is the index of
 * its access unit, from 0. False without `error` at the end; with `error` if the file is
 * truncated, or so damaged that a picture cannot be decoded whole. */
bool decoder_next(struct decoder *decoder, const AVFrame **ret_frame, unsigned *ret_unit,
                  GError **error);

/* Frames per second, as sim-agent reads them, if the frames are evenly spaced; 0/1 if the
 * file does not declare it. Valid after the first picture. */
void decoder_rate(const struct decoder *decoder, unsigned *ret_num, unsigned *ret_den);

/* How the numbers of a YUV picture map to colours. */
struct decoder_colours {
    bool full_range;          /* 0 to 255, not 16 to 235 and 240 */
    enum AVColorSpace matrix; /* never AVCOL_SPC_UNSPECIFIED */
};

/* If the recording does not declare the matrix, it is the one that a SPICE client
 * assumes: BT.709 for HD, BT.601 below. */
struct decoder_colours decoder_colours(const AVFrame *frame);

/* Whether the picture has 8 bits per sample and at least three planes, one for each
 * component. The callers can read no other pictures. */
bool decoder_is_planar(const AVFrame *frame);

DEFINE_AUTO_DESTROY(decoder, decoder_close)

#endif
