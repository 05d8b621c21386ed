/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/leftovers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void quiet_turns(struct leftovers *left, unsigned turns)
{
    for (unsigned i = 0; i < turns; i++) {
        assert_false(leftovers_gone(left));
        leftovers_turn_over(left);
        leftovers_read(left, 0, true);
    }
}

static void a_new_port_holds_nothing(void **state)
{
    (void)state;
    const struct leftovers left = {0};

    assert_true(leftovers_gone(&left));
}

static void gone_after_some_quiet_turns(void **state)
{
    (void)state;
    struct leftovers left = {0};

    leftovers_expect(&left);
    quiet_turns(&left, LEFTOVERS_QUIET_TURNS);
    assert_true(leftovers_gone(&left));
}

/* A VM that is stopped lets no turn pass, however often the port is read. */
static void a_read_in_the_same_turn_does_not_count(void **state)
{
    (void)state;
    struct leftovers left = {0};

    leftovers_expect(&left);
    for (unsigned i = 0; i < 2 * LEFTOVERS_QUIET_TURNS; i++)
        leftovers_read(&left, 0, true);
    quiet_turns(&left, LEFTOVERS_QUIET_TURNS);
    assert_true(leftovers_gone(&left));
}

static void a_byte_begins_the_count_anew(void **state)
{
    (void)state;
    struct leftovers left = {0};

    leftovers_expect(&left);
    quiet_turns(&left, LEFTOVERS_QUIET_TURNS - 1);
    leftovers_turn_over(&left);
    leftovers_read(&left, 1, false);
    quiet_turns(&left, LEFTOVERS_QUIET_TURNS);
    assert_true(leftovers_gone(&left));
}

/* An agent that writes on and on before it is answered gets its error. */
static void an_opening_waits_for_a_limited_number_of_bytes(void **state)
{
    (void)state;
    struct leftovers left = {0};

    leftovers_expect(&left);
    leftovers_read(&left, LEFTOVERS_MAX_BYTES, false); /* nobody waits for these */
    assert_false(leftovers_gone(&left));
    leftovers_read(&left, LEFTOVERS_MAX_BYTES - 1, true);
    assert_false(leftovers_gone(&left));
    leftovers_read(&left, 1, true);
    assert_true(leftovers_gone(&left));
}

static void each_closing_begins_anew(void **state)
{
    (void)state;
    struct leftovers left = {0};

    leftovers_expect(&left);
    leftovers_read(&left, LEFTOVERS_MAX_BYTES - 1, true);
    quiet_turns(&left, LEFTOVERS_QUIET_TURNS - 1);
    leftovers_expect(&left);
    leftovers_read(&left, 1, true);
    quiet_turns(&left, LEFTOVERS_QUIET_TURNS);
    assert_true(leftovers_gone(&left));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_port_holds_nothing),
        cmocka_unit_test(gone_after_some_quiet_turns),
        cmocka_unit_test(a_read_in_the_same_turn_does_not_count),
        cmocka_unit_test(a_byte_begins_the_count_anew),
        cmocka_unit_test(an_opening_waits_for_a_limited_number_of_bytes),
        cmocka_unit_test(each_closing_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
