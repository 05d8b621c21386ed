/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "protocol/host/host-port.h"

#include "protocol/host/pty-port.h"
#include "protocol/host/unix-socket.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

/* Guests that connect while another one has the port wait in the queue. */
#define BACKLOG 8

struct host_port {
    char *path;
    struct pty_port *pty; /* or else */
    int listener;         /* the socket; both missing: a device */
    int fd;               /* -1 while closed */
};

static struct host_port *new_port(const char *path)
{
    struct host_port *port = g_new0(struct host_port, 1);

    port->path = g_strdup(path);
    port->fd = port->listener = -1;
    return port;
}

static bool fail(GError **error, const char *what, const char *path, int code)
{
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "%s %s: %s", what, path,
                g_strerror(code));
    return false;
}

static bool listen_at_path(struct host_port *port, GError **error)
{
    port->listener = unix_socket_listen(port->path, BACKLOG);
    return port->listener >= 0 ||
           fail(error, "cannot listen on the port's socket", port->path, -port->listener);
}

struct host_port *host_port_create(const char *kind_and_path, GError **error)
{
    const char *path = strchr(kind_and_path, ':');
    const bool pty = g_str_has_prefix(kind_and_path, "pty:");

    if (!path || !path[1] || (!pty && !g_str_has_prefix(kind_and_path, "socket:"))) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                            "give pty:LINK or socket:PATH");
        return NULL;
    }
    auto_destroy(host_port) port = new_port(path + 1);
    if (pty ? !(port->pty = pty_port_create(port->path, error)) : !listen_at_path(port, error))
        return NULL;
    return g_steal_pointer(&port);
}

struct host_port *host_port_open_device(const char *path, GError **error)
{
    struct termios line;

    auto_destroy(host_port) port = new_port(path);
    port->fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (port->fd < 0) {
        fail(error, "cannot open", path, errno);
        return NULL;
    }
    if (tcgetattr(port->fd, &line) == 0) {
        cfmakeraw(&line);
        tcsetattr(port->fd, TCSANOW, &line);
        tcflush(port->fd, TCIOFLUSH);
    }
    return g_steal_pointer(&port);
}

void host_port_destroy(struct host_port *port)
{
    if (!port)
        return;
    if (!port->pty && port->fd >= 0) /* a pty's is its own */
        close(port->fd);
    if (port->listener >= 0) {
        close(port->listener);
        unlink(port->path);
    }
    pty_port_destroy(port->pty);
    g_free(port->path);
    g_free(port);
}

const char *host_port_path(const struct host_port *port)
{
    return port->path;
}

int host_port_event_fd(const struct host_port *port)
{
    if (port->pty)
        return pty_port_event_fd(port->pty);
    return port->fd < 0 ? port->listener : -1; /* the next guest waits */
}

bool host_port_was_opened(struct host_port *port)
{
    if (port->pty) {
        if (!pty_port_was_opened(port->pty))
            return false;
        port->fd = pty_port_fd(port->pty);
    } else if (port->fd < 0) {
        port->fd = accept4(port->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    } else {
        return false;
    }
    return port->fd >= 0;
}

const char *host_port_was_shared(struct host_port *port)
{
    return port->pty && pty_port_was_shared(port->pty) ? pty_port_slave_path(port->pty) : NULL;
}

int host_port_fd(const struct host_port *port)
{
    return port->fd;
}

bool host_port_keeps_unread(const struct host_port *port)
{
    return port->pty;
}

bool host_port_close(struct host_port *port)
{
    if (port->pty) {
        if (pty_port_close(port->pty)) {
            port->fd = pty_port_fd(port->pty);
            return true;
        }
    } else if (port->fd >= 0) {
        close(port->fd);
    }
    port->fd = -1;
    return false;
}
