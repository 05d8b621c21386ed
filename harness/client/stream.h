/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * stream: follows the access units of one SPICE stream through the library's
 * pipeline, from its appsrc to the screen.
 *
 * Watches with pad probes, which change nothing but add one mark to the metadata
 * of each buffer that enters the decoder (units.h explains why). Its cost
 * (own-cost.h): one zlib CRC-32 over each access unit, reading metadata and
 * pixels, writing rows; together 0.1 ms a frame at 720p and 16 KB, where decoding
 * and showing take 6 ms.
 *
 * Probes run in the pipeline's threads; the functions may be called in any thread.
 */
#ifndef VDIBENCH_CLIENT_STREAM_H
#define VDIBENCH_CLIENT_STREAM_H

#include "auto-destroy.h"
#include "harness/client/screen.h"
#include "harness/instrument/samples.h"
#include "media/picture.h"

#include <gst/gst.h>
#include <stdbool.h>

struct stream;

/* Where a stream's pictures go. sink_name() is the word that the command line and
 * the notices use. */
enum sink {
    SINK_APPSINK,      /* the library's sink and canvas */
    SINK_OVERLAY,      /* a viewer's own sink that shows at once */
    SINK_OVERLAY_SYNC, /* a viewer's own sink that synchronises */
};
const char *sink_name(enum sink sink);

/* `samples` and `screen` are borrowed. `channel` is the display channel.
 * `receive_only`: only key frames reach the decoder, so that decoding costs next
 * to nothing and the other frames take no memory in the library. H.264 only. */
struct stream *stream_create(unsigned ordinal, enum sink sink, int channel, bool receive_only,
                             struct samples *samples, struct screen *screen);
struct stream *stream_ref(struct stream *stream);
void stream_unref(struct stream *stream); /* NULL is allowed */

/* To be called for each element that is added to the stream's pipeline. Watches the
 * appsrc, the video decoder and the library's appsink from now on; ignores others. */
void stream_watch(struct stream *stream, GstElement *element);

/* Creates the overlay sink, for playbin's "video-sink". Floating reference. */
GstElement *stream_make_sink(struct stream *stream);

/* For a "display-invalidate" handler: whether the picture being drawn comes from
 * this stream (with the appsink). *ret_unit is its access unit, or -1 where that is
 * unknown. */
bool stream_take_shown(struct stream *stream, int *ret_unit);

/* A copy of the last picture that the overlay sink showed; NULL when there is none. */
struct picture *stream_copy_picture(struct stream *stream);

/* The pipeline is gone: releases all buffers. */
void stream_end(struct stream *stream);

unsigned stream_ordinal(const struct stream *stream);
enum sink stream_sink(const struct stream *stream);
int stream_channel(const struct stream *stream);

struct stream_totals {
    unsigned received; /* access units */
    unsigned decoded;  /* pictures that left the decoder */
    unsigned shown;    /* pictures that were shown */
};
void stream_totals(struct stream *stream, struct stream_totals *ret_totals);

DEFINE_AUTO_DESTROY(stream, stream_unref)

#endif
