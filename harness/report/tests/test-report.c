/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * vdibench plots and vdibench report from outside, on a small made-up run:
 * everything is written, or nothing, and one line gives the reason.
 */
#include "harness/evaluate/quality.h"
#include "harness/report/table.h"
#include "harness/tests/made-up-run.h"
#include "harness/tests/program.h"
#include "harness/tests/small-disk.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static int create(void **state)
{
    *state = made_up_run_create();
    return 0;
}

static int destroy(void **state)
{
    made_up_run_remove(*state);
    return 0;
}

/* `vdibench COMMAND FOLDER`; returns its status and its error message. */
static int run(const char *command, const char *folder, char **ret_complaints)
{
    struct program program;
    program_start(&program, (const char *const[]){"vdibench", command, folder, NULL});
    return program_end(&program, ret_complaints);
}

static char *read_file(const char *folder, const char *name)
{
    g_autofree char *file = g_build_filename(folder, name, NULL);
    char *text = NULL;
    if (!g_file_get_contents(file, &text, NULL, NULL))
        fail_msg("%s is not there", file);
    return text;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What is in a folder: names, sorted, each with a blank behind. */
static char *listing(const char *folder)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    GString *text = g_string_new(NULL);
    while (dir && (name = g_dir_read_name(dir)))
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, compare);
    for (unsigned i = 0; i < names->len; i++)
        g_string_append_printf(text, "%s ", (const char *)g_ptr_array_index(names, i));
    return g_string_free(text, false);
}

static void all_plots_are_drawn(void **state)
{
    static const char *const names[] = {"cpu-film", "cpu-per-frame-film", "latency-film",
                                        "switch-live-film", "traffic-film"};
    static const struct {
        const char *ending, *begin;
    } formats[] = {{".svg", "<?xml"}, {".png", "\211PNG"}, {".pdf", "%PDF"}, {".csv", "case,"}};
    const char *folder = *state;
    g_autofree char *complaints = NULL;

    int status = run("plots", folder, &complaints);
    assert_string_equal(complaints, "");
    assert_int_equal(status, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        for (size_t f = 0; f < G_N_ELEMENTS(formats); f++) {
            g_autofree char *name = g_strconcat("plots/", names[i], formats[f].ending, NULL);
            g_autofree char *text = read_file(folder, name);
            if (!g_str_has_prefix(text, formats[f].begin))
                fail_msg("%s does not begin as it should", name);
            if (f == 0) {
                assert_null(strstr(text, "<script"));
                assert_non_null(strstr(text, "gpu-module appsink"));
                assert_non_null(strstr(text, "</svg>"));
            }
        }
    }
    g_autofree char *left = listing(folder);
    assert_string_equal(left, "cases plots result.json ");
}

static void new_plots_take_the_place_of_old_ones(void **state)
{
    const char *folder = *state;
    g_autofree char *complaints = NULL;
    made_up_run_put(folder, "plots/old.svg", "old");
    assert_int_equal(run("plots", folder, &complaints), 0);
    g_autofree char *plots = g_build_filename(folder, "plots", NULL);
    g_autofree char *left = listing(plots);
    assert_null(strstr(left, "old.svg"));
    assert_non_null(strstr(left, "latency-film.svg "));
    g_autofree char *beside = listing(folder);
    assert_string_equal(beside, "cases plots result.json ");
}

/* Expected: an apostrophe or a blank of a recording's name ends no string. */
static void a_name_is_only_a_name(void **state)
{
    const char *folder = *state;
    g_autofree char *complaints = NULL;
    g_autofree char *once =
        made_up_result_with("\"workload\": \"film\"", "\"workload\": \"it's `a\\\\b` 'film'\"");
    made_up_run_put(folder, "result.json", once);
    assert_int_equal(run("plots", folder, &complaints), 0);
    g_autofree char *svg = read_file(folder, "plots/latency-it's `a\\b` 'film'.svg");
    assert_non_null(strstr(svg, "it's `a\\b` 'film'"));
}

/* Expected: an error. A missing column was drawn as 0. */
static void a_missing_column_is_not_drawn(void **state)
{
    const char *folder = *state;
    g_autofree char *complaints = NULL;
    made_up_run_put(folder, "cases/live,gpu-module,appsink,film,pty/repeat-1/cpu.csv",
                    "event,t_ns,process,tid,comm,ran_ns,wait_ns\n");
    assert_int_equal(run("plots", folder, &complaints), EXIT_FAILURE);
    assert_non_null(strstr(complaints, "repeat-1/cpu.csv: has no column run_ns"));
}

#define VM_OPENED \
    "event,t_ns,number,x,y,width,height,unit,planned_ns\nport-opened,950000000,,,,,,,\n"

/* Expected: a picture. gnuplot crashed on a row without a switch beside one of
 * a second window, in a scenario that has no way back. */
static void a_switch_without_a_way_back_is_drawn(void **state)
{
    const char *folder = *state;
    g_autofree char *complaints = NULL;
    g_autofree char *renamed =
        made_up_result_with("\"route\": \"vgpu-lz4\"", "\"route\": \"original\"");
    made_up_run_put(folder, "result.json", renamed);
    made_up_run_put(folder, "cases/live,gpu-module,appsink,film,pty/repeat-1/vm.csv", VM_OPENED);
    made_up_run_put(folder, "cases/live,vgpu-lz4,canvas,dirty-rects,film,pty/repeat-1/vm.csv",
                    VM_OPENED);
    int status = run("plots", folder, &complaints);
    assert_string_equal(complaints, "");
    assert_int_equal(status, 0);
    g_autofree char *svg = read_file(folder, "plots/switch-live-film.svg");
    assert_non_null(strstr(svg, "150 ms"));
    assert_null(strstr(svg, "switch out"));
}

static void the_report_holds_everything_and_nothing_that_acts(void **state)
{
    static const char *const expected[] = {
        "<title>vdibench: h&lt;o&gt;st, today</title>",
        "2 cases, 2 repeats: 2 passed; unfit repeats: 0; cases left out: 1.",
        ("<th>one window<small>every picture that the client showed was on the same display, "
         "whatever it showed there.</small></th><td></td><td></td><td><b>yes</b>"
         "<small>live, gpu-module. </small>"),
        "<th>gpu-module appsink</th><td>20.50</td>",
        "<tr><th>x</th><td>left out</td><td>no time</td></tr>",
        "<th>versions.a</th><td>1</td>",
        "latency-film.svg",
        "switch-live-film.svg",
    };
    static const char *const forbidden[] = {"<script", "href=\"h", "src=", "<link", "@import"};
    const char *folder = *state;
    g_autofree char *complaints = NULL;

    assert_int_equal(run("report", folder, &complaints), 0);
    assert_string_equal(complaints, "");
    g_autofree char *page = read_file(folder, "report.html");
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        if (!strstr(page, expected[i]))
            fail_msg("the report lacks '%s'", expected[i]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(forbidden); i++) {
        if (strstr(page, forbidden[i]))
            fail_msg("the report has '%s'", forbidden[i]);
    }
}

static void bad_results_are_told_and_nothing_is_left(void **state)
{
    static const struct {
        const char *result, *expected;
    } cases[] = {
        {"", "result.json: JSON: the file is empty: the file is damaged: take a good copy, or run "
             "again\n"},
        {"{\"schema\": 1, \"environment\": {}, \"cases\": []}",
         "result.json: schema 1 is older than what this vdibench reads (4): use the revision that "
         "the file names, or run again\n"},
        {"{\"schema\": 4, \"environment\": {}}",
         "result.json: set: is missing: the file is damaged: take a good copy, or run again\n"},
        {NULL, "result.json: no such file: give a folder that vdibench run has written\n"},
    };
    static const char *const commands[] = {"plots", "report"};
    const char *folder = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        for (size_t c = 0; c < G_N_ELEMENTS(commands); c++) {
            g_autofree char *complaints = NULL;
            g_autofree char *file = g_build_filename(folder, "result.json", NULL);
            g_autofree char *expected =
                g_strconcat("vdibench: ", folder, "/", cases[i].expected, NULL);
            g_unlink(file);
            if (cases[i].result)
                made_up_run_put(folder, "result.json", cases[i].result);
            assert_int_equal(run(commands[c], folder, &complaints), 1);
            assert_string_equal(complaints, expected);
            g_autofree char *left = listing(folder);
            assert_string_equal(left, cases[i].result ? "cases result.json " : "cases ");
        }
    }
}

static void remove_samples(const char *folder)
{
    g_autofree char *samples = g_build_filename(folder, "cases", NULL);
    const char *argv[] = {"rm", "-r", samples, NULL};
    assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                             NULL, NULL));
}

static void without_samples_there_are_no_plots_and_old_ones_stay(void **state)
{
    const char *folder = *state;
    g_autofree char *complaints = NULL, *again = NULL;
    g_autofree char *expected =
        g_strdup_printf("vdibench: %s/cases/live,gpu-module,appsink,film,pty/repeat-1/frames.csv: "
                        "no such file: plots are drawn from a run's samples, give a folder that "
                        "has them\n",
                        folder);
    remove_samples(folder);
    assert_int_equal(run("plots", folder, &complaints), 1);
    assert_string_equal(complaints, expected);
    g_autofree char *left = listing(folder);
    assert_string_equal(left, "result.json ");

    made_up_run_put(folder, "plots/old.svg", "old");
    assert_int_equal(run("plots", folder, &again), 1);
    g_autofree char *old = read_file(folder, "plots/old.svg");
    assert_string_equal(old, "old");
}

static void a_report_without_samples_says_that_it_has_no_plots(void **state)
{
    const char *folder = *state;
    g_autofree char *complaints = NULL;
    remove_samples(folder);
    assert_int_equal(run("report", folder, &complaints), 0);
    g_autofree char *page = read_file(folder, "report.html");
    assert_non_null(strstr(page, "There are none: "));
    assert_non_null(strstr(page, "frames.csv: no such file"));
    assert_null(strstr(page, "<figure>"));
}

static void a_file_that_is_no_plot_is_reported(void **state)
{
    const char *folder = *state;
    g_autofree char *complaints = NULL;
    g_autofree char *expected = g_strdup_printf(
        "vdibench: %s/plots/latency-x.svg: is no plot of vdibench's: element 'script' has no place "
        "in it: remove the folder, or make the plots again\n",
        folder);
    made_up_run_put(folder, "plots/latency-x.svg", "<svg><script/></svg>");
    assert_int_equal(run("report", folder, &complaints), 1);
    assert_string_equal(complaints, expected);
    g_autofree char *left = listing(folder);
    assert_string_equal(left, "cases plots result.json ");
}

static void a_run_without_cases_has_nothing_to_draw(void **state)
{
    const char *folder = *state;
    g_autofree char *complaints = NULL;
    g_autofree char *expected =
        g_strdup_printf("vdibench: %s: no case of it has samples that could be drawn: give a run "
                        "in which one passed\n",
                        folder);
    made_up_run_put(
        folder, "result.json",
        "{\"schema\": 4, \"environment\": {}, \"set\": null, \"seed\": 1, \"cases\": [], "
        "\"left_out\": [], \"functions\": []}");
    assert_int_equal(run("plots", folder, &complaints), 1);
    assert_string_equal(complaints, expected);
    g_autofree char *left = listing(folder);
    assert_string_equal(left, "cases result.json ");
}

/* Expected: a failure, no plots. gnuplot wrote half of each and was content. */
static void plots_that_do_not_fit_on_the_disk_are_none(void **state)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *tests = g_path_get_dirname(self);
    /* Room for the CSV files of a plot, and not for its pictures. */
    g_autofree char *script = g_strdup_printf(
        "cp -r '%s' \"$DISK/run\" && used=$(df -k --output=used \"$DISK\" | tail -1) && "
        "mount -o remount,size=$((used + 20))k \"$DISK\" || exit 77\n"
        "'%s/../vdibench' plots \"$DISK/run\" && exit 0\n"
        "[ \"$(echo \"$DISK\"/run/*)\" = \"$DISK/run/cases $DISK/run/result.json\" ] || exit 78\n"
        "exit 1",
        (const char *)*state, tests);
    g_autofree char *complaint = NULL;
    int status;

    if (!small_disk_run(4096, script, &status, &complaint))
        skip(); /* no mount namespace may be made here */
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) != 1 || !strstr(complaint, "is the disk full?"))
        fail_msg("status %d, '%s'", WEXITSTATUS(status), complaint);
}

/* The rule is one: in the code that marks a repeat, in the report and its document. */
static void the_gate_is_told_as_it_is(void **state)
{
    const char *folder = *state;
    g_autofree char *complaints = NULL;

    assert_int_equal(run("report", folder, &complaints), 0);
    g_autofree char *page = read_file(folder, "report.html");
    g_autofree char *document = read_file("results", "README.md");
    g_autofree char *foreign =
        g_strdup_printf("foreign_cpu_pct is above %d:", QUALITY_FOREIGN_CPU_MAX_PCT);
    g_autofree char *skipped =
        g_strdup_printf("did not capture more than %d %% of its slots", QUALITY_SKIPPED_MAX_PCT);
    g_autofree char *rate =
        g_strdup_printf("link_mbit_s is below %d %% of its rate", QUALITY_LINK_RATE_MIN_PCT);
    g_autofree char *delay =
        g_strdup_printf("off by more than 1 ms and more than %d %%", QUALITY_LINK_RTT_MAX_PCT);
    const char *const rules[] = {foreign, skipped, rate, delay};

    assert_non_null(strstr(page, TABLE_ENCODERS));
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        assert_non_null(strstr(page, rules[i]));
        assert_non_null(strstr(document, rules[i]));
        assert_non_null(strstr(quality_rule((unsigned)i), rules[i]));
    }
    assert_null(quality_rule(G_N_ELEMENTS(rules)));
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, create, destroy)
    const struct CMUnitTest tests[] = {
        TEST(all_plots_are_drawn),
        TEST(new_plots_take_the_place_of_old_ones),
        TEST(plots_that_do_not_fit_on_the_disk_are_none),
        TEST(the_gate_is_told_as_it_is),
        TEST(a_name_is_only_a_name),
        TEST(a_missing_column_is_not_drawn),
        TEST(a_switch_without_a_way_back_is_drawn),
        TEST(the_report_holds_everything_and_nothing_that_acts),
        TEST(bad_results_are_told_and_nothing_is_left),
        TEST(without_samples_there_are_no_plots_and_old_ones_stay),
        TEST(a_report_without_samples_says_that_it_has_no_plots),
        TEST(a_file_that_is_no_plot_is_reported),
        TEST(a_run_without_cases_has_nothing_to_draw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
