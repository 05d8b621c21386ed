#include "harness/vm-sim/listener.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct Listener {
    GSocket *socket;
    char *address;
    char *path; /* NULL: TCP */
    guint source;
    ListenerAccept on_accept;
    void *data;
};

static GSocketAddress *parse_tcp(const char *address, GError **error)
{
    const char *colon = strrchr(address, ':');
    guint64 port;

    if (colon && g_ascii_string_to_unsigned(colon + 1, 10, 0, 65535, &port, NULL)) {
        g_autofree char *host = g_strndup(address, (gsize)(colon - address));
        GSocketAddress *parsed = g_inet_socket_address_new_from_string(host, (guint)port);
        if (parsed)
            return parsed;
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "cannot listen: %s: give ADDRESS:PORT, for example 127.0.0.1:0, or unix:PATH",
                address);
    return NULL;
}

static GSocketAddress *parse_unix(const char *path, GError **error)
{
    /* sun_path must hold the path and its end. */
    if (*path && strlen(path) < sizeof(((struct sockaddr_un *)0)->sun_path))
        return g_unix_socket_address_new(path);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "cannot listen: unix:%s: give a path of 1 to %zu bytes", path,
                sizeof(((struct sockaddr_un *)0)->sun_path) - 1);
    return NULL;
}

/* A socket's path outlives a process that was killed; then nobody answers there.
 * Nor does anybody at a file of another kind, which must not be removed. */
static gboolean remove_stale(GSocketAddress *address, const char *path)
{
    struct stat status;
    if (lstat(path, &status) || !S_ISSOCK(status.st_mode))
        return FALSE;

    g_autoptr(GSocket) probe =
        g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
    g_autoptr(GError) refused = NULL;

    return probe && !g_socket_connect(probe, address, NULL, &refused) &&
           g_error_matches(refused, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) &&
           unlink(path) == 0;
}

static gboolean bind_and_listen(Listener *listener, GSocketAddress *address, GError **error)
{
    g_autoptr(GError) failed = NULL;

    if (!g_socket_bind(listener->socket, address, TRUE, &failed) && listener->path &&
        g_error_matches(failed, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE) &&
        remove_stale(address, listener->path)) {
        g_clear_error(&failed);
        g_socket_bind(listener->socket, address, TRUE, &failed);
    }
    if (!failed && g_socket_listen(listener->socket, &failed))
        return TRUE;
    g_clear_pointer(&listener->path, g_free); /* not ours to remove */
    g_propagate_error(error, g_steal_pointer(&failed));
    return FALSE;
}

static char *tcp_address(GSocket *socket)
{
    g_autoptr(GSocketAddress) local = g_socket_get_local_address(socket, NULL);
    GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS(local);
    g_autofree char *host =
        g_inet_address_to_string(g_inet_socket_address_get_address(inet));

    return g_strdup_printf("%s:%u", host, g_inet_socket_address_get_port(inet));
}

Listener *listener_open(const char *address, GError **error)
{
    gboolean is_unix = g_str_has_prefix(address, "unix:");
    const char *path = is_unix ? address + strlen("unix:") : NULL;
    g_autoptr(GSocketAddress) parsed = is_unix ? parse_unix(path, error)
                                               : parse_tcp(address, error);
    if (!parsed)
        return NULL;

    Listener *listener = g_new0(Listener, 1);
    listener->path = g_strdup(path);
    listener->socket =
        g_socket_new(g_socket_address_get_family(parsed), G_SOCKET_TYPE_STREAM,
                     G_SOCKET_PROTOCOL_DEFAULT, error);
    if (!listener->socket || !bind_and_listen(listener, parsed, error)) {
        g_prefix_error(error, "cannot listen: %s: ", address);
        listener_close(listener);
        return NULL;
    }
    listener->address = is_unix ? g_strdup(address) : tcp_address(listener->socket);
    return listener;
}

const char *listener_address(const Listener *listener)
{
    return listener->address;
}

static gboolean on_connection(gint fd, G_GNUC_UNUSED GIOCondition condition, gpointer data)
{
    Listener *listener = data;
    int connection = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (connection >= 0)
        listener->on_accept(connection, listener->data);
    return G_SOURCE_CONTINUE;
}

void listener_start(Listener *listener, ListenerAccept on_accept, void *data)
{
    listener_stop(listener);
    listener->on_accept = on_accept;
    listener->data = data;
    listener->source =
        g_unix_fd_add(g_socket_get_fd(listener->socket), G_IO_IN, on_connection, listener);
}

void listener_stop(Listener *listener)
{
    g_clear_handle_id(&listener->source, g_source_remove);
}

void listener_close(Listener *listener)
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
