/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * pipelines: finds the GStreamer pipelines that libspice-client-glib makes for
 * video streams, and has each followed as a Stream.
 *
 * The library hands a pipeline to the program ("gst-video-overlay") only on a
 * surface in streaming mode. An emission hook on GstBin's "deep-element-added"
 * sees all of them, without changing any: a playbin that gets an appsrc is a
 * stream. The channel of a pipeline that was handed over is known; any other
 * belongs to a surface without streaming mode, that is to the first QXL device,
 * display channel 0.
 *
 * One at a time in a process. Created, freed and asked in the main thread;
 * pipelines grow in their own threads.
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

/* `sink`: what is done with a pipeline that is handed over; `receive_only`: as
 * stream_create(). The arguments are borrowed and must outlive it. Streams are numbered from 0. */
struct pipelines *pipelines_create(enum sink sink, bool receive_only, struct samples *samples,
                                   struct screen *screen, const struct pipelines_events *events,
                                   void *data);

/* Ends the streams that are left, without events. NULL is allowed. */
void pipelines_destroy(struct pipelines *pipelines);

/* To be the handler of "gst-video-overlay" of display channel `channel`: the
 * signal's return value. */
bool pipelines_hand_over(struct pipelines *pipelines, GstElement *playbin, int channel);

/* In a "display-invalidate" handler of `channel`: the stream whose picture is
 * being drawn (borrowed) and its access unit or -1; NULL when none is. */
struct stream *pipelines_take_shown(struct pipelines *pipelines, int *ret_unit);

/* The stream of an overlay sink that is alive on `channel`, or NULL (borrowed). */
struct stream *pipelines_overlay_of(struct pipelines *pipelines, int channel);

/* The last stream, alive or not, or NULL when there was none (borrowed). */
struct stream *pipelines_last(struct pipelines *pipelines);

DEFINE_AUTO_DESTROY(pipelines, pipelines_destroy)

#endif
