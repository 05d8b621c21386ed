/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* result-read: what is written is read; whatever else is told in one line. */
#include "auto-destroy.h"
#include "harness/result/functions.h"
#include "harness/result/result-read.h"
#include "harness/tests/made-up-run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define DAMAGED ": the file is damaged: take a good copy, or run again"

static struct result *parse(const char *text, GError **error)
{
    return result_parse(text, strlen(text), "results/x", error);
}

static void a_good_file_is_read(void **state)
{
    g_autoptr(GError) error = NULL;
    auto_destroy(result) result = parse(made_up_result, &error);
    assert_non_null(result);
    assert_string_equal(result->set, "paper");
    assert_int_equal(result->cases->len, 2);

    const struct result_case *one = g_ptr_array_index(result->cases, 1);
    assert_ptr_equal(one->route, route_find("vgpu-lz4"));
    assert_string_equal(one->drawing, "dirty-rects");
    assert_float_equal(one->seconds, 2, 0);
    assert_int_equal(one->status, STATUS_PASSED);
    assert_int_equal(one->metrics[METRIC_TRAFFIC_KBPS].n, 1);
    assert_float_equal(one->metrics[METRIC_TRAFFIC_KBPS].values[0], 100000, 0);
    assert_int_equal(one->metrics[METRIC_SWITCH_MS].n, 0);
    const struct outcome *repeat = g_ptr_array_index(one->repeats, 0);
    assert_string_equal(repeat->folder, "cases/live,vgpu-lz4,canvas,dirty-rects,film,pty/repeat-1");
    assert_string_equal(repeat->seen.sources, "vgpu;pgpu;vgpu");
    assert_null(repeat->unfit);
    const struct left_out *omission = g_ptr_array_index(result->left_out, 0);
    assert_string_equal(omission->reason, "no time");
    const struct function_cell *function = g_ptr_array_index(result->functions, 0);
    assert_string_equal(function->outcome, "yes");
    assert_null(function->evidence);
}

static void labels_name_the_sink_or_the_drawing(void **state)
{
    auto_destroy(result) result = parse(made_up_result, NULL);
    g_autofree char *module = result_case_label(g_ptr_array_index(result->cases, 0));
    g_autofree char *vgpu = result_case_label(g_ptr_array_index(result->cases, 1));
    assert_string_equal(module, "gpu-module appsink");
    assert_string_equal(vgpu, "vgpu-lz4 dirty-rects");
}

/* A newer program may measure more. */
static void what_is_not_known_is_left_out(void **state)
{
    g_autofree char *text = made_up_result_with("\"latency_ms_p50\"", "\"beauty_pct\"");
    auto_destroy(result) result = parse(text, NULL);
    assert_non_null(result);
}

/* Expected: a result that vdibench run writes is read. A recording's name may
 * have two dots. */
static void a_recording_may_have_any_good_name(void **state)
{
    static const char *const names[] = {"a..b", "my film", "\u00e4, \\\"b\\\"", "100% #1"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *folder = g_strconcat("\"cases/", names[i], "/", NULL);
        g_autofree char *workload = g_strconcat("\"workload\": \"", names[i], "\"", NULL);
        g_autofree char *text = made_up_result_with("\"workload\": \"film\"", workload);
        g_autoptr(GString) both = g_string_new(text);
        g_autoptr(GError) error = NULL;
        g_string_replace(both, "\"cases/", folder, 1);
        auto_destroy(result) result = parse(both->str, &error);
        if (!result)
            fail_msg("%s: %s", names[i], error->message);
    }
}

static void bad_files_are_told_in_one_line(void **state)
{
    static const struct {
        const char *from, *to, *expected;
    } cases[] = {
        {"\"schema\": 4", "\"schema\": 1",
         "schema 1 is older than what this vdibench reads (4): use the revision that the file "
         "names, or run again"},
        {"\"schema\": 4", "\"schema\": 5",
         "schema 5 is newer than what this vdibench reads (4): use the revision that the file "
         "names, or run again"},
        {"\"schema\": 4", "\"schema\": 4.5",
         "schema 4.5 is newer than what this vdibench reads (4): use the revision that the file "
         "names, or run again"},
        {"\"schema\": 4", "\"schema\": 1e300",
         "schema 1e+300 is newer than what this vdibench reads (4): use the revision that the file "
         "names, or run again"},
        {"\"schema\": 4", "\"schema\": \"3\"", "schema: is no number" DAMAGED},
        {"\"schema\"", "\"shema\"", "schema: is no number" DAMAGED},
        {"\"set\": \"paper\"", "\"set\": 4", "set: is no string" DAMAGED},
        {"\"environment\": {", "\"environments\": {", "environment: is missing" DAMAGED},
        {"\"environment\": {", "\"environment\": 1, \"e\": {", "environment: is no object" DAMAGED},
        {"\"cases\": [", "\"case\": [", "cases: is missing" DAMAGED},
        {"\"cases\": [", "\"cases\": [7, ", "cases[0]: is no object" DAMAGED},
        {"\"left_out\": [", "\"left_out\": 1, \"l\": [", "left_out: is no array" DAMAGED},
        {"\"reason\": \"no time\"", "\"reason\": null", "left_out[0].reason: is null" DAMAGED},
        {"\"outcome\"", "\"income\"", "functions[0].outcome: is missing" DAMAGED},
        {"\"route\": \"vgpu-lz4\"", "\"route\": \"cable\"",
         "cases[1].route: this vdibench has no route cable: use the revision that the file names"},
        {"\"route\": \"vgpu-lz4\"", "\"route\": 3", "cases[1].route: is no string" DAMAGED},
        {"\"workload\": \"film\"", "\"workload\": \"../film\"",
         "cases[0].workload: is no name" DAMAGED},
        {"\"workload\": \"film\"", "\"workload\": \"a/b\"",
         "cases[0].workload: is no name" DAMAGED},
        {"\"scenario\": \"live\"", "\"scenario\": \"a\\nb\"",
         "cases[0].scenario: is no name" DAMAGED},
        {"\"scenario\": \"live\"", "\"scenario\": \"a\\u0085b\"",
         "cases[0].scenario: is no name" DAMAGED},
        {"\"scenario\": \"live\"", "\"scenario\": \"\"", "cases[0].scenario: is no name" DAMAGED},
        {"\"sink\": \"appsink\"", "\"sink\": \"app'sink\"", "cases[0].sink: is no name" DAMAGED},
        {"\"drawing\": \"dirty-rects\"", "\"drawing\": \"a,b\"",
         "cases[1].drawing: is no name" DAMAGED},
        {"\"drawing\": null", "\"drawing_\": null", "cases[0].drawing: is missing" DAMAGED},
        {"\"link\": \"loopback\"", "\"line\": \"loopback\"", "cases[0].link: is missing" DAMAGED},
        {"\"seed\": 1", "\"seed\": \"1\"", "seed: is no number" DAMAGED},
        {"\"twin\": 0", "\"twin\": 3", "cases[0].twin: is out of range" DAMAGED},
        {"\"planned_repeats\": 1", "\"planned_repeats\": 0.5",
         "cases[0].planned_repeats: is out of range" DAMAGED},
        {"\"order\": 1", "\"order\": -1", "cases[0].repeats[0].order: is out of range" DAMAGED},
        {"\"seconds\": 2", "\"seconds\": null", "cases[0].seconds: is no number" DAMAGED},
        {"\"seconds\": 2", "\"seconds\": 1e999", "cases[0].seconds: is no finite number" DAMAGED},
        {"\"planned_repeats\": 1, \"status\": \"passed\"",
         "\"planned_repeats\": 1, \"status\": \"fine\"", "cases[0].status: is no status" DAMAGED},
        {"\"folder\": \"cases/", "\"folder\": \"/etc/",
         "cases[0].repeats[0].folder: is no folder below cases/" DAMAGED},
        {"\"folder\": \"cases/", "\"folder\": \"casesx/",
         "cases[0].repeats[0].folder: is no folder below cases/" DAMAGED},
        {"\"folder\": \"cases/", "\"folder\": \"cases/../",
         "cases[0].repeats[0].folder: is no folder below cases/" DAMAGED},
        {"\"unfit\": null", "\"unfit\": []", "cases[0].repeats[0].unfit: is no string" DAMAGED},
        {"\"metrics\": {", "\"metrics\": [], \"m\": {", "cases[0].metrics: is no object" DAMAGED},
        {"{\"values\": [20.5]", "{\"values\": []",
         "cases[0].metrics.latency_ms_p50.values: is empty" DAMAGED},
        {"{\"values\": [20.5]", "{\"values\": [1, 2]",
         "cases[0].metrics.latency_ms_p50.values: has not one value for each repeat" DAMAGED},
        {"{\"values\": [20.5]", "{\"values\": [true]",
         "cases[0].metrics.latency_ms_p50.values: is no number" DAMAGED},
        {"{\"values\": [20.5]", "{\"values\": [[1]]",
         "cases[0].metrics.latency_ms_p50.values: is no number" DAMAGED},
        {"{\"values\": [20.5]", "{\"value\": [20.5]",
         "cases[0].metrics.latency_ms_p50.values: is missing" DAMAGED},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = made_up_result_with(cases[i].from, cases[i].to);
        g_autofree char *expected = g_strconcat("results/x/result.json: ", cases[i].expected, NULL);
        g_autoptr(GError) error = NULL;
        auto_destroy(result) result = parse(text, &error);
        if (result || !error || strcmp(error->message, expected) != 0 ||
            strchr(error->message, '\n'))
            fail_msg("%s: expected '%s', got '%s'", cases[i].to, expected,
                     error ? error->message : "a result");
    }
}

static void a_file_that_is_cut_anywhere_is_refused(void **state)
{
    size_t length = strlen(made_up_result);
    for (size_t n = 0; n + 2 < length; n++) { /* the newline at its end may be missing */
        g_autofree char *text = g_strndup(made_up_result, n);
        g_autoptr(GError) error = NULL;
        auto_destroy(result) result = parse(text, &error);
        assert_null(result);
        assert_true(g_str_has_prefix(error->message, "results/x/result.json: "));
        assert_null(strchr(error->message, '\n'));
    }
}

/* Expected: one line. The parser would call itself until the stack is full. */
static void deep_nesting_is_refused(void **state)
{
    g_autofree char *text = g_strnfill(1000000, '[');
    g_autoptr(GError) error = NULL;
    assert_null(parse(text, &error));
    assert_string_equal(error->message,
                        "results/x/result.json: JSON: is nested too deeply" DAMAGED);
}

static void what_is_no_text_is_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *expected;
    } cases[] = {
        {"", 0, "results/x/result.json: JSON: the file is empty" DAMAGED},
        {"{\"a\":\"\xff\"}", 9, "results/x/result.json: JSON: is no UTF-8 text" DAMAGED},
        {"{\0}", 3, "results/x/result.json: JSON: is no UTF-8 text" DAMAGED},
        {"[]", 2, "results/x/result.json: JSON: is no object" DAMAGED},
        {"null", 4, "results/x/result.json: JSON: is no object" DAMAGED},
        {" \n ", 3, "results/x/result.json: JSON: is no object" DAMAGED},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(result_parse(cases[i].bytes, cases[i].length, "results/x", &error));
        assert_string_equal(error->message, cases[i].expected);
    }
}

static void a_folder_without_a_result_is_told(void **state)
{
    g_autoptr(GError) error = NULL;
    assert_null(result_read("/nowhere", &error));
    assert_string_equal(error->message, "/nowhere/result.json: no such file: give a folder that "
                                        "vdibench run has written");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_file_is_read),
        cmocka_unit_test(labels_name_the_sink_or_the_drawing),
        cmocka_unit_test(what_is_not_known_is_left_out),
        cmocka_unit_test(a_recording_may_have_any_good_name),
        cmocka_unit_test(bad_files_are_told_in_one_line),
        cmocka_unit_test(a_file_that_is_cut_anywhere_is_refused),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(what_is_no_text_is_refused),
        cmocka_unit_test(a_folder_without_a_result_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
