/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/core-loop.h"

#include "harness/vm/sim/fd-source.h"

#include <stdint.h>

struct SpiceTimer {
    SpiceTimerFunc func;
    void *opaque;
    unsigned source; /* 0: not running */
};

struct SpiceWatch {
    int fd;
    int event_mask;
    SpiceWatchFunc func;
    void *opaque;
    unsigned source; /* 0: nothing is watched */
};

static struct {
    core_loop_client_fn on_client;
    void *data;
} core_loop;

static gboolean on_timer(void *data)
{
    SpiceTimer *timer = data;

    timer->source = 0; /* before the call, which may start or free the timer */
    timer->func(timer->opaque);
    return G_SOURCE_REMOVE;
}

static SpiceTimer *timer_add(SpiceTimerFunc func, void *opaque)
{
    SpiceTimer *timer = g_new0(SpiceTimer, 1);
    timer->func = func;
    timer->opaque = opaque;
    return timer;
}

static void timer_cancel(SpiceTimer *timer)
{
    g_clear_handle_id(&timer->source, g_source_remove);
}

static void timer_start(SpiceTimer *timer, uint32_t ms)
{
    timer_cancel(timer);
    timer->source = g_timeout_add(ms, on_timer, timer);
}

static void timer_remove(SpiceTimer *timer)
{
    if (!timer)
        return;
    timer_cancel(timer);
    g_free(timer);
}

static gboolean on_watch(int fd, GIOCondition condition, void *data)
{
    SpiceWatch *watch = data;
    int events = 0;

    /* A hang-up is reported as whatever is waited for: the read or write then fails. */
    if (condition & ~G_IO_OUT)
        events |= SPICE_WATCH_EVENT_READ;
    if (condition & ~G_IO_IN)
        events |= SPICE_WATCH_EVENT_WRITE;
    watch->func(fd, events & watch->event_mask, watch->opaque); /* may free the watch */
    return G_SOURCE_CONTINUE;
}

static void watch_update_mask(SpiceWatch *watch, int event_mask)
{
    if (watch->source && watch->event_mask == event_mask)
        return;
    watch->event_mask = event_mask;
    g_clear_handle_id(&watch->source, g_source_remove);

    GIOCondition condition = 0;
    if (event_mask & SPICE_WATCH_EVENT_READ)
        condition |= G_IO_IN;
    if (event_mask & SPICE_WATCH_EVENT_WRITE)
        condition |= G_IO_OUT;
    if (condition) /* poll() reports a hang-up even when asked for nothing */
        watch->source = fd_source_add(watch->fd, condition, on_watch, watch);
}

static SpiceWatch *watch_add(int fd, int event_mask, SpiceWatchFunc func, void *opaque)
{
    SpiceWatch *watch = g_new0(SpiceWatch, 1);
    watch->fd = fd;
    watch->func = func;
    watch->opaque = opaque;
    watch_update_mask(watch, event_mask);
    return watch;
}

static void watch_remove(SpiceWatch *watch)
{
    if (!watch)
        return;
    g_clear_handle_id(&watch->source, g_source_remove);
    g_free(watch);
}

static void channel_event(int event, SpiceChannelEventInfo *info)
{
    /* Before INITIALIZED the server does not know which channel a connection is for. A
     * second display (the stream device's) is not the vGPU's. */
    if (info->type != SPICE_CHANNEL_DISPLAY || info->id != 0)
        return;
    if (event == SPICE_CHANNEL_EVENT_INITIALIZED)
        core_loop.on_client(true, core_loop.data);
    else if (event == SPICE_CHANNEL_EVENT_DISCONNECTED)
        core_loop.on_client(false, core_loop.data);
}

SpiceCoreInterface *core_loop_interface(core_loop_client_fn on_client, void *data)
{
    static SpiceCoreInterface interface = {
        .base =
            {
                .type = SPICE_INTERFACE_CORE,
                .description = "GLib main loop",
                .major_version = SPICE_INTERFACE_CORE_MAJOR,
                .minor_version = SPICE_INTERFACE_CORE_MINOR,
            },
        .timer_add = timer_add,
        .timer_start = timer_start,
        .timer_cancel = timer_cancel,
        .timer_remove = timer_remove,
        .watch_add = watch_add,
        .watch_update_mask = watch_update_mask,
        .watch_remove = watch_remove,
        .channel_event = channel_event,
    };

    core_loop.on_client = on_client;
    core_loop.data = data;
    return &interface;
}
