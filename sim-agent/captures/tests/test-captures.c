/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* Every recording in sim-agent/captures matches its provenance. */
#include "harness/statistics/stats.h"
#include "media/barcode.h"
#include "protocol/access-unit.h"
#include "sim-agent/tile-changes.h"

#include <glib.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/intreadwrite.h>
#include <libswscale/swscale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define FOLDER "sim-agent/captures"
#define MOTION_FRAMES 60       /* looked at for motion: enough for a median, and quick */
#define FILE_MAX_BYTES 4000000 /* what the project's history should have to carry */

/* --- a recording and what is claimed of it ------------------------------- */

struct recording {
    GKeyFile *claims;
    char *path;
    AVFormatContext *file;
    AVStream *stream;
    AVCodecContext *decoder;
    AVPacket *packet;
    AVFrame *frame;
};

static int claim(const struct recording *recording, const char *key)
{
    g_autoptr(GError) error = NULL;
    int value = g_key_file_get_integer(recording->claims, "recording", key, &error);
    assert_null(error);
    return value;
}

static void recording_open(struct recording *recording, const char *ini)
{
    g_autofree char *path = g_build_filename(FOLDER, ini, NULL);
    recording->claims = g_key_file_new();
    assert_true(g_key_file_load_from_file(recording->claims, path, G_KEY_FILE_NONE, NULL));
    g_autofree char *file = g_key_file_get_string(recording->claims, "recording", "file", NULL);
    assert_non_null(file);
    recording->path = g_build_filename(FOLDER, file, NULL);

    recording->file = NULL;
    assert_int_equal(avformat_open_input(&recording->file, recording->path, NULL, NULL), 0);
    assert_true(avformat_find_stream_info(recording->file, NULL) >= 0);
    assert_int_equal(recording->file->nb_streams, 1);
    recording->stream = recording->file->streams[0];
    assert_int_equal(recording->stream->codecpar->codec_id, AV_CODEC_ID_H264);

    recording->decoder = avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_H264));
    avcodec_parameters_to_context(recording->decoder, recording->stream->codecpar);
    /* The container's word on colour must not stand in for the stream's own. */
    recording->decoder->colorspace = AVCOL_SPC_UNSPECIFIED;
    recording->decoder->color_range = AVCOL_RANGE_UNSPECIFIED;
    recording->decoder->color_primaries = AVCOL_PRI_UNSPECIFIED;
    recording->decoder->color_trc = AVCOL_TRC_UNSPECIFIED;
    recording->decoder->thread_count = 0; /* as many as there are processors */
    assert_int_equal(avcodec_open2(recording->decoder, NULL, NULL), 0);
    recording->packet = av_packet_alloc();
    recording->frame = av_frame_alloc();
}

static void recording_close(struct recording *recording)
{
    av_frame_free(&recording->frame);
    av_packet_free(&recording->packet);
    avcodec_free_context(&recording->decoder);
    avformat_close_input(&recording->file);
    g_free(recording->path);
    g_key_file_free(recording->claims);
}

/* Calls `check` for each recording that has a provenance; there must be one. */
static void for_each_recording(void (*check)(struct recording *recording))
{
    g_autoptr(GDir) folder = g_dir_open(FOLDER, 0, NULL);
    const char *name;
    unsigned recordings = 0;

    assert_non_null(folder);
    while ((name = g_dir_read_name(folder))) {
        struct recording recording;
        if (!g_str_has_suffix(name, ".ini"))
            continue;
        recording_open(&recording, name);
        check(&recording);
        recording_close(&recording);
        recordings++;
    }
    assert_int_not_equal(recordings, 0);
}

/* --- the checks ---------------------------------------------------------- */

/* The file at `path` is the one of that group; its size. */
static size_t check_file(const struct recording *recording, const char *group, const char *path)
{
    g_autofree char *bytes = NULL;
    size_t size;
    assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    g_autofree char *sum =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (unsigned char *)bytes, size);
    g_autofree char *claimed = g_key_file_get_string(recording->claims, group, "sha256", NULL);
    assert_string_equal(sum, claimed);
    assert_true(size <= FILE_MAX_BYTES);
    return size;
}

static void check_sum(struct recording *recording)
{
    assert_int_equal(check_file(recording, "recording", recording->path),
                     claim(recording, "bytes"));
}

/* What a vGPU draws are the same pictures, as many and as large. */
static void check_film(struct recording *recording)
{
    g_autofree char *name = g_key_file_get_string(recording->claims, "film", "file", NULL);
    AVFormatContext *film = NULL;
    int pictures = 0;

    if (!name)
        return;
    g_autofree char *path = g_build_filename(FOLDER, name, NULL);
    check_file(recording, "film", path);
    assert_int_equal(avformat_open_input(&film, path, NULL, NULL), 0);
    assert_true(avformat_find_stream_info(film, NULL) >= 0);
    assert_int_equal(film->streams[0]->codecpar->format, AV_PIX_FMT_GBRP);
    assert_int_equal(film->streams[0]->codecpar->width, claim(recording, "width"));
    assert_int_equal(film->streams[0]->codecpar->height, claim(recording, "height"));
    assert_int_equal(
        av_cmp_q(film->streams[0]->avg_frame_rate, av_make_q(claim(recording, "fps"), 1)), 0);
    while (av_read_frame(film, recording->packet) == 0) {
        pictures++;
        av_packet_unref(recording->packet);
    }
    assert_int_equal(pictures, claim(recording, "frames"));
    avformat_close_input(&film);
}

/* In mp4 each NAL unit follows its length in four bytes. */
static int count_nals(const AVPacket *packet, enum nal_type type)
{
    int found = 0;
    for (int64_t at = 0; at + 4 < packet->size; at += 4 + AV_RB32(packet->data + at))
        found += (packet->data[at + 4] & 0x1f) == type;
    return found;
}

/* It is long enough for a comparison, and its provenance is complete. */
static void check_claims(struct recording *recording)
{
    static const struct {
        const char *group, *key;
    } required[] = {
        {"recording", "made"},  {"recording", "made_by"}, {"program", "name"},
        {"program", "shows"},   {"program", "command"},   {"program", "packages"},
        {"program", "slower"},  {"encoder", "program"},   {"encoder", "library"},
        {"encoder", "options"},
    };
    int seconds_x10 = claim(recording, "frames") * 10 / claim(recording, "fps");

    assert_in_range(seconds_x10, 100, 200);
    for (size_t i = 0; i < G_N_ELEMENTS(required); i++) {
        g_autofree char *text =
            g_key_file_get_string(recording->claims, required[i].group, required[i].key, NULL);
        assert_true(text && *text);
    }
    double median_pct =
        g_key_file_get_double(recording->claims, "recording", "changed_tiles_median_pct", NULL);
    double mean_pct =
        g_key_file_get_double(recording->claims, "recording", "changed_tiles_mean_pct", NULL);
    assert_true(median_pct >= 0 && median_pct <= 100 && mean_pct > 0 && mean_pct <= 100);
    /* Full motion is what it is there for. */
    if (strstr(recording->path, "/video-"))
        assert_true(median_pct > 50);
}

static void check_stream(struct recording *recording)
{
    const AVCodecParameters *stream = recording->stream->codecpar;
    int packets = 0;
    int64_t last_pts = AV_NOPTS_VALUE;

    assert_int_equal(stream->width, claim(recording, "width"));
    assert_int_equal(stream->height, claim(recording, "height"));
    assert_int_equal(stream->video_delay, 0); /* nothing is reordered */
    assert_int_equal(
        av_cmp_q(recording->stream->avg_frame_rate, av_make_q(claim(recording, "fps"), 1)), 0);

    for (; av_read_frame(recording->file, recording->packet) == 0; packets++) {
        const AVPacket *packet = recording->packet;
        assert_int_equal(packet->pts, packet->dts);
        assert_true(last_pts == AV_NOPTS_VALUE || packet->pts > last_pts);
        last_pts = packet->pts;
        bool key = packets % claim(recording, "gop") == 0;
        assert_int_equal(count_nals(packet, NAL_SLICE_IDR), key ? 1 : 0);
        assert_int_equal(count_nals(packet, NAL_SLICE), key ? 0 : 1);
        assert_int_equal(!!(packet->flags & AV_PKT_FLAG_KEY), key);
        av_packet_unref(recording->packet);
    }
    assert_int_equal(packets, claim(recording, "frames"));
}

static void check_frame(const AVFrame *frame, struct SwsContext *to_bgrx, uint8_t *bgrx, int number)
{
    uint8_t *const planes[] = {bgrx};
    const int strides[] = {frame->width * 4};
    enum barcode_source source;
    uint16_t got;

    assert_int_not_equal(frame->pict_type, AV_PICTURE_TYPE_B);
    /* Without these a client takes its own guess at the colours. */
    assert_int_equal(frame->colorspace, AVCOL_SPC_BT709);
    assert_int_equal(frame->color_primaries, AVCOL_PRI_BT709);
    assert_int_equal(frame->color_trc, AVCOL_TRC_BT709);
    assert_int_equal(frame->color_range, AVCOL_RANGE_MPEG);
    sws_scale(to_bgrx, (const uint8_t *const *)frame->data, frame->linesize, 0, BARCODE_HEIGHT_PX,
              planes, strides);
    assert_true(barcode_read(bgrx, (size_t)strides[0], (unsigned)frame->width, BARCODE_HEIGHT_PX,
                             &source, &got));
    assert_int_equal(source, BARCODE_SOURCE_RECORDING);
    assert_int_equal(got, number);
}

static void check_barcodes(struct recording *recording)
{
    /* Only the rows that hold the barcode. */
    int width_px = claim(recording, "width"), height_px = BARCODE_HEIGHT_PX, number = 0;
    g_autofree uint8_t *bgrx = g_malloc((size_t)width_px * (size_t)height_px * 4);
    struct SwsContext *to_bgrx =
        sws_getContext(width_px, height_px, recording->decoder->pix_fmt, width_px, height_px,
                       AV_PIX_FMT_BGR0, SWS_POINT, NULL, NULL, NULL);
    int end = 0;

    if (claim(recording, "barcode") == 0) {
        sws_freeContext(to_bgrx);
        return;
    }
    while (!end) { /* a NULL packet fetches what the decoder still holds */
        end = av_read_frame(recording->file, recording->packet);
        assert_int_equal(avcodec_send_packet(recording->decoder, end ? NULL : recording->packet),
                         0);
        av_packet_unref(recording->packet);
        while (avcodec_receive_frame(recording->decoder, recording->frame) == 0)
            check_frame(recording->frame, to_bgrx, bgrx, number++);
    }
    assert_int_equal(number, claim(recording, "frames"));
    sws_freeContext(to_bgrx);
}

/* Full motion must still be there once the encoder has left out what it could. */
static void check_motion(struct recording *recording)
{
    int width_px = claim(recording, "width"), height_px = claim(recording, "height"), frames = 0;
    size_t stride_bytes = (size_t)width_px * 4;
    g_autofree uint8_t *pictures = g_malloc(stride_bytes * (size_t)height_px * 2);
    double shares_pct[MOTION_FRAMES];

    if (!strstr(recording->path, "/video-"))
        return;
    struct SwsContext *to_bgrx =
        sws_getContext(width_px, height_px, recording->decoder->pix_fmt, width_px, height_px,
                       AV_PIX_FMT_BGR0, SWS_POINT, NULL, NULL, NULL);
    while (frames <= MOTION_FRAMES && av_read_frame(recording->file, recording->packet) == 0) {
        assert_int_equal(avcodec_send_packet(recording->decoder, recording->packet), 0);
        av_packet_unref(recording->packet);
        while (frames <= MOTION_FRAMES &&
               avcodec_receive_frame(recording->decoder, recording->frame) == 0) {
            const AVFrame *frame = recording->frame;
            uint8_t *now = pictures + stride_bytes * (size_t)height_px * (size_t)(frames % 2);
            const uint8_t *before =
                pictures + stride_bytes * (size_t)height_px * (size_t)((frames + 1) % 2);
            sws_scale(to_bgrx, (const uint8_t *const *)frame->data, frame->linesize, 0,
                      frame->height, &now, (const int[]){(int)stride_bytes});
            if (frames > 0)
                shares_pct[frames - 1] = tile_changes_pct(before, now, stride_bytes,
                                                          (unsigned)width_px, (unsigned)height_px);
            frames++;
        }
    }
    sws_freeContext(to_bgrx);
    assert_int_equal(frames, MOTION_FRAMES + 1);
    assert_true(stats_median(shares_pct, MOTION_FRAMES) > 50);
}

static void the_file_is_the_one_described(void **state)
{
    (void)state;
    for_each_recording(check_sum);
}

static void its_film_has_the_same_pictures(void **state)
{
    (void)state;
    for_each_recording(check_film);
}

static void it_is_long_enough_and_fully_described(void **state)
{
    (void)state;
    for_each_recording(check_claims);
}

static void it_starts_and_restarts_at_key_frames_and_reorders_nothing(void **state)
{
    (void)state;
    for_each_recording(check_stream);
}

static void each_frame_carries_its_index(void **state)
{
    (void)state;
    for_each_recording(check_barcodes);
}

static void full_motion_survives_the_encoder(void **state)
{
    (void)state;
    for_each_recording(check_motion);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_is_the_one_described),
        cmocka_unit_test(its_film_has_the_same_pictures),
        cmocka_unit_test(it_is_long_enough_and_fully_described),
        cmocka_unit_test(it_starts_and_restarts_at_key_frames_and_reorders_nothing),
        cmocka_unit_test(each_frame_carries_its_index),
        cmocka_unit_test(full_motion_survives_the_encoder),
    };
    return cmocka_run_group_tests_name("captures", tests, NULL, NULL);
}
