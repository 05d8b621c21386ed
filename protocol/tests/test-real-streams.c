/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * The access unit scanner and the trailer against what real encoders make.
 * The oracle for key frames is the encoder's own mark on each packet; that for
 * the trailer is GStreamer's parser and decoder, which an unmodified client
 * uses: both are called synchronously, so what has not come out after a push is
 * being held back.
 */
#include "protocol/access-unit.h"

#include <glib/gstdio.h>
#include <gst/check/gstharness.h>
#include <libavformat/avformat.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define FRAMES 30u

struct stream {
    const char *name;
    enum port_codec codec;
    const char *encoder; /* ffmpeg's, and its options */
    const char *caps;    /* as channel-display-priv.h of spice-gtk gives them */
    const char *parser, *decoder;
    bool skipped;
    GPtrArray *packets; /* GBytes */
    bool key[FRAMES];
};

#define H264                                                                 \
    .codec = PORT_CODEC_H264, .caps = "video/x-h264", .parser = "h264parse", \
    .decoder = "avdec_h264 max-threads=1"
#define H265                                                                 \
    .codec = PORT_CODEC_H265, .caps = "video/x-h265", .parser = "h265parse", \
    .decoder = "avdec_h265 max-threads=1"

static struct stream streams[] = {
    {.name = "H.264",
     H264,
     .encoder = "libx264 -tune zerolatency -g 7 -slices 2 -x264-params repeat-headers=1"},
    {.name = "H.264 with AUDs",
     H264,
     .encoder = "libx264 -tune zerolatency -g 7 -x264-params repeat-headers=1:aud=1"},
    {.name = "H.265",
     H265,
     .encoder = "libx265 -tune zerolatency -x265-params log-level=none:repeat-headers=1:keyint=7"},
    {.name = "H.265 with AUDs, slices, open GOP",
     H265,
     .encoder = "libx265 -x265-params "
                "log-level=none:repeat-headers=1:keyint=7:min-keyint=7:bframes=0:aud=1:slices=2:"
                "open-gop=1"},
    {.name = "VP8",
     .codec = PORT_CODEC_VP8,
     .encoder = "libvpx -g 7 -deadline realtime -lag-in-frames 0"},
    {.name = "VP8 with hidden frames",
     .codec = PORT_CODEC_VP8,
     .encoder = "libvpx -g 12 -auto-alt-ref 1 -lag-in-frames 10"},
    {.name = "VP9",
     .codec = PORT_CODEC_VP9,
     .encoder = "libvpx-vp9 -g 7 -deadline realtime -lag-in-frames 0"},
    {.name = "VP9 in superframes",
     .codec = PORT_CODEC_VP9,
     .encoder = "libvpx-vp9 -g 12 -auto-alt-ref 1 -lag-in-frames 10"},
    {.name = "VP9 profile 3",
     .codec = PORT_CODEC_VP9,
     .encoder = "libvpx-vp9 -g 7 -deadline realtime -pix_fmt yuv444p10le"},
    {.name = "MJPEG", .codec = PORT_CODEC_MJPEG, .encoder = "mjpeg -pix_fmt yuvj420p"},
};

/* An encoder that is there and fails is a failure. */
static bool has_encoder(const struct stream *stream)
{
    g_auto(GStrv) words = g_strsplit(stream->encoder, " ", 2);

    return avcodec_find_encoder_by_name(words[0]) != NULL;
}

/* NUT keeps each packet as the encoder made it, and its key frame mark. It asks for parameter
 * sets in the file's head alone; repeat-headers puts them before each IDR, as an agent does. */
static bool encode(const struct stream *stream, const char *path)
{
    g_autofree char *command = g_strdup_printf(
        "ffmpeg -v error -f lavfi -i testsrc2=size=320x240:rate=30 -frames:v %u -pix_fmt yuv420p "
        "-c:v %s -y -f nut %s",
        FRAMES, stream->encoder, path);
    g_autofree char *said = NULL;
    int status = -1;

    return g_spawn_command_line_sync(command, NULL, &said, &status, NULL) && status == 0;
}

static void read_packets(struct stream *stream, const char *path)
{
    AVFormatContext *file = NULL;
    AVPacket *packet = av_packet_alloc();

    assert_int_equal(avformat_open_input(&file, path, NULL, NULL), 0);
    stream->packets = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    while (av_read_frame(file, packet) == 0) {
        assert_true(stream->packets->len < FRAMES);
        stream->key[stream->packets->len] = (packet->flags & AV_PKT_FLAG_KEY) != 0;
        g_ptr_array_add(stream->packets, g_bytes_new(packet->data, (size_t)packet->size));
        av_packet_unref(packet);
    }
    assert_in_range(stream->packets->len, FRAMES / 2, FRAMES);
    av_packet_free(&packet);
    avformat_close_input(&file);
}

static int set_up(void **state)
{
    struct stream *stream = *state;
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("test-real-streams-XXXXXX", &path, NULL);

    if (fd < 0 || !g_close(fd, NULL))
        return -1;
    if (!stream->packets) {
        stream->skipped = !has_encoder(stream);
        if (!stream->skipped && encode(stream, path))
            read_packets(stream, path);
    }
    g_unlink(path);
    return stream->skipped || stream->packets ? 0 : -1;
}

static void skip_without_encoder(const struct stream *stream)
{
    if (stream->skipped) {
        print_message("%s: ffmpeg has no encoder %s\n", stream->name, stream->encoder);
        skip();
    }
}

static void the_scanner_agrees_with_the_encoder(void **state)
{
    struct stream *stream = *state;
    unsigned keys = 0;

    skip_without_encoder(stream);
    for (unsigned i = 0; i < stream->packets->len; i++) {
        struct access_unit unit;
        size_t size;
        const uint8_t *bytes = g_bytes_get_data(stream->packets->pdata[i], &size);
        assert_true(access_unit_scan(stream->codec, bytes, size, &unit));
        assert_true(unit.has_slice);
        assert_int_equal(access_unit_is_key_frame(&unit), stream->key[i]);
        keys += stream->key[i];
    }
    assert_in_range(keys, 2, FRAMES);
    if (stream->codec != PORT_CODEC_MJPEG)
        assert_true(keys < stream->packets->len);
}

static void no_other_codecs_scanner_takes_its_key_frame(void **state)
{
    struct stream *stream = *state;

    skip_without_encoder(stream);
    for (enum port_codec codec = PORT_CODEC_MJPEG; codec <= PORT_CODECS_KNOWN; codec++) {
        struct access_unit unit = {0};
        size_t size;
        const uint8_t *bytes = g_bytes_get_data(stream->packets->pdata[0], &size);
        bool taken = access_unit_scan(codec, bytes, size, &unit) && unit.key_frame;
        assert_int_equal(taken, codec == stream->codec);
    }
}

/* How many of the units are out when the last has been pushed. */
static unsigned come_out(const struct stream *stream, const char *elements, const char *caps,
                         bool with_trailer, bool each_at_once)
{
    GstHarness *harness = gst_harness_new_parse(elements);
    const uint8_t *trailer;
    size_t more = access_unit_trailer(stream->codec, &trailer);
    unsigned out = 0;

    gst_harness_set_src_caps_str(harness, caps);
    for (unsigned i = 0; i < stream->packets->len; i++) {
        size_t size;
        const void *bytes = g_bytes_get_data(stream->packets->pdata[i], &size);
        GstBuffer *buffer = gst_buffer_new_allocate(NULL, size + (with_trailer ? more : 0), NULL);
        gst_buffer_fill(buffer, 0, bytes, size);
        if (with_trailer && more > 0)
            gst_buffer_fill(buffer, size, trailer, more);
        GST_BUFFER_PTS(buffer) = i * GST_SECOND / 30;
        assert_int_equal(gst_harness_push(harness, buffer), GST_FLOW_OK);
        out = gst_harness_buffers_received(harness);
        if (each_at_once && out != i + 1)
            fail_msg("%s: %u of %u are out", elements, out, i + 1);
    }
    gst_harness_teardown(harness);
    return out;
}

static void with_the_trailer_each_unit_comes_out_at_once(void **state)
{
    struct stream *stream = *state;
    g_autofree char *decoding = g_strdup_printf("%s ! %s", stream->parser, stream->decoder);
    /* That this can fail: such a parser keeps the last unit back. */
    g_autofree char *unaligned = g_strconcat(stream->caps, ",stream-format=byte-stream", NULL);

    skip_without_encoder(stream);
    come_out(stream, stream->parser, stream->caps, true, true);
    come_out(stream, decoding, stream->caps, true, true);
    assert_true(come_out(stream, stream->parser, unaligned, false, false) < stream->packets->len);
    assert_true(come_out(stream, decoding, unaligned, false, false) < stream->packets->len);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[3 * G_N_ELEMENTS(streams)];
    size_t count = 0;

    gst_init(&argc, &argv);
    av_log_set_level(AV_LOG_QUIET);
    for (size_t i = 0; i < G_N_ELEMENTS(streams); i++) {
        struct stream *stream = &streams[i];
        const struct {
            const char *what;
            CMUnitTestFunction test;
        } parts[] = {
            {"the scanner agrees with the encoder", the_scanner_agrees_with_the_encoder},
            {"no other codec's scanner takes it", no_other_codecs_scanner_takes_its_key_frame},
            {"with the trailer each unit comes out at once",
             with_the_trailer_each_unit_comes_out_at_once},
        };
        for (size_t part = 0; part < (stream->parser ? 3 : 2); part++)
            tests[count++] = (struct CMUnitTest){
                .name = g_strdup_printf("%s: %s", stream->name, parts[part].what),
                .test_func = parts[part].test,
                .setup_func = set_up,
                .initial_state = stream,
            };
    }
    int failed = _cmocka_run_group_tests("real streams", tests, count, NULL, NULL);
    for (size_t i = 0; i < count; i++)
        g_free((char *)tests[i].name);
    for (size_t i = 0; i < G_N_ELEMENTS(streams); i++)
        g_clear_pointer(&streams[i].packets, g_ptr_array_unref);
    return failed;
}
