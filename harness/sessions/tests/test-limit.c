/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* limit: the name of what a machine has run out of. */
#include "harness/sessions/limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct load load_of(double busy_pct)
{
    return (struct load){.busy_pct = busy_pct,
                         .part_pct = {[PART_SERVER] = 20,
                                      [PART_CLIENT] = 50,
                                      [PART_AGENT] = 3,
                                      [PART_DRAWING] = 0,
                                      [PART_HARNESS] = 1}};
}

/* Frames of 100 slots, the late ones after 50 ms. */
static char *limit(double busy_pct, unsigned in_time, unsigned late)
{
    g_autoptr(GArray) delays = g_array_new(false, false, sizeof(double));
    const struct load load = load_of(busy_pct);
    const double ms = 50;

    for (unsigned i = 0; i < late; i++)
        g_array_append_val(delays, ms);
    const struct punctuality sum = {
        .slots = 100, .in_time = in_time, .late = late, .delays_ms = delays};
    return limit_of_load(&load, &sum, 33.3);
}

#define PARTS "server 20 %, client 50 %, agent 3 %, drawing guest 0 %, harness 1 %, all others "

static void used_up_processors_are_named_with_who_uses_them(void **state)
{
    g_autofree char *text = limit(97, 60, 10);
    assert_string_equal(text, "cpu: the processors were 97 % busy (" PARTS "23 %)");
}

static void what_others_use_is_counted_of_one_processor(void **state)
{
    const struct load load = load_of(97), less = load_of(73.9);
    assert_float_equal(limit_foreign_pct(&load, 2), 46, 1e-9);
    assert_float_equal(limit_foreign_pct(&less, 2), 0, 0); /* the clocks differ */
}

static void late_frames_on_idle_processors_are_a_matter_of_latency(void **state)
{
    g_autofree char *text = limit(75, 10, 90);
    assert_string_equal(text, "latency: 90.0 % arrived later than 33.3 ms, p50 50.0 ms; the "
                              "processors were 75 % busy (" PARTS "1 %)");
}

static void frames_that_never_arrived_are_another_limit(void **state)
{
    g_autofree char *text = limit(75, 60, 10);
    assert_string_equal(text, "frames: 30.0 % never arrived; the processors were 75 % busy (" PARTS
                              "1 %)");
}

static void a_start_that_failed_keeps_its_reason(void **state)
{
    g_autofree char *text = limit_of_start("session 7 cannot be started: no room");
    assert_string_equal(text, "start: session 7 cannot be started: no room");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(used_up_processors_are_named_with_who_uses_them),
        cmocka_unit_test(what_others_use_is_counted_of_one_processor),
        cmocka_unit_test(late_frames_on_idle_processors_are_a_matter_of_latency),
        cmocka_unit_test(frames_that_never_arrived_are_another_limit),
        cmocka_unit_test(a_start_that_failed_keeps_its_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
