#include "harness/vm/sim/port-transport.h"

#include "protocol/host/host-port.h"

#include <gio/gio.h>
#include <glib-unix.h>

struct PortTransport {
    HostPort *port;
    guint source;
    bool warned; /* that the port is open twice */
    PortTransportOpened opened;
    void *data;
};

static void watch(PortTransport *transport);

static void warn_of_second_opener(PortTransport *transport, const char *slave)
{
    if (transport->warned) /* the other one may come again and again */
        return;
    transport->warned = true;
    g_warning("the port %s (%s) is open twice: find with \"fuser -v %s\" which process is no "
              "agent of this VM, and end it",
              host_port_path(transport->port), slave, slave);
}

static gboolean on_event(gint fd, GIOCondition condition, gpointer data)
{
    PortTransport *transport = data;

    if (host_port_was_opened(transport->port)) {
        watch(transport);
        transport->opened(host_port_fd(transport->port), transport->data);
    }
    const char *shared = host_port_was_shared(transport->port);
    if (shared)
        warn_of_second_opener(transport, shared);
    return G_SOURCE_CONTINUE;
}

/* A port that is open may have nothing that announces the next guest. */
static void watch(PortTransport *transport)
{
    const int fd = host_port_event_fd(transport->port);

    if (fd < 0)
        g_clear_handle_id(&transport->source, g_source_remove);
    else if (!transport->source)
        transport->source = g_unix_fd_add(fd, G_IO_IN, on_event, transport);
}

PortTransport *port_transport_create(const char *kind_and_path, GError **error)
{
    HostPort *port = host_port_create(kind_and_path, error);
    if (!port) {
        g_prefix_error(error, "cannot make the port %s: ", kind_and_path);
        return NULL;
    }
    PortTransport *transport = g_new0(PortTransport, 1);
    transport->port = port;
    return transport;
}

void port_transport_destroy(PortTransport *transport)
{
    if (!transport)
        return;
    g_clear_handle_id(&transport->source, g_source_remove);
    host_port_destroy(transport->port);
    g_free(transport);
}

const char *port_transport_path(const PortTransport *transport)
{
    return host_port_path(transport->port);
}

void port_transport_start(PortTransport *transport, PortTransportOpened opened, void *data)
{
    transport->opened = opened;
    transport->data = data;
    watch(transport);
}

bool port_transport_keeps_unread(const PortTransport *transport)
{
    return host_port_keeps_unread(transport->port);
}

void port_transport_release(PortTransport *transport)
{
    const bool reopened = host_port_close(transport->port);

    watch(transport);
    if (reopened)
        transport->opened(host_port_fd(transport->port), transport->data);
}
