/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * relay-client: receives what the relay passes on, and shows nothing.
 *
 * Reads the port's messages as they arrive and writes a row for each access unit
 * when its last byte has arrived: the times of a route without SPICE and without a
 * decoder. Each FORMAT begins a stream. One thread.
 */
#include "harness/instrument/control.h"
#include "harness/instrument/samples.h"
#include "harness/vm/relay/tcp-address.h"
#include "protocol/access-unit.h"
#include "protocol/port-protocol.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

/* The columns are those of the real client, so that one reader serves both. */
#define SAMPLES_HEADER "event,t_ns,channel,stream,unit,bytes,crc,source,number,width,height"

struct receiver {
    int fd;
    unsigned source; /* 0 once the relay is gone */
    struct port_parser parser;
    GByteArray *body; /* of the current DATA message; grows to the largest */
    int64_t stream;   /* ordinal, from 0; -1 before the first */
    uint64_t unit;    /* how many units of the current stream have been received */
    struct samples *samples;
    GMainLoop *loop;
    int status;
};

static void notify_total(const struct receiver *receiver)
{
    control_notice("received-total", "stream=%" PRId64 " units=%" PRIu64, receiver->stream,
                   receiver->unit);
}

static void disconnected(struct receiver *receiver)
{
    receiver->source = 0;
    samples_row(receiver->samples, "disconnected,%" PRId64 ",,,,,,,,,", samples_now_ns());
    samples_flush(receiver->samples);
    notify_total(receiver);
    control_notice("disconnected", "%s", "");
}

static void fail(struct receiver *receiver, const char *reason, const char *text)
{
    receiver->source = 0;
    receiver->status = EXIT_FAILURE;
    control_notice("error", "reason=%s", reason);
    fprintf(stderr, "relay-client: %s\n", text);
    g_main_loop_quit(receiver->loop);
}

static void received(struct receiver *receiver, uint32_t bytes)
{
    int64_t now_ns = samples_now_ns(); /* before the checksum */
    const uint8_t *body = receiver->body->data;
    size_t unit_bytes = access_unit_size(PORT_CODEC_H264, body, bytes);
    uLong crc = crc32(0, body, (uInt)unit_bytes);
    samples_row(receiver->samples, "received,%" PRId64 ",,%" PRId64 ",%" PRIu64 ",%u,%08lx,,,,",
                now_ns, receiver->stream, receiver->unit++, bytes, crc);
}

/* False when the stream violates the protocol and cannot be followed further. */
static bool handle(struct receiver *receiver, const struct port_event *event)
{
    switch (event->kind) {
    case PORT_EVENT_FORMAT:
        receiver->stream++;
        receiver->unit = 0;
        break;
    case PORT_EVENT_BODY_BEGIN:
        if (event->type != PORT_DATA)
            break; /* skipped */
        if (receiver->body->len < event->bytes)
            g_byte_array_set_size(receiver->body, event->bytes);
        port_parser_set_body(&receiver->parser, receiver->body->data);
        break;
    case PORT_EVENT_DATA_END:
        received(receiver, event->bytes);
        break;
    case PORT_EVENT_ERROR:
        fail(receiver, "protocol", event->error);
        return false;
    default:
        break;
    }
    return true;
}

static gboolean on_readable(int fd, G_GNUC_UNUSED GIOCondition condition, void *data)
{
    struct receiver *receiver = data;
    struct port_event event;
    uint8_t *where;
    size_t room;

    for (;;) {
        port_parser_want(&receiver->parser, &where, &room);
        ssize_t bytes = recv(fd, where, room, 0);
        if (bytes < 0 && (errno == EAGAIN || errno == EINTR))
            return G_SOURCE_CONTINUE;
        if (bytes <= 0) {
            disconnected(receiver);
            return G_SOURCE_REMOVE;
        }
        port_parser_got(&receiver->parser, (size_t)bytes, &event);
        if (!handle(receiver, &event))
            return G_SOURCE_REMOVE;
    }
}

static void on_command(int argc, char **argv, void *data)
{
    if (argc == 1 && g_str_equal(argv[0], "units"))
        notify_total(data);
    else
        fprintf(stderr, "relay-client: unknown command: %s: give units or quit\n", argv[0]);
}

static void on_quit(void *data)
{
    g_main_loop_quit(((struct receiver *)data)->loop);
}

static int connect_to(const char *text, GError **error)
{
    struct sockaddr_in address;
    int one = 1;

    if (!tcp_address_parse(text, &address, error))
        return -1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "cannot connect to %s: %s",
                    text, g_strerror(errno));
        close(fd);
        return -1;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    g_unix_set_fd_nonblocking(fd, true, NULL);
    return fd;
}

static int refuse(const char *reason, const char *text)
{
    control_notice("error", "reason=%s", reason);
    fprintf(stderr, "relay-client: %s\n", text);
    return EXIT_FAILURE;
}

static int receive(int fd, struct samples *samples)
{
    const uint8_t codecs[] = {PORT_CODEC_H264};
    struct receiver receiver = {
        .fd = fd,
        .body = g_byte_array_new(),
        .stream = -1,
        .samples = samples,
        .loop = g_main_loop_new(NULL, false),
    };

    /* The codecs that the relay has offered to the guest, or is about to offer. */
    port_parser_init(&receiver.parser, PORT_READER_HOST);
    port_parser_offered(&receiver.parser, codecs, G_N_ELEMENTS(codecs));

    control_start(on_command, on_quit, &receiver);
    samples_row(samples, "connected,%" PRId64 ",,,,,,,,,", samples_now_ns());
    control_notice("connected", "%s", "");
    receiver.source = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, &receiver);
    g_main_loop_run(receiver.loop);
    g_clear_handle_id(&receiver.source, g_source_remove);
    control_stop();
    g_main_loop_unref(receiver.loop);
    g_byte_array_unref(receiver.body);
    return receiver.status;
}

int main(int argc, char **argv)
{
    g_autofree char *address = NULL, *samples_path = NULL;
    const GOptionEntry entries[] = {
        {"connect", 0, 0, G_OPTION_ARG_STRING, &address, "the relay", "ADDRESS:PORT"},
        {"samples", 0, 0, G_OPTION_ARG_FILENAME, &samples_path, "where the rows go (new)", "FILE"},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) options = g_option_context_new("- receive from a relay");
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(options, entries, NULL);
    if (!g_option_context_parse(options, &argc, &argv, &error))
        return refuse("usage", error->message);
    if (!address || argc > 1)
        return refuse("usage", "give --connect ADDRESS:PORT, and nothing but options");

    int fd = connect_to(address, &error);
    if (fd < 0)
        return refuse("connect", error->message);
    struct samples *samples =
        samples_path ? samples_open(samples_path, SAMPLES_HEADER, &error) : NULL;
    int status = error ? refuse("samples", error->message) : receive(fd, samples);
    if (!samples_close(samples))
        status = refuse("samples", "the sample file is incomplete: is the disk full?");
    close(fd);
    return status;
}
