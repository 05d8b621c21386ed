/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/pipelines.h"

#include <gst/app/gstappsrc.h>

#define CHANNEL_OF_FIRST_QXL_DEVICE 0

struct pipelines {
    enum sink sink;
    bool receive_only;
    struct samples *samples;
    struct screen *screen;
    struct pipelines_events events;
    void *data;
    unsigned signal;
    unsigned long hook;

    GMutex lock;       /* of all fields below */
    GHashTable *alive; /* playbin (not referenced) -> struct stream */
    unsigned ordinals;
    struct stream *last;
};

static void on_playbin_freed(void *data, GObject *playbin);

static struct stream *begin(struct pipelines *pipelines, GstElement *playbin, enum sink sink,
                            int channel)
{
    g_mutex_lock(&pipelines->lock);
    struct stream *stream =
        stream_create(pipelines->ordinals++, sink, channel, pipelines->receive_only,
                      pipelines->samples, pipelines->screen);
    g_hash_table_insert(pipelines->alive, playbin, stream);
    stream_unref(pipelines->last);
    pipelines->last = stream_ref(stream);
    g_mutex_unlock(&pipelines->lock);

    g_object_weak_ref(G_OBJECT(playbin), on_playbin_freed, pipelines);
    pipelines->events.began(stream, samples_now_ns(), pipelines->data);
    return stream;
}

struct ending {
    struct pipelines *pipelines;
    struct stream *stream;
    int64_t time_ns;
};

static gboolean report_ended(void *data)
{
    struct ending *ending = data;
    ending->pipelines->events.ended(ending->stream, ending->time_ns, ending->pipelines->data);
    return G_SOURCE_REMOVE;
}

static void free_ending(void *data)
{
    struct ending *ending = data;
    stream_unref(ending->stream);
    g_free(ending);
}

/* Runs in the thread that drops the last reference: usually the main thread,
 * otherwise a thread of the pipeline, if a message of it was still pending. */
static void on_playbin_freed(void *data, GObject *playbin)
{
    struct pipelines *pipelines = data;
    struct ending *ending = g_new(struct ending, 1);

    ending->pipelines = pipelines;
    ending->time_ns = samples_now_ns();
    g_mutex_lock(&pipelines->lock);
    g_hash_table_steal_extended(pipelines->alive, playbin, NULL, (void **)&ending->stream);
    g_mutex_unlock(&pipelines->lock);
    stream_end(ending->stream);
    g_main_context_invoke_full(NULL, G_PRIORITY_DEFAULT, report_ended, ending, free_ending);
}

static struct stream *find(struct pipelines *pipelines, void *playbin)
{
    g_mutex_lock(&pipelines->lock);
    struct stream *stream = g_hash_table_lookup(pipelines->alive, playbin);
    g_mutex_unlock(&pipelines->lock);
    return stream;
}

/* "deep-element-added" (bin, sub-bin, element), emitted on each bin above the
 * element. */
static gboolean on_element_added(GSignalInvocationHint *hint, unsigned count, const GValue *values,
                                 void *data)
{
    struct pipelines *pipelines = data;
    GstElement *bin = g_value_get_object(&values[0]);
    GstElement *element = g_value_get_object(&values[2]);

    if (!GST_IS_PIPELINE(bin))
        return TRUE;
    struct stream *stream = find(pipelines, bin);
    if (!stream && GST_IS_APP_SRC(element))
        stream = begin(pipelines, bin, SINK_APPSINK, CHANNEL_OF_FIRST_QXL_DEVICE);
    if (stream)
        stream_watch(stream, element);
    return TRUE;
}

static void unref_stream(void *data)
{
    stream_unref(data);
}

struct pipelines *pipelines_create(enum sink sink, bool receive_only, struct samples *samples,
                                   struct screen *screen, const struct pipelines_events *events,
                                   void *data)
{
    struct pipelines *pipelines = g_new0(struct pipelines, 1);
    GTypeClass *bin_class = g_type_class_ref(GST_TYPE_BIN); /* its signals exist only then */

    pipelines->sink = sink;
    pipelines->receive_only = receive_only;
    pipelines->samples = samples;
    pipelines->screen = screen;
    pipelines->events = *events;
    pipelines->data = data;
    g_mutex_init(&pipelines->lock);
    pipelines->alive = g_hash_table_new_full(NULL, NULL, NULL, unref_stream);
    pipelines->signal = g_signal_lookup("deep-element-added", GST_TYPE_BIN);
    pipelines->hook =
        g_signal_add_emission_hook(pipelines->signal, 0, on_element_added, pipelines, NULL);
    g_type_class_unref(bin_class);
    return pipelines;
}

void pipelines_destroy(struct pipelines *pipelines)
{
    if (!pipelines)
        return;
    g_signal_remove_emission_hook(pipelines->signal, pipelines->hook);

    GHashTableIter iter;
    void *playbin, *stream;
    g_hash_table_iter_init(&iter, pipelines->alive);
    while (g_hash_table_iter_next(&iter, &playbin, &stream)) {
        g_object_weak_unref(playbin, on_playbin_freed, pipelines);
        stream_end(stream);
    }
    g_hash_table_unref(pipelines->alive);
    stream_unref(pipelines->last);
    g_mutex_clear(&pipelines->lock);
    g_free(pipelines);
}

bool pipelines_hand_over(struct pipelines *pipelines, GstElement *playbin, int channel)
{
    if (!playbin || find(pipelines, playbin))
        return false;

    struct stream *stream = begin(pipelines, playbin, pipelines->sink, channel);
    if (pipelines->sink == SINK_APPSINK)
        return false;
    g_object_set(playbin, "video-sink", stream_make_sink(stream), NULL);
    return true;
}

struct stream *pipelines_take_shown(struct pipelines *pipelines, int *ret_unit)
{
    GHashTableIter iter;
    void *value;
    struct stream *shown = NULL;

    g_mutex_lock(&pipelines->lock);
    g_hash_table_iter_init(&iter, pipelines->alive);
    while (!shown && g_hash_table_iter_next(&iter, NULL, &value))
        if (stream_take_shown(value, ret_unit))
            shown = value;
    g_mutex_unlock(&pipelines->lock);
    return shown;
}

struct stream *pipelines_overlay_of(struct pipelines *pipelines, int channel)
{
    GHashTableIter iter;
    void *value;
    struct stream *found = NULL;

    g_mutex_lock(&pipelines->lock);
    g_hash_table_iter_init(&iter, pipelines->alive);
    while (!found && g_hash_table_iter_next(&iter, NULL, &value))
        if (stream_channel(value) == channel && stream_sink(value) != SINK_APPSINK)
            found = value;
    g_mutex_unlock(&pipelines->lock);
    return found;
}

struct stream *pipelines_last(struct pipelines *pipelines)
{
    return pipelines->last;
}
