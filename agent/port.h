/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * port: the guest's end of the VirtIO port to the GPU module.
 *
 * A small vtable over what carries the bytes: agent/linux/ has a terminal or
 * character device (port-tty) and a unix socket (port-socket), agent/windows/ a VirtIO
 * port or COM port (port-serial). Nothing blocks but wait(). All functions are called by the
 * transporting thread alone.
 */
#ifndef AGENT_PORT_H
#define AGENT_PORT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct os_wake;
struct port;

/* One piece of a gathered write. */
struct port_part {
    const uint8_t *bytes;
    size_t size;
};
#define PORT_PARTS_MAX 2

enum port_condition {
    PORT_READABLE = 1u << 0,
    PORT_WRITABLE = 1u << 1,
    PORT_HUNG_UP = 1u << 2, /* the other end is gone; there may be something left to read */
    PORT_WOKEN = 1u << 3,   /* the wake is set */
};

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

    /* Waits until one of `wants` (PORT_READABLE, PORT_WRITABLE; none is allowed)
     * is the case, the other end is gone, or `wake` is set, which it stays, in one
     * go and however many of them come. Returns what is the case, bits of enum
     * port_condition; none where it was interrupted. The port is open. */
    unsigned (*wait)(struct port *port, unsigned wants, struct os_wake *wake);

    /* What was written is still delivered; what was not read is forgotten. */
    void (*close)(struct port *port);

    /* Closes and frees. */
    void (*destroy)(struct port *port);
};

struct port {
    const struct port_class *class;
};

#endif
