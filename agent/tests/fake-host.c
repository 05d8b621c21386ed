/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/tests/fake-host.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

void fake_host_init(struct fake_host *host, int fd)
{
    host_session_init(&host->session, fd);
}

void fake_host_finish(struct fake_host *host)
{
    if (host->session.fd >= 0)
        close(host->session.fd);
    host->session.fd = -1;
    host_session_finish(&host->session);
}

void fake_host_write(struct fake_host *host, const uint8_t *bytes, size_t size)
{
    assert_int_equal(host_session_write(&host->session, bytes, size, FAKE_HOST_DEADLINE_MS), 0);
}

void fake_host_capabilities(struct fake_host *host)
{
    uint8_t message[32];
    const uint8_t bits[2] = {0};

    fake_host_write(host, message,
                    (size_t)port_compose_capabilities(message, sizeof message, bits, sizeof bits));
}

void fake_host_announce(struct fake_host *host, unsigned extensions)
{
    assert_int_equal(host_session_announce(&host->session, extensions, FAKE_HOST_DEADLINE_MS), 0);
}

void fake_host_request_key_frame(struct fake_host *host)
{
    assert_int_equal(host_session_request_key_frame(&host->session, FAKE_HOST_DEADLINE_MS), 0);
}

void fake_host_start(struct fake_host *host)
{
    const uint8_t codecs[] = {PORT_CODEC_H264, PORT_CODEC_MJPEG};

    assert_int_equal(
        host_session_start(&host->session, codecs, sizeof codecs, FAKE_HOST_DEADLINE_MS), 0);
}

void fake_host_stop(struct fake_host *host)
{
    assert_int_equal(host_session_stop(&host->session, FAKE_HOST_DEADLINE_MS), 0);
}

void fake_host_notify_error(struct fake_host *host, const char *text)
{
    assert_int_equal(host_session_notify_error(&host->session, text, FAKE_HOST_DEADLINE_MS), 0);
}

static void check_arrived(struct fake_host *host, int result, struct port_event *event)
{
    if (result < 0)
        fail_msg("the agent has sent nothing");
    if (result == 0)
        event->bytes = port_parser_filled(&host->session.parser);
}

void fake_host_read(struct fake_host *host, struct port_event *ret_event)
{
    check_arrived(host, host_session_next(&host->session, FAKE_HOST_DEADLINE_MS, ret_event),
                  ret_event);
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
    struct host_session *session = &host->session;
    struct port_event event;

    for (size_t before = 0; before < bytes; before = port_parser_filled(&session->parser)) {
        assert_int_equal(host_session_take(session, bytes - before, FAKE_HOST_DEADLINE_MS, &event),
                         1);
        assert_int_equal(event.kind, PORT_EVENT_NONE);
    }
}
