/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * transcoder: decodes a recording, scales it to 720p and encodes it, in this thread, and reports
 * which surfaces each frame used.
 *
 * libavcodec's work is real; that its pictures were surfaces of a GPU is the model: a decoded picture
 * is one of SURFACES_DECODED, in turn, from when the decoder takes it until it gives it back.
 */
#ifndef VDIBENCH_SHADOW_PAGING_TRANSCODER_H
#define VDIBENCH_SHADOW_PAGING_TRANSCODER_H

#include <glib.h>
#include <stdbool.h>

/* More than a decoder holds at once, H.264's 16 references included, so that none is used again
 * at once. The others follow them in number. */
#define SURFACES_DECODED 24
#define SURFACES_SCALED 8
#define SURFACES_STREAM 8
#define SURFACES (SURFACES_DECODED + SURFACES_SCALED + SURFACES_STREAM)

struct surface_use {
    unsigned surface; /* below SURFACES */
    unsigned entries; /* page table entries: its size in pages of 4 KiB */
};

/* The decoder's pictures, one scaled picture, and two pieces of a stream. */
#define SURFACE_USES_MAX (SURFACES_DECODED + 3)

struct surface_uses {
    struct surface_use uses[SURFACE_USES_MAX];
    unsigned n;
};

struct transcoder;

/* NULL and `error`, one line, when the file cannot be decoded or there is no libx264. */
struct transcoder *transcoder_create(const char *recording, GError **error);
void transcoder_destroy(struct transcoder *transcoder);

/* The next frame, from decoder to encoder; after the last one the first again. False and `error`
 * when it cannot be decoded or encoded. */
bool transcoder_next(struct transcoder *transcoder, struct surface_uses *ret_uses, GError **error);

#endif
