/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* bootstrap: intervals that can be worked out by hand, and the same ones each time. */
#include "harness/statistics/bootstrap.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

/* The median of a draw of nine is at most the k-th value if five of nine draws are, each
 * with probability k/9: 0.1 % for k = 1, 3.0 % for 2, so 2.5 % is the second value; and
 * the eighth one at the other end. */
static void the_interval_is_the_one_worked_out_by_hand(void **state)
{
    static const double one[] = {1, 1, 1}, nine[] = {10, 20, 30, 40, 50, 60, 70, 80, 90};
    struct estimate ratio = bootstrap_ratio(one, 3, nine, 9);
    assert_float_equal(ratio.value, 50, 0);
    assert_float_equal(ratio.low, 20, 0);
    assert_float_equal(ratio.high, 80, 0);

    ratio = bootstrap_ratio(nine, 9, one, 3);
    assert_float_equal(ratio.value, 1 / 50.0, 1e-12);
    assert_float_equal(ratio.low, 1 / 80.0, 1e-12);
    assert_float_equal(ratio.high, 1 / 20.0, 1e-12);

    struct estimate difference = bootstrap_difference(one, 3, nine, 9);
    assert_float_equal(difference.value, 49, 0);
    assert_float_equal(difference.low, 19, 0);
    assert_float_equal(difference.high, 79, 0);
}

static void without_spread_there_is_no_width(void **state)
{
    static const double a[] = {2, 2, 2}, b[] = {3, 3};
    struct estimate ratio = bootstrap_ratio(a, 3, b, 2);
    assert_float_equal(ratio.low, 1.5, 0);
    assert_float_equal(ratio.high, 1.5, 0);
}

static void the_same_samples_give_the_same_interval(void **state)
{
    static const double a[] = {1.1, 1.7, 1.3, 1.9, 1.2}, b[] = {2.1, 2.9, 2.4, 2.2, 2.6};
    struct estimate first = bootstrap_ratio(a, 5, b, 5), second = bootstrap_ratio(a, 5, b, 5);
    assert_memory_equal(&first, &second, sizeof first);
    assert_true(first.low < first.value && first.value < first.high);
}

static void a_ratio_needs_values_above_0(void **state)
{
    static const double zero[] = {0, 1, 2}, one[] = {1, 1, 1};
    assert_true(isnan(bootstrap_ratio(zero, 3, one, 3).value));
    assert_true(isnan(bootstrap_ratio(one, 3, zero, 3).value));
    assert_float_equal(bootstrap_difference(zero, 3, one, 3).value, 0, 0);
}

static void one_value_has_no_interval(void **state)
{
    static const double a[] = {4, NAN}, b[] = {2, 2};
    struct estimate ratio = bootstrap_ratio(a, 2, b, 2);
    assert_float_equal(ratio.value, 0.5, 0);
    assert_true(isnan(ratio.low) && isnan(ratio.high));
    assert_true(isnan(bootstrap_difference(a, 0, b, 2).value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_interval_is_the_one_worked_out_by_hand),
        cmocka_unit_test(without_spread_there_is_no_width),
        cmocka_unit_test(the_same_samples_give_the_same_interval),
        cmocka_unit_test(a_ratio_needs_values_above_0),
        cmocka_unit_test(one_value_has_no_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
