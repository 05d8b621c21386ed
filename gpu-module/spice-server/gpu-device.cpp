#include <config.h>

#include "gpu-device.h"

#include <algorithm>

#include "protocol/access-unit.h"
#include "dispatcher.h"
#include "display-channel-private.h"
#include "gpu-display.h"
#include "gpu-policy.h"
#include "main-dispatcher.h"
#include "red-qxl.h"
#include "red-worker.h"
#include "reds.h"
#include "reds-private.h"

/* Bytes that one wakeup takes from the port, moves and looks at before other
 * sources of the main loop get their turn: several frames, and about a
 * millisecond of copying. */
#define WAKEUP_MAX_BYTES (1024u * 1024)

/* What a read counts for at least: a guest that dribbles must not keep the
 * main loop for a million reads. */
#define READ_MIN_BYTES 512u

/* First allocation for a frame or a pointer's shape, whatever size its header
 * claims: a typical 1080p frame fits, and a lie costs us this much. It doubles
 * as bytes arrive, which copies those that are there; so a guest that has sent
 * a larger frame whole gets as much and a quarter at once, up to a key frame of
 * 2160p. */
#define BODY_FIRST_BYTES (64u * 1024)
#define BODY_FIRST_MAX_BYTES (1024u * 1024)

/* The pointer is passed on as often as a mouse tells its position (USB, 125 Hz);
 * what comes in between is replaced by what comes later. */
#define CURSOR_INTERVAL_MS 8

/* Turns of the main loop without a byte after which a port that was closed holds
 * nothing of its last opener's any more. A read gives back what has arrived; the
 * rest of a VirtIO queue follows two turns after the read that made room (QEMU:
 * chr_write_unblocked(), then its bottom half). With room to spare. */
#define DRY_TURNS 8u

/* From one to the next: QEMU runs a timer that is due at once in the same turn
 * again and again. */
#define DRY_TURN_MS 1

/* An opening waits for no more than this: several times what a VirtIO queue
 * holds (128 buffers of Linux' 32 KiB). Who writes on and on before it was
 * answered gets an error for it. */
#define DRY_MAX_BYTES (16u * 1024 * 1024)

/* Messages that the agent has not read yet; one that reads none gets no more. A
 * session's first three and a key frame request or two, with room to spare. */
#define WRITES_MAX 16

GpuDevice::GpuDevice(RedsState *reds, SpiceCharDeviceInstance *sin):
    RedCharDevice(reds, sin, 0, WRITES_MAX),
    trace(red::make_shared<GpuTrace>()),
    bridge(red::make_shared<GpuBridge>(trace)),
    agent(reds, this, &parser, trace.get()),
    first_bytes(BODY_FIRST_BYTES),
    go_on_timer(reds_core_timer_add(reds, GpuDevice::go_on, this)),
    cursor_timer(reds_core_timer_add(reds, GpuDevice::cursor_interval_over, this)),
    switch_timer(reds_core_timer_add(reds, GpuDevice::one_more_switch, this))
{
    bridge->device = this;
    port_parser_init(&parser, PORT_READER_HOST);
}

GpuDevice::~GpuDevice()
{
    bridge->close();
    bridge->device = nullptr;
    red_timer_remove(go_on_timer);
    red_timer_remove(cursor_timer);
    red_timer_remove(switch_timer);
}

bool gpu_device_takes(const char *port_name)
{
    return strcmp(port_name, PORT_NAME) == 0 && gpu_policy().module_on;
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
    return gpu_display_find(get_server());
}

/* The display that this opening was announced to is still there. */
bool GpuDevice::has_display()
{
    return begun && display && !bridge->abandoned && find_display() == display;
}

bool GpuDevice::write(const uint8_t *message, int size)
{
    RedCharDeviceWriteBuffer *buffer = write_buffer_get_server(size, true);
    if (!buffer) {
        return false;
    }
    memcpy(buffer->buf, message, size);
    buffer->buf_used = size;
    write_buffer_add(buffer);
    return true;
}

/* The guest broke the protocol. */
void GpuDevice::fail(const char *error)
{
    trace->violated(frame, error);
    give_up(error);
}

/* Reports the error to the agent, shows the vGPU, and drains the port until it
 * is opened again. */
void GpuDevice::give_up(const char *error)
{
    uint8_t message[PORT_HEADER_BYTES + PORT_NOTIFY_ERROR_MAX_BYTES];
    const int size = port_compose_notify_error(message, sizeof(message), error);

    failed = true;
    forget_bodies();
    agent.closed();
    bridge->close();
    write(message, size);
}

/* No violation: the agent cannot know what this host allows. */
void GpuDevice::refuse_size(const port_format &format)
{
    const host_policy &policy = gpu_policy();
    g_autofree char *error = g_strdup_printf("FORMAT: larger than this host allows, which is %ux%u",
                                             policy.max_width_px, policy.max_height_px);

    trace->size_refused(format.width_px, format.height_px);
    give_up(error);
}

void GpuDevice::port_event(uint8_t event)
{
    if (event != SPICE_PORT_EVENT_OPENED && event != SPICE_PORT_EVENT_CLOSED) {
        return;
    }
    if (opened) { /* closed, or opened anew */
        quiet_turns = 0;
        turn_over = false;
        left_bytes = 0;
    }
    begun = false;
    opened = event == SPICE_PORT_EVENT_OPENED;
    failed = false;
    first_bytes = BODY_FIRST_BYTES;
    trace->port_opened(opened, frame);
    forget_bodies();
    information = port_frame_information{};
    waited = false;
    agent.closed();
    port_parser_init(&parser, PORT_READER_HOST);
    red_timer_cancel(go_on_timer);
    reset(); /* nothing that was meant for the last opener reaches the next */
    if (!is_dry()) {
        red_timer_start(go_on_timer, DRY_TURN_MS);
    }

    bridge->close();
    begin();
}

/* What the last opener has left in the port is not in the way of the next. */
bool GpuDevice::is_dry() const
{
    return quiet_turns >= DRY_TURNS || left_bytes >= DRY_MAX_BYTES;
}

/* Nobody takes away what is left in a port when it is closed: a VirtIO queue
 * keeps it, and hands it on when there is room. The next opener has written
 * nothing yet, for it waits for our first message. A VM that is stopped hands on
 * nothing: then no turn counts. */
void GpuDevice::read_dry(size_t &budget)
{
    const size_t had = budget;

    while (budget > 0 && drain(budget)) {
    }
    if (budget < had) {
        quiet_turns = 0;
        left_bytes += opened ? had - budget : 0;
    } else if (turn_over) {
        quiet_turns++;
    }
    turn_over = false;
    if (is_dry()) {
        begin();
    } else {
        red_timer_start(go_on_timer, DRY_TURN_MS);
    }
}

/* The opening takes effect: at once, or when the port is dry, switch_rate allows
 * it again and the worker has taken up the one before. */
void GpuDevice::begin()
{
    if (!opened || begun || !is_dry() || !switch_rate_allows(&switch_rate) || bridge->is_under_way()) {
        return;
    }
    begun = true;
    count_switch();

    /* A new bridge: whatever is still on its way for the last opener counts
     * neither as a frame nor as credit of this one. */
    bridge->device = nullptr;
    bridge = red::make_shared<GpuBridge>(trace);
    bridge->device = this;

    agent.opened();
    display = find_display();
    if (!display) {
        trace->without_display(GPU_DISPLAY_ID);
        return;
    }
    if (!bridge->announce(display, gpu_display_find_cursor(display))) {
        display = nullptr;
    }
    send_cursor(); /* of an agent that comes to itself */
}

/* It has written nothing for too long: as if it had closed its port. What it was
 * in the middle of writing stays, for it may go on. */
void GpuDevice::agent_hangs()
{
    trace->agent_hangs();
    bridge->close();
}

/* As if it had opened its port, but for what it has announced, and for its
 * pointer, which it has no reason to send again. */
void GpuDevice::agent_goes_on()
{
    begun = false;
    shape = known_shape;
    moved = position_known;
    begin();
}

void GpuDevice::count_switch()
{
    if (switch_rate_use(&switch_rate)) {
        red_timer_start(switch_timer, SWITCH_RATE_INTERVAL_MS);
    }
}

void GpuDevice::one_more_switch(GpuDevice *device)
{
    const bool waits = !switch_rate_allows(&device->switch_rate);

    if (switch_rate_refill(&device->switch_rate)) {
        red_timer_start(device->switch_timer, SWITCH_RATE_INTERVAL_MS);
    }
    if (waits) {
        device->begin();
        device->wakeup();
    }
}

/* Credit counts only between two messages: who stops in the middle of a frame
 * never gets the rest of it, and the frames before it wait for nothing. */
bool GpuDevice::may_begin_message()
{
    if (!switch_rate_allows(&switch_rate)) {
        counter_add(&trace->counters().main.switch_stalls, 1);
        return false; /* one_more_switch() wakes us */
    }
    if (bridge->has_credit()) {
        return true;
    }
    bridge->starved = true;
    if (!bridge->has_credit()) {
        counter_add(&trace->counters().main.credit_stalls, 1);
        waited = true;
        return false; /* the worker wakes us */
    }
    bridge->starved = false;
    return true;
}

static void spend(size_t &budget, size_t bytes)
{
    budget -= MIN(budget, bytes);
}

GpuBody *GpuDevice::body_being_read()
{
    return frame ? static_cast<GpuBody *>(frame.get()) : cursor.get();
}

void GpuDevice::forget_bodies()
{
    frame.reset();
    cursor.reset();
    shape.reset();
    known_shape.reset();
    moved = position_known = false;
}

/* The body's buffer takes at least one more byte; false when the host has no
 * memory for that, which must not end the VM. */
bool GpuDevice::make_room(size_t &budget)
{
    GpuBody *body = body_being_read();

    if (!body || port_parser_filled(&parser) < body->capacity) {
        return true;
    }
    const uint32_t had = body->capacity;
    const uint32_t wanted = MIN(body->size, MAX(first_bytes, 2 * had));
    auto bytes = static_cast<uint8_t *>(g_try_realloc(body->bytes, wanted));
    if (!bytes) {
        trace->no_memory(frame, wanted);
        give_up("the host has no memory for a frame or a pointer");
        return false;
    }
    body->bytes = bytes;
    body->capacity = wanted;
    trace->buffer_grew(wanted - had, had);
    spend(budget, had);
    port_parser_set_body(&parser, body->bytes);
    return true;
}

void GpuDevice::cursor_set()
{
    const char *error = nullptr;
    const enum cursor_kind kind = cursor_read(cursor->bytes, cursor->size, &cursor->shape, &error);

    if (kind == CURSOR_BAD) {
        fail(error);
        return;
    }
    if (kind != CURSOR_SKIPPED) {
        cursor->hidden = kind == CURSOR_HIDDEN;
        shape = known_shape = cursor;
        send_cursor();
    }
    cursor.reset();
}

/* Hands the newest shape and position to the worker, which has one at a time. */
void GpuDevice::send_cursor()
{
    if (cursor_waits || (!shape && !moved) || !has_display()) {
        return;
    }
    if (!bridge->cursor_on_its_way.exchange(true)) {
        queued_message message{};
        message.kind = QUEUED_CURSOR;
        message.moved = moved;
        message.position = position;
        if (shape) {
            message.body = shape.get();
            shared_ptr_add_ref(shape.get());
        }
        bridge->hand(message);
        shape.reset();
        moved = false;
    }
    cursor_waits = true;
    red_timer_start(cursor_timer, CURSOR_INTERVAL_MS);
}

void GpuDevice::cursor_interval_over(GpuDevice *device)
{
    counter_add(&device->trace->counters().main.main_wakeups, 1);
    device->cursor_waits = false;
    device->send_cursor();
}

void GpuDevice::frame_complete(size_t &budget)
{
    access_unit unit;

    frame->t3_ns = GpuTrace::now_ns();
    first_bytes = MIN(MAX(first_bytes, frame->size + frame->size / 4), BODY_FIRST_MAX_BYTES);
    const char *error = access_unit_check(codec, frame->bytes, frame->size, &unit);
    trace->frame_scanned(unit.looked_at_bytes);
    spend(budget, unit.looked_at_bytes);
    if (error) {
        fail(error);
        return;
    }
    frame->key_frame = access_unit_is_key_frame(&unit);
    frame->codec = codec;
    frame->sound_plays = !get_server()->mm_time_enabled; /* then it is the sound's */
    frame->unit_size = access_unit_size(codec, frame->bytes, frame->size);
    frame->id = information.id;
    information = port_frame_information{};
    trace->frame_received(frame.get(), has_display());
    const unsigned in_flight = (waited ? FLOW_WINDOW_FRAMES : bridge->in_flight()) + 1;
    waited = false;
    if (has_display()) {
        queued_message message{};
        message.kind = QUEUED_FRAME;
        message.body = frame.get();
        shared_ptr_add_ref(frame.get());
        bridge->hand(message);
    }
    agent.frame_came(frame->size, frame->key_frame, in_flight, bridge->dropped);
    frame.reset();
}

void GpuDevice::hand_format(const port_format &format)
{
    count_switch();
    if (has_display()) {
        queued_message message{};
        message.kind = QUEUED_FORMAT;
        message.format = format;
        bridge->hand(message);
    }
}

/* Upstream's device bears such a message, so do we. A FORMAT whose codec was not
 * offered has ended the stream before nevertheless, and the display's owner has
 * to know that: it passes over one without a codec. */
void GpuDevice::pass_over(const struct port_event &event)
{
    counter_add(&trace->counters().main.tolerated, 1);
    if (event.type == PORT_DATA) {
        information = port_frame_information{}; /* was of this frame */
        return;
    }
    hand_format(port_format{event.format.width_px, event.format.height_px, 0});
}

void GpuDevice::handle(const struct port_event &event, size_t &budget)
{
    switch (event.kind) {
    case PORT_EVENT_FORMAT:
        if (!host_policy_allows_size(&gpu_policy(), event.format.width_px,
                                     event.format.height_px)) {
            count_switch();
            refuse_size(event.format);
            break;
        }
        codec = static_cast<port_codec>(event.format.codec);
        hand_format(event.format);
        agent.format_came(codec);
        break;
    case PORT_EVENT_BODY_BEGIN:
        if (event.type == PORT_DATA) {
            frame = red::make_shared<GpuFrame>(trace);
            frame->t2_ns = message_begin_ns;
        } else {
            cursor = red::make_shared<GpuCursorShape>(trace);
        }
        body_being_read()->size = event.bytes;
        break;
    case PORT_EVENT_CURSOR_SET_END:
        cursor_set();
        break;
    case PORT_EVENT_CURSOR_MOVE:
        position = event.cursor_move;
        moved = position_known = true;
        send_cursor();
        break;
    case PORT_EVENT_DATA_END:
        frame_complete(budget);
        break;
    case PORT_EVENT_CAPABILITIES:
        agent.announced(event.announced);
        break;
    case PORT_EVENT_FRAME_INFORMATION:
        information = event.information;
        break;
    case PORT_EVENT_TOLERATED:
        pass_over(event);
        break;
    case PORT_EVENT_ERROR:
        fail(event.error);
        break;
    case PORT_EVENT_NONE:
    case PORT_EVENT_HEARTBEAT: /* each byte that is read is one */
    case PORT_EVENT_SKIPPED:
    case PORT_EVENT_START_STOP: /* for the other reader */
    case PORT_EVENT_NOTIFY_ERROR:
    case PORT_EVENT_KEY_FRAME_REQUEST:
    case PORT_EVENT_FEEDBACK:
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
    spend(budget, MAX(static_cast<size_t>(got), READ_MIN_BYTES));
    return true;
}

RedPipeItemPtr GpuDevice::read_one_msg_from_device()
{
    size_t budget = WAKEUP_MAX_BYTES;

    counter_add(&trace->counters().main.main_wakeups, 1);
    if (!is_dry()) {
        read_dry(budget);
        if (!begun) {
            return RedPipeItemPtr();
        }
    }
    while (budget > 0) {
        if (opened && !begun) {
            return RedPipeItemPtr();
        }
        if (failed || !opened) {
            if (!drain(budget)) {
                return RedPipeItemPtr();
            }
            continue;
        }
        const bool at_boundary = port_parser_at_boundary(&parser);
        read_to_end = !at_boundary || agent.hangs() || may_begin_message();
        if (!read_to_end) {
            return RedPipeItemPtr();
        }

        uint8_t *where;
        size_t bytes;
        if (!make_room(budget)) {
            continue;
        }
        port_parser_want(&parser, &where, &bytes);
        if (const GpuBody *body = body_being_read()) {
            bytes = MIN(bytes, body->capacity - port_parser_filled(&parser));
        }
        const int got = read(where, MIN(bytes, budget));
        if (got <= 0) {
            return RedPipeItemPtr();
        }
        trace->port_read(got);
        if (agent.heard()) {
            agent_goes_on();
        }
        if (at_boundary) {
            message_begin_ns = GpuTrace::now_ns();
        }
        spend(budget, MAX(static_cast<size_t>(got), READ_MIN_BYTES));

        struct port_event event;
        port_parser_got(&parser, got, &event);
        handle(event, budget);
    }

    red_timer_start(go_on_timer, 0);
    return RedPipeItemPtr();
}

void GpuDevice::go_on(GpuDevice *device)
{
    device->turn_over = true;
    device->wakeup();
}

void GpuDevice::heed()
{
    const uint64_t wish = bridge->wishes.codecs;

    counter_add(&trace->counters().main.main_wakeups, 1);
    if (wish != bridge->codecs_seen) {
        uint8_t codecs[PORT_CODECS_KNOWN];
        const unsigned count = gpu_bridge_codecs(wish, codecs);
        bridge->codecs_seen = wish;
        if (count > 0) {
            agent.start(codecs, count);
        } else {
            agent.stop();
        }
    }
    if (bridge->wishes.key_frame.exchange(false)) {
        agent.request_key_frame();
    }
    if (bridge->wishes.read_on.exchange(false)) {
        begin(); /* another opening, that waits for this one to be taken up */
        wakeup();
    }
}

void gpu_device_heed(void *reds, GpuWishes *message)
{
    red::shared_ptr<GpuBridge> bridge(message->bridge);
    shared_ptr_unref(message->bridge);

    bridge->woken = false; /* before it is looked at: what is wished from now on wakes again */
    if (bridge->wishes.tablet.exchange(false)) {
        gpu_tablet_size_changed(static_cast<RedsState *>(reds));
    }
    if (bridge->device) {
        red::shared_ptr<GpuDevice> device(bridge->device); /* a wakeup may remove it */
        device->heed();
    }
}
