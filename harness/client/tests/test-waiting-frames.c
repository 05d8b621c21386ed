/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/waiting-frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define BUFFERS (WAITING_FRAMES_MAX + 2)

struct fixture {
    struct waiting_frames frames;
    GstBuffer *buffers[BUFFERS];
};

static int set_up(void **state)
{
    struct fixture *fixture = g_new0(struct fixture, 1);
    for (unsigned i = 0; i < BUFFERS; i++) {
        fixture->buffers[i] = gst_buffer_new_allocate(NULL, 64, NULL);
        gst_buffer_memset(fixture->buffers[i], 0, 0, 64); /* equal pictures */
    }
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    waiting_frames_clear(&fixture->frames);
    for (unsigned i = 0; i < BUFFERS; i++) {
        /* Nothing that was dropped or cleared may still be held. */
        assert_int_equal(GST_MINI_OBJECT_REFCOUNT_VALUE(fixture->buffers[i]), 1);
        gst_buffer_unref(fixture->buffers[i]);
    }
    g_free(fixture);
    return 0;
}

static void add(struct fixture *fixture, unsigned first, unsigned count)
{
    for (unsigned i = first; i < first + count; i++)
        waiting_frames_add(&fixture->frames, fixture->buffers[i], (int)i);
}

/* The unit that is found for an invalidate while buffer n is being copied to the
 * canvas, or -1 for none. */
static int invalidate(struct fixture *fixture, unsigned n)
{
    GstMapInfo map;
    int unit;
    assert_true(gst_buffer_map(fixture->buffers[n], &map, GST_MAP_READ));
    bool shown = waiting_frames_take_shown(&fixture->frames, &unit);
    gst_buffer_unmap(fixture->buffers[n], &map);
    return shown ? unit : -1;
}

static void the_frame_being_shown_is_known(void **state)
{
    struct fixture *fixture = *state;
    add(fixture, 0, 3);
    assert_int_equal(invalidate(fixture, 0), 0);
    assert_int_equal(invalidate(fixture, 1), 1);
    assert_int_equal(fixture->frames.count, 1);
}

static void a_frame_that_was_passed_over_waits_no_longer(void **state)
{
    struct fixture *fixture = *state;
    add(fixture, 0, 4);
    assert_int_equal(invalidate(fixture, 2), 2);
    assert_int_equal(fixture->frames.count, 1);
    assert_int_equal(invalidate(fixture, 1), -1);
    assert_int_equal(invalidate(fixture, 3), 3);
}

static void a_draw_command_shows_no_frame(void **state)
{
    struct fixture *fixture = *state;
    int unit;
    assert_false(waiting_frames_take_shown(&fixture->frames, &unit));
    add(fixture, 0, 2);
    assert_false(waiting_frames_take_shown(&fixture->frames, &unit));
    assert_int_equal(fixture->frames.count, 2);
    /* The call leaves nothing locked. */
    GstMapInfo map;
    assert_true(gst_buffer_map(fixture->buffers[0], &map, GST_MAP_READ));
    gst_buffer_unmap(fixture->buffers[0], &map);
}

static void what_is_never_shown_is_bounded(void **state)
{
    struct fixture *fixture = *state;
    add(fixture, 0, BUFFERS);
    assert_int_equal(fixture->frames.count, WAITING_FRAMES_MAX);
    assert_int_equal(invalidate(fixture, 1), -1);
    assert_int_equal(invalidate(fixture, 2), 2);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_frame_being_shown_is_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_frame_that_was_passed_over_waits_no_longer, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_draw_command_shows_no_frame, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_never_shown_is_bounded, set_up, tear_down),
    };
    gst_init(&argc, &argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
