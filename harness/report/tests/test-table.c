/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* table: what is said of a case beside the relay. */
#include "auto-destroy.h"
#include "harness/report/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static struct scenario scenario = {.name = (char *)"floor"};

static void add_case(GPtrArray *cases, const char *route, const char *transport)
{
    struct plan_case *c = g_new0(struct plan_case, 1);
    *c = (struct plan_case){.scenario = &scenario,
                            .route = route_find(route),
                            .vm = "sim",
                            .sink = "any",
                            .workload = "hello",
                            .transport = transport,
                            .seconds = 8,
                            .repeats = 1};
    g_ptr_array_add(cases, c);
}

static void add_outcome(struct result *result, unsigned index, double cpu_ms, double receive_ms)
{
    struct case_result *one = g_ptr_array_index(result->cases, index);
    struct outcome *outcome = outcome_create(STATUS_PASSED, NULL);
    outcome->metrics.value[METRIC_SERVER_CPU_MS_PER_FRAME] = cpu_ms;
    outcome->metrics.value[METRIC_RECEIVE_MS_P50] = receive_ms;
    g_ptr_array_add(one->outcomes, outcome);
}

static void a_case_is_held_against_the_relay_on_its_own_port(void **state)
{
    g_autoptr(GPtrArray) cases = g_ptr_array_new_with_free_func(g_free);
    add_case(cases, "gpu-module", "pty");
    add_case(cases, "relay", "pty");
    add_case(cases, "relay", "socket");
    auto_destroy(result) result = result_create(json_from_string("{}", NULL), cases);
    add_outcome(result, 0, 0.150, 0.30);
    add_outcome(result, 1, 0.100, 0.20);
    add_outcome(result, 2, 0.050, 0.10);

    g_autofree char *text = table_text(result);
    const char *line = strstr(text, "gpu-module any pty: server CPU +50 us/frame, receive p50 1.5 "
                                    "times\n");
    assert_non_null(line);
    assert_null(strstr(strchr(line, '\n'), "us/frame")); /* a relay is held against nothing */
}

static void without_a_relay_there_is_no_such_line(void **state)
{
    g_autoptr(GPtrArray) cases = g_ptr_array_new_with_free_func(g_free);
    add_case(cases, "gpu-module", "pty");
    add_case(cases, "relay", "socket");
    auto_destroy(result) result = result_create(json_from_string("{}", NULL), cases);
    add_outcome(result, 0, 0.150, 0.30);
    add_outcome(result, 1, 0.100, 0.20);

    g_autofree char *text = table_text(result);
    assert_null(strstr(text, "Beside the relay"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_is_held_against_the_relay_on_its_own_port),
        cmocka_unit_test(without_a_relay_there_is_no_such_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
