#include <glib-unix.h>

#include "protocol/host/pty-port.h"
#include "harness/vm/sim/port-transport.h"

typedef struct {
    PortTransport transport; /* first */
    PtyPort *port;
    guint source;
    gboolean warned; /* of a port that is open twice */
    PortTransportOpened opened;
    void *data;
} PortPty;

static gboolean on_event(gint fd, GIOCondition condition, gpointer data)
{
    PortPty *pty = data;

    if (pty_port_was_opened(pty->port))
        pty->opened(pty_port_fd(pty->port), pty->data);
    if (pty_port_was_shared(pty->port) && !pty->warned) {
        pty->warned = TRUE; /* once: the other one may come again and again */
        g_warning("the port %s (%s) is open twice: find with \"fuser -v %s\" which process is no "
                  "agent of this VM, and end it",
                  pty->transport.path, pty_port_slave_path(pty->port),
                  pty_port_slave_path(pty->port));
    }
    return G_SOURCE_CONTINUE;
}

static void pty_start(PortTransport *transport, PortTransportOpened opened, void *data)
{
    PortPty *pty = (PortPty *)transport;

    pty->opened = opened;
    pty->data = data;
    pty->source = g_unix_fd_add(pty_port_event_fd(pty->port), G_IO_IN, on_event, pty);
}

static void pty_release(PortTransport *transport)
{
    PortPty *pty = (PortPty *)transport;

    if (pty_port_close(pty->port))
        pty->opened(pty_port_fd(pty->port), pty->data);
}

static void pty_destroy(PortTransport *transport)
{
    PortPty *pty = (PortPty *)transport;

    g_clear_handle_id(&pty->source, g_source_remove);
    pty_port_destroy(pty->port);
    g_free((char *)pty->transport.path);
    g_free(pty);
}

PortTransport *port_pty_create(const char *link, GError **error)
{
    PtyPort *port = pty_port_create(link, error);
    if (!port) {
        g_prefix_error(error, "pty:%s: ", link);
        return NULL;
    }

    PortPty *pty = g_new0(PortPty, 1);
    pty->transport = (PortTransport){
        .start = pty_start,
        .release = pty_release,
        .destroy = pty_destroy,
        .keeps_unread = TRUE,
        .path = g_strdup(link),
    };
    pty->port = port;
    return &pty->transport;
}
