/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * port-socket: a port that is a unix stream socket on which the host listens.
 */
#ifndef AGENT_PORT_SOCKET_H
#define AGENT_PORT_SOCKET_H

#include "agent/port.h"

/* The socket is connected by port->class->open(); `path` is copied. NULL when
 * memory is short. Free with port->class->destroy(). A path that does not fit
 * into an address is -ENAMETOOLONG when opened. */
struct port *port_socket_create(const char *path);

#endif
