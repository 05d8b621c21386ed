/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/relay/tcp-address.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <stdint.h>

bool tcp_address_parse(const char *text, struct sockaddr_in *ret_address, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", 2);
    uint64_t port;

    *ret_address = (struct sockaddr_in){.sin_family = AF_INET};
    if (g_strv_length(parts) == 2 && inet_pton(AF_INET, parts[0], &ret_address->sin_addr) == 1 &&
        g_ascii_string_to_unsigned(parts[1], 10, 0, UINT16_MAX, &port, NULL)) {
        ret_address->sin_port = htons((uint16_t)port);
        return true;
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "the address %s: give a numeric one with a port, such as 127.0.0.1:5900", text);
    return false;
}

char *tcp_address_format(const struct sockaddr_in *address)
{
    char host[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &address->sin_addr, host, sizeof host);
    return g_strdup_printf("%s:%u", host, ntohs(address->sin_port));
}
