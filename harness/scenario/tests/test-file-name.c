/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/scenario/file-name.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void names_are_good_or_say_why_not(void **state)
{
    static const struct {
        const char *name, *trouble; /* how it begins; NULL: none */
    } cases[] = {
        {"office-720p30", NULL},
        {"my film.mp4", NULL},
        {"a..b", NULL},
        {"-rf", NULL},
        {"\xc3\xa4 \xe2\x82\xac", NULL},
        {"", "is no name"},
        {".", "begins with a dot"},
        {"..", "begins with a dot"},
        {".hidden", "begins with a dot"},
        {"a/b", "is no name"},
        {"a\nb", "has a control character"},
        {"a\tb", "has a control character"},
        {"a\x7f", "has a control character"},
        {"a\xc2\x85"
         "b",
         "has a control character"}, /* next line */
        {"a\xe2\x80\xa8"
         "b",
         "has a control character"}, /* line separator */
        {"a\xff", "is no UTF-8 text"},
        {"\xc0\xaf", "is no UTF-8 text"},     /* a slash in more bytes than it needs */
        {"\xed\xa0\x80", "is no UTF-8 text"}, /* half a surrogate pair */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *trouble = file_name_trouble(cases[i].name);
        if (cases[i].trouble ? !trouble || !g_str_has_prefix(trouble, cases[i].trouble)
                             : trouble != NULL)
            fail_msg("case %zu, %s: %s", i, cases[i].name, trouble);
    }
    g_autofree char *longest = g_strnfill(FILE_NAME_MAX_BYTES, 'x');
    g_autofree char *longer = g_strnfill(FILE_NAME_MAX_BYTES + 1, 'x');
    assert_null(file_name_trouble(longest));
    assert_true(g_str_has_prefix(file_name_trouble(longer), "is longer than 100 bytes"));
}

static void a_path_may_be_long_and_hidden(void **state)
{
    g_autofree char *name = g_strnfill(FILE_NAME_MAX_BYTES + 1, 'x');
    g_autofree char *path = g_strconcat("/home/me/.cache/", name, NULL);
    assert_null(file_path_trouble(path));
    assert_non_null(file_path_trouble("/tmp/a\nb/c"));
    assert_non_null(file_path_trouble("/tmp/\xff/c"));
}

static void what_is_shown_is_one_line_of_text(void **state)
{
    g_autofree char *shown = file_name_shown("a\nb\r\x1b[31m\xff\xc3\xa4");
    assert_string_equal(shown, "a?b??[31m\xef\xbf\xbd\xc3\xa4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_good_or_say_why_not),
        cmocka_unit_test(a_path_may_be_long_and_hidden),
        cmocka_unit_test(what_is_shown_is_one_line_of_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
