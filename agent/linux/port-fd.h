/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * port-fd: a port that is a nonblocking file descriptor, opened by a path.
 *
 * The kinds of ports differ in how they are opened, and in what the end of a
 * session needs. Results as in port.h.
 */
#ifndef AGENT_PORT_FD_H
#define AGENT_PORT_FD_H

#include "agent/os/wake.h"
#include "agent/port.h"

#include <stdint.h>

/* The path's descriptor, nonblocking and close-on-exec, or negative errno. */
typedef int (*port_fd_open)(const char *path);

/* Before the descriptor is closed: forgets what was not read. */
typedef void (*port_fd_forget)(int fd);

/* `path` is copied, and opened by port->class->open(). `forget` may be NULL: closing is
 * enough. NULL when memory is short. Free with port->class->destroy(). */
struct port *port_fd_create(const char *path, port_fd_open open, port_fd_forget forget);

ssize_t port_fd_read(int fd, uint8_t *to, size_t room);
/* In one poll(). */
unsigned port_fd_wait(int fd, unsigned wants, struct os_wake *wake);
ssize_t port_fd_write(int fd, const struct port_part *parts, unsigned count);

#endif
