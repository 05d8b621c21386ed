/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The live capture between a double of a source, which does what it is told, and a double of
 * an encoder, whose access units are four bytes. */
#include "agent/display-watch.h"
#include "agent/live.h"
#include "agent/os/clock.h"
#include "agent/os/wake.h"
#include "protocol/port-protocol.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define FPS 1000
#define MS INT64_C(1000000)

static struct doubles {
    bool displays_changed;
    struct source source;
    struct encoder encoder;
    int script[16]; /* what wait() returns, one after the other; then 0 */
    unsigned at;
    int open_error, acquire_error, encoder_open_error, submit_error, get_error;
    bool source_open, encoder_open, held, encoder_reads, key_forced;
    unsigned failures;
    unsigned submitted, keys_forced, kbps;
    int64_t planned_ns;
    uint8_t pixels[4 * 4 * 2];
    uint8_t unit[4];
    struct source_cursor cursor;
    int cursor_error;
} doubles;

static struct capture *live;

static int source_open(struct source *source, struct source_mode *ret_mode)
{
    (void)source;
    assert_false(doubles.source_open);
    doubles.source_open = doubles.open_error == 0;
    *ret_mode = (struct source_mode){4, 2};
    return doubles.open_error;
}

static int source_wait(struct source *source, int64_t deadline_ns, struct os_wake *wake)
{
    (void)source;
    (void)deadline_ns;
    (void)wake;
    assert_true(doubles.source_open);
    return doubles.at < sizeof doubles.script / sizeof *doubles.script
               ? doubles.script[doubles.at++]
               : 0;
}

static int source_acquire(struct source *source, bool in_any_case,
                          struct source_picture *ret_picture)
{
    (void)source;
    assert_false(doubles.held);
    if (doubles.acquire_error && !(in_any_case && doubles.acquire_error == -EAGAIN))
        return doubles.acquire_error;
    doubles.held = true;
    *ret_picture = (struct source_picture){.bgrx = doubles.pixels, .stride_bytes = 16};
    return 0;
}

static void source_release(struct source *source)
{
    (void)source;
    assert_true(doubles.held);
    assert_false(doubles.encoder_reads);
    doubles.held = false;
}

static int source_cursor(struct source *source, struct source_cursor *ret_cursor)
{
    (void)source;
    assert_true(doubles.source_open);
    *ret_cursor = doubles.cursor;
    return doubles.cursor_error;
}

static void source_close(struct source *source)
{
    (void)source;
    doubles.source_open = false;
}

static const char *source_error(const struct source *source)
{
    (void)source;
    return "the double has failed";
}

static void failed(void *data, const char *text)
{
    assert_ptr_equal(data, &doubles);
    assert_string_equal(text, "the double has failed");
    doubles.failures++;
}

static const struct source_class source_class = {
    .open = source_open,
    .wait = source_wait,
    .acquire = source_acquire,
    .release = source_release,
    .cursor = source_cursor,
    .error = source_error,
    .close = source_close,
};

static int encoder_open(struct encoder *encoder, const struct encoder_settings *settings)
{
    (void)encoder;
    assert_int_equal(settings->width_px, 4);
    assert_int_equal(settings->height_px, 2);
    doubles.encoder_open = doubles.encoder_open_error == 0;
    doubles.kbps = settings->kbps;
    doubles.key_forced = true;
    return doubles.encoder_open_error;
}

static int encoder_submit(struct encoder *encoder, const struct encoder_picture *picture)
{
    (void)encoder;
    assert_true(doubles.held);
    assert_ptr_equal(picture->bgrx, doubles.pixels);
    doubles.planned_ns = picture->planned_ns;
    doubles.submitted += doubles.submit_error == 0;
    doubles.encoder_reads = doubles.submit_error == 0;
    return doubles.submit_error;
}

static int encoder_get(struct encoder *encoder, int64_t deadline_ns, struct encoder_unit *ret_unit)
{
    (void)encoder;
    (void)deadline_ns;
    if (doubles.get_error)
        return doubles.get_error;
    doubles.encoder_reads = false;
    *ret_unit = (struct encoder_unit){doubles.unit, sizeof doubles.unit, doubles.key_forced,
                                      doubles.planned_ns};
    doubles.key_forced = false;
    return 0;
}

static void encoder_force_key(struct encoder *encoder)
{
    (void)encoder;
    doubles.key_forced = true;
    doubles.keys_forced++;
}

static void encoder_set_bitrate(struct encoder *encoder, uint32_t kbps)
{
    (void)encoder;
    doubles.kbps = kbps;
}

static void encoder_close(struct encoder *encoder)
{
    (void)encoder;
    doubles.encoder_open = doubles.encoder_reads = false;
}

static const struct encoder_class encoder_class = {
    .open = encoder_open,
    .submit = encoder_submit,
    .get = encoder_get,
    .force_key = encoder_force_key,
    .set_bitrate = encoder_set_bitrate,
    .close = encoder_close,
};

/* Reports one change, and then nothing. */
static bool watch_wait(struct display_watch *watch, struct os_wake *wake)
{
    (void)watch;
    if (!doubles.displays_changed)
        os_wake_wait(wake, OS_FOREVER);
    const bool changed = doubles.displays_changed;
    doubles.displays_changed = false;
    return changed;
}

static const struct display_watch_class watch_class = {.wait = watch_wait};
static struct display_watch watch = {.class = &watch_class};

static int set_up(void **state)
{
    (void)state;
    const struct live_settings settings = {
        .codecs = PORT_CODEC_BIT(PORT_CODEC_H264),
        .fps_num = FPS,
        .fps_den = 1,
        .kbps = 4000,
        .failed = failed,
        .data = &doubles,
        .watch = &watch,
    };

    doubles = (struct doubles){.source.class = &source_class, .encoder.class = &encoder_class};
    live = live_create(&doubles.source, &doubles.encoder, &settings);
    return live ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    live->class->close(live);
    assert_false(doubles.source_open);
    assert_false(doubles.encoder_open);
    assert_false(doubles.held);
    live_destroy(live);
    return 0;
}

static void open_live(void)
{
    assert_int_equal(live->class->open(live, PORT_CODEC_H264), 0);
}

/* Long enough for every script. */
static int wait_for(bool frame_wanted)
{
    return live->class->wait(live, frame_wanted ? CAPTURE_FRAME_DUE : 0, os_now_ns() + 50 * MS,
                             NULL);
}

static void expect_frame(bool key)
{
    struct frame frame;

    assert_int_equal(live->class->frame(live, os_now_ns(), &frame), 0);
    assert_int_equal(frame.size, sizeof doubles.unit);
    assert_int_equal(frame.key, key);
    frame_release(&frame);
}

static void a_changed_screen_is_a_frame(void **state)
{
    (void)state;
    int64_t begin_ns = os_now_ns();

    doubles.script[0] = SOURCE_PICTURE;
    open_live();
    assert_int_equal(wait_for(true), CAPTURE_FRAME_DUE);
    expect_frame(true);
    assert_true(doubles.planned_ns >= begin_ns && doubles.planned_ns <= os_now_ns());
    doubles.script[doubles.at] = SOURCE_PICTURE;
    assert_int_equal(wait_for(true), CAPTURE_FRAME_DUE);
    expect_frame(false);
}

static void an_unchanged_screen_is_none(void **state)
{
    (void)state;
    doubles.script[0] = SOURCE_PICTURE;
    open_live();
    assert_int_equal(wait_for(true), CAPTURE_FRAME_DUE);
    expect_frame(true);
    assert_int_equal(wait_for(true), 0);
    assert_int_equal(doubles.submitted, 1);
}

/* What the source has only suspected. */
static void what_turns_out_to_be_unchanged_is_none(void **state)
{
    (void)state;
    struct frame frame;

    doubles.script[0] = SOURCE_PICTURE;
    doubles.acquire_error = -EAGAIN;
    open_live();
    assert_int_equal(wait_for(true), CAPTURE_FRAME_DUE);
    assert_int_equal(live->class->frame(live, os_now_ns(), &frame), -EAGAIN);
    assert_int_equal(wait_for(true), 0);
    assert_int_equal(doubles.submitted, 0);
}

static void a_slow_port_costs_captures_and_makes_no_queue(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++)
        doubles.script[i] = SOURCE_PICTURE;
    open_live();
    assert_int_equal(wait_for(false), 0);
    assert_int_equal(doubles.submitted, 0);
    int64_t later_ns = os_now_ns();
    doubles.script[doubles.at = 0] = SOURCE_PICTURE;
    assert_int_equal(wait_for(false), 0);
    assert_int_equal(wait_for(true), CAPTURE_FRAME_DUE);
    expect_frame(true);
    assert_true(doubles.planned_ns < later_ns); /* since the first change */
    assert_int_equal(wait_for(true), 0);
    assert_int_equal(doubles.submitted, 1);
}

/* But for the first two, and a sixteenth: agent/pacing.h. */
static void pictures_are_a_frame_interval_apart(void **state)
{
    (void)state;
    int64_t begin_ns = os_now_ns();

    open_live();
    for (unsigned i = 0; i < 5; i++) {
        doubles.script[doubles.at = 0] = SOURCE_PICTURE;
        assert_int_equal(wait_for(true), CAPTURE_FRAME_DUE);
        assert_true(os_now_ns() >= begin_ns + ((int64_t)i - 1) * 1000 * MS / FPS * 15 / 16);
        expect_frame(i == 0);
    }
}

/* A program that draws at the frame rate is late once, and not for ever. */
static void a_late_picture_may_be_followed_sooner(void **state)
{
    (void)state;
    struct frame frame;

    open_live();
    int64_t late_ns = os_now_ns() + 100 * MS;
    assert_int_equal(live->class->frame(live, late_ns, &frame), 0);
    frame_release(&frame);
    doubles.script[0] = SOURCE_PICTURE;
    assert_int_equal(live->class->wait(live, CAPTURE_FRAME_DUE, late_ns + 50 * MS, NULL),
                     CAPTURE_FRAME_DUE);
    assert_true(os_now_ns() >= late_ns);
}

static void a_key_frame_comes_of_a_still_screen(void **state)
{
    (void)state;
    doubles.script[0] = SOURCE_PICTURE;
    open_live();
    assert_int_equal(wait_for(true), CAPTURE_FRAME_DUE);
    expect_frame(true);
    doubles.acquire_error = -EAGAIN; /* nothing has changed since */
    int64_t asked_ns = os_now_ns();
    live->class->request_key_frame(live);
    assert_int_equal(wait_for(true), CAPTURE_FRAME_DUE);
    expect_frame(true);
    assert_int_equal(doubles.keys_forced, 1);
    assert_true(doubles.planned_ns >= asked_ns);
    assert_int_equal(wait_for(true), 0);
}

static void a_mode_change_is_reported(void **state)
{
    (void)state;
    doubles.script[0] = SOURCE_PICTURE | SOURCE_MODE;
    open_live();
    assert_int_equal(wait_for(false), CAPTURE_MODE_CHANGED);
    live->class->close(live);
    open_live();
}

/* Expected: a few openings. Each was followed by the next one at once, without end. */
static void a_mode_that_flaps_is_reported_more_and_more_slowly(void **state)
{
    (void)state;
    int error;
    struct os_wake *wake = os_wake_create(&error);
    int64_t begin_ns = os_now_ns(), due_ns = begin_ns, pause_ns = LIVE_MODE_FIRST_NS;

    assert_non_null(wake);
    for (unsigned i = 0; i < 3; i++) {
        doubles.script[doubles.at = 0] = SOURCE_MODE;
        doubles.script[1] = -EIO; /* it is not asked again before it was opened again */
        open_live();
        int conditions;
        do
            conditions = live->class->wait(live, 0, os_now_ns() + 10 * MS, wake);
        while (conditions == 0);
        assert_int_equal(conditions, CAPTURE_MODE_CHANGED);
        assert_true(os_now_ns() >= due_ns);
        due_ns += pause_ns;
        pause_ns *= 2;
        live->class->close(live);
    }
    /* Commands are obeyed meanwhile. */
    doubles.script[doubles.at = 0] = SOURCE_MODE;
    open_live();
    os_wake_set(wake);
    assert_int_equal(live->class->wait(live, 0, INT64_MAX, wake), 0);
    os_wake_destroy(wake);
}

static void a_command_ends_the_waiting(void **state)
{
    (void)state;
    doubles.script[0] = SOURCE_WOKEN;
    doubles.script[1] = -EIO;
    open_live();
    assert_int_equal(wait_for(true), 0);
}

static void a_lost_source_fails_and_may_come_back(void **state)
{
    (void)state;
    doubles.script[0] = -ENOTCONN;
    open_live();
    assert_int_equal(wait_for(true), -ENOTCONN);
    assert_int_equal(doubles.failures, 1);
    live->class->close(live);
    doubles.open_error = -ECONNREFUSED;
    assert_int_equal(live->class->open(live, PORT_CODEC_H264), -ECONNREFUSED);
    doubles.open_error = 0;
    open_live();
}

static void an_encoder_that_fails_fails_the_capture(void **state)
{
    (void)state;
    struct frame frame;

    open_live();
    doubles.submit_error = -EIO;
    assert_int_equal(live->class->frame(live, os_now_ns(), &frame), -EIO);
    assert_false(doubles.held);
    doubles.submit_error = 0;
    doubles.get_error = -EAGAIN; /* it hangs */
    assert_int_equal(live->class->frame(live, os_now_ns(), &frame), -ETIMEDOUT);
    assert_false(doubles.held);
}

static void an_encoder_that_does_not_open_leaves_nothing_open(void **state)
{
    (void)state;
    doubles.encoder_open_error = -EINVAL;
    assert_int_equal(live->class->open(live, PORT_CODEC_H264), -EINVAL);
    assert_false(doubles.source_open);
    assert_int_equal(live->class->open(live, PORT_CODEC_VP8), -ENOTSUP);
}

static void a_step_is_a_bitrate(void **state)
{
    (void)state;
    assert_int_equal(live->steps.count, 3);
    open_live();
    assert_int_equal(doubles.kbps, 4000);
    live->class->set_step(live, 0);
    expect_frame(true);
    assert_int_equal(doubles.kbps, 1000);
    live->class->close(live);
    open_live(); /* it keeps its step */
    assert_int_equal(doubles.kbps, 1000);
}

/* --- the pointer --- */

static const uint8_t shape[2 * 1 * 4] = {1, 2, 3, 4, 5, 6, 7, 8};

static void set_cursor(uint32_t serial, int x_px, int y_px)
{
    doubles.cursor = (struct source_cursor){
        .visible = true,
        .x_px = x_px,
        .y_px = y_px,
        .serial = serial,
        .bgra = shape,
        .width_px = 2,
        .height_px = 1,
        .hot_x_px = 1,
    };
    doubles.script[doubles.at = 0] = SOURCE_CURSOR;
}

static int wait_for_cursor(void)
{
    return live->class->wait(live, CAPTURE_CURSOR_DUE, os_now_ns() + 50 * MS, NULL);
}

static struct cursor next_cursor(void)
{
    struct cursor cursor;

    assert_int_equal(wait_for_cursor(), CAPTURE_CURSOR_DUE);
    assert_int_equal(live->class->cursor(live, &cursor), 0);
    return cursor;
}

static void expect_place(const struct cursor *cursor, int x_px, int y_px)
{
    assert_true(cursor->moved);
    assert_int_equal(cursor->place.x_px, x_px);
    assert_int_equal(cursor->place.y_px, y_px);
}

static void expect_shape(const struct cursor *cursor)
{
    uint8_t composed[CURSOR_COMPOSED_BYTES];

    assert_true(cursor->has_shape);
    assert_int_equal(cursor->shape.width_px, 2);
    assert_int_equal(cursor->shape.height_px, 1);
    assert_int_equal(cursor->shape.hot_x_px, 1);
    assert_int_equal(cursor->shape.pixels_bytes, sizeof shape);
    assert_memory_equal(cursor->shape.pixels, shape, sizeof shape);
    assert_int_equal(cursor_compose(composed, sizeof composed, &cursor->shape), sizeof composed);
    cursor_release(cursor);
}

static void expect_hidden(const struct cursor *cursor)
{
    assert_true(cursor->has_shape);
    assert_int_equal(cursor->shape.width_px, 0);
    assert_null(cursor->owned);
    assert_false(cursor->moved);
}

static void a_pointer_has_shape_and_place_and_then_what_changes(void **state)
{
    (void)state;
    open_live();
    set_cursor(7, 100, 50);
    struct cursor cursor = next_cursor();
    expect_place(&cursor, 100, 50);
    expect_shape(&cursor);

    set_cursor(7, -3, 50);
    cursor = next_cursor();
    expect_place(&cursor, -3, 50);
    assert_false(cursor.has_shape);

    set_cursor(8, -3, 50);
    cursor = next_cursor();
    assert_false(cursor.moved);
    expect_shape(&cursor);

    set_cursor(8, -3, 50); /* it came back in between */
    assert_int_equal(wait_for_cursor(), CAPTURE_CURSOR_DUE);
    assert_int_equal(live->class->cursor(live, &cursor), -EAGAIN);
    assert_int_equal(wait_for_cursor(), 0);
}

static void a_pointer_that_is_hidden_comes_back(void **state)
{
    (void)state;
    open_live();
    set_cursor(7, 0, 0);
    doubles.cursor.visible = false;
    struct cursor cursor = next_cursor();
    expect_hidden(&cursor);

    set_cursor(7, 1, 1);
    cursor = next_cursor();
    expect_place(&cursor, 1, 1);
    expect_shape(&cursor);
}

static void a_pointer_is_whole_after_each_open(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        open_live();
        set_cursor(7, 100, 50);
        struct cursor cursor = next_cursor();
        expect_place(&cursor, 100, 50);
        expect_shape(&cursor);
        live->class->close(live);
    }
}

static void a_pointer_makes_no_queue(void **state)
{
    (void)state;
    open_live();
    set_cursor(7, 1, 1);
    for (unsigned i = 0; i < 5; i++)
        doubles.script[i] = SOURCE_CURSOR;
    assert_int_equal(wait_for(true), 0); /* it is not wanted yet */
    doubles.cursor.x_px = 99;
    struct cursor cursor = next_cursor();
    expect_place(&cursor, 99, 1);
    expect_shape(&cursor);
    assert_int_equal(wait_for_cursor(), 0);
}

static void a_fast_pointer_is_handed_over_at_intervals(void **state)
{
    (void)state;
    int64_t begin_ns = os_now_ns();

    open_live();
    for (int i = 0; i < 5; i++) {
        set_cursor(7, i, 0);
        struct cursor cursor = next_cursor();
        assert_true(os_now_ns() >= begin_ns + i * LIVE_CURSOR_NS);
        cursor_release(&cursor);
    }
}

/* What the host would answer by ending the session. */
static void a_pointer_that_breaks_the_protocol_does_not_leave(void **state)
{
    (void)state;
    open_live();
    set_cursor(7, 0, 0);
    doubles.cursor.hot_x_px = 2;
    struct cursor cursor = next_cursor();
    assert_int_equal(cursor.shape.hot_x_px, 0);
    cursor_release(&cursor);

    set_cursor(8, 0, 0);
    doubles.cursor.width_px = CURSOR_MAX_PX + 1;
    cursor = next_cursor();
    expect_hidden(&cursor);
}

static void a_source_that_lost_its_pointer_fails(void **state)
{
    (void)state;
    struct cursor cursor;

    open_live();
    set_cursor(7, 0, 0);
    doubles.cursor_error = -ENOTCONN;
    assert_int_equal(wait_for_cursor(), CAPTURE_CURSOR_DUE);
    assert_int_equal(live->class->cursor(live, &cursor), -ENOTCONN);
    assert_int_equal(doubles.failures, 1);
}

static void a_changed_display_is_reported(void **state)
{
    (void)state;
    doubles.displays_changed = true;
    assert_int_equal(live->class->wait_display_event(live), CAPTURE_DISPLAYS_CHANGED);
    live->class->end_display_events(live);
    assert_int_equal(live->class->wait_display_event(live), CAPTURE_EVENTS_ENDED);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_changed_screen_is_a_frame),
        TEST(an_unchanged_screen_is_none),
        TEST(what_turns_out_to_be_unchanged_is_none),
        TEST(a_slow_port_costs_captures_and_makes_no_queue),
        TEST(pictures_are_a_frame_interval_apart),
        TEST(a_late_picture_may_be_followed_sooner),
        TEST(a_key_frame_comes_of_a_still_screen),
        TEST(a_mode_change_is_reported),
        TEST(a_mode_that_flaps_is_reported_more_and_more_slowly),
        TEST(a_command_ends_the_waiting),
        TEST(a_lost_source_fails_and_may_come_back),
        TEST(an_encoder_that_fails_fails_the_capture),
        TEST(an_encoder_that_does_not_open_leaves_nothing_open),
        TEST(a_step_is_a_bitrate),
        TEST(a_pointer_has_shape_and_place_and_then_what_changes),
        TEST(a_pointer_that_is_hidden_comes_back),
        TEST(a_pointer_is_whole_after_each_open),
        TEST(a_pointer_makes_no_queue),
        TEST(a_fast_pointer_is_handed_over_at_intervals),
        TEST(a_pointer_that_breaks_the_protocol_does_not_leave),
        TEST(a_source_that_lost_its_pointer_fails),
        TEST(a_changed_display_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
