/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include <config.h>

#include "gpu-display.h"

#include "cursor-channel.h"
#include "dcc-private.h"
#include "display-channel-private.h"
#include "gpu-bridge.h"
#include "gpu-module/display-clock.h"
#include "gpu-policy.h"
#include "gpu-stream.h"
#include "main-dispatcher.h"
#include "protocol/access-unit.h"
#include "reds.h"

#include <glib-unix.h>

DisplayChannel *gpu_display_find(RedsState *reds)
{
    return dynamic_cast<DisplayChannel *>(
        reds_find_channel(reds, SPICE_CHANNEL_DISPLAY, GPU_DISPLAY_ID));
}

CursorChannel *gpu_display_find_cursor(DisplayChannel *display)
{
    auto cursor = dynamic_cast<CursorChannel *>(
        reds_find_channel(display->get_server(), SPICE_CHANNEL_CURSOR, display->id()));
    const bool same_thread =
        cursor && cursor->get_core_interface() == display->get_core_interface();

    return same_thread ? cursor : nullptr;
}

const display_owner_ops GpuDisplay::ops = {
    [](void *data, const uint8_t *codecs, unsigned count) {
        auto self = static_cast<GpuDisplay *>(data);
        self->bridge->request_codecs(self->main_loop(), codecs, count);
    },
    [](void *data) {
        auto self = static_cast<GpuDisplay *>(data);
        self->bridge->request_codecs(self->main_loop(), nullptr, 0);
    },
    [](void *data) {
        auto self = static_cast<GpuDisplay *>(data);
        self->bridge->request_key_frame(self->main_loop());
    },
    [](void *self, display_client *client, const port_format *format) {
        return static_cast<GpuDisplay *>(self)->show_pgpu(GpuClient::of(client), *format);
    },
    [](void *self, display_client *client) {
        static_cast<GpuDisplay *>(self)->show_vgpu(GpuClient::of(client));
    },
    [](void *self, display_client *client) {
        static_cast<GpuDisplay *>(self)->send_frame(GpuClient::of(client));
    },
};

GpuDisplay::GpuDisplay(DisplayChannel *init_display, CursorChannel *cursor_channel):
    cursor(this, cursor_channel), display(init_display),
    repeat_timer(display->get_core_interface()->timer_new(GpuDisplay::repeat_last_frame, this)),
    deferred_timer(display->get_core_interface()->timer_new(GpuDisplay::run_deferred, this))
{
    display_owner_init(&owner, &ops, this);

    DisplayChannelClient *dcc;
    FOREACH_DCC(display, dcc) {
        if (!dcc->is_waiting_for_migrate_data()) {
            client_started(dcc);
        }
    }
}

/* The QXL device is gone, the port may still be open: its device gets credit
 * for what was on its way, and reads on for nobody. */
GpuDisplay::~GpuDisplay()
{
    while (owner.clients) {
        client_stopped(GpuClient::of(owner.clients));
    }
    if (bridge) {
        bridge->abandon(main_loop());
        leave_bridge();
    }
    red_timer_remove(repeat_timer);
    red_timer_remove(deferred_timer);
}

/* NULL while the server is being destroyed. */
MainDispatcher *GpuDisplay::main_loop() const
{
    return reds_get_main_dispatcher(display->get_server());
}

void GpuDisplay::credit_changed(unsigned frames_taken)
{
    if (!bridge) {
        return;
    }
    const unsigned shortest_queue = display_owner_shortest_queue(&owner);

    counter_set(&bridge->trace->counters().worker.queued, shortest_queue);
    bridge->dropped = owner.frames_dropped;
    bridge->credit_changed(main_loop(), frames_taken, shortest_queue);
}

/* Without the watch of the core interface: GLib blocks its sources against
 * recursion, with two write() and a read() each time. */
static GSource *watch(const SpiceCoreInterfaceInternal *core, int fd, GUnixFDSourceFunc func,
                      void *data)
{
    GSource *source = g_unix_fd_source_new(fd, G_IO_IN);

    g_source_set_can_recurse(source, TRUE);
    g_source_set_callback(source, (GSourceFunc)(void *)func, data, nullptr);
    g_source_attach(source, core->main_context);
    return source;
}

void GpuDisplay::port_opened(const red::shared_ptr<GpuBridge> &new_bridge)
{
    if (bridge) {
        if (!bridge->closed) { /* a second port of our name: the last opener is shown */
            bridge->trace->taken_over();
            bridge->request_codecs(main_loop(), nullptr, 0);
            bridge->abandon(main_loop());
        }
        port_closed();
    }
    bridge = new_bridge;
    trace = bridge->trace;
    bridge_source = watch(
        display->get_core_interface(), bridge->event_fd,
        [](int, GIOCondition, void *self) -> gboolean {
            static_cast<GpuDisplay *>(self)->process_messages();
            return G_SOURCE_CONTINUE;
        },
        this);
    owner.frames_dropped = 0;
    display_owner_allow(&owner, gpu_policy_codecs(display));
    display_owner_port_opened(&owner);
    credit_changed();
}

void GpuDisplay::leave_bridge()
{
    g_source_destroy(bridge_source);
    g_source_unref(bridge_source);
    bridge_source = nullptr;
    bridge->discard_messages();
    bridge.reset();
}

void GpuDisplay::port_closed()
{
    display_owner_port_closed(&owner);
    last_frame.reset();
    release_stream_if_unused();
    cursor.forget();
    leave_bridge();
    display->push();
}

/* What the main loop has sent. No more at a time than the queue holds, and then
 * others' turn. */
void GpuDisplay::process_messages()
{
    const red::shared_ptr<GpuBridge> held(bridge);
    GpuMessage message;

    held->clear_signal();
    counter_add(&held->trace->counters().worker.worker_wakeups, 1);
    for (unsigned n = 0; n < MESSAGE_QUEUE_SIZE; n++) {
        if (held->closed) {
            port_closed();
            return;
        }
        if (!held->receive(&message)) {
            return;
        }
        handle(message);
    }
    held->signal();
}

void GpuDisplay::handle(const GpuMessage &message)
{
    switch (message.kind) {
    case GpuMessage::FORMAT:
        display_owner_format(&owner, &message.format);
        credit_changed(); /* its room */
        break;
    case GpuMessage::FRAME:
        handle_frame(message.frame.get());
        break;
    case GpuMessage::CURSOR:
        if (message.shape) {
            cursor.set(message.shape);
        }
        if (message.moved) {
            cursor.move(message.position);
        }
        break;
    }
}

/* Clients that show the stream, but have no room for the present frame. */
unsigned GpuDisplay::count_dropping() const
{
    unsigned count = 0;
    for (const display_client *c = owner.clients; c; c = c->next) {
        count += c->shows_pgpu && c->flow.dropping;
    }
    return count;
}

void GpuDisplay::handle_frame(GpuFrame *frame)
{
    current_frame = frame;
    display_owner_frame(&owner, frame->key_frame);
    current_frame = nullptr;
    last_frame.reset(frame->codec == PORT_CODEC_MJPEG ? frame : nullptr);
    frame->trace->frame_offered(frame, count_dropping());
    /* Only now: sending may find that a client is gone, which changes the list
     * that display_owner_frame() walks. */
    display->push();
    credit_changed(1);
}

void GpuDisplay::frame_sent(GpuClient *client)
{
    display_owner_frame_sent(&owner, &client->owned);
    if (client->may_have_dropped) {
        red_timer_start(repeat_timer, DISPLAY_CLOCK_MJPEG_REPEAT_MS);
    }
    credit_changed();
}

/* Nothing has followed the last frame to some client: display-clock.h. */
void GpuDisplay::repeat_last_frame(GpuDisplay *self)
{
    for (display_client *c = self->owner.clients; c; c = c->next) {
        GpuClient *client = GpuClient::of(c);
        if (self->last_frame && client->may_have_dropped && c->shows_pgpu && !c->busy &&
            c->flow.queued == 0) {
            client->may_have_dropped = false;
            client->dcc->pipe_add(
                red::make_shared<GpuStreamRepeatItem>(self->stream_id(), self->last_frame.get()));
        }
    }
    self->display->push();
}

static uint8_t codecs_of(DisplayChannelClient *dcc)
{
    static const struct {
        int capability;
        uint8_t codec;
    } known[] = {
        {SPICE_DISPLAY_CAP_CODEC_MJPEG, PORT_CODEC_MJPEG},
        {SPICE_DISPLAY_CAP_CODEC_VP8, PORT_CODEC_VP8},
        {SPICE_DISPLAY_CAP_CODEC_H264, PORT_CODEC_H264},
        {SPICE_DISPLAY_CAP_CODEC_VP9, PORT_CODEC_VP9},
        {SPICE_DISPLAY_CAP_CODEC_H265, PORT_CODEC_H265},
    };
    uint8_t codecs = 0;

    if (!dcc->test_remote_cap(SPICE_DISPLAY_CAP_MULTI_CODEC)) {
        return PORT_CODEC_BIT(PORT_CODEC_MJPEG); /* all that there was before this capability */
    }
    for (const auto &k : known) {
        if (dcc->test_remote_cap(k.capability)) {
            codecs |= PORT_CODEC_BIT(k.codec);
        }
    }
    return codecs;
}

void GpuDisplay::client_started(DisplayChannelClient *dcc)
{
    auto client = red::make_shared<GpuClient>(this, dcc);

    dcc->priv->gpu = client;
    display_owner_allow(&owner, gpu_policy_codecs(display));
    display_owner_client_joined(&owner, &client->owned, codecs_of(dcc));
    credit_changed();
}

void GpuDisplay::client_stopped(GpuClient *client)
{
    client->gate = GpuGate::OPEN;
    display_owner_client_left(&owner, &client->owned);
    client->display = nullptr;
    release_stream_if_unused();
    credit_changed();
    shown_changed();
}

void GpuDisplay::client_migrates(GpuClient *client)
{
    if (client->gate != GpuGate::OPEN) {
        client->owned.shows_pgpu = false;
        give_back_to_vgpu(client); /* at once, for there is no later */
    }
    client_stopped(client);
}

void GpuDisplay::client_cannot_decode(GpuClient *client)
{
    trace->cannot_decode(); /* not the bridge's: the port may be closed, and the way back put off */
    display_owner_client_cannot_decode(&owner, &client->owned);
    release_stream_if_unused();
    display->push();
    credit_changed();
}

void GpuDisplay::send_frame(GpuClient *client)
{
    const bool first = client->stream_begins;

    client->stream_begins = false;
    client->may_have_dropped = current_frame->codec == PORT_CODEC_MJPEG;
    current_frame->waiting++;
    client->dcc->pipe_add(
        red::make_shared<GpuStreamDataItem>(stream_id(), client, current_frame, !first));
    const uint8_t *trailer;
    if (first && access_unit_trailer(current_frame->codec, &trailer) > 0) {
        client->dcc->pipe_add(
            red::make_shared<GpuStreamTrailerItem>(stream_id(), current_frame->codec));
    }
}

void gpu_display_accept_opening(void *, GpuOpening **message)
{
    const std::unique_ptr<GpuOpening> opening(*message);
    DisplayChannel *const display = opening->display;
    const red::shared_ptr<GpuBridge> &bridge = opening->bridge;

    counter_add(&bridge->trace->counters().worker.worker_wakeups, 1);
    if (!display->priv->gpu) {
        display->priv->gpu = red::make_shared<GpuDisplay>(display, opening->cursor_channel);
    }
    if (bridge->closed) {
        bridge->discard_messages();
    } else {
        display->priv->gpu->port_opened(bridge);
    }
    bridge->accept(reds_get_main_dispatcher(display->get_server()));
}
