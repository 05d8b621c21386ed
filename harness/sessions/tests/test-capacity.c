/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* capacity, punctuality: the search, and what it judges by. */
#include "auto-destroy.h"
#include "harness/sessions/capacity.h"
#include "harness/sessions/punctuality.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define MS INT64_C(1000000)

static void the_largest_number_is_found(void **state)
{
    for (unsigned max = 1; max <= 40; max++) {
        for (unsigned carried = 0; carried <= max + 1; carried++) {
            struct capacity capacity = capacity_begin(max);
            unsigned n, steps = 0;
            while ((n = capacity_next(&capacity))) {
                assert_in_range(n, 1, max);
                assert_in_range(++steps, 1, 16);
                capacity_report(&capacity, n, n <= carried);
            }
            assert_int_equal(capacity.passed, MIN(carried, max));
        }
    }
}

static void a_far_larger_number_is_not_tried_at_once(void **state)
{
    static const unsigned expected[] = {1, 2, 3, 4, 6, 9, 13, 19};
    struct capacity capacity = capacity_begin(100);
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        assert_int_equal(capacity_next(&capacity), expected[i]);
        capacity_report(&capacity, expected[i], true);
    }
}

/* Slots every 10 ms from 100 ms on. The window is from 100 to 200 ms. */
static struct join *join_of(const struct frame *frames, unsigned n)
{
    struct join *join = g_new0(struct join, 1);
    join->frames = g_array_new(false, false, sizeof(struct frame));
    g_array_append_vals(join->frames, frames, n);
    return join;
}

static const struct slot_window window = {100 * MS, 200 * MS, 10 * MS, 10 * MS, true};

static void a_frame_is_in_time_within_one_interval(void **state)
{
    static const struct frame frames[] = {
        {.t0_ns = 90 * MS, .t5_ns = 91 * MS}, /* before the window */
        {.t0_ns = 100 * MS, .t5_ns = 101 * MS, .t7_ns = 150 * MS},
        {.t0_ns = 110 * MS, .t5_ns = 120 * MS},
        {.t0_ns = 120 * MS, .t5_ns = 130 * MS + 1}, /* late */
        {.t0_ns = 130 * MS},                        /* never */
        {.t0_ns = 140 * MS, .fate = FATE_SKIPPED},
        {.t0_ns = 150 * MS, .t5_ns = 151 * MS},
        {.t0_ns = 160 * MS, .t5_ns = 161 * MS},
        {.t0_ns = 170 * MS, .t5_ns = 171 * MS},
        {.t0_ns = 180 * MS, .t5_ns = 181 * MS},
        {.t0_ns = 190 * MS, .t5_ns = 201 * MS}, /* late */
        {.t0_ns = 200 * MS, .t5_ns = 201 * MS}, /* after it */
    };
    auto_destroy(join) join = join_of(frames, G_N_ELEMENTS(frames));
    g_autoptr(GArray) delays = g_array_new(false, false, sizeof(double));
    struct punctuality sum = {.delays_ms = delays};

    punctuality_add(&sum, join, &window);
    assert_int_equal(sum.slots, 10);
    assert_int_equal(sum.in_time, 6);
    assert_int_equal(sum.late, 2);
    assert_float_equal(punctuality_pct(&sum), 60, 1e-9);
    assert_int_equal(delays->len, 8);
    assert_float_equal(g_array_index(delays, double, 0), 1, 1e-9);

    punctuality_add(&sum, join, &window); /* a second session */
    assert_int_equal(sum.slots, 20);
    assert_int_equal(sum.in_time, 12);
}

/* A client that decodes is judged by what it shows, on every route. */
static void a_frame_of_a_decoding_client_arrives_when_it_is_shown(void **state)
{
    static const struct frame frames[] = {
        {.t0_ns = 100 * MS, .t5_ns = 101 * MS, .t7_ns = 105 * MS},
        {.t0_ns = 110 * MS, .t5_ns = 111 * MS, .t7_ns = 125 * MS}, /* late */
        {.t0_ns = 120 * MS, .t5_ns = 121 * MS},                    /* never */
        {.t0_ns = 130 * MS, .t7_ns = 135 * MS},                    /* of a vGPU: not received */
    };
    auto_destroy(join) join = join_of(frames, G_N_ELEMENTS(frames));
    struct slot_window decoding = window;
    struct punctuality sum = {0};

    decoding.receive_only = false;
    punctuality_add(&sum, join, &decoding);
    assert_int_equal(sum.in_time, 2);
    assert_int_equal(sum.late, 1);
}

static void how_late_is_still_in_time_can_be_given(void **state)
{
    static const struct frame frames[] = {
        {.t0_ns = 100 * MS, .t5_ns = 150 * MS},
        {.t0_ns = 110 * MS, .t5_ns = 160 * MS + 1},
    };
    auto_destroy(join) join = join_of(frames, G_N_ELEMENTS(frames));
    struct slot_window patient = window;
    struct punctuality sum = {0};

    patient.within_ns = 50 * MS;
    punctuality_add(&sum, join, &patient);
    assert_int_equal(sum.in_time, 1);
    assert_int_equal(sum.late, 1);
    assert_int_equal(sum.slots, 9); /* those for which the window has room */
}

/* A player that is held up notes no slots: they count all the same. */
static void slots_that_nobody_noted_were_not_in_time(void **state)
{
    static const struct frame frames[] = {{.t0_ns = 100 * MS, .t5_ns = 101 * MS}};
    auto_destroy(join) one = join_of(frames, 1);
    auto_destroy(join) none = join_of(NULL, 0);
    struct punctuality sum = {0};

    assert_float_equal(punctuality_pct(&sum), 0, 0);
    punctuality_add(&sum, one, &window);
    assert_int_equal(sum.slots, 9);
    assert_int_equal(sum.in_time, 1);
    punctuality_add(&sum, none, &window);
    assert_int_equal(sum.slots, 18);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_number_is_found),
        cmocka_unit_test(a_far_larger_number_is_not_tried_at_once),
        cmocka_unit_test(a_frame_is_in_time_within_one_interval),
        cmocka_unit_test(a_frame_of_a_decoding_client_arrives_when_it_is_shown),
        cmocka_unit_test(how_late_is_still_in_time_can_be_given),
        cmocka_unit_test(slots_that_nobody_noted_were_not_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
