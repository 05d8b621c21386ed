/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* When an agent counts as hung, and when it has come to itself. */
#include "gpu-module/heartbeat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void pass(struct heartbeat *beat, unsigned intervals, bool read)
{
    for (unsigned i = 0; i < intervals; i++)
        assert_false(heartbeat_interval(beat, read));
}

static void who_is_silent_for_the_timeout_has_hung(void **state)
{
    (void)state;
    struct heartbeat beat = {0};

    assert_true(heartbeat_watch(&beat));
    pass(&beat, HEARTBEAT_SILENT_INTERVALS - 1, true);
    assert_true(heartbeat_interval(&beat, true));
    assert_true((HEARTBEAT_SILENT_INTERVALS - 1) * PORT_HEARTBEAT_INTERVAL_MS >=
                PORT_HEARTBEAT_TIMEOUT_MS); /* the first may have been cut short */
}

static void each_byte_is_a_sign_of_life(void **state)
{
    (void)state;
    struct heartbeat beat = {0};

    heartbeat_watch(&beat);
    for (unsigned i = 0; i < 3; i++) {
        pass(&beat, HEARTBEAT_SILENT_INTERVALS - 1, true);
        assert_false(heartbeat_heard(&beat));
    }
}

static void another_format_starts_no_second_timer(void **state)
{
    (void)state;
    struct heartbeat beat = {0};

    assert_true(heartbeat_watch(&beat));
    assert_false(heartbeat_watch(&beat));
    heartbeat_forget(&beat);
    assert_true(heartbeat_watch(&beat));
}

static void a_port_that_is_not_read_says_nothing(void **state)
{
    (void)state;
    struct heartbeat beat = {0};

    heartbeat_watch(&beat);
    pass(&beat, HEARTBEAT_SILENT_INTERVALS - 1, true);
    pass(&beat, 100, false);
    pass(&beat, HEARTBEAT_SILENT_INTERVALS - 1, true);
    assert_true(heartbeat_interval(&beat, true));
}

static void who_comes_to_itself_is_watched_from_its_format_on(void **state)
{
    (void)state;
    struct heartbeat beat = {0};

    heartbeat_watch(&beat);
    pass(&beat, HEARTBEAT_SILENT_INTERVALS - 1, true);
    heartbeat_interval(&beat, true);
    assert_false(beat.watched);
    assert_true(heartbeat_heard(&beat));
    assert_false(heartbeat_heard(&beat));
    assert_true(heartbeat_watch(&beat));
    pass(&beat, HEARTBEAT_SILENT_INTERVALS - 1, true);
    assert_true(heartbeat_interval(&beat, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_silent_for_the_timeout_has_hung),
        cmocka_unit_test(each_byte_is_a_sign_of_life),
        cmocka_unit_test(another_format_starts_no_second_timer),
        cmocka_unit_test(a_port_that_is_not_read_says_nothing),
        cmocka_unit_test(who_comes_to_itself_is_watched_from_its_format_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
