#include <config.h>

#include "gpu-display.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "dcc-private.h"
#include "display-channel-private.h"
#include "gpu-link.h"
#include "gpu-stream.h"
#include "main-dispatcher.h"
#include "red-qxl.h"
#include "reds.h"
#include "video-stream.h"

/* Bytes in the kernel that are not yet on the wire. More would be latency that
 * nobody can take back: 764 KB sat there on a 3 Mbit/s link. */
#define SEND_BUFFER_UNSENT_BYTES 16384

static GpuClient *to_client(display_client *client)
{
    return static_cast<GpuClient::Owned *>(client)->client;
}

const display_owner_ops GpuDisplay::ops = {
    [](void *self) { static_cast<GpuDisplay *>(self)->tell_device(GpuMainMessage::START); },
    [](void *self) { static_cast<GpuDisplay *>(self)->tell_device(GpuMainMessage::STOP); },
    [](void *self) {
        static_cast<GpuDisplay *>(self)->tell_device(GpuMainMessage::REQUEST_KEY_FRAME);
    },
    [](void *self, display_client *client, const port_format *format) {
        return static_cast<GpuDisplay *>(self)->show_pgpu(to_client(client), *format);
    },
    [](void *self, display_client *client) {
        static_cast<GpuDisplay *>(self)->show_vgpu(to_client(client));
    },
    [](void *self, display_client *client) {
        static_cast<GpuDisplay *>(self)->send_frame(to_client(client));
    },
};

GpuDisplay::GpuDisplay(DisplayChannel *init_display):
    display(init_display)
{
    display_owner_init(&owner, &ops, this);

    DisplayChannelClient *dcc;
    FOREACH_DCC(display, dcc) {
        client_started(dcc);
    }
}

GpuDisplay::~GpuDisplay()
{
    while (owner.clients) {
        client_stopped(to_client(owner.clients));
    }
}

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
    return true;
}

void GpuDisplay::release_stream_if_unused()
{
    for (display_client *c = owner.clients; c; c = c->next) {
        if (to_client(c)->gate_shut) {
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

void GpuDisplay::tell_device(int kind)
{
    if (!link) {
        return;
    }
    GpuMainMessage message = {static_cast<GpuMainMessage::Kind>(kind), link.get()};
    shared_ptr_add_ref(link.get());
    reds_get_main_dispatcher(display->get_server())
        ->send_message_custom(gpu_device_handle_message, &message, false);
}

void GpuDisplay::credit_changed(unsigned frames_taken)
{
    if (!link) {
        return;
    }
    link->shortest_queue = display_owner_shortest_queue(&owner);
    counter_set(&link->trace->counters().worker.queued, link->shortest_queue);
    link->taken += frames_taken; /* after: between the two a frame counts twice, never not at all */
    if (link->has_credit() && link->starved.exchange(false)) {
        tell_device(GpuMainMessage::CREDIT);
    }
}

void GpuDisplay::port_opened(const red::shared_ptr<GpuLink> &new_link)
{
    if (link) {
        port_closed();
    }
    link = new_link;
    display_owner_port_opened(&owner);
    credit_changed();
}

void GpuDisplay::port_closed()
{
    display_owner_port_closed(&owner);
    release_stream_if_unused();
    link.reset();
    display->push();
}

void GpuDisplay::format(const port_format &format)
{
    display_owner_format(&owner, &format);
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

void GpuDisplay::frame(GpuFrame *frame)
{
    current_frame = frame;
    display_owner_frame(&owner, frame->key_frame);
    current_frame = nullptr;
    frame->trace->frame_offered(frame, count_dropping());
    /* Only now: sending may find that a client is gone, which changes the list
     * that display_owner_frame() walks. */
    display->push();
    credit_changed(1);
}

void GpuDisplay::frame_sent(GpuClient *client)
{
    display_owner_frame_sent(&owner, &client->owned);
    credit_changed();
}

void GpuDisplay::client_started(DisplayChannelClient *dcc)
{
    auto client = red::make_shared<GpuClient>();

    client->display = this;
    client->dcc = dcc;
    client->owned.client = client.get();
    dcc->priv->gpu = client;
    display_owner_client_joined(&owner, &client->owned,
                                dcc->test_remote_cap(SPICE_DISPLAY_CAP_CODEC_H264));
    credit_changed();
}

void GpuDisplay::client_stopped(GpuClient *client)
{
    client->gate_shut = false;
    display_owner_client_left(&owner, &client->owned);
    client->display = nullptr;
    release_stream_if_unused();
    credit_changed();
}

static void set_unsent_limit(DisplayChannelClient *dcc, int bytes)
{
    /* Fails on unix sockets, which hold little. */
    (void) setsockopt(dcc->get_stream()->socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes,
                      sizeof(bytes));
}

/* Takes items that have not been sent out of the client's pipe. */
static void remove_unsent(DisplayChannelClient *dcc, bool (*is_unwanted)(int type))
{
    /* Moved aside first: an item's end may look at the pipe. */
    RedChannelClient::Pipe removed;
    auto &pipe = dcc->get_pipe();
    for (auto it = pipe.begin(); it != pipe.end();) {
        auto item = it++;
        if (is_unwanted((*item)->type)) {
            removed.splice(removed.end(), pipe, item);
        }
    }
}

static bool is_vgpu_picture(int type)
{
    return type == RED_PIPE_ITEM_TYPE_DRAW || type == RED_PIPE_ITEM_TYPE_IMAGE ||
           type == RED_PIPE_ITEM_TYPE_UPGRADE;
}

static void push_one_head(DisplayChannelClient *dcc, uint32_t width_px, uint32_t height_px)
{
    if (!dcc->test_remote_cap(SPICE_DISPLAY_CAP_MONITORS_CONFIG)) {
        return;
    }
    auto config = static_cast<MonitorsConfig *>(g_malloc0(sizeof(MonitorsConfig) + sizeof(QXLHead)));
    config->refs = 1;
    config->count = 1;
    config->max_allowed = 1;
    config->heads[0].width = width_px;
    config->heads[0].height = height_px;
    dcc->pipe_add(red::make_shared<RedMonitorsConfigItem>(config));
    monitors_config_unref(config);
}

static void replace_primary(DisplayChannelClient *dcc, GpuClient *client, const port_format &format)
{
    if (client->width_px != 0) {
        dcc->pipe_add(red::make_shared<RedSurfaceDestroyItem>(0));
    }
    dcc->pipe_add(red::make_shared<RedSurfaceCreateItem>(0, format.width_px, format.height_px,
                                                         SPICE_SURFACE_FMT_32_xRGB,
                                                         SPICE_SURFACE_FLAGS_PRIMARY));
    push_one_head(dcc, format.width_px, format.height_px);
    dcc->pipe_add_empty_msg(SPICE_MSG_DISPLAY_MARK);
    client->width_px = format.width_px;
    client->height_px = format.height_px;
    client->format = SPICE_SURFACE_FMT_32_xRGB;
}

/* The vGPU's pictures and surfaces leave the client's pipe, all but the
 * primary, whose geometry is noted. */
static void leave_vgpu(DisplayChannel *display, DisplayChannelClient *dcc, GpuClient *client)
{
    video_stream_detach_and_stop(display); /* with the gate open: the client hears of it */
    remove_unsent(dcc, is_vgpu_picture);
    for (uint32_t id = 1; id < NUM_SURFACES; id++) {
        dcc_destroy_surface(dcc, id);
    }

    const RedSurface *primary = display->priv->surfaces[0];
    const bool has_primary = primary && dcc->priv->surface_client_created[0];
    client->width_px = has_primary ? primary->context.width : 0;
    client->height_px = has_primary ? primary->context.height : 0;
    client->format = has_primary ? primary->context.format : 0;
    set_unsent_limit(dcc, SEND_BUFFER_UNSENT_BYTES);
}

bool GpuDisplay::show_pgpu(GpuClient *client, const port_format &format)
{
    DisplayChannelClient *dcc = client->dcc;

    if (!client->gate_shut) {
        leave_vgpu(display, dcc, client); /* gives back stream slots, too */
        if (!take_stream()) {
            g_warning("GPU module: all %d streams of the display are in use by the vGPU, "
                      "it stays visible", NUM_STREAMS);
            client->gate_shut = true; /* show_vgpu() restores what was removed */
            show_vgpu(client);
            return false;
        }
    } else {
        remove_unsent(dcc, gpu_stream_is_picture);
        client->gate_shut = false; /* for what we add */
        dcc->pipe_add(red::make_shared<GpuStreamDestroyItem>(stream_id()));
    }

    if (client->width_px != format.width_px || client->height_px != format.height_px ||
        client->format != SPICE_SURFACE_FMT_32_xRGB) {
        replace_primary(dcc, client, format);
    }
    dcc->pipe_add(red::make_shared<GpuStreamCreateItem>(stream_id(), format));
    client->stream_begins = true;
    client->gate_shut = true;
    g_info("GPU module: client %p shows the pGPU, %ux%u", dcc, format.width_px, format.height_px);
    link->trace->switched(dcc, true);
    return true;
}

void GpuDisplay::show_vgpu(GpuClient *client)
{
    DisplayChannelClient *dcc = client->dcc;
    RedSurface *primary = display->priv->surfaces[0];

    remove_unsent(dcc, gpu_stream_is_picture);
    /* Streams that the vGPU began meanwhile are unknown to the client: end
     * them while the gate still keeps their messages away from it. */
    video_stream_detach_and_stop(display);
    client->gate_shut = false;
    set_unsent_limit(dcc, -1); /* the system's default */

    if (stream) {
        dcc->pipe_add(red::make_shared<GpuStreamDestroyItem>(stream_id()));
    }
    const bool has_primary = client->width_px != 0;
    const bool same_primary = has_primary && primary &&
                              primary->context.width == client->width_px &&
                              primary->context.height == client->height_px &&
                              primary->context.format == client->format;
    if (has_primary && !same_primary) {
        dcc->pipe_add(red::make_shared<RedSurfaceDestroyItem>(0));
    }
    dcc->priv->surface_client_created.fill(false);
    dcc->priv->surface_client_created[0] = same_primary;

    if (primary) {
        dcc_create_surface(dcc, primary);
        display_channel_current_flush(display, primary);
        dcc_push_surface_image(dcc, primary);
        dcc_push_monitors_config(dcc);
        dcc->pipe_add_empty_msg(SPICE_MSG_DISPLAY_MARK);
    }
    g_info("GPU module: client %p shows the vGPU", dcc);
    link->trace->switched(dcc, false);
}

void GpuDisplay::send_frame(GpuClient *client)
{
    const bool first = client->stream_begins;

    client->stream_begins = false;
    current_frame->waiting++;
    client->dcc->pipe_add(
        red::make_shared<GpuStreamDataItem>(stream_id(), client, current_frame, !first));
    if (first) {
        client->dcc->pipe_add(red::make_shared<GpuStreamTrailerItem>(stream_id()));
    }
}

void gpu_display_handle_message(void *, GpuWorkerMessage *message)
{
    DisplayChannelPrivate *priv = message->display->priv.get();
    red::shared_ptr<GpuLink> link(message->link);
    shared_ptr_unref(message->link);
    red::shared_ptr<GpuFrame> frame(message->frame);
    if (message->frame) {
        shared_ptr_unref(message->frame);
    }

    counter_add(&link->trace->counters().worker.worker_wakeups, 1);
    if (!priv->gpu) {
        priv->gpu = red::make_shared<GpuDisplay>(message->display);
    }
    if (message->kind == GpuWorkerMessage::PORT_OPENED) {
        priv->gpu->port_opened(link);
        return;
    }
    if (!priv->gpu->is_linked_to(link.get())) { /* from before the port was closed */
        if (frame) {
            frame->trace->frame_too_late(frame.get());
        }
        return;
    }
    switch (message->kind) {
    case GpuWorkerMessage::PORT_CLOSED:
        priv->gpu->port_closed();
        break;
    case GpuWorkerMessage::FORMAT:
        priv->gpu->format(message->format);
        break;
    case GpuWorkerMessage::FRAME:
        priv->gpu->frame(frame.get());
        break;
    case GpuWorkerMessage::PORT_OPENED:
        break;
    }
}

void gpu_display_client_started(DisplayChannelClient *dcc)
{
    GpuDisplay *gpu = DCC_TO_DC(dcc)->priv->gpu.get();

    if (gpu) {
        gpu->client_started(dcc);
    }
}

void gpu_display_client_stopped(DisplayChannelClient *dcc)
{
    GpuClient *client = dcc->priv->gpu.get();

    if (client && client->display) {
        client->display->client_stopped(client);
    }
}

bool gpu_display_admits(DisplayChannelClient *dcc, RedPipeItem *item)
{
    const GpuClient *client = dcc->priv->gpu.get();

    if (!client || !client->gate_shut) {
        return true;
    }
    switch (item->type) {
    case GPU_PIPE_ITEM_STREAM_CREATE:
    case GPU_PIPE_ITEM_STREAM_DATA:
    case GPU_PIPE_ITEM_STREAM_TRAILER:
    case GPU_PIPE_ITEM_STREAM_DESTROY:
    /* The channel's own business, independent of what it shows. */
    case RED_PIPE_ITEM_TYPE_SET_ACK:
    case RED_PIPE_ITEM_TYPE_PING:
    case RED_PIPE_ITEM_TYPE_MIGRATE:
    case RED_PIPE_ITEM_TYPE_MIGRATE_DATA:
    case RED_PIPE_ITEM_TYPE_MARKER:
    case RED_PIPE_ITEM_TYPE_INVAL_ONE:
    case RED_PIPE_ITEM_TYPE_PIXMAP_SYNC:
    case RED_PIPE_ITEM_TYPE_PIXMAP_RESET:
    case RED_PIPE_ITEM_TYPE_INVAL_PALETTE_CACHE:
        return true;
    case RED_PIPE_ITEM_TYPE_STREAM_DESTROY:
        /* Sending it would have ended the encoder. */
        video_stream_agent_stop(static_cast<StreamCreateDestroyItem *>(item)->agent);
        return false;
    default:
        return false;
    }
}
