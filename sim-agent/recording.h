/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * recording: a recorded H.264 video, cut into access units in memory.
 *
 * Reads what libavformat reads (mp4, mkv, ts, raw Annex B) and refuses, with
 * the reason, what a session could not show: anything but H.264, nothing to
 * start a decoder with, pictures that are not shown in the order in which they
 * are decoded or that clients do not show right (playable.h), sizes beyond
 * the protocol's limits. All work is done here, so
 * that playing costs the agent nothing but the sending. Immutable once it is
 * loaded; any thread may read it.
 */
#ifndef SIM_AGENT_RECORDING_H
#define SIM_AGENT_RECORDING_H

#include "auto-destroy.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What all units together may take. A minute of 1080p60 at 60 Mbit/s. */
#define RECORDING_MAX_BYTES (512u * 1024 * 1024)

/* Above this a slot is shorter than the time a pty takes for a frame. */
#define RECORDING_FPS_MAX 240

/* A frame that stays longer is a file that was joined from two: a run would wait
 * for its end. */
#define RECORDING_FRAME_MAX_S 60

struct recording_unit {
    const uint8_t *bytes;
    size_t size;  /* with the trailer, where one was asked for */
    uint32_t crc; /* zlib crc32 of the access unit without the trailer */
    bool key;     /* IDR with SPS and PPS */
    unsigned width_px, height_px;
    unsigned slots; /* how many it lasts, at least 1: see struct recording */
};

struct recording {
    char *name;    /* the file's base name */
    GArray *units; /* struct recording_unit; the first is a key frame */
    unsigned keyframes;
    unsigned fps_num, fps_den; /* slots a second, at least 1: a frame each, unless `varies` */
    unsigned slots;            /* of all units */
    bool varies;               /* frames last differently long, or all more than a slot */
    bool barcode;              /* its pictures carry media/barcode.h's barcode */
};

struct recording_options {
    unsigned fps_num, fps_den; /* 0: as the file says */
    bool trailer;              /* append the access unit's trailer to each unit */
    size_t max_bytes;          /* 0: RECORDING_MAX_BYTES */
};

/* Loads the file. NULL and `error` ("path: what: what to do") on failure. The
 * provenance NAME.ini beside NAME.mp4, if there is one, may say barcode=1 in
 * [recording]. */
struct recording *recording_load(const char *path, const struct recording_options *options,
                                 GError **error);
void recording_destroy(struct recording *recording);
DEFINE_AUTO_DESTROY(recording, recording_destroy)

/* What sim-agent/record writes beside NAME.mp4, by its extension: ".ini" the
 * provenance, ".film" the pictures without loss. It need not exist; free it. */
char *recording_beside(const char *path, const char *extension);

/* The unit with this index. */
const struct recording_unit *recording_unit(const struct recording *recording, unsigned index);

#endif
