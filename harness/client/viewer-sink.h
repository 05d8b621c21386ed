/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * viewer-sink: a video sink as an X11 viewer's, without the X server.
 *
 * A GstVideoSink that takes BGRx and nothing else, as ximagesink does on a
 * screen of depth 24: the conversion from what the decoder gives is done in
 * the pipeline before the sink, and is part of the time to t7. When it
 * synchronises, quality of service and lateness (20 ms) are GstVideoSink's own
 * and untouched; a frame lasts as long as the caps' frame rate says, as in
 * ximagesink. When it does not, it sends no quality of service either: a frame
 * without a time (the trailer leaves the second one without) would make
 * elements upstream drop the next. Painting is left out: a picture counts as
 * shown when the sink is to paint it.
 */
#ifndef VDIBENCH_VIEWER_SINK_H
#define VDIBENCH_VIEWER_SINK_H

#include <gst/gst.h>
#include <gst/video/video.h>

/* The sink shows a frame now. In the pipeline's streaming thread. */
typedef void (*ViewerSinkShow)(GstBuffer *buffer, const GstVideoInfo *info, void *data);

/* `sync`: wait for each frame's time, drop what is late and tell upstream
 * (QoS); otherwise show at once whatever comes. `free_data` is called with the
 * sink's end. Gives a floating reference. */
GstElement *viewer_sink_new(gboolean sync, ViewerSinkShow show, void *data,
                            GDestroyNotify free_data);

#endif
