/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * port-transport: connects a VirtIO port with the guest, which here is a process
 * that opens a pty's slave or connects to a unix socket.
 *
 * Everything happens in the thread of GLib's default main context.
 */
#ifndef VDIBENCH_PORT_TRANSPORT_H
#define VDIBENCH_PORT_TRANSPORT_H

#include "auto-destroy.h"

#include <glib.h>
#include <stdbool.h>

struct port_transport;

/* The guest has opened its end: its bytes are read from and written to the
 * non-blocking `fd`, which the transport owns. A hang-up of `fd` means that the guest
 * has closed its end. If this is called while the port is open, the guest has closed
 * and reopened it so fast that no hang-up was seen. */
typedef void (*port_transport_opened_fn)(int fd, void *data);

/* `kind_and_path`: "pty:LINK", which creates a symbolic link LINK to the slave (it
 * must not exist yet), or "socket:PATH". NULL and `error` when that fails. */
struct port_transport *port_transport_create(const char *kind_and_path, GError **error);

/* Removes the name in the file system too. NULL is allowed. */
void port_transport_destroy(struct port_transport *transport);

/* What the guest opens: the path of the pty's link or of the socket. */
const char *port_transport_path(const struct port_transport *transport);

/* Begins to wait for the guest. To be called once. */
void port_transport_start(struct port_transport *transport, port_transport_opened_fn opened,
                          void *data);

/* Whether bytes that the guest wrote before it hung up can still be read, until
 * port_transport_release(). */
bool port_transport_keeps_unread(const struct port_transport *transport);

/* The host has finished with the bytes that the guest sent before it hung up: drops
 * what either side has not read, and waits for the guest again. May call `opened`
 * before it returns. */
void port_transport_release(struct port_transport *transport);

DEFINE_AUTO_DESTROY(port_transport, port_transport_destroy)

#endif
