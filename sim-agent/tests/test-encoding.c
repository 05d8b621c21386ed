/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* A recording played with an encoder in the loop, and with a model of one. Libx264 makes the
 * recording of this test, too: six small pictures with a barcode each. */
#include "agent/linux/x264.h"
#include "agent/os/clock.h"
#include "media/barcode.h"
#include "media/decoder.h"
#include "protocol/access-unit.h"
#include "sim-agent/chosen-encoder.h"
#include "sim-agent/pictures.h"
#include "sim-agent/replay.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <libavutil/log.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <cmocka.h>

#define PICTURES 6
#define WIDTH_PX BARCODE_WIDTH_PX
#define HEIGHT_PX (2 * BARCODE_HEIGHT_PX)
#define STRIDE_BYTES (WIDTH_PX * 4)

static char *folder, *path, *stream_path;
static struct ladder ladder;
static struct chosen_encoder *chosen;
static struct capture *capture;
static int64_t slot_ns;

static void record(const char *to)
{
    static const char *const options[] = {"preset", "ultrafast", "g", "3", NULL};
    const struct encoder_settings settings = {WIDTH_PX, HEIGHT_PX, 30, 1, 2000, 0};
    static uint8_t pixels[STRIDE_BYTES * HEIGHT_PX];
    struct encoder *encoder = x264_create(options);
    FILE *file = fopen(to, "wb");

    assert_non_null(file);
    assert_int_equal(encoder->class->open(encoder, &settings), 0);
    for (uint16_t i = 0; i < PICTURES; i++) {
        const struct encoder_picture picture = {pixels, STRIDE_BYTES, NULL, 0};
        struct encoder_unit unit;
        memset(pixels, 30 * i, sizeof pixels);
        barcode_draw(pixels, STRIDE_BYTES, BARCODE_SOURCE_RECORDING, i);
        assert_int_equal(encoder->class->submit(encoder, &picture), 0);
        assert_int_equal(encoder->class->get(encoder, INT64_MAX, &unit), 0);
        assert_int_equal(fwrite(unit.bytes, unit.size, 1, file), 1);
    }
    encoder->class->destroy(encoder);
    assert_int_equal(fclose(file), 0);
}

static int make_recording(void **state)
{
    (void)state;
    av_log_set_level(AV_LOG_QUIET);
    folder = g_dir_make_tmp("test-encoding-XXXXXX", NULL);
    path = g_build_filename(folder, "made-up.h264", NULL);
    stream_path = g_build_filename(folder, "stream.h264", NULL);
    record(path);
    return 0;
}

static int remove_recording(void **state)
{
    (void)state;
    g_unlink(path);
    g_unlink(stream_path);
    g_rmdir(folder);
    g_free(path);
    g_free(stream_path);
    g_free(folder);
    return 0;
}

static void load(const char *word, bool trailer)
{
    const char *const paths[] = {path, NULL};
    const struct recording_options options = {.trailer = trailer};
    g_autoptr(GError) error = NULL;

    assert_true(ladder_load(&ladder, paths, &options, &error));
    chosen = chosen_encoder_create(word, path, &ladder, trailer, &error);
    assert_null(error);
    assert_non_null(chosen);
    capture = chosen_encoder_capture(chosen);
    slot_ns = os_now_ns();
}

static void open_capture(void)
{
    assert_int_equal(capture->class->open(capture, PORT_CODEC_H264), 0);
}

static int tear_down(void **state)
{
    (void)state;
    if (capture)
        capture->class->close(capture);
    replay_destroy(capture);
    capture = NULL;
    chosen_encoder_destroy(chosen);
    chosen = NULL;
    ladder_clear(&ladder);
    return 0;
}

static struct frame next_frame(void)
{
    struct frame frame = {0};

    slot_ns += 33333333;
    assert_int_equal(capture->class->frame(capture, slot_ns, &frame), 0);
    assert_int_equal(frame.planned_ns, slot_ns);
    return frame;
}

/* The number in the barcode of the last of the frames, whose access units follow each
 * other. */
static unsigned number_shown(const struct frame *frames, unsigned count)
{
    FILE *file = fopen(stream_path, "wb");

    for (unsigned i = 0; i < count; i++)
        fwrite(frames[i].bytes, access_unit_size(PORT_CODEC_H264, frames[i].bytes, frames[i].size),
               1, file);
    fclose(file);
    g_autoptr(GError) error = NULL;
    auto_destroy(pictures) shown = pictures_load(stream_path, count, &error);
    assert_null(error);
    struct picture_at last = pictures_at(shown, count - 1);
    enum barcode_source source;
    uint16_t number;
    assert_true(barcode_read(last.bgrx, last.stride_bytes, last.width_px, last.height_px, &source,
                             &number));
    assert_int_equal(source, BARCODE_SOURCE_RECORDING);
    return number;
}

static void pictures_are_the_recordings(void **state)
{
    g_autoptr(GError) error = NULL;

    (void)state;
    auto_destroy(pictures) pictures = pictures_load(path, PICTURES, &error);
    assert_non_null(pictures);
    for (unsigned i = 0; i < PICTURES; i++) {
        struct picture_at at = pictures_at(pictures, i);
        enum barcode_source source;
        uint16_t number;
        assert_true(
            barcode_read(at.bgrx, at.stride_bytes, at.width_px, at.height_px, &source, &number));
        assert_int_equal(number, i);
    }
    assert_null(pictures_load(path, PICTURES + 1, &error));
    assert_non_null(strstr(error->message, "has 6 pictures, the recording 7 frames"));
}

static void each_slot_gets_the_next_picture_encoded(void **state)
{
    struct frame frames[2 * PICTURES];

    (void)state;
    load("x264-ultrafast", false);
    assert_true(chosen_encoder_encodes(chosen));
    open_capture();
    for (unsigned i = 0; i < G_N_ELEMENTS(frames); i++) {
        frames[i] = next_frame();
        assert_int_equal(frames[i].loop, i / PICTURES);
        assert_int_equal(frames[i].unit, i % PICTURES);
        assert_int_equal(frames[i].key, i == 0); /* the recording's own lie elsewhere */
        assert_int_equal(number_shown(frames, i + 1), i % PICTURES);
        assert_int_equal(replay_crc(capture, &frames[i]),
                         crc32(0, frames[i].bytes, (unsigned)frames[i].size));
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(frames); i++)
        frame_release(&frames[i]);
}

static void a_trailer_is_no_part_of_the_unit(void **state)
{
    const uint8_t *trailer;
    size_t trailer_bytes = access_unit_trailer(PORT_CODEC_H264, &trailer);

    (void)state;
    load("x264", true);
    open_capture();
    struct frame frame = next_frame();
    size_t unit_bytes = frame.size - trailer_bytes;
    assert_memory_equal(frame.bytes + unit_bytes, trailer, trailer_bytes);
    assert_int_equal(access_unit_size(PORT_CODEC_H264, frame.bytes, frame.size), unit_bytes);
    assert_int_equal(replay_crc(capture, &frame), crc32(0, frame.bytes, (unsigned)unit_bytes));
    frame_release(&frame);
}

static void a_requested_key_frame_leaves_no_picture_out(void **state)
{
    (void)state;
    load("x264-ultrafast", false);
    open_capture();
    struct frame first = next_frame();
    capture->class->request_key_frame(capture);
    struct frame key = next_frame(), after = next_frame();
    assert_int_equal(key.unit, 1);
    assert_true(key.key);
    assert_int_equal(number_shown(&key, 1), 1); /* by itself */
    assert_int_equal(after.unit, 2);
    assert_false(after.key);
    frame_release(&first);
    frame_release(&key);
    frame_release(&after);
}

static void a_start_goes_on_with_the_next_picture(void **state)
{
    (void)state;
    load("x264-ultrafast", false);
    open_capture();
    struct frame before = next_frame();
    capture->class->close(capture);
    open_capture();
    struct frame after = next_frame(); /* the one before is still whole */
    assert_int_equal(number_shown(&before, 1), 0);
    assert_int_equal(after.unit, 1);
    assert_true(after.key);
    frame_release(&before);
    frame_release(&after);
}

static void a_still_screen_is_encoded_again_on_request(void **state)
{
    struct frame frame;

    (void)state;
    load("x264-ultrafast", false);
    open_capture();
    frame = next_frame();
    frame_release(&frame);
    replay_stand_still(capture);
    frame = next_frame();
    assert_int_equal(frame.unit, 1);
    frame_release(&frame);
    assert_int_equal(capture->class->frame(capture, slot_ns, &frame), -EAGAIN);
    capture->class->request_key_frame(capture);
    frame = next_frame();
    assert_true(frame.key);
    assert_int_equal(frame.unit, 1);
    assert_int_equal(frame.loop, 1); /* a new frame */
    frame_release(&frame);
}

/* An encoder that notes what it was told, and fails when it shall. */
static struct {
    struct encoder encoder;
    uint32_t opened_kbps, kbps;
    int result;
} noted;

static int note_open(struct encoder *encoder, const struct encoder_settings *settings)
{
    noted.opened_kbps = noted.kbps = settings->kbps;
    return 0;
}

static int note_submit(struct encoder *encoder, const struct encoder_picture *picture)
{
    return noted.result;
}

static int note_get(struct encoder *encoder, int64_t deadline_ns, struct encoder_unit *ret_unit)
{
    *ret_unit = (struct encoder_unit){(const uint8_t *)"unit", 4, false, 0};
    return 0;
}

static void note_key(struct encoder *encoder) {}

static void note_bitrate(struct encoder *encoder, uint32_t kbps)
{
    noted.kbps = kbps;
}

static void note_close(struct encoder *encoder) {}

static const struct encoder_class noting = {
    .open = note_open,
    .submit = note_submit,
    .get = note_get,
    .force_key = note_key,
    .set_bitrate = note_bitrate,
    .close = note_close,
};

static void a_bitrate_step_reaches_the_encoder(void **state)
{
    g_autoptr(GError) error = NULL;
    struct frame frame;

    (void)state;
    load("replay", false);
    auto_destroy(pictures) pictures = pictures_load(path, PICTURES, &error);
    const struct encoding encoding = {&noted.encoder, pictures, ladder.steps[0], 1000, false};
    noted.encoder.class = &noting;
    noted.result = 0;
    struct capture *other = replay_create_encoding(&ladder, &encoding);
    assert_int_equal(other->steps.count, 3);
    assert_int_equal(other->steps.kbps[2], 1000);
    assert_int_equal(other->class->open(other, PORT_CODEC_H264), 0);
    assert_int_equal(noted.opened_kbps, 1000);
    other->class->set_step(other, 0);
    assert_int_equal(other->class->frame(other, 1, &frame), 0);
    assert_int_equal(frame.step, 0);
    assert_int_equal(noted.kbps, 250);
    frame_release(&frame);
    noted.result = -EIO;
    assert_int_equal(other->class->frame(other, 2000000000, &frame), -EIO);
    replay_destroy(other);
}

static void a_model_delays_what_was_recorded(void **state)
{
    (void)state;
    load("model-5ms", false);
    assert_false(chosen_encoder_encodes(chosen));
    open_capture();
    for (unsigned i = 0; i < 3; i++) {
        struct frame frame = next_frame();
        const struct recording_unit *unit = recording_unit(ladder.steps[0], i);
        assert_true(os_now_ns() >= slot_ns + 5000000);
        assert_ptr_equal(frame.bytes, unit->bytes);
        assert_int_equal(replay_crc(capture, &frame), unit->crc);
    }
}

static void other_words_are_refused(void **state)
{
    static const char *const words[] = {"",           "x265",       "model-ms",
                                        "model-17ms", "model--1ms", "model-2.5ms"};

    (void)state;
    load("replay", false);
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(chosen_encoder_create(words[i], path, &ladder, false, &error));
        assert_non_null(strstr(error->message, "replay, x264, x264-ultrafast, or model-0ms"));
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(pictures_are_the_recordings),
        TEST(each_slot_gets_the_next_picture_encoded),
        TEST(a_trailer_is_no_part_of_the_unit),
        TEST(a_requested_key_frame_leaves_no_picture_out),
        TEST(a_start_goes_on_with_the_next_picture),
        TEST(a_still_screen_is_encoded_again_on_request),
        TEST(a_bitrate_step_reaches_the_encoder),
        TEST(a_model_delays_what_was_recorded),
        TEST(other_words_are_refused),
    };
    return cmocka_run_group_tests(tests, make_recording, remove_recording);
}
