/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* differences: verdicts, and which cases are held against which. */
#include "auto-destroy.h"
#include "harness/result/differences.h"
#include "harness/tests/made-up-cases.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const enum metric p50[] = {METRIC_LATENCY_MS_P50};

static struct result_case *add(struct result *result, const char *route, unsigned twin,
                               double middle, double spread_pct, unsigned n)
{
    struct result_case *one = made_up_case(result, route, n);
    one->twin = twin;
    made_up_values(one, METRIC_LATENCY_MS_P50, made_up_spread(middle, spread_pct, n));
    return one;
}

/* One route in both runs, with an A/A pair in the second one that differs by `noise`. */
static void a_verdict_needs_both_the_test_and_the_floor(void **state)
{
    static const struct {
        const char *name;
        double middle, spread_pct, noise;
        unsigned n;
        enum verdict verdict;
        const char *remark;
    } cases[] = {
        {"clearly more", 12, 1, 1, 10, VERDICT_WORSE, NULL},
        {"clearly less", 8, 1, 1, 10, VERDICT_BETTER, NULL},
        {"equal", 10, 1, 1, 10, VERDICT_NOT_SHOWN, "the medians are equal"},
        {"much spread", 10.5, 30, 1, 10, VERDICT_NOT_SHOWN, "could be chance"},
        {"below the noise", 12, 1, 1.5, 10, VERDICT_NOT_SHOWN, "within the noise floor"},
        {"below it, less", 9, 1, 1.5, 10, VERDICT_NOT_SHOWN, "within the noise floor"},
        {"three repeats", 12, 1, 1, 3, VERDICT_NOT_SHOWN, "too few repeats"},
        {"four repeats", 12, 1, 1, 4, VERDICT_WORSE, NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        auto_destroy(result) base = made_up_cases(), new = made_up_cases();
        add(base, "gpu-module", 0, 10, 1, cases[i].n);
        add(new, "gpu-module", 1, cases[i].middle, cases[i].spread_pct, cases[i].n);
        add(new, "gpu-module", 2, cases[i].middle * cases[i].noise, cases[i].spread_pct,
            cases[i].n);
        auto_destroy(differences) differences = differences_between(base, new, p50, 1);
        assert_int_equal(differences->all->len, 1);
        const struct difference *one = &g_array_index(differences->all, struct difference, 0);
        if (one->verdict != cases[i].verdict || g_strcmp0(one->remark, cases[i].remark) != 0)
            fail_msg("%s: %s, %s, p %g, floor %g", cases[i].name, verdict_text(one->verdict),
                     one->remark, one->adjusted_p, one->floor);
    }
}

static void more_may_be_better(void **state)
{
    static const enum metric fps[] = {METRIC_FPS_SHOWN};
    auto_destroy(result) base = made_up_cases(), new = made_up_cases();
    made_up_values(made_up_case(base, "gpu-module", 6), *fps, made_up_spread(20, 1, 6));
    made_up_values(made_up_case(new, "gpu-module", 6), *fps, made_up_spread(30, 1, 6));
    auto_destroy(differences) up = differences_between(base, new, fps, 1);
    auto_destroy(differences) down = differences_between(new, base, fps, 1);
    assert_int_equal(differences_count(up, VERDICT_BETTER), 1);
    assert_int_equal(differences_count(down, VERDICT_WORSE), 1);
    assert_true(isnan(g_array_index(up->all, struct difference, 0).floor)); /* no pair */
}

/* Five against five differ with p = 0.008: shown alone, and not among seven others. */
static void many_comparisons_are_judged_together(void **state)
{
    auto_destroy(result) base = made_up_cases(), new = made_up_cases();
    enum metric all[8];

    struct result_case *old = made_up_case(base, "gpu-module", 5);
    struct result_case *now = made_up_case(new, "gpu-module", 5);
    for (unsigned m = 0; m < 8; m++) {
        all[m] = METRIC_T1_T2_MS_P50 + m;
        made_up_values(old, all[m], made_up_spread(10, 1, 5));
        made_up_values(now, all[m], made_up_spread(m ? 10 : 12, 1, 5));
    }
    auto_destroy(differences) one = differences_between(base, new, all, 1);
    auto_destroy(differences) eight = differences_between(base, new, all, 8);
    assert_int_equal(differences_count(one, VERDICT_WORSE), 1);
    assert_int_equal(eight->all->len, 8);
    assert_int_equal(differences_count(eight, VERDICT_WORSE), 0);
    assert_float_equal(g_array_index(eight->all, struct difference, 0).p, 2 / 252.0, 1e-12);
    assert_float_equal(g_array_index(eight->all, struct difference, 0).adjusted_p, 16 / 252.0,
                       1e-12);
}

static void unfit_and_failed_repeats_do_not_count(void **state)
{
    auto_destroy(result) base = made_up_cases(), new = made_up_cases();
    double wild[] = {10, 11, 12, 900, 1000, NAN};
    struct result_case *one = made_up_case(new, "gpu-module", 6);

    ((struct outcome *)g_ptr_array_index(one->repeats, 3))->unfit = g_strdup("busy");
    ((struct outcome *)g_ptr_array_index(one->repeats, 4))->status = STATUS_FAILED;
    made_up_values(one, METRIC_LATENCY_MS_P50, wild);
    add(base, "gpu-module", 0, 11, 1, 3);
    auto_destroy(differences) differences = differences_between(base, new, p50, 1);
    assert_float_equal(g_array_index(differences->all, struct difference, 0).estimate.value, 1,
                       1e-9);
}

static char *left_out(const struct differences *differences)
{
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < differences->not_compared->len; i++) {
        const struct not_compared *left =
            &g_array_index(differences->not_compared, struct not_compared, i);
        g_string_append_printf(text, "%s: %s; ", left->one->route->name, left->reason);
    }
    return g_string_free(text, FALSE);
}

static void what_cannot_be_compared_is_reported(void **state)
{
    auto_destroy(result) base = made_up_cases(), new = made_up_cases();
    add(base, "gpu-module", 0, 10, 1, 4);
    add(base, "vgpu-glz", 0, 10, 1, 4);
    add(new, "gpu-module", 0, 10, 1, 4);
    add(new, "vgpu-lz4", 0, 10, 1, 4);
    add(base, "stream-device", 0, 10, 1, 4);
    made_up_case(new, "stream-device", 4);
    auto_destroy(differences) differences = differences_between(base, new, p50, 1);
    g_autofree char *text = left_out(differences);
    assert_int_equal(differences->all->len, 1);
    assert_string_equal(text, "vgpu-lz4: the base does not have it; stream-device: they have no "
                              "fit repeats with one of the metrics; vgpu-glz: only the base has "
                              "it; ");
}

static void the_routes_of_a_run_are_compared_with_one_of_them(void **state)
{
    static const char *const bases[] = {"vgpu-lz4", "vgpu-lz4 canvas"};

    for (size_t i = 0; i < G_N_ELEMENTS(bases); i++) {
        auto_destroy(result) result = made_up_cases();
        add(result, "gpu-module", 1, 5, 1, 6);
        add(result, "gpu-module", 2, 5, 1, 6);
        struct result_case *base = add(result, "vgpu-lz4", 0, 10, 1, 6);
        struct result_case *alone = add(result, "stream-device", 0, 10, 1, 6);
        g_free(alone->workload);
        alone->workload = g_strdup("cad");
        auto_destroy(differences) differences = differences_within(result, bases[i], p50, 1);
        g_autofree char *text = left_out(differences);
        assert_int_equal(differences->all->len, 2);
        assert_int_equal(differences_count(differences, VERDICT_BETTER), 2);
        const struct difference *one = &g_array_index(differences->all, struct difference, 0);
        assert_ptr_equal(one->base, base);
        assert_float_equal(one->estimate.value, 0.5, 1e-9);
        assert_string_equal(text,
                            "stream-device: no case that it can be compared with is the base; ");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_verdict_needs_both_the_test_and_the_floor),
        cmocka_unit_test(more_may_be_better),
        cmocka_unit_test(many_comparisons_are_judged_together),
        cmocka_unit_test(unfit_and_failed_repeats_do_not_count),
        cmocka_unit_test(what_cannot_be_compared_is_reported),
        cmocka_unit_test(the_routes_of_a_run_are_compared_with_one_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
