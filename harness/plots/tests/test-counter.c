/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* counter: growth between samples, and where it is not known. */
#include "auto-destroy.h"
#include "harness/plots/counter.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define MS INT64_C(1000000)

static void growth_is_in_proportion_to_the_time(void **state)
{
    auto_destroy(counter) counter = counter_create();
    static const struct {
        int64_t begin_ms, end_ms;
        double expected;
    } cases[] = {
        {1000, 1100, 10}, {1000, 1300, 75}, {1050, 1100, 5},  {1050, 1150, 10},
        {0, 1000, 0},     {0, 1100, 10},    {1300, 9000, 0},  {1250, 9000, 27.5},
        {0, 9000, 75},    {1150, 1150, 0},  {1100, 1200, 10},
    };
    counter_add(counter, 1000 * MS, 100);
    counter_add(counter, 1100 * MS, 110);
    counter_add(counter, 1200 * MS, 120);
    counter_add(counter, 1300 * MS, 175);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        double was = counter_growth(counter, cases[i].begin_ms * MS, cases[i].end_ms * MS);
        if (fabs(was - cases[i].expected) > 1e-9)
            fail_msg("%d to %d ms: expected %g, got %g", (int)cases[i].begin_ms,
                     (int)cases[i].end_ms, cases[i].expected, was);
    }
}

/* Expected: no rate. A straight line over seconds would be made up. */
static void a_hole_has_no_value(void **state)
{
    auto_destroy(counter) counter = counter_create();
    counter_add(counter, 0, 0);
    counter_add(counter, 3000 * MS, 300);
    assert_true(isnan(counter_growth(counter, 1000 * MS, 1500 * MS)));
    assert_float_equal(counter_growth(counter, 0, 3000 * MS), 300, 0);
}

static void what_stands_still_has_no_hole(void **state)
{
    auto_destroy(counter) counter = counter_create();
    counter_add(counter, 0, 7);
    counter_add(counter, 3000 * MS, 7);
    assert_float_equal(counter_growth(counter, 1000 * MS, 1500 * MS), 0, 0);
}

static void without_samples_nothing_grows(void **state)
{
    auto_destroy(counter) counter = counter_create();
    assert_float_equal(counter_growth(counter, 0, MS), 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(growth_is_in_proportion_to_the_time),
        cmocka_unit_test(a_hole_has_no_value),
        cmocka_unit_test(what_stands_still_has_no_hole),
        cmocka_unit_test(without_samples_nothing_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
