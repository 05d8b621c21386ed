/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* Two doubles of encoders, of which the first one may be off. */
#include "agent/first-encoder.h"
#include "protocol/port-protocol.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static struct part {
    struct encoder encoder;
    int open_error;
    unsigned opened, closed, submitted, got, forced, destroyed;
    uint32_t kbps;
} parts[2];

static struct encoder *encoder;
static unsigned reports;

static struct part *part_of(struct encoder *of)
{
    return (struct part *)of;
}

static int part_open(struct encoder *of, const struct encoder_settings *settings)
{
    (void)settings;
    part_of(of)->opened++;
    return part_of(of)->open_error;
}

static int part_submit(struct encoder *of, const struct encoder_picture *picture)
{
    (void)picture;
    part_of(of)->submitted++;
    return 0;
}

static int part_get(struct encoder *of, int64_t deadline_ns, struct encoder_unit *ret_unit)
{
    (void)deadline_ns;
    (void)ret_unit;
    part_of(of)->got++;
    return 0;
}

static void part_force_key(struct encoder *of)
{
    part_of(of)->forced++;
}

static void part_set_bitrate(struct encoder *of, uint32_t kbps)
{
    part_of(of)->kbps = kbps;
}

static const char *part_error(const struct encoder *of)
{
    return of == &parts[0].encoder ? "the first one's line" : "the second one's line";
}

static void part_close(struct encoder *of)
{
    part_of(of)->closed++;
}

static void part_destroy(struct encoder *of)
{
    part_of(of)->destroyed++;
}

static const struct encoder_class part_class = {
    .open = part_open,
    .submit = part_submit,
    .get = part_get,
    .force_key = part_force_key,
    .set_bitrate = part_set_bitrate,
    .error = part_error,
    .close = part_close,
    .destroy = part_destroy,
};

static void report(void *data, const char *text)
{
    assert_ptr_equal(data, &parts);
    assert_string_equal(text, "the first one's line");
    reports++;
}

static void create(uint8_t first, uint8_t second)
{
    memset(parts, 0, sizeof parts);
    reports = 0;
    parts[0].encoder.class = parts[1].encoder.class = &part_class;
    const struct first_encoder_row rows[] = {{&parts[0].encoder, first},
                                             {&parts[1].encoder, second}};
    encoder = first_encoder_create(rows, 2, report, &parts);
    assert_non_null(encoder);
}

static int open_codec(uint8_t codec)
{
    const struct encoder_settings settings = {.codec = codec};

    return encoder->class->open(encoder, &settings);
}

/* The calls reach the one, and not the other. */
static void assert_used(struct part *used, const struct part *unused)
{
    struct encoder_picture picture = {0};
    struct encoder_unit unit;

    assert_int_equal(encoder->class->submit(encoder, &picture), 0);
    assert_int_equal(encoder->class->get(encoder, 0, &unit), 0);
    encoder->class->force_key(encoder);
    encoder->class->set_bitrate(encoder, 77);
    unsigned closed = used->closed;
    encoder->class->close(encoder);
    assert_true(used->submitted == 1 && used->got == 1 && used->forced == 1 && used->kbps == 77);
    assert_int_equal(used->closed, closed + 1);
    assert_int_equal(unused->submitted, 0);
}

static int tear_down(void **state)
{
    (void)state;
    encoder->class->destroy(encoder);
    return parts[0].destroyed == 1 && parts[1].destroyed == 1 ? 0 : -1;
}

static void the_first_one_is_used(void **state)
{
    (void)state;
    create(PORT_CODEC_H264, PORT_CODEC_H264);
    assert_int_equal(open_codec(PORT_CODEC_H264), 0);
    assert_used(&parts[0], &parts[1]);
}

static void one_that_is_off_is_reported_once_and_followed_by_the_next(void **state)
{
    (void)state;
    create(PORT_CODEC_H264, PORT_CODEC_H264);
    parts[0].open_error = -ENOTSUP;
    assert_int_equal(open_codec(PORT_CODEC_H264), 0);
    assert_int_equal(parts[0].closed, 1);
    assert_used(&parts[1], &parts[0]);
    assert_int_equal(open_codec(PORT_CODEC_H264), 0);
    assert_int_equal(reports, 1);
}

/* What is missing may be there later: nobody is to think that the card encodes. */
static void another_error_is_the_callers(void **state)
{
    (void)state;
    create(PORT_CODEC_H264, PORT_CODEC_H264);
    parts[0].open_error = -ENODEV;
    assert_int_equal(open_codec(PORT_CODEC_H264), -ENODEV);
    assert_string_equal(encoder->class->error(encoder), "the first one's line");
    assert_int_equal(parts[1].opened, 0);
    assert_int_equal(reports, 0);
}

static void the_codec_decides(void **state)
{
    (void)state;
    create(PORT_CODEC_H265, PORT_CODEC_H264);
    assert_int_equal(open_codec(PORT_CODEC_H264), 0);
    assert_int_equal(parts[0].opened, 0);
    assert_used(&parts[1], &parts[0]);
    parts[0].open_error = -ENOTSUP;
    assert_int_equal(open_codec(PORT_CODEC_H265), -ENOTSUP);
    assert_int_equal(reports, 1);
    assert_string_equal(encoder->class->error(encoder), ""); /* not twice */
}

static void all_or_nothing_is_taken(void **state)
{
    (void)state;
    create(PORT_CODEC_H264, PORT_CODEC_H264);
    struct part only = {.encoder.class = &part_class};
    const struct first_encoder_row rows[] = {{&only.encoder, PORT_CODEC_H264},
                                             {NULL, PORT_CODEC_H264}};
    assert_null(first_encoder_create(rows, 2, report, &parts));
    assert_int_equal(only.destroyed, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_first_one_is_used),
        TEST(one_that_is_off_is_reported_once_and_followed_by_the_next),
        TEST(another_error_is_the_callers),
        TEST(the_codec_decides),
        TEST(all_or_nothing_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
