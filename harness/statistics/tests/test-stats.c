/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* stats: nearest-rank percentiles, and that what does not exist is not counted. */
#include "harness/statistics/stats.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void percentiles_are_values_by_nearest_rank(void **state)
{
    static const double five[] = {50, 15, 35, 20, 40};
    static const struct {
        double percent, expected;
    } cases[] = {{5, 15}, {20, 15}, {20.1, 20}, {30, 20}, {40, 20}, {50, 35}, {99, 50}, {100, 50}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_float_equal(stats_percentile(five, 5, cases[i].percent), cases[i].expected, 0);
}

static void a_whole_rank_is_not_rounded_up(void **state)
{
    double values[100];
    for (int i = 0; i < 100; i++)
        values[i] = i + 1;
    /* 0.95 * 100 is 95.00000000000001 to a computer that multiplies first. */
    for (int percent = 1; percent <= 100; percent++)
        assert_float_equal(stats_percentile(values, 100, percent), percent, 0);
    assert_float_equal(stats_percentile(values, 20, 95), 19, 0);
}

static void the_median_of_an_even_number_is_the_middle(void **state)
{
    static const double values[] = {4, 1, 3, 2};
    assert_float_equal(stats_median(values, 4), 2.5, 0);
    assert_float_equal(stats_median(values, 3), 3, 0);
    assert_float_equal(stats_median(values, 1), 4, 0);
}

static void what_does_not_exist_is_not_counted(void **state)
{
    static const double values[] = {NAN, 7, NAN, 5, 6};
    assert_float_equal(stats_percentile(values, 5, 50), 6, 0);
    assert_float_equal(stats_median(values, 5), 6, 0);
    assert_float_equal(stats_min(values, 5), 5, 0);
    assert_float_equal(stats_max(values, 5), 7, 0);
}

static void of_nothing_there_is_nothing(void **state)
{
    static const double nothing[] = {NAN};
    assert_true(isnan(stats_percentile(NULL, 0, 50)));
    assert_true(isnan(stats_percentile(nothing, 1, 50)));
    assert_true(isnan(stats_median(nothing, 1)));
    assert_true(isnan(stats_min(NULL, 0)));
    assert_true(isnan(stats_max(nothing, 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentiles_are_values_by_nearest_rank),
        cmocka_unit_test(a_whole_rank_is_not_rounded_up),
        cmocka_unit_test(the_median_of_an_even_number_is_the_middle),
        cmocka_unit_test(what_does_not_exist_is_not_counted),
        cmocka_unit_test(of_nothing_there_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
