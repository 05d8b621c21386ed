/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* What the guest reads of the port, message by message, and what its doings make
 * the server hold: the module in a server of this process, so that neither a pty
 * nor a time stands between. */
#include "gpu-module/fuzz/inner-server.h"
#include "gpu-module/switch-rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const struct port_format format = {INNER_VGPU_WIDTH_PX, INNER_VGPU_HEIGHT_PX,
                                          PORT_CODEC_H264};

/* WRITES_MAX of gpu-device.cpp: messages that a guest has not read. */
#define UNREAD_MAX 16
/* As many again and more: a limit that is not there shows. */
#define MANY (3 * UNREAD_MAX)
/* More than a display has streams (NUM_STREAMS, 50). */
#define SWITCHES 64
/* More than the display channel sends unacknowledged, and than one feedback counts. */
#define FRAMES 256

static void connect_first(void)
{
    inner.first = fake_client_connect(inner.server, INNER_ALL_CODECS, true);
    inner_settle();
}

static void hang_up_first(void)
{
    fake_client_hang_up(inner.first);
    inner.first = NULL;
    inner_settle();
}

/* cmocka's set-up of each test: one client, a closed port. */
static int begin(void **state)
{
    (void)state;
    if (!inner.server)
        inner_server_start();
    connect_first();
    return 0;
}

static int end(void **state)
{
    (void)state;
    inner_release_timers(); /* that a test has held which failed */
    inner_port_set_open(false);
    inner_settle();
    hang_up_first();
    return 0;
}

static void show_pgpu(void)
{
    inner_port_set_open(true);
    inner_settle();
    inner_guest_format(&format);
    inner_guest_frame(true, PORT_CODEC_H264);
    inner_settle();
    assert_true(fake_client_shows_pgpu(inner.first));
}

static unsigned messages(void)
{
    return inner.capabilities + inner.starts + inner.stops;
}

static void what_an_opener_did_not_read_is_not_the_next_ones(void **state)
{
    (void)state;
    inner_port_set_open(true);
    inner.guest_blocks = true;
    hang_up_first();
    connect_first();
    assert_int_equal(messages(), 1); /* what was written before it blocked */

    inner_port_set_open(false);
    inner_port_set_open(true);
    inner_settle();
    assert_int_equal(inner.capabilities, 1);
    assert_int_equal(inner.starts, 1);
    assert_int_equal(inner.stops, 0);
}

/* Clients come and go while the guest reads nothing. What it is to do in the end
 * is not lost, and what it has not read is bounded. */
static void come_and_go(void)
{
    inner.guest_blocks = true;
    for (unsigned i = 0; i < MANY; i++) {
        hang_up_first();
        connect_first();
    }
}

static void a_stop_waits_for_a_guest_that_does_not_read(void **state)
{
    (void)state;
    inner_port_set_open(true);
    inner_settle();
    assert_true(inner.started);
    come_and_go();
    hang_up_first();

    inner.guest_blocks = false;
    inner_settle();
    assert_false(inner.started);
    connect_first();
    assert_true(inner.started);
}

static void a_start_waits_for_a_guest_that_does_not_read(void **state)
{
    (void)state;
    inner_port_set_open(true);
    inner_settle();
    come_and_go();

    inner.guest_blocks = false;
    inner_settle();
    assert_true(inner.started);
}

static void what_a_guest_does_not_read_is_bounded(void **state)
{
    (void)state;
    inner_port_set_open(true);
    inner_settle();
    const unsigned before = messages();
    come_and_go();

    inner.guest_blocks = false;
    inner_settle();
    /* A STOP and a START that found no room follow. */
    assert_in_range(messages() - before, UNREAD_MAX, UNREAD_MAX + 2);
}

static void openings_wait_when_the_stock_is_used_up(void **state)
{
    (void)state;
    unsigned begun = 0;

    inner_hold_timers(SWITCH_RATE_INTERVAL_MS);
    for (unsigned i = 0; i < 2 * SWITCH_RATE_STOCK; i++) {
        inner_port_set_open(false);
        inner_port_set_open(true);
        inner_settle();
        begun += inner.capabilities;
    }
    assert_int_equal(begun, SWITCH_RATE_STOCK);
    assert_int_equal(messages(), 0);

    inner_release_timers();
    inner_settle();
    assert_int_equal(inner.capabilities, 1); /* the last one, for nobody has closed it */
    assert_true(inner.started);
}

static void guest_announces(unsigned extensions)
{
    uint8_t message[PORT_COMPOSED_EXTENSIONS_BYTES];
    const int size = port_compose_extensions(message, sizeof message, extensions);

    inner_guest_write(message, (size_t)size);
}

/* Its FORMAT was on its way when the last client left. It counted as hung, and
 * no client that came later saw the pGPU. The heartbeat's timer takes no time here. */
static void an_agent_that_is_to_stop_owes_no_heartbeat(void **state)
{
    (void)state;
    inner_port_set_open(true);
    guest_announces(PORT_EXTENSION_HEARTBEAT);
    inner_settle();
    assert_true(inner.started);
    hang_up_first();
    assert_false(inner.started);
    inner_guest_format(&format);
    inner_settle();

    connect_first();
    assert_true(inner.started);
}

/* A second client reads nothing, the first takes all; the pointer's timers are what
 * puts the clock forward. Returns with the heartbeat's timer let go. */
static void frames_for_one_of_two(void)
{
    uint8_t move[PORT_HEADER_BYTES + PORT_CURSOR_MOVE_BYTES] = {0};

    port_compose_header(move, sizeof move, PORT_CURSOR_MOVE, PORT_CURSOR_MOVE_BYTES);
    inner_hold_timers(PORT_HEARTBEAT_INTERVAL_MS);
    inner_guest_format(&format);
    inner_guest_frame(true, PORT_CODEC_H264);
    inner_settle();
    fake_client_set_reading(inner.second, false);
    for (unsigned i = 0; i < FRAMES; i++) {
        inner_guest_frame(false, PORT_CODEC_H264);
        inner_guest_write(move, sizeof move);
        inner_settle();
    }
    inner_release_timers();
}

/* The report to an agent that had counted as hung had 4,000,000,000 frames left out. */
static void what_was_left_out_is_counted_anew_after_a_hang(void **state)
{
    (void)state;
    inner.second = fake_client_connect(inner.server, INNER_ALL_CODECS, true);
    inner_settle();
    inner_port_set_open(true);
    guest_announces(PORT_EXTENSION_HEARTBEAT | PORT_EXTENSION_FEEDBACK);
    inner_settle();
    frames_for_one_of_two();
    assert_in_range(inner.frames_dropped, 1, FRAMES);

    inner_settle(); /* it hangs */
    fake_client_set_reading(inner.second, true);
    inner_settle();
    assert_false(fake_client_shows_pgpu(inner.first));
    guest_announces(PORT_EXTENSION_HEARTBEAT | PORT_EXTENSION_FEEDBACK);
    inner_settle();
    inner.frames_dropped = 0;
    frames_for_one_of_two();
    assert_in_range(inner.frames_dropped, 1, FRAMES);

    fake_client_hang_up(inner.second);
    inner.second = NULL;
}

/* fake-client ends the process where a client that shows the pGPU is drawn on, or
 * gets the vGPU's stream or pointer. */
static void the_vgpu_draws_for_nobody_behind_the_pgpu(void **state)
{
    (void)state;
    static uint8_t pixels[INNER_VGPU_WIDTH_PX * INNER_VGPU_HEIGHT_PX * 4];
    const struct framebuffer picture = {INNER_VGPU_WIDTH_PX, INNER_VGPU_HEIGHT_PX,
                                        INNER_VGPU_WIDTH_PX * 4, pixels};

    show_pgpu();
    for (int i = 0; i < 8; i++)
        assert_true(qxl_device_draw(inner.vgpu, &picture, &(struct rect){8 * i, 0, 8, 8}));
    inner_settle();
    assert_true(fake_client_shows_pgpu(inner.first));

    inner_port_set_open(false);
    inner_settle();
    fake_client_must_show_vgpu(inner.first, INNER_VGPU_WIDTH_PX, INNER_VGPU_HEIGHT_PX, 0xff);
}

static void a_switch_back_returns_its_stream(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SWITCHES; i++) {
        show_pgpu();
        inner_port_set_open(false);
        inner_settle();
    }
}

static void a_client_that_leaves_returns_its_stream(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SWITCHES; i++) {
        show_pgpu();
        hang_up_first();
        connect_first();
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(what_an_opener_did_not_read_is_not_the_next_ones),
        TEST(a_stop_waits_for_a_guest_that_does_not_read),
        TEST(a_start_waits_for_a_guest_that_does_not_read),
        TEST(what_a_guest_does_not_read_is_bounded),
        TEST(openings_wait_when_the_stock_is_used_up),
        TEST(an_agent_that_is_to_stop_owes_no_heartbeat),
        TEST(what_was_left_out_is_counted_anew_after_a_hang),
        TEST(the_vgpu_draws_for_nobody_behind_the_pgpu),
        TEST(a_switch_back_returns_its_stream),
        TEST(a_client_that_leaves_returns_its_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
