/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * port-transport: the guest's end of a VirtIO port, which here is a process
 * that opens a pty's slave or connects to a unix socket.
 *
 * Everything happens in the main loop of GLib's default main context.
 */
#ifndef VDIBENCH_PORT_TRANSPORT_H
#define VDIBENCH_PORT_TRANSPORT_H

#include "auto-destroy.h"

#include <glib.h>
#include <stdbool.h>

struct port_transport;

/* The guest has opened its end: its bytes come and go through the non-blocking
 * `fd`, which stays the transport's. That the guest has closed its end shows
 * as a hang-up of `fd`. When the port is still open, the guest has closed and
 * opened it again so fast that no hang-up was seen. */
typedef void (*port_transport_opened_fn)(int fd, void *data);

/* By "pty:LINK" (a symbolic link LINK to the slave is made, which must not
 * exist yet) or "socket:PATH". NULL and `error` when it cannot be made. */
struct port_transport *port_transport_create(const char *kind_and_path, GError **error);

/* Removes the name in the file system too. NULL is allowed. */
void port_transport_destroy(struct port_transport *transport);

/* What the guest opens: the path of the pty's link or of the socket. */
const char *port_transport_path(const struct port_transport *transport);

/* Begins to wait for the guest. Once. */
void port_transport_start(struct port_transport *transport, port_transport_opened_fn opened,
                          void *data);

/* What the guest wrote before it hung up can still be read until the release. */
bool port_transport_keeps_unread(const struct port_transport *transport);

/* The host is done with what the guest sent before it hung up: forgets what
 * neither side has read and waits for the guest again. It may call
 * `opened` before it returns. */
void port_transport_release(struct port_transport *transport);

DEFINE_AUTO_DESTROY(port_transport, port_transport_destroy)

#endif
