/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The four threads together: whole messages and pieces, stops and losses. */
#include "agent/os/clock.h"
#include "agent/tests/session-fixture.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <cmocka.h>

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

static void the_messages_follow_figure_1b(void **state)
{
    (void)state;
    struct port_event event;

    fixture_begin();
    fake_host_capabilities(&fixture->host);
    fake_host_expect(&fixture->host, PORT_EVENT_CAPABILITIES, &event);
    fake_host_start(&fixture->host);
    fake_host_expect(&fixture->host, PORT_EVENT_FORMAT, &event);
    assert_int_equal(event.format.width_px, 640);
    assert_int_equal(event.format.height_px, 480);
    assert_int_equal(event.format.codec, PORT_CODEC_H264);
    for (unsigned i = 0; i < 20; i++)
        fixture_expect_frame();
    stop_and_read_rest();
    assert_in_range(fixture->sent, 20, fixture->begun);
    fixture_expect_report(AGENT_OPENED);
    fixture_expect_report(AGENT_STARTED);
    fixture_expect_report(AGENT_FORMAT);
    fixture_expect_report(AGENT_STOPPED);
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
        fixture_begin();
        fake_host_capabilities(&fixture->host);
        fake_host_start(&fixture->host);
        fake_host_expect(&fixture->host, PORT_EVENT_CAPABILITIES, &event);
        fake_host_expect(&fixture->host, PORT_EVENT_FORMAT, &event);
        fixture_expect_frame();
        assert_int_equal(fixture->read_bytes, all);
        fixture_tear_down(state);
        fixture_set_up(state);
    }
}

static void frames_may_leave_in_pieces(void **state)
{
    static const size_t limits[] = {1, 7, 8, 9, 11, 999, 1007, 1008};

    for (unsigned i = 0; i < sizeof limits / sizeof *limits; i++) {
        fixture->write_limit = limits[i];
        fixture_start();
        for (unsigned n = 0; n < 5; n++)
            fixture_expect_frame();
        fixture_tear_down(state);
        fixture_set_up(state);
    }
}

/* Frame information, then the frame; gives its number, counted from 1. */
static unsigned expect_informed_frame(bool *ret_key)
{
    struct port_event event;

    fake_host_expect(&fixture->host, PORT_EVENT_FRAME_INFORMATION, &event);
    assert_true(event.information.capture_ns > 0);
    *ret_key = event.information.key_frame;
    fixture_expect_frame();
    return (unsigned)event.information.id;
}

static void the_extension_is_spoken_with_a_host_that_knows_it(void **state)
{
    static const size_t limits[] = {0, 1, 31, 32, 33, 40, 41};
    bool key;

    for (unsigned i = 0; i < sizeof limits / sizeof *limits; i++) {
        fixture->write_limit = limits[i];
        struct port_event event;

        fixture_begin();
        fake_host_announce(&fixture->host, PORT_EXTENSIONS_ALL);
        fake_host_expect(&fixture->host, PORT_EVENT_CAPABILITIES, &event);
        assert_int_equal(event.announced, PORT_EXTENSIONS_ALL);
        fake_host_start(&fixture->host);
        fake_host_expect(&fixture->host, PORT_EVENT_FORMAT, &event);
        assert_int_equal(expect_informed_frame(&key), 1);
        assert_true(key);
        assert_int_equal(expect_informed_frame(&key), 2);
        assert_false(key);
        fake_host_request_key_frame(&fixture->host);
        do /* no FORMAT comes in between */
            assert_true(expect_informed_frame(&key) < 1000);
        while (!key);
        fixture_tear_down(state);
        fixture_set_up(state);
    }
}

static void an_agent_without_the_extension_announces_none(void **state)
{
    (void)state;
    struct port_event event;

    fixture->extensions = 0;
    fixture_begin();
    fake_host_announce(&fixture->host, PORT_EXTENSIONS_ALL);
    fake_host_expect(&fixture->host, PORT_EVENT_CAPABILITIES, &event);
    assert_int_equal(event.announced, 0);
    assert_int_equal(event.bytes, 1);
    fake_host_start(&fixture->host);
    fake_host_request_key_frame(&fixture->host); /* like any message without use */
    fake_host_expect(&fixture->host, PORT_EVENT_FORMAT, &event);
    for (unsigned i = 0; i < 3; i++)
        fixture_expect_frame();
}

static void a_large_frame_waits_for_the_host(void **state)
{
    (void)state;
    fixture->frame_bytes = LARGE_BYTES;
    fixture_start();
    fixture_expect_frame();
    fixture_expect_frame();
}

static void a_stop_in_the_middle_of_a_frame_lets_it_end(void **state)
{
    (void)state;
    struct port_event event;

    fixture->frame_bytes = LARGE_BYTES;
    fixture_start();
    fake_host_read_some(&fixture->host, 5);
    fake_host_stop(&fixture->host);
    fixture_expect_report(AGENT_STOPPED);
    fake_host_start(&fixture->host);
    fixture_expect_report(AGENT_STARTED);
    fixture_expect_frame();
    fake_host_expect(&fixture->host, PORT_EVENT_FORMAT, &event);
    fixture_expect_frame();
}

static void a_second_start_begins_again(void **state)
{
    (void)state;
    struct port_event event;

    fixture_start();
    fixture_expect_frame();
    fake_host_start(&fixture->host);
    do
        fake_host_read(&fixture->host, &event);
    while (event.kind == PORT_EVENT_DATA_END);
    assert_int_equal(event.kind, PORT_EVENT_FORMAT);
    fixture_expect_frame();
}

static void a_resolution_change_restarts_the_capture(void **state)
{
    (void)state;
    struct port_event event;
    int change = 0;

    fixture_start();
    fixture_expect_frame();
    fixture->width_px = 800;
    queue_push(&fixture->changes, &change);
    do
        fake_host_read(&fixture->host, &event);
    while (event.kind == PORT_EVENT_DATA_END);
    assert_int_equal(event.kind, PORT_EVENT_FORMAT);
    assert_int_equal(event.format.width_px, 800);
    fixture_expect_frame();
}

static void slots_without_a_free_port_are_skipped(void **state)
{
    (void)state;
    int64_t first_ns, second_ns;

    fixture->frame_bytes = LARGE_BYTES;
    fixture->fps = 100;
    fixture_start();
    fake_host_read_some(&fixture->host, 1); /* and no more: the port stays full */
    assert_int_equal(queue_pop(&fixture->skips, &first_ns, QUEUE_FOREVER), QUEUE_GOT);
    assert_int_equal(queue_pop(&fixture->skips, &second_ns, QUEUE_FOREVER), QUEUE_GOT);
    assert_int_equal(second_ns - first_ns, 10000000);
    assert_int_equal(fixture->captured, 1);
    fixture_expect_frame();
    fixture_expect_frame();
}

/* Expected: each slot is reported. One in which the screen had not changed was not. */
static void slots_without_a_picture_are_reported(void **state)
{
    (void)state;
    int64_t first_ns, second_ns;

    fixture->still = true;
    fixture->fps = 100;
    fixture_start();
    int64_t deadline_ns = os_now_ns() + FAKE_HOST_DEADLINE_MS * INT64_C(1000000);
    assert_int_equal(queue_pop(&fixture->empties, &first_ns, deadline_ns), QUEUE_GOT);
    assert_int_equal(queue_pop(&fixture->empties, &second_ns, deadline_ns), QUEUE_GOT);
    assert_int_equal(second_ns - first_ns, 10000000);
    assert_int_equal(fixture->captured, 0);
}

static void finish_sends_what_was_captured(void **state)
{
    (void)state;
    struct port_event event;

    fixture_start();
    fixture_expect_frame();
    session_finish(fixture->session);
    fixture_expect_report(AGENT_DRAINED);
    unsigned sent = fixture->sent;
    assert_int_equal(sent, fixture->captured);
    for (unsigned i = 1; i < sent; i++)
        fixture_expect_frame();
    session_close(fixture->session);
    fake_host_expect(&fixture->host, PORT_EVENT_NONE, &event);
    assert_int_equal(event.bytes, 0);
    fixture_expect_report(AGENT_CLOSED);
}

static void a_close_may_cut_a_frame(void **state)
{
    (void)state;
    struct port_event event;

    fixture->frame_bytes = LARGE_BYTES;
    fixture_start();
    fake_host_read_some(&fixture->host, 100);
    session_close(fixture->session);
    fixture_expect_report(AGENT_CLOSED);
    fake_host_expect(&fixture->host, PORT_EVENT_NONE, &event);
    assert_in_range(event.bytes, 100, LARGE_BYTES - 1);
}

static void the_end_may_cut_a_frame(void **state)
{
    (void)state;
    fixture->frame_bytes = LARGE_BYTES;
    fixture_start();
    fake_host_read_some(&fixture->host, 100);
    fixture_end();
    assert_int_equal(fixture->sent, 0);
}

static void a_port_lost_in_the_middle_of_a_frame_is_noticed(void **state)
{
    (void)state;
    fixture->frame_bytes = LARGE_BYTES;
    fixture_start();
    fake_host_read_some(&fixture->host, 100);
    shutdown(fixture->host.session.fd, SHUT_RDWR);
    fixture_expect_report(AGENT_LOST);
    assert_int_equal(fixture->sent, 0);
}

static void an_idle_port_that_is_lost_is_noticed(void **state)
{
    (void)state;
    fixture_begin();
    fixture_expect_report(AGENT_OPENED);
    shutdown(fixture->host.session.fd, SHUT_RDWR);
    fixture_expect_report(AGENT_LOST);
}

static void the_hosts_last_words_are_heard(void **state)
{
    (void)state;
    struct port_event event;

    fixture_start();
    fake_host_notify_error(&fixture->host, "no such \x1b[2J thing");
    fixture_expect_report(AGENT_HOST_ERROR);
    fixture_expect_report(AGENT_WAITING);
    fixture_expect_report(AGENT_CLOSED);
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
        {"version 2", {2, 0, 1, 0, 0, 0, 0, 0}, 8},
        {"FORMAT to the guest", {1, 0, 2, 0, 12, 0, 0, 0}, 8},
        {"START_STOP too large", {1, 0, 4, 0, 0, 2, 0, 0}, 8},
        {"START_STOP count", {1, 0, 4, 0, 2, 0, 0, 0, 9, 3}, 10},
        {"huge unknown message", {1, 0, 99, 0, 0xff, 0xff, 0xff, 0xff}, 8},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("%s\n", cases[i].name);
        fixture_begin();
        fixture_expect_report(AGENT_OPENED);
        fake_host_write(&fixture->host, cases[i].bytes, cases[i].size);
        fixture_expect_report(AGENT_BAD_MESSAGE);
        fixture_expect_report(AGENT_WAITING);
        fixture_expect_report(AGENT_CLOSED);
        fixture_tear_down(state);
        fixture_set_up(state);
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

    fixture_begin();
    port_parser_offered(&fixture->host.session.parser, &codec, 1);
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
    fixture_begin();
    fixture_expect_report(AGENT_OPEN_FAILED);
    fixture->open_error = 0;
    session_open(fixture->session);
    fixture_expect_report(AGENT_OPENED);
}

/* The port is closed, so that the vGPU is shown, and opened again by itself. */
static void expect_another_opening(void)
{
    fixture_expect_report(AGENT_WAITING);
    fixture_expect_report(AGENT_CLOSED);
    fixture_expect_report(AGENT_OPENED);
    fixture_second_port();
    fake_host_start(&fixture->host);
    fixture_expect_report(AGENT_STARTED);
    fixture_expect_report(AGENT_FORMAT);
}

static void after_an_error_of_the_hosts_the_port_is_opened_again(void **state)
{
    (void)state;
    fixture_start();
    fake_host_notify_error(&fixture->host, "a test's error");
    fixture_expect_report(AGENT_HOST_ERROR);
    expect_another_opening();
}

static void a_capture_that_cannot_be_started_closes_the_port(void **state)
{
    (void)state;
    fixture->capture_open_error = -EBUSY;
    fixture_begin();
    fixture_expect_report(AGENT_OPENED);
    fake_host_start(&fixture->host);
    fixture_expect_report(AGENT_STARTED);
    fixture_expect_report(AGENT_CAPTURE_BROKEN);
    fixture->capture_open_error = 0;
    expect_another_opening();
}

static void a_capture_that_fails_closes_the_port(void **state)
{
    (void)state;
    fixture->frame_error = -EIO;
    fixture_start();
    fixture_expect_frame();
    fixture_expect_frame();
    fixture_expect_report(AGENT_CAPTURE_BROKEN);
    fixture->frame_error = 0;
    expect_another_opening();
}

/* A screen on which nothing moves: the capture looks, and says that it is alive. */
static void a_still_screen_sends_heartbeats(void **state)
{
    (void)state;
    struct port_event event;

    fixture->still = true;
    fixture_begin();
    fixture_expect_report(AGENT_OPENED);
    fake_host_announce(&fixture->host, PORT_EXTENSIONS_ALL);
    fake_host_expect(&fixture->host, PORT_EVENT_CAPABILITIES, &event);
    fake_host_start(&fixture->host);
    fake_host_expect(&fixture->host, PORT_EVENT_FORMAT, &event);
    fake_host_expect(&fixture->host, PORT_EVENT_HEARTBEAT, &event);
    fake_host_expect(&fixture->host, PORT_EVENT_HEARTBEAT, &event);
    fixture->still = false;
    fake_host_expect(&fixture->host, PORT_EVENT_FRAME_INFORMATION, &event);
    fixture_expect_frame();
}

/* --- the pointer --- */

#define SHAPE_PX 64

/* A square shape filled with `value`, at a place. */
static void move_pointer_with_shape(uint16_t side_px, uint8_t value, int x_px, int y_px)
{
    const uint32_t bytes = 4u * side_px * side_px;
    uint8_t *pixels = malloc(bytes);
    const struct cursor cursor = {
        .has_shape = true,
        .shape = {side_px, side_px, 1, 2, CURSOR_ALPHA, pixels, bytes},
        .owned = pixels,
        .moved = true,
        .place = {x_px, y_px},
    };

    assert_non_null(pixels);
    memset(pixels, value, bytes);
    queue_push(&fixture->cursors, &cursor);
}

static void move_pointer(int x_px, int y_px)
{
    queue_push(&fixture->cursors, &(struct cursor){.moved = true, .place = {x_px, y_px}});
}

/* The next message that is no frame, which are whole. */
static void expect_after_frames(enum port_event_kind kind, struct port_event *ret_event)
{
    for (fake_host_read(&fixture->host, ret_event); ret_event->kind == PORT_EVENT_DATA_END;
         fake_host_read(&fixture->host, ret_event))
        assert_memory_equal(fixture->host.session.body, fixture->pixels, ret_event->bytes);
    assert_int_equal(ret_event->kind, kind);
}

static void expect_shape(uint16_t side_px, uint8_t value)
{
    struct port_event event;
    struct cursor_shape shape;
    const char *error;

    expect_after_frames(PORT_EVENT_CURSOR_SET_END, &event);
    assert_int_equal(cursor_read(fixture->host.session.body, event.bytes, &shape, &error),
                     CURSOR_SHAPE);
    assert_int_equal(shape.width_px, side_px);
    assert_int_equal(shape.hot_x_px, 1);
    assert_int_equal(shape.hot_y_px, 2);
    for (uint32_t i = 0; i < shape.pixels_bytes; i++)
        assert_int_equal(shape.pixels[i], value);
}

static void expect_place(int x_px, int y_px)
{
    struct port_event event;

    expect_after_frames(PORT_EVENT_CURSOR_MOVE, &event);
    assert_int_equal(event.cursor_move.x_px, x_px);
    assert_int_equal(event.cursor_move.y_px, y_px);
}

static void the_pointer_goes_between_the_frames(void **state)
{
    static const size_t limits[] = {0, 7, 8, 15, 16, 19, 20, 21, 28, 1000};

    for (unsigned i = 0; i < sizeof limits / sizeof *limits; i++) {
        fixture->write_limit = limits[i];
        fixture_live();
        move_pointer_with_shape(SHAPE_PX, 0x80, 100, 200);
        move_pointer(-1, 70000);
        fixture_start();
        expect_shape(SHAPE_PX, 0x80);
        expect_place(100, 200);
        expect_place(-1, 70000);
        move_pointer_with_shape(SHAPE_PX, 0x81, 3, 4);
        expect_shape(SHAPE_PX, 0x81);
        expect_place(3, 4);
        fixture_expect_frame();
        fixture_tear_down(state);
        fixture_set_up(state);
    }
}

/* A screen that is still has a pointer that moves. */
static void the_pointer_needs_no_frame(void **state)
{
    (void)state;
    fixture->still = true;
    fixture_live();
    fixture_start();
    for (int i = 0; i < 100; i++) {
        move_pointer(i, i);
        expect_place(i, i);
    }
}

/* The largest shape, whose host does not read it, is left unfinished. */
static void a_close_may_cut_a_shape(void **state)
{
    (void)state;
    struct port_event event;

    fixture->still = true;
    fixture_live();
    move_pointer_with_shape(CURSOR_MAX_PX, 0x80, 0, 0);
    fixture_start();
    fake_host_read_some(&fixture->host, 1);
    session_close(fixture->session);
    fixture_expect_report(AGENT_CLOSED);
    fake_host_expect(&fixture->host, PORT_EVENT_NONE, &event);
    assert_in_range(event.bytes, 1, PORT_CURSOR_SET_MAX_BYTES - 1);
}

static void a_port_that_is_opened_again_gets_the_shape_again(void **state)
{
    (void)state;
    fixture->still = true;
    fixture_live();
    move_pointer_with_shape(SHAPE_PX, 0x80, 1, 1);
    fixture_start();
    expect_shape(SHAPE_PX, 0x80);
    expect_place(1, 1);
    session_close(fixture->session);
    fixture_expect_report(AGENT_CLOSED);
    fixture_second_port();
    session_open(fixture->session);
    fixture_expect_report(AGENT_OPENED);
    fake_host_start(&fixture->host);
    struct port_event event;
    fake_host_expect(&fixture->host, PORT_EVENT_FORMAT, &event);
    move_pointer_with_shape(SHAPE_PX, 0x80, 1, 1); /* as a capture that was opened does it */
    expect_shape(SHAPE_PX, 0x80);
    expect_place(1, 1);
}

#define SESSION_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SESSION_TEST(the_messages_follow_figure_1b),
        SESSION_TEST(messages_may_arrive_in_pieces),
        SESSION_TEST(frames_may_leave_in_pieces),
        SESSION_TEST(the_extension_is_spoken_with_a_host_that_knows_it),
        SESSION_TEST(an_agent_without_the_extension_announces_none),
        SESSION_TEST(a_large_frame_waits_for_the_host),
        SESSION_TEST(a_stop_in_the_middle_of_a_frame_lets_it_end),
        SESSION_TEST(a_second_start_begins_again),
        SESSION_TEST(a_resolution_change_restarts_the_capture),
        SESSION_TEST(slots_without_a_free_port_are_skipped),
        SESSION_TEST(slots_without_a_picture_are_reported),
        SESSION_TEST(finish_sends_what_was_captured),
        SESSION_TEST(a_close_may_cut_a_frame),
        SESSION_TEST(the_end_may_cut_a_frame),
        SESSION_TEST(a_port_lost_in_the_middle_of_a_frame_is_noticed),
        SESSION_TEST(an_idle_port_that_is_lost_is_noticed),
        SESSION_TEST(the_hosts_last_words_are_heard),
        SESSION_TEST(a_broken_message_closes_the_port),
        SESSION_TEST(a_flood_of_starts_is_survived),
        SESSION_TEST(a_port_that_cannot_be_opened_is_reported),
        SESSION_TEST(after_an_error_of_the_hosts_the_port_is_opened_again),
        SESSION_TEST(a_capture_that_cannot_be_started_closes_the_port),
        SESSION_TEST(a_capture_that_fails_closes_the_port),
        SESSION_TEST(a_still_screen_sends_heartbeats),
        SESSION_TEST(the_pointer_goes_between_the_frames),
        SESSION_TEST(the_pointer_needs_no_frame),
        SESSION_TEST(a_close_may_cut_a_shape),
        SESSION_TEST(a_port_that_is_opened_again_gets_the_shape_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
