/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* merge: the repeats of several hosts become those of one result. */
#include "auto-destroy.h"
#include "harness/result/functions.h"
#include "harness/result/merge.h"
#include "harness/result/result-read.h"
#include "harness/result/result-write.h"
#include "harness/tests/made-up-run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define MODULE "cases/live,gpu-module,appsink,film,pty/repeat-"

/* The made-up run, in that folder. */
static struct result *part_of(const char *folder, const char *from, const char *to)
{
    g_autofree char *text = made_up_result_with(from, to);
    GError *error = NULL;
    struct result *part = result_parse(text, strlen(text), folder, &error);
    assert_null(error);
    return part;
}

static GPtrArray *moves_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)merge_move_destroy);
}

static void repeats_of_two_hosts_are_those_of_one_case(void **state)
{
    auto_destroy(result) whole = result_create("whole");
    auto_destroy(result) first = part_of("/first", "20.5", "20.5");
    auto_destroy(result) second = part_of("/second", "20.5", "30.5");
    g_autoptr(GPtrArray) moves = moves_new();

    assert_true(result_merge(whole, first, false, moves, NULL));
    assert_true(result_merge(whole, second, false, moves, NULL));

    assert_int_equal(whole->cases->len, 2);
    const struct result_case *one = g_ptr_array_index(whole->cases, 0);
    assert_int_equal(one->repeats->len, 2);
    assert_int_equal(one->planned_repeats, 2);
    assert_int_equal(one->status, STATUS_PASSED);
    assert_float_equal(result_case_median(one, METRIC_LATENCY_MS_P50), 25.5, 1e-9);
    assert_float_equal(result_case_median(one, METRIC_TRAFFIC_KBPS), 1000, 1e-9);
    assert_string_equal(whole->set, "paper");
}

static void samples_go_behind_those_that_are_there(void **state)
{
    auto_destroy(result) whole = result_create("whole");
    auto_destroy(result) first = part_of("/first", "20.5", "20.5");
    auto_destroy(result) second = part_of("/second", "20.5", "20.5");
    g_autoptr(GPtrArray) moves = moves_new();

    result_merge(whole, first, false, moves, NULL);
    result_merge(whole, second, false, moves, NULL);
    assert_int_equal(moves->len, 4); /* two cases each */
    const struct merge_move *move = g_ptr_array_index(moves, 2);
    assert_string_equal(move->from, "/second/" MODULE "1");
    assert_string_equal(move->to, MODULE "2");
    const struct result_case *one = g_ptr_array_index(whole->cases, 0);
    assert_string_equal(((struct outcome *)g_ptr_array_index(one->repeats, 1))->folder, MODULE "2");
}

/* Written and read again, too. */
static void each_repeat_keeps_its_host(void **state)
{
    auto_destroy(result) whole = result_create("whole");
    auto_destroy(result) first = part_of("/first", "h<o>st", "n1");
    auto_destroy(result) second = part_of("/second", "h<o>st", "n2");
    g_autoptr(GPtrArray) moves = moves_new();

    result_merge(whole, first, false, moves, NULL);
    result_merge(whole, second, false, moves, NULL);
    functions_fill(whole);
    g_autofree char *text = result_json(whole);
    auto_destroy(result) again = result_parse(text, strlen(text), "again", NULL);
    assert_non_null(again);
    const struct result_case *one = g_ptr_array_index(again->cases, 0);
    for (unsigned r = 0; r < 2; r++) {
        const struct outcome *outcome = g_ptr_array_index(one->repeats, r);
        assert_string_equal(
            json_object_get_string_member(json_node_get_object(outcome->environment), "host"),
            r == 0 ? "n1" : "n2");
    }
}

static void results_that_do_not_belong_together_are_refused(void **state)
{
    auto_destroy(result) whole = result_create("whole");
    auto_destroy(result) first = part_of("/first", "\"time\": \"today\"", "\"revision\": \"a\"");
    auto_destroy(result) second = part_of("/second", "\"time\": \"today\"", "\"revision\": \"b\"");
    auto_destroy(result) longer = part_of("/third", "\"seconds\": 2", "\"seconds\": 3");
    auto_destroy(result) other = result_create("other");
    auto_destroy(result) shorter = part_of("/fourth", "20.5", "20.5");
    g_autoptr(GPtrArray) moves = moves_new();
    g_autoptr(GError) error = NULL;

    assert_true(result_merge(whole, first, false, moves, NULL));
    assert_false(result_merge(whole, second, false, moves, &error));
    assert_string_equal(error->message, "/second: cannot be merged: it is of the revision b, and "
                                        "what was merged before of a");
    g_clear_error(&error);
    assert_true(result_merge(other, shorter, false, moves, NULL));
    assert_false(result_merge(other, longer, false, moves, &error));
    assert_non_null(strstr(error->message, "plays 3 s, and what was merged before 2 s"));
}

/* As of a run whose tasks were not all done. */
static void a_planned_case_lacks_what_no_part_has(void **state)
{
    auto_destroy(result) whole = result_create("whole");
    auto_destroy(result) first = part_of("/first", "20.5", "20.5");
    auto_destroy(result) second = part_of("/second", "20.5", "20.5");
    g_autoptr(GPtrArray) moves = moves_new();

    result_merge(whole, first, false, moves, NULL);
    struct result_case *one = g_ptr_array_index(whole->cases, 0);
    one->planned_repeats = one->tries_max = 3;
    result_merge(whole, second, true, moves, NULL);
    assert_int_equal(one->planned_repeats, 3);
    assert_int_equal(one->repeats->len, 2);
    assert_int_equal(one->status, STATUS_INTERRUPTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repeats_of_two_hosts_are_those_of_one_case),
        cmocka_unit_test(samples_go_behind_those_that_are_there),
        cmocka_unit_test(each_repeat_keeps_its_host),
        cmocka_unit_test(results_that_do_not_belong_together_are_refused),
        cmocka_unit_test(a_planned_case_lacks_what_no_part_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
