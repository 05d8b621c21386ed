/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* mann-whitney: published critical values, counts made by hand, and ties. */
#include "harness/statistics/mann-whitney.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define MAX 40

/* Two samples without ties of which the first one's U is `u`. */
static double p_of(size_t n_a, size_t n_b, size_t u)
{
    double a[MAX], b[MAX], ret_u;

    for (size_t i = 0; i < n_b; i++)
        b[i] = (double)i + 1;
    size_t left = u;
    for (size_t i = 0; i < n_a; i++) {
        size_t larger_than = left < n_b ? left : n_b;
        a[i] = (double)larger_than + 0.5 + 0.001 * (double)i;
        left -= larger_than;
    }
    double p = mann_whitney_p(a, n_a, b, n_b, &ret_u);
    assert_float_equal(ret_u, (double)u, 0);
    return p;
}

/* The largest U that is significant at 5 %, two-sided, as the tables in textbooks have
 * it (first printed by Mann and Whitney, extended by Auble in 1953). */
static void critical_values_are_those_of_the_tables(void **state)
{
    static const struct {
        size_t n_a, n_b, u;
    } cases[] = {{4, 4, 0},    {5, 5, 2},    {5, 8, 6},    {6, 6, 5},    {7, 9, 12},   {8, 8, 13},
                 {10, 10, 23}, {10, 15, 39}, {12, 18, 61}, {15, 15, 64}, {20, 20, 127}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double at = p_of(cases[i].n_a, cases[i].n_b, cases[i].u);
        double above = p_of(cases[i].n_a, cases[i].n_b, cases[i].u + 1);
        if (!(at <= 0.05 && above > 0.05))
            fail_msg("%zu and %zu values, U %zu: p %g, then %g", cases[i].n_a, cases[i].n_b,
                     cases[i].u, at, above);
    }
}

/* Of the 126 ways of choosing 5 of 9 ranks 7 give a sum of 32 or more. */
static void a_small_sample_is_counted(void **state)
{
    static const double a[] = {19, 22, 16, 29, 24}, b[] = {20, 11, 17, 12};
    double u;
    assert_float_equal(mann_whitney_p(a, 5, b, 4, &u), 2 * 7 / 126.0, 1e-12);
    assert_float_equal(u, 17, 0);
    assert_float_equal(mann_whitney_p(b, 4, a, 5, &u), 2 * 7 / 126.0, 1e-12);
    assert_float_equal(u, 3, 0);
}

/* Ranks 2.5 four times and 5.5 twice: of 20 ways 4 have the least sum, 7.5. */
static void equal_values_share_their_ranks(void **state)
{
    static const double a[] = {1, 1, 1}, b[] = {1, 2, 2};
    double u;
    assert_float_equal(mann_whitney_p(a, 3, b, 3, &u), 2 * 4 / 20.0, 1e-12);
    assert_float_equal(u, 1.5, 0);
}

static void equal_samples_differ_in_nothing(void **state)
{
    double equal[MAX] = {0};
    assert_float_equal(mann_whitney_p(equal, 5, equal, 5, NULL), 1, 0);
    assert_float_equal(mann_whitney_p(equal, MAX, equal, MAX, NULL), 1, 0);
}

/* 31 and 31 values: the middle is 480.5, the standard deviation sqrt(31 * 31 * 63 / 12)
 * = 71.03, so U = 341 is 139 / 71.03 = 1.9569 of them away, less the half for
 * continuity. */
static void large_samples_are_approximated(void **state)
{
    assert_float_equal(p_of(31, 31, 341), 0.05036, 1e-5);
    assert_float_equal(p_of(30, 30, 317), 0.0497, 3e-4); /* the last that is counted */
}

/* Two groups of 40 equal values: the standard deviation is 40 * 40 / 2 / sqrt(79) =
 * 90.01; without the correction it would be 103.92. Of the first sample 25, of the
 * second 15 are in the lower group: U is 600 less 0.5 from 800 = 2.2165 of them. */
static void ties_are_corrected_for_in_large_samples(void **state)
{
    double a[MAX], b[MAX], u;
    for (int i = 0; i < MAX; i++) {
        a[i] = i < 25 ? 1 : 2;
        b[i] = i < 15 ? 1 : 2;
    }
    assert_float_equal(mann_whitney_p(a, MAX, b, MAX, &u), 0.02666, 1e-5);
    assert_float_equal(u, 600, 0);
}

static void what_does_not_exist_is_not_counted(void **state)
{
    static const double a[] = {NAN, 1, 2, 3}, b[] = {4, 5, NAN, 6}, nothing[] = {NAN};
    assert_float_equal(mann_whitney_p(a, 4, b, 4, NULL), 0.1, 1e-12);
    assert_true(isnan(mann_whitney_p(a, 4, nothing, 1, NULL)));
    assert_true(isnan(mann_whitney_p(NULL, 0, b, 4, NULL)));
}

static void the_least_p_is_that_of_samples_apart(void **state)
{
    for (size_t n = 1; n < 8; n++)
        assert_float_equal(mann_whitney_least_p(n, n), p_of(n, n, 0), 1e-12);
    assert_float_equal(mann_whitney_least_p(10, 10), 2 / 184756.0, 1e-12);
    assert_float_equal(mann_whitney_least_p(5, 0), 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(critical_values_are_those_of_the_tables),
        cmocka_unit_test(a_small_sample_is_counted),
        cmocka_unit_test(equal_values_share_their_ranks),
        cmocka_unit_test(equal_samples_differ_in_nothing),
        cmocka_unit_test(large_samples_are_approximated),
        cmocka_unit_test(ties_are_corrected_for_in_large_samples),
        cmocka_unit_test(what_does_not_exist_is_not_counted),
        cmocka_unit_test(the_least_p_is_that_of_samples_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
