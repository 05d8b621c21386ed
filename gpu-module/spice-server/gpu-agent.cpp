#include <config.h>

#include "gpu-agent.h"

#include <algorithm>

#include "gpu-device.h"
#include "gpu-trace.h"
#include "reds.h"

GpuAgent::GpuAgent(RedsState *reds, GpuDevice *init_device, port_parser *init_parser,
                   GpuTrace *init_trace):
    device(init_device),
    parser(init_parser),
    trace(init_trace),
    ask_timer(reds_core_timer_add(reds, GpuAgent::ask_now, this)),
    heartbeat_timer(reds_core_timer_add(reds, GpuAgent::heartbeat_interval_over, this))
{
}

GpuAgent::~GpuAgent()
{
    red_timer_remove(ask_timer);
    red_timer_remove(heartbeat_timer);
}

void GpuAgent::opened()
{
    uint8_t message[PORT_COMPOSED_EXTENSIONS_BYTES];

    is_open = true;
    fed = feedback{}; /* what is left out is counted from the bridge's beginning */
    write(message, port_compose_extensions(message, sizeof(message), PORT_EXTENSIONS_ALL));
    port_parser_announced(parser, PORT_EXTENSIONS_ALL);
}

void GpuAgent::closed()
{
    is_open = false;
    spoken = 0;
    codecs_count = 0;
    stop_due = start_due = false;
    key_frames = key_frame_request{};
    fed = feedback{};
    forget_heartbeat();
    beat = heartbeat{};
    red_timer_cancel(ask_timer);
}

void GpuAgent::announced(unsigned extensions)
{
    spoken = extensions;
    if (!(spoken & PORT_EXTENSION_HEARTBEAT)) {
        forget_heartbeat();
    }
}

/* What was on its way when it was told to stop, or to use others, is no promise. */
void GpuAgent::format_came(port_codec codec)
{
    if (!wants(codec)) {
        return;
    }
    stream_codec = codec;
    if ((spoken & PORT_EXTENSION_HEARTBEAT) && heartbeat_watch(&beat)) {
        red_timer_start(heartbeat_timer, PORT_HEARTBEAT_INTERVAL_MS);
    }
}

bool GpuAgent::wants(uint8_t codec) const
{
    const uint8_t *end = codecs_wanted + codecs_count;

    return std::find(codecs_wanted, end, codec) != end;
}

void GpuAgent::forget_heartbeat()
{
    stream_codec = 0;
    heartbeat_forget(&beat);
    red_timer_cancel(heartbeat_timer);
}

void GpuAgent::heartbeat_interval_over(GpuAgent *agent)
{
    counter_add(&agent->trace->counters().main.main_wakeups, 1);
    if (heartbeat_interval(&agent->beat, agent->device->was_read_to_end())) {
        agent->device->agent_hangs();
    } else {
        red_timer_start(agent->heartbeat_timer, PORT_HEARTBEAT_INTERVAL_MS);
    }
}

/* An agent that is alive goes on where it was. It is to begin again, if anybody
 * looks: START follows from the display's owner. */
bool GpuAgent::heard()
{
    if (!heartbeat_heard(&beat)) {
        return false;
    }
    stop();
    return true;
}

bool GpuAgent::write(const uint8_t *message, int size)
{
    writing = true; /* what is read at once calls may_write() */
    const bool written = device->write(message, size);
    writing = false;
    return written;
}

void GpuAgent::start(const uint8_t *codecs, unsigned count)
{
    if (!is_open) {
        return;
    }
    stop_due = stop_due || codecs_count > 0; /* who streams ignores a second START */
    start_due = true;
    codecs_count = MIN(count, PORT_CODECS_KNOWN);
    std::copy_n(codecs, codecs_count, codecs_wanted);
    if (!wants(stream_codec)) {
        forget_heartbeat(); /* it may have none of these, and then sends nothing */
    }
    key_frame_request_settled(&key_frames);
    tell();
    ask();
}

void GpuAgent::stop()
{
    if (!is_open) {
        return;
    }
    forget_heartbeat();
    stop_due = true;
    start_due = false;
    codecs_count = 0;
    key_frame_request_settled(&key_frames);
    tell();
    ask();
}

/* A STOP that waits is not left out for the START after it. */
void GpuAgent::tell()
{
    uint8_t message[PORT_HEADER_BYTES + 1 + sizeof(codecs_wanted)];

    if (stop_due) {
        stop_due = !write(message, port_compose_start_stop(message, sizeof(message), nullptr, 0));
        if (!stop_due) {
            trace->told_agent(false);
        }
    }
    if (start_due && !stop_due) {
        port_parser_offered(parser, codecs_wanted, codecs_count);
        start_due = !write(message, port_compose_start_stop(message, sizeof(message),
                                                            codecs_wanted, codecs_count));
        if (!start_due) { /* it begins with a key frame */
            trace->told_agent(true);
            key_frame_request_asked(&key_frames, spice_get_monotonic_time_ns());
        }
    }
}

void GpuAgent::request_key_frame()
{
    if (is_open && codecs_count > 0) {
        key_frame_request_want(&key_frames);
        ask();
    }
}

/* The message to who understands it, once; who did not answer that, or knows
 * none of it, has to begin again. */
void GpuAgent::write_request()
{
    uint8_t message[PORT_HEADER_BYTES];

    trace->key_frame_requested();
    if (!(spoken & PORT_EXTENSION_KEY_FRAME_REQUEST) || key_frames.open) {
        stop_due = start_due = true;
        tell();
        return;
    }
    const int size = port_compose_header(message, sizeof(message), PORT_KEY_FRAME_REQUEST, 0);
    if (write(message, size)) {
        key_frame_request_asked(&key_frames, spice_get_monotonic_time_ns());
    }
}

void GpuAgent::ask()
{
    const int64_t now_ns = spice_get_monotonic_time_ns();

    red_timer_cancel(ask_timer);
    if (key_frame_request_due_ns(&key_frames) <= now_ns) {
        write_request();
    }
    const int64_t due_ns = key_frame_request_due_ns(&key_frames);
    if (due_ns > now_ns && due_ns != KEY_FRAME_REQUEST_NEVER) {
        red_timer_start(ask_timer, (due_ns - now_ns) / NSEC_PER_MILLISEC + 1);
    } /* else nothing is to be asked, or may_write() does it */
}

void GpuAgent::may_write()
{
    if (is_open && !writing) {
        tell();
        ask();
    }
}

void GpuAgent::frame_came(size_t bytes, bool key_frame, unsigned in_flight, uint64_t dropped)
{
    port_feedback told;

    if (key_frame) {
        key_frame_request_settled(&key_frames);
        red_timer_cancel(ask_timer);
    }
    if ((spoken & PORT_EXTENSION_FEEDBACK) &&
        feedback_frame(&fed, spice_get_monotonic_time_ns(), bytes, in_flight, dropped, &told)) {
        uint8_t message[PORT_HEADER_BYTES + PORT_FEEDBACK_BYTES];
        write(message, port_compose_feedback(message, sizeof(message), &told));
    }
}
