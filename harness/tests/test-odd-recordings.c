/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * Recordings that are unlike those of the agent's encoder: each is played correctly, or
 * refused before anything is played. Correctly means that the agent's access unit i
 * shows picture i of the reference, and that a decoder can begin at any of its key
 * frames without what came before.
 */
#include "auto-destroy.h"
#include "harness/plan/workload.h"
#include "media/decoder.h"
#include "sim-agent/recording.h"

#include <libavcodec/avcodec.h>
#include <libavutil/log.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static char *folder; /* beside this program */

static int make_recordings(void **state)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *beside = g_path_get_dirname(self);
    int status;

    (void)state;
    av_log_set_level(AV_LOG_QUIET);
    folder = g_build_filename(beside, "odd-recordings", NULL);
    const char *command[] = {"harness/tests/make-odd-recordings", folder, NULL};
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

static void free_frame(void *data)
{
    AVFrame *frame = data;
    av_frame_free(&frame);
}

/* The reference's pictures, by access unit. */
static GPtrArray *reference_pictures(const char *file)
{
    g_autoptr(GPtrArray) pictures = g_ptr_array_new_with_free_func(free_frame);
    g_autoptr(GError) error = NULL;
    auto_destroy(decoder) decoder = decoder_open(file, 1, &error);
    const AVFrame *frame;
    unsigned unit;

    while (decoder && decoder_next(decoder, &frame, &unit, &error)) {
        assert_int_equal(unit, pictures->len); /* no gap, no reordering */
        g_ptr_array_add(pictures, av_frame_clone(frame));
    }
    if (error)
        fail_msg("%s", error->message);
    return g_steal_pointer(&pictures);
}

static bool planes_equal(const AVFrame *one, const AVFrame *other)
{
    for (int plane = 0; plane < 3; plane++) {
        int shift = plane > 0 && one->format == AV_PIX_FMT_YUV420P; /* else 4:4:4 */
        for (int y = 0; y < one->height >> shift; y++)
            if (memcmp(one->data[plane] + (ptrdiff_t)y * one->linesize[plane],
                       other->data[plane] + (ptrdiff_t)y * other->linesize[plane],
                       (size_t)one->width >> shift) != 0)
                return false;
    }
    return true;
}

static void compare(AVCodecContext *codec, AVFrame *frame, const GPtrArray *pictures)
{
    while (avcodec_receive_frame(codec, frame) >= 0) {
        const AVFrame *expected = g_ptr_array_index((GPtrArray *)pictures, (unsigned)frame->pts);
        assert_int_equal(frame->decode_error_flags, 0);
        assert_int_equal(frame->width, expected->width);
        assert_int_equal(frame->height, expected->height);
        if (!planes_equal(frame, expected))
            fail_msg("access unit %d shows another picture", (int)frame->pts);
        codec->opaque = GINT_TO_POINTER(GPOINTER_TO_INT(codec->opaque) + 1);
    }
}

/* Decodes with a new decoder from the key frame `first` up to the next one. Returns how
 * many units it decoded. */
static unsigned play_from(const struct recording *recording, unsigned first,
                          const GPtrArray *pictures)
{
    AVCodecContext *codec = avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_H264));
    AVPacket *packet = av_packet_alloc();
    AVFrame *frame = av_frame_alloc();
    unsigned i = first;

    codec->flags |= AV_CODEC_FLAG_UNALIGNED;
    codec->thread_count = 1;
    assert_true(avcodec_open2(codec, NULL, NULL) >= 0);
    for (; i < recording->units->len && (i == first || !recording_unit(recording, i)->key); i++) {
        const struct recording_unit *unit = recording_unit(recording, i);
        assert_true(av_new_packet(packet, (int)unit->size) >= 0);
        memcpy(packet->data, unit->bytes, unit->size);
        packet->pts = i;
        assert_true(avcodec_send_packet(codec, packet) >= 0);
        av_packet_unref(packet);
        compare(codec, frame, pictures);
    }
    avcodec_send_packet(codec, NULL);
    compare(codec, frame, pictures);
    assert_int_equal(GPOINTER_TO_INT(codec->opaque), i - first); /* each had a picture */
    av_frame_free(&frame);
    av_packet_free(&packet);
    avcodec_free_context(&codec);
    return i - first;
}

static const struct played {
    const char *name;
    unsigned units, keyframes;
    unsigned fps; /* slots a second */
    unsigned slots;
    unsigned width_px;
} played[] = {
    {"noidr1.h264", 30, 3, 30, 30, 320},  {"midgop.ts", 50, 5, 30, 50, 320},
    {"editlist.mp4", 20, 2, 30, 20, 320}, {"fakeint.h264", 20, 2, 30, 20, 320},
    {"twopps.h264", 0, 0, 30, 0, 64},     {"mmco5.h264", 0, 0, 30, 0, 64},
    {"raw60.h264", 20, 2, 60, 20, 320},   {"slow.mp4", 6, 1, 1, 12, 320},
    {"vfr.mkv", 40, 4, 30, 101, 320},     {"cropleft.mp4", 30, 3, 30, 30, 300},
    {"smpte240.mp4", 20, 2, 30, 20, 320}, {"yuv444.mp4", 20, 2, 30, 20, 320},
};

static void it_is_played_right(void **state)
{
    const struct played *expected = *state;
    const struct recording_options options = {0};
    g_autofree char *file = g_build_filename(folder, expected->name, NULL);
    g_autoptr(GError) error = NULL;
    auto_destroy(workload) workload = workload_load("name", file, &error);

    if (!workload || !workload_check(workload, &error))
        fail_msg("%s", error->message);
    auto_destroy(recording) recording = recording_load(file, &options, &error);
    if (!recording)
        fail_msg("%s", error->message);
    g_autoptr(GPtrArray) pictures = reference_pictures(file);
    assert_int_equal(pictures->len, recording->units->len);
    assert_int_equal(recording_unit(recording, 0)->width_px, expected->width_px);
    assert_int_equal(recording->fps_num, expected->fps * recording->fps_den);
    if (expected->units > 0) {
        assert_int_equal(recording->units->len, expected->units);
        assert_int_equal(recording->keyframes, expected->keyframes);
        assert_int_equal(recording->slots, expected->slots);
    }
    for (unsigned i = 0; i < recording->units->len;)
        i += play_from(recording, i, pictures);
}

static const struct refused {
    const char *name, *reason; /* the message after the path; * is any number */
} refused[] = {
    {"mbaff.h264", "is interlaced: encode it progressive"},
    {"reorder2.h264", "allows frames to be reordered (max_num_reorder_frames), so that a client "
                      "waits for later ones: encode it without B-frames (x264: bframes=0)"},
    {"gray.mp4", "is grey (4:0:0), which clients show with wrong brightness: encode it in yuv420p"},
    {"yuv422.mp4", "is not 8 bits in 4:2:0 or 4:4:4: encode it in yuv420p"},
    {"tenbit.mp4", "is not 8 bits in 4:2:0 or 4:4:4: encode it in yuv420p"},
    {"ycgco.mp4", "has colours that clients do not show alike: encode it in BT.709"},
    {"fast300.mp4", "has 300/1 frames a second: encode it with 240 at most, and at least one in "
                    "60 s"},
    {"tscut.ts", "is damaged: access unit * cannot be decoded: record it again"},
    {"sei.h264", "frame 9 would be refused by the server: *: leave its SEI out (ffmpeg -c copy "
                 "-bsf:v filter_units=remove_types=6)"},
};

static void it_is_refused_in_the_plan(void **state)
{
    const struct refused *expected = *state;
    g_autofree char *file = g_build_filename(folder, expected->name, NULL);
    g_autofree char *message = g_strdup_printf("%s: %s", file, expected->reason);
    g_autoptr(GError) error = NULL;

    auto_destroy(workload) workload = workload_load("name", file, &error);
    assert_false(workload && workload_check(workload, &error));
    if (!g_pattern_match_simple(message, error->message))
        fail_msg("expected \"%s\", got \"%s\"", message, error->message);
}

int main(void)
{
    struct CMUnitTest tests[G_N_ELEMENTS(played) + G_N_ELEMENTS(refused)];
    size_t count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(played); i++)
        tests[count++] = (struct CMUnitTest){.name = played[i].name,
                                             .test_func = it_is_played_right,
                                             .initial_state = (void *)&played[i]};
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++)
        tests[count++] = (struct CMUnitTest){.name = refused[i].name,
                                             .test_func = it_is_refused_in_the_plan,
                                             .initial_state = (void *)&refused[i]};
    return _cmocka_run_group_tests("odd-recordings", tests, count, make_recordings,
                                   forget_recordings);
}
