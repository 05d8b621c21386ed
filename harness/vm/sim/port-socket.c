#include <unistd.h>

#include "harness/vm/sim/listener.h"
#include "harness/vm/sim/port-transport.h"

typedef struct {
    PortTransport transport; /* first */
    Listener *listener;
    int connection; /* -1: the guest's end is closed */
    PortTransportOpened opened;
    void *data;
} PortSocket;

/* A VirtIO port is opened once at a time: the next one waits in the queue. */
static void on_accept(int fd, void *data)
{
    PortSocket *port = data;

    listener_stop(port->listener);
    port->connection = fd;
    port->opened(fd, port->data);
}

static void socket_start(PortTransport *transport, PortTransportOpened opened, void *data)
{
    PortSocket *port = (PortSocket *)transport;

    port->opened = opened;
    port->data = data;
    listener_start(port->listener, on_accept, port);
}

static void disconnect(PortSocket *port)
{
    if (port->connection >= 0)
        close(port->connection);
    port->connection = -1;
}

static void socket_release(PortTransport *transport)
{
    PortSocket *port = (PortSocket *)transport;

    disconnect(port);
    listener_start(port->listener, on_accept, port);
}

static void socket_destroy(PortTransport *transport)
{
    PortSocket *port = (PortSocket *)transport;

    disconnect(port);
    listener_close(port->listener);
    g_free((char *)port->transport.path);
    g_free(port);
}

PortTransport *port_socket_create(const char *path, GError **error)
{
    g_autofree char *address = g_strconcat("unix:", path, NULL);
    Listener *listener = listener_open(address, error);
    if (!listener) {
        g_prefix_error(error, "cannot make the port: socket:%s: ", path);
        return NULL;
    }

    PortSocket *port = g_new0(PortSocket, 1);
    port->transport = (PortTransport){
        .start = socket_start,
        .release = socket_release,
        .destroy = socket_destroy,
        .path = g_strdup(path),
    };
    port->listener = listener;
    port->connection = -1;
    return &port->transport;
}
