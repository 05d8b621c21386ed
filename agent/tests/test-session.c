/* The four threads together, between a fake capture and a fake host that are
 * joined by a socketpair whose reads and writes can be cut into pieces. */
#include "agent/session.h"

#include "agent/clock.h"
#include "agent/port-fd.h"
#include "agent/queue.h"
#include "agent/tests/fake-host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* More than a socket's buffer takes: the agent stays in the middle of it. */
#define LARGE_BYTES (4u * 1024 * 1024)

struct fixture {
    /* the port: the agent's end of the socketpair */
    struct port port;
    int fds[2]; /* [0] the agent's */
    size_t cuts[2]; /* offsets in the host's bytes at which a read ends; 0 = none */
    size_t read_bytes;
    size_t read_limit, write_limit; /* of one call; 0 = none */
    int open_error;
    bool port_is_open;

    /* the capture */
    struct capture capture;
    struct queue changes;
    uint8_t *pixels;
    size_t frame_bytes;
    unsigned frame_number;
    unsigned fps;
    int capture_open_error, frame_error;
    atomic_uint width_px;
    atomic_uint captured, released;
    atomic_bool capture_open;

    struct queue reports; /* enum agent_report */
    atomic_uint begun, sent, skipped;
    struct queue skips; /* of int64_t: the first two slots */
    struct fake_host host;
    struct session *session;
};

static struct fixture *fixture;

/* --- port ------------------------------------------------------------------ */

static int port_open(struct port *port)
{
    (void)port;
    if (fixture->open_error)
        return fixture->open_error;
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

static int port_poll_fd(const struct port *port)
{
    (void)port;
    return fixture->fds[0];
}

static void port_close(struct port *port)
{
    (void)port;
    close(fixture->fds[0]);
    fixture->fds[0] = -1;
    fixture->port_is_open = false;
}

static const struct port_class port_class = {
    .open = port_open, .read = port_read, .write = port_write,
    .poll_fd = port_poll_fd, .close = port_close,
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
    *ret_description = (struct capture_description){ fixture->width_px, 480, PORT_CODEC_H264,
                                                     fixture->fps, 1 };
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

static bool capture_wait_display_event(struct capture *capture)
{
    int change;

    (void)capture;
    return queue_pop(&fixture->changes, &change, QUEUE_FOREVER) == QUEUE_GOT;
}

static void capture_end_display_events(struct capture *capture)
{
    (void)capture;
    queue_close(&fixture->changes);
}

static const struct capture_class capture_class = {
    .open = capture_open, .describe = capture_describe, .frame = capture_frame,
    .request_key_frame = capture_request_key_frame, .close = capture_close,
    .wait_display_event = capture_wait_display_event,
    .end_display_events = capture_end_display_events,
};

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

static const struct observer observer = {
    .report = on_report, .frame_begun = on_begun, .frame_sent = on_sent,
    .slot_skipped = on_skipped,
};

static void expect_report(enum agent_report expected)
{
    enum agent_report got;
    int64_t deadline_ns = clock_now_ns() + FAKE_HOST_DEADLINE_MS * INT64_C(1000000);

    assert_int_equal(queue_pop(&fixture->reports, &got, deadline_ns), QUEUE_GOT);
    assert_int_equal(got, expected);
}

/* --- set-up ---------------------------------------------------------------- */

static int set_up(void **state)
{
    (void)state;
    fixture = calloc(1, sizeof *fixture);
    fixture->port.class = &port_class;
    fixture->capture = (struct capture){ &capture_class, 1u << PORT_CODEC_H264 };
    fixture->width_px = 640;
    fixture->fps = 200;
    fixture->frame_bytes = 1000;
    fixture->pixels = malloc(LARGE_BYTES);
    for (size_t i = 0; i < LARGE_BYTES; i++)
        fixture->pixels[i] = (uint8_t)(i * 7 + i / 251);
    queue_init(&fixture->changes, sizeof(int), -1);
    queue_init(&fixture->reports, sizeof(enum agent_report), -1);
    queue_init(&fixture->skips, sizeof(int64_t), -1);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fixture->fds) < 0)
        return -1;
    fcntl(fixture->fds[0], F_SETFL, O_NONBLOCK);
    fake_host_init(&fixture->host, fixture->fds[1]);
    return 0;
}

static void end_session(void)
{
    queue_close(&fixture->reports); /* nobody reads them any more */
    session_destroy(fixture->session);
    fixture->session = NULL;
}

static int tear_down(void **state)
{
    (void)state;
    end_session();
    assert_false(fixture->port_is_open);
    assert_false(fixture->capture_open);
    assert_int_equal(fixture->captured, fixture->released);
    fake_host_finish(&fixture->host);
    if (fixture->fds[0] >= 0)
        close(fixture->fds[0]);
    queue_finish(&fixture->changes);
    queue_finish(&fixture->reports);
    queue_finish(&fixture->skips);
    free(fixture->pixels);
    free(fixture);
    return 0;
}

static void begin(void)
{
    int error;

    fixture->session = session_create(&fixture->port, &fixture->capture, &observer, &error);
    assert_non_null(fixture->session);
    session_open(fixture->session);
}

static void start(void)
{
    struct port_event event;

    begin();
    expect_report(AGENT_OPENED);
    fake_host_start(&fixture->host);
    expect_report(AGENT_STARTED);
    fake_host_expect(&fixture->host, PORT_EVENT_FORMAT, &event);
    expect_report(AGENT_FORMAT);
}

static void expect_frame(void)
{
    struct port_event event;

    fake_host_expect(&fixture->host, PORT_EVENT_DATA_END, &event);
    assert_int_equal(event.bytes, fixture->frame_bytes);
    assert_memory_equal(fixture->host.body, fixture->pixels, event.bytes);
}

/* Stops the agent and reads until nothing of an earlier capture can come. */
static void stop_and_read_rest(void)
{
    struct port_event event;

    fake_host_stop(&fixture->host);
    fake_host_capabilities(&fixture->host); /* answered after the STOP */
    do
        fake_host_read(&fixture->host, &event);
    while (event.kind == PORT_EVENT_DATA_END);
    assert_int_equal(event.kind, PORT_EVENT_CAPABILITIES);
}

/* --- tests ----------------------------------------------------------------- */

static void the_messages_follow_figure_1b(void **state)
{
    (void)state;
    struct port_event event;

    begin();
    fake_host_capabilities(&fixture->host);
    fake_host_expect(&fixture->host, PORT_EVENT_CAPABILITIES, &event);
    fake_host_start(&fixture->host);
    fake_host_expect(&fixture->host, PORT_EVENT_FORMAT, &event);
    assert_int_equal(event.format.width_px, 640);
    assert_int_equal(event.format.height_px, 480);
    assert_int_equal(event.format.codec, PORT_CODEC_H264);
    for (unsigned i = 0; i < 20; i++)
        expect_frame();
    stop_and_read_rest();
    assert_in_range(fixture->sent, 20, fixture->begun);
    expect_report(AGENT_OPENED);
    expect_report(AGENT_STARTED);
    expect_report(AGENT_FORMAT);
    expect_report(AGENT_STOPPED);
}

/* What the host says in one breath, cut at every offset and byte by byte. */
static void messages_may_arrive_in_pieces(void **state)
{
    (void)state;
    const size_t all = (8 + 2) + (8 + 3);

    for (size_t cut = 0; cut <= all; cut++) {
        struct port_event event;
        fixture->cuts[0] = cut;
        fixture->cuts[1] = cut + 3;
        fixture->read_limit = cut == all ? 1 : 0;
        begin();
        fake_host_capabilities(&fixture->host);
        fake_host_start(&fixture->host);
        fake_host_expect(&fixture->host, PORT_EVENT_CAPABILITIES, &event);
        fake_host_expect(&fixture->host, PORT_EVENT_FORMAT, &event);
        expect_frame();
        assert_int_equal(fixture->read_bytes, all);
        tear_down(state);
        set_up(state);
    }
}

static void frames_may_leave_in_pieces(void **state)
{
    static const size_t limits[] = { 1, 7, 8, 9, 11, 999, 1007, 1008 };

    for (unsigned i = 0; i < sizeof limits / sizeof *limits; i++) {
        fixture->write_limit = limits[i];
        start();
        for (unsigned n = 0; n < 5; n++)
            expect_frame();
        tear_down(state);
        set_up(state);
    }
}

static void a_large_frame_waits_for_the_host(void **state)
{
    (void)state;
    fixture->frame_bytes = LARGE_BYTES;
    start();
    expect_frame();
    expect_frame();
}

static void a_stop_in_the_middle_of_a_frame_lets_it_end(void **state)
{
    (void)state;
    struct port_event event;

    fixture->frame_bytes = LARGE_BYTES;
    start();
    fake_host_read_some(&fixture->host, 5);
    fake_host_stop(&fixture->host);
    expect_report(AGENT_STOPPED);
    fake_host_start(&fixture->host);
    expect_report(AGENT_STARTED);
    expect_frame();
    fake_host_expect(&fixture->host, PORT_EVENT_FORMAT, &event);
    expect_frame();
}

static void a_second_start_begins_again(void **state)
{
    (void)state;
    struct port_event event;

    start();
    expect_frame();
    fake_host_start(&fixture->host);
    do
        fake_host_read(&fixture->host, &event);
    while (event.kind == PORT_EVENT_DATA_END);
    assert_int_equal(event.kind, PORT_EVENT_FORMAT);
    expect_frame();
}

static void a_resolution_change_restarts_the_capture(void **state)
{
    (void)state;
    struct port_event event;
    int change = 0;

    start();
    expect_frame();
    fixture->width_px = 800;
    queue_push(&fixture->changes, &change);
    do
        fake_host_read(&fixture->host, &event);
    while (event.kind == PORT_EVENT_DATA_END);
    assert_int_equal(event.kind, PORT_EVENT_FORMAT);
    assert_int_equal(event.format.width_px, 800);
    expect_frame();
}

static void slots_without_a_free_port_are_skipped(void **state)
{
    (void)state;
    int64_t first_ns, second_ns;

    fixture->frame_bytes = LARGE_BYTES;
    fixture->fps = 100;
    start();
    fake_host_read_some(&fixture->host, 1); /* and no more: the port stays full */
    assert_int_equal(queue_pop(&fixture->skips, &first_ns, QUEUE_FOREVER), QUEUE_GOT);
    assert_int_equal(queue_pop(&fixture->skips, &second_ns, QUEUE_FOREVER), QUEUE_GOT);
    assert_int_equal(second_ns - first_ns, 10000000);
    assert_int_equal(fixture->captured, 1);
    expect_frame();
    expect_frame();
}

static void finish_sends_what_was_captured(void **state)
{
    (void)state;
    struct port_event event;

    start();
    expect_frame();
    session_finish(fixture->session);
    expect_report(AGENT_DRAINED);
    unsigned sent = fixture->sent;
    assert_int_equal(sent, fixture->captured);
    for (unsigned i = 1; i < sent; i++)
        expect_frame();
    session_close(fixture->session);
    fake_host_expect(&fixture->host, PORT_EVENT_NONE, &event);
    assert_int_equal(event.bytes, 0);
    expect_report(AGENT_CLOSED);
}

static void a_close_may_cut_a_frame(void **state)
{
    (void)state;
    struct port_event event;

    fixture->frame_bytes = LARGE_BYTES;
    start();
    fake_host_read_some(&fixture->host, 100);
    session_close(fixture->session);
    expect_report(AGENT_CLOSED);
    fake_host_expect(&fixture->host, PORT_EVENT_NONE, &event);
    assert_in_range(event.bytes, 100, LARGE_BYTES - 1);
}

static void the_end_may_cut_a_frame(void **state)
{
    (void)state;
    fixture->frame_bytes = LARGE_BYTES;
    start();
    fake_host_read_some(&fixture->host, 100);
    end_session();
    assert_int_equal(fixture->sent, 0);
}

static void a_port_lost_in_the_middle_of_a_frame_is_noticed(void **state)
{
    (void)state;
    fixture->frame_bytes = LARGE_BYTES;
    start();
    fake_host_read_some(&fixture->host, 100);
    shutdown(fixture->host.fd, SHUT_RDWR);
    expect_report(AGENT_LOST);
    assert_int_equal(fixture->sent, 0);
}

static void an_idle_port_that_is_lost_is_noticed(void **state)
{
    (void)state;
    begin();
    expect_report(AGENT_OPENED);
    shutdown(fixture->host.fd, SHUT_RDWR);
    expect_report(AGENT_LOST);
}

static void the_hosts_last_words_are_heard(void **state)
{
    (void)state;
    struct port_event event;

    start();
    fake_host_notify_error(&fixture->host, "no such \x1b[2J thing");
    expect_report(AGENT_HOST_ERROR);
    expect_report(AGENT_CLOSED);
    do
        fake_host_read(&fixture->host, &event);
    while (event.kind == PORT_EVENT_DATA_END);
    assert_int_equal(event.kind, PORT_EVENT_NONE);
}

static void a_broken_message_closes_the_port(void **state)
{
    static const struct {
        const char *name;
        uint8_t bytes[16];
        size_t size;
    } cases[] = {
        { "version 2", { 2, 0, 1, 0, 0, 0, 0, 0 }, 8 },
        { "FORMAT to the guest", { 1, 0, 2, 0, 12, 0, 0, 0 }, 8 },
        { "START_STOP too large", { 1, 0, 4, 0, 0, 2, 0, 0 }, 8 },
        { "START_STOP count", { 1, 0, 4, 0, 2, 0, 0, 0, 9, 3 }, 10 },
        { "huge unknown message", { 1, 0, 99, 0, 0xff, 0xff, 0xff, 0xff }, 8 },
    };

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("%s\n", cases[i].name);
        begin();
        expect_report(AGENT_OPENED);
        fake_host_write(&fixture->host, cases[i].bytes, cases[i].size);
        expect_report(AGENT_BAD_MESSAGE);
        expect_report(AGENT_CLOSED);
        tear_down(state);
        set_up(state);
    }
}

static void a_flood_of_starts_is_survived(void **state)
{
    /* Expected: bounded queues however fast the host talks. */
    (void)state;
    uint8_t flood[11 * 300];
    const uint8_t codec = PORT_CODEC_H264;
    size_t size = 0;
    struct port_event event;

    begin();
    port_parser_offered(&fixture->host.parser, &codec, 1);
    while (size + 19 < sizeof flood) {
        size += (size_t)port_compose_start_stop(flood + size, sizeof flood - size, &codec, 1);
        size += (size_t)port_compose_start_stop(flood + size, sizeof flood - size, NULL, 0);
    }
    queue_close(&fixture->reports); /* hundreds of them */
    fake_host_write(&fixture->host, flood, size);
    fake_host_start(&fixture->host);
    do /* each START that was obeyed has its FORMAT */
        fake_host_read(&fixture->host, &event);
    while (event.kind == PORT_EVENT_FORMAT);
    assert_int_equal(event.kind, PORT_EVENT_DATA_END);
}

static void a_port_that_cannot_be_opened_is_reported(void **state)
{
    (void)state;
    fixture->open_error = -ENOENT;
    begin();
    expect_report(AGENT_OPEN_FAILED);
    fixture->open_error = 0;
    session_open(fixture->session);
    expect_report(AGENT_OPENED);
}

static void a_capture_that_cannot_be_started_is_reported(void **state)
{
    (void)state;
    fixture->capture_open_error = -EBUSY;
    begin();
    expect_report(AGENT_OPENED);
    fake_host_start(&fixture->host);
    expect_report(AGENT_STARTED);
    expect_report(AGENT_CAPTURE_BROKEN);
}

static void a_capture_that_fails_is_reported(void **state)
{
    (void)state;
    fixture->frame_error = -EIO;
    start();
    expect_frame();
    expect_frame();
    expect_report(AGENT_CAPTURE_BROKEN);
    fixture->frame_error = 0;
    fake_host_start(&fixture->host);
    expect_report(AGENT_STARTED);
    expect_report(AGENT_FORMAT);
}

#define SESSION_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SESSION_TEST(the_messages_follow_figure_1b),
        SESSION_TEST(messages_may_arrive_in_pieces),
        SESSION_TEST(frames_may_leave_in_pieces),
        SESSION_TEST(a_large_frame_waits_for_the_host),
        SESSION_TEST(a_stop_in_the_middle_of_a_frame_lets_it_end),
        SESSION_TEST(a_second_start_begins_again),
        SESSION_TEST(a_resolution_change_restarts_the_capture),
        SESSION_TEST(slots_without_a_free_port_are_skipped),
        SESSION_TEST(finish_sends_what_was_captured),
        SESSION_TEST(a_close_may_cut_a_frame),
        SESSION_TEST(the_end_may_cut_a_frame),
        SESSION_TEST(a_port_lost_in_the_middle_of_a_frame_is_noticed),
        SESSION_TEST(an_idle_port_that_is_lost_is_noticed),
        SESSION_TEST(the_hosts_last_words_are_heard),
        SESSION_TEST(a_broken_message_closes_the_port),
        SESSION_TEST(a_flood_of_starts_is_survived),
        SESSION_TEST(a_port_that_cannot_be_opened_is_reported),
        SESSION_TEST(a_capture_that_cannot_be_started_is_reported),
        SESSION_TEST(a_capture_that_fails_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
