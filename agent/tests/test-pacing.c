/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/pacing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define MS INT64_C(1000000)
#define FPS 50
#define FRAME_NS (20 * MS)

/* Draws at `drawn_ns`; returns how long it has to wait. */
static int64_t capture(struct pacing *pacing, int64_t drawn_ns)
{
    int64_t at_ns = drawn_ns > pacing->next_ns ? drawn_ns : pacing->next_ns;

    pacing_take(pacing, at_ns);
    return at_ns - drawn_ns;
}

/* It was late by one phase of an interval for ever, from the first picture on. */
static void a_program_at_the_rate_is_captured_at_once_in_any_phase(void **state)
{
    (void)state;
    for (int64_t phase_ns = 0; phase_ns <= FRAME_NS; phase_ns += MS) {
        struct pacing pacing;

        pacing_init(&pacing, 0, FPS, 1);
        assert_int_equal(capture(&pacing, 0), 0); /* the screen as it was before */
        for (unsigned i = 0; i < 100; i++)
            assert_int_equal(capture(&pacing, phase_ns + i * FRAME_NS), 0);
    }
}

static void it_catches_up_after_something_else_was_drawn(void **state)
{
    (void)state;
    struct pacing pacing;
    int64_t waited_ns = 0;

    pacing_init(&pacing, 0, FPS, 1);
    for (unsigned i = 0; i < 100; i++) {
        waited_ns = capture(&pacing, i * FRAME_NS);
        if (i == 50) /* and twice between two of its pictures */
            for (unsigned k = 1; k <= 2; k++)
                capture(&pacing, i * FRAME_NS + k * 5 * MS);
        assert_true(waited_ns <= FRAME_NS);
    }
    assert_int_equal(waited_ns, 0);
}

static void a_faster_program_is_held_to_the_rate(void **state)
{
    (void)state;
    struct pacing pacing;
    unsigned captured = 0;

    pacing_init(&pacing, 0, FPS, 1);
    for (int64_t now_ns = 0; now_ns < 1000 * MS; now_ns += MS)
        if (now_ns >= pacing.next_ns) {
            pacing_take(&pacing, now_ns);
            captured++;
        }
    /* A sixteenth more, and the bucket's two. */
    assert_in_range(captured, FPS, FPS * 16 / 15 + 2);
}

static void after_a_pause_two_may_follow_each_other(void **state)
{
    (void)state;
    struct pacing pacing;

    pacing_init(&pacing, 0, FPS, 1);
    capture(&pacing, 0);
    assert_int_equal(capture(&pacing, 1000 * MS), 0);
    assert_int_equal(capture(&pacing, 1000 * MS), 0);
    assert_true(capture(&pacing, 1000 * MS) > FRAME_NS / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_at_the_rate_is_captured_at_once_in_any_phase),
        cmocka_unit_test(it_catches_up_after_something_else_was_drawn),
        cmocka_unit_test(a_faster_program_is_held_to_the_rate),
        cmocka_unit_test(after_a_pause_two_may_follow_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
