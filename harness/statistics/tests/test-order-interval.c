/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* order-interval: the ranks of published tables, and no interval from too few values. */
#include "harness/statistics/order-interval.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* The ranks that tables of the sign test give for 95 %. */
static void the_ranks_are_those_of_the_sign_test(void **state)
{
    static const struct {
        size_t n, rank;
    } cases[] = {{6, 1}, {8, 1}, {9, 2}, {10, 2}, {12, 3}, {15, 4}, {20, 6}, {25, 8}, {50, 18}};
    double values[50], low, high;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t k = 0; k < cases[i].n; k++)
            values[k] = (double)(cases[i].n - k);
        order_interval(values, cases[i].n, &low, &high);
        if (low != (double)cases[i].rank || high != (double)(cases[i].n + 1 - cases[i].rank))
            fail_msg("of %zu values: %g to %g", cases[i].n, low, high);
    }
}

static void too_few_values_have_no_interval(void **state)
{
    static const double values[] = {1, 2, 3, 4, 5, NAN};
    double low, high;
    order_interval(values, 6, &low, &high);
    assert_true(isnan(low) && isnan(high));
    assert_true(isinf(order_interval_pct(values, 6)));
    assert_true(isinf(order_interval_pct(NULL, 0)));
}

static void half_its_length_is_a_share_of_the_median(void **state)
{
    static const double values[] = {90, 110, 100, 100, 95, 105};
    static const double equal[] = {0, 0, 0, 0, 0, 0};
    assert_float_equal(order_interval_pct(values, 6), 10, 1e-9);
    assert_float_equal(order_interval_pct(equal, 6), 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ranks_are_those_of_the_sign_test),
        cmocka_unit_test(too_few_values_have_no_interval),
        cmocka_unit_test(half_its_length_is_a_share_of_the_median),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
