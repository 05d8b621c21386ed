/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* age: made-up streams whose ages, freezes and jitter are computed by hand. */
#include "harness/evaluate/age.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define MS INT64_C(1000000)
#define NOT_SHOWN (-1)

/* A slot in ms, and when its frame is shown. The first second of a stream begins with
 * its first slot. */
struct slot {
    int t0_ms, t7_ms;
};

static struct join *make_join(void)
{
    struct join *join = g_new0(struct join, 1);
    join->frames = g_array_new(false, false, sizeof(struct frame));
    return join;
}

static void add_slot(struct join *join, unsigned opening, int64_t begin_ms, struct slot slot)
{
    struct frame frame = {.t0_ns = slot.t0_ms * MS,
                          .t7_ns = slot.t7_ms == NOT_SHOWN ? 0 : slot.t7_ms * MS,
                          .opening = opening,
                          .startup = slot.t0_ms < begin_ms + 1000};
    g_array_append_val(join->frames, frame);
}

/* Frames that are all shown 5 ms after their slots, which are 100 ms apart: those of
 * the first second, and `steady` more. */
static void add_even(struct join *join, unsigned opening, int begin_ms, int steady)
{
    for (int i = 0; i < 10 + steady; i++)
        add_slot(join, opening, begin_ms,
                 (struct slot){begin_ms + i * 100, begin_ms + i * 100 + 5});
}

static void measure(struct join *join, const char *route, struct metrics *ret_metrics)
{
    metrics_init(ret_metrics);
    age_measure(ret_metrics, route_find(route), join);
    join_destroy(join);
}

static void assert_metric(const struct metrics *metrics, enum metric metric, double expected)
{
    double was = metrics->value[metric];
    if (isnan(expected) ? !isnan(was) : !(fabs(was - expected) < 1e-6))
        fail_msg("%s: expected %g, got %g", metric_name(metric), expected, was);
}

static void the_age_grows_from_the_latency_by_one_interval(void **state)
{
    struct join *join = make_join();
    struct metrics m;

    add_even(join, 1, 1000, 10);
    measure(join, "gpu-module", &m);
    /* From 2000 to 3000: 5 ms in which the last frame of the first second is 100 to 105
     * old, 9 times 5 to 105, and at last 5 to 100. So each age from 5 to 100 for 10 ms,
     * from 100 to 105 for 10 ms: 10 * 95 + 10 * 5 = 1000. */
    assert_metric(&m, METRIC_PICTURE_AGE_MS_P50, 55);
    assert_metric(&m, METRIC_PICTURE_AGE_MS_P99, 104);
    assert_metric(&m, METRIC_PICTURE_AGE_MS_MAX, 105);
    assert_metric(&m, METRIC_FREEZES, 0);
    assert_metric(&m, METRIC_FREEZE_MS_MAX, 0);
    assert_metric(&m, METRIC_JITTER_MS, 0);
}

static void frames_left_out_age_the_picture(void **state)
{
    struct join *join = make_join();
    struct metrics m;

    /* Every other frame is left out; what is shown is as quick as before. */
    for (int i = 0; i < 20; i++)
        add_slot(join, 1, 1000, (struct slot){1000 + i * 100, i % 2 ? NOT_SHOWN : 1005 + i * 100});
    measure(join, "gpu-module", &m);
    /* From 2000: 5 ms at 200 to 205, 4 times 5 to 205, then 5 to 200: all ages from 5 to
     * 205 equally. */
    assert_metric(&m, METRIC_PICTURE_AGE_MS_P50, 105);
    assert_metric(&m, METRIC_PICTURE_AGE_MS_P99, 203);
    assert_metric(&m, METRIC_PICTURE_AGE_MS_MAX, 205);
    assert_metric(&m, METRIC_FREEZES, 0); /* 200 ms: not longer than 3 intervals */
    assert_metric(&m, METRIC_JITTER_MS, 100);
}

static void jitter_is_how_much_longer_or_shorter_a_picture_stayed(void **state)
{
    struct join *join = make_join();
    struct metrics m;

    add_even(join, 1, 1000, 0);
    add_slot(join, 1, 1000, (struct slot){2000, 2010});
    add_slot(join, 1, 1000, (struct slot){2100, 2140}); /* 130 */
    add_slot(join, 1, 1000, (struct slot){2200, 2210}); /* 70 */
    add_slot(join, 1, 1000, (struct slot){2300, 2310}); /* 100 */
    measure(join, "gpu-module", &m);
    assert_metric(&m, METRIC_JITTER_MS, 20);
}

static void a_picture_that_stays_too_long_is_a_freeze(void **state)
{
    struct join *join = make_join();
    struct metrics m;

    add_even(join, 1, 1000, 1);
    for (int t0_ms = 2100; t0_ms < 2500; t0_ms += 100) /* 2005 to 2405: 400 ms */
        add_slot(join, 1, 1000, (struct slot){t0_ms, t0_ms == 2400 ? 2405 : NOT_SHOWN});
    for (int t0_ms = 2500; t0_ms < 2800; t0_ms += 100) /* to 2705: 300 ms, just not */
        add_slot(join, 1, 1000, (struct slot){t0_ms, t0_ms == 2700 ? 2705 : NOT_SHOWN});
    for (int t0_ms = 2800; t0_ms < 3200; t0_ms += 100) /* to the end: 495 ms */
        add_slot(join, 1, 1000, (struct slot){t0_ms, NOT_SHOWN});
    measure(join, "gpu-module", &m);
    assert_metric(&m, METRIC_FREEZES, 2);
    assert_metric(&m, METRIC_FREEZE_MS_MAX, 495);
    assert_metric(&m, METRIC_PICTURE_AGE_MS_MAX, 500);
}

static void of_short_intervals_a_freeze_is_150_ms_longer_than_one(void **state)
{
    for (int longer_ms = 0; longer_ms <= 1; longer_ms++) {
        struct join *join = make_join();
        struct metrics m;

        for (int t0_ms = 1000; t0_ms < 2400; t0_ms += 10) {
            bool out = t0_ms > 2200 && t0_ms < 2360;
            int late_ms = t0_ms == 2360 ? longer_ms : 0; /* shown 160 ms after the one of 2200 */
            add_slot(join, 1, 1000, (struct slot){t0_ms, out ? NOT_SHOWN : t0_ms + 1 + late_ms});
        }
        measure(join, "gpu-module", &m);
        assert_metric(&m, METRIC_FREEZES, longer_ms);
        assert_metric(&m, METRIC_FREEZE_MS_MAX, longer_ms * 161);
    }
}

static void a_still_screen_neither_ages_nor_freezes(void **state)
{
    struct join *join = make_join();
    struct metrics m;

    add_even(join, 1, 1000, 2);
    add_slot(join, 1, 1000, (struct slot){7100, 7105}); /* nothing changed for 5 s */
    measure(join, "gpu-module", &m);
    assert_metric(&m, METRIC_FREEZES, 0);
    assert_metric(&m, METRIC_JITTER_MS, 0);
    /* 100 to 105, 5 to 105 from 2005, 5 to 100 from 2105, then still until 7100;
     * 100 to 105, and 5 to 100: the picture of 2100 was right until 7000. */
    assert_metric(&m, METRIC_PICTURE_AGE_MS_MAX, 105);
    assert_metric(&m, METRIC_PICTURE_AGE_MS_P50, 55);
}

static void the_change_after_a_still_screen_may_not_be_late(void **state)
{
    struct join *join = make_join();
    struct metrics m;

    add_even(join, 1, 1000, 2);
    add_slot(join, 1, 1000, (struct slot){7100, 7605});
    add_slot(join, 1, 1000, (struct slot){7600, 7606});
    measure(join, "gpu-module", &m);
    assert_metric(&m, METRIC_FREEZES, 1);
    assert_metric(&m, METRIC_FREEZE_MS_MAX, 600); /* 500 late, and its own interval */
    assert_metric(&m, METRIC_PICTURE_AGE_MS_MAX, 605);
}

static void a_change_that_is_never_shown_is_no_freeze_of_the_still_screen(void **state)
{
    struct join *join = make_join();
    struct metrics m;

    add_even(join, 1, 1000, 2);
    add_slot(join, 1, 1000, (struct slot){7100, NOT_SHOWN});
    measure(join, "gpu-module", &m);
    assert_metric(&m, METRIC_FREEZES, 0); /* 2105 to 2200, and 7100 to 7200 */
    assert_metric(&m, METRIC_PICTURE_AGE_MS_MAX, 200);
}

static void without_any_picture_yet_the_first_slot_counts(void **state)
{
    struct join *join = make_join();
    struct metrics m;

    for (int t0_ms = 1000; t0_ms < 3000; t0_ms += 100)
        add_slot(join, 1, 1000, (struct slot){t0_ms, t0_ms == 2500 ? 2505 : NOT_SHOWN});
    measure(join, "gpu-module", &m);
    assert_metric(&m, METRIC_PICTURE_AGE_MS_MAX, 1505);
    assert_metric(&m, METRIC_FREEZES, 2);
    assert_metric(&m, METRIC_FREEZE_MS_MAX, 505); /* the first second is not in it */
}

static void each_opening_is_a_stream_of_its_own(void **state)
{
    struct join *join = make_join();
    struct metrics m;

    add_even(join, 1, 1000, 10);
    add_even(join, 2, 60000, 10);
    for (unsigned i = 20; i < 29; i++) /* its first second is not in it, either */
        g_array_index(join->frames, struct frame, i).t7_ns = 0;
    measure(join, "gpu-module", &m);
    assert_metric(&m, METRIC_PICTURE_AGE_MS_MAX, 105);
    assert_metric(&m, METRIC_PICTURE_AGE_MS_P50, 55);
    assert_metric(&m, METRIC_FREEZES, 0);
}

static void an_older_picture_that_comes_later_changes_nothing(void **state)
{
    struct join *join = make_join();
    struct metrics m;

    add_even(join, 1, 1000, 10);
    g_array_index(join->frames, struct frame, 14).t7_ns = 2620 * MS; /* slot 2400, after 2605 */
    measure(join, "gpu-module", &m);
    assert_metric(&m, METRIC_PICTURE_AGE_MS_MAX, 205); /* of 2300 until 2505 */
}

static void a_floor_is_as_old_as_what_it_received(void **state)
{
    struct join *join = make_join();
    struct metrics m;

    add_even(join, 1, 1000, 10);
    for (unsigned i = 0; i < join->frames->len; i++) {
        struct frame *frame = &g_array_index(join->frames, struct frame, i);
        frame->t5_ns = frame->t0_ns + MS;
        frame->t7_ns = 0;
    }
    measure(join, "relay", &m);
    assert_metric(&m, METRIC_PICTURE_AGE_MS_MAX, 101);
}

static void without_pictures_there_is_no_age(void **state)
{
    struct join *join = make_join();
    struct metrics m;

    for (int t0_ms = 1000; t0_ms < 3000; t0_ms += 100)
        add_slot(join, 1, 1000, (struct slot){t0_ms, NOT_SHOWN});
    measure(join, "gpu-module", &m);
    assert_metric(&m, METRIC_PICTURE_AGE_MS_P50, NAN);
    assert_metric(&m, METRIC_FREEZES, NAN);

    join = make_join();
    add_even(join, 1, 1000, 0); /* not longer than its first second */
    measure(join, "gpu-module", &m);
    assert_metric(&m, METRIC_PICTURE_AGE_MS_P50, NAN);
    measure(make_join(), "gpu-module", &m);
    assert_metric(&m, METRIC_PICTURE_AGE_MS_P50, NAN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_age_grows_from_the_latency_by_one_interval),
        cmocka_unit_test(frames_left_out_age_the_picture),
        cmocka_unit_test(jitter_is_how_much_longer_or_shorter_a_picture_stayed),
        cmocka_unit_test(a_picture_that_stays_too_long_is_a_freeze),
        cmocka_unit_test(of_short_intervals_a_freeze_is_150_ms_longer_than_one),
        cmocka_unit_test(a_still_screen_neither_ages_nor_freezes),
        cmocka_unit_test(the_change_after_a_still_screen_may_not_be_late),
        cmocka_unit_test(a_change_that_is_never_shown_is_no_freeze_of_the_still_screen),
        cmocka_unit_test(without_any_picture_yet_the_first_slot_counts),
        cmocka_unit_test(each_opening_is_a_stream_of_its_own),
        cmocka_unit_test(an_older_picture_that_comes_later_changes_nothing),
        cmocka_unit_test(a_floor_is_as_old_as_what_it_received),
        cmocka_unit_test(without_pictures_there_is_no_age),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
