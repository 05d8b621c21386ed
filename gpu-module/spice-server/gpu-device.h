/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * gpu-device: the GPU module's end of the port, in the server's main loop.
 *
 *   state     the port is                          until
 *   CLOSED    read, what comes is discarded        it is opened: WAITING
 *   WAITING   read only for what the last opener   that is gone, switch-rate allows it and the
 *             has left in it                       worker has accepted the opening before: READING
 *   READING   read, where there is credit          the agent breaks the protocol, or the host's
 *                                                  limits: FAILED; an agent that had hung writes
 *                                                  again: WAITING
 *   FAILED    read, what comes is discarded        it is closed, or opened anew
 *
 * From each state the port's closing leads to CLOSED, its opening to WAITING.
 */
#ifndef GPU_DEVICE_H_
#define GPU_DEVICE_H_

#include "char-device.h"
#include "gpu-agent-cursor.h"
#include "gpu-agent.h"
#include "gpu-bridge.h"
#include "gpu-module/leftovers.h"
#include "gpu-module/switch-rate.h"
#include "gpu-tablet.h" /* its hook, for reds.cpp */

#include "push-visibility.h"

class GpuDevice final: public RedCharDevice
{
public:
    GpuDevice(RedsState *reds, SpiceCharDeviceInstance *sin);
    ~GpuDevice();

    /* --- Upstream's char device calls these --- */

    RedPipeItemPtr read_one_msg_from_device() override;
    void remove_client(RedCharDeviceClientOpaque *client) override {}
    void port_event(uint8_t event) override;
    void on_free_self_token() override { agent.may_write(); }

    /* --- The agent's session and its pointer, in the same thread --- */

    /* Writes to the port. False when the agent has not read what was written
     * before: then on_free_self_token() follows. */
    bool write(const uint8_t *message, int size);
    /* The last look at the port ended because nothing more was in it. */
    bool was_read_to_end() const { return session.read_to_end; }
    /* The agent has written nothing for too long: as if it had closed its port.
     * What it was in the middle of writing stays, for it may go on. */
    void agent_hangs();
    /* NULL when there is no display that this opening was announced to. */
    GpuBridge *bridge_to_display();

    /* --- The worker, by way of the main dispatcher --- */

    void handle_requests();

private:
    enum class State { CLOSED, WAITING, READING, FAILED };

    /* What belongs to one opening of the port. */
    struct Session {
        Session();
        GpuBody *body() { return frame ? static_cast<GpuBody *>(frame.get()) : shape.get(); }

        port_parser parser;
        /* The body that is being read: */
        red::shared_ptr<GpuFrame> frame;
        red::shared_ptr<GpuCursorShape> shape;
        uint32_t first_bytes;                 /* that a body's buffer begins with */
        uint64_t message_begin_ns = 0;        /* the first byte of the present message was read */
        port_codec codec = PORT_CODEC_H264;   /* of the last FORMAT */
        port_frame_information information{}; /* of the next frame */
        bool waited_for_credit = false;       /* since the last frame */
        bool read_to_end = true;
        DisplayChannel *display = nullptr; /* that it was announced to; may be gone */
    };

    /* The port's states. */
    bool is_open() const { return state != State::CLOSED; }
    void begin_reading();
    void agent_recovers();
    void violated(const char *error);
    void refuse_size(const port_format &format);
    void fail(const char *error);
    void count_switch();
    static void switch_interval_over(GpuDevice *device);

    /* Reading. The `budget` is what is left of WAKEUP_MAX_BYTES; those that return
     * false have found that the port is to be read no further now. */
    static void spend(size_t &budget, size_t bytes) { budget -= MIN(budget, bytes); }
    bool read_some(size_t &budget);
    bool read_message(size_t &budget);
    bool discard(size_t &budget);
    void read_leftovers(size_t &budget);
    bool may_begin_message();
    static void read_on(GpuDevice *device);

    /* What was read: gpu-device-messages.cpp. */
    void handle(const struct port_event &event, size_t &budget);
    void handle_format(const port_format &format);
    void handle_tolerated(const struct port_event &event);
    void begin_body(const struct port_event &event);
    bool make_room(size_t &budget);
    void handle_frame(size_t &budget);
    bool check_frame(size_t &budget);
    void handle_shape();
    void send_format(const port_format &format);

    const red::shared_ptr<GpuTrace> trace;
    red::shared_ptr<GpuBridge> bridge; /* of the present opening, or of the last one */
    State state = State::CLOSED;
    Session session;
    GpuAgent agent;
    GpuAgentCursor cursor;
    struct leftovers leftovers = {};
    struct switch_rate switch_rate = {};
    SpiceTimer *const read_on_timer;
    SpiceTimer *const switch_timer;
};

/* For spice_server_char_device_add_interface(): a port named PORT_NAME, where the
 * host has not turned the module off. */
bool gpu_device_takes(const char *port_name);
/* The device of such a port. */
red::shared_ptr<RedCharDevice> gpu_device_connect(RedsState *reds, SpiceCharDeviceInstance *sin);

#include "pop-visibility.h"

#endif
