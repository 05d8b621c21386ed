/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * port-tty: a port that is a device node: the slave of a pty, a serial line,
 * or a /dev/virtio-ports/ node. A terminal is put into raw mode.
 */
#ifndef AGENT_PORT_TTY_H
#define AGENT_PORT_TTY_H

#include "agent/port.h"

/* The node is opened by port->class->open() (-ENODEV: it is no character device); `path` is copied. NULL when
 * memory is short. Free with port->class->destroy(). */
struct port *port_tty_create(const char *path);

#endif
