/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include <config.h>

#include "gpu-device.h"
#include "gpu-policy.h"
#include "protocol/access-unit.h"
#include "reds-private.h"
#include "reds.h"

/* First allocation for a frame or a pointer's shape, whatever size its header
 * claims: a typical 1080p frame fits, and a lie costs us this much. It doubles
 * as bytes arrive, which copies those that are there; so a guest that has sent
 * a larger frame whole gets as much and a quarter at once, up to a key frame of
 * 2160p. */
#define BODY_FIRST_BYTES (64u * 1024)
#define BODY_FIRST_MAX_BYTES (1024u * 1024)

GpuDevice::Session::Session(): first_bytes(BODY_FIRST_BYTES)
{
    port_parser_init(&parser, PORT_READER_HOST);
}

void GpuDevice::handle(const struct port_event &event, size_t &budget)
{
    switch (event.kind) {
    case PORT_EVENT_FORMAT:
        handle_format(event.format);
        break;
    case PORT_EVENT_BODY_BEGIN:
        begin_body(event);
        break;
    case PORT_EVENT_DATA_END:
        handle_frame(budget);
        break;
    case PORT_EVENT_CURSOR_SET_END:
        handle_shape();
        break;
    case PORT_EVENT_CURSOR_MOVE:
        cursor.move(event.cursor_move);
        break;
    case PORT_EVENT_CAPABILITIES:
        agent.announced(event.announced);
        break;
    case PORT_EVENT_FRAME_INFORMATION:
        session.information = event.information;
        break;
    case PORT_EVENT_TOLERATED:
        handle_tolerated(event);
        break;
    case PORT_EVENT_ERROR:
        violated(event.error);
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

void GpuDevice::handle_format(const port_format &format)
{
    if (!host_policy_allows_size(&gpu_policy(), format.width_px, format.height_px)) {
        count_switch();
        refuse_size(format);
        return;
    }
    session.codec = static_cast<port_codec>(format.codec);
    send_format(format);
    agent.format_received(session.codec);
}

void GpuDevice::send_format(const port_format &format)
{
    count_switch();
    if (GpuBridge *to_display = bridge_to_display()) {
        GpuMessage message;
        message.kind = GpuMessage::FORMAT;
        message.format = format;
        to_display->send(std::move(message));
    }
}

/* Upstream's device bears such a message, so do we. A FORMAT whose codec was not
 * offered has ended the stream before nevertheless, and the display's owner has
 * to know that: one without a codec shows nothing. */
void GpuDevice::handle_tolerated(const struct port_event &event)
{
    counter_add(&trace->counters().main.tolerated, 1);
    if (event.type == PORT_DATA) {
        session.information = port_frame_information{}; /* was of this frame */
        return;
    }
    send_format(port_format{event.format.width_px, event.format.height_px, 0});
}

void GpuDevice::begin_body(const struct port_event &event)
{
    if (event.type == PORT_DATA) {
        session.frame = red::make_shared<GpuFrame>(trace);
        session.frame->t2_ns = session.message_begin_ns;
    } else {
        session.shape = red::make_shared<GpuCursorShape>(trace);
    }
    session.body()->size = event.bytes;
}

/* The body's buffer takes at least one more byte; false when the host has no
 * memory for that, which must not end the VM. */
bool GpuDevice::make_room(size_t &budget)
{
    GpuBody *body = session.body();

    if (!body || port_parser_filled(&session.parser) < body->capacity) {
        return true;
    }
    const uint32_t had = body->capacity;
    const uint32_t wanted = MIN(body->size, MAX(session.first_bytes, 2 * had));
    if (!body->grow(wanted)) {
        trace->no_memory(session.frame, wanted);
        fail("the host has no memory for a frame or a pointer");
        return false;
    }
    spend(budget, had); /* was moved */
    port_parser_set_body(&session.parser, body->bytes);
    return true;
}

/* Of any client, at least; display-clock.h. While a sound plays, to whose client it is not known. */
static uint32_t client_behind_ms(const RedsState *reds)
{
#ifdef MM_TIME_DELTA /* up to 0.15 */
    return reds->mm_time_enabled ? MM_TIME_DELTA : 0;
#else
    return 0;
#endif
}

void GpuDevice::handle_frame(size_t &budget)
{
    GpuFrame *const frame = session.frame.get();
    const uint32_t enough_bytes = MAX(session.first_bytes, frame->size + frame->size / 4);

    frame->t3_ns = GpuTrace::now_ns();
    session.first_bytes = MIN(enough_bytes, BODY_FIRST_MAX_BYTES);
    if (!check_frame(budget)) {
        return;
    }
    frame->codec = session.codec;
    frame->client_behind_ms = client_behind_ms(get_server());
    frame->unit_size = access_unit_size(frame->codec, frame->bytes, frame->size);
    frame->id = session.information.id;
    session.information = port_frame_information{};

    GpuBridge *const to_display = bridge_to_display();
    trace->frame_received(frame, to_display);
    const unsigned in_flight =
        (session.waited_for_credit ? FLOW_WINDOW_FRAMES : bridge->in_flight()) + 1;
    session.waited_for_credit = false;
    if (to_display) {
        GpuMessage message;
        message.kind = GpuMessage::FRAME;
        message.frame = session.frame;
        to_display->send(std::move(message));
    }
    agent.frame_received(frame->size, frame->key_frame, in_flight, bridge->dropped);
    session.frame.reset();
}

bool GpuDevice::check_frame(size_t &budget)
{
    GpuFrame *const frame = session.frame.get();
    access_unit unit;

    const char *error = access_unit_check(session.codec, frame->bytes, frame->size, &unit);
    trace->frame_scanned(unit.looked_at_bytes);
    spend(budget, unit.looked_at_bytes);
    if (error) {
        violated(error);
        return false;
    }
    frame->key_frame = access_unit_is_key_frame(&unit);
    return true;
}

void GpuDevice::handle_shape()
{
    const red::shared_ptr<GpuCursorShape> shape(std::move(session.shape));
    const char *error = nullptr;

    switch (cursor_read(shape->bytes, shape->size, &shape->shape, &error)) {
    case CURSOR_BAD:
        violated(error);
        break;
    case CURSOR_SKIPPED:
        break;
    case CURSOR_HIDDEN:
        shape->hidden = true;
        cursor.set(shape);
        break;
    case CURSOR_SHAPE:
        cursor.set(shape);
        break;
    }
}
