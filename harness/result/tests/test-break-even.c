/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* What an encoder may cost, of made-up runs. */
#include "auto-destroy.h"
#include "harness/result/break-even.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct scenario scenario = {.name = (char *)"race"};

static struct result_case *add_case(struct result *result, const char *route, const char *sink,
                                    const char *encoder, double p50_ms, double cpu_ms)
{
    const struct plan_case c = {
        .scenario = &scenario,
        .route = route_find(route),
        .sink = sink,
        .workload = "film",
        .axis = {"pty", "sim", "loopback", encoder, "sim", "qxl", "none", "none", "diff"},
        .repeats = 1};
    struct result_case *one = result_add_case(result, &c);
    struct metrics metrics;

    metrics_init(&metrics);
    metrics.value[METRIC_LATENCY_MS_P50] = p50_ms;
    metrics.value[METRIC_TOTAL_CPU_MS_PER_FRAME] = cpu_ms;
    result_case_add_repeat(one, outcome_create(STATUS_PASSED, NULL), &metrics);
    return one;
}

static void expect(const struct break_even *one, const char *rival, double latency_ms,
                   double cpu_ms)
{
    assert_string_equal(one->rival->route->name, rival);
    assert_true(fabs(one->latency_ms - latency_ms) < 1e-9);
    assert_true(fabs(one->cpu_ms - cpu_ms) < 1e-9);
}

static void a_rival_has_it_or_lacks_it(void **state)
{
    auto_destroy(result) result = result_create("x");

    (void)state;
    add_case(result, "gpu-module", "appsink", "x264-ultrafast", 9, 12);
    add_case(result, "gpu-module", "overlay-sync", "replay", 20, 3);
    add_case(result, "gpu-module", "appsink", "replay", 5, 4);
    add_case(result, "stream-device", "overlay", "replay", 6, 4); /* has an encoder, too */
    add_case(result, "vgpu-lz4", "canvas", "replay", 8.5, 9);
    add_case(result, "vgpu-glz", "canvas", "replay", 4, 1.5);
    add_case(result, "vgpu-h264", "canvas", "replay", NAN, 14);
    add_case(result, "vgpu-mjpeg", "canvas", "replay", NAN, NAN);
    g_autoptr(GArray) found = break_even_find(result);
    assert_int_equal(found->len, 3);
    const struct break_even *list = (const struct break_even *)found->data;
    assert_string_equal(list[0].ours->sink, "appsink");
    expect(&list[0], "vgpu-lz4", 3.5, 5);
    expect(&list[1], "vgpu-glz", -1, -2.5); /* it is better than any encoder */
    assert_true(isnan(list[2].latency_ms));
    assert_true(fabs(list[2].cpu_ms - 10) < 1e-9);
}

static void a_model_without_delay_goes_before_a_replay(void **state)
{
    auto_destroy(result) result = result_create("x");

    (void)state;
    add_case(result, "gpu-module", "appsink", "replay", 5, 4);
    add_case(result, "gpu-module", "appsink", "model-0ms", 5.5, 4);
    add_case(result, "vgpu-lz4", "canvas", "replay", 8.5, 9);
    g_autoptr(GArray) found = break_even_find(result);
    assert_int_equal(found->len, 1);
    expect(&g_array_index(found, struct break_even, 0), "vgpu-lz4", 3, 5);
}

static void nothing_is_held_against_a_case_that_failed(void **state)
{
    auto_destroy(result) result = result_create("x");
    struct metrics metrics;

    (void)state;
    metrics_init(&metrics);
    struct result_case *ours = add_case(result, "gpu-module", "appsink", "replay", 5, 4);
    struct result_case *rival = add_case(result, "vgpu-lz4", "canvas", "replay", 8.5, 9);
    result_case_add_repeat(rival, outcome_create(STATUS_FAILED, "broken"), &metrics);
    g_autoptr(GArray) of_rival = break_even_find(result);
    assert_int_equal(of_rival->len, 0);
    add_case(result, "vgpu-glz", "canvas", "replay", 8.5, 9);
    result_case_add_repeat(ours, outcome_create(STATUS_FAILED, "broken"), &metrics);
    g_autoptr(GArray) of_ours = break_even_find(result);
    assert_int_equal(of_ours->len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rival_has_it_or_lacks_it),
        cmocka_unit_test(a_model_without_delay_goes_before_a_replay),
        cmocka_unit_test(nothing_is_held_against_a_case_that_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
