/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * virtio-port: a VirtIO port between the guest and libspice-server, as QEMU's
 * virtio-serial with a "spiceport" chardev is (SpiceCharDeviceInterface of
 * <spice.h>).
 *
 * Bytes are not buffered here: the server reads the guest's end when it is
 * told that there is something, and what it leaves stays with the guest, which
 * then blocks. Main loop only.
 */
#ifndef VDIBENCH_VIRTIO_PORT_H
#define VDIBENCH_VIRTIO_PORT_H

#include "harness/vm/sim/port-transport.h"

#include <glib.h>
#include <spice.h>
#include <stdbool.h>
#include <stdint.h>

struct virtio_port;

/* The guest opened or closed the port at `time_ns`, just before the server was
 * told so. */
typedef void (*virtio_port_state_fn)(bool is_open, int64_t time_ns, void *data);

/* Adds the port `name` to the server and begins to wait for the guest. Takes
 * over `transport`. */
struct virtio_port *virtio_port_create(SpiceServer *server, const char *name,
                                       struct port_transport *transport,
                                       virtio_port_state_fn on_state, void *data);

/* The server has been destroyed with the port in it. Only virtio_port_destroy()
 * may follow. */
void virtio_port_server_gone(struct virtio_port *port);

/* Removes it from the server, where that still exists. NULL is allowed. */
void virtio_port_destroy(struct virtio_port *port);

#endif
