/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/viewer-sink.h"

#include <gst/video/gstvideosink.h>

typedef struct ViewerSink {
    GstVideoSink parent;
    ViewerSinkShow show;
    void *data;
    GDestroyNotify free_data;
    GstVideoInfo info; /* of the current caps; streaming thread only */
} ViewerSink;

typedef struct ViewerSinkClass {
    GstVideoSinkClass parent;
} ViewerSinkClass;

static GType viewer_sink_get_type(void);
G_DEFINE_TYPE(ViewerSink, viewer_sink, GST_TYPE_VIDEO_SINK)

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS(GST_VIDEO_CAPS_MAKE("BGRx")));

static gboolean set_info(GstVideoSink *sink, GstCaps *caps, const GstVideoInfo *info)
{
    ((ViewerSink *)sink)->info = *info;
    return TRUE;
}

static void get_times(GstBaseSink *base, GstBuffer *buffer, GstClockTime *start, GstClockTime *end)
{
    const GstVideoInfo *info = &((ViewerSink *)base)->info;

    if (!GST_BUFFER_PTS_IS_VALID(buffer))
        return;
    *start = GST_BUFFER_PTS(buffer);
    if (GST_BUFFER_DURATION_IS_VALID(buffer))
        *end = *start + GST_BUFFER_DURATION(buffer);
    else if (GST_VIDEO_INFO_FPS_N(info) > 0)
        *end = *start + gst_util_uint64_scale_int(GST_SECOND, GST_VIDEO_INFO_FPS_D(info),
                                                  GST_VIDEO_INFO_FPS_N(info));
}

static GstFlowReturn show_frame(GstVideoSink *video_sink, GstBuffer *buffer)
{
    ViewerSink *sink = (ViewerSink *)video_sink;

    sink->show(buffer, &sink->info, sink->data);
    return GST_FLOW_OK;
}

static void finalize(GObject *object)
{
    ViewerSink *sink = (ViewerSink *)object;

    if (sink->free_data)
        sink->free_data(sink->data);
    G_OBJECT_CLASS(viewer_sink_parent_class)->finalize(object);
}

static void viewer_sink_class_init(ViewerSinkClass *class)
{
    GstElementClass *element = GST_ELEMENT_CLASS(class);

    gst_element_class_add_static_pad_template(element, &sink_template);
    gst_element_class_set_static_metadata(element, "Viewer sink", "Sink/Video",
                                          "Reports when a viewer would paint", "vdibench");
    G_OBJECT_CLASS(class)->finalize = finalize;
    GST_BASE_SINK_CLASS(class)->get_times = get_times;
    GST_VIDEO_SINK_CLASS(class)->set_info = set_info;
    GST_VIDEO_SINK_CLASS(class)->show_frame = show_frame;
}

static void viewer_sink_init(ViewerSink *sink)
{
    gst_video_info_init(&sink->info);
}

GstElement *viewer_sink_new(gboolean sync, ViewerSinkShow show, void *data,
                            GDestroyNotify free_data)
{
    ViewerSink *sink = g_object_new(viewer_sink_get_type(), "sync", sync, "qos", sync, NULL);

    sink->show = show;
    sink->data = data;
    sink->free_data = free_data;
    return GST_ELEMENT(sink);
}
