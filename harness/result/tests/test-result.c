/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* result: what is written is what is read again; statuses. */
#include "auto-destroy.h"
#include "harness/result/functions.h"
#include "harness/result/result-read.h"
#include "harness/result/result-write.h"

#include <glib/gstdio.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static struct scenario scenario = {.name = (char *)"round-trip", .seed = 7};

/* A result of one case in `folder`. */
static struct result *one_case(const char *folder, unsigned repeats)
{
    const struct plan_case c = {.scenario = &scenario,
                                .route = route_find("stream-device+trailer"),
                                .sink = "overlay",
                                .workload = "hello",
                                .axis = {"pty", "sim", "loopback", "replay"},
                                .seconds = 8,
                                .repeats = repeats};
    struct result *result = result_create(folder);

    result->environment = json_from_string("{\"host\":\"h\\\"ost\",\"cores\":2}", NULL);
    result_add_case(result, &c);
    return result;
}

static void add_repeat(struct result *result, enum status status, const char *reason, double p50)
{
    struct result_case *one = g_ptr_array_index(result->cases, 0);
    struct outcome *outcome = outcome_create(status, reason);
    struct metrics metrics;

    metrics_init(&metrics);
    metrics.value[METRIC_LATENCY_MS_P50] = p50;
    outcome->folder = g_strdup_printf("cases/id/repeat-%u", one->repeats->len + 1);
    outcome->seen.sources = g_strdup(one->repeats->len ? NULL : "vgpu;pgpu");
    result_case_add_repeat(one, outcome, &metrics);
}

static void the_file_says_what_was_measured(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("test-result-XXXXXX", NULL);
    auto_destroy(result) result = one_case(folder, 3);
    g_autofree char *file = g_build_filename(folder, "result.json", NULL);
    g_autoptr(JsonParser) parser = json_parser_new();
    static const char *const strings[][2] = {
        {"scenario", "round-trip"},
        {"route", "stream-device+trailer"},
        {"workload", "hello"},
        {"transport", "pty"},
        {"vm", "sim"},
        {"link", "loopback"},
        {"encoder", "replay"},
        {"sink", "overlay"},
        {"status", "passed"},
    };
    struct left_out left_out = {(char *)"a,b,c", (char *)"the budget"};

    result->set = g_strdup("paper");
    g_ptr_array_add(result->left_out, left_out_copy(&left_out));
    add_repeat(result, STATUS_PASSED, NULL, 4.5);
    add_repeat(result, STATUS_PASSED, NULL, 3.25);
    add_repeat(result, STATUS_PASSED, NULL, NAN);
    functions_fill(result);
    assert_true(result_write(result, NULL));
    assert_true(result_write(result, NULL)); /* again, as after each repeat */
    assert_true(json_parser_load_from_file(parser, file, NULL));

    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    assert_int_equal(json_object_get_int_member(root, "schema"), RESULT_SCHEMA);
    assert_string_equal(json_object_get_string_member(root, "set"), "paper");
    JsonArray *array = json_object_get_array_member(root, "functions");
    JsonObject *cell = json_array_get_object_element(array, 0);
    assert_string_equal(json_object_get_string_member(cell, "column"), "original");
    assert_string_equal(json_object_get_string_member(cell, "outcome"), "not run");
    assert_true(json_object_get_null_member(cell, "scenario"));
    array = json_object_get_array_member(root, "left_out");
    assert_int_equal(json_array_get_length(array), 1);
    JsonObject *left = json_array_get_object_element(array, 0);
    assert_string_equal(json_object_get_string_member(left, "case"), "a,b,c");
    assert_string_equal(json_object_get_string_member(left, "reason"), "the budget");
    JsonObject *environment = json_object_get_object_member(root, "environment");
    assert_string_equal(json_object_get_string_member(environment, "host"), "h\"ost");
    JsonObject *c = json_array_get_object_element(json_object_get_array_member(root, "cases"), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        assert_string_equal(json_object_get_string_member(c, strings[i][0]), strings[i][1]);
    assert_int_equal(json_object_get_int_member(c, "seed"), 7);
    assert_int_equal(json_object_get_int_member(c, "seconds"), 8);
    assert_true(json_object_get_null_member(c, "reason"));
    assert_true(json_object_get_null_member(c, "drawing"));

    array = json_object_get_array_member(c, "repeats");
    assert_int_equal(json_array_get_length(array), 3);
    JsonObject *repeat = json_array_get_object_element(array, 0);
    assert_string_equal(json_object_get_string_member(repeat, "sources"), "vgpu;pgpu");
    assert_true(json_object_get_null_member(repeat, "other_channel"));
    assert_true(json_object_get_null_member(repeat, "second_client"));

    JsonObject *metrics = json_object_get_object_member(c, "metrics");
    assert_false(json_object_has_member(metrics, "switch_ms")); /* there was none */
    JsonObject *p50 = json_object_get_object_member(metrics, "latency_ms_p50");
    JsonArray *values = json_object_get_array_member(p50, "values");
    assert_int_equal(json_array_get_length(values), 2);
    assert_float_equal(json_array_get_double_element(values, 0), 4.5, 0);
    assert_float_equal(json_array_get_double_element(values, 1), 3.25, 0);
    assert_float_equal(json_object_get_double_member(p50, "median"), 3.875, 0);
    assert_float_equal(json_object_get_double_member(p50, "min"), 3.25, 0);
    assert_float_equal(json_object_get_double_member(p50, "max"), 4.5, 0);

    /* Read again and written again it is the same. */
    auto_destroy(result) again = result_read(folder, NULL);
    assert_non_null(again);
    g_autofree char *text = result_json(result);
    g_autofree char *text_again = result_json(again);
    assert_string_equal(text, text_again);

    g_unlink(file);
    assert_int_equal(g_rmdir(folder), 0); /* nothing half written is left */
}

static void a_case_is_as_bad_as_its_worst_repeat(void **state)
{
    static const struct {
        const char *name;
        enum status repeats[3];
        unsigned n;
        enum status expected;
        const char *reason;
    } cases[] = {
        {"all passed", {STATUS_PASSED, STATUS_PASSED}, 2, STATUS_PASSED, NULL},
        {"none yet", {0}, 0, STATUS_INTERRUPTED, "not all repeats were run"},
        {"one yet", {STATUS_PASSED}, 1, STATUS_INTERRUPTED, "not all repeats were run"},
        {"one failed", {STATUS_FAILED, STATUS_PASSED}, 2, STATUS_FAILED, "repeat 0"},
        {"failed, then interrupted",
         {STATUS_FAILED, STATUS_INTERRUPTED},
         2,
         STATUS_FAILED,
         "repeat 0"},
        {"interrupted", {STATUS_PASSED, STATUS_INTERRUPTED}, 2, STATUS_INTERRUPTED, "repeat 1"},
        {"skipped at once", {STATUS_SKIPPED}, 1, STATUS_SKIPPED, "repeat 0"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        auto_destroy(result) result = one_case("x", 2);
        const struct result_case *one = g_ptr_array_index(result->cases, 0);
        for (unsigned r = 0; r < cases[i].n; r++) {
            g_autofree char *why = g_strdup_printf("repeat %u", r);
            add_repeat(result, cases[i].repeats[r],
                       cases[i].repeats[r] == STATUS_PASSED ? NULL : why, 1);
        }
        if (one->status != cases[i].expected || g_strcmp0(one->reason, cases[i].reason) != 0)
            fail_msg("%s: %s, %s", cases[i].name, status_text(one->status), one->reason);
    }
}

static void half_a_run_is_no_value(void **state)
{
    auto_destroy(result) result = one_case("x", 2);
    const struct result_case *one = g_ptr_array_index(result->cases, 0);
    add_repeat(result, STATUS_FAILED, "a wrong pixel", 3);
    add_repeat(result, STATUS_INTERRUPTED, "interrupted", 9);
    assert_int_equal(one->metrics[METRIC_LATENCY_MS_P50].n, 1);
    assert_float_equal(one->metrics[METRIC_LATENCY_MS_P50].values[0], 3, 0);
}

static void a_skipped_case_is_over_at_once(void **state)
{
    auto_destroy(result) result = one_case("x", 2);
    const struct result_case *one = g_ptr_array_index(result->cases, 0);
    assert_false(result_case_is_over(one));
    add_repeat(result, STATUS_SKIPPED, "no privilege", NAN);
    assert_true(result_case_is_over(one));
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
    auto_destroy(result) result = one_case("/nowhere", 1);
    g_autoptr(GError) error = NULL;
    assert_false(result_write(result, &error));
    assert_non_null(strstr(error->message, "/nowhere/result.json"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_says_what_was_measured),
        cmocka_unit_test(a_case_is_as_bad_as_its_worst_repeat),
        cmocka_unit_test(half_a_run_is_no_value),
        cmocka_unit_test(a_skipped_case_is_over_at_once),
        cmocka_unit_test(a_folder_that_is_not_there_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
