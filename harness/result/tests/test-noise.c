/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* noise: what an A/A pair differs by, and which differences that hides. */
#include "auto-destroy.h"
#include "harness/result/noise.h"
#include "harness/tests/made-up-cases.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct result_case *add(struct result *result, const char *route, unsigned twin,
                               enum metric metric, const double *values, unsigned n)
{
    struct result_case *one = made_up_case(result, route, n);
    one->twin = twin;
    made_up_values(one, metric, values);
    return one;
}

/* Without spread the interval is the ratio itself: 10 to 10.5 are 5 %, either way. */
static void the_floor_is_as_far_as_the_interval_reaches(void **state)
{
    static const double tens[] = {10, 10, 10}, more[] = {10.5, 10.5, 10.5};
    static const double spread[] = {9, 10, 11};
    auto_destroy(result) result = made_up_cases();
    const struct result_case *first = add(result, "gpu-module", 1, METRIC_LATENCY_MS_P50, tens, 3);
    struct result_case *second = add(result, "gpu-module", 2, METRIC_LATENCY_MS_P50, more, 3);

    assert_ptr_equal(noise_twin(result, first), second);
    assert_null(noise_twin(result, second));
    assert_float_equal(noise_floor_of_pair(METRIC_LATENCY_MS_P50, true, first, second), 0.05, 1e-9);
    assert_float_equal(noise_floor_of_pair(METRIC_LATENCY_MS_P50, true, second, first), 0.05, 1e-9);
    assert_float_equal(noise_floor_of_pair(METRIC_LATENCY_MS_P50, false, second, first), 0.5, 1e-9);
    /* As likely above as below, but 10 is farther from 9 than from 11. */
    made_up_values(second, METRIC_LATENCY_MS_P50, spread);
    assert_float_equal(noise_floor_of_pair(METRIC_LATENCY_MS_P50, true, first, second),
                       10 / 9.0 - 1, 1e-9);
}

/* Those of another workload do not count, and of several the largest does. */
static void a_case_has_the_floor_of_its_comparison(void **state)
{
    static const double tens[] = {10, 10}, more[] = {11, 11}, most[] = {20, 20};
    auto_destroy(result) result = made_up_cases();
    const struct result_case *rival = add(result, "vgpu-lz4", 0, METRIC_LATENCY_MS_P50, tens, 2);

    assert_true(isnan(noise_floor(result, rival, METRIC_LATENCY_MS_P50, true)));
    add(result, "gpu-module", 1, METRIC_LATENCY_MS_P50, tens, 2);
    add(result, "gpu-module", 2, METRIC_LATENCY_MS_P50, more, 2);
    assert_float_equal(noise_floor(result, rival, METRIC_LATENCY_MS_P50, true), 0.1, 1e-9);
    assert_true(isnan(noise_floor(result, rival, METRIC_TRAFFIC_KBPS, true)));

    struct result_case *other[2];
    for (unsigned i = 0; i < 2; i++) {
        other[i] = add(result, "stream-device", i + 1, METRIC_LATENCY_MS_P50, i ? most : tens, 2);
        g_free(other[i]->workload);
        other[i]->workload = g_strdup("cad");
    }
    assert_float_equal(noise_floor(result, rival, METRIC_LATENCY_MS_P50, true), 0.1, 1e-9);
    for (unsigned i = 0; i < 2; i++) {
        g_free(other[i]->workload);
        other[i]->workload = g_strdup("film");
    }
    assert_float_equal(noise_floor(result, rival, METRIC_LATENCY_MS_P50, true), 1, 1e-9);
}

static void a_floor_hides_what_is_not_larger(void **state)
{
    static const struct {
        double floor, value;
        bool relative, hidden;
    } cases[] = {
        {0.1, 1.09, true, true},   {0.1, 1.11, true, false}, {0.1, 1 / 1.09, true, true},
        {0.1, 0.9, true, false},   {0.5, 0.5, false, true},  {0.5, -0.5, false, true},
        {0.5, -0.6, false, false}, {NAN, 1, true, false},    {0, 1, true, true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct estimate estimate = {cases[i].value, NAN, NAN};
        if (noise_hides(cases[i].floor, cases[i].relative, &estimate) != cases[i].hidden)
            fail_msg("%g and a floor of %g", cases[i].value, cases[i].floor);
    }
}

static void decibels_and_zero_have_no_ratio(void **state)
{
    static const double positive[] = {40, 41}, zero[] = {0, 1};
    auto_destroy(result) result = made_up_cases();
    struct result_case *one = add(result, "gpu-module", 0, METRIC_PGPU_PSNR_DB, positive, 2);
    made_up_values(one, METRIC_LATENCY_MS_P50, positive);
    made_up_values(one, METRIC_FRAMES_LOST, zero);

    assert_true(noise_is_relative(METRIC_LATENCY_MS_P50, one, one));
    assert_false(noise_is_relative(METRIC_PGPU_PSNR_DB, one, one));
    assert_false(noise_is_relative(METRIC_FRAMES_LOST, one, one));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_floor_is_as_far_as_the_interval_reaches),
        cmocka_unit_test(a_case_has_the_floor_of_its_comparison),
        cmocka_unit_test(a_floor_hides_what_is_not_larger),
        cmocka_unit_test(decibels_and_zero_have_no_ratio),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
