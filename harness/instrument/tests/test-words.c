/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* words: whatever bytes an argument has, it arrives, and as one word. */
#include "harness/instrument/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static char *line_of(const char *format, ...) G_GNUC_PRINTF(1, 2);
static char *line_of(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *line = words_format(format, args);
    va_end(args);
    return line;
}

static void assert_arrives(const char *text)
{
    g_autofree char *line = line_of("save %s as=%s %d", text, text, 7);
    g_autofree char *pair = g_strconcat("as=", text, NULL);
    g_auto(GStrv) words = words_split(line);

    for (const char *c = line; *c; c++)
        assert_true(*c >= ' ' && *c < 127);
    assert_int_equal(g_strv_length(words), 4);
    assert_string_equal(words[0], "save");
    assert_string_equal(words[1], text);
    assert_string_equal(words[2], pair);
    assert_string_equal(words[3], "7");
}

static void all_bytes_arrive(void **state)
{
    char all[256];

    for (int byte = 1; byte < 256; byte++) {
        const char alone[] = {(char)byte, '\0'}, among[] = {'a', (char)byte, 'b', '\0'};
        assert_arrives(alone);
        assert_arrives(among);
        all[byte - 1] = (char)byte;
    }
    all[255] = '\0';
    assert_arrives(all);
    for (int first = 1; first < 256; first++) { /* no two make something else */
        for (int second = 1; second < 256; second++) {
            const char two[] = {(char)first, (char)second, '\0'};
            assert_arrives(two);
        }
    }
}

static void what_looks_like_an_escape_is_none(void **state)
{
    assert_arrives("%20");
    assert_arrives("%%s %d %n");
    assert_arrives("100%");
    assert_arrives("%00");
    assert_arrives("%zz");
}

static void plain_lines_stay_as_they_are(void **state)
{
    g_autofree char *line =
        line_of("ready listen=%s port=%s", "127.0.0.1:5900", "/run/user/0/run-aB_c/port");
    g_autofree char *empty = line_of("%s", "");
    g_auto(GStrv) none = words_split(" \t\n");
    g_auto(GStrv) typed = words_split("  save\t/tmp/100%  x \n");

    assert_string_equal(line, "ready listen=127.0.0.1:5900 port=/run/user/0/run-aB_c/port");
    assert_string_equal(empty, "");
    assert_int_equal(g_strv_length(none), 0);
    assert_int_equal(g_strv_length(typed), 3);
    assert_string_equal(typed[0], "save");
    assert_string_equal(typed[1], "/tmp/100%");
    assert_string_equal(typed[2], "x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_bytes_arrive),
        cmocka_unit_test(what_looks_like_an_escape_is_none),
        cmocka_unit_test(plain_lines_stay_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
