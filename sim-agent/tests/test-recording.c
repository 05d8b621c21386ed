/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The recording in memory, and the files that are refused, with the reason. */
#include "agent/recorder.h"
#include "auto-destroy.h"
#include "media/video-file.h"
#include "protocol/access-unit.h"
#include "sim-agent/recording.h"

#include <inttypes.h>
#include <libavutil/log.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>
#include <cmocka.h>

static char *folder; /* beside this program */

static int make_recordings(void **state)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *beside = g_path_get_dirname(self);
    int status;

    (void)state;
    av_log_set_level(AV_LOG_QUIET);
    folder = g_build_filename(beside, "recordings", NULL);
    const char *command[] = {"sim-agent/tests/make-recordings", folder, NULL};
    return g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL,
                        &status, NULL) &&
                   g_spawn_check_wait_status(status, NULL)
               ? 0
               : -1;
}

static int forget_recordings(void **state)
{
    (void)state;
    g_free(folder);
    return 0;
}

static struct recording *load(const char *name, const struct recording_options *options,
                              GError **error)
{
    g_autofree char *path = name[0] == '/' ? g_strdup(name) : g_build_filename(folder, name, NULL);

    return recording_load(path, options, error);
}

static struct recording *load_good(const char *name, const struct recording_options *options)
{
    g_autoptr(GError) error = NULL;
    struct recording *recording = load(name, options, &error);

    if (!recording)
        fail_msg("%s", error->message);
    return recording;
}

/* Returns the number of the unit's NAL units of this type, and in *ret_at the index of
 * the first of them. */
static unsigned count_nals(const struct recording_unit *unit, uint8_t type, unsigned *ret_at)
{
    unsigned count = 0, index = 0;

    *ret_at = 0;
    for (size_t i = 0; i + 3 < unit->size; i++) {
        if (unit->bytes[i] || unit->bytes[i + 1] || unit->bytes[i + 2] != 1)
            continue;
        if ((unit->bytes[i + 3] & 0x1f) == type && count++ == 0)
            *ret_at = index;
        index++;
    }
    return count;
}

static const struct good {
    const char *name;
    unsigned units, keyframes, width_px, fps;
} goods[] = {
    {"plain.mp4", 30, 3, 320, 10},     {"plain.mkv", 30, 3, 320, 10},
    {"plain.ts", 30, 3, 320, 10},      {"plain.h264", 30, 3, 320, 10},
    {"faststart.mp4", 30, 3, 320, 10}, {"repeated.mp4", 30, 3, 320, 10},
    {"aud.ts", 30, 3, 320, 10},        {"once.h264", 30, 3, 320, 10},
    {"sound.mkv", 30, 3, 320, 10},     {"resized.h264", 40, 4, 320, 10},
    {"late.h264", 10, 1, 160, 10},     {"small.h264", 10, 1, 160, 10},
};

static void a_good_recording_is_loaded(void **state)
{
    const struct good *good = *state;
    const struct recording_options options = {0};
    auto_destroy(recording) recording = load_good(good->name, &options);
    unsigned aud_at, sps_at, pps_at, idr_at;

    assert_string_equal(recording->name, good->name);
    assert_int_equal(recording->units->len, good->units);
    assert_int_equal(recording->keyframes, good->keyframes);
    assert_int_equal(recording_unit(recording, 0)->width_px, good->width_px);
    assert_int_equal(recording->fps_num, good->fps * recording->fps_den);
    assert_int_equal(recording->slots, good->units);
    assert_false(recording->varies);
    assert_false(recording->barcode);
    assert_true(recording_unit(recording, 0)->key);

    for (unsigned i = 0; i < recording->units->len; i++) {
        const struct recording_unit *unit = recording_unit(recording, i);
        unsigned idrs = count_nals(unit, NAL_SLICE_IDR, &idr_at);
        assert_int_equal(unit->crc, crc32(0, unit->bytes, (uInt)unit->size));
        assert_int_equal(unit->key, idrs > 0);
        assert_int_equal(unit->key, i % 10 == 0);
        if (unit->key) { /* parameter sets exactly once, before the picture, after the AUD */
            assert_int_equal(count_nals(unit, NAL_SPS, &sps_at), 1);
            assert_int_equal(count_nals(unit, NAL_PPS, &pps_at), 1);
            assert_true(sps_at < pps_at && pps_at < idr_at);
            if (count_nals(unit, NAL_AUD, &aud_at) > 0)
                assert_int_equal(aud_at, 0);
        }
    }
}

static void containers_do_not_change_the_frames(void **state)
{
    const struct recording_options options = {0};
    auto_destroy(recording) mp4 = load_good("plain.mp4", &options);
    static const char *const others[] = {"plain.mkv", "plain.h264", "faststart.mp4", "once.h264"};

    (void)state;
    for (unsigned n = 0; n < G_N_ELEMENTS(others); n++) {
        auto_destroy(recording) other = load_good(others[n], &options);
        for (unsigned i = 0; i < mp4->units->len; i++)
            assert_int_equal(recording_unit(other, i)->crc, recording_unit(mp4, i)->crc);
    }
}

static void a_change_of_size_is_known_at_its_key_frame(void **state)
{
    const struct recording_options options = {0};
    auto_destroy(recording) recording = load_good("resized.h264", &options);

    (void)state;
    assert_int_equal(recording_unit(recording, 29)->width_px, 320);
    assert_int_equal(recording_unit(recording, 30)->width_px, 160);
    assert_int_equal(recording_unit(recording, 30)->height_px, 120);
}

static void the_trailer_is_appended_and_not_counted(void **state)
{
    const struct recording_options bare = {0};
    const struct recording_options trailed = {.trailer = true};
    auto_destroy(recording) without = load_good("plain.mp4", &bare);
    auto_destroy(recording) with = load_good("plain.mp4", &trailed);

    (void)state;
    for (unsigned i = 0; i < with->units->len; i++) {
        const struct recording_unit *unit = recording_unit(with, i);
        size_t plain = recording_unit(without, i)->size;
        assert_true(unit->size > plain);
        assert_int_equal(access_unit_size(PORT_CODEC_H264, unit->bytes, unit->size), plain);
        assert_int_equal(unit->crc, recording_unit(without, i)->crc);
    }
}

static void the_asked_for_rate_wins(void **state)
{
    const struct recording_options options = {.fps_num = 30000, .fps_den = 1001};
    auto_destroy(recording) recording = load_good("plain.mp4", &options);

    (void)state;
    assert_int_equal(recording->fps_num, 30000);
    assert_int_equal(recording->fps_den, 1001);
}

static void provenance_tells_of_the_barcode(void **state)
{
    const struct recording_options options = {0};
    auto_destroy(recording) recording = load_good("coded.mp4", &options);

    (void)state;
    assert_true(recording->barcode);
}

static void memory_is_bounded(void **state)
{
    const struct recording_options options = {.max_bytes = 20000};
    g_autoptr(GError) error = NULL;

    (void)state;
    assert_null(load("plain.mp4", &options, &error));
    assert_non_null(strstr(error->message, "plain.mp4: has more than 20000 bytes of frames"));
}

static const struct bad {
    const char *name;
    const char *reason; /* part of the message */
} bads[] = {
    {"/nonexistent.mp4", "/nonexistent.mp4: No such file or directory"},
    {"folder.mp4", "is not a file"},
    {"empty.mp4", "is empty"},
    {"text.mp4", "is no video, or is truncated or damaged"},
    {"noise.h264", "is truncated or damaged"},
    {"sound.mp4", "has no video"},
    {"vp8.webm", "its video is vp8, not H.264"},
    {"cut-plain.mp4", "is no video, or is truncated or damaged"},
    {"cut-faststart.mp4", "is truncated or damaged after 18 frames"},
    {"cut-between.mp4", "is truncated: 18 of 30 frames are there"},
    {"cut-plain.mkv", "is truncated: 18 frames, 1.8 of 3.0 s are there"},
    {"cut-plain.ts", "it ends within a packet"},
    {"no-frames.mp4", "has no frames: record it again"},
    {"no-idr.h264", "has no key frame (an IDR picture with SPS and PPS) among its 27 frames"},
    {"p-frames.h264", "has no key frame"},
    {"without-sets.h264", "has no key frame"},
    {"bframes.mp4", "has B-frames (time goes back at frame 2)"},
    {"bframes.ts", "has B-frames (time goes back at frame 2)"},
    {"bframes.h264", "has B-frames (frame 2 is shown before its predecessor)"},
    {"wide.mp4", "is 8208x64, larger than 8192x4320"},
    {"odd.mp4", "odd.ini: "},
};

static void a_bad_recording_is_refused(void **state)
{
    const struct bad *bad = *state;
    const struct recording_options options = {0};
    g_autoptr(GError) error = NULL;
    auto_destroy(recording) recording = load(bad->name, &options, &error);

    assert_null(recording);
    if (!strstr(error->message, bad->reason))
        fail_msg("expected \"%s\", got \"%s\"", bad->reason, error->message);
    assert_null(strchr(error->message, '\n'));
    assert_non_null(strstr(error->message, bad->name[0] == '/' ? bad->name : folder));
}

/* --- the index of a live capture ----------------------------------------------- */

/* A copy of plain.h264 with this index; free the path. */
static char *indexed(const char *index)
{
    g_autofree char *plain = g_build_filename(folder, "plain.h264", NULL);
    g_autofree char *path = g_build_filename(folder, "live.h264", NULL);
    g_autofree char *beside = g_strconcat(path, RECORDER_INDEX_SUFFIX, NULL);
    g_autofree char *bytes = NULL;
    size_t size;

    assert_true(g_file_get_contents(plain, &bytes, &size, NULL));
    assert_true(g_file_set_contents(path, bytes, (gssize)size, NULL));
    assert_true(g_file_set_contents(beside, index, -1, NULL));
    return g_steal_pointer(&path);
}

static int64_t live_time_us(unsigned unit)
{
    return unit * INT64_C(33333) + (unit % 3) * 9000;
}

/* Of `count` units of plain.h264. */
static GString *live_index(unsigned count)
{
    g_autofree char *path = g_build_filename(folder, "plain.h264", NULL);
    auto_destroy(video_file) file = video_file_open(path, true, NULL);
    GString *index = g_string_new(RECORDER_INDEX_COLUMNS "\n");
    struct video_packet packet;

    for (unsigned i = 0; i < count; i++)
        g_string_append_printf(index, "%" PRId64 ",%d\n", live_time_us(i),
                               video_file_next(file, &packet, NULL) ? packet.packet->size : 1);
    return index;
}

static void expect_live(struct recording *live, unsigned count)
{
    g_autofree char *path = g_build_filename(folder, "plain.h264", NULL);
    g_autofree char *bytes = NULL;
    size_t size, at = 0;
    unsigned slot = 0;

    assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    assert_int_equal(live->units->len, count);
    assert_int_equal(live->fps_num, RECORDING_FPS_MAX);
    assert_int_equal(live->fps_den, 1);
    for (unsigned i = 0; i < count; i++) {
        const struct recording_unit *unit = recording_unit(live, i);
        double off_slots = (double)live_time_us(i) * RECORDING_FPS_MAX / 1e6 - slot;
        assert_true(off_slots >= -0.5 && off_slots <= 0.5);
        assert_true(at + unit->size <= size);
        assert_memory_equal(unit->bytes, bytes + at, unit->size); /* as it is in the file */
        at += unit->size;
        slot += unit->slots;
    }
    assert_int_equal(at == size, count == 30);
}

static void the_times_of_a_live_capture_count(void **state)
{
    (void)state;
    const struct recording_options options = {0}, fast = {.fps_num = 50, .fps_den = 1};
    g_autoptr(GString) index = live_index(30);
    g_autofree char *path = indexed(index->str);
    auto_destroy(recording) live = load_good(path, &options);
    auto_destroy(recording) even = load_good(path, &fast);

    expect_live(live, 30);
    assert_int_equal(even->fps_num, 50); /* but for those that somebody asks for */
}

/* Frames are in the file whose row is not, or not whole. */
static void a_recording_that_a_full_disk_ended_can_be_played(void **state)
{
    (void)state;
    const struct recording_options options = {0};
    g_autoptr(GString) index = live_index(17);
    g_string_append(index, "566");
    g_autofree char *path = indexed(index->str);
    auto_destroy(recording) live = load_good(path, &options);

    expect_live(live, 17);
}

static void an_index_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    g_autoptr(GString) longer = live_index(31);
    const struct {
        const char *index, *reason;
    } cases[] = {
        {longer->str, "has 30 frames, its index 31: take the file and the index of one recording"},
        {RECORDER_INDEX_COLUMNS "\n0,5\n", "bytes, in the index 5: take the file"},
        {"", "line 1 is none of the real agent's index: record it again, or"},
        {"time,bytes\n0,5\n", "line 1 is none of"},
        {RECORDER_INDEX_COLUMNS "\n1,5\n", "line 2 is none of"}, /* the first is 0 */
        {RECORDER_INDEX_COLUMNS "\n0,5\n0,5\n", "line 3 is none of"},
        {RECORDER_INDEX_COLUMNS "\n0,5\n7,0\n", "line 3 is none of"},
        {RECORDER_INDEX_COLUMNS "\n0,5\n7,5 \n", "line 3 is none of"},
        {RECORDER_INDEX_COLUMNS "\n0,5\n\n", "line 3 is none of"},
        {RECORDER_INDEX_COLUMNS "\n", "has no frames"},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct recording_options options = {0};
        g_autofree char *path = indexed(cases[i].index);
        g_autoptr(GError) error = NULL;
        assert_null(recording_load(path, &options, &error));
        if (!strstr(error->message, cases[i].reason))
            fail_msg("expected \"%s\", got \"%s\"", cases[i].reason, error->message);
    }
}

int main(void)
{
    struct CMUnitTest tests[G_N_ELEMENTS(goods) + G_N_ELEMENTS(bads) + 9] = {
        cmocka_unit_test(containers_do_not_change_the_frames),
        cmocka_unit_test(a_change_of_size_is_known_at_its_key_frame),
        cmocka_unit_test(the_trailer_is_appended_and_not_counted),
        cmocka_unit_test(the_asked_for_rate_wins),
        cmocka_unit_test(provenance_tells_of_the_barcode),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(the_times_of_a_live_capture_count),
        cmocka_unit_test(a_recording_that_a_full_disk_ended_can_be_played),
        cmocka_unit_test(an_index_that_does_not_fit_is_refused),
    };
    size_t count = 9;

    for (size_t i = 0; i < G_N_ELEMENTS(goods); i++)
        tests[count++] = (struct CMUnitTest){.name = goods[i].name,
                                             .test_func = a_good_recording_is_loaded,
                                             .initial_state = (void *)&goods[i]};
    for (size_t i = 0; i < G_N_ELEMENTS(bads); i++)
        tests[count++] = (struct CMUnitTest){.name = bads[i].name,
                                             .test_func = a_bad_recording_is_refused,
                                             .initial_state = (void *)&bads[i]};
    return _cmocka_run_group_tests("recording", tests, count, make_recordings, forget_recordings);
}
