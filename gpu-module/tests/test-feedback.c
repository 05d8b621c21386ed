/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/feedback.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define MS INT64_C(1000000)
#define START (1000 * MS)

/* 10 kB each 10 ms: 8 Mbit/s. */
static bool frame(struct feedback *feedback, int64_t ms, unsigned in_flight, uint64_t dropped,
                  struct port_feedback *ret)
{
    return feedback_frame(feedback, START + ms * MS, 10000, in_flight, dropped, ret);
}

static void it_is_told_once_an_interval(void **state)
{
    (void)state;
    struct feedback feedback = {0};
    struct port_feedback report;
    unsigned count = 0;

    for (int64_t ms = 0; ms <= 2000; ms += 10) {
        bool due = frame(&feedback, ms, 1, 0, &report);
        assert_int_equal(due, ms > 0 && ms % (FEEDBACK_INTERVAL_NS / MS) == 0);
        if (due) {
            assert_int_equal(report.achieved_kbps, 8000);
            assert_int_equal(report.frames_in_flight, 1);
            assert_int_equal(report.frames_dropped, 0);
            count++;
        }
    }
    assert_int_equal(count, 4);
}

static void a_burst_is_no_standing_queue(void **state)
{
    (void)state;
    struct feedback feedback = {0};
    struct port_feedback report;

    for (int64_t ms = 0; ms < 500; ms += 10) /* a key frame, and what waits behind it */
        assert_false(frame(&feedback, ms, ms >= 100 && ms < 200 ? 3 : 1, 0, &report));
    assert_true(frame(&feedback, 500, 1, 0, &report));
    assert_int_equal(report.frames_in_flight, 1);
    for (int64_t ms = 510; ms < 1000; ms += 10) /* every other frame finds one */
        assert_false(frame(&feedback, ms, ms % 20 ? 2 : 1, 0, &report));
    assert_true(frame(&feedback, 1000, 1, 0, &report));
    assert_int_equal(report.frames_in_flight, 2);
    for (int64_t ms = 1010; ms < 1500; ms += 10)
        assert_false(frame(&feedback, ms, 3, 0, &report));
    assert_true(frame(&feedback, 1500, 3, 0, &report));
    assert_int_equal(report.frames_in_flight, 3);
}

static void what_was_dropped_is_told_once(void **state)
{
    (void)state;
    struct feedback feedback = {0};
    struct port_feedback report;

    assert_false(frame(&feedback, 0, 1, 0, &report));
    assert_true(frame(&feedback, 500, 1, 7, &report));
    assert_int_equal(report.frames_dropped, 7);
    assert_true(frame(&feedback, 1000, 1, 7, &report));
    assert_int_equal(report.frames_dropped, 0);
    assert_true(frame(&feedback, 1500, 1, 9, &report));
    assert_int_equal(report.frames_dropped, 2);
}

static void a_still_screen_counts_as_a_low_rate_without_a_queue(void **state)
{
    (void)state;
    struct feedback feedback = {0};
    struct port_feedback report;

    assert_false(frame(&feedback, 0, 1, 0, &report));
    assert_true(frame(&feedback, 80000, 1, 0, &report));
    assert_int_equal(report.achieved_kbps, 1);
    assert_int_equal(report.frames_in_flight, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_told_once_an_interval),
        cmocka_unit_test(a_burst_is_no_standing_queue),
        cmocka_unit_test(what_was_dropped_is_told_once),
        cmocka_unit_test(a_still_screen_counts_as_a_low_rate_without_a_queue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
