/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * inner-server: the GPU module in a real SPICE server of this process, for what
 * has to see each message: the caller is QEMU and the guest's end of the port at
 * once. A vGPU (qxl-device), two clients at most (fake-client), a port that blocks
 * when the caller wants it. Nothing here waits for a time: inner_settle() returns when
 * everybody has done what there is to do.
 *
 * One for a process, one thread, which runs the server's main loop; the display's
 * worker is the library's own thread. A broken rule ends the process (must.h).
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
    struct fake_client *first, *second; /* the caller's to connect and hang up; NULL: none */

    /* The port. */
    GByteArray *to_host; /* what the guest has written, of which to_host_read were read */
    unsigned to_host_read;
    size_t read_max;   /* bytes that one read gives at most */
    bool guest_blocks; /* the guest reads nothing */
    bool port_open;

    /* What the host wrote since the port was opened, as far as the guest has read. */
    bool started; /* the last of them was a START */
    unsigned capabilities, starts, stops, errors;
    uint64_t frames_dropped; /* of all feedback */
};
extern struct inner_server inner;

/* The server with the vGPU and the port, closed; no client. Timers of less than two
 * seconds expire at once, and the clock of the process is put forward by what they
 * would have taken: a limit of a rate takes no time. Once. */
void inner_server_start(void);

/* From now on timers of `from_ms` and more wait, until they are let go again. */
void inner_hold_timers(unsigned from_ms);
void inner_release_timers(void);

/* The vGPU is plugged in, which _start() does the first time; unplugged with all
 * that shows it, and freed. */
void inner_plug_in(void);
void inner_unplug(void);
void inner_forget_vgpu(void);

/* An event of the port; what was not read by either end is gone. */
void inner_port_set_open(bool open);

/* The guest writes, while the port is open and what was not read yet is bounded. */
void inner_guest_write(const void *bytes, size_t size);
void inner_guest_format(const struct port_format *format);
/* A frame as the codec's headers have it; what follows them nobody looks at. An
 * unknown codec stands for H.264. */
void inner_guest_frame(bool key_frame, unsigned codec);

/* Returns when nothing happens any more: the worker has taken all messages and all
 * that the clients sent, sleeps, and nothing of it is left to be read. */
void inner_settle(void);

#endif
