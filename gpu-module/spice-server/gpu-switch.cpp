/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include <config.h>

#include "dcc-private.h"
#include "display-channel-private.h"
#include "gpu-bridge.h"
#include "gpu-display.h"
#include "gpu-stream.h"
#include "gpu-surfaces.h"
#include "gpu-tablet.h"
#include "video-stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* Bytes in the kernel that are not yet on the wire. More would be latency that
 * nobody can take back: 764 KB sat there on a 3 Mbit/s link. */
#define SEND_BUFFER_UNSENT_BYTES 16384

/* A client that does not read is switched no more than this ahead: to the pGPU
 * and back, some 18 items each. What is due then waits until it has been sent
 * one of them. One alone would delay an agent that is restarted while the vGPU's
 * picture is still on its way. */
#define SWITCHES_UNSENT_MAX 2

/* A client with so many items in its pipe is cut off, as upstream does where it
 * must wait for one. Two switches, each with a message for each surface of the
 * vGPU's, and what upstream itself may have in a pipe are less. */
#define PIPE_ITEMS_MAX (3 * NUM_SURFACES)

uint32_t GpuDisplay::stream_id() const
{
    return display_channel_get_video_stream_id(display, stream);
}

/* A client closes the connection when its report names a stream id that the
 * display does not have (dcc_handle_stream_report): use a real slot. */
bool GpuDisplay::take_stream()
{
    if (stream) {
        return true;
    }
    stream = display->priv->free_streams;
    if (!stream) {
        return false;
    }
    display->priv->free_streams = stream->next;
    display->priv->stream_count++;
#if SPICE_SERVER_VERSION >= 0x001000 /* 0.16.0 */
    /* Upstream forgets it only where a client saw it end. */
    if (display->priv->gl_draw_stream == stream) {
        display->priv->gl_draw_stream = nullptr;
    }
#endif
    return true;
}

void GpuDisplay::release_stream_if_unused()
{
    for (display_client *c = owner.clients; c; c = c->next) {
        if (GpuClient::of(c)->gate != GpuGate::OPEN) {
            return;
        }
    }
    if (!stream) {
        return;
    }
    stream->next = display->priv->free_streams;
    display->priv->free_streams = stream;
    display->priv->stream_count--;
    stream = nullptr;
}

bool GpuDisplay::shows_pgpu(const RedClient *client) const
{
    for (display_client *c = owner.clients; c; c = c->next) {
        if (GpuClient::of(c)->dcc->get_client() == client) {
            return GpuClient::of(c)->gate == GpuGate::SHUT;
        }
    }
    return false;
}

/* A client's display has changed hands, or size: so do pointer and tablet. */
void GpuDisplay::shown_changed()
{
    uint32_t width_px = 0, height_px = 0;

    for (display_client *c = owner.clients; c && width_px == 0; c = c->next) {
        if (GpuClient::of(c)->gate == GpuGate::SHUT) {
            width_px = GpuClient::of(c)->width_px;
            height_px = GpuClient::of(c)->height_px;
        }
    }
    if (width_px != tablet_width_px || height_px != tablet_height_px) {
        tablet_width_px = width_px;
        tablet_height_px = height_px;
        gpu_tablet_set_size(display->get_server(), width_px, height_px);
        if (bridge) { /* else nobody ceases to show the pGPU: what is due counts as done */
            bridge->request_tablet(main_loop());
        }
    }
    cursor.shown_changed();
}

/* A frame is one message, which goes out whole and at once. Upstream corks the
 * socket for its many small ones, and would lift the cork by two setsockopt() after
 * each frame. What lies in the kernel is limited meanwhile. */
static void set_up_socket(DisplayChannelClient *dcc, bool for_pgpu)
{
    const int bytes = for_pgpu ? SEND_BUFFER_UNSENT_BYTES : -1; /* the system's default */

    red_stream_set_auto_flush(dcc->get_stream(), for_pgpu);
    /* Fails on unix sockets, which hold little. */
    (void)setsockopt(dcc->get_stream()->socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes,
                     sizeof(bytes));
}

void GpuDisplay::note_pipe(uint32_t items)
{
    uint64_t *max = &trace->counters().worker.pipe_items_max;

    if (items > counter_get(max)) {
        counter_set(max, items);
    }
}

/* The last item of a switch. */
void GpuDisplay::end_switch(GpuClient *client)
{
    const uint32_t items = client->dcc->get_pipe_size();

    client->dcc->pipe_add(red::make_shared<GpuSwitchEndItem>(client));
    note_pipe(items);
    if (items > PIPE_ITEMS_MAX) {
        trace->warn(GPU_WARNING_CUT_OFF,
                    "a client does not read, %u messages wait for it: it is cut off", items);
        client->dcc->shutdown();
    }
}

display_switch GpuDisplay::show_pgpu(GpuClient *client, const port_format &format)
{
    DisplayChannelClient *dcc = client->dcc;

    if (client->gate == GpuGate::VGPU_DUE || client->switches_unsent >= SWITCHES_UNSENT_MAX) {
        return DISPLAY_SWITCHES_LATER;
    }
    if (client->gate == GpuGate::OPEN) {
        gpu_surfaces_leave_vgpu(display, client); /* gives back stream slots, too */
        set_up_socket(dcc, true);
        if (!take_stream()) {
            trace->switch_refused(NUM_STREAMS);
            client->gate = GpuGate::SHUT; /* what was removed comes back */
            give_back_to_vgpu(client);
            return DISPLAY_CANNOT_SWITCH;
        }
    } else {
        gpu_surfaces_remove_unsent(dcc, gpu_stream_is_picture);
        client->gate = GpuGate::OPEN; /* for what we add */
        dcc->pipe_add(red::make_shared<GpuStreamDestroyItem>(stream_id()));
    }

    gpu_surfaces_prepare_pgpu(client, format.width_px, format.height_px);
    dcc->pipe_add(red::make_shared<GpuStreamCreateItem>(stream_id(), format));
    end_switch(client);
    client->stream_begins = true;
    client->gate = GpuGate::SHUT;
    shown_changed();
    g_info("GPU module: client %p shows the pGPU, %ux%u", dcc, format.width_px, format.height_px);
    trace->switched(dcc, true);
    return DISPLAY_SWITCHED;
}

void GpuDisplay::show_vgpu(GpuClient *client)
{
    if (client->switches_unsent < SWITCHES_UNSENT_MAX) {
        give_back_to_vgpu(client);
        return;
    }
    gpu_surfaces_remove_unsent(client->dcc, gpu_stream_is_picture);
    client->gate = GpuGate::VGPU_DUE;
    shown_changed();
}

void GpuDisplay::give_back_to_vgpu(GpuClient *client)
{
    DisplayChannelClient *dcc = client->dcc;

    gpu_surfaces_remove_unsent(dcc, gpu_stream_is_picture);
    /* Streams that the vGPU began meanwhile are unknown to the client: end
     * them while the gate still keeps their messages away from it. */
    video_stream_detach_and_stop(display);
    client->gate = GpuGate::OPEN;
    set_up_socket(dcc, false);

    if (stream) {
        dcc->pipe_add(red::make_shared<GpuStreamDestroyItem>(stream_id()));
    }
    gpu_surfaces_show_vgpu(display, client);
    end_switch(client);
    shown_changed();
    g_info("GPU module: client %p shows the vGPU", dcc);
    trace->switched(dcc, false);
}

/* --- what is not done at once --------------------------------------------------- */

/* The vGPU does not wait yet while the items are being added. */
void GpuDisplay::complete_gl_draws_later()
{
    red_timer_start(deferred_timer, 0);
}

/* What was put off is done, but not in here: the pipe may be in the middle of
 * being emptied. */
void GpuDisplay::switch_sent(GpuClient *client)
{
    if (client->gate == GpuGate::VGPU_DUE || client->owned.busy) {
        red_timer_start(deferred_timer, 0);
    }
}

void GpuDisplay::run_deferred(GpuDisplay *self)
{
    self->complete_gl_draws();
    self->resume_switches();
}

void GpuDisplay::complete_gl_draws()
{
    for (display_client *c = owner.clients; c; c = c->next) {
        GpuClient *client = GpuClient::of(c);
        if (client->gl_draw_refused && client->dcc->priv->gl_draw_ongoing) {
            client->dcc->priv->gl_draw_ongoing = FALSE;
            display_channel_gl_draw_done(display);
        }
        client->gl_draw_refused = false;
    }
}

void GpuDisplay::resume_switches()
{
    for (display_client *c = owner.clients; c; c = c->next) {
        GpuClient *client = GpuClient::of(c);
        if (client->switches_unsent >= SWITCHES_UNSENT_MAX) {
            continue;
        }
        if (client->gate == GpuGate::VGPU_DUE) {
            give_back_to_vgpu(client);
        }
        if (client->switches_unsent < SWITCHES_UNSENT_MAX) { /* the way back is one */
            display_owner_client_ready(&owner, &client->owned);
        }
    }
    release_stream_if_unused();
    display->push();
    credit_changed();
}
