/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * virtio-port: a VirtIO port between the guest and libspice-server, like QEMU's
 * virtio-serial with a "spiceport" chardev (SpiceCharDeviceInterface of <spice.h>).
 *
 * Bytes are not buffered here: the server is woken when there is something to read,
 * and what it does not read stays with the guest, which then blocks. Main loop only.
 */
#ifndef VDIBENCH_VIRTIO_PORT_H
#define VDIBENCH_VIRTIO_PORT_H

#include "harness/vm/sim/port-transport.h"

#include <glib.h>
#include <spice.h>
#include <stdbool.h>
#include <stdint.h>

struct virtio_port;

/* The guest opened or closed the port at `time_ns`, just before this was reported to
 * the server. */
typedef void (*virtio_port_state_fn)(bool is_open, int64_t time_ns, void *data);

/* Adds the port `name` to the server and begins to wait for the guest. Takes ownership
 * of `transport`. */
struct virtio_port *virtio_port_create(SpiceServer *server, const char *name,
                                       struct port_transport *transport,
                                       virtio_port_state_fn on_state, void *data);

/* To be called when the server has been destroyed before the port. Only
 * virtio_port_destroy() may follow. */
void virtio_port_server_gone(struct virtio_port *port);

/* Removes the port from the server, if that still exists. NULL is allowed. */
void virtio_port_destroy(struct virtio_port *port);

#endif
