/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/virtio-port.h"

#include "harness/instrument/samples.h"
#include "harness/vm/sim/fd-source.h"

#include <errno.h>
#include <poll.h>
#include <spice/protocol.h>
#include <unistd.h>

enum state {
    CLOSED,
    CLOSED_UNREAD, /* the server has not read all that the guest wrote */
    OPEN,
};

struct virtio_port {
    SpiceCharDeviceInstance instance; /* first: the server hands it back to the callbacks */
    char *name;
    struct port_transport *transport;
    virtio_port_state_fn on_state;
    void *data;

    bool server_gone;
    enum state state;
    int fd;
    bool was_read; /* the server has tried to read since it was last woken */
    bool ended;    /* a read has reached the end of what the guest wrote */
    GIOCondition waits_for;
    unsigned watch;
    unsigned read_dry; /* pending call of on_read_dry() */
};

static gboolean on_ready(int fd, GIOCondition condition, void *data);

static struct virtio_port *port_of(SpiceCharDeviceInstance *instance)
{
    return (struct virtio_port *)instance;
}

/* A hang-up is always reported, even when `condition` is empty. */
static void watch_for(struct virtio_port *port, GIOCondition condition)
{
    if (port->watch && port->waits_for == condition)
        return;
    g_clear_handle_id(&port->watch, g_source_remove);
    port->waits_for = condition;
    port->watch = fd_source_add(port->fd, condition, on_ready, port);
}

static bool readable(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    return poll(&poll_fd, 1, 0) == 1 && (poll_fd.revents & POLLIN);
}

static void set_open(struct virtio_port *port, bool is_open)
{
    int64_t now_ns = samples_now_ns();

    port->state = is_open ? OPEN : CLOSED;
    if (!port->server_gone)
        spice_server_port_event(&port->instance,
                                is_open ? SPICE_PORT_EVENT_OPENED : SPICE_PORT_EVENT_CLOSED);
    port->on_state(is_open, now_ns, port->data);
}

static void report_closed(struct virtio_port *port)
{
    g_clear_handle_id(&port->watch, g_source_remove);
    g_clear_handle_id(&port->read_dry, g_source_remove);
    set_open(port, false);
}

static gboolean on_read_dry(void *data)
{
    struct virtio_port *port = data;

    port->read_dry = 0;
    port->state = CLOSED;
    port_transport_release(port->transport); /* may open the port again */
    return G_SOURCE_REMOVE;
}

/* The guest has closed its end. What the server has not read stays there, as in a
 * VirtIO queue: the server must read it before the next guest can be served. */
static void hang_up(struct virtio_port *port)
{
    const bool unread =
        port_transport_keeps_unread(port->transport) && !port->ended && readable(port->fd);

    report_closed(port);
    if (unread)
        port->state = CLOSED_UNREAD;
    else
        port_transport_release(port->transport); /* may open the port again */
}

static void wake_server(struct virtio_port *port)
{
    port->was_read = false;
    spice_server_char_device_wakeup(&port->instance);
}

static gboolean on_ready(int fd, GIOCondition condition, void *data)
{
    struct virtio_port *port = data;

    if (condition & G_IO_OUT) {
        watch_for(port, port->waits_for & ~(unsigned)G_IO_OUT);
        wake_server(port);
    }
    if (condition & G_IO_IN) {
        wake_server(port);
        if (port->ended)
            hang_up(port);
        else if (!port->was_read) /* or poll() would return at once for ever; see port_read() */
            watch_for(port, port->waits_for & ~(unsigned)G_IO_IN);
    } else if (condition & (G_IO_HUP | G_IO_ERR)) {
        hang_up(port);
    }
    return G_SOURCE_CONTINUE;
}

/* The callbacks of the server. */

static int port_read(SpiceCharDeviceInstance *instance, uint8_t *buffer, int length)
{
    struct virtio_port *port = port_of(instance);
    if (port->state == CLOSED || port->ended || length <= 0)
        return 0;

    port->was_read = true;
    ssize_t got = read(port->fd, buffer, (size_t)length);
    if (got <= 0)
        port->ended = got == 0 || (errno != EAGAIN && errno != EINTR);
    if (port->state == OPEN)
        watch_for(port, port->waits_for | G_IO_IN);
    else if (!port->read_dry && (port->ended || !readable(port->fd)))
        port->read_dry = g_idle_add(on_read_dry, port); /* not from within the server */
    return MAX((int)got, 0);
}

static int port_write(SpiceCharDeviceInstance *instance, const uint8_t *buffer, int length)
{
    struct virtio_port *port = port_of(instance);
    if (port->state != OPEN || length <= 0)
        return 0;

    ssize_t written = write(port->fd, buffer, (size_t)length);
    if (written < 0 && errno != EAGAIN && errno != EINTR)
        return length; /* the guest is gone; the hang-up will report it */
    if (written < length)
        watch_for(port, port->waits_for | G_IO_OUT);
    return MAX((int)written, 0);
}

/* The server stops or resumes serving the port. A real guest would see that its port
 * was disconnected; here nothing needs to be done. */
static void port_state(SpiceCharDeviceInstance *instance, int connected) {}

/* For ports that are forwarded to clients: a client has connected or disconnected. */
static void port_event(SpiceCharDeviceInstance *instance, uint8_t event) {}

static const SpiceCharDeviceInterface interface = {
    .base =
        {
            .type = SPICE_INTERFACE_CHAR_DEVICE,
            .description = "VirtIO port",
            .major_version = SPICE_INTERFACE_CHAR_DEVICE_MAJOR,
            .minor_version = SPICE_INTERFACE_CHAR_DEVICE_MINOR,
        },
    .state = port_state,
    .write = port_write,
    .read = port_read,
    .event = port_event,
    .flags = SPICE_CHAR_DEVICE_NOTIFY_WRITABLE,
};

static void port_opened(int fd, void *data)
{
    struct virtio_port *port = data;

    if (port->state == OPEN) /* closed and opened again before the hang-up was seen */
        report_closed(port);
    g_clear_handle_id(&port->read_dry, g_source_remove);
    port->fd = fd;
    port->ended = false;
    port->state = OPEN; /* set_open() wakes the server, which may write at once */
    port->waits_for = 0;
    watch_for(port, G_IO_IN);
    set_open(port, true);
}

struct virtio_port *virtio_port_create(SpiceServer *server, const char *name,
                                       struct port_transport *transport,
                                       virtio_port_state_fn on_state, void *data)
{
    struct virtio_port *port = g_new0(struct virtio_port, 1);
    port->name = g_strdup(name);
    port->instance.base.sif = &interface.base;
    port->instance.subtype = "port";
    port->instance.portname = port->name;
    port->transport = transport;
    port->on_state = on_state;
    port->data = data;

    spice_server_add_interface(server, &port->instance.base);
    port_transport_start(transport, port_opened, port);
    return port;
}

void virtio_port_server_gone(struct virtio_port *port)
{
    port->server_gone = true;
    if (port->state == OPEN)
        report_closed(port);
    g_clear_handle_id(&port->read_dry, g_source_remove);
}

void virtio_port_destroy(struct virtio_port *port)
{
    if (!port)
        return;
    if (port->state == OPEN)
        report_closed(port);
    g_clear_handle_id(&port->read_dry, g_source_remove);
    if (!port->server_gone)
        spice_server_remove_interface(&port->instance.base);
    port_transport_destroy(port->transport);
    g_free(port->name);
    g_free(port);
}
