/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* input: made-up keys, each of whose parts is known. */
#include "auto-destroy.h"
#include "harness/evaluate/input.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define MS INT64_C(1000000)
#define MS_TEXT "000000"
#define NOT_SHOWN 0

/* Times in ms. The second opening begins at 9000. */
static const struct {
    int t0_ms, t7_ms;
} slots[] = {
    {1000, 1005}, {2000, 2010}, {2100, 2110}, {2200, NOT_SHOWN},
    {2300, 2310}, {2400, 2412}, {2500, 2511}, {9000, 9005},
};

static struct join *make_join(void)
{
    struct join *join = g_new0(struct join, 1);

    join->frames = g_array_new(false, false, sizeof(struct frame));
    for (size_t i = 0; i < G_N_ELEMENTS(slots); i++) {
        struct frame frame = {.t0_ns = slots[i].t0_ms * MS,
                              .t7_ns = slots[i].t7_ms * MS,
                              .opening = slots[i].t0_ms < 9000 ? 1 : 2,
                              .startup = slots[i].t0_ms == 1000};
        g_array_append_val(join->frames, frame);
    }
    return join;
}

#define PRESS(ms, number) "press," #ms MS_TEXT "," #number "\n"
#define KEY(ms, number) "key," #ms MS_TEXT "," #number "\n"

struct fixture {
    struct join *join;
    struct rows *client, *vm;
};

static struct fixture make(const char *presses, const char *keys)
{
    g_autofree char *client = g_strconcat("event,t_ns,number\n", presses, NULL);
    g_autofree char *vm = g_strconcat("event,t_ns,number\n", keys, NULL);
    return (struct fixture){make_join(), rows_parse(client, "client.csv", NULL),
                            rows_parse(vm, "vm.csv", NULL)};
}

static void finish(struct fixture *fixture)
{
    rows_destroy(fixture->client);
    rows_destroy(fixture->vm);
    join_destroy(fixture->join);
}

static void assert_metric(const struct metrics *metrics, enum metric metric, double expected)
{
    double was = metrics->value[metric];
    if (isnan(expected) ? !isnan(was) : !(fabs(was - expected) < 1e-6))
        fail_msg("%s: expected %g, got %g", metric_name(metric), expected, was);
}

static void assert_input(const char *presses, const char *keys, double p50, double p99,
                         double unanswered)
{
    struct fixture fixture = make(presses, keys);
    struct metrics metrics;

    metrics_init(&metrics);
    input_measure(&metrics, fixture.join, fixture.client, fixture.vm);
    assert_metric(&metrics, METRIC_INPUT_MS_P50, p50);
    assert_metric(&metrics, METRIC_INPUT_MS_P99, p99);
    assert_metric(&metrics, METRIC_INPUT_UNANSWERED, unanswered);
    finish(&fixture);
}

static void the_first_slot_after_the_key_answers(void **state)
{
    /* 2 ms on its way, 58 ms until 2100, 10 ms of latency. */
    assert_input(PRESS(2040, 16), KEY(2042, 16), 70, 70, 0);
    /* A slot that begins when the key arrives has it; 1 ms later it is too late. */
    assert_input(PRESS(2098, 16), KEY(2100, 16), 12, 12, 0);
    assert_input(PRESS(2298, 16), KEY(2301, 16), 114, 114, 0);
}

static void a_slot_that_is_not_shown_answers_with_the_next_one(void **state)
{
    assert_input(PRESS(2140, 16), KEY(2141, 16), 170, 170, 0); /* 2310 */
}

static void the_earliest_picture_with_the_answer_counts(void **state)
{
    struct fixture fixture = make(PRESS(2340, 16), KEY(2341, 16));
    struct frame *overtaken = &g_array_index(fixture.join->frames, struct frame, 5);

    overtaken->t7_ns = 2600 * MS; /* after that of slot 2500 */
    g_autoptr(GArray) keys = input_keys(fixture.join, fixture.client, fixture.vm);
    assert_int_equal(g_array_index(keys, struct input_key, 0).answer->t0_ns, 2500 * MS);
    finish(&fixture);
}

static void percentiles_are_of_all_keys(void **state)
{
    /* 70, 114 and 171 ms. */
    assert_input(PRESS(2040, 16) PRESS(2139, 17) PRESS(2298, 18),
                 KEY(2042, 16) KEY(2140, 17) KEY(2301, 18), 114, 171, 0);
}

static void a_lost_key_is_not_taken_for_the_next_one(void **state)
{
    assert_input(PRESS(2040, 16) PRESS(2041, 17), KEY(2042, 17), 69, 69, 1);
    assert_input(PRESS(2040, 16), "", NAN, NAN, 1);
}

static void a_slow_key_is_not_taken_for_the_one_before(void **state)
{
    /* Both were pressed before the first arrived: 70 and 60 ms. */
    assert_input(PRESS(2040, 16) PRESS(2050, 17), KEY(2060, 16) KEY(2070, 17), 60, 70, 0);
}

static void after_the_last_slot_nothing_answers(void **state)
{
    assert_input(PRESS(2540, 16), KEY(2541, 16), NAN, NAN, 1); /* nor the next opening */
}

static void the_first_second_does_not_count(void **state)
{
    assert_input(PRESS(940, 16) PRESS(2040, 17), KEY(941, 16) KEY(2042, 17), 70, 70, 0);
}

static void without_keys_there_is_nothing(void **state)
{
    assert_input("", KEY(2042, 16), NAN, NAN, NAN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_slot_after_the_key_answers),
        cmocka_unit_test(a_slot_that_is_not_shown_answers_with_the_next_one),
        cmocka_unit_test(the_earliest_picture_with_the_answer_counts),
        cmocka_unit_test(percentiles_are_of_all_keys),
        cmocka_unit_test(a_lost_key_is_not_taken_for_the_next_one),
        cmocka_unit_test(a_slow_key_is_not_taken_for_the_one_before),
        cmocka_unit_test(after_the_last_slot_nothing_answers),
        cmocka_unit_test(the_first_second_does_not_count),
        cmocka_unit_test(without_keys_there_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
