/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/port-transport.h"

#include "protocol/host/host-port.h"

#include <gio/gio.h>
#include <glib-unix.h>

struct port_transport {
    struct host_port *port;
    unsigned source;
    bool warned; /* whether it has been logged that the port is open twice */
    port_transport_opened_fn opened;
    void *data;
};

static void watch(struct port_transport *transport);

static void warn_of_second_opener(struct port_transport *transport, const char *slave)
{
    if (transport->warned) /* the second opener may return again and again */
        return;
    transport->warned = true;
    g_warning("the port %s (%s) is open twice: find with \"fuser -v %s\" which process is not "
              "the agent of this VM, and end it",
              host_port_path(transport->port), slave, slave);
}

static gboolean on_event(int fd, GIOCondition condition, void *data)
{
    struct port_transport *transport = data;

    if (host_port_was_opened(transport->port)) {
        watch(transport);
        transport->opened(host_port_fd(transport->port), transport->data);
    }
    const char *shared = host_port_was_shared(transport->port);
    if (shared)
        warn_of_second_opener(transport, shared);
    return G_SOURCE_CONTINUE;
}

/* While it is open, a port may have no descriptor that announces the next guest. */
static void watch(struct port_transport *transport)
{
    const int fd = host_port_event_fd(transport->port);

    if (fd < 0)
        g_clear_handle_id(&transport->source, g_source_remove);
    else if (!transport->source)
        transport->source = g_unix_fd_add(fd, G_IO_IN, on_event, transport);
}

struct port_transport *port_transport_create(const char *kind_and_path, GError **error)
{
    struct host_port *port = host_port_create(kind_and_path, error);
    if (!port) {
        g_prefix_error(error, "cannot make the port %s: ", kind_and_path);
        return NULL;
    }
    struct port_transport *transport = g_new0(struct port_transport, 1);
    transport->port = port;
    return transport;
}

void port_transport_destroy(struct port_transport *transport)
{
    if (!transport)
        return;
    g_clear_handle_id(&transport->source, g_source_remove);
    host_port_destroy(transport->port);
    g_free(transport);
}

const char *port_transport_path(const struct port_transport *transport)
{
    return host_port_path(transport->port);
}

void port_transport_start(struct port_transport *transport, port_transport_opened_fn opened,
                          void *data)
{
    transport->opened = opened;
    transport->data = data;
    watch(transport);
}

bool port_transport_keeps_unread(const struct port_transport *transport)
{
    return host_port_keeps_unread(transport->port);
}

void port_transport_release(struct port_transport *transport)
{
    const bool reopened = host_port_close(transport->port);

    watch(transport);
    if (reopened)
        transport->opened(host_port_fd(transport->port), transport->data);
}
