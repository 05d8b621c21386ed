/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * viewer-sink: a video sink like that of an X11 viewer, without the X server.
 *
 * A GstVideoSink that accepts only BGRx, as ximagesink does on a screen of depth
 * 24: the conversion from the decoder's format is done in the pipeline before the
 * sink, and is part of the time to t7. With synchronisation, quality of service
 * and maximum lateness (20 ms) are GstVideoSink's defaults, and a frame's duration
 * follows from the caps' frame rate, as in ximagesink. Without synchronisation it
 * sends no quality of service events either: a frame without a timestamp (with the
 * trailer, the second one has none) would make elements upstream drop the next.
 * Nothing is painted: a picture counts as shown when the sink would paint it.
 */
#ifndef VDIBENCH_VIEWER_SINK_H
#define VDIBENCH_VIEWER_SINK_H

#include <gst/gst.h>
#include <gst/video/video.h>

/* The sink shows a frame now. In the pipeline's streaming thread. */
typedef void (*ViewerSinkShow)(GstBuffer *buffer, const GstVideoInfo *info, void *data);

/* `sync`: waits for each frame's time, drops late frames and reports that upstream
 * (QoS); otherwise shows each frame at once. `free_data` is called when the sink is
 * freed. Returns a floating reference. */
GstElement *viewer_sink_new(gboolean sync, ViewerSinkShow show, void *data,
                            GDestroyNotify free_data);

#endif
