/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * Golden repeats: sample files of which each metric was worked out by hand, evaluated
 * as those of a run are. golden/NAME/expected.txt has the metrics with their
 * arithmetic.
 */
#include "auto-destroy.h"
#include "harness/evaluate/evaluate.h"
#include "harness/instrument/folder.h"

#include <gio/gio.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define GOLDEN "harness/evaluate/tests/golden"

static const struct golden {
    const char *name, *route, *drawing;
} repeats[] = {
    {"agent", "gpu-module", NULL},
    {"film", "vgpu-lz4", "dirty-rects"},
    {"relay", "relay", NULL},
};

/* Their own folder, for evaluating writes into it; free it after folder_remove(). */
static char *copy_samples(const char *name)
{
    g_autofree char *from = g_build_filename(GOLDEN, name, NULL);
    char *to = g_dir_make_tmp("test-golden-XXXXXX", NULL);
    g_autoptr(GDir) dir = g_dir_open(from, 0, NULL);
    const char *file;

    assert_non_null(dir);
    while ((file = g_dir_read_name(dir))) {
        g_autofree char *source = g_build_filename(from, file, NULL);
        g_autofree char *target = g_build_filename(to, file, NULL);
        g_autofree char *text = NULL;
        size_t bytes;
        assert_true(g_file_get_contents(source, &text, &bytes, NULL));
        assert_true(g_file_set_contents(target, text, (ssize_t)bytes, NULL));
    }
    return to;
}

static struct outcome *evaluate_golden(const struct golden *golden, struct metrics *ret_metrics)
{
    const struct scenario scenario = {0};
    struct expect expect;
    const struct plan_case c = {
        .scenario = &scenario,
        .route = route_find(golden->route),
        .expect = &expect,
        .drawing = golden->drawing,
        .axis = {"pty", "sim", "loopback", "replay"},
    };
    g_autofree char *folder = copy_samples(golden->name);
    const struct place place = {.folder = folder};
    auto_finish(notes) notes;
    struct outcome *outcome = outcome_create(STATUS_PASSED, NULL);

    expect_init(&expect);
    notes_init(&notes);
    assert_true(notes_read(&notes, folder, NULL));
    evaluate(&c, &place, &notes, outcome, ret_metrics);
    expect_finish(&expect);
    folder_remove(folder);
    return outcome;
}

/* NAME to VALUE, from expected.txt; free it. */
static GHashTable *read_expected(const char *name)
{
    g_autofree char *file = g_build_filename(GOLDEN, name, "expected.txt", NULL);
    GHashTable *expected = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autofree char *text = NULL;

    assert_true(g_file_get_contents(file, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        (*line)[strcspn(*line, "#")] = '\0';
        size_t length = strcspn(g_strstrip(*line), " ");
        if (!length)
            continue;
        char *key = g_strndup(*line, length);
        if (!g_hash_table_insert(expected, key, g_strdup(g_strchug(*line + length))))
            fail_msg("%s: %s is there twice", file, key);
    }
    return expected;
}

/* "5" or "19/6.18"; NAN for NULL. */
static double number_of(const char *text)
{
    char *end;
    if (!text)
        return NAN;
    double value = g_ascii_strtod(text, &end);
    if (*end == '/')
        value /= g_ascii_strtod(end + 1, &end);
    if (*end || end == text)
        fail_msg("'%s' is no number", text);
    return value;
}

static void assert_text(GHashTable *expected, const char *name, const char *was)
{
    const char *text = g_hash_table_lookup(expected, name);
    if (g_strcmp0(text ? text : "", was ? was : "") != 0)
        fail_msg("%s: expected '%s', got '%s'", name, text, was);
    g_hash_table_remove(expected, name);
}

static void assert_metrics(GHashTable *expected, const struct metrics *metrics)
{
    unsigned wrong = 0;

    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        const char *name = metric_name((enum metric)m);
        const double was = metrics->value[m];
        const double should = number_of(g_hash_table_lookup(expected, name));
        if (isnan(should) ? isnan(was) : fabs(was - should) <= 1e-9 * fmax(fabs(should), 1))
            continue;
        print_error("%s: by hand it is %g, evaluated it is %.10g\n", name, should, was);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void evaluated_as_by_hand(void **state)
{
    const struct golden *golden = *state;
    struct metrics metrics;
    auto_destroy(outcome) outcome = evaluate_golden(golden, &metrics);
    g_autoptr(GHashTable) expected = read_expected(golden->name);

    assert_text(expected, "status", status_text(outcome->status));
    assert_text(expected, "reason", outcome->reason);
    assert_text(expected, "unfit", outcome->unfit);
    assert_text(expected, "sources", outcome->seen.sources);
    assert_text(expected, "other_channel", outcome->seen.other_channel);
    assert_text(expected, "second_client", outcome->seen.second_client);
    assert_metrics(expected, &metrics);
}

static void each_metric_is_known_in_a_repeat(void **state)
{
    /* They compare pictures, or are of a search (harness/sessions). */
    static const char *const elsewhere[] = {
        "wrong_pixels",   "pgpu_psnr_db",       "shown_psnr_db", "shown_ssim",
        "shown_compared", "shown_unidentified", "sessions_max",  NULL};
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(repeats); i++) {
        g_autoptr(GHashTable) expected = read_expected(repeats[i].name);
        GHashTableIter iter;
        void *name;
        g_hash_table_iter_init(&iter, expected);
        while (g_hash_table_iter_next(&iter, &name, NULL))
            g_hash_table_add(known, g_strdup(name));
    }
    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        const char *name = metric_name((enum metric)m);
        if (!g_hash_table_contains(known, name) && !g_strv_contains(elsewhere, name))
            fail_msg("%s: no golden repeat has it", name);
    }
}

int main(void)
{
    struct CMUnitTest tests[G_N_ELEMENTS(repeats) + 1] = {
        cmocka_unit_test(each_metric_is_known_in_a_repeat)};
    for (size_t i = 0; i < G_N_ELEMENTS(repeats); i++)
        tests[i + 1] = (struct CMUnitTest){.name = repeats[i].name,
                                           .test_func = evaluated_as_by_hand,
                                           .initial_state = (void *)&repeats[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
