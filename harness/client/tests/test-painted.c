/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* painted: when a surface is whole, and when it is torn. */
#include "harness/client/painted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void what_is_not_painted_is_stale(void **state)
{
    static const struct {
        const char *what;
        enum painter painter;
        int x, y, width, height, stale_px;
        bool unfinished;
    } steps[] = {
        {"a new surface is drawn in part", PAINTER_DRAWING, 0, 0, 100, 20, 3000, true},
        {"more of it", PAINTER_DRAWING, 0, 10, 100, 30, 1000, true},
        {"all of it", PAINTER_DRAWING, 50, 30, 500, 500, 500, true},
        {"really all", PAINTER_DRAWING, -5, -5, 200, 200, 0, false},
        {"an update by the same source", PAINTER_DRAWING, 3, 3, 4, 4, 0, false},
        {"a part by another source", PAINTER_STREAM, 0, 0, 100, 49, 100, false},
        {"all of it by that source", PAINTER_STREAM, 0, 0, 100, 50, 0, false},
        {"the first source again, in part", PAINTER_DRAWING, 0, 0, 99, 50, 50, false},
        {"the other source between two draws of the first", PAINTER_STREAM, 0, 0, 100, 50, 0,
         false},
        {"the rest by the first source, whose first part is now painted over", PAINTER_DRAWING, 99,
         0, 1, 50, 4950, false},
    };
    struct painted painted;

    painted_init(&painted, 100, 50);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        int64_t stale_px = painted_add(&painted, steps[i].painter, steps[i].x, steps[i].y,
                                       steps[i].width, steps[i].height);
        if (stale_px != steps[i].stale_px)
            fail_msg("%s: %d pixels", steps[i].what, (int)stale_px);
        if (painted.unfinished != steps[i].unfinished)
            fail_msg("%s: unfinished %d", steps[i].what, painted.unfinished);
    }
    painted_finish(&painted);
}

/* What one source has left out, another one's old picture does not make whole. */
static void a_second_source_ends_what_is_unfinished(void **state)
{
    struct painted painted;

    painted_init(&painted, 100, 50);
    assert_true(painted.unfinished);
    assert_int_equal(painted_add(&painted, PAINTER_DRAWING, 0, 0, 50, 50), 2500);
    assert_true(painted.unfinished);
    assert_int_equal(painted_add(&painted, PAINTER_STREAM, 0, 0, 50, 50), 2500);
    assert_false(painted.unfinished);
    painted_finish(&painted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_painted_is_stale),
        cmocka_unit_test(a_second_source_ends_what_is_unfinished),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
