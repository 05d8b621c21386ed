/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * recording: a recorded H.264 video, cut into access units in memory.
 *
 * Reads the files that libavformat reads (mp4, mkv, ts, raw Annex B), and refuses, with
 * the reason, a recording that a session could not show: codecs other than H.264, no key
 * frame with which a decoder could start, pictures whose display order is not the decoding
 * order or that clients do not show correctly (playable.h), sizes beyond the protocol's
 * limits. A stream that the real agent has recorded has an index beside it (recording-index),
 * whose times and sizes count. All work is done here, so that while it plays the agent only sends. Immutable once it is
 * loaded; any thread may read it.
 */
#ifndef SIM_AGENT_RECORDING_H
#define SIM_AGENT_RECORDING_H

#include "auto-destroy.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* The limit for all units together: a minute of 1080p60 at 60 Mbit/s. */
#define RECORDING_MAX_BYTES (512u * 1024 * 1024)

/* Above this a slot is shorter than the time a pty takes for a frame. */
#define RECORDING_FPS_MAX 240

/* A frame that lasts longer comes from a file that was joined from two; a run would wait
 * for its end. */
#define RECORDING_FRAME_MAX_S 60

struct recording_unit {
    const uint8_t *bytes;
    size_t size;  /* with the trailer, if one was requested */
    uint32_t crc; /* zlib crc32 of the access unit without the trailer */
    bool key;     /* IDR with SPS and PPS */
    unsigned width_px, height_px;
    unsigned slots; /* the number of slots it lasts, at least 1: see struct recording */
};

struct recording {
    char *name;    /* the file's base name */
    GArray *units; /* struct recording_unit; the first is a key frame */
    unsigned keyframes;
    unsigned fps_num, fps_den; /* slots per second, at least 1: one a frame, unless `varies` */
    unsigned slots;            /* of all units */
    bool varies;               /* frames differ in length, or all last more than one slot */
    bool barcode;              /* its pictures carry media/barcode.h's barcode */
};

struct recording_options {
    unsigned fps_num, fps_den; /* 0: as in the file */
    bool trailer;              /* append the access unit's trailer to each unit */
    size_t max_bytes;          /* 0: RECORDING_MAX_BYTES */
};

/* Loads the file. NULL and `error` ("path: what: what to do") on failure. The
 * provenance NAME.ini beside NAME.mp4, if there is one, may declare a barcode:
 * barcode=1 in [recording]. */
struct recording *recording_load(const char *path, const struct recording_options *options,
                                 GError **error);
void recording_destroy(struct recording *recording);
DEFINE_AUTO_DESTROY(recording, recording_destroy)

/* The name of the file that sim-agent/record writes beside NAME.mp4 with this extension:
 * ".ini", the provenance, or ".film", the lossless pictures. The file need not exist; free
 * the name. */
char *recording_beside(const char *path, const char *extension);

/* The unit with this index. */
const struct recording_unit *recording_unit(const struct recording *recording, unsigned index);

#endif
