/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * cmocka: as much of it as the tests use that also run on Windows, for which
 * Debian has no cmocka: the same names, TAP, one process; a test that fails
 * ends the program.
 */
#ifndef AGENT_TESTS_WINDOWS_CMOCKA_H
#define AGENT_TESTS_WINDOWS_CMOCKA_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
    const char *name;
    void (*test_func)(void **state);
    int (*setup_func)(void **state);
    int (*teardown_func)(void **state);
    void *initial_state;
};

/* clang-format off */
#define cmocka_unit_test(name) { #name, name, NULL, NULL, NULL }
#define cmocka_unit_test_setup_teardown(name, set_up, tear_down) \
    { #name, name, set_up, tear_down, NULL }
/* clang-format on */

#define fail_msg(...) \
    (printf("# %s:%d: ", __FILE__, __LINE__), printf(__VA_ARGS__), puts("\nBail out!"), exit(1))
#define print_message(...) (void)(printf("# "), printf(__VA_ARGS__))

#define assert_true(x) ((x) ? (void)0 : fail_msg("not true: %s", #x))
#define assert_false(x) assert_true(!(x))
#define assert_null(x) assert_true((x) == NULL)
#define assert_non_null(x) assert_true((x) != NULL)
#define assert_ptr_equal(x, y) assert_true((x) == (y))
#define assert_int_equal(x, y) assert_true((intmax_t)(x) == (intmax_t)(y))
#define assert_int_not_equal(x, y) assert_true((intmax_t)(x) != (intmax_t)(y))
#define assert_in_range(x, low, high) \
    assert_true((uintmax_t)(x) >= (uintmax_t)(low) && (uintmax_t)(x) <= (uintmax_t)(high))
#define assert_string_equal(x, y) assert_true(strcmp(x, y) == 0)
#define assert_memory_equal(x, y, size) assert_true(memcmp(x, y, size) == 0)

#define cmocka_run_group_tests(tests, set_up, tear_down) \
    _cmocka_run_group_tests(#tests, tests, sizeof(tests) / sizeof(tests)[0], set_up, tear_down)

static inline int _cmocka_run_group_tests(const char *name, const struct CMUnitTest *tests,
                                          size_t count, int (*set_up)(void **state),
                                          int (*tear_down)(void **state))
{
    assert_true(!set_up && !tear_down); /* no test needs them yet */
    printf("# %s\n1..%u\n", name, (unsigned)count);
    for (size_t i = 0; i < count; i++) {
        void *state = tests[i].initial_state;
        if (tests[i].setup_func)
            assert_int_equal(tests[i].setup_func(&state), 0);
        tests[i].test_func(&state);
        if (tests[i].teardown_func)
            assert_int_equal(tests[i].teardown_func(&state), 0);
        printf("ok %u - %s\n", (unsigned)i + 1, tests[i].name);
        fflush(stdout);
    }
    return 0;
}

#endif
