/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* Which of a Windows guest's displays is captured, and what a duplication's result leads to. */
#include "agent/windows/display-choice.h"
#include "agent/windows/duplication-result.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define QXL 0x1b36
#define AMD 0x1002

static char error[256];

static int choose(const struct display *displays, unsigned count, const char *name)
{
    error[0] = '\0';
    return display_choose(displays, count, name, error, sizeof error);
}

static void the_card_that_is_not_the_vgpu_comes_first(void **state)
{
    const struct display displays[] = {
        {"\\\\.\\DISPLAY1", "QXL", QXL, true, false, 1024, 768},
        {"\\\\.\\DISPLAY2", "Radeon", AMD, false, false, 0, 0},
        {"\\\\.\\DISPLAY3", "Radeon", AMD, true, false, 1920, 1080},
    };

    (void)state;
    assert_int_equal(choose(displays, 3, "auto"), 2);
    assert_int_equal(choose(displays, 2, "auto"), 0); /* the vGPU's is better than none */
    assert_int_equal(choose(displays + 1, 1, "auto"), -1);
    assert_non_null(strstr(error, "plug in a monitor"));
    assert_int_equal(choose(displays, 0, "auto"), -1);
}

static void a_display_has_its_name_with_and_without_prefix(void **state)
{
    const struct display displays[] = {
        {"\\\\.\\DISPLAY1", "QXL", QXL, true, false, 1024, 768},
        {"\\\\.\\DISPLAY12", "Radeon", AMD, true, false, 1920, 1080},
        {"\\\\.\\DISPLAY2", "Radeon", AMD, false, false, 0, 0},
    };

    (void)state;
    assert_int_equal(choose(displays, 3, "\\\\.\\DISPLAY1"), 0);
    assert_int_equal(choose(displays, 3, "display12"), 1);
    assert_int_equal(choose(displays, 3, "DISPLAY"), -1);
    assert_string_equal(error, "there is no display DISPLAY: --list has those that there are");
    assert_int_equal(choose(displays, 3, "DISPLAY2"), -1);
    assert_non_null(strstr(error, "extend the desktop"));
}

static void each_result_leads_to_what_the_header_says(void **state)
{
    (void)state;
    assert_int_equal(duplication_result(0)->reaction, DUPLICATION_GOES_ON);
    assert_int_equal(duplication_result(1)->reaction, DUPLICATION_GOES_ON);
    assert_int_equal(duplication_result(0x887a0027)->reaction, DUPLICATION_UNCHANGED);
    assert_int_equal(duplication_result(0x887a0026)->reaction, DUPLICATION_AGAIN);
    assert_int_equal(duplication_result(0x80070005)->reaction, DUPLICATION_AGAIN);
    assert_int_equal(duplication_result(0x887a0005)->reaction, DUPLICATION_NEW_DEVICE);
    assert_int_equal(duplication_result(0x887a0004)->reaction, DUPLICATION_REFUSED);
    assert_int_equal(duplication_result(0x81234567)->reaction, DUPLICATION_REFUSED);
    for (unsigned i = 0; i < duplication_result_count; i++) {
        const struct duplication_result *row = &duplication_results[i];
        assert_ptr_equal(duplication_result(row->result), row); /* none is there twice */
        assert_true(row->reaction == DUPLICATION_UNCHANGED || (row->error < 0 && row->text[0]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_card_that_is_not_the_vgpu_comes_first),
        cmocka_unit_test(a_display_has_its_name_with_and_without_prefix),
        cmocka_unit_test(each_result_leads_to_what_the_header_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
