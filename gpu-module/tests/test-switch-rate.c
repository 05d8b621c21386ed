/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/switch-rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void use_all(struct switch_rate *rate)
{
    while (switch_rate_allows(rate))
        switch_rate_use(rate);
}

static void a_storm_ends_with_the_stock(void **state)
{
    (void)state;
    struct switch_rate rate = {0};
    for (unsigned i = 0; i < SWITCH_RATE_STOCK; i++) {
        assert_true(switch_rate_allows(&rate));
        assert_int_equal(switch_rate_use(&rate), i == 0); /* one timer, not many */
    }
    assert_false(switch_rate_allows(&rate));
}

static void each_interval_gives_one_more(void **state)
{
    (void)state;
    struct switch_rate rate = {0};
    use_all(&rate);
    assert_true(switch_rate_refill(&rate));
    assert_true(switch_rate_allows(&rate));
    assert_false(switch_rate_use(&rate));
    assert_false(switch_rate_allows(&rate));
}

/* Nothing of ours wakes the server up once the guest is quiet. */
static void the_timer_ends_when_the_stock_is_full(void **state)
{
    (void)state;
    struct switch_rate rate = {0};
    unsigned intervals = 1;
    use_all(&rate);
    while (switch_rate_refill(&rate))
        intervals++;
    assert_int_equal(intervals, SWITCH_RATE_STOCK);
    assert_false(switch_rate_refill(&rate)); /* one too many does no harm */
    assert_true(switch_rate_use(&rate));     /* and the next switch starts it again */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_storm_ends_with_the_stock),
        cmocka_unit_test(each_interval_gives_one_more),
        cmocka_unit_test(the_timer_ends_when_the_stock_is_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
