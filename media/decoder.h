/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * decoder: the pictures of a recording's video, one after the other.
 *
 * By libavcodec, from the recording's file and from nothing else, apart from
 * everything that is measured: any codec and pixel format that the library
 * knows. Files are read, and access units numbered, as the agent does it
 * (media/video-file.h). A Decoder belongs to one thread at a time.
 */
#ifndef VDIBENCH_DECODER_H
#define VDIBENCH_DECODER_H

#include "auto-destroy.h"

#include <glib.h>
#include <libavutil/frame.h>
#include <stdbool.h>

struct decoder;

/* Begins at the first picture; `threads` of libavcodec's own decode, at least
 * 1. NULL and `error` (one line that begins with the file's name) when there
 * is no video, or none that can be decoded. */
struct decoder *decoder_open(const char *recording, unsigned threads, GError **error);
void decoder_close(struct decoder *decoder); /* NULL is allowed; ends its threads */

/* From now on a picture is cut out as a client's libavcodec does it, which moves
 * its left edge to where vectors can begin: it may be wider than decoder_size(). */
void decoder_cut_like_clients(struct decoder *decoder);

/* How large the last picture is meant to be seen. */
void decoder_size(const struct decoder *decoder, unsigned *ret_width_px, unsigned *ret_height_px);

/* The next picture in the order of showing: the decoder's own until the next
 * call, av_frame_ref() keeps it. `ret_unit` (may be NULL): which access unit of
 * the recording it is, from 0. False without `error` at the end; with it when the
 * file is truncated, or damaged so that a picture cannot be decoded whole. */
bool decoder_next(struct decoder *decoder, const AVFrame **ret_frame, unsigned *ret_unit,
                  GError **error);

/* Frames a second as sim-agent takes them, where they come evenly; 0/1 where the
 * file does not say. After the first picture. */
void decoder_rate(const struct decoder *decoder, unsigned *ret_num, unsigned *ret_den);

/* Which colours the numbers of a YUV picture mean. */
struct decoder_colours {
    bool full_range;          /* 0 to 255, not 16 to 235 and 240 */
    enum AVColorSpace matrix; /* never AVCOL_SPC_UNSPECIFIED */
};

/* Where the recording does not say, what a SPICE client assumes: BT.709 for
 * HD, BT.601 below. */
struct decoder_colours decoder_colours(const AVFrame *frame);

/* 8 bits a sample in planes of their own, three or more: what the two users
 * of this module can look into. */
bool decoder_is_planar(const AVFrame *frame);

DEFINE_AUTO_DESTROY(decoder, decoder_close)

#endif
