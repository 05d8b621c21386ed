/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * pipelines: finds the GStreamer pipelines that libspice-client-glib makes for
 * video streams, and creates a struct stream that follows each of them.
 *
 * The library hands a pipeline to the program ("gst-video-overlay") only for a
 * surface in streaming mode. An emission hook on GstBin's "deep-element-added"
 * sees all pipelines, without changing any: a playbin to which an appsrc is added
 * is a stream. The channel of a pipeline that was handed over is known; any other
 * pipeline belongs to a surface without streaming mode, which is that of the first
 * QXL device, display channel 0.
 *
 * A process has at most one of these at a time. All functions are called in the
 * main thread; the pipelines add their elements in threads of their own.
 */
#ifndef VDIBENCH_PIPELINES_H
#define VDIBENCH_PIPELINES_H

#include "auto-destroy.h"
#include "harness/client/stream.h"

#include <stdbool.h>
#include <stdint.h>

struct pipelines;

/* A stream has begun, or ended (its pipeline was freed) at `time_ns`. In the
 * main thread. */
struct pipelines_events {
    void (*began)(struct stream *stream, int64_t time_ns, void *data);
    void (*ended)(struct stream *stream, int64_t time_ns, void *data);
};

/* `sink`: where the pictures of a pipeline that is handed over go; `receive_only`:
 * see stream_create(). The arguments are borrowed and must outlive it. Streams are
 * numbered from 0. */
struct pipelines *pipelines_create(enum sink sink, bool receive_only, struct samples *samples,
                                   struct screen *screen, const struct pipelines_events *events,
                                   void *data);

/* Ends the streams that are left, without events. NULL is allowed. */
void pipelines_destroy(struct pipelines *pipelines);

/* For the "gst-video-overlay" handler of display channel `channel`; returns the
 * signal's return value. */
bool pipelines_hand_over(struct pipelines *pipelines, GstElement *playbin, int channel);

/* For a "display-invalidate" handler: returns the stream whose picture is being
 * drawn (borrowed), and in *ret_unit the picture's access unit, or -1 where that is
 * unknown. NULL when the picture comes from no stream. */
struct stream *pipelines_take_shown(struct pipelines *pipelines, int *ret_unit);

/* The stream of `channel` that an overlay sink shows, or NULL (borrowed). */
struct stream *pipelines_overlay_of(struct pipelines *pipelines, int channel);

/* The latest stream, even if it has ended, or NULL when there was none (borrowed). */
struct stream *pipelines_last(struct pipelines *pipelines);

DEFINE_AUTO_DESTROY(pipelines, pipelines_destroy)

#endif
