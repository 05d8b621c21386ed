#include "harness/vm/relay/guest-port.h"

#include "protocol/host/pty-port.h"
#include "protocol/host/unix-socket.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct GuestPort {
    PtyPort *pty; /* or else the socket: */
    int listener;
    char *path; /* of the bound socket */
    int fd;     /* -1 while closed */
};

static gboolean listen_on(GuestPort *port, const char *path, GError **error)
{
    port->listener = unix_socket_listen(path, 1);
    if (port->listener >= 0) {
        port->path = g_strdup(path);
        return TRUE;
    }
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(-port->listener),
                "cannot listen on the port's socket %s: %s", path, g_strerror(-port->listener));
    return FALSE;
}

GuestPort *guest_port_create(const char *kind_and_path, GError **error)
{
    g_autoptr(GuestPort) port = g_new0(GuestPort, 1);
    port->fd = port->listener = -1;
    const char *path = strchr(kind_and_path, ':');
    gboolean pty = g_str_has_prefix(kind_and_path, "pty:");

    if (!path || !path[1] || (!pty && !g_str_has_prefix(kind_and_path, "socket:"))) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "--port %s: give pty:LINK or socket:PATH", kind_and_path);
        return NULL;
    }
    if (pty ? !(port->pty = pty_port_create(path + 1, error)) : !listen_on(port, path + 1, error))
        return NULL;
    return g_steal_pointer(&port);
}

void guest_port_destroy(GuestPort *port)
{
    if (!port)
        return;
    if (!port->pty && port->fd >= 0)
        close(port->fd);
    if (port->listener >= 0)
        close(port->listener);
    if (port->path)
        unlink(port->path);
    pty_port_destroy(port->pty);
    g_free(port->path);
    g_free(port);
}

int guest_port_event_fd(const GuestPort *port)
{
    if (port->pty)
        return pty_port_event_fd(port->pty);
    return port->fd < 0 ? port->listener : -1; /* the next guest waits */
}

gboolean guest_port_opened(GuestPort *port)
{
    if (port->pty) {
        if (!pty_port_was_opened(port->pty))
            return FALSE;
        port->fd = pty_port_fd(port->pty);
    } else {
        port->fd = accept4(port->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    }
    return port->fd >= 0;
}

int guest_port_fd(const GuestPort *port)
{
    return port->fd;
}

gboolean guest_port_close(GuestPort *port)
{
    if (port->pty) {
        if (pty_port_close(port->pty))
            return TRUE;
    } else {
        close(port->fd);
    }
    port->fd = -1;
    return FALSE;
}
