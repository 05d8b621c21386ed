/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* What agent/encoder.h promises, of the encoder that is here: the same tests fit every
 * encoder. Each is run in this process and in one of its own. The access units are decoded
 * again by libavcodec. */
#include "agent/linux/encoder-child.h"
#include "agent/linux/x264.h"
#include "media/barcode.h"
#include "protocol/access-unit.h"

#include <errno.h>
#include <glib.h>
#include <libavcodec/avcodec.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define WIDTH_PX 640
#define HEIGHT_PX 360
#define STRIDE_BYTES (WIDTH_PX * 4)
/* Long enough for any machine; it is only waited for when a unit never comes. */
#define FOREVER INT64_MAX

static const struct encoder_settings usual = {
    .width_px = WIDTH_PX, .height_px = HEIGHT_PX, .fps_num = 30, .fps_den = 1, .kbps = 2000};
/* By the names under which a child gets them. */
static const struct {
    const char *name;
    const char *options[5];
} choices[] = {
    {"usual", {"preset", "ultrafast", "g", "600"}},
    {"no-such-option", {"no-such-option", "1"}},
    {"no-such-preset", {"preset", "quickest"}},
};

/* One of these. */
static struct encoder *create_here(const char *name)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(choices); i++)
        if (strcmp(choices[i].name, name) == 0)
            return x264_create(choices[i].options);
    return NULL;
}

static struct encoder *create_in_child(const char *name)
{
    return encoder_child_create("x264", PORT_CODEC_H264, name);
}

static struct encoder *(*create)(const char *name);

static struct encoder *encoder;
static uint8_t pixels[STRIDE_BYTES * HEIGHT_PX];
static AVCodecContext *decoder;

static int set_up(void **state)
{
    (void)state;
    encoder = create("usual");
    decoder = avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_H264));
    return encoder && avcodec_open2(decoder, NULL, NULL) >= 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    encoder->class->destroy(encoder);
    avcodec_free_context(&decoder);
    return 0;
}

static void open_encoder(void)
{
    assert_int_equal(encoder->class->open(encoder, &usual), 0);
}

/* Noise, the same for the same number, with a barcode. */
static struct encoder_picture draw(uint16_t number)
{
    uint32_t noise = number + 1u;

    for (size_t i = 0; i < sizeof pixels; i++) {
        noise = noise * 1664525u + 1013904223u;
        pixels[i] = (uint8_t)(noise >> 24);
    }
    barcode_draw(pixels, STRIDE_BYTES, BARCODE_SOURCE_RECORDING, number);
    return (struct encoder_picture){pixels, STRIDE_BYTES, NULL, 1000 + number};
}

static struct encoder_unit encode(uint16_t number)
{
    struct encoder_picture picture = draw(number);
    struct encoder_unit unit = {0};

    assert_int_equal(encoder->class->submit(encoder, &picture), 0);
    assert_int_equal(encoder->class->get(encoder, FOREVER, &unit), 0);
    assert_int_equal(unit.planned_ns, 1000 + number);
    return unit;
}

/* What the decoder shows of the unit: luma alone, which carries the barcode. */
static void expect_barcode(const struct encoder_unit *unit, uint16_t number)
{
    AVPacket *packet = av_packet_alloc();
    AVFrame *frame = av_frame_alloc();
    enum barcode_source source;
    uint16_t read;

    assert_int_equal(av_new_packet(packet, (int)unit->size), 0);
    memcpy(packet->data, unit->bytes, unit->size);
    assert_int_equal(avcodec_send_packet(decoder, packet), 0);
    assert_int_equal(avcodec_receive_frame(decoder, frame), 0); /* at once: nothing is reordered */
    assert_int_equal(frame->width, WIDTH_PX);
    assert_int_equal(frame->height, HEIGHT_PX);
    assert_int_equal(frame->colorspace, AVCOL_SPC_SMPTE170M);
    assert_int_equal(frame->color_range, AVCOL_RANGE_MPEG);
    g_autofree uint8_t *grey = g_malloc(sizeof pixels);
    for (size_t i = 0; i < (size_t)WIDTH_PX * HEIGHT_PX; i++)
        memset(grey + i * 4, frame->data[0][i / WIDTH_PX * frame->linesize[0] + i % WIDTH_PX], 4);
    assert_true(barcode_read(grey, STRIDE_BYTES, WIDTH_PX, HEIGHT_PX, &source, &read));
    assert_int_equal(source, BARCODE_SOURCE_RECORDING);
    assert_int_equal(read, number);
    av_frame_free(&frame);
    av_packet_free(&packet);
}

static struct access_unit look_into(const struct encoder_unit *unit)
{
    struct access_unit seen;

    assert_null(access_unit_check(PORT_CODEC_H264, unit->bytes, unit->size, &seen));
    assert_true(seen.has_slice);
    assert_int_equal(access_unit_is_key_frame(&seen), unit->key);
    return seen;
}

static void each_picture_gives_its_unit_at_once(void **state)
{
    (void)state;
    open_encoder();
    for (uint16_t number = 0; number < 20; number++) {
        struct encoder_unit unit = encode(number);
        look_into(&unit);
        assert_int_equal(unit.key, number == 0);
        expect_barcode(&unit, number);
    }
}

static void nothing_submitted_gives_nothing(void **state)
{
    struct encoder_unit unit;

    (void)state;
    open_encoder();
    assert_int_equal(encoder->class->get(encoder, FOREVER, &unit), -EAGAIN);
    encode(1);
    assert_int_equal(encoder->class->get(encoder, FOREVER, &unit), -EAGAIN);
}

static void a_second_picture_waits_for_the_first_unit(void **state)
{
    struct encoder_picture picture = draw(7);
    struct encoder_unit unit;

    (void)state;
    open_encoder();
    assert_int_equal(encoder->class->submit(encoder, &picture), 0);
    assert_int_equal(encoder->class->submit(encoder, &picture), -EBUSY);
    assert_int_equal(encoder->class->get(encoder, FOREVER, &unit), 0);
    expect_barcode(&unit, 7);
}

static void a_key_frame_comes_when_it_is_forced(void **state)
{
    (void)state;
    open_encoder();
    encode(0);
    encode(1);
    encoder->class->force_key(encoder);
    struct encoder_unit unit = encode(2);
    struct access_unit seen = look_into(&unit);
    assert_true(unit.key);
    assert_true(seen.has_idr && seen.has_sps && seen.has_pps);
    expect_barcode(&unit, 2); /* the decoder has seen nothing before it */
    unit = encode(3);
    assert_false(unit.key); /* once */
}

static size_t bytes_of(unsigned from, unsigned count)
{
    size_t bytes = 0;

    for (unsigned i = 0; i < count; i++) {
        struct encoder_unit unit = encode((uint16_t)(from + i));
        assert_int_equal(unit.key, from + i == 0);
        bytes += unit.size;
    }
    return bytes;
}

/* Noise takes all bits that there are. */
static void the_bitrate_can_be_changed(void **state)
{
    (void)state;
    open_encoder();
    bytes_of(0, 30);
    size_t before = bytes_of(30, 30);
    encoder->class->set_bitrate(encoder, usual.kbps / 4);
    bytes_of(60, 30); /* its buffer empties */
    size_t lowered = bytes_of(90, 30);
    encoder->class->set_bitrate(encoder, usual.kbps);
    bytes_of(120, 30);
    size_t raised = bytes_of(150, 30);
    assert_in_range(before, usual.kbps * 1000 / 8 / 2, usual.kbps * 1000 / 8 * 3 / 2);
    assert_in_range(lowered, 1, before / 2);
    assert_in_range(raised, lowered * 2, SIZE_MAX);
}

static void it_opens_again_with_another_size(void **state)
{
    struct encoder_settings smaller = usual;
    struct encoder_picture picture;
    struct encoder_unit unit;

    (void)state;
    open_encoder();
    assert_int_equal(encoder->class->open(encoder, &usual), -EBUSY);
    encode(0);
    picture = draw(1);
    assert_int_equal(encoder->class->submit(encoder, &picture), 0);
    encoder->class->close(encoder); /* the picture is dropped */
    encoder->class->close(encoder);
    assert_int_equal(encoder->class->get(encoder, FOREVER, &unit), -EAGAIN);
    assert_int_equal(encoder->class->submit(encoder, &picture), -EINVAL);
    smaller.height_px = HEIGHT_PX / 2;
    assert_int_equal(encoder->class->open(encoder, &smaller), 0);
    unit = encode(2);
    assert_true(unit.key);
    encoder->class->close(encoder);
    open_encoder();
    unit = encode(3);
    assert_true(unit.key);
    expect_barcode(&unit, 3);
}

static void settings_that_it_cannot_have_are_refused(void **state)
{
    static const struct encoder_settings bad[] = {
        {0, 360, 30, 1, 2000, 0},   {640, 0, 30, 1, 2000, 0},     {641, 360, 30, 1, 2000, 0},
        {640, 361, 30, 1, 2000, 0}, {640, 360, 0, 1, 2000, 0},    {640, 360, 30, 0, 2000, 0},
        {640, 360, 30, 1, 0, 0},    {65536, 360, 30, 1, 2000, 0},
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_int_equal(encoder->class->open(encoder, &bad[i]), -EINVAL);
    open_encoder(); /* none of them has left anything behind */
    encode(0);
}

static void an_unknown_option_is_refused(void **state)
{
    struct encoder *other = create("no-such-option");

    (void)state;
    assert_int_equal(other->class->open(other, &usual), -EINVAL);
    other->class->destroy(other);
    other = create("no-such-preset");
    assert_true(other->class->open(other, &usual) < 0);
    other->class->destroy(other);
}

int main(int argc, char **argv)
{
    av_log_set_level(AV_LOG_QUIET);
    if (argc == 3 && strcmp(argv[1], ENCODER_CHILD_OPTION) == 0)
        return encoder_child_serve(create_here(argv[2]));
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(each_picture_gives_its_unit_at_once),
        TEST(nothing_submitted_gives_nothing),
        TEST(a_second_picture_waits_for_the_first_unit),
        TEST(a_key_frame_comes_when_it_is_forced),
        TEST(the_bitrate_can_be_changed),
        TEST(it_opens_again_with_another_size),
        TEST(settings_that_it_cannot_have_are_refused),
        TEST(an_unknown_option_is_refused),
    };
    create = create_here;
    int failed = cmocka_run_group_tests_name("in this process", tests, NULL, NULL);
    create = create_in_child;
    return failed + cmocka_run_group_tests_name("in a child", tests, NULL, NULL);
}
