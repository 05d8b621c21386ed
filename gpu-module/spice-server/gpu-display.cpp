#include <config.h>

#include "gpu-display.h"

#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "protocol/access-unit.h"
#include "cursor-channel.h"
#include "dcc-private.h"
#include "display-channel-private.h"
#include "gpu-module/display-clock.h"
#include "gpu-bridge.h"
#include "gpu-policy.h"
#include "gpu-tablet.h"
#include "gpu-stream.h"
#include "main-dispatcher.h"
#include "red-qxl.h"
#include "reds.h"
#include "video-stream.h"

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

static GpuClient *to_client(display_client *client)
{
    return static_cast<GpuClient::Owned *>(client)->client;
}

const display_owner_ops GpuDisplay::ops = {
    [](void *data, const uint8_t *codecs, unsigned count) {
        auto self = static_cast<GpuDisplay *>(data);
        self->bridge->wish_codecs(self->main_loop(), codecs, count);
    },
    [](void *data) {
        auto self = static_cast<GpuDisplay *>(data);
        self->bridge->wish_codecs(self->main_loop(), nullptr, 0);
    },
    [](void *data) {
        auto self = static_cast<GpuDisplay *>(data);
        self->bridge->wish_key_frame(self->main_loop());
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

GpuDisplay::GpuDisplay(DisplayChannel *init_display, CursorChannel *cursor_channel):
    cursor(this, cursor_channel),
    display(init_display),
    later_timer(display->get_core_interface()->timer_new(GpuDisplay::later, this)),
    repeat_timer(display->get_core_interface()->timer_new(GpuDisplay::repeat_last_frame, this))
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
        client_stopped(to_client(owner.clients));
    }
    if (bridge) {
        bridge->abandon(main_loop());
        detach();
    }
    red_timer_remove(later_timer);
    red_timer_remove(repeat_timer);
}

/* NULL while the server is being destroyed. */
MainDispatcher *GpuDisplay::main_loop() const
{
    return reds_get_main_dispatcher(display->get_server());
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

bool GpuDisplay::shows_pgpu(const RedClient *client) const
{
    for (display_client *c = owner.clients; c; c = c->next) {
        if (to_client(c)->dcc->get_client() == client) {
            return to_client(c)->gate_shut && !to_client(c)->vgpu_due;
        }
    }
    return false;
}

/* A client's display has changed hands, or size: so do pointer and tablet. */
void GpuDisplay::shown_changed()
{
    uint32_t width_px = 0, height_px = 0;

    for (display_client *c = owner.clients; c && width_px == 0; c = c->next) {
        if (to_client(c)->gate_shut && !to_client(c)->vgpu_due) {
            width_px = to_client(c)->width_px;
            height_px = to_client(c)->height_px;
        }
    }
    if (width_px != tablet_width_px || height_px != tablet_height_px) {
        tablet_width_px = width_px;
        tablet_height_px = height_px;
        gpu_tablet_set_size(display->get_server(), width_px, height_px);
        if (bridge) { /* else nobody ceases to show the pGPU: what is due counts as done */
            bridge->tablet_changed(main_loop());
        }
    }
    cursor.shown_changed();
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
            bridge->wish_codecs(main_loop(), nullptr, 0);
            bridge->abandon(main_loop());
        }
        port_closed();
    }
    bridge = new_bridge;
    trace = bridge->trace;
    bridge_source = watch(
        display->get_core_interface(), bridge->event_fd,
        [](int, GIOCondition, void *self) -> gboolean {
            static_cast<GpuDisplay *>(self)->look_at_bridge();
            return G_SOURCE_CONTINUE;
        },
        this);
    owner.frames_dropped = 0;
    display_owner_allow(&owner, gpu_policy_codecs(display));
    display_owner_port_opened(&owner);
    credit_changed();
}

void GpuDisplay::detach()
{
    g_source_destroy(bridge_source);
    g_source_unref(bridge_source);
    bridge_source = nullptr;
    bridge->forget_messages();
    bridge.reset();
}

void GpuDisplay::port_closed()
{
    display_owner_port_closed(&owner);
    last_frame.reset();
    release_stream_if_unused();
    cursor.forget();
    detach();
    display->push();
}

/* What the main loop has put into the bridge. No more at a time than the queue
 * holds, and then others' turn. */
void GpuDisplay::look_at_bridge()
{
    const red::shared_ptr<GpuBridge> held(bridge);
    queued_message message;

    held->begin_look();
    counter_add(&held->trace->counters().worker.worker_wakeups, 1);
    for (unsigned n = 0; n < MESSAGE_QUEUE_SIZE; n++) {
        if (held->closed) {
            port_closed();
            return;
        }
        if (!held->take(&message)) {
            return;
        }
        handle(message);
    }
    held->look_again();
}

void GpuDisplay::handle(const queued_message &message)
{
    switch (message.kind) {
    case QUEUED_FORMAT:
        display_owner_format(&owner, &message.format);
        credit_changed(); /* its room */
        break;
    case QUEUED_FRAME: {
        red::shared_ptr<GpuFrame> taken(static_cast<GpuFrame *>(message.body));
        shared_ptr_unref(taken.get());
        frame(taken.get());
        break;
    }
    case QUEUED_CURSOR: {
        red::shared_ptr<GpuCursorShape> shape(static_cast<GpuCursorShape *>(message.body));
        if (shape) {
            shared_ptr_unref(shape.get());
            cursor.set(shape);
        }
        if (message.moved) {
            cursor.move(message.position);
        }
        break;
    }
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

void GpuDisplay::frame(GpuFrame *frame)
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
        GpuClient *client = to_client(c);
        if (self->last_frame && client->may_have_dropped && c->shows_pgpu && !c->busy &&
            c->flow.queued == 0) {
            client->may_have_dropped = false;
            client->dcc->pipe_add(red::make_shared<GpuStreamRepeatItem>(self->stream_id(),
                                                                        self->last_frame.get()));
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
    auto client = red::make_shared<GpuClient>();

    client->display = this;
    client->dcc = dcc;
    client->owned.client = client.get();
    dcc->priv->gpu = client;
    display_owner_allow(&owner, gpu_policy_codecs(display));
    display_owner_client_joined(&owner, &client->owned, codecs_of(dcc));
    credit_changed();
}

void GpuDisplay::client_stopped(GpuClient *client)
{
    client->gate_shut = client->vgpu_due = false;
    display_owner_client_left(&owner, &client->owned);
    client->display = nullptr;
    release_stream_if_unused();
    credit_changed();
    shown_changed();
}

void GpuDisplay::client_migrates(GpuClient *client)
{
    if (client->gate_shut) {
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

/* A GL_DRAW that the gate refused would leave the vGPU waiting for the client
 * to be done with it. Not at once: the vGPU does not wait yet while the items
 * are being added. */
void GpuDisplay::complete_gl_draws_later()
{
    red_timer_start(later_timer, 0);
}

void GpuDisplay::complete_gl_draws()
{
    for (display_client *c = owner.clients; c; c = c->next) {
        GpuClient *client = to_client(c);
        if (client->gl_draw_refused && client->dcc->priv->gl_draw_ongoing) {
            client->dcc->priv->gl_draw_ongoing = FALSE;
            display_channel_gl_draw_done(display);
        }
        client->gl_draw_refused = false;
    }
}

/* What was put off is done, but not in here: the pipe may be in the middle of
 * being emptied. */
void GpuDisplay::switch_sent(GpuClient *client)
{
    if (client->vgpu_due || client->owned.busy) {
        red_timer_start(later_timer, 0);
    }
}

void GpuDisplay::resume_switches()
{
    for (display_client *c = owner.clients; c; c = c->next) {
        GpuClient *client = to_client(c);
        if (client->vgpu_due && client->switches_unsent < SWITCHES_UNSENT_MAX) {
            give_back_to_vgpu(client);
        }
        if (!client->vgpu_due && client->switches_unsent < SWITCHES_UNSENT_MAX) {
            display_owner_client_ready(&owner, &client->owned);
        }
    }
    release_stream_if_unused();
    display->push();
    credit_changed();
}

void GpuDisplay::later(GpuDisplay *self)
{
    self->complete_gl_draws();
    self->resume_switches();
}

/* A frame is one message, which goes out whole and at once. Upstream corks the
 * socket for its many small ones, and would lift the cork by two setsockopt() after
 * each frame. What lies in the kernel is limited meanwhile. */
static void set_up_socket(DisplayChannelClient *dcc, bool for_pgpu)
{
    const int bytes = for_pgpu ? SEND_BUFFER_UNSENT_BYTES : -1; /* the system's default */

    red_stream_set_auto_flush(dcc->get_stream(), for_pgpu);
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

/* The client gets another primary surface that shows what the one before did,
 * stretched: a picture stays until there is a new one, where the client would
 * show black. The pixels are copied inside the client, through a surface that
 * lives only meanwhile. */
static void replace_primary(DisplayChannelClient *dcc, GpuClient *client, uint32_t width_px,
                            uint32_t height_px, uint32_t format)
{
    static const uint32_t PRIMARY = 0, KEPT = 1; /* surface ids; the client has no other one now */
    const bool keep = client->width_px != 0;

    if (keep) {
        dcc->pipe_add(red::make_shared<RedSurfaceCreateItem>(KEPT, client->width_px,
                                                             client->height_px, client->format, 0));
        dcc->pipe_add(red::make_shared<GpuSurfaceCopyItem>(
            KEPT, client->width_px, client->height_px, PRIMARY, client->width_px,
            client->height_px));
        dcc->pipe_add(red::make_shared<RedSurfaceDestroyItem>(PRIMARY));
    }
    dcc->pipe_add(red::make_shared<RedSurfaceCreateItem>(PRIMARY, width_px, height_px, format,
                                                         SPICE_SURFACE_FLAGS_PRIMARY));
    if (keep) {
        dcc->pipe_add(red::make_shared<GpuSurfaceCopyItem>(
            PRIMARY, width_px, height_px, KEPT, client->width_px, client->height_px));
        dcc->pipe_add(red::make_shared<RedSurfaceDestroyItem>(KEPT));
    }
    client->width_px = width_px;
    client->height_px = height_px;
    client->format = format;
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
    set_up_socket(dcc, true);
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

    if (client->vgpu_due || client->switches_unsent >= SWITCHES_UNSENT_MAX) {
        return DISPLAY_SWITCHES_LATER;
    }
    if (!client->gate_shut) {
        leave_vgpu(display, dcc, client); /* gives back stream slots, too */
        if (!take_stream()) {
            trace->switch_refused(NUM_STREAMS);
            client->gate_shut = true; /* what was removed comes back */
            give_back_to_vgpu(client);
            return DISPLAY_CANNOT_SWITCH;
        }
    } else {
        remove_unsent(dcc, gpu_stream_is_picture);
        client->gate_shut = false; /* for what we add */
        dcc->pipe_add(red::make_shared<GpuStreamDestroyItem>(stream_id()));
    }

    if (client->width_px != format.width_px || client->height_px != format.height_px ||
        client->format != SPICE_SURFACE_FMT_32_xRGB) {
        replace_primary(dcc, client, format.width_px, format.height_px, SPICE_SURFACE_FMT_32_xRGB);
        push_one_head(dcc, format.width_px, format.height_px);
        dcc->pipe_add_empty_msg(SPICE_MSG_DISPLAY_MARK);
    }
    dcc->pipe_add(red::make_shared<GpuStreamCreateItem>(stream_id(), format));
    end_switch(client);
    client->stream_begins = true;
    client->gate_shut = true;
    shown_changed();
    g_info("GPU module: client %p shows the pGPU, %ux%u", dcc, format.width_px, format.height_px);
    trace->switched(dcc, true);
    return DISPLAY_SWITCHED;
}

/* A vGPU with 3D shows its pictures to a local client by handing on a buffer. */
static void push_gl_scanout(DisplayChannel *display, DisplayChannelClient *dcc)
{
    SpiceMsgDisplayGlScanoutUnix *scanout = red_qxl_get_gl_scanout(display->priv->qxl);

    if (scanout && red_stream_is_plain_unix(dcc->get_stream()) &&
        dcc->test_remote_cap(SPICE_DISPLAY_CAP_GL_SCANOUT)) {
        dcc->pipe_add(dcc_gl_scanout_item_new(dcc, nullptr, 0));
        dcc_push_monitors_config(dcc);
    }
    red_qxl_put_gl_scanout(display->priv->qxl, scanout);
}

void GpuDisplay::show_vgpu(GpuClient *client)
{
    if (client->switches_unsent < SWITCHES_UNSENT_MAX) {
        give_back_to_vgpu(client);
        return;
    }
    remove_unsent(client->dcc, gpu_stream_is_picture);
    client->vgpu_due = true; /* and the gate stays shut */
    shown_changed();
}

void GpuDisplay::give_back_to_vgpu(GpuClient *client)
{
    DisplayChannelClient *dcc = client->dcc;
    RedSurface *primary = display->priv->surfaces[0];

    remove_unsent(dcc, gpu_stream_is_picture);
    /* Streams that the vGPU began meanwhile are unknown to the client: end
     * them while the gate still keeps their messages away from it. */
    video_stream_detach_and_stop(display);
    client->gate_shut = client->vgpu_due = false;
    set_up_socket(dcc, false);

    if (stream) {
        dcc->pipe_add(red::make_shared<GpuStreamDestroyItem>(stream_id()));
    }
    dcc->priv->surface_client_created.fill(false);
    if (primary) {
        if (primary->context.width != client->width_px ||
            primary->context.height != client->height_px ||
            primary->context.format != client->format) {
            replace_primary(dcc, client, primary->context.width, primary->context.height,
                            primary->context.format);
        }
        dcc->priv->surface_client_created[0] = true;
        display_channel_current_flush(display, primary);
        dcc_push_surface_image(dcc, primary);
        dcc_push_monitors_config(dcc);
        dcc->pipe_add_empty_msg(SPICE_MSG_DISPLAY_MARK);
    } else if (client->width_px != 0) {
        dcc->pipe_add(red::make_shared<RedSurfaceDestroyItem>(0));
    }
    push_gl_scanout(display, dcc);
    end_switch(client);
    shown_changed();
    g_info("GPU module: client %p shows the vGPU", dcc);
    trace->switched(dcc, false);
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

void gpu_display_take_up(void *, GpuOpening *message)
{
    DisplayChannelPrivate *priv = message->display->priv.get();
    red::shared_ptr<GpuBridge> bridge(message->bridge);
    shared_ptr_unref(message->bridge);

    counter_add(&bridge->trace->counters().worker.worker_wakeups, 1);
    if (!priv->gpu) {
        priv->gpu = red::make_shared<GpuDisplay>(message->display, message->cursor_channel);
    }
    if (bridge->closed) {
        bridge->forget_messages();
    } else {
        priv->gpu->port_opened(bridge);
    }
    bridge->take_up(reds_get_main_dispatcher(message->display->get_server()));
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

void gpu_display_client_migrates(DisplayChannelClient *dcc)
{
    GpuClient *client = dcc->priv->gpu.get();

    if (client && client->display) {
        client->display->client_migrates(client);
    }
}

bool gpu_display_stream_report(DisplayChannelClient *dcc,
                               const SpiceMsgcDisplayStreamReport *report)
{
    GpuClient *client = dcc->priv->gpu.get();

    if (!client || !client->display || !client->gate_shut ||
        report->stream_id != client->display->stream_id()) {
        return false;
    }
    if (report->num_frames == 0 && report->num_drops == UINT32_MAX) {
        client->display->client_cannot_decode(client);
    }
    return true;
}

bool DisplayChannelClient::accepts_pipe_item(RedPipeItem *item)
{
    GpuClient *client = priv->gpu.get();

    if (!client || !client->gate_shut) {
        return true;
    }
    switch (item->type) {
    case GPU_PIPE_ITEM_STREAM_CREATE:
    case GPU_PIPE_ITEM_STREAM_DATA:
    case GPU_PIPE_ITEM_STREAM_TRAILER:
    case GPU_PIPE_ITEM_STREAM_REPEAT:
    case GPU_PIPE_ITEM_STREAM_DESTROY:
    case GPU_PIPE_ITEM_SWITCH_END:
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
    case RED_PIPE_ITEM_TYPE_GL_DRAW:
        client->gl_draw_refused = true;
        client->display->complete_gl_draws_later();
        return false;
    default:
        return false;
    }
}
