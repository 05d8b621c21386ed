/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "protocol/host/host-session.h"

#include <errno.h>
#include <glib.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

void host_session_init(struct host_session *session, int fd)
{
    *session = (struct host_session){.fd = fd};
    port_parser_init(&session->parser, PORT_READER_HOST);
}

void host_session_finish(struct host_session *session)
{
    g_clear_pointer(&session->body, g_free);
}

static int64_t now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

/* 0, -EAGAIN or -EINTR. */
static int wait_for(const struct host_session *session, short events, int wait_ms)
{
    struct pollfd file = {.fd = session->fd, .events = events};
    const struct timespec time = {wait_ms / 1000, wait_ms % 1000 * 1000000};
    int ready = ppoll(&file, 1, wait_ms < 0 ? NULL : &time, session->signals);

    return ready > 0 ? 0 : ready == 0 ? -EAGAIN : -errno;
}

static void note(struct host_session *session, struct port_event *event)
{
    if (event->kind == PORT_EVENT_BODY_BEGIN) {
        g_free(session->body);
        session->body = g_malloc(event->bytes);
        port_parser_set_body(&session->parser, session->body);
        event->kind = PORT_EVENT_NONE;
    } else if (event->kind == PORT_EVENT_FORMAT) {
        session->format = event->format;
    }
}

int host_session_take(struct host_session *session, size_t room_bytes, int wait_ms,
                      struct port_event *ret_event)
{
    uint8_t *where;
    size_t wanted;
    int result = wait_for(session, POLLIN, wait_ms);

    *ret_event = (struct port_event){.kind = PORT_EVENT_NONE};
    if (result < 0)
        return result;
    port_parser_want(&session->parser, &where, &wanted);
    ssize_t got = read(session->fd, where, MIN(wanted, room_bytes));
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return -errno;
    if (got <= 0) /* a pty's slave is closed: EIO; a socket's other end: ECONNRESET */
        return 0;
    port_parser_got(&session->parser, (size_t)got, ret_event);
    note(session, ret_event);
    return 1;
}

int host_session_next(struct host_session *session, int wait_ms, struct port_event *ret_event)
{
    const int64_t end_ms = now_ms() + wait_ms;
    int result;

    do {
        const int64_t left_ms = wait_ms < 0 ? -1 : MAX(end_ms - now_ms(), 0);
        result = host_session_take(session, SIZE_MAX, (int)left_ms, ret_event);
    } while (result > 0 && ret_event->kind == PORT_EVENT_NONE);
    return result;
}

bool host_session_at_boundary(const struct host_session *session)
{
    return port_parser_at_boundary(&session->parser);
}

/* An agent that is gone is an error, no signal. */
static ssize_t write_some(int fd, const uint8_t *bytes, size_t size)
{
    ssize_t put = send(fd, bytes, size, MSG_NOSIGNAL);

    return put < 0 && errno == ENOTSOCK ? write(fd, bytes, size) : put;
}

int host_session_write(struct host_session *session, const void *bytes, size_t size, int wait_ms)
{
    const int64_t end_ms = now_ms() + wait_ms;
    const uint8_t *at = bytes;

    while (size > 0) {
        ssize_t put = write_some(session->fd, at, size);
        if (put > 0) {
            at += put;
            size -= (size_t)put;
            continue;
        }
        if (put < 0 && errno != EAGAIN && errno != EINTR)
            return -errno;
        int result = wait_for(session, POLLOUT, (int)MAX(end_ms - now_ms(), 0));
        if (result < 0)
            return result;
    }
    return 0;
}

int host_session_announce(struct host_session *session, unsigned extensions, int wait_ms)
{
    uint8_t message[PORT_COMPOSED_EXTENSIONS_BYTES];
    int size = extensions ? port_compose_extensions(message, sizeof message, extensions)
                          : port_compose_capabilities(message, sizeof message, NULL, 0);

    port_parser_announced(&session->parser, extensions);
    return host_session_write(session, message, (size_t)size, wait_ms);
}

void host_session_offered(struct host_session *session, const uint8_t *codecs, unsigned count)
{
    port_parser_offered(&session->parser, codecs, count);
}

int host_session_start(struct host_session *session, const uint8_t *codecs, unsigned count,
                       int wait_ms)
{
    uint8_t message[PORT_HEADER_BYTES + 1 + PORT_CODECS_MAX];
    int size = port_compose_start_stop(message, sizeof message, codecs, count);

    if (size < 0)
        return size;
    host_session_offered(session, codecs, count);
    return host_session_write(session, message, (size_t)size, wait_ms);
}

int host_session_stop(struct host_session *session, int wait_ms)
{
    return host_session_start(session, NULL, 0, wait_ms);
}

int host_session_request_key_frame(struct host_session *session, int wait_ms)
{
    uint8_t message[PORT_HEADER_BYTES];
    int size = port_compose_header(message, sizeof message, PORT_KEY_FRAME_REQUEST, 0);

    return host_session_write(session, message, (size_t)size, wait_ms);
}

int host_session_notify_error(struct host_session *session, const char *text, int wait_ms)
{
    uint8_t message[PORT_HEADER_BYTES + PORT_NOTIFY_ERROR_MAX_BYTES];
    int size = port_compose_notify_error(message, sizeof message, text);

    return size < 0 ? size : host_session_write(session, message, (size_t)size, wait_ms);
}
