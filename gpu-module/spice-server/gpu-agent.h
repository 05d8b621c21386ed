/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * gpu-agent: what the module writes to the agent at the port, in the server's
 * main loop: START and STOP, key frame requests, feedback.
 *
 * An agent need not read its port. What it has not read is bounded by tokens of
 * the char device (see GpuDevice::write): START, STOP and a key frame request
 * then wait for a token, feedback is left out.
 */
#ifndef GPU_AGENT_H_
#define GPU_AGENT_H_

#include "gpu-module/feedback.h"
#include "gpu-module/heartbeat.h"
#include "gpu-module/key-frame-request.h"
#include "red-common.h"

#include "push-visibility.h"

class GpuDevice;
class GpuTrace;

class GpuAgent
{
public:
    /* `parser` reads what the agent writes; all belong to the device. */
    GpuAgent(RedsState *reds, GpuDevice *device, port_parser *parser, GpuTrace *trace);
    ~GpuAgent();

    /* --- The device reports what happens at the port --- */

    /* It was opened: announces our capabilities. */
    void opened();
    /* It was closed, or nobody listens to the agent any more. */
    void closed();
    /* The extensions in the agent's CAPABILITIES; we have announced all. */
    void announced(unsigned extensions);
    /* The agent begins a stream. */
    void format_received(port_codec codec);
    /* A frame came out of the port: `in_flight` and `dropped` as in feedback.h. */
    void frame_received(size_t bytes, bool key_frame, unsigned in_flight, uint64_t dropped);
    /* Something was read. True when the agent counted as hung (see heartbeat.h):
     * then STOP was written, and the device begins anew. */
    bool heard();
    bool hangs() const { return session.beat.silent; }
    /* The agent has read a message: another may be written. */
    void may_write();

    /* --- The worker's requests --- */

    /* Capture with one of these codecs, the best first, beginning with a key frame. */
    void start(const uint8_t *codecs, unsigned count);
    void stop();
    /* A client waits for a key frame. */
    void request_key_frame();

private:
    void write_start_stop();
    void write_due_request();
    void write_request();
    bool write(const uint8_t *message, int size);
    bool wants(uint8_t codec) const;
    void stop_heartbeat();
    static void request_due(GpuAgent *agent) { agent->write_due_request(); }
    static void heartbeat_interval_over(GpuAgent *agent);

    /* What belongs to one opening of the port. */
    struct Session {
        bool is_open = false;
        unsigned extensions = 0; /* that the agent announced: enum port_extension */
        uint8_t codecs_wanted[PORT_CODECS_KNOWN] = {};
        unsigned codecs_count = 0;                /* 0: it is to stop */
        bool stop_due = false, start_due = false; /* to be written, in this order */
        key_frame_request key_frames{};
        struct feedback feedback = {};
        heartbeat beat{};
        uint8_t stream_codec = 0; /* of the stream that START last let go on; 0: none */
    };

    GpuDevice *const device;
    port_parser *const parser;
    GpuTrace *const trace;
    SpiceTimer *const request_timer;
    SpiceTimer *const heartbeat_timer; /* runs while the agent is watched */
    bool writing = false;
    Session session;
};

#include "pop-visibility.h"

#endif
