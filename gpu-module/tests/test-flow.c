/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/flow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define KEY true
#define DELTA false
#define ALONE true
#define IN_COMPANY false

static void alone_nothing_is_dropped(void **state)
{
    (void)state;
    struct flow_client client = {0};
    for (unsigned i = 0; i < 10 * FLOW_WINDOW_FRAMES; i++)
        assert_true(flow_offer(&client, DELTA, ALONE));
    assert_int_equal(client.queued, 10 * FLOW_WINDOW_FRAMES);
}

static void a_slow_one_drops_until_a_key_frame(void **state)
{
    (void)state;
    struct flow_client client = {0};
    for (unsigned i = 0; i < FLOW_WINDOW_FRAMES; i++)
        assert_true(flow_offer(&client, DELTA, IN_COMPANY));
    assert_false(flow_offer(&client, DELTA, IN_COMPANY));

    /* Room again, but what follows refers to what was dropped. */
    assert_false(flow_sent(&client));
    assert_false(flow_offer(&client, DELTA, IN_COMPANY));
    assert_true(flow_sent(&client)); /* drained: ask for a key frame */
    assert_false(flow_offer(&client, DELTA, IN_COMPANY));
    assert_true(flow_offer(&client, KEY, IN_COMPANY));
    assert_true(flow_offer(&client, DELTA, IN_COMPANY));
}

static void a_key_frame_without_room_is_dropped_too(void **state)
{
    (void)state;
    struct flow_client client = {0};
    for (unsigned i = 0; i < FLOW_WINDOW_FRAMES; i++)
        flow_offer(&client, DELTA, IN_COMPANY);
    assert_false(flow_offer(&client, KEY, IN_COMPANY));
    assert_false(flow_offer(&client, KEY, IN_COMPANY)); /* nor the next, while it drops */
    assert_int_equal(client.queued, FLOW_WINDOW_FRAMES);
}

/* The company leaves while it drops: it still may not continue without a key frame. */
static void left_alone_it_waits_for_its_key_frame(void **state)
{
    (void)state;
    struct flow_client client = {.queued = 0, .dropping = true};
    assert_false(flow_offer(&client, DELTA, ALONE));
    assert_true(flow_offer(&client, KEY, ALONE));
}

static void draining_without_a_loss_asks_for_nothing(void **state)
{
    (void)state;
    struct flow_client client = {0};
    flow_offer(&client, KEY, ALONE);
    assert_false(flow_sent(&client));
    assert_int_equal(client.queued, 0);
    assert_false(flow_sent(&client)); /* one too many does not wrap */
    assert_int_equal(client.queued, 0);
}

static void in_flight_is_what_was_handed_and_not_yet_sent(void **state)
{
    (void)state;
    struct flow_credit credit = {0};
    for (unsigned i = 0; i < 5; i++)
        flow_hand(&credit);
    assert_int_equal(flow_in_flight(&credit), 5);
    flow_progress(&credit, 2, 1); /* 3 not taken, 1 in the fastest client's queue */
    assert_int_equal(flow_in_flight(&credit), 4);
    flow_progress(&credit, 3, 0);
    assert_int_equal(flow_in_flight(&credit), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alone_nothing_is_dropped),
        cmocka_unit_test(a_slow_one_drops_until_a_key_frame),
        cmocka_unit_test(a_key_frame_without_room_is_dropped_too),
        cmocka_unit_test(left_alone_it_waits_for_its_key_frame),
        cmocka_unit_test(draining_without_a_loss_asks_for_nothing),
        cmocka_unit_test(in_flight_is_what_was_handed_and_not_yet_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
