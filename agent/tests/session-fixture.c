/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/tests/session-fixture.h"

#include "agent/linux/port-fd.h"
#include "agent/os/clock.h"
#include "agent/os/linux.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

struct fixture *fixture;

/* --- port ------------------------------------------------------------------ */

static int port_open(struct port *port)
{
    (void)port;
    if (fixture->open_error)
        return fixture->open_error;
    if (fixture->fds[0] < 0) {
        fixture->fds[0] = fixture->spare[0];
        fixture->spare[0] = -1;
    }
    fixture->port_is_open = true;
    return 0;
}

static ssize_t port_read(struct port *port, uint8_t *to, size_t room)
{
    (void)port;
    if (fixture->read_limit && room > fixture->read_limit)
        room = fixture->read_limit;
    for (unsigned i = 0; i < 2; i++) {
        size_t cut = fixture->cuts[i];
        if (cut > fixture->read_bytes && room > cut - fixture->read_bytes)
            room = cut - fixture->read_bytes;
    }
    ssize_t got = port_fd_read(fixture->fds[0], to, room);
    if (got > 0)
        fixture->read_bytes += (size_t)got;
    return got;
}

static ssize_t port_write(struct port *port, const struct port_part *parts, unsigned count)
{
    struct port_part limited[PORT_PARTS_MAX];
    size_t left = fixture->write_limit ? fixture->write_limit : SIZE_MAX;
    unsigned used = 0;

    (void)port;
    for (; used < count && left > 0; used++) {
        limited[used] = parts[used];
        if (limited[used].size > left)
            limited[used].size = left;
        left -= limited[used].size;
    }
    return port_fd_write(fixture->fds[0], limited, used);
}

static unsigned port_wait(struct port *port, unsigned wants, struct os_wake *wake)
{
    (void)port;
    return port_fd_wait(fixture->fds[0], wants, wake);
}

static void port_close(struct port *port)
{
    (void)port;
    close(fixture->fds[0]);
    fixture->fds[0] = -1;
    fixture->port_is_open = false;
}

static const struct port_class port_class = {
    .open = port_open,
    .read = port_read,
    .write = port_write,
    .wait = port_wait,
    .close = port_close,
};

/* --- capture --------------------------------------------------------------- */

static int capture_open(struct capture *capture, uint8_t codec)
{
    (void)capture;
    assert_int_equal(codec, PORT_CODEC_H264);
    if (fixture->capture_open_error)
        return fixture->capture_open_error;
    assert_false(fixture->capture_open);
    fixture->capture_open = true;
    fixture->frame_number = 0;
    return 0;
}

static void capture_describe(struct capture *capture, struct capture_description *ret_description)
{
    (void)capture;
    *ret_description =
        (struct capture_description){fixture->width_px, 480, PORT_CODEC_H264, fixture->fps, 1};
}

static void release(const struct frame *frame, void *owner)
{
    struct fixture *self = owner;

    assert_ptr_equal(frame->bytes, self->pixels);
    self->released++;
}

static int capture_frame(struct capture *capture, int64_t planned_ns, struct frame *ret_frame)
{
    (void)capture;
    if (fixture->still)
        return -EAGAIN;
    if (fixture->frame_error && fixture->frame_number == 2)
        return fixture->frame_error;
    *ret_frame = (struct frame){
        .bytes = fixture->pixels,
        .size = fixture->frame_bytes,
        .key = fixture->frame_number == 0,
        .planned_ns = planned_ns,
        .unit = fixture->frame_number++,
        .release = release,
        .owner = fixture,
    };
    fixture->captured++;
    return 0;
}

static void capture_request_key_frame(struct capture *capture)
{
    (void)capture;
    fixture->frame_number = 0;
}

static void capture_close(struct capture *capture)
{
    (void)capture;
    assert_true(fixture->capture_open);
    fixture->capture_open = false;
}

static enum capture_display_event capture_wait_display_event(struct capture *capture)
{
    int change;

    (void)capture;
    return queue_pop(&fixture->changes, &change, QUEUE_FOREVER) == QUEUE_GOT
               ? CAPTURE_RESOLUTION_CHANGED
               : CAPTURE_EVENTS_ENDED;
}

static void capture_end_display_events(struct capture *capture)
{
    (void)capture;
    queue_close(&fixture->changes);
}

static const struct capture_class capture_class = {
    .open = capture_open,
    .describe = capture_describe,
    .frame = capture_frame,
    .request_key_frame = capture_request_key_frame,
    .close = capture_close,
    .wait_display_event = capture_wait_display_event,
    .end_display_events = capture_end_display_events,
};

/* Frames as fast as the port takes them, and the pointer in between. */
static int live_wait(struct capture *capture, unsigned wanted, int64_t deadline_ns,
                     struct os_wake *wake)
{
    struct pollfd sets[] = {
        {.fd = os_wake_fd(wake), .events = POLLIN},
        {.fd = os_wake_fd(fixture->cursors_wake), .events = POLLIN},
    };
    bool cursor_wanted = wanted & CAPTURE_CURSOR_DUE;
    bool frame_due = wanted & CAPTURE_FRAME_DUE && !fixture->still;
    int64_t left_ms = frame_due ? 0 : (deadline_ns - os_now_ns()) / 1000000 + 1;

    (void)capture;
    poll(sets, cursor_wanted ? 2 : 1, left_ms > 0 ? (int)left_ms : 0);
    return (int)((frame_due ? CAPTURE_FRAME_DUE : 0u) |
                 (cursor_wanted && sets[1].revents ? CAPTURE_CURSOR_DUE : 0u));
}

static int live_cursor(struct capture *capture, struct cursor *ret_cursor)
{
    (void)capture;
    os_wake_clear(fixture->cursors_wake); /* before the look, or a change is missed */
    if (queue_pop(&fixture->cursors, ret_cursor, QUEUE_AT_ONCE) != QUEUE_GOT)
        return -EAGAIN;
    os_wake_set(fixture->cursors_wake); /* perhaps there is another one */
    return 0;
}

void fixture_live(void)
{
    static struct capture_class live_class;

    live_class = capture_class;
    live_class.wait = live_wait;
    live_class.cursor = live_cursor;
    fixture->capture.class = &live_class;
}

/* --- observer -------------------------------------------------------------- */

static void on_report(void *data, const struct agent_action *report)
{
    (void)data;
    queue_push(&fixture->reports, &report->report);
}

static void on_begun(void *data, const struct frame *frame, int64_t begin_ns)
{
    (void)data;
    assert_true(begin_ns >= frame->planned_ns);
    fixture->begun++;
}

static void on_sent(void *data, const struct frame *frame, int64_t end_ns)
{
    (void)data;
    (void)frame;
    (void)end_ns;
    fixture->sent++;
}

static void on_skipped(void *data, int64_t planned_ns)
{
    (void)data;
    if (fixture->skipped++ < 2) /* the test looks at two; nobody takes more out */
        queue_push(&fixture->skips, &planned_ns);
}

static void on_empty(void *data, int64_t planned_ns)
{
    (void)data;
    if (fixture->empty++ < 2)
        queue_push(&fixture->empties, &planned_ns);
}

static const struct observer observer = {
    .report = on_report,
    .frame_begun = on_begun,
    .frame_sent = on_sent,
    .slot_skipped = on_skipped,
    .slot_empty = on_empty,
};

void fixture_expect_report(enum agent_report expected)
{
    enum agent_report got;
    int64_t deadline_ns = os_now_ns() + FAKE_HOST_DEADLINE_MS * INT64_C(1000000);

    assert_int_equal(queue_pop(&fixture->reports, &got, deadline_ns), QUEUE_GOT);
    assert_int_equal(got, expected);
}

/* --- set-up ---------------------------------------------------------------- */

int fixture_set_up(void **state)
{
    int error;

    (void)state;
    fixture = calloc(1, sizeof *fixture);
    fixture->port.class = &port_class;
    fixture->capture = (struct capture){
        .class = &capture_class, .codecs = 1u << PORT_CODEC_H264, .steps = {.count = 1}};
    fixture->extensions = PORT_EXTENSIONS_ALL;
    fixture->width_px = 640;
    fixture->fps = 200;
    fixture->frame_bytes = 1000;
    fixture->pixels = malloc(LARGE_BYTES);
    for (size_t i = 0; i < LARGE_BYTES; i++)
        fixture->pixels[i] = (uint8_t)(i * 7 + i / 251);
    queue_init(&fixture->changes, sizeof(int), NULL);
    fixture->cursors_wake = os_wake_create(&error);
    queue_init(&fixture->cursors, sizeof(struct cursor), fixture->cursors_wake);
    queue_init(&fixture->reports, sizeof(enum agent_report), NULL);
    queue_init(&fixture->skips, sizeof(int64_t), NULL);
    queue_init(&fixture->empties, sizeof(int64_t), NULL);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fixture->fds) < 0 ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fixture->spare) < 0)
        return -1;
    fcntl(fixture->fds[0], F_SETFL, O_NONBLOCK);
    fcntl(fixture->spare[0], F_SETFL, O_NONBLOCK);
    fake_host_init(&fixture->host, fixture->fds[1]);
    return 0;
}

void fixture_second_port(void)
{
    fake_host_finish(&fixture->host);
    fake_host_init(&fixture->host, fixture->spare[1]);
    fixture->spare[1] = -1;
}

void fixture_end(void)
{
    queue_close(&fixture->reports); /* nobody reads them any more */
    session_destroy(fixture->session);
    fixture->session = NULL;
}

int fixture_tear_down(void **state)
{
    (void)state;
    fixture_end();
    assert_false(fixture->port_is_open);
    assert_false(fixture->capture_open);
    assert_int_equal(fixture->captured, fixture->released);
    fake_host_finish(&fixture->host);
    if (fixture->fds[0] >= 0)
        close(fixture->fds[0]);
    for (unsigned i = 0; i < 2; i++)
        if (fixture->spare[i] >= 0)
            close(fixture->spare[i]);
    queue_finish(&fixture->changes);
    queue_finish(&fixture->cursors);
    os_wake_destroy(fixture->cursors_wake);
    queue_finish(&fixture->reports);
    queue_finish(&fixture->skips);
    queue_finish(&fixture->empties);
    free(fixture->pixels);
    free(fixture);
    return 0;
}

void fixture_begin(void)
{
    int error;

    fixture->session =
        session_create(&fixture->port, &fixture->capture, &observer, fixture->extensions, &error);
    assert_non_null(fixture->session);
    session_open(fixture->session);
}

void fixture_start(void)
{
    struct port_event event;

    fixture_begin();
    fixture_expect_report(AGENT_OPENED);
    fake_host_start(&fixture->host);
    fixture_expect_report(AGENT_STARTED);
    fake_host_expect(&fixture->host, PORT_EVENT_FORMAT, &event);
    fixture_expect_report(AGENT_FORMAT);
}

void fixture_expect_frame(void)
{
    struct port_event event;

    fake_host_expect(&fixture->host, PORT_EVENT_DATA_END, &event);
    assert_int_equal(event.bytes, fixture->frame_bytes);
    assert_memory_equal(fixture->host.session.body, fixture->pixels, event.bytes);
}
