/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * host-port: the host's end of a port, whatever carries its bytes.
 *
 *   pty:LINK      a pty; the guest opens its slave under the symbolic link LINK (pty-port.h)
 *   socket:PATH   a unix socket that listens at PATH; one guest at a time, the next one waits
 *
 * and, for a guest that has the other end of it already, a device that exists.
 * Only bytes: what they mean is host-session's business. Nothing blocks. An
 * object belongs to one thread.
 */
#ifndef PROTOCOL_HOST_PORT_H
#define PROTOCOL_HOST_PORT_H

#include "auto-destroy.h"

#include <glib.h>
#include <stdbool.h>

struct host_port;

/* Makes the port of this kind at this path, which destroying removes. Nothing
 * that exists there is overwritten but what a killed process has left. NULL and
 * `error` on failure; the message names what could not be used, or what to
 * give where the argument is of neither kind (G_IO_ERROR_INVALID_ARGUMENT). */
struct host_port *host_port_create(const char *kind_and_path, GError **error);

/* The device at `path`, a terminal being put into raw mode. It is open from the
 * beginning, and once only: nothing shows that a guest opens its end. */
struct host_port *host_port_open_device(const char *path, GError **error);

/* NULL is allowed. */
void host_port_destroy(struct host_port *port);

/* What the guest opens: the path that the port was made with. */
const char *host_port_path(const struct host_port *port);

/* Becomes readable when a guest may have come: poll it for POLLIN, then call
 * host_port_was_opened(). May be -1 while the port is open. */
int host_port_event_fd(const struct host_port *port);

/* True when a guest has opened the port. A port that was open before was closed
 * in between, and now belongs to another guest. */
bool host_port_was_opened(struct host_port *port);

/* The slave of a pty (/dev/pts/N) that two processes have open at once, which a
 * VirtIO port would refuse; reported once for each second opener. NULL: none. */
const char *host_port_was_shared(struct host_port *port);

/* Where bytes are read and written while the port is open, otherwise -1. The
 * guest has closed it when read() returns 0 or fails with anything but EAGAIN. */
int host_port_fd(const struct host_port *port);

/* What a guest wrote before it closed the port can be read until
 * host_port_close(), also after a hang-up was reported. */
bool host_port_keeps_unread(const struct host_port *port);

/* The guest has closed the port, or the host is done with this guest. Discards
 * what neither side has read. True when a guest has opened it again meanwhile. */
bool host_port_close(struct host_port *port);

DEFINE_AUTO_DESTROY(host_port, host_port_destroy)

#endif
