/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* difference-table: the same verdicts as text and as JSON. */
#include "auto-destroy.h"
#include "harness/report/difference-table.h"
#include "harness/tests/made-up-cases.h"

#include <json-glib/json-glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const enum metric metrics[] = {METRIC_LATENCY_MS_P50, METRIC_FRAMES_LOST};

static struct result_case *add(struct result *result, const char *route, double p50, double lost)
{
    struct result_case *one = made_up_case(result, route, 6);
    made_up_values(one, METRIC_LATENCY_MS_P50, made_up_spread(p50, 0, 6));
    made_up_values(one, METRIC_FRAMES_LOST, made_up_spread(lost, 0, 6));
    return one;
}

static void text_has_a_line_a_metric(void **state)
{
    auto_destroy(result) base = made_up_cases(), new = made_up_cases();
    add(base, "gpu-module", 10, 0);
    add(new, "gpu-module", 12.5, 0);
    add(new, "vgpu-lz4", 10, 0);
    auto_destroy(differences) differences = differences_between(base, new, metrics, 2);
    g_autofree char *text = difference_table_text(differences);

    assert_true(g_str_has_prefix(text, "\nrace, film, port on pty: gpu-module appsink\n"));
    assert_non_null(strstr(text,
                           "\n  latency_ms_p50, ms                  10.00      12.50    1.25x "
                           "1.25..1.25        0.0043  unknown  worse\n"));
    assert_non_null(strstr(text,
                           "\n  frames_lost, frames                     0          0       +0 "
                           "+0..+0            1.0000  unknown  no difference shown (the "
                           "medians are equal)\n"));
    assert_non_null(strstr(text, "\n2 comparisons: 0 better, 1 worse, 1 no difference shown.\n"));
    assert_non_null(strstr(text, "\nnot compared: race, film, vgpu-lz4 canvas: the base does not "
                                 "have it\n"));
}

static void json_has_the_same(void **state)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    auto_destroy(result) result = made_up_cases();
    add(result, "vgpu-lz4", 10, 0);
    add(result, "gpu-module", 5, 0);
    auto_destroy(differences) differences = differences_within(result, "vgpu-lz4", metrics, 1);
    g_autofree char *text = difference_table_json(differences);

    assert_true(json_parser_load_from_data(parser, text, -1, NULL));
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    JsonArray *all = json_object_get_array_member(root, "differences");
    assert_int_equal(json_array_get_length(all), 1);
    JsonObject *one = json_array_get_object_element(all, 0);
    assert_string_equal(json_object_get_string_member(one, "case"), "gpu-module appsink");
    assert_string_equal(json_object_get_string_member(one, "base_case"), "vgpu-lz4 canvas");
    assert_string_equal(json_object_get_string_member(one, "metric"), "latency_ms_p50");
    assert_string_equal(json_object_get_string_member(one, "change"), "ratio");
    assert_string_equal(json_object_get_string_member(one, "verdict"), "better");
    assert_float_equal(json_object_get_double_member(one, "value"), 0.5, 0);
    assert_float_equal(json_object_get_double_member(one, "p"), 2 / 924.0, 1e-9);
    assert_true(json_object_get_null_member(one, "floor"));
    assert_true(json_object_get_null_member(one, "remark"));
    assert_int_equal(json_object_get_int_member(one, "n"), 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_has_a_line_a_metric),
        cmocka_unit_test(json_has_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
