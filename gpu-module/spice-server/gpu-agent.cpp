/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include <config.h>

#include "gpu-agent.h"

#include "gpu-device.h"
#include "gpu-trace.h"
#include "reds.h"

#include <algorithm>

GpuAgent::GpuAgent(RedsState *reds, GpuDevice *init_device, port_parser *init_parser,
                   GpuTrace *init_trace):
    device(init_device),
    parser(init_parser), trace(init_trace),
    request_timer(reds_core_timer_add(reds, GpuAgent::request_due, this)),
    heartbeat_timer(reds_core_timer_add(reds, GpuAgent::heartbeat_interval_over, this))
{
}

GpuAgent::~GpuAgent()
{
    red_timer_remove(request_timer);
    red_timer_remove(heartbeat_timer);
}

/* --- what happens at the port --------------------------------------------------- */

/* Also for an agent that has hung: its capabilities and its stop stay. */
void GpuAgent::opened()
{
    uint8_t message[PORT_COMPOSED_EXTENSIONS_BYTES];

    session.is_open = true;
    session.feedback = feedback{}; /* what is left out is counted from the bridge's beginning */
    write(message, port_compose_extensions(message, sizeof(message), PORT_EXTENSIONS_ALL));
    port_parser_announced(parser, PORT_EXTENSIONS_ALL);
}

void GpuAgent::closed()
{
    session = Session();
    red_timer_cancel(request_timer);
    red_timer_cancel(heartbeat_timer);
}

void GpuAgent::announced(unsigned extensions)
{
    session.extensions = extensions;
    if (!(extensions & PORT_EXTENSION_HEARTBEAT)) {
        stop_heartbeat();
    }
}

/* What was on its way when STOP or another START was written is no promise. */
void GpuAgent::format_received(port_codec codec)
{
    if (!wants(codec)) {
        return;
    }
    session.stream_codec = codec;
    if ((session.extensions & PORT_EXTENSION_HEARTBEAT) && heartbeat_watch(&session.beat)) {
        red_timer_start(heartbeat_timer, PORT_HEARTBEAT_INTERVAL_MS);
    }
}

void GpuAgent::frame_received(size_t bytes, bool key_frame, unsigned in_flight, uint64_t dropped)
{
    port_feedback report;

    if (key_frame) {
        key_frame_request_settled(&session.key_frames);
        red_timer_cancel(request_timer);
    }
    if ((session.extensions & PORT_EXTENSION_FEEDBACK) &&
        feedback_frame(&session.feedback, spice_get_monotonic_time_ns(), bytes, in_flight, dropped,
                       &report)) {
        uint8_t message[PORT_HEADER_BYTES + PORT_FEEDBACK_BYTES];
        write(message, port_compose_feedback(message, sizeof(message), &report));
    }
}

/* --- its heartbeat -------------------------------------------------------------- */

void GpuAgent::stop_heartbeat()
{
    session.stream_codec = 0;
    heartbeat_forget(&session.beat);
    red_timer_cancel(heartbeat_timer);
}

void GpuAgent::heartbeat_interval_over(GpuAgent *agent)
{
    counter_add(&agent->trace->counters().main.main_wakeups, 1);
    if (heartbeat_interval(&agent->session.beat, agent->device->was_read_to_end())) {
        agent->device->agent_hangs();
    } else {
        red_timer_start(agent->heartbeat_timer, PORT_HEARTBEAT_INTERVAL_MS);
    }
}

/* An agent that is alive goes on where it was. It is to begin again, if anybody
 * looks: START follows from the display's owner. */
bool GpuAgent::heard()
{
    if (!heartbeat_heard(&session.beat)) {
        return false;
    }
    stop();
    return true;
}

/* --- START and STOP ------------------------------------------------------------- */

bool GpuAgent::wants(uint8_t codec) const
{
    const uint8_t *end = session.codecs_wanted + session.codecs_count;

    return std::find(session.codecs_wanted, end, codec) != end;
}

void GpuAgent::start(const uint8_t *codecs, unsigned count)
{
    if (!session.is_open) {
        return;
    }
    /* An agent that streams ignores a second START. */
    session.stop_due = session.stop_due || session.codecs_count > 0;
    session.start_due = true;
    session.codecs_count = MIN(count, PORT_CODECS_KNOWN);
    std::copy_n(codecs, session.codecs_count, session.codecs_wanted);
    if (!wants(session.stream_codec)) {
        stop_heartbeat(); /* it may have none of these, and then sends nothing */
    }
    key_frame_request_settled(&session.key_frames);
    write_start_stop();
    write_due_request();
}

void GpuAgent::stop()
{
    if (!session.is_open) {
        return;
    }
    stop_heartbeat();
    session.stop_due = true;
    session.start_due = false;
    session.codecs_count = 0;
    key_frame_request_settled(&session.key_frames);
    write_start_stop();
    write_due_request();
}

/* What is due, as far as the agent reads. A STOP that waits is not left out for
 * the START after it. */
void GpuAgent::write_start_stop()
{
    uint8_t message[PORT_HEADER_BYTES + 1 + sizeof(session.codecs_wanted)];

    if (session.stop_due) {
        session.stop_due =
            !write(message, port_compose_start_stop(message, sizeof(message), nullptr, 0));
        if (!session.stop_due) {
            trace->start_stop_written(false);
        }
    }
    if (session.start_due && !session.stop_due) {
        port_parser_offered(parser, session.codecs_wanted, session.codecs_count);
        session.start_due =
            !write(message, port_compose_start_stop(message, sizeof(message), session.codecs_wanted,
                                                    session.codecs_count));
        if (!session.start_due) { /* it begins with a key frame */
            trace->start_stop_written(true);
            key_frame_request_asked(&session.key_frames, spice_get_monotonic_time_ns());
        }
    }
}

/* --- key frames ----------------------------------------------------------------- */

void GpuAgent::request_key_frame()
{
    if (session.is_open && session.codecs_count > 0) {
        key_frame_request_want(&session.key_frames);
        write_due_request();
    }
}

/* An agent that knows the message gets it, once; one that did not answer it, or
 * does not know it, has to begin again. */
void GpuAgent::write_request()
{
    uint8_t message[PORT_HEADER_BYTES];

    trace->key_frame_requested();
    if (!(session.extensions & PORT_EXTENSION_KEY_FRAME_REQUEST) || session.key_frames.open) {
        session.stop_due = session.start_due = true;
        write_start_stop();
        return;
    }
    const int size = port_compose_header(message, sizeof(message), PORT_KEY_FRAME_REQUEST, 0);
    if (write(message, size)) {
        key_frame_request_asked(&session.key_frames, spice_get_monotonic_time_ns());
    }
}

/* Writes the request now, or lets the timer do it when it is due. */
void GpuAgent::write_due_request()
{
    const int64_t now_ns = spice_get_monotonic_time_ns();

    red_timer_cancel(request_timer);
    if (key_frame_request_due_ns(&session.key_frames) <= now_ns) {
        write_request();
    }
    const int64_t due_ns = key_frame_request_due_ns(&session.key_frames);
    if (due_ns > now_ns && due_ns != KEY_FRAME_REQUEST_NEVER) {
        red_timer_start(request_timer, (due_ns - now_ns) / NSEC_PER_MILLISEC + 1);
    } /* else there is no request, or may_write() writes it */
}

/* --- writing -------------------------------------------------------------------- */

bool GpuAgent::write(const uint8_t *message, int size)
{
    writing = true; /* what is read at once calls may_write() */
    const bool written = device->write(message, size);
    writing = false;
    return written;
}

void GpuAgent::may_write()
{
    if (session.is_open && !writing) {
        write_start_stop();
        write_due_request();
    }
}
