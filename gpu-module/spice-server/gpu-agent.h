/*
 * gpu-agent: what the agent at the port is told and asked, in the server's main
 * loop: START and STOP, key frame requests, feedback.
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

    /* The port was opened: tells our capabilities. */
    void opened();
    /* The port was closed, or the agent is not listened to any more. */
    void closed();
    /* The extensions in the agent's CAPABILITIES; we have announced all. */
    void announced(unsigned extensions);
    /* It begins a stream. */
    void format_came(port_codec codec);
    /* Something was read. True when the agent counted as hung (see heartbeat.h):
     * then it has been told to stop, and the device begins anew. */
    bool heard();
    bool hangs() const { return beat.silent; }

    /* Capture with one of these codecs, the best first, beginning with a key frame. */
    void start(const uint8_t *codecs, unsigned count);
    void stop();
    /* A client waits for a key frame. */
    void request_key_frame();
    /* A frame came out of the port: `in_flight` and `dropped` as in feedback.h. */
    void frame_came(size_t bytes, bool key_frame, unsigned in_flight, uint64_t dropped);
    /* A message has been read by the agent: another may be written. */
    void may_write();

private:
    void tell();
    void ask();
    void write_request();
    bool write(const uint8_t *message, int size);
    bool wants(uint8_t codec) const;
    void forget_heartbeat();
    static void ask_now(GpuAgent *agent) { agent->ask(); }
    static void heartbeat_interval_over(GpuAgent *agent);

    GpuDevice *const device;
    port_parser *const parser;
    GpuTrace *const trace;
    SpiceTimer *const ask_timer;
    SpiceTimer *const heartbeat_timer; /* runs while the agent is watched */

    /* Of the port that is open. */
    bool is_open = false;
    bool writing = false;
    unsigned spoken = 0;                  /* enum port_extension */
    uint8_t codecs_wanted[PORT_CODECS_KNOWN];
    unsigned codecs_count = 0; /* 0: it is to stop */
    bool stop_due = false, start_due = false; /* in this order */
    key_frame_request key_frames{};
    feedback fed{};
    heartbeat beat{};
    uint8_t stream_codec = 0; /* of the stream that it was last told to go on with; 0: none */
};

#include "pop-visibility.h"

#endif
