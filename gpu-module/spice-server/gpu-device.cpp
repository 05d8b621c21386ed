/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include <config.h>

#include "gpu-device.h"

#include "gpu-display.h"
#include "gpu-policy.h"
#include "reds.h"

/* Bytes that one wakeup takes from the port, moves and looks at before other
 * sources of the main loop get their turn: several frames, and about a
 * millisecond of copying. */
#define WAKEUP_MAX_BYTES (1024u * 1024)

/* What a read counts for at least: a guest that dribbles must not keep the
 * main loop for a million reads. */
#define READ_MIN_BYTES 512u

/* Messages that the agent has not read yet; one that reads none gets no more. A
 * session's first three and a key frame request or two, with room to spare. */
#define WRITES_MAX 16

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

GpuDevice::GpuDevice(RedsState *reds, SpiceCharDeviceInstance *sin):
    RedCharDevice(reds, sin, 0, WRITES_MAX), trace(red::make_shared<GpuTrace>()),
    bridge(red::make_shared<GpuBridge>(trace)), agent(reds, this, &session.parser, trace.get()),
    cursor(reds, this, trace.get()),
    read_on_timer(reds_core_timer_add(reds, GpuDevice::read_on, this)),
    switch_timer(reds_core_timer_add(reds, GpuDevice::switch_interval_over, this))
{
    bridge->device = this;
}

GpuDevice::~GpuDevice()
{
    bridge->close();
    bridge->device = nullptr;
    red_timer_remove(read_on_timer);
    red_timer_remove(switch_timer);
}

GpuBridge *GpuDevice::bridge_to_display()
{
    const bool has_display = state == State::READING && session.display && !bridge->abandoned &&
                             gpu_display_find(get_server()) == session.display;

    return has_display ? bridge.get() : nullptr;
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

/* --- the port's states ---------------------------------------------------------- */

void GpuDevice::port_event(uint8_t event)
{
    if (event != SPICE_PORT_EVENT_OPENED && event != SPICE_PORT_EVENT_CLOSED) {
        return;
    }
    const bool opened = event == SPICE_PORT_EVENT_OPENED;

    if (is_open()) { /* closed now, or opened anew */
        leftovers_expect(&leftovers);
    }
    trace->port_opened(opened, session.frame);
    state = opened ? State::WAITING : State::CLOSED;
    session = Session();
    agent.closed();
    cursor.forget();
    red_timer_cancel(read_on_timer);
    reset(); /* nothing that was meant for the last opener reaches the next */
    if (!leftovers_gone(&leftovers)) {
        red_timer_start(read_on_timer, LEFTOVERS_TURN_MS);
    }

    bridge->close();
    begin_reading();
}

/* The opening takes effect: at once, or when all of this allows it. */
void GpuDevice::begin_reading()
{
    if (state != State::WAITING || !leftovers_gone(&leftovers) ||
        !switch_rate_allows(&switch_rate) || bridge->is_pending()) {
        return;
    }
    state = State::READING;
    count_switch();

    /* A new bridge: whatever is still on its way for the last opener counts
     * neither as a frame nor as credit of this one. */
    bridge->device = nullptr;
    bridge = red::make_shared<GpuBridge>(trace);
    bridge->device = this;

    agent.opened();
    session.display = gpu_display_find(get_server());
    if (!session.display) {
        trace->without_display(GPU_DISPLAY_ID);
        return;
    }
    if (!bridge->announce(session.display, gpu_display_find_cursor(session.display))) {
        session.display = nullptr;
    }
    cursor.send(); /* of an agent that recovers */
}

void GpuDevice::agent_hangs()
{
    trace->agent_hangs();
    bridge->close();
}

/* As if it had opened its port, but for what it has announced, and for its
 * pointer, which it has no reason to send again. */
void GpuDevice::agent_recovers()
{
    state = State::WAITING;
    cursor.repeat();
    begin_reading();
}

/* The guest broke the protocol. */
void GpuDevice::violated(const char *error)
{
    trace->violated(session.frame, error);
    fail(error);
}

/* No violation: the agent cannot know what this host allows. */
void GpuDevice::refuse_size(const port_format &format)
{
    const host_policy &policy = gpu_policy();
    g_autofree char *error = g_strdup_printf("FORMAT: larger than this host allows, which is %ux%u",
                                             policy.max_width_px, policy.max_height_px);

    trace->size_refused(format.width_px, format.height_px);
    fail(error);
}

/* Reports the error to the agent, shows the vGPU, and discards what comes until
 * the port is opened again. */
void GpuDevice::fail(const char *error)
{
    uint8_t message[PORT_HEADER_BYTES + PORT_NOTIFY_ERROR_MAX_BYTES];
    const int size = port_compose_notify_error(message, sizeof(message), error);

    state = State::FAILED;
    session = Session();
    agent.closed();
    cursor.forget();
    bridge->close();
    write(message, size);
}

void GpuDevice::count_switch()
{
    if (switch_rate_use(&switch_rate)) {
        red_timer_start(switch_timer, SWITCH_RATE_INTERVAL_MS);
    }
}

void GpuDevice::switch_interval_over(GpuDevice *device)
{
    const bool waits = !switch_rate_allows(&device->switch_rate);

    if (switch_rate_refill(&device->switch_rate)) {
        red_timer_start(device->switch_timer, SWITCH_RATE_INTERVAL_MS);
    }
    if (waits) {
        device->begin_reading();
        device->wakeup();
    }
}

/* --- reading -------------------------------------------------------------------- */

RedPipeItemPtr GpuDevice::read_one_msg_from_device()
{
    size_t budget = WAKEUP_MAX_BYTES;

    counter_add(&trace->counters().main.main_wakeups, 1);
    if (!leftovers_gone(&leftovers)) {
        read_leftovers(budget);
        if (state != State::READING) {
            return RedPipeItemPtr(); /* read_on() follows */
        }
    }
    while (budget > 0) {
        if (!read_some(budget)) {
            return RedPipeItemPtr();
        }
    }
    red_timer_start(read_on_timer, 0);
    return RedPipeItemPtr();
}

void GpuDevice::read_on(GpuDevice *device)
{
    leftovers_turn_over(&device->leftovers);
    device->wakeup();
}

void GpuDevice::read_leftovers(size_t &budget)
{
    const size_t had = budget;

    while (budget > 0 && discard(budget)) {
    }
    leftovers_read(&leftovers, had - budget, is_open());
    if (leftovers_gone(&leftovers)) {
        begin_reading();
    } else {
        red_timer_start(read_on_timer, LEFTOVERS_TURN_MS);
    }
}

bool GpuDevice::read_some(size_t &budget)
{
    switch (state) {
    case State::WAITING:
        return false;
    case State::READING:
        return read_message(budget);
    case State::CLOSED:
    case State::FAILED:
        return discard(budget);
    }
    return false;
}

bool GpuDevice::discard(size_t &budget)
{
    const int got = read(session.parser.scratch, MIN(sizeof(session.parser.scratch), budget));
    if (got <= 0) {
        return false;
    }
    trace->port_read(got);
    spend(budget, MAX(static_cast<size_t>(got), READ_MIN_BYTES));
    return true;
}

/* No further than to the end of a message, or of a body's buffer. */
bool GpuDevice::read_message(size_t &budget)
{
    const bool at_boundary = port_parser_at_boundary(&session.parser);

    session.read_to_end = !at_boundary || agent.hangs() || may_begin_message();
    if (!session.read_to_end) {
        return false;
    }
    if (!make_room(budget)) {
        return true; /* failed: what comes is discarded */
    }
    uint8_t *where;
    size_t bytes;
    port_parser_want(&session.parser, &where, &bytes);
    if (const GpuBody *body = session.body()) {
        bytes = MIN(bytes, body->capacity - port_parser_filled(&session.parser));
    }
    const int got = read(where, MIN(bytes, budget));
    if (got <= 0) {
        return false;
    }
    trace->port_read(got);
    if (agent.heard()) {
        agent_recovers();
    }
    if (at_boundary) {
        session.message_begin_ns = GpuTrace::now_ns();
    }
    spend(budget, MAX(static_cast<size_t>(got), READ_MIN_BYTES));

    struct port_event event;
    port_parser_got(&session.parser, got, &event);
    handle(event, budget);
    return true;
}

/* Credit counts only between two messages: an agent that stops in the middle of
 * a frame never sends the rest of it, and the frames before it wait for nothing. */
bool GpuDevice::may_begin_message()
{
    if (!switch_rate_allows(&switch_rate)) {
        counter_add(&trace->counters().main.switch_stalls, 1);
        return false; /* switch_interval_over() wakes us */
    }
    if (bridge->has_credit() || !bridge->wait_for_credit()) {
        return true;
    }
    counter_add(&trace->counters().main.credit_stalls, 1);
    session.waited_for_credit = true;
    return false; /* the worker wakes us */
}

/* --- the worker's requests ------------------------------------------------------ */

void GpuDevice::handle_requests()
{
    uint8_t codecs[PORT_CODECS_KNOWN];
    unsigned count;

    counter_add(&trace->counters().main.main_wakeups, 1);
    if (bridge->take_codecs(codecs, &count)) {
        if (count > 0) {
            agent.start(codecs, count);
        } else {
            agent.stop();
        }
    }
    if (bridge->take_key_frame()) {
        agent.request_key_frame();
    }
    if (bridge->take_read_on()) {
        begin_reading(); /* another opening, that waits for this one to be accepted */
        wakeup();
    }
}

void gpu_device_handle_requests(void *reds, GpuRequests **message)
{
    const std::unique_ptr<GpuRequests> owned(*message);
    GpuBridge *const bridge = owned->bridge.get();

    bridge->requests_seen();
    if (bridge->take_tablet()) {
        gpu_tablet_size_changed(static_cast<RedsState *>(reds));
    }
    if (bridge->device) {
        const red::shared_ptr<GpuDevice> device(bridge->device); /* a wakeup may remove it */
        device->handle_requests();
    }
}
