/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * video-file: the video of a file that libavformat can read, packet by packet.
 *
 * The only reader of recordings. What the agent plays (recording), what a frame should
 * look like and what a vGPU draws (decoder) all come from it, so that an access unit has
 * the same number everywhere. It opens regular files only, and returns H.264 in Annex B.
 * A file that is truncated or damaged is an error, as far as its container reveals it.
 * One thread.
 */
#ifndef SIM_AGENT_VIDEO_FILE_H
#define SIM_AGENT_VIDEO_FILE_H

#include "auto-destroy.h"
#include "media/parameter-sets.h"

#include <libavcodec/codec_par.h>
#include <libavcodec/packet.h>
#include <stdbool.h>
#include <stdint.h>

/* Frames per second of a raw H.264 stream whose VUI has no rate. */
#define VIDEO_FILE_RAW_FPS 30

#define VIDEO_FILE_NO_TIME INT64_MIN
#define VIDEO_FILE_NO_UNIT (-1)

struct video_file;

struct video_packet {
    const AVPacket *packet; /* the file's own until the next call; its times are the file's */
    /* The access unit's index in the file, from 0 for the first one with which a decoder
     * can begin. VIDEO_FILE_NO_UNIT for everything before that, and for packets without a
     * picture (parameter sets on their own, an end of sequence). */
    int64_t unit;
    bool key;                     /* H.264: an IDR picture whose parameter sets are known */
    int64_t time_us;              /* when it is shown, or VIDEO_FILE_NO_TIME */
    int64_t duration_us;          /* 0: unknown */
    int64_t picture_order;        /* the order in which pictures are shown, from IDR to IDR */
    bool bidirectional;           /* has B slices */
    bool field;                   /* a single field */
    unsigned width_px, height_px; /* 0 if unknown */
};

/* NULL and `error` (one line that begins with the path) if it cannot be used. `h264`:
 * other codecs are refused. */
struct video_file *video_file_open(const char *path, bool h264, GError **error);
void video_file_destroy(struct video_file *file);
DEFINE_AUTO_DESTROY(video_file, video_file_destroy)

/* The container's frames per second, and the rate of the grid on which the times of all
 * frames lie; 0/1 if the container has none, as in a raw H.264 stream. */
void video_file_rate(const struct video_file *file, unsigned *ret_num, unsigned *ret_den);
void video_file_grid(const struct video_file *file, unsigned *ret_num, unsigned *ret_den);

/* The parameters that a decoder of its packets needs; owned by the file. */
const AVCodecParameters *video_file_codec(const struct video_file *file);

/* Of H.264: the parameter sets in force after the last packet. */
const struct parameter_sets *video_file_parameter_sets(const struct video_file *file);

/* Reads the next packet. false at the end; false with `error` if the file is truncated
 * or damaged. */
bool video_file_next(struct video_file *file, struct video_packet *ret_packet, GError **error);

#endif
