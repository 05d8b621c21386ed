/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * inner-server: the GPU module in a real SPICE server inside this process, for tests
 * that must see each message. The caller is both QEMU and the guest's end of the port.
 * There is a vGPU (qxl-device), at most two clients (fake-client), and a port that
 * blocks when the caller wants it to. Nothing here sleeps: inner_settle() returns when
 * the server and the clients have nothing left to do.
 *
 * There is one inner server in a process. All functions are called in the thread that
 * runs the server's main loop; the display's worker is the library's own thread. A
 * violation ends the process (must.h).
 */
#ifndef FUZZ_INNER_SERVER_H
#define FUZZ_INNER_SERVER_H

#include "gpu-module/fuzz/fake-client.h"
#include "harness/vm/sim/qxl-device.h"
#include "protocol/port-protocol.h"

#include <glib.h>
#include <spice.h>
#include <stdbool.h>
#include <stdint.h>

#define INNER_VGPU_WIDTH_PX 64
#define INNER_VGPU_HEIGHT_PX 48
#define INNER_ALL_CODECS                                                 \
    (PORT_CODEC_BIT(PORT_CODEC_MJPEG) | PORT_CODEC_BIT(PORT_CODEC_VP8) | \
     PORT_CODEC_BIT(PORT_CODEC_H264) | PORT_CODEC_BIT(PORT_CODEC_VP9) |  \
     PORT_CODEC_BIT(PORT_CODEC_H265))

struct inner_server {
    SpiceServer *server;
    SpiceCharDeviceInstance port;
    struct qxl_device *vgpu;
    struct fake_client *first, *second; /* the caller connects and hangs up; NULL: none */

    /* The port. */
    GByteArray *to_host;   /* what the guest has written */
    unsigned to_host_read; /* how many of these bytes the server has read */
    size_t read_max;       /* how many bytes one read returns at most */
    bool guest_blocks;     /* the guest reads nothing */
    bool port_open;

    /* What the guest has read of what the host wrote since the port was opened. */
    bool started; /* the last START_STOP was a START */
    unsigned capabilities, starts, stops, errors;
    uint64_t frames_dropped; /* the sum of all FEEDBACK */
};
extern struct inner_server inner;

/* Starts the server with the vGPU and the closed port, without a client; to be called
 * once. Timers of less than two seconds expire at once, and the clock of the process is
 * put forward by their duration, so that a rate limit costs the test no time. */
void inner_server_start(void);

/* From now on timers of `from_ms` or more do not expire until inner_release_timers(). */
void inner_hold_timers(unsigned from_ms);
void inner_release_timers(void);

/* Plugs the vGPU in, which inner_server_start() does the first time; unplugs it, while
 * clients show it; and frees it. */
void inner_plug_in(void);
void inner_unplug(void);
void inner_forget_vgpu(void);

/* Opens or closes the port; bytes that either end has not read are lost. */
void inner_port_set_open(bool open);

/* The guest writes to the port. Does nothing when the port is closed, or when it holds
 * too many bytes. */
void inner_guest_write(const void *bytes, size_t size);
void inner_guest_format(const struct port_format *format);
/* A frame that has the codec's headers, and nothing else that matters. An unknown codec
 * stands for H.264. */
void inner_guest_frame(bool key_frame, unsigned codec);

/* Returns when nothing more happens: the worker has handled all messages and everything
 * that the clients sent, and sleeps; and the clients have read everything it sent. */
void inner_settle(void);

#endif
