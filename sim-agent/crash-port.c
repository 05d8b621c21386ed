/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "sim-agent/crash-port.h"

#include "agent/os/wake.h"

#include <errno.h>
#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* After this time the agent crashes even if the host has stopped reading. */
#define CUT_MS 2000

struct crash_port {
    struct port port;
    struct port *inner;
    void (*crash)(void *data);
    void *data;
    atomic_bool armed;
    struct os_wake *late; /* set CUT_MS after the cut began */
};

static struct crash_port *self_of(const struct port *port)
{
    return (struct crash_port *)port;
}

static int crash_open(struct port *port)
{
    struct port *inner = self_of(port)->inner;
    return inner->class->open(inner);
}

static ssize_t crash_read(struct port *port, uint8_t *to, size_t room)
{
    struct port *inner = self_of(port)->inner;
    return inner->class->read(inner, to, room);
}

static gboolean on_late(void *data)
{
    os_wake_set(data);
    return G_SOURCE_REMOVE;
}

/* Writes one part completely, unless the port is lost or the host does not read. */
static void write_out(struct crash_port *self, struct port_part part)
{
    struct port *inner = self->inner;

    while (part.size > 0) {
        ssize_t put = inner->class->write(inner, &part, 1);
        if (put == -EAGAIN) {
            if (inner->class->wait(inner, PORT_WRITABLE, self->late) & PORT_WOKEN)
                return;
        } else if (put <= 0) {
            return;
        } else {
            part.bytes += put;
            part.size -= (size_t)put;
        }
    }
}

static ssize_t crash_write(struct port *port, const struct port_part *parts, unsigned count)
{
    struct crash_port *self = self_of(port);
    struct port *inner = self->inner;

    /* Only the beginning of a frame has two parts, its header and its body. */
    if (count == PORT_PARTS_MAX && atomic_load(&self->armed)) {
        g_timeout_add(CUT_MS, on_late, self->late);
        write_out(self, parts[0]);
        write_out(self, (struct port_part){parts[1].bytes, parts[1].size / 2});
        self->crash(self->data);
    }
    return inner->class->write(inner, parts, count);
}

static unsigned crash_wait(struct port *port, unsigned wants, struct os_wake *wake)
{
    struct port *inner = self_of(port)->inner;
    return inner->class->wait(inner, wants, wake);
}

static void crash_close(struct port *port)
{
    struct port *inner = self_of(port)->inner;
    inner->class->close(inner);
}

static void crash_destroy(struct port *port)
{
    struct port *inner = self_of(port)->inner;
    inner->class->destroy(inner);
    os_wake_destroy(self_of(port)->late);
    free(self_of(port));
}

static const struct port_class crash_class = {
    .open = crash_open,
    .read = crash_read,
    .write = crash_write,
    .wait = crash_wait,
    .close = crash_close,
    .destroy = crash_destroy,
};

struct port *crash_port_create(struct port *inner, void (*crash)(void *data), void *data)
{
    struct crash_port *self = calloc(1, sizeof *self);
    int error;

    if (!self)
        return NULL;
    self->late = os_wake_create(&error);
    if (!self->late) {
        free(self);
        return NULL;
    }
    self->port.class = &crash_class;
    self->inner = inner;
    self->crash = crash;
    self->data = data;
    return &self->port;
}

void crash_port_arm(struct port *port)
{
    atomic_store(&self_of(port)->armed, true);
}
