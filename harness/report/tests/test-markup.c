/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* markup: nothing in a text is taken for a tag; nothing in an SVG can act. */
#include "harness/report/markup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define UNKNOWN "\357\277\275"

static void a_text_stands_for_itself(void **state)
{
    static const char *const cases[][2] = {
        {"plain", "plain"},
        {"<b>&\"'", "&lt;b&gt;&amp;&quot;&apos;"},
        {"&#x1;", "&amp;#x1;"},
        {"a\001b", "a" UNKNOWN "b"},
        {"a\377b", "a" UNKNOWN "b"},
        {"\357\277\277", UNKNOWN}, /* U+FFFF */
        {"\303\244\t\n", "\303\244\t\n"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) added = g_string_new(NULL), printed = g_string_new(NULL);
        g_autofree char *expected = g_strconcat("<i>", cases[i][1], "</i>", NULL);
        markup_add(added, cases[i][0]);
        markup_printf(printed, "<i>%s</i>", cases[i][0]);
        assert_string_equal(added->str, cases[i][1]);
        assert_string_equal(printed->str, expected);
    }
}

static void a_drawing_gets_ids_of_its_own(void **state)
{
    g_autoptr(GString) page = g_string_new("<p>");
    assert_true(markup_add_svg(page,
                               "<?xml version=\"1.0\"?>\n<!DOCTYPE svg>\n<svg width=\"9\" "
                               "viewBox=\"0 0 9 9\">\n <g id='a' fill='url(#a)' "
                               "transform='rotate(9)'>\n<use xlink:href='#a'/></g>"
                               "<text> a &lt; b </text></svg>",
                               "f1-", NULL));
    assert_string_equal(page->str, "<p><svg viewBox=\"0 0 9 9\"><g id=\"f1-a\" "
                                   "fill=\"url(#f1-a)\" transform=\"rotate(9)\">"
                                   "<use xlink:href=\"#f1-a\"></use></g>"
                                   "<text> a &lt; b </text></svg>");
}

static void what_could_act_is_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "no SVG",
        "<svg>",
        "<html></html>",
        "<g></g>",
        "<svg><script>x</script></svg>",
        "<svg><style>x</style></svg>",
        "<svg><image href=\"#x\"/></svg>",
        "<svg><foreignObject/></svg>",
        "<svg><a href=\"#x\"/></svg>",
        "<svg><svg/></svg>",
        "<svg onload=\"x\"/>",
        "<svg><g ONCLICK=\"x\"/></svg>",
        "<svg><use href=\"http://x/y\"/></svg>",
        "<svg><use xlink:href=\"data:x\"/></svg>",
        "<svg><g fill=\"url(http://x)\"/></svg>",
        "<svg><g style=\"fill:URL(#x)\"/></svg>",
        "<svg><g style=\"fill:u\\72l(//x)\"/></svg>",
        "<svg><g style=\"fill:url(#a);stroke:url(//x)\"/></svg>",
        "<svg></svg><script>x</script>",
        "<svg>&nothing;</svg>",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) page = g_string_new("<p>");
        g_autoptr(GError) error = NULL;
        if (markup_add_svg(page, cases[i], "f1-", &error) || !error)
            fail_msg("%s: was let through", cases[i]);
        assert_string_equal(page->str, "<p>");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_stands_for_itself),
        cmocka_unit_test(a_drawing_gets_ids_of_its_own),
        cmocka_unit_test(what_could_act_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
