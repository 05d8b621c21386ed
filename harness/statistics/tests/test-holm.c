/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* holm: an example that can be worked out by hand. */
#include "harness/statistics/holm.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* Of four tests the least p counts four times, the next one three times; none becomes
 * less than one before it. */
static void each_p_is_adjusted_by_its_rank(void **state)
{
    static const double wanted[] = {0.03, 0.06, NAN, 0.06, 0.02};
    double p[] = {0.01, 0.04, NAN, 0.03, 0.005};

    holm_adjust(p, 5);
    for (size_t i = 0; i < 5; i++) {
        if (isnan(wanted[i]))
            assert_true(isnan(p[i]));
        else
            assert_float_equal(p[i], wanted[i], 1e-12);
    }
}

static void none_is_above_1(void **state)
{
    double p[] = {0.7, 0.6}, one[] = {0.04};
    holm_adjust(p, 2);
    assert_float_equal(p[0], 1, 0);
    assert_float_equal(p[1], 1, 0);
    holm_adjust(one, 1);
    assert_float_equal(one[0], 0.04, 0);
    holm_adjust(NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_p_is_adjusted_by_its_rank),
        cmocka_unit_test(none_is_above_1),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
