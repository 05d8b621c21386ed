/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/slots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const struct {
    uint32_t fps_num, fps_den;
    uint64_t index;
    int64_t expected_ns; /* after the origin */
} cases[] = {
    {30, 1, 0, 0},
    {30, 1, 1, 33333333},
    {30, 1, 3, 100000000},
    {60, 1, 60, 1000000000},
    {30000, 1001, 30000, INT64_C(1001000000000)},
    {1, 1, 86400, INT64_C(86400000000000)},
    /* A month at 240 a second: index * den * 10^9 would need 80 bits. */
    {240000, 1001, UINT64_C(622080000), INT64_C(2594592000000000)},
    {2147483647, 16777216, 2147483647, INT64_C(16777216000000000)},
};

static void slots_lie_at_their_index(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct slots slots;
        slots_init(&slots, 1000, cases[i].fps_num, cases[i].fps_den);
        slots.index = cases[i].index;
        assert_int_equal(slots_next_ns(&slots), 1000 + cases[i].expected_ns);
    }
}

static void rounding_does_not_add_up(void **state)
{
    (void)state;
    struct slots slots;
    int64_t last_ns = -1;

    slots_init(&slots, 0, 30, 1);
    for (unsigned i = 0; i < 3000; i++) {
        assert_true(slots_next_ns(&slots) > last_ns);
        last_ns = slots_next_ns(&slots);
        slots_advance(&slots);
    }
    assert_int_equal(slots_next_ns(&slots), INT64_C(100000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_lie_at_their_index),
        cmocka_unit_test(rounding_does_not_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
