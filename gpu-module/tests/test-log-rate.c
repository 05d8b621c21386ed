/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/log-rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define DAY_NS (24 * 3600 * INT64_C(1000000000))

/* Lines written of `tries`, one each `interval_ns`; how many they report as left out. */
static unsigned count(struct log_rate *rate, unsigned tries, int64_t begin_ns, int64_t interval_ns,
                      uint64_t *ret_left_out)
{
    unsigned lines = 0;

    *ret_left_out = 0;
    for (unsigned i = 0; i < tries; i++) {
        uint64_t left_out;
        if (log_rate_allows(rate, begin_ns + i * interval_ns, &left_out)) {
            lines++;
            *ret_left_out += left_out;
        }
    }
    return lines;
}

static void the_first_lines_are_written_at_once(void **state)
{
    (void)state;
    struct log_rate rate = {0};
    uint64_t left_out;

    assert_int_equal(count(&rate, 3, 7 * DAY_NS, 0, &left_out), 3);
    assert_int_equal(left_out, 0);
    assert_int_equal(count(&rate, 100, 7 * DAY_NS, 0, &left_out), LOG_RATE_STOCK - 3);
}

static void ten_a_second_are_a_line_a_minute(void **state)
{
    (void)state;
    struct log_rate rate = {0};
    uint64_t left_out;
    const unsigned minutes = 60, tries = minutes * 600;

    assert_int_equal(count(&rate, tries, 1, INT64_C(100000000), &left_out),
                     LOG_RATE_STOCK + minutes - 1);
    /* All are accounted for, but those after the last line. */
    assert_int_equal(left_out + rate.left_out, tries - (LOG_RATE_STOCK + minutes - 1));
}

static void what_was_left_out_is_reported_once(void **state)
{
    (void)state;
    struct log_rate rate = {0};
    uint64_t left_out;

    count(&rate, LOG_RATE_STOCK + 7, 0, 0, &left_out);
    assert_false(log_rate_allows(&rate, LOG_RATE_INTERVAL_NS - 1, &left_out));
    assert_true(log_rate_allows(&rate, LOG_RATE_INTERVAL_NS, &left_out));
    assert_int_equal(left_out, 8);
    assert_true(log_rate_allows(&rate, 2 * LOG_RATE_INTERVAL_NS, &left_out));
    assert_int_equal(left_out, 0);
}

static void the_stock_is_full_after_a_quiet_time(void **state)
{
    (void)state;
    struct log_rate rate = {0};
    uint64_t left_out;

    count(&rate, 100, 0, 0, &left_out);
    assert_int_equal(count(&rate, 100, DAY_NS, 0, &left_out), LOG_RATE_STOCK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_lines_are_written_at_once),
        cmocka_unit_test(ten_a_second_are_a_line_a_minute),
        cmocka_unit_test(what_was_left_out_is_reported_once),
        cmocka_unit_test(the_stock_is_full_after_a_quiet_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
