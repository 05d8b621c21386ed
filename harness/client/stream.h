/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * stream: the access units of one SPICE stream on their way through the
 * library's pipeline, from its appsrc to what is shown.
 *
 * Watches with pad probes; all it changes is one mark more in the metadata of
 * what enters the decoder (units.h says why). What it costs (own-cost.h): one
 * zlib CRC-32 over each access unit, a look at metadata and at pixels, rows;
 * 0.1 ms a frame at 720p and 16 KB, where decoding and showing takes 6 ms.
 *
 * Probes run in the pipeline's threads; all functions may be called from any.
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

/* Which way the pictures take, as the command line and the notices call it. */
enum sink {
    SINK_APPSINK,      /* the library's sink and canvas */
    SINK_OVERLAY,      /* a viewer's own sink that shows at once */
    SINK_OVERLAY_SYNC, /* a viewer's own sink that synchronises */
};
const char *sink_name(enum sink sink);

/* `samples` and `screen` are borrowed. `channel` is the display channel.
 * `receive_only`: of what is received only the key frames reach the decoder, so
 * that decoding costs next to nothing and the library keeps no memory of the
 * others. H.264 only. */
struct stream *stream_create(unsigned ordinal, enum sink sink, int channel, bool receive_only,
                             struct samples *samples, struct screen *screen);
struct stream *stream_ref(struct stream *stream);
void stream_unref(struct stream *stream); /* NULL is allowed */

/* An element was added to the stream's pipeline: the appsrc, the video decoder
 * and the library's appsink are watched from now on, others are left alone. */
void stream_watch(struct stream *stream, GstElement *element);

/* The sink of an overlay, to be playbin's "video-sink". Floating. */
GstElement *stream_make_sink(struct stream *stream);

/* In a "display-invalidate" handler: does the picture come from this stream
 * (with the appsink)? *ret_unit is its access unit, or -1 where that is unknown. */
bool stream_take_shown(struct stream *stream, int *ret_unit);

/* The last picture of an overlay sink, NULL when there is none. */
struct picture *stream_copy_picture(struct stream *stream);

/* The pipeline is gone: lets go of all buffers. */
void stream_end(struct stream *stream);

unsigned stream_ordinal(const struct stream *stream);
enum sink stream_sink(const struct stream *stream);
int stream_channel(const struct stream *stream);

struct stream_totals {
    unsigned received; /* access units that came in */
    unsigned decoded;  /* pictures that left the decoder */
    unsigned shown;    /* of them, shown */
};
void stream_totals(struct stream *stream, struct stream_totals *ret_totals);

DEFINE_AUTO_DESTROY(stream, stream_unref)

#endif
