#include "harness/vm/relay/tcp-address.h"

#include <arpa/inet.h>
#include <gio/gio.h>

gboolean tcp_address_parse(const char *text, struct sockaddr_in *ret_address, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", 2);
    guint64 port;

    *ret_address = (struct sockaddr_in){ .sin_family = AF_INET };
    if (g_strv_length(parts) == 2 &&
        inet_pton(AF_INET, parts[0], &ret_address->sin_addr) == 1 &&
        g_ascii_string_to_unsigned(parts[1], 10, 0, G_MAXUINT16, &port, NULL)) {
        ret_address->sin_port = htons((uint16_t)port);
        return TRUE;
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "the address %s: give a numeric one with a port, such as 127.0.0.1:5900", text);
    return FALSE;
}

char *tcp_address_format(const struct sockaddr_in *address)
{
    char host[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &address->sin_addr, host, sizeof host);
    return g_strdup_printf("%s:%u", host, ntohs(address->sin_port));
}
