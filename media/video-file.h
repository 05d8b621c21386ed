/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * video-file: the video of a file that libavformat can read, packet by packet.
 *
 * The one reader of recordings: what the agent plays (recording), what a frame
 * should look like and what a vGPU draws (decoder) come through
 * it, so that an access unit has one number everywhere. Opens nothing but
 * regular files, and gives H.264 in Annex B. Files that are truncated or damaged,
 * as far as their container tells, are an error. One thread.
 */
#ifndef SIM_AGENT_VIDEO_FILE_H
#define SIM_AGENT_VIDEO_FILE_H

#include "auto-destroy.h"
#include "media/parameter-sets.h"

#include <libavcodec/codec_par.h>
#include <libavcodec/packet.h>
#include <stdbool.h>
#include <stdint.h>

/* Frames a second of a raw H.264 stream whose VUI says nothing. */
#define VIDEO_FILE_RAW_FPS 30

#define VIDEO_FILE_NO_TIME INT64_MIN
#define VIDEO_FILE_NO_UNIT (-1)

struct video_file;

struct video_packet {
    const AVPacket *packet; /* the file's own until the next call; its times are the file's */
    /* From 0, in the file's order: the access units from the first on with which
     * a decoder can begin. VIDEO_FILE_NO_UNIT: what comes before that, and what
     * has no picture (parameter sets on their own, an end of sequence). */
    int64_t unit;
    bool key;                     /* H.264: an IDR picture whose parameter sets are known */
    int64_t time_us;              /* when it is shown, or VIDEO_FILE_NO_TIME */
    int64_t duration_us;          /* 0: unknown */
    int64_t picture_order;        /* the order in which pictures are shown, from IDR to IDR */
    bool bidirectional;           /* has B slices */
    bool field;                   /* a single field */
    unsigned width_px, height_px; /* 0 when the file does not say */
};

/* NULL and `error` (one line that begins with the path) when it cannot be used.
 * `h264`: nothing else will do. */
struct video_file *video_file_open(const char *path, bool h264, GError **error);
void video_file_destroy(struct video_file *file);
DEFINE_AUTO_DESTROY(video_file, video_file_destroy)

/* Frames a second as the container says, and the rate of the grid on which the
 * times of all its frames lie; 0/1 where it says nothing, as a raw H.264 stream. */
void video_file_rate(const struct video_file *file, unsigned *ret_num, unsigned *ret_den);
void video_file_grid(const struct video_file *file, unsigned *ret_num, unsigned *ret_den);

/* What a decoder of its packets needs; the file's own. */
const AVCodecParameters *video_file_codec(const struct video_file *file);

/* Of H.264: those that are in force after the last packet. */
const struct parameter_sets *video_file_parameter_sets(const struct video_file *file);

/* The next packet. false at the end, and with `error` set when the file
 * breaks off or is damaged. */
bool video_file_next(struct video_file *file, struct video_packet *ret_packet, GError **error);

#endif
