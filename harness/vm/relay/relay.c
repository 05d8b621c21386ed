/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * relay: the "floor", the lower bound against which the GPU module is measured.
 *
 * Reads the guest's port and writes what it read to a TCP client, byte for
 * byte: poll, read, write, one thread, one buffer. Of the protocol it uses only
 * what is needed to start and stop an agent, and to log when a frame passes.
 *
 * Since it does not wait for the end of a message, a client gets the port's bytes
 * from the beginning or not at all: a client that connects while an earlier
 * client's session is still open gets none until the guest opens the port again. A
 * session that the guest ends in the middle of a message is not distinguished from
 * the next one.
 */
#include "auto-destroy.h"
#include "harness/instrument/control.h"
#include "harness/vm/relay/frame-times.h"
#include "harness/vm/relay/tcp-address.h"
#include "protocol/host/host-port.h"
#include "protocol/host/host-session.h"

#include <errno.h>
#include <gio/gio.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

/* More than one read of a pty returns (4 KiB), and a whole 720p frame from a socket. */
#define BUFFER_BYTES (256 * 1024)

/* What becomes of the port's bytes. */
enum session {
    SESSION_CLOSED,  /* the guest has not opened the port */
    SESSION_WAITING, /* it has; nothing is read until a client connects */
    SESSION_RELAYED, /* they are passed on to the client */
    SESSION_DROPPED, /* the client left: they are dropped until the guest closes the port */
};

enum { POLL_INPUT, POLL_SIGNALS, POLL_EVENT, POLL_PORT, POLL_LISTENER, POLL_CLIENT, POLLED };

struct relay {
    struct host_port *port;
    enum session session;
    struct host_session messages; /* to the guest; those from it are relayed unread */
    int signals;
    int listener;
    int client;                /* -1 while there is none */
    struct frame_times *times; /* NULL: not wanted */
    size_t filled, written;    /* of the buffer */
    uint8_t buffer[BUFFER_BYTES];
};

/* A port that cannot take a few bytes has a guest that does not read, and that would
 * not have read the message later either. */
static void check_written(int result)
{
    if (result < 0)
        fprintf(stderr, "relay: the guest did not take a message: %s\n", g_strerror(-result));
}

static void start_guest(struct relay *relay)
{
    const uint8_t codecs[] = {PORT_CODEC_H264};

    relay->session = SESSION_RELAYED;
    check_written(host_session_announce(&relay->messages, 0, 0));
    check_written(host_session_start(&relay->messages, codecs, G_N_ELEMENTS(codecs), 0));
}

static void stop_guest(struct relay *relay)
{
    relay->session = SESSION_DROPPED;
    check_written(host_session_stop(&relay->messages, 0));
}

static void port_opened(struct relay *relay)
{
    control_notice("port", "state=opened");
    frame_times_opened(relay->times);
    relay->session = SESSION_WAITING;
    host_session_init(&relay->messages, host_port_fd(relay->port));
    if (relay->client >= 0)
        start_guest(relay);
}

static void port_closed(struct relay *relay)
{
    relay->session = SESSION_CLOSED;
    control_notice("port", "state=closed");
    if (host_port_close(relay->port))
        port_opened(relay);
}

static void check_event(struct relay *relay)
{
    if (!host_port_was_opened(relay->port))
        return;
    if (relay->session != SESSION_CLOSED)
        control_notice("port", "state=closed");
    port_opened(relay);
}

static void client_connected(struct relay *relay)
{
    int one = 1;

    relay->client = accept4(relay->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (relay->client < 0) /* it closed the connection before this call */
        return;
    setsockopt(relay->client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    control_notice("client", "state=connected");
    if (relay->session == SESSION_WAITING)
        start_guest(relay);
}

static void client_disconnected(struct relay *relay)
{
    close(relay->client);
    relay->client = -1;
    relay->filled = relay->written = 0;
    control_notice("client", "state=disconnected");
    if (relay->session == SESSION_RELAYED)
        stop_guest(relay);
}

static void write_client(struct relay *relay)
{
    ssize_t bytes = send(relay->client, relay->buffer + relay->written,
                         relay->filled - relay->written, MSG_NOSIGNAL);
    if (bytes < 0) {
        if (errno != EAGAIN && errno != EINTR)
            client_disconnected(relay);
        return;
    }
    relay->written += (size_t)bytes;
    frame_times_written(relay->times, relay->written);
    if (relay->written == relay->filled)
        relay->filled = relay->written = 0;
}

static void read_port(struct relay *relay)
{
    ssize_t bytes = read(host_port_fd(relay->port), relay->buffer, sizeof relay->buffer);
    if (bytes < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (bytes <= 0) {
        port_closed(relay);
    } else if (relay->session == SESSION_RELAYED) {
        relay->filled = (size_t)bytes;
        frame_times_read(relay->times, relay->buffer, relay->filled);
        write_client(relay);
    }
}

/* The client sends nothing: only the end of its connection matters. */
static void read_client(struct relay *relay)
{
    char nothing[64];
    ssize_t bytes = recv(relay->client, nothing, sizeof nothing, 0);
    if (bytes == 0 || (bytes < 0 && errno != EAGAIN && errno != EINTR))
        client_disconnected(relay);
}

/* Whether the harness sends quit, the only command; the end of input means the same. */
static bool input_is_quit(void)
{
    char line[256];
    ssize_t bytes = read(STDIN_FILENO, line, sizeof line - 1);
    if (bytes <= 0)
        return true;
    line[bytes] = '\0';
    if (g_str_has_prefix(line, "quit"))
        return true;
    fprintf(stderr, "relay: unknown command: %s: give quit\n", g_strstrip(line));
    return false;
}

static void run(struct relay *relay)
{
    for (;;) {
        bool pending = relay->filled > 0;
        /* The port is not read while bytes wait to be written to the client, nor
         * before a client connects; a hang-up must be noticed in the latter case. */
        struct pollfd fds[POLLED] = {
            [POLL_INPUT] = {STDIN_FILENO, POLLIN, 0},
            [POLL_SIGNALS] = {relay->signals, POLLIN, 0},
            [POLL_EVENT] = {host_port_event_fd(relay->port), POLLIN, 0},
            [POLL_PORT] = {pending ? -1 : host_port_fd(relay->port),
                           relay->session == SESSION_WAITING ? 0 : POLLIN, 0},
            [POLL_LISTENER] = {relay->client < 0 ? relay->listener : -1, POLLIN, 0},
            [POLL_CLIENT] = {relay->client, pending ? POLLIN | POLLOUT : POLLIN, 0},
        };
        if (poll(fds, POLLED, -1) < 0)
            continue; /* EINTR */
        if (fds[POLL_SIGNALS].revents || (fds[POLL_INPUT].revents && input_is_quit()))
            return;
        if (fds[POLL_PORT].revents)
            read_port(relay);
        if (fds[POLL_EVENT].revents)
            check_event(relay);
        if (fds[POLL_CLIENT].revents & POLLOUT && relay->client >= 0 && relay->filled > 0)
            write_client(relay);
        if (fds[POLL_CLIENT].revents & ~POLLOUT && relay->client >= 0)
            read_client(relay);
        if (fds[POLL_LISTENER].revents)
            client_connected(relay);
    }
}

static bool listen_on(struct relay *relay, const char *text, char **ret_address, GError **error)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    int one = 1;

    if (!tcp_address_parse(text, &address, error))
        return false;
    relay->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(relay->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(relay->listener, (struct sockaddr *)&address, sizeof address) < 0 ||
        listen(relay->listener, 1) < 0 ||
        getsockname(relay->listener, (struct sockaddr *)&address, &size) < 0) {
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "cannot listen on %s: %s",
                    text, g_strerror(errno));
        return false;
    }
    *ret_address = tcp_address_format(&address);
    return true;
}

static int fail(const char *reason, const GError *error)
{
    control_notice("error", "reason=%s", reason);
    fprintf(stderr, "relay: %s\n", error->message);
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    static struct relay relay = {.client = -1};
    g_autofree char *port = NULL, *listen_address = NULL, *address = NULL;
    g_autofree char *samples = NULL;
    const GOptionEntry entries[] = {
        {"port", 0, 0, G_OPTION_ARG_STRING, &port, "the guest's port", "pty:LINK|socket:PATH"},
        {"listen", 0, 0, G_OPTION_ARG_STRING, &listen_address,
         "where the client connects (port 0: any; default 127.0.0.1:0)", "ADDRESS:PORT"},
        {"samples", 0, 0, G_OPTION_ARG_FILENAME, &samples, "when each frame was read and written",
         "FILE"},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) options = g_option_context_new("- relay the port's bytes to TCP");
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(options, entries, NULL);
    if (!g_option_context_parse(options, &argc, &argv, &error))
        return fail("usage", error);
    if (!port || argc > 1) {
        g_set_error(&error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "give --port pty:LINK or --port socket:PATH, and nothing but options");
        return fail("usage", error);
    }

    signal(SIGPIPE, SIG_IGN); /* the guest may leave during a write */
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    relay.signals = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);

    if (!listen_on(&relay, listen_address ? listen_address : "127.0.0.1:0", &address, &error))
        return fail("listen", error);
    auto_destroy(host_port) guest = host_port_create(port, &error);
    if (!guest) {
        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT))
            g_prefix_error(&error, "--port %s: ", port);
        return fail("port", error);
    }
    relay.port = guest;
    if (samples && !(relay.times = frame_times_create(samples, &error)))
        return fail("samples", error);
    control_notice("ready", "listen=%s port=%s", address, strchr(port, ':') + 1);
    run(&relay);
    if (!frame_times_destroy(relay.times)) {
        fprintf(stderr, "relay: %s: not all rows could be written\n", samples);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
