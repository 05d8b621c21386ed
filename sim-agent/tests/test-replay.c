/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* Which unit of a recording each slot gets. The recording is made up, because the replay
 * never reads a unit's bytes. */
#include "protocol/port-protocol.h"
#include "sim-agent/replay.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static struct recording recordings[2];
static struct ladder ladder;
static struct capture *replay;

/* Adds a step. `kinds` has a letter for each unit: K and L are key frames of 320x240 and
 * 640x480, p are others. */
static struct recording *add_step(const char *kinds, size_t unit_bytes)
{
    struct recording *recording = &recordings[ladder.count];
    unsigned width_px = 0;

    *recording = (struct recording){.name = (char *)"made-up", .fps_num = 30000, .fps_den = 1001};
    recording->units = g_array_new(false, false, sizeof(struct recording_unit));
    ladder.steps[ladder.count++] = recording;
    for (const char *kind = kinds; *kind; kind++) {
        width_px = *kind == 'K' ? 320 : *kind == 'L' ? 640 : width_px;
        struct recording_unit unit = {.bytes = (const uint8_t *)kind,
                                      .size = unit_bytes,
                                      .key = *kind != 'p',
                                      .width_px = width_px,
                                      .height_px = width_px * 3 / 4,
                                      .slots = 1};
        g_array_append_val(recording->units, unit);
    }
    recording->slots = recording->units->len;
    return recording;
}

static void record(const char *kinds)
{
    add_step(kinds, 1);
    replay = replay_create(&ladder);
}

static int tear_down(void **state)
{
    (void)state;
    replay_destroy(replay);
    replay = NULL;
    while (ladder.count > 0)
        g_array_unref(recordings[--ladder.count].units);
    return 0;
}

static void open_replay(void)
{
    assert_int_equal(replay->class->open(replay, PORT_CODEC_H264), 0);
}

/* One frame is captured in each slot. */
static int64_t slot_ns;

static int next_slot(struct frame *ret_frame)
{
    slot_ns += INT64_C(1001000000) / 30;
    return replay->class->frame(replay, slot_ns, ret_frame);
}

static void expect_of(unsigned step, unsigned loop, unsigned unit)
{
    const struct recording_unit *expected = recording_unit(&recordings[step], unit);
    struct frame frame;

    assert_int_equal(next_slot(&frame), 0);
    assert_int_equal(frame.loop, loop);
    assert_int_equal(frame.unit, unit);
    assert_int_equal(frame.planned_ns, slot_ns);
    assert_int_equal(frame.step, step);
    assert_ptr_equal(frame.bytes, expected->bytes);
    assert_int_equal(frame.size, expected->size);
    assert_int_equal(frame.key, expected->key);
}

static void expect(unsigned loop, unsigned unit)
{
    expect_of(0, loop, unit);
}

static void it_loops(void **state)
{
    struct capture_description description;

    (void)state;
    record("KppKp");
    open_replay();
    replay->class->describe(replay, &description);
    assert_int_equal(description.width_px, 320);
    assert_int_equal(description.height_px, 240);
    assert_int_equal(description.codec, PORT_CODEC_H264);
    assert_int_equal(description.fps_num, 30000);
    assert_int_equal(description.fps_den, 1001);
    for (unsigned i = 0; i < 13; i++)
        expect(i / 5, i % 5);
}

static void a_start_goes_on_at_the_next_key_frame(void **state)
{
    (void)state;
    record("KppKp");
    open_replay();
    expect(0, 0);
    replay->class->close(replay);
    open_replay();
    expect(0, 3);
    expect(0, 4);
    replay->class->close(replay);
    open_replay();
    expect(1, 0);
    expect(1, 1);
    expect(1, 2);
    replay->class->close(replay); /* the current position is a key frame */
    open_replay();
    expect(1, 3);
}

static void a_key_frame_request_skips_to_one_once(void **state)
{
    (void)state;
    record("KppKp");
    open_replay();
    expect(0, 0);
    replay->class->request_key_frame(replay);
    expect(0, 3);
    expect(0, 4);
    expect(1, 0);
    expect(1, 1);
}

static void a_request_before_a_stop_is_forgotten(void **state)
{
    (void)state;
    record("Kpp");
    open_replay();
    replay->class->request_key_frame(replay);
    replay->class->close(replay);
    open_replay();
    expect(0, 0);
    expect(0, 1);
}

static void a_change_of_size_waits_for_the_restart(void **state)
{
    struct capture_description description;
    struct frame frame;

    (void)state;
    record("KpLp");
    open_replay();
    expect(0, 0);
    expect(0, 1);
    for (unsigned i = 0; i < 40; i++) /* more messages than fit into a queue */
        assert_int_equal(next_slot(&frame), -EAGAIN);
    assert_int_equal(replay->class->wait_display_event(replay), CAPTURE_RESOLUTION_CHANGED);
    open_replay();
    replay->class->describe(replay, &description);
    assert_int_equal(description.width_px, 640);
    expect(0, 2);
    expect(0, 3);
    assert_int_equal(next_slot(&frame), -EAGAIN); /* back to 320 */
    assert_int_equal(replay->class->wait_display_event(replay), CAPTURE_RESOLUTION_CHANGED);
    replay->class->end_display_events(replay);
    /* once for each change */
    assert_int_equal(replay->class->wait_display_event(replay), CAPTURE_EVENTS_ENDED);
}

static void another_bitrate_begins_at_a_key_frame(void **state)
{
    (void)state;
    add_step("KppKp", 1000);
    add_step("KppKp", 4000);
    replay = replay_create(&ladder);
    assert_int_equal(replay->steps.count, 2);
    assert_int_equal(replay->steps.kbps[0], 239); /* 1000 bytes, 30000/1001 a second */
    assert_int_equal(replay->steps.kbps[1], 959);
    open_replay();
    expect_of(1, 0, 0); /* the highest first */
    replay->class->set_step(replay, 0);
    expect_of(1, 0, 1);
    expect_of(1, 0, 2);
    expect_of(0, 0, 3);
    replay->class->set_step(replay, 1);
    replay->class->set_step(replay, 0); /* on second thoughts */
    expect_of(0, 0, 4);
    expect_of(0, 1, 0);
    replay->class->set_step(replay, 1);
    replay->class->close(replay);
    open_replay();
    expect_of(1, 1, 3);
}

/* Expected: no frame in the two slots after the first unit, unless a key frame is
 * requested. (The bug: each unit was played in the next slot.) */
static void a_frame_lasts_as_many_slots_as_recorded(void **state)
{
    struct frame frame;

    (void)state;
    record("KppKp");
    g_array_index(recordings[0].units, struct recording_unit, 0).slots = 3;
    g_array_index(recordings[0].units, struct recording_unit, 1).slots = 3;
    open_replay();
    expect(0, 0);
    assert_int_equal(next_slot(&frame), -EAGAIN);
    assert_int_equal(next_slot(&frame), -EAGAIN);
    expect(0, 1);
    assert_int_equal(next_slot(&frame), -EAGAIN);
    replay->class->request_key_frame(replay);
    expect(0, 3);
    expect(0, 4);
}

static void recordings_of_a_ladder_fit_together(void **state)
{
    static const struct {
        const char *kinds;
        unsigned fps_num;
        unsigned slots;   /* of its first unit */
        const char *what; /* NULL: they fit */
    } cases[] = {
        {"KppKp", 30000, 1, NULL},
        {"KppKp", 60000, 1, "frame rates"},
        {"KppKp", 30000, 2, "times of frames"},
        {"KppKpp", 30000, 1, "numbers of frames"},
        {"KpppK", 30000, 1, "places of key frames"},
        {"KppLp", 30000, 1, "sizes of the picture"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        add_step("KppKp", 1);
        struct recording *other = add_step(cases[i].kinds, 2);
        other->fps_num = cases[i].fps_num;
        g_array_index(other->units, struct recording_unit, 0).slots = cases[i].slots;
        assert_int_equal(ladder_check(&ladder, &error), cases[i].what == NULL);
        if (cases[i].what)
            assert_non_null(strstr(error->message, cases[i].what));
        tear_down(state);
    }
}

static void other_codecs_are_refused(void **state)
{
    (void)state;
    record("Kp");
    assert_int_equal(replay->codecs, 1u << PORT_CODEC_H264);
    assert_int_equal(replay->class->open(replay, PORT_CODEC_VP8), -ENOTSUP);
}

static void a_still_screen_comes_again_when_asked_for(void **state)
{
    struct frame frame;

    (void)state;
    record("KppKpp");
    open_replay();
    expect(0, 0);
    expect(0, 1);
    assert_false(replay_is_still(replay));
    replay_stand_still(replay);
    expect(0, 3);
    assert_true(replay_is_still(replay));
    assert_int_equal(next_slot(&frame), -EAGAIN);
    replay->class->request_key_frame(replay);
    expect(1, 3);
    assert_int_equal(next_slot(&frame), -EAGAIN);
    replay->class->close(replay);
    open_replay();
    expect(2, 3);
    assert_int_equal(next_slot(&frame), -EAGAIN);
}

static void a_still_screen_may_have_another_size(void **state)
{
    struct frame frame;

    (void)state;
    record("KpL");
    open_replay();
    expect(0, 0);
    replay_stand_still(replay);
    assert_int_equal(next_slot(&frame), -EAGAIN);
    assert_false(replay_is_still(replay));
    open_replay(); /* as after RESOLUTION_CHANGED */
    expect(0, 2);
    assert_true(replay_is_still(replay));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_still_screen_comes_again_when_asked_for, tear_down),
        cmocka_unit_test_teardown(a_still_screen_may_have_another_size, tear_down),
        cmocka_unit_test_teardown(it_loops, tear_down),
        cmocka_unit_test_teardown(a_start_goes_on_at_the_next_key_frame, tear_down),
        cmocka_unit_test_teardown(a_key_frame_request_skips_to_one_once, tear_down),
        cmocka_unit_test_teardown(a_request_before_a_stop_is_forgotten, tear_down),
        cmocka_unit_test_teardown(a_change_of_size_waits_for_the_restart, tear_down),
        cmocka_unit_test_teardown(another_bitrate_begins_at_a_key_frame, tear_down),
        cmocka_unit_test_teardown(a_frame_lasts_as_many_slots_as_recorded, tear_down),
        cmocka_unit_test_teardown(recordings_of_a_ladder_fit_together, tear_down),
        cmocka_unit_test_teardown(other_codecs_are_refused, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
