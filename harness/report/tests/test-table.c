/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* table: the comparison of a case with the relay. */
#include "auto-destroy.h"
#include "harness/report/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static struct scenario scenario = {.name = (char *)"floor"};

static void add_case(struct result *result, const char *route, const char *transport, double cpu_ms,
                     double receive_ms)
{
    const struct plan_case c = {
        .scenario = &scenario,
        .route = route_find(route),
        .sink = "any",
        .workload = "hello",
        .axis = {transport, "sim", "loopback", "replay", "sim", "qxl", "none", "none", "diff"},
        .seconds = 8,
        .repeats = 1};
    struct metrics metrics;

    metrics_init(&metrics);
    metrics.value[METRIC_SERVER_CPU_MS_PER_FRAME] = cpu_ms;
    metrics.value[METRIC_RECEIVE_MS_P50] = receive_ms;
    result_case_add_repeat(result_add_case(result, &c), outcome_create(STATUS_PASSED, NULL),
                           &metrics);
}

static void a_case_is_held_against_the_relay_on_its_own_port(void **state)
{
    auto_destroy(result) result = result_create("x");
    add_case(result, "gpu-module", "pty", 0.150, 0.30);
    add_case(result, "relay", "pty", 0.100, 0.20);
    add_case(result, "relay", "socket", 0.050, 0.10);

    g_autofree char *text = table_text(result);
    const char *line = strstr(text, "gpu-module any pty: server CPU +50 us/frame, receive p50 1.5 "
                                    "times\n");
    assert_non_null(line);
    assert_null(strstr(strchr(line, '\n'), "us/frame")); /* a relay is held against nothing */
}

static void without_a_relay_there_is_no_such_line(void **state)
{
    auto_destroy(result) result = result_create("x");
    add_case(result, "gpu-module", "pty", 0.150, 0.30);
    add_case(result, "relay", "socket", 0.100, 0.20);

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
