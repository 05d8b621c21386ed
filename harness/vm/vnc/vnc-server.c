/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/vnc/vnc-server.h"

#include <stdbool.h>
#include <stdint.h>

#define PROGRAM "Xtigervnc"
#define PACKAGE "tigervnc-standalone-server"
/* Updates of the screen in a second, at most; the server waits half of such a period before it
 * sends the first one. With its default of 60 each picture would be 8 ms later. */
#define FRAME_RATE "1000"

/* A port that is free now. The server cannot choose one by itself. 0 and `error`: none. */
static uint16_t free_port(const char *host, GError **error)
{
    g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string(host, 0);
    g_autoptr(GSocket) socket =
        address ? g_socket_new(g_socket_address_get_family(address), G_SOCKET_TYPE_STREAM,
                               G_SOCKET_PROTOCOL_TCP, error)
                : NULL;

    if (!address)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s: not an address", host);
    if (!socket || !g_socket_bind(socket, address, false, error))
        return 0;
    g_autoptr(GSocketAddress) bound = g_socket_get_local_address(socket, error);
    return bound ? g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound)) : 0;
}

struct vnc_server *vnc_server_start(const char *listen, unsigned width_px, unsigned height_px,
                                    GError **error)
{
    auto_destroy(vnc_server) self = g_new0(struct vnc_server, 1);
    const char *colon = g_strrstr(listen, ":");
    g_autofree char *host = g_strndup(listen, colon ? (size_t)(colon - listen) : 0);
    g_autofree char *installed = g_find_program_in_path(PROGRAM);

    if (!installed) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    PROGRAM " is not installed: install " PACKAGE);
        return NULL;
    }
    uint16_t port = free_port(host, error);
    if (port == 0)
        return NULL;
    g_autofree char *size = g_strdup_printf("%ux%u", width_px, height_px);
    g_autofree char *rfb_port = g_strdup_printf("%u", port);
    const char *argv[] = {PROGRAM,
                          "-displayfd",
                          X_SERVER_DISPLAY_FD,
                          "-geometry",
                          size,
                          "-depth",
                          "24",
                          "-interface",
                          host,
                          "-rfbport",
                          rfb_port,
                          "-localhost=0",
                          "-SecurityTypes",
                          "None",
                          "-FrameRate",
                          FRAME_RATE,
                          "-nolisten",
                          "tcp",
                          "-noreset",
                          NULL};
    self->server = x_server_launch(argv, PACKAGE, error);
    self->address = g_strdup_printf("%s:%u", host, port);
    return self->server ? g_steal_pointer(&self) : NULL;
}

void vnc_server_end(struct vnc_server *self)
{
    if (!self)
        return;
    x_server_end(self->server);
    g_free(self->address);
    g_free(self);
}
