/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * port-fd: reading and writing a port that is a nonblocking file descriptor,
 * for the kinds of ports that have one. Results as in port.h.
 */
#ifndef AGENT_PORT_FD_H
#define AGENT_PORT_FD_H

#include "agent/os/wake.h"
#include "agent/port.h"

#include <stdint.h>

ssize_t port_fd_read(int fd, uint8_t *to, size_t room);
/* In one poll(). */
unsigned port_fd_wait(int fd, unsigned wants, struct os_wake *wake);
ssize_t port_fd_write(int fd, const struct port_part *parts, unsigned count);

#endif
