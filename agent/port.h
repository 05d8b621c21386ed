/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * port: the guest's end of the VirtIO port to the GPU module.
 *
 * A small vtable over what carries the bytes: a terminal or character device
 * (port-tty), a unix socket (port-socket). Nothing blocks. All functions are
 * called by the transporting thread alone.
 */
#ifndef AGENT_PORT_H
#define AGENT_PORT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct port;

/* One piece of a gathered write. */
struct port_part {
    const uint8_t *bytes;
    size_t size;
};
#define PORT_PARTS_MAX 2

struct port_class {
    /* 0 or negative errno. A port that was closed may be opened again. */
    int (*open)(struct port *port);

    /* Bytes read (at least 1), 0 when the other end is gone, -EAGAIN when
     * there is nothing to read, another negative errno when the port is lost. */
    ssize_t (*read)(struct port *port, uint8_t *to, size_t room);

    /* Writes what fits of `count` (at most PORT_PARTS_MAX) parts in one go:
     * bytes written (at least 1; can end within a part), -EAGAIN when nothing
     * fits now, another negative errno when the port is lost. */
    ssize_t (*write)(struct port *port, const struct port_part *parts, unsigned count);

    /* To wait on with poll() while the port is open. */
    int (*poll_fd)(const struct port *port);

    /* What was written is still delivered; what was not read is forgotten. */
    void (*close)(struct port *port);

    /* Closes and frees. */
    void (*destroy)(struct port *port);
};

struct port {
    const struct port_class *class;
};

#endif
