/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/pushes.h"

#include <dlfcn.h>

#define KEY "vdibench-pushes"

struct watch {
    const struct pushes_watcher *watcher;
    void *data;
    GDestroyNotify free_data;
};

static void free_watch(void *data)
{
    struct watch *watch = data;

    if (watch->free_data)
        watch->free_data(watch->data);
    g_free(watch);
}

void pushes_watch(GstAppSrc *appsrc, const struct pushes_watcher *watcher, void *data,
                  GDestroyNotify free_data)
{
    struct watch *watch = g_new(struct watch, 1);

    *watch = (struct watch){watcher, data, free_data};
    g_object_set_data_full(G_OBJECT(appsrc), KEY, watch, free_watch);
}

/* Calls GStreamer's own function, which the one below hides from the linker. */
static GstFlowReturn push(GstAppSrc *appsrc, GstBuffer *buffer)
{
    static GstFlowReturn (*next)(GstAppSrc *, GstBuffer *);
    static size_t found;

    if (g_once_init_enter(&found)) {
        *(void **)&next = dlsym(RTLD_NEXT, "gst_app_src_push_buffer");
        g_assert(next); /* the library that calls us is linked with it */
        g_once_init_leave(&found, 1);
    }
    return next(appsrc, buffer);
}

GstFlowReturn gst_app_src_push_buffer(GstAppSrc *appsrc, GstBuffer *buffer)
{
    const struct watch *watch = g_object_get_data(G_OBJECT(appsrc), KEY);

    if (!watch)
        return push(appsrc, buffer);
    watch->watcher->before(buffer, watch->data);
    g_autoptr(GstBuffer) kept = gst_buffer_ref(buffer); /* the push takes the caller's reference */
    GstFlowReturn flow = push(appsrc, buffer);
    watch->watcher->after(kept, watch->data);
    return flow;
}
