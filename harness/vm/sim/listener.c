/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/listener.h"

#include "protocol/host/unix-socket.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Simultaneous connections: one for each channel of a client, and some more. */
#define BACKLOG 32

struct listener {
    GSocket *socket;
    char *address;
    char *path; /* NULL: TCP */
    unsigned source;
    listener_accept_fn on_accept;
    void *data;
};

static GSocketAddress *parse_tcp(const char *address, GError **error)
{
    const char *colon = strrchr(address, ':');
    uint64_t port;

    if (colon && g_ascii_string_to_unsigned(colon + 1, 10, 0, 65535, &port, NULL)) {
        g_autofree char *host = g_strndup(address, (size_t)(colon - address));
        GSocketAddress *parsed = g_inet_socket_address_new_from_string(host, (unsigned)port);
        if (parsed)
            return parsed;
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "give ADDRESS:PORT, for example 127.0.0.1:0, or unix:PATH");
    return NULL;
}

static GSocket *listen_at_path(const char *path, GError **error)
{
    int fd = unix_socket_listen(path, BACKLOG);

    if (fd >= 0)
        return g_socket_new_from_fd(fd, error);
    if (fd == -ENAMETOOLONG || fd == -EINVAL)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "give a path of 1 to %zu bytes",
                    sizeof(((struct sockaddr_un *)0)->sun_path) - 1);
    else
        g_set_error_literal(error, G_IO_ERROR, g_io_error_from_errno(-fd), g_strerror(-fd));
    return NULL;
}

static GSocket *listen_at_address(const char *address, GError **error)
{
    g_autoptr(GSocketAddress) parsed = parse_tcp(address, error);
    g_autoptr(GSocket) socket =
        parsed ? g_socket_new(g_socket_address_get_family(parsed), G_SOCKET_TYPE_STREAM,
                              G_SOCKET_PROTOCOL_DEFAULT, error)
               : NULL;

    if (!socket || !g_socket_bind(socket, parsed, true, error) || !g_socket_listen(socket, error))
        return NULL;
    return g_steal_pointer(&socket);
}

static char *tcp_address(GSocket *socket)
{
    g_autoptr(GSocketAddress) local = g_socket_get_local_address(socket, NULL);
    GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS(local);
    g_autofree char *host = g_inet_address_to_string(g_inet_socket_address_get_address(inet));

    return g_strdup_printf("%s:%u", host, g_inet_socket_address_get_port(inet));
}

struct listener *listener_open(const char *address, GError **error)
{
    const char *path = g_str_has_prefix(address, "unix:") ? address + strlen("unix:") : NULL;
    g_autoptr(GSocket) socket =
        path ? listen_at_path(path, error) : listen_at_address(address, error);

    if (!socket) {
        g_prefix_error(error, "cannot listen: %s: ", address);
        return NULL;
    }
    struct listener *listener = g_new0(struct listener, 1);
    listener->path = g_strdup(path);
    listener->address = path ? g_strdup(address) : tcp_address(socket);
    listener->socket = g_steal_pointer(&socket);
    return listener;
}

const char *listener_address(const struct listener *listener)
{
    return listener->address;
}

static gboolean on_connection(int fd, G_GNUC_UNUSED GIOCondition condition, void *data)
{
    struct listener *listener = data;
    int connection = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (connection >= 0)
        listener->on_accept(connection, listener->data);
    return G_SOURCE_CONTINUE;
}

void listener_start(struct listener *listener, listener_accept_fn on_accept, void *data)
{
    listener_stop(listener);
    listener->on_accept = on_accept;
    listener->data = data;
    listener->source =
        g_unix_fd_add(g_socket_get_fd(listener->socket), G_IO_IN, on_connection, listener);
}

void listener_stop(struct listener *listener)
{
    g_clear_handle_id(&listener->source, g_source_remove);
}

void listener_close(struct listener *listener)
{
    if (!listener)
        return;
    listener_stop(listener);
    if (listener->path)
        unlink(listener->path);
    g_clear_object(&listener->socket);
    g_free(listener->address);
    g_free(listener->path);
    g_free(listener);
}
