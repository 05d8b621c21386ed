#include <config.h>

#include "gpu-device.h"

#include "access-unit.h"
#include "dispatcher.h"
#include "display-channel-private.h"
#include "main-dispatcher.h"
#include "red-qxl.h"
#include "red-worker.h"
#include "reds.h"

/* Bytes that one wakeup takes from the port before other sources of the main
 * loop get their turn: several frames, and about a millisecond of copying. */
#define WAKEUP_MAX_BYTES (1024u * 1024)

/* First allocation for a frame, whatever size its header claims: a typical
 * 1080p frame fits, and a lie costs us this much. It doubles as bytes arrive,
 * which copies those that are there; so a guest that has sent a larger frame
 * whole gets as much and a quarter at once, up to a key frame of 2160p. */
#define FRAME_FIRST_BYTES (64u * 1024)
#define FRAME_FIRST_MAX_BYTES (1024u * 1024)

/* The display that the pGPU takes over: that of the first QXL device. */
#define DISPLAY_ID 0

GpuDevice::GpuDevice(RedsState *reds, SpiceCharDeviceInstance *sin):
    RedCharDevice(reds, sin, 0, 0),
    trace(red::make_shared<GpuTrace>()),
    link(red::make_shared<GpuLink>(trace)),
    first_bytes(FRAME_FIRST_BYTES),
    go_on_timer(reds_core_timer_add(reds, GpuDevice::go_on, this))
{
    link->device = this;
    port_parser_init(&parser, PORT_READER_HOST);
}

GpuDevice::~GpuDevice()
{
    if (opened) {
        send_to_worker(GpuWorkerMessage::PORT_CLOSED);
    }
    link->device = nullptr;
    red_timer_remove(go_on_timer);
}

red::shared_ptr<RedCharDevice> gpu_device_connect(RedsState *reds, SpiceCharDeviceInstance *sin)
{
    auto device = red::make_shared<GpuDevice>(reds, sin);

    SpiceCharDeviceInterface *sif = spice_char_device_get_interface(sin);
    if (sif->state) {
        sif->state(sin, 1);
    }
    return device;
}

/* NULL before the QXL device is added and after it is removed. The main loop
 * owns the list of channels, so what it finds there is alive, and so is the
 * worker behind it until the main loop itself ends it. */
DisplayChannel *GpuDevice::find_display()
{
    return static_cast<DisplayChannel *>(
        reds_find_channel(get_server(), SPICE_CHANNEL_DISPLAY, DISPLAY_ID));
}

void GpuDevice::send_to_worker(GpuWorkerMessage::Kind kind, GpuFrame *sent_frame,
                               const port_format *format)
{
    DisplayChannel *display = find_display();
    if (!display) {
        return;
    }

    GpuWorkerMessage message{};
    message.kind = kind;
    message.display = display;
    message.link = link.get();
    message.frame = sent_frame;
    if (format) {
        message.format = *format;
    }
    if (sent_frame) {
        shared_ptr_add_ref(sent_frame);
        link->handed++;
    }
    shared_ptr_add_ref(link.get());
    red_qxl_get_dispatcher(display->priv->qxl)
        ->send_message_custom(gpu_display_handle_message, &message, false);
}

void GpuDevice::write(const uint8_t *message, int size)
{
    RedCharDeviceWriteBuffer *buffer = write_buffer_get_server(size, false);
    memcpy(buffer->buf, message, size);
    buffer->buf_used = size;
    write_buffer_add(buffer);
}

void GpuDevice::start_stop(bool start)
{
    if (!opened || failed) {
        return;
    }

    static const uint8_t codecs[] = {PORT_CODEC_H264};
    const unsigned count = start ? G_N_ELEMENTS(codecs) : 0;
    uint8_t message[PORT_HEADER_BYTES + 1 + sizeof(codecs)];
    const int size = port_compose_start_stop(message, sizeof(message), codecs, count);

    trace->told_agent(start);
    port_parser_offered(&parser, codecs, count);
    write(message, size);
}

/* The guest broke the protocol: say so, show the vGPU, and drain the port
 * until it is opened again. */
void GpuDevice::fail(const char *error)
{
    uint8_t message[PORT_HEADER_BYTES + PORT_NOTIFY_ERROR_MAX_BYTES];
    const int size = port_compose_notify_error(message, sizeof(message), error);

    g_warning("GPU module: the agent broke the protocol, showing the vGPU: %s", error);
    trace->violated(frame);
    failed = true;
    frame.reset();
    send_to_worker(GpuWorkerMessage::PORT_CLOSED);
    write(message, size);
}

void GpuDevice::port_event(uint8_t event)
{
    if (event != SPICE_PORT_EVENT_OPENED && event != SPICE_PORT_EVENT_CLOSED) {
        return;
    }
    const bool was_opened = opened;

    opened = event == SPICE_PORT_EVENT_OPENED;
    failed = false;
    first_bytes = FRAME_FIRST_BYTES;
    trace->port_opened(opened, frame);
    frame.reset();
    port_parser_init(&parser, PORT_READER_HOST);
    red_timer_cancel(go_on_timer);
    reset(); /* nothing that was meant for the last opener reaches the next */

    if (opened) {
        /* A new link: whatever is still on its way for the last opener counts
         * neither as a frame nor as credit of this one. */
        link->device = nullptr;
        link = red::make_shared<GpuLink>(trace);
        link->device = this;

        uint8_t message[PORT_HEADER_BYTES + 1];
        const uint8_t no_capability = 0;
        write(message, port_compose_capabilities(message, sizeof(message), &no_capability, 1));
        if (!find_display()) {
            g_warning("GPU module: the port was opened, but there is no QXL display %d to show "
                      "the pGPU on", DISPLAY_ID);
        }
        send_to_worker(GpuWorkerMessage::PORT_OPENED);
    } else if (was_opened) {
        send_to_worker(GpuWorkerMessage::PORT_CLOSED);
    }
}

/* Credit counts only between two messages: who stops in the middle of a frame
 * never gets the rest of it, and the frames before it wait for nothing. */
bool GpuDevice::may_begin_message()
{
    if (link->has_credit()) {
        return true;
    }
    link->starved = true;
    if (!link->has_credit()) {
        counter_add(&trace->counters().main.credit_stalls, 1);
        return false; /* the worker sends CREDIT */
    }
    link->starved = false;
    return true;
}

/* The frame's buffer takes at least one more byte. */
void GpuDevice::make_room()
{
    if (!frame || port_parser_filled(&parser) < frame->capacity) {
        return;
    }
    const uint32_t had = frame->capacity;
    frame->capacity = MIN(frame->size, MAX(first_bytes, 2 * had));
    frame->bytes = static_cast<uint8_t *>(g_realloc(frame->bytes, frame->capacity));
    trace->buffer_grew(frame->capacity - had, had);
    port_parser_set_body(&parser, frame->bytes);
}

void GpuDevice::handle(const struct port_event &event)
{
    switch (event.kind) {
    case PORT_EVENT_FORMAT:
        send_to_worker(GpuWorkerMessage::FORMAT, nullptr, &event.format);
        break;
    case PORT_EVENT_DATA_BEGIN:
        frame = red::make_shared<GpuFrame>(trace);
        frame->size = event.bytes;
        frame->t2_ns = message_begin_ns;
        break;
    case PORT_EVENT_DATA_END: {
        frame->t3_ns = GpuTrace::now_ns();
        first_bytes = MIN(MAX(first_bytes, frame->size + frame->size / 4), FRAME_FIRST_MAX_BYTES);
        access_unit unit;
        if (!access_unit_scan(frame->bytes, frame->size, &unit)) {
            fail("DATA: not an H.264 access unit in byte stream format");
            break;
        }
        frame->key_frame = access_unit_is_key_frame(&unit);
        frame->unit_size = frame->size;
        if (access_unit_has_trailer(frame->bytes, frame->size)) {
            frame->unit_size -= ACCESS_UNIT_TRAILER_BYTES;
        }
        trace->frame_received(frame.get(), find_display() != nullptr);
        send_to_worker(GpuWorkerMessage::FRAME, frame.get());
        frame.reset();
        break;
    }
    case PORT_EVENT_ERROR:
        fail(event.error);
        break;
    case PORT_EVENT_NONE:
    case PORT_EVENT_CAPABILITIES: /* we announce none of the extensions */
    case PORT_EVENT_SKIPPED:
    case PORT_EVENT_START_STOP:   /* for the other reader */
    case PORT_EVENT_NOTIFY_ERROR:
        break;
    }
}

/* False when the port has nothing more. */
bool GpuDevice::drain(size_t &budget)
{
    const int got = read(parser.scratch, MIN(sizeof(parser.scratch), budget));
    if (got <= 0) {
        return false;
    }
    trace->port_read(got);
    budget -= got;
    return true;
}

RedPipeItemPtr GpuDevice::read_one_msg_from_device()
{
    size_t budget = WAKEUP_MAX_BYTES;

    counter_add(&trace->counters().main.main_wakeups, 1);
    while (budget > 0) {
        if (failed || !opened) {
            if (!drain(budget)) {
                return RedPipeItemPtr();
            }
            continue;
        }
        const bool at_boundary = port_parser_at_boundary(&parser);
        if (at_boundary && !may_begin_message()) {
            return RedPipeItemPtr();
        }

        uint8_t *where;
        size_t bytes;
        make_room();
        port_parser_want(&parser, &where, &bytes);
        if (frame) {
            bytes = MIN(bytes, frame->capacity - port_parser_filled(&parser));
        }
        const int got = read(where, MIN(bytes, budget));
        if (got <= 0) {
            return RedPipeItemPtr();
        }
        trace->port_read(got);
        if (at_boundary) {
            message_begin_ns = GpuTrace::now_ns();
        }
        budget -= got;

        struct port_event event;
        port_parser_got(&parser, got, &event);
        handle(event);
    }

    red_timer_start(go_on_timer, 0);
    return RedPipeItemPtr();
}

void GpuDevice::go_on(GpuDevice *device)
{
    device->wakeup();
}

void gpu_device_handle_message(void *, GpuMainMessage *message)
{
    red::shared_ptr<GpuLink> link(message->link);
    shared_ptr_unref(message->link);
    if (!link->device) {
        return;
    }
    red::shared_ptr<GpuDevice> device(link->device); /* a wakeup may remove it */
    counter_add(&link->trace->counters().main.main_wakeups, 1);

    switch (message->kind) {
    case GpuMainMessage::START:
        device->start_stop(true);
        break;
    case GpuMainMessage::STOP:
        device->start_stop(false);
        break;
    case GpuMainMessage::REQUEST_KEY_FRAME:
        link->trace->key_frame_requested();
        /* An agent that streams ignores a second START: stop it first. */
        device->start_stop(false);
        device->start_stop(true);
        break;
    case GpuMainMessage::CREDIT:
        device->wakeup();
        break;
    }
}
