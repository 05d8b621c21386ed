#include "agent/tests/fake-host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

void fake_host_init(struct fake_host *host, int fd)
{
    *host = (struct fake_host){ .fd = fd };
    port_parser_init(&host->parser, PORT_READER_HOST);
}

void fake_host_finish(struct fake_host *host)
{
    close(host->fd);
    free(host->body);
    host->body = NULL;
    host->fd = -1;
}

void fake_host_write(struct fake_host *host, const uint8_t *bytes, size_t size)
{
    assert_int_equal(write(host->fd, bytes, size), size);
}

void fake_host_capabilities(struct fake_host *host)
{
    uint8_t message[32];
    const uint8_t bits[2] = { 0 };

    fake_host_write(host, message,
                    (size_t)port_compose_capabilities(message, sizeof message, bits, sizeof bits));
}

void fake_host_announce(struct fake_host *host, unsigned extensions)
{
    uint8_t message[PORT_COMPOSED_EXTENSIONS_BYTES];

    port_parser_announced(&host->parser, extensions);
    fake_host_write(host, message,
                    (size_t)port_compose_extensions(message, sizeof message, extensions));
}

void fake_host_request_key_frame(struct fake_host *host)
{
    uint8_t message[PORT_HEADER_BYTES];

    fake_host_write(host, message, (size_t)port_compose_header(message, sizeof message,
                                                               PORT_KEY_FRAME_REQUEST, 0));
}

void fake_host_start(struct fake_host *host)
{
    uint8_t message[32];
    const uint8_t codecs[] = { PORT_CODEC_H264, PORT_CODEC_MJPEG };

    port_parser_offered(&host->parser, codecs, sizeof codecs);
    fake_host_write(host, message, (size_t)port_compose_start_stop(message, sizeof message, codecs,
                                                                   sizeof codecs));
}

void fake_host_stop(struct fake_host *host)
{
    uint8_t message[32];

    fake_host_write(host, message,
                    (size_t)port_compose_start_stop(message, sizeof message, NULL, 0));
}

void fake_host_notify_error(struct fake_host *host, const char *text)
{
    uint8_t message[PORT_HEADER_BYTES + PORT_NOTIFY_ERROR_MAX_BYTES];

    fake_host_write(host, message,
                    (size_t)port_compose_notify_error(message, sizeof message, text));
}

/* Bytes read, 0 when the port was closed. */
static size_t wait_and_read(struct fake_host *host, uint8_t *to, size_t room)
{
    struct pollfd readable = { .fd = host->fd, .events = POLLIN };

    if (poll(&readable, 1, FAKE_HOST_DEADLINE_MS) != 1)
        fail_msg("the agent has sent nothing");
    ssize_t got = read(host->fd, to, room);
    if (got < 0 && (errno == EIO || errno == ECONNRESET)) /* a pty's, a socket's way to say it */
        got = 0;
    assert_true(got >= 0);
    return (size_t)got;
}

/* Reads at most `room` bytes; false when the port was closed. */
static bool step(struct fake_host *host, size_t room, struct port_event *ret_event)
{
    uint8_t *where;
    size_t wanted;

    port_parser_want(&host->parser, &where, &wanted);
    size_t got = wait_and_read(host, where, wanted < room ? wanted : room);
    *ret_event = (struct port_event){ .kind = PORT_EVENT_NONE };
    if (got == 0) {
        ret_event->bytes = port_parser_filled(&host->parser);
        return false;
    }
    port_parser_got(&host->parser, got, ret_event);
    if (ret_event->kind == PORT_EVENT_BODY_BEGIN) {
        free(host->body);
        host->body = malloc(ret_event->bytes);
        assert_non_null(host->body);
        port_parser_set_body(&host->parser, host->body);
        ret_event->kind = PORT_EVENT_NONE;
    } else if (ret_event->kind == PORT_EVENT_FORMAT) {
        host->format = ret_event->format;
    }
    return true;
}

void fake_host_read(struct fake_host *host, struct port_event *ret_event)
{
    while (step(host, SIZE_MAX, ret_event) && ret_event->kind == PORT_EVENT_NONE)
        ;
    if (ret_event->kind == PORT_EVENT_ERROR)
        fail_msg("the agent broke the protocol: %s", ret_event->error);
}

void fake_host_expect(struct fake_host *host, enum port_event_kind kind,
                      struct port_event *ret_event)
{
    fake_host_read(host, ret_event);
    assert_int_equal(ret_event->kind, kind);
}

void fake_host_read_some(struct fake_host *host, size_t bytes)
{
    struct port_event event;

    for (size_t before = 0; before < bytes; before = port_parser_filled(&host->parser)) {
        assert_true(step(host, bytes - before, &event));
        assert_int_equal(event.kind, PORT_EVENT_NONE);
    }
}
