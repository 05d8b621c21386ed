/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* pinning: who has which processors. */
#include "harness/run/pinning.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static void each_number_of_processors_is_divided(void **state)
{
    static const unsigned processors[] = {0, 4, 1, 5, 2, 6, 3, 7, 8};
    static const struct {
        unsigned n;
        const char *expected[PINNED_COUNT];
    } cases[] = {
        {2, {"0", "4", "4", "4"}},         {3, {"0", "4", "1", "1"}},
        {4, {"0", "4", "1", "5"}},         {5, {"0,4", "1", "5", "2"}},
        {8, {"0,4", "1,5", "2,6", "3,7"}}, {9, {"0,4,1", "5,2", "6,3", "7,8"}},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct pinning *pinning = pinning_divide(processors, cases[i].n, NULL);
        assert_non_null(pinning);
        for (unsigned p = 0; p < PINNED_COUNT; p++)
            assert_string_equal(pinning->processors[p], cases[i].expected[p]);
        pinning_destroy(pinning);
    }
}

static void one_processor_cannot_be_divided(void **state)
{
    static const unsigned only = 0;
    g_autoptr(GError) error = NULL;

    assert_null(pinning_divide(&only, 1, &error));
    assert_string_equal(error->message,
                        "--pin: there is only 1 processor for everything: two are needed");
}

static void the_harness_is_pinned_to_its_share(void **state)
{
    g_autoptr(GError) error = NULL;
    struct pinning *pinning = pinning_begin(&error);
    cpu_set_t set;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
        skip(); /* this machine has one processor */
    assert_non_null(pinning);
    g_auto(GStrv) share = g_strsplit(pinning->processors[PINNED_HARNESS], ",", -1);
    assert_int_equal(sched_getaffinity(0, sizeof set, &set), 0);
    assert_int_equal(CPU_COUNT(&set), g_strv_length(share));
    for (char **number = share; *number; number++)
        assert_true(CPU_ISSET(atoi(*number), &set));
    pinning_destroy(pinning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_number_of_processors_is_divided),
        cmocka_unit_test(one_processor_cannot_be_divided),
        cmocka_unit_test(the_harness_is_pinned_to_its_share), /* last: it stays pinned */
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
