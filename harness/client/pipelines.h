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

#include "harness/client/stream.h"

typedef struct Pipelines Pipelines;

/* A stream has begun, or ended (its pipeline was freed) at `time_ns`. In the
 * main thread. */
struct pipelines_events {
    void (*began)(Stream *stream, int64_t time_ns, void *data);
    void (*ended)(Stream *stream, int64_t time_ns, void *data);
};

/* `sink`: what is done with a pipeline that is handed over; `receive_only`: as
 * stream_new(). The arguments are borrowed and must outlive it. Streams are numbered from 0. */
Pipelines *pipelines_new(enum stream_path sink, gboolean receive_only, Samples *samples,
                         Screen *screen, const struct pipelines_events *events, void *data);

/* Ends the streams that are left, without events. NULL is allowed. */
void pipelines_free(Pipelines *pipelines);

/* To be the handler of "gst-video-overlay" of display channel `channel`: the
 * signal's return value. */
gboolean pipelines_hand_over(Pipelines *pipelines, GstElement *playbin, int channel);

/* In a "display-invalidate" handler of `channel`: the stream whose picture is
 * being drawn (borrowed) and its access unit or -1; NULL when none is. */
Stream *pipelines_take_shown(Pipelines *pipelines, int *ret_unit);

/* The stream of an overlay sink that is alive on `channel`, or NULL (borrowed). */
Stream *pipelines_overlay_of(Pipelines *pipelines, int channel);

/* The last stream, alive or not, or NULL when there was none (borrowed). */
Stream *pipelines_last(Pipelines *pipelines);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pipelines, pipelines_free)

#endif
