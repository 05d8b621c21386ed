/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The rule from feedback to bitrate step, as stories. */
#include "agent/bitrate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define QUEUE BITRATE_QUEUE_FRAMES

static const struct bitrate_steps steps = {4, {500, 1000, 2000, 4000}};

/* Feeds `count` feedbacks while the frames are of the step that is wanted. */
static unsigned feed(struct bitrate *bitrate, unsigned in_flight, uint32_t kbps, uint32_t dropped,
                     unsigned count)
{
    const struct port_feedback feedback = {in_flight, kbps, dropped};

    for (unsigned i = 0; i < count; i++)
        bitrate_feedback(bitrate, &feedback, bitrate->step);
    return bitrate->step;
}

static unsigned calm(struct bitrate *bitrate, unsigned count)
{
    return feed(bitrate, 1, 100, 0, count);
}

static struct bitrate begin(void)
{
    struct bitrate bitrate;
    bitrate_init(&bitrate, &steps);
    assert_int_equal(bitrate.step, 3);
    return bitrate;
}

static void a_standing_queue_lowers_to_what_passes(void **state)
{
    (void)state;
    static const struct {
        uint32_t achieved_kbps;
        unsigned step;
    } cases[] = {
        {4000, 2},       {2300, 2}, {2223, 2}, {2222, 1}, {1112, 1},
        {1111, 0},       {10, 0},   {0, 0},    {9000, 2}, /* whatever passed: the queue says that it was too much */
        {UINT32_MAX, 2},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bitrate bitrate = begin();
        assert_int_equal(feed(&bitrate, QUEUE, cases[i].achieved_kbps, 0, 1), cases[i].step);
    }
}

static void nothing_is_below_the_lowest_or_above_the_highest(void **state)
{
    (void)state;
    struct bitrate bitrate = begin();
    assert_int_equal(calm(&bitrate, 1000), 3);
    assert_int_equal(feed(&bitrate, QUEUE, 0, 0, 100), 0);
    static const struct bitrate_steps one = {1, {700}};
    bitrate_init(&bitrate, &one);
    assert_int_equal(feed(&bitrate, QUEUE, 0, 0, 100), 0);
    assert_int_equal(calm(&bitrate, 100), 0);
}

static void while_the_change_is_on_its_way_feedback_says_nothing(void **state)
{
    (void)state;
    const struct port_feedback queue = {QUEUE, 1500, 0};
    struct bitrate bitrate = begin();

    assert_true(bitrate_feedback(&bitrate, &queue, 3));
    assert_int_equal(bitrate.step, 1);
    for (unsigned i = 0; i < 20; i++)
        assert_false(bitrate_feedback(&bitrate, &queue, 3)); /* no key frame yet */
    assert_false(bitrate_feedback(&bitrate, &queue, 1));     /* half of it was before */
    assert_true(bitrate_feedback(&bitrate, &queue, 1));
    assert_int_equal(bitrate.step, 0);
}

static void a_calm_time_raises_by_one(void **state)
{
    (void)state;
    struct bitrate bitrate = begin();
    feed(&bitrate, QUEUE, 0, 0, 1);
    assert_int_equal(calm(&bitrate, 1 + BITRATE_CALM_FEEDBACKS - 1), 0);
    assert_int_equal(calm(&bitrate, 1), 1);
    assert_int_equal(calm(&bitrate, 1 + BITRATE_CALM_FEEDBACKS), 2);
    assert_int_equal(calm(&bitrate, 1 + BITRATE_CALM_FEEDBACKS), 3);
}

static void drops_do_not_lower_and_keep_from_raising(void **state)
{
    (void)state;
    struct bitrate bitrate = begin();
    assert_int_equal(feed(&bitrate, 1, 4000, 30, 100), 3);
    feed(&bitrate, QUEUE, 0, 0, 1);
    for (unsigned i = 0; i < 20; i++) {
        assert_int_equal(calm(&bitrate, BITRATE_CALM_FEEDBACKS - 1), 0);
        assert_int_equal(feed(&bitrate, 1, 400, 1, 1), 0);
    }
    assert_int_equal(calm(&bitrate, BITRATE_CALM_FEEDBACKS), 1);
}

/* On a link that carries step 1 and no more: each trial waits twice as long. */
static void a_trial_that_fails_makes_patient(void **state)
{
    (void)state;
    struct bitrate bitrate = begin();
    unsigned patience = BITRATE_CALM_FEEDBACKS;

    feed(&bitrate, QUEUE, 1200, 0, 1);
    for (unsigned i = 0; i < 6; i++) {
        assert_int_equal(calm(&bitrate, 1 + patience - 1), 1);
        assert_int_equal(calm(&bitrate, 1), 2);
        assert_int_equal(feed(&bitrate, QUEUE, 1200, 0, 2), 1);
        patience = patience < BITRATE_CALM_FEEDBACKS_MAX ? 2 * patience : patience;
    }
    assert_int_equal(patience, BITRATE_CALM_FEEDBACKS_MAX);
    /* The link has got wider: one trial that passes, and patience is back. */
    calm(&bitrate, 1 + patience);
    assert_int_equal(calm(&bitrate, 1 + patience), 3);
    feed(&bitrate, QUEUE, 1200, 0, 2);
    assert_int_equal(bitrate.step, 1);
    assert_int_equal(calm(&bitrate, 1 + 2 * BITRATE_CALM_FEEDBACKS), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_standing_queue_lowers_to_what_passes),
        cmocka_unit_test(nothing_is_below_the_lowest_or_above_the_highest),
        cmocka_unit_test(while_the_change_is_on_its_way_feedback_says_nothing),
        cmocka_unit_test(a_calm_time_raises_by_one),
        cmocka_unit_test(drops_do_not_lower_and_keep_from_raising),
        cmocka_unit_test(a_trial_that_fails_makes_patient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
