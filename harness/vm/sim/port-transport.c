#include "harness/vm/sim/port-transport.h"

#include <gio/gio.h>
#include <string.h>

PortTransport *port_transport_create(const char *spec, GError **error)
{
    if (g_str_has_prefix(spec, "pty:") && spec[strlen("pty:")])
        return port_pty_create(spec + strlen("pty:"), error);
    if (g_str_has_prefix(spec, "socket:") && spec[strlen("socket:")])
        return port_socket_create(spec + strlen("socket:"), error);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "no such port: %s: give pty:LINKPATH or socket:PATH", spec);
    return NULL;
}

void port_transport_destroy(PortTransport *transport)
{
    if (transport)
        transport->destroy(transport);
}
