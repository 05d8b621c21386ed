/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* expect: whether a run met what was expected, and what is no expectation. */
#include "harness/scenario/expect.h"

#include <gio/gio.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const struct {
    const char *key, *value;
} expected[] = {
    {"sources", "vgpu;pgpu;vgpu"}, {"other_channel", ""},     {"second_client", "vgpu?;pgpu"},
    {"wrong_pixels <", "0"},       {"frames_held_back", "0"}, {"frames_lost <", "1"},
    {"frames_planned<", "9"},      {"frames_early", "0"},     {"pgpu_psnr_db >", "30"},
    {"fps_shown >", "29"},         {"fps_shown <", "31"},     {"frames_dropped", "any"},
};

/* A run that met them all; the cases change one thing of it. */
struct its_run {
    struct seen seen;
    struct metrics metrics;
};

static struct its_run good(void)
{
    return (struct its_run){
        .seen = {.sources = (char *)"vgpu;pgpu;vgpu", .second_client = (char *)"pgpu"},
        .metrics.value = {[METRIC_FRAMES_PLANNED] = 9,
                          [METRIC_FRAMES_LOST] = 1,
                          [METRIC_FRAMES_DROPPED] = 99,
                          [METRIC_PGPU_PSNR_DB] = 30,
                          [METRIC_FPS_SHOWN] = 30},
    };
}

static void judge(const char *name, const struct its_run *run, const char *wanted)
{
    struct expect expect;
    expect_init(&expect);
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
        assert_true(expect_set(&expect, expected[i].key, expected[i].value, NULL));
    g_autofree char *reason = expect_judge(&expect, &run->seen, &run->metrics);
    if (wanted ? !reason || !strstr(reason, wanted) : reason != NULL)
        fail_msg("%s: '%s'", name, reason ? reason : "met");
    expect_finish(&expect);
}

static void sources_are_judged(void **state)
{
    struct its_run run = good();

    judge("all well", &run, NULL);
    run.seen.sources = (char *)"vgpu;pgpu";
    judge("black at the end", &run, "sources: expected 'vgpu;pgpu;vgpu', the client showed");
    run.seen.sources = NULL;
    judge("nothing shown", &run, "the client showed ''");
    run = good();
    run.seen.other_channel = (char *)"pgpu";
    judge("another window", &run, "other_channel: expected ''");
    run = good();
    run.seen.second_client = NULL;
    judge("no second client", &run, "second_client: expected 'vgpu?;pgpu'");
}

static void metrics_are_judged(void **state)
{
    static const struct {
        const char *name;
        enum metric metric;
        double value;
        const char *expected;
    } cases[] = {
        {"wrong pixels", METRIC_WRONG_PIXELS, 1, "wrong_pixels: expected at most 0"},
        {"not compared", METRIC_WRONG_PIXELS, NAN, "the run has no such number"},
        {"lost", METRIC_FRAMES_LOST, 2, "frames_lost: expected at most 1, it was 2"},
        {"none lost", METRIC_FRAMES_LOST, 0, NULL},
        {"another picture", METRIC_PGPU_PSNR_DB, 12,
         "pgpu_psnr_db: expected at least 30, it was 12"},
        {"a better picture", METRIC_PGPU_PSNR_DB, 99, NULL},
        {"held back", METRIC_FRAMES_HELD_BACK, 2, "frames_held_back: expected 0, it was 2"},
        {"captured for nobody", METRIC_FRAMES_EARLY, 1, "frames_early: expected 0, it was 1"},
        {"captured too much", METRIC_FRAMES_PLANNED, 10, "frames_planned: expected at most"},
        {"dropped is any", METRIC_FRAMES_DROPPED, 1000, NULL},
        {"slower than the band", METRIC_FPS_SHOWN, 28.9, "fps_shown: expected at least 29"},
        {"quicker than the band", METRIC_FPS_SHOWN, 31.5, "fps_shown: expected at most 31"},
        {"lower end of the band", METRIC_FPS_SHOWN, 29, NULL},
        {"upper end of the band", METRIC_FPS_SHOWN, 31, NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct its_run run = good();
        run.metrics.value[cases[i].metric] = cases[i].value;
        judge(cases[i].name, &run, cases[i].expected);
    }
}

static void what_may_be_missing_may_be_missing(void **state)
{
    static const struct {
        const char *order, *was;
        bool fits;
    } cases[] = {
        {"", "", true},
        {"", "vgpu", false},
        {"vgpu", "", false},
        {"vgpu?", "", true},
        {"vgpu?;pgpu", "pgpu", true},
        {"vgpu?;pgpu", "vgpu;pgpu", true},
        {"vgpu?;pgpu", "vgpu", false},
        {"vgpu?;pgpu", "pgpu;vgpu", false},
        {"vgpu?;pgpu", "vgpu;pgpu;vgpu", false},
        {"vgpu;pgpu?;vgpu", "vgpu", true}, /* without the middle both are one */
        {"vgpu;pgpu?;vgpu", "vgpu;pgpu;vgpu", true},
        {"vgpu;pgpu?;vgpu", "vgpu;pgpu", false},
        {"vgpu?;pgpu?;vgpu?", "pgpu", true},
        {"vgpu;pgpu", "vgpu;pgpux", false},
        {"pgpu", "pgpux", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct expect expect;
        struct seen seen = {.sources = (char *)cases[i].was};
        struct metrics metrics;
        metrics_init(&metrics);
        expect_init(&expect);
        assert_true(expect_set(&expect, "sources", cases[i].order, NULL));
        g_autofree char *reason = expect_judge(&expect, &seen, &metrics);
        if ((reason == NULL) != cases[i].fits)
            fail_msg("'%s' for '%s': %s", cases[i].was, cases[i].order, reason ? reason : "met");
        expect_finish(&expect);
    }
}

static void abuse_is_refused(void **state)
{
    static const struct {
        const char *key, *value, *wanted;
    } cases[] = {
        {"sources", "vgpu;gpu", "'gpu' is no source"},
        {"sources", "vgpu?\?", "'vgpu?\?' is no source"},
        {"sources", "?", "'?' is no source"},
        {"sources", ";", "'' is no source"},
        {"sources", "vgpu;vgpu?", "'vgpu' twice in a row"},
        {"second_client", "vgpu?;pgpu?;vgpu?;pgpu?;vgpu?;pgpu?;vgpu?;pgpu?;vgpu?", "too many '?'"},
        {"frames_early", "-1", "'-1' is not allowed"},
        {"frames_early", "", "'' is not allowed; allowed: a number from 0 or any"},
        {"frames_early", "= 0", "'= 0' is not allowed"},
        {"frames_early", "inf", "'inf' is not allowed"},
        {"frames_early <", "any", "'any' is not allowed; allowed: a number from 0"},
        {"frames_early <>", "0", "unknown key; allowed: sources, other_channel, second_client"},
        {"frames_ears", "0", "or a metric (vdibench metrics"},
        {"<", "0", "unknown key"},
        {"second", "vgpu", "unknown key; allowed: sources, other_channel, second_client"},
    };
    struct expect expect;

    expect_init(&expect);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        if (expect_set(&expect, cases[i].key, cases[i].value, &error) ||
            !strstr(error->message, cases[i].wanted))
            fail_msg("%s=%s: %s", cases[i].key, cases[i].value, error ? error->message : "taken");
    }
    expect_finish(&expect);
}

/* Each line of a scenario is one key: what is set twice would be forgotten. */
static void keys_that_set_the_same_bound_collide(void **state)
{
    static const struct {
        const char *one, *other;
        bool collide;
    } cases[] = {
        {"fps_shown >", "fps_shown <", false}, {"fps_shown >", "fps_shown>", true},
        {"fps_shown", "fps_shown <", true},    {"fps_shown >", "fps_shown", true},
        {"fps_shown", "frames_lost", false},   {"sources", "fps_shown", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (expect_keys_collide(cases[i].one, cases[i].other) != cases[i].collide)
            fail_msg("%s and %s", cases[i].one, cases[i].other);
    }
}

static void bounds_that_nothing_meets_are_impossible(void **state)
{
    struct expect expect;

    expect_init(&expect);
    assert_false(expect_judges(&expect, METRIC_FPS_SHOWN));
    assert_true(expect_set(&expect, "fps_shown >", "30", NULL));
    assert_true(expect_judges(&expect, METRIC_FPS_SHOWN));
    assert_true(expect_set(&expect, "fps_shown <", "30", NULL));
    assert_false(expect_is_impossible(&expect, METRIC_FPS_SHOWN));
    assert_true(expect_set(&expect, "fps_shown <", "29.5", NULL));
    assert_true(expect_is_impossible(&expect, METRIC_FPS_SHOWN));
    assert_true(expect_set(&expect, "fps_shown", "any", NULL));
    assert_false(expect_is_impossible(&expect, METRIC_FPS_SHOWN));
    assert_false(expect_judges(&expect, METRIC_FPS_SHOWN));
    expect_finish(&expect);
}

/* Expected: what is printed has the same meaning when it is read again. */
static void the_text_is_what_a_scenario_has(void **state)
{
    struct expect expect;

    expect_init(&expect);
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
        assert_true(expect_set(&expect, expected[i].key, expected[i].value, NULL));
    g_autofree char *text = expect_text(&expect);
    assert_string_equal(text, "sources=vgpu;pgpu;vgpu\nother_channel=\nsecond_client=vgpu?;pgpu\n"
                              "fps_shown>=29\nfps_shown<=31\nframes_planned<=9\n"
                              "frames_lost<=1\nframes_early=0\nframes_held_back=0\n"
                              "wrong_pixels<=0\npgpu_psnr_db>=30\n");
    expect_finish(&expect);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sources_are_judged),
        cmocka_unit_test(metrics_are_judged),
        cmocka_unit_test(what_may_be_missing_may_be_missing),
        cmocka_unit_test(abuse_is_refused),
        cmocka_unit_test(keys_that_set_the_same_bound_collide),
        cmocka_unit_test(bounds_that_nothing_meets_are_impossible),
        cmocka_unit_test(the_text_is_what_a_scenario_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
