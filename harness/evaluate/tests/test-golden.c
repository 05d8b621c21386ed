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
#include <string.h>
#include <cmocka.h>

#define GOLDEN "harness/evaluate/tests/golden"

static const struct golden {
    const char *name, *route, *drawing, *agent, *vgpu;
} repeats[] = {
    {"agent", "gpu-module", NULL, "sim", "qxl"},
    {"film", "vgpu-lz4", "dirty-rects", "sim", "qxl"},
    {"relay", "relay", NULL, "sim", "qxl"},
    {"real-agent", "gpu-module", NULL, "x11", "qxl"},
    {"shadow", "shadow-paging", NULL, "sim", "shadow:auto"},
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

/* In all of the file, or in its first line alone. */
struct change {
    const char *file, *from, *to;
    bool first_only;
};

static void change_samples(const char *folder, const struct change *change)
{
    g_autofree char *file = g_build_filename(folder, change->file, NULL);
    g_autofree char *text = NULL;

    assert_true(g_file_get_contents(file, &text, NULL, NULL));
    g_autoptr(GString) changed = g_string_new(text);
    if (g_string_replace(changed, change->from, change->to, change->first_only) == 0)
        fail_msg("%s has no '%s'", file, change->from);
    assert_true(g_file_set_contents(file, changed->str, -1, NULL));
}

/* `change` may be NULL. */
static struct outcome *evaluate_golden(const struct golden *golden, const struct change *change,
                                       struct metrics *ret_metrics)
{
    const struct scenario scenario = {0};
    struct expect expect;
    const struct plan_case c = {
        .scenario = &scenario,
        .route = route_find(golden->route),
        .expect = &expect,
        .drawing = golden->drawing,
        .axis = {"pty", "sim", "loopback", "replay", golden->agent, golden->vgpu, "none", "none",
                 "diff"},
    };
    g_autofree char *folder = copy_samples(golden->name);
    const struct place place = {.folder = folder};
    auto_finish(notes) notes;
    struct outcome *outcome = outcome_create(STATUS_PASSED, NULL);

    if (change)
        change_samples(folder, change);
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
    auto_destroy(outcome) outcome = evaluate_golden(golden, NULL, &metrics);
    g_autoptr(GHashTable) expected = read_expected(golden->name);

    assert_text(expected, "status", status_text(outcome->status));
    assert_text(expected, "reason", outcome->reason);
    assert_text(expected, "unfit", outcome->unfit);
    assert_text(expected, "sources", outcome->seen.sources);
    assert_text(expected, "other_channel", outcome->seen.other_channel);
    assert_text(expected, "second_client", outcome->seen.second_client);
    assert_metrics(expected, &metrics);
}

/* Each of these was another number once, and no error. */
static void what_is_missing_or_shifted_is_an_error(void **state)
{
    static const struct {
        const char *name;
        unsigned repeat;
        struct change change;
        const char *error;
    } cases[] = {
        {"no begin mark",
         0,
         {"cpu.csv", "begin,4200000000,vdibench,,,,\n", "", true},
         "cpu.csv: row 20 ('end'): the window's begin is missing before it"},
        {"no begin mark of the second window",
         0,
         {"cpu.csv", "begin,7000000000,vdibench,,,,\n", "", true},
         "cpu.csv: row 40 ('end'): the window's begin is missing before it"},
        {"no end mark",
         0,
         {"cpu.csv", "end,5700000000,vdibench,,,,\n", "", true},
         "cpu.csv: row 30 ('begin'): the window's end is missing before it"},
        {"a thread not sampled at the begin",
         0,
         {"cpu.csv", "sample,4200000000,vm-sim,12,", "sample,4200000001,vm-sim,12,", true},
         "cpu.csv: thread 12 of vm-sim has no sample at the begin of a window"},
        {"a process not sampled at the end",
         0,
         {"cpu.csv", "sample,8000000000,client,", "sample,7999999999,client,", true},
         "cpu.csv: client has no sample at the end of a window"},
        {"cut before the last mark",
         0,
         {"cpu.csv", "end,8000000000,vdibench,,,,\n", "", true},
         "cpu.csv: the last window has no end, although the run went on to its end"},
        {"an unknown event of the observer",
         0,
         {"cpu.csv", "\nsample,8000000000,client,", "\nsamples,8000000000,client,", true},
         "has the unknown event 'samples'"},
        {"no processor time",
         0,
         {"cpu.csv", "comm,run_ns,", "comm,cpu_ms,", true},
         "cpu.csv: has no column run_ns"},
        {"a time with its unit",
         0,
         {"cpu.csv", ",client,1150000000,", ",client,1150 ms,", true},
         "cpu.csv: row 27 ('sample') has no run_ns, or no such value"},
        {"a column of the agent",
         0,
         {"agent.csv", ",planned_ns,", ",planned_us,", true},
         "agent.csv: has no column planned_ns"},
        {"a size in words",
         0,
         {"agent.csv", ",3000,", ",large,", true},
         "agent.csv: row 3 ('frame') has no bytes, or no such value"},
        {"a column of the client",
         0,
         {"client.csv", ",source,", ",sauce,", true},
         "client.csv: has no column source"},
        {"an unknown event of the client",
         0,
         {"client.csv", "\ndecoded,", "\ndecode,", true},
         "has the unknown event 'decode'"},
        {"an unknown source of a picture",
         0,
         {"client.csv", ",pgpu,", ",gpu,", true},
         "has the unknown source 'gpu'"},
        {"an unknown fate in the module",
         0,
         {"module.csv", ",sent\n", ",send\n", true},
         "has the unknown fate 'send'"},
        {"an unknown event of the VM",
         1,
         {"vm.csv", "\nskipped,", "\nskip,", true},
         "vm.csv: row "},
        {"traffic without its bytes",
         0,
         {"client.csv", ",0,,,5000,", ",0,,,,", true},
         "client.csv: row 5 ('traffic') has no bytes, or no such value"},
        {"a column of the second client",
         0,
         {"client-2.csv", ",crc,", ",sum,", true},
         "client-2.csv: has no column crc"},
        {"memory without a number",
         0,
         {"server.csv", ",12500,", ",,", true},
         "server.csv: row 6 ('begin') has no private_dirty_kib, or no such value"},
        {"a column of the module",
         0,
         {"module.csv", ",t3_ns,", ",t3,", true},
         "module.csv: has no column t3_ns"},
        {"a frame of the module without its opening",
         0,
         {"module.csv", ",32,2,0,", ",32,,0,", true},
         "module.csv: row 32 ('frame') has no opening, or no such value"},
        {"the film's numbers one higher",
         1,
         {"vm.csv", "frame,3001000000,15,", "frame,3001000000,16,", true},
         "the VM's samples: row 15 ('drawn') has number 15, that of its slot is 16"},
        {"the client's numbers one higher",
         1,
         {"client.csv", ",vgpu,11,", ",vgpu,12,", true},
         "the client's samples: row 4 shows the vGPU's update 12, which the VM had not drawn by then"},
        {"a key's number in place of an update's",
         1,
         {"client.csv", ",vgpu,17,", ",vgpu,30,", true},
         "the client's samples: row 12 shows the vGPU's update 30, which the VM had not drawn by then"},
        {"a drained film of another length",
         1,
         {"vm.csv", "drained,7200000000,23,", "drained,7200000000,24,", true},
         "the VM's samples: row 36 ('drained') has number 24, that of its slot is 23"},
        {"a column of the VM",
         1,
         {"vm.csv", ",number,", ",no,", true},
         "vm.csv: has no column number"},
    };
    unsigned bad = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct metrics metrics;
        auto_destroy(outcome) outcome =
            evaluate_golden(&repeats[cases[i].repeat], &cases[i].change, &metrics);
        if (outcome->status == STATUS_FAILED && strstr(outcome->reason, cases[i].error) &&
            isnan(metrics.value[METRIC_SERVER_CPU_PCT]))
            continue;
        print_error("%s: %s: %s\n", cases[i].name, status_text(outcome->status), outcome->reason);
        bad++;
    }
    assert_int_equal(bad, 0);
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
    struct CMUnitTest tests[G_N_ELEMENTS(repeats) + 2] = {
        cmocka_unit_test(each_metric_is_known_in_a_repeat),
        cmocka_unit_test(what_is_missing_or_shifted_is_an_error),
    };
    for (size_t i = 0; i < G_N_ELEMENTS(repeats); i++)
        tests[i + 2] = (struct CMUnitTest){.name = repeats[i].name,
                                           .test_func = evaluated_as_by_hand,
                                           .initial_state = (void *)&repeats[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
