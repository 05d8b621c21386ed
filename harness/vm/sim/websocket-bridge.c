/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * websocket-bridge: connects a client with the server as a browser's client does.
 *
 *     client ─ unix socket ─► websocket-bridge ─ WebSocket ─► server
 *
 * Each connection becomes one WebSocket, as spice-html5 opens one for each channel;
 * spice-gtk itself has no WebSockets. Commands and notices: see control.h, and "ready
 * listen=unix:PATH". One thread, which a client that does not read blocks.
 */
#include "harness/instrument/control.h"
#include "harness/vm/sim/listener.h"

#include <gio/gio.h>
#include <libsoup/soup.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CHUNK_BYTES (64 * 1024)

struct tunnel {
    GIOStream *client;
    SoupWebsocketConnection *server; /* NULL: not yet */
    uint8_t chunk[CHUNK_BYTES];      /* from the client */
};

static struct {
    char *listen, *to;
    SoupSession *session;
    GMainLoop *loop;
} bridge;

static void read_on(struct tunnel *tunnel);

static void tunnel_destroy(struct tunnel *tunnel)
{
    g_clear_object(&tunnel->server);
    g_object_unref(tunnel->client);
    g_free(tunnel);
}

/* Ends the pending read, and with it the tunnel. */
static void hang_up(struct tunnel *tunnel)
{
    GSocket *socket = g_socket_connection_get_socket(G_SOCKET_CONNECTION(tunnel->client));
    g_socket_shutdown(socket, true, true, NULL);
}

static void on_read(GObject *input, GAsyncResult *result, void *data)
{
    struct tunnel *tunnel = data;
    ssize_t got = g_input_stream_read_finish(G_INPUT_STREAM(input), result, NULL);

    if (got <= 0 ||
        soup_websocket_connection_get_state(tunnel->server) != SOUP_WEBSOCKET_STATE_OPEN) {
        g_signal_handlers_disconnect_by_data(tunnel->server, tunnel);
        if (soup_websocket_connection_get_state(tunnel->server) == SOUP_WEBSOCKET_STATE_OPEN)
            soup_websocket_connection_close(tunnel->server, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
        tunnel_destroy(tunnel);
        return;
    }
    soup_websocket_connection_send_binary(tunnel->server, tunnel->chunk, (size_t)got);
    read_on(tunnel);
}

static void read_on(struct tunnel *tunnel)
{
    g_input_stream_read_async(g_io_stream_get_input_stream(tunnel->client), tunnel->chunk,
                              sizeof tunnel->chunk, G_PRIORITY_DEFAULT, NULL, on_read, tunnel);
}

static void on_message(SoupWebsocketConnection *server, int type, GBytes *message, void *data)
{
    struct tunnel *tunnel = data;
    size_t size;
    const void *bytes = g_bytes_get_data(message, &size);

    if (!g_output_stream_write_all(g_io_stream_get_output_stream(tunnel->client), bytes, size, NULL,
                                   NULL, NULL))
        hang_up(tunnel);
}

static void on_closed(SoupWebsocketConnection *server, void *data)
{
    hang_up(data);
}

static void on_open(GObject *session, GAsyncResult *result, void *data)
{
    struct tunnel *tunnel = data;
    g_autoptr(GError) error = NULL;

    tunnel->server = soup_session_websocket_connect_finish(SOUP_SESSION(session), result, &error);
    if (!tunnel->server) {
        fprintf(stderr, "websocket-bridge: %s: no WebSocket: %s\n", bridge.to, error->message);
        tunnel_destroy(tunnel);
        return;
    }
    /* A picture is larger than the default allows. */
    soup_websocket_connection_set_max_incoming_payload_size(tunnel->server, 0);
    g_signal_connect(tunnel->server, "message", G_CALLBACK(on_message), tunnel);
    g_signal_connect(tunnel->server, "closed", G_CALLBACK(on_closed), tunnel);
    read_on(tunnel);
}

static void on_accept(int fd, void *data)
{
    g_autoptr(GSocket) socket = g_socket_new_from_fd(fd, NULL);
    g_autofree char *uri = g_strdup_printf("ws://%s/", bridge.to);
    g_autoptr(SoupMessage) message = soup_message_new("GET", uri);
    char *protocols[] = {"binary", NULL};
    struct tunnel *tunnel = g_new0(struct tunnel, 1);

    tunnel->client = G_IO_STREAM(g_socket_connection_factory_create_connection(socket));
    soup_session_websocket_connect_async(bridge.session, message, NULL, protocols,
                                         G_PRIORITY_DEFAULT, NULL, on_open, tunnel);
}

static void on_command(int argc, char **argv, void *data)
{
    fprintf(stderr, "websocket-bridge: unknown command: %s: give quit\n", argv[0]);
}

static void on_quit(void *data)
{
    g_main_loop_quit(bridge.loop);
}

int main(int argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"listen", 0, 0, G_OPTION_ARG_STRING, &bridge.listen, "Where the client connects",
         "ADDRESS:PORT|unix:PATH"},
        {"to", 0, 0, G_OPTION_ARG_STRING, &bridge.to, "SPICE server", "ADDRESS:PORT"},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- SPICE over WebSockets");
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(context, entries, NULL);
    struct listener *listener = NULL;
    bridge.loop = g_main_loop_new(NULL, false);
    control_start(on_command, on_quit,
                  NULL); /* before anything is created that a signal would leave */
    if (g_option_context_parse(context, &argc, &argv, &error) &&
        !(argc == 1 && bridge.listen && bridge.to))
        g_set_error(&error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "--listen and --to are needed, and nothing else: see --help");
    if (error || !(listener = listener_open(bridge.listen, &error))) {
        fprintf(stderr, "websocket-bridge: %s\n", error->message);
        control_notice("error", "reason=usage");
        return EXIT_FAILURE;
    }

    bridge.session = soup_session_new_with_options("max-conns", 64, "max-conns-per-host", 64,
                                                   "proxy-resolver", NULL, NULL); /* no proxy */
    listener_start(listener, on_accept, NULL);
    control_notice("ready", "listen=%s", listener_address(listener));
    g_main_loop_run(bridge.loop);
    control_stop();
    listener_close(listener);
    soup_session_abort(bridge.session);
    g_object_unref(bridge.session);
    g_main_loop_unref(bridge.loop);
    g_free(bridge.listen);
    g_free(bridge.to);
    return EXIT_SUCCESS;
}
