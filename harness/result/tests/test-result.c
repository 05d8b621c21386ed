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

static struct scenario scenario = {.name = (char *)"round-trip"};

/* A result of one case in `folder`. */
static struct result *one_case(const char *folder, unsigned repeats)
{
    const struct plan_case c = {
        .scenario = &scenario,
        .route = route_find("stream-device+trailer"),
        .sink = "overlay",
        .workload = "hello",
        .axis = {"pty", "sim", "loopback", "replay", "sim", "qxl", "none", "none", "diff"},
        .seconds = 8,
        .repeats = repeats,
        .tries_max = CASE_TRIES_MAX(repeats)};
    struct result *result = result_create(folder);

    result->environment = json_from_string("{\"host\":\"h\\\"ost\",\"cores\":2}", NULL);
    result->seed = 7;
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
    outcome->order = 11 * (one->repeats->len + 1);
    outcome->seen.sources = g_strdup(one->repeats->len ? NULL : "vgpu;pgpu");
    result_case_add_repeat(one, outcome, &metrics);
}

static void add_unfit(struct result *result, double p50)
{
    struct result_case *one = g_ptr_array_index(result->cases, 0);
    struct outcome *outcome = outcome_create(STATUS_PASSED, NULL);
    struct metrics metrics;

    metrics_init(&metrics);
    metrics.value[METRIC_LATENCY_MS_P50] = p50;
    outcome->folder = g_strdup_printf("cases/id/repeat-%u", one->repeats->len + 1);
    outcome->unfit = g_strdup("busy");
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
        {"agent", "sim"},
        {"sink", "overlay"},
        {"status", "passed"},
    };
    struct left_out left_out = {(char *)"a,b,c", (char *)"the budget"};

    result->set = g_strdup("paper");
    g_ptr_array_add(result->left_out, left_out_copy(&left_out));
    add_repeat(result, STATUS_PASSED, NULL, 4.5);
    add_unfit(result, 99);
    add_repeat(result, STATUS_PASSED, NULL, NAN);
    add_repeat(result, STATUS_PASSED, NULL, 3.25);
    functions_fill(result);
    assert_true(result_write(result, NULL));
    assert_true(result_write(result, NULL)); /* again, as after each repeat */
    assert_true(json_parser_load_from_file(parser, file, NULL));

    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    assert_int_equal(json_object_get_int_member(root, "schema"), RESULT_SCHEMA);
    assert_string_equal(json_object_get_string_member(root, "set"), "paper");
    assert_int_equal(json_object_get_int_member(root, "seed"), 7);
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
    assert_int_equal(json_object_get_int_member(c, "twin"), 0);
    assert_int_equal(json_object_get_int_member(c, "planned_repeats"), 3);
    assert_int_equal(json_object_get_int_member(c, "fit_repeats"), 3);
    assert_int_equal(json_object_get_int_member(c, "seconds"), 8);
    assert_true(json_object_get_null_member(c, "reason"));
    assert_true(json_object_get_null_member(c, "drawing"));

    array = json_object_get_array_member(c, "repeats");
    assert_int_equal(json_array_get_length(array), 4);
    JsonObject *repeat = json_array_get_object_element(array, 0);
    assert_string_equal(json_object_get_string_member(repeat, "sources"), "vgpu;pgpu");
    assert_true(json_object_get_null_member(repeat, "other_channel"));
    assert_true(json_object_get_null_member(repeat, "second_client"));
    assert_true(json_object_get_null_member(repeat, "unfit"));
    assert_int_equal(json_object_get_int_member(repeat, "order"), 11);
    repeat = json_array_get_object_element(array, 1);
    assert_string_equal(json_object_get_string_member(repeat, "unfit"), "busy");

    JsonObject *metrics = json_object_get_object_member(c, "metrics");
    assert_false(json_object_has_member(metrics, "switch_ms")); /* there was none */
    JsonObject *p50 = json_object_get_object_member(metrics, "latency_ms_p50");
    JsonArray *values = json_object_get_array_member(p50, "values");
    assert_int_equal(json_array_get_length(values), 4); /* one for each repeat */
    assert_float_equal(json_array_get_double_element(values, 0), 4.5, 0);
    assert_float_equal(json_array_get_double_element(values, 1), 99, 0);
    assert_true(json_array_get_null_element(values, 2));
    assert_float_equal(json_array_get_double_element(values, 3), 3.25, 0);
    assert_int_equal(json_object_get_int_member(p50, "n_fit"), 2); /* without the unfit one */
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

/* A failed one has a value that does not count, half a run has none at all. */
static void only_what_passed_and_was_fit_counts(void **state)
{
    auto_destroy(result) result = one_case("x", 4);
    const struct result_case *one = g_ptr_array_index(result->cases, 0);
    const struct result_values *p50 = &one->metrics[METRIC_LATENCY_MS_P50];

    add_repeat(result, STATUS_PASSED, NULL, NAN);
    assert_null(p50->each); /* no repeat has it */
    add_repeat(result, STATUS_FAILED, "a wrong pixel", 3);
    add_unfit(result, 5);
    add_repeat(result, STATUS_PASSED, NULL, 7);
    add_repeat(result, STATUS_INTERRUPTED, "interrupted", 9);
    assert_int_equal(p50->n, 1);
    assert_float_equal(p50->values[0], 7, 0);
    assert_float_equal(result_case_median(one, METRIC_LATENCY_MS_P50), 7, 0);
    assert_true(isnan(p50->each[0]));
    assert_float_equal(p50->each[1], 3, 0);
    assert_float_equal(p50->each[2], 5, 0);
    assert_float_equal(p50->each[3], 7, 0);
    assert_true(isnan(p50->each[4]));
    assert_int_equal(result_case_fit(one), 2);
    assert_int_equal(result_case_unfit(one), 1);
}

/* Three are wanted: P passed and fit, U unfit, F failed. Up to six are run. */
static void a_case_runs_until_enough_repeats_are_fit(void **state)
{
    static const struct {
        const char *repeats;
        bool over, is_short; /* of a case that passed */
        enum status status;
    } cases[] = {
        {"", false, false, STATUS_INTERRUPTED}, {"PP", false, false, STATUS_INTERRUPTED},
        {"PPP", true, false, STATUS_PASSED},    {"PUP", false, false, STATUS_INTERRUPTED},
        {"PUPP", true, false, STATUS_PASSED},   {"UUUPP", false, false, STATUS_INTERRUPTED},
        {"UUUPPP", true, false, STATUS_PASSED}, {"UUUUPP", true, true, STATUS_PASSED},
        {"UUUUUU", true, true, STATUS_PASSED},  {"PFP", true, false, STATUS_FAILED},
        {"PFU", false, false, STATUS_FAILED},   {"FFF", true, false, STATUS_FAILED},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        auto_destroy(result) result = one_case("x", 3);
        const struct result_case *one = g_ptr_array_index(result->cases, 0);
        for (const char *r = cases[i].repeats; *r; r++) {
            if (*r == 'U')
                add_unfit(result, 1);
            else
                add_repeat(result, *r == 'F' ? STATUS_FAILED : STATUS_PASSED, NULL, 1);
        }
        if (result_case_is_over(one) != cases[i].over || one->status != cases[i].status ||
            result_case_is_short(one) != cases[i].is_short)
            fail_msg("%s: %s, %s", cases[i].repeats, status_text(one->status),
                     result_case_is_over(one) ? "over" : "goes on");
    }
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
        cmocka_unit_test(only_what_passed_and_was_fit_counts),
        cmocka_unit_test(a_case_runs_until_enough_repeats_are_fit),
        cmocka_unit_test(a_skipped_case_is_over_at_once),
        cmocka_unit_test(a_folder_that_is_not_there_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
