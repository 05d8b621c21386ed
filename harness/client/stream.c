/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/stream.h"

#include "harness/client/event-row.h"
#include "harness/client/own-cost.h"
#include "harness/client/pushes.h"
#include "harness/client/units.h"
#include "harness/client/viewer-sink.h"
#include "harness/client/waiting-frames.h"
#include "protocol/access-unit.h"

#include <gst/app/gstappsink.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

/* The mark on each buffer that the library pushes: see units.h. */
#define LIBRARY_MARK "timestamp/spice-stream"
/* Our own mark, whose timestamp is the unit's index. It is put on each buffer that
 * enters the decoder, which copies it to the picture, whatever the decoding order. */
#define UNIT_MARK "timestamp/x-vdibench-unit"
/* A buffer has two marks, or more if units without a picture came in between. */
#define MARKS_MAX 8

struct stream {
    unsigned ordinal;
    enum sink sink;
    int channel;
    bool receive_only;
    struct samples *samples;
    struct screen *screen;

    GMutex lock; /* of all fields below */
    struct units units;
    struct waiting_frames waiting;
    struct stream_totals totals;
    int64_t received_ns; /* of the unit that is being pushed */
    GstBuffer *picture;  /* with an overlay sink: the last picture shown */
    GstVideoInfo picture_info;
};

const char *sink_name(enum sink sink)
{
    switch (sink) {
    case SINK_OVERLAY:
        return "overlay";
    case SINK_OVERLAY_SYNC:
        return "overlay-sync";
    case SINK_APPSINK:
        break;
    }
    return "appsink";
}

struct stream *stream_create(unsigned ordinal, enum sink sink, int channel, bool receive_only,
                             struct samples *samples, struct screen *screen)
{
    struct stream *stream = g_atomic_rc_box_new0(struct stream);
    stream->ordinal = ordinal;
    stream->sink = sink;
    stream->channel = channel;
    stream->receive_only = receive_only;
    stream->samples = samples;
    stream->screen = screen;
    g_mutex_init(&stream->lock);
    return stream;
}

struct stream *stream_ref(struct stream *stream)
{
    return g_atomic_rc_box_acquire(stream);
}

static void stream_finish(void *data)
{
    struct stream *stream = data;
    stream_end(stream);
    g_mutex_clear(&stream->lock);
}

void stream_unref(struct stream *stream)
{
    if (stream)
        g_atomic_rc_box_release_full(stream, stream_finish);
}

static void unref_stream(void *data)
{
    stream_unref(data);
}

void stream_end(struct stream *stream)
{
    g_mutex_lock(&stream->lock);
    waiting_frames_clear(&stream->waiting);
    gst_clear_buffer(&stream->picture);
    g_mutex_unlock(&stream->lock);
}

static unsigned marks_of(GstBuffer *buffer, const char *name, uint64_t *marks)
{
    void *state = NULL;
    GstMeta *meta;
    unsigned count = 0;

    while (count < MARKS_MAX && (meta = gst_buffer_iterate_meta_filtered(
                                     buffer, &state, GST_REFERENCE_TIMESTAMP_META_API_TYPE))) {
        const GstReferenceTimestampMeta *mark = (GstReferenceTimestampMeta *)meta;
        const GstStructure *reference = gst_caps_get_structure(mark->reference, 0);
        if (gst_structure_has_name(reference, name))
            marks[count++] = mark->timestamp;
    }
    return count;
}

/* The access unit of a decoded picture, or -1. */
static int unit_of(GstBuffer *buffer)
{
    uint64_t marks[MARKS_MAX];

    return marks_of(buffer, UNIT_MARK, marks) > 0 ? (int)marks[0] : EVENT_ROW_EMPTY;
}

static struct event_row row_of(const struct stream *stream, const char *event, int64_t t_ns,
                               int unit)
{
    struct event_row row = event_row(event, t_ns);
    row.channel = stream->channel;
    row.stream = (int)stream->ordinal;
    row.unit = unit;
    return row;
}

/* A server may send a trailer on its own, which is pushed but is no access unit. */
static bool is_unit(const GstMapInfo *map)
{
    return access_unit_size(PORT_CODEC_H264, map->data, map->size) > 0;
}

static void before_push(GstBuffer *buffer, void *data)
{
    int64_t now_ns = samples_now_ns();
    int64_t cost_ns = own_cost_begin();
    struct stream *stream = data;
    uint64_t marks[MARKS_MAX];
    GstMapInfo map;

    if (!gst_buffer_map(buffer, &map, GST_MAP_READ))
        return;
    bool unit = is_unit(&map);
    uint32_t slice = units_slice(map.data, map.size);
    gst_buffer_unmap(buffer, &map);
    if (marks_of(buffer, LIBRARY_MARK, marks) == 0)
        marks[0] = GST_BUFFER_PTS(buffer);

    g_mutex_lock(&stream->lock);
    if (unit)
        units_add(&stream->units, marks[0], slice);
    stream->received_ns = now_ns;
    g_mutex_unlock(&stream->lock);
    own_cost_end(cost_ns);
}

static void after_push(GstBuffer *buffer, void *data)
{
    int64_t cost_ns = own_cost_begin();
    struct stream *stream = data;
    GstMapInfo map;

    if (!gst_buffer_map(buffer, &map, GST_MAP_READ))
        return;
    if (is_unit(&map)) {
        size_t plain = access_unit_size(PORT_CODEC_H264, map.data, map.size);
        unsigned crc = (unsigned)crc32(0, map.data, (uInt)plain);

        g_mutex_lock(&stream->lock);
        int unit = (int)stream->totals.received++;
        struct event_row row = row_of(stream, "received", stream->received_ns, unit);
        row.bytes = (int64_t)map.size;
        row.crc = crc;
        event_row_write(&row, stream->samples);
        g_mutex_unlock(&stream->lock);
    }
    gst_buffer_unmap(buffer, &map);
    own_cost_end(cost_ns);
}

/* Downstream of the appsrc. A trailer on its own passes: without it the parser
 * would hold back the key frame before it. */
static GstPadProbeReturn on_pushed(GstPad *pad, GstPadProbeInfo *info, void *data)
{
    GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(info);
    struct access_unit unit;
    GstMapInfo map;

    if (!gst_buffer_map(buffer, &map, GST_MAP_READ))
        return GST_PAD_PROBE_OK;
    bool passes = !is_unit(&map) || (access_unit_scan(PORT_CODEC_H264, map.data, map.size, &unit) &&
                                     access_unit_is_key_frame(&unit));
    gst_buffer_unmap(buffer, &map);
    return passes ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static GstPadProbeReturn on_parsed(GstPad *pad, GstPadProbeInfo *info, void *data)
{
    int64_t cost_ns = own_cost_begin();
    struct stream *stream = data;
    GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(info);
    uint64_t marks[MARKS_MAX];
    unsigned count = marks_of(buffer, LIBRARY_MARK, marks), unit;
    GstMapInfo map;

    if (!gst_buffer_map(buffer, &map, GST_MAP_READ))
        return GST_PAD_PROBE_OK;
    uint32_t slice = units_slice(map.data, map.size);
    gst_buffer_unmap(buffer, &map);

    g_mutex_lock(&stream->lock);
    bool found = units_take(&stream->units, marks, count, slice, &unit);
    g_mutex_unlock(&stream->lock);
    if (found) {
        g_autoptr(GstCaps) mark = gst_caps_new_empty_simple(UNIT_MARK);
        buffer = gst_buffer_make_writable(buffer);
        gst_buffer_add_reference_timestamp_meta(buffer, mark, unit, GST_CLOCK_TIME_NONE);
        GST_PAD_PROBE_INFO_DATA(info) = buffer;
    }
    own_cost_end(cost_ns);
    return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn on_decoded(GstPad *pad, GstPadProbeInfo *info, void *data)
{
    int64_t now_ns = samples_now_ns();
    int64_t cost_ns = own_cost_begin();
    struct stream *stream = data;
    g_mutex_lock(&stream->lock);
    stream->totals.decoded++;
    struct event_row row =
        row_of(stream, "decoded", now_ns, unit_of(GST_PAD_PROBE_INFO_BUFFER(info)));
    event_row_write(&row, stream->samples);
    g_mutex_unlock(&stream->lock);
    own_cost_end(cost_ns);
    return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn on_waiting(GstPad *pad, GstPadProbeInfo *info, void *data)
{
    int64_t cost_ns = own_cost_begin();
    struct stream *stream = data;
    GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(info);

    g_mutex_lock(&stream->lock);
    waiting_frames_add(&stream->waiting, buffer, unit_of(buffer));
    g_mutex_unlock(&stream->lock);
    own_cost_end(cost_ns);
    return GST_PAD_PROBE_OK;
}

static void probe(struct stream *stream, GstElement *element, const char *pad_name,
                  GstPadProbeCallback callback)
{
    g_autoptr(GstPad) pad = gst_element_get_static_pad(element, pad_name);
    if (pad)
        gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, callback, stream_ref(stream),
                          unref_stream);
}

static bool is_video_decoder(GstElement *element)
{
    const char *class = gst_element_get_metadata(element, GST_ELEMENT_METADATA_KLASS);

    return class && strstr(class, "Decoder") && strstr(class, "Video");
}

void stream_watch(struct stream *stream, GstElement *element)
{
    static const struct pushes_watcher watcher = {before_push, after_push};

    if (GST_IS_APP_SRC(element)) {
        pushes_watch(GST_APP_SRC(element), &watcher, stream_ref(stream), unref_stream);
        if (stream->receive_only)
            probe(stream, element, "src", on_pushed);
    } else if (GST_IS_APP_SINK(element)) {
        probe(stream, element, "sink", on_waiting);
    } else if (is_video_decoder(element)) {
        probe(stream, element, "sink", on_parsed);
        probe(stream, element, "src", on_decoded);
    }
}

bool stream_take_shown(struct stream *stream, int *ret_unit)
{
    g_mutex_lock(&stream->lock);
    bool shown = waiting_frames_take_shown(&stream->waiting, ret_unit);
    if (shown)
        stream->totals.shown++;
    g_mutex_unlock(&stream->lock);
    return shown;
}

/* The sink's ViewerSinkShow. */
static void sink_shows(GstBuffer *buffer, const GstVideoInfo *info, void *data)
{
    int64_t now_ns = samples_now_ns();
    int64_t cost_ns = own_cost_begin();
    struct stream *stream = data;

    g_mutex_lock(&stream->lock);
    /* The first frame comes twice, at preroll and at its time: the first one counts. */
    bool again = stream->picture == buffer;
    int unit = unit_of(buffer);
    gst_buffer_replace(&stream->picture, buffer);
    stream->picture_info = *info;
    if (!again)
        stream->totals.shown++;
    g_mutex_unlock(&stream->lock);

    GstVideoFrame frame;
    if (again || !gst_video_frame_map(&frame, info, buffer, GST_MAP_READ))
        return;
    screen_show(stream->screen, now_ns, stream->channel, (int)stream->ordinal, unit,
                GST_VIDEO_FRAME_PLANE_DATA(&frame, 0),
                (size_t)GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0),
                (unsigned)GST_VIDEO_FRAME_WIDTH(&frame), (unsigned)GST_VIDEO_FRAME_HEIGHT(&frame),
                0, false);
    gst_video_frame_unmap(&frame);
    own_cost_end(cost_ns);
}

GstElement *stream_make_sink(struct stream *stream)
{
    return viewer_sink_new(stream->sink == SINK_OVERLAY_SYNC, sink_shows, stream_ref(stream),
                           unref_stream);
}

struct picture *stream_copy_picture(struct stream *stream)
{
    struct picture *picture = NULL;
    GstVideoFrame frame;

    g_mutex_lock(&stream->lock);
    if (stream->picture &&
        gst_video_frame_map(&frame, &stream->picture_info, stream->picture, GST_MAP_READ)) {
        picture = picture_copy(
            GST_VIDEO_FRAME_PLANE_DATA(&frame, 0), (size_t)GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0),
            (unsigned)GST_VIDEO_FRAME_WIDTH(&frame), (unsigned)GST_VIDEO_FRAME_HEIGHT(&frame));
        gst_video_frame_unmap(&frame);
    }
    g_mutex_unlock(&stream->lock);
    return picture;
}

unsigned stream_ordinal(const struct stream *stream)
{
    return stream->ordinal;
}

enum sink stream_sink(const struct stream *stream)
{
    return stream->sink;
}

int stream_channel(const struct stream *stream)
{
    return stream->channel;
}

void stream_totals(struct stream *stream, struct stream_totals *ret_totals)
{
    g_mutex_lock(&stream->lock);
    *ret_totals = stream->totals;
    g_mutex_unlock(&stream->lock);
}
