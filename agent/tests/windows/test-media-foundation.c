/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The encoder by Media Foundation, with a double of its encoders (transform-fake.h) over the
 * real samples and types of the system's mfplat.dll. Runs under Wine; not run on Windows. */
#include "agent/tests/windows/transform-fake.h"
#include "agent/windows/hardware.h"

#include <errno.h>
#include <cmocka.h>

#define WIDTH 64
#define HEIGHT 32
#define STRIDE (WIDTH * 4 + 32)
#define FOREVER INT64_MAX
#define AT_ONCE INT64_MIN

static const struct encoder_settings usual = {
    .width_px = WIDTH, .height_px = HEIGHT, .fps_num = 30, .fps_den = 1, .kbps = 4000};

/* As much of H.264 as a scan looks at: SPS, PPS, IDR slice; a P slice. */
static const uint8_t sets[] = {0, 0, 0, 1, 0x67, 0x4d, 0, 0, 0, 1, 0x68, 0xce};
static const uint8_t key[] = {0, 0, 0, 1, 0x67, 0x4d, 0, 0, 0, 1, 0x68, 0xce, 0, 0, 1, 0x65, 1};
static const uint8_t bare_key[] = {0, 0, 1, 0x65, 1};
static const uint8_t lengths[] = {0, 0, 0, 2, 0x65, 1};
static const uint8_t first[] = {0, 0, 0, 1, 0x41, 2};
static const uint8_t second[] = {0, 0, 0, 1, 0x41, 3, 3};
static const struct transform_fake_unit units[] = {
    {key, sizeof key}, {first, sizeof first}, {second, sizeof second}};

static uint8_t pixels[STRIDE * HEIGHT];
static struct encoder *encoder;
static unsigned openings;

static void count_opening(void *data)
{
    assert_ptr_equal(data, &openings);
    openings++;
}

static int set_up(void **state)
{
    const struct media_foundation_settings settings = {
        .find = transform_fake_find, .opening = count_opening, .data = &openings};

    transform_fake = (struct transform_fake){.units = units, .unit_count = 3};
    openings = 0;
    encoder = media_foundation_create(&settings);
    return encoder ? 0 : -1;
}

static int tear_down(void **state)
{
    encoder->class->destroy(encoder);
    assert_int_equal(transform_fake.misuses, 0);
    return transform_fake.objects;
}

static void open_encoder(void)
{
    if (encoder->class->open(encoder, &usual) != 0)
        fail_msg("%s", encoder->class->error(encoder));
}

static int submit(int64_t planned_ns)
{
    const struct encoder_picture picture = {
        .bgrx = pixels, .stride_bytes = STRIDE, .planned_ns = planned_ns};

    return encoder->class->submit(encoder, &picture);
}

static void expect_unit(const uint8_t *bytes, size_t size, bool is_key, int64_t planned_ns)
{
    struct encoder_unit unit;
    int error = encoder->class->get(encoder, FOREVER, &unit);

    if (error < 0)
        fail_msg("%s", encoder->class->error(encoder));
    assert_int_equal(unit.size, size);
    assert_memory_equal(unit.bytes, bytes, size);
    assert_int_equal(unit.key, is_key);
    assert_int_equal(unit.planned_ns, planned_ns);
}

static void expect_units(void)
{
    assert_int_equal(submit(10), 0);
    expect_unit(key, sizeof key, true, 10);
    assert_int_equal(submit(20), 0);
    expect_unit(first, sizeof first, false, 20);
    assert_int_equal(submit(30), 0);
    expect_unit(second, sizeof second, false, 30);
}

/* One line that has the part. */
static void expect_error(int got, int error, const char *part)
{
    const char *line = encoder->class->error(encoder);

    if (got != error || !strstr(line, part) || strchr(line, '\n'))
        fail_msg("%d: %s", got, line);
}

static void each_picture_gives_its_unit(void **state)
{
    pixels[0] = pixels[1] = pixels[2] = 255;
    open_encoder();
    assert_int_equal(openings, 1);
    expect_units();
    assert_int_equal(transform_fake.pictures, 3);
    assert_int_equal(transform_fake.last_bytes, WIDTH * HEIGHT * 3 / 2);
    assert_int_equal(transform_fake.first_luma, 235);
    assert_int_equal(transform_fake.last_chroma, 128);
    assert_int_equal(transform_fake.last_time, 2 * 333333);
    assert_true(transform_fake.low_latency && transform_fake.constant_bitrate &&
                transform_fake.no_b_pictures);
    assert_int_equal(transform_fake.kbps, 4000);
    assert_string_equal(encoder->class->error(encoder), "Media Foundation: double 0");
}

static void one_with_threads_of_its_own(void **state)
{
    transform_fake.asynchronous = transform_fake.provides_samples = true;
    open_encoder();
    expect_units();
    encoder->class->close(encoder);
    assert_int_equal(transform_fake.ended, 1);
    open_encoder();
    expect_units();
}

static void it_makes_its_samples(void **state)
{
    transform_fake.provides_samples = true;
    open_encoder();
    expect_units();
}

static void its_type_changes(void **state)
{
    transform_fake.changes_type = true;
    open_encoder();
    expect_units();
    encoder->class->close(encoder);
    transform_fake.asynchronous = true;
    open_encoder();
    expect_units();
}

static void expect_units_in_their_time(void)
{
    struct encoder_unit unit;

    open_encoder();
    assert_int_equal(submit(10), 0);
    assert_int_equal(encoder->class->get(encoder, AT_ONCE, &unit), -EAGAIN);
    assert_int_equal(submit(20), -EBUSY);
    expect_unit(key, sizeof key, true, 10);
    assert_int_equal(encoder->class->get(encoder, FOREVER, &unit), -EAGAIN);
    assert_int_equal(submit(20), 0);
    expect_unit(first, sizeof first, false, 20);
    encoder->class->close(encoder);
}

static void it_is_late_and_full(void **state)
{
    transform_fake.late = 3;
    transform_fake.full = 2;
    expect_units_in_their_time();
    transform_fake.asynchronous = true;
    expect_units_in_their_time();
}

static void it_hangs(void **state)
{
    struct encoder_unit unit;

    transform_fake.hangs = true;
    open_encoder();
    assert_int_equal(submit(10), 0);
    expect_error(encoder->class->get(encoder, FOREVER, &unit), -ETIMEDOUT, "has hung");
    encoder->class->close(encoder);
    transform_fake.hangs = false;
    open_encoder();
    expect_units();
}

static void the_card_is_lost(void **state)
{
    transform_fake.asynchronous = true;
    transform_fake.lost_at = 2;
    open_encoder();
    assert_int_equal(submit(10), 0);
    expect_unit(key, sizeof key, true, 10);
    struct encoder_unit unit;
    int error = submit(20);
    if (error == 0) /* it had no room before */
        error = encoder->class->get(encoder, FOREVER, &unit);
    expect_error(error, -EIO, "double 0 refuses a picture (0x");
    encoder->class->close(encoder);
    transform_fake.lost_at = 0;
    open_encoder();
    expect_units();
}

static void key_frames_by_request(void **state)
{
    transform_fake.rewinds = true;
    open_encoder();
    expect_units();
    assert_int_equal(transform_fake.keys, 1); /* the first one */
    encoder->class->force_key(encoder);
    expect_units();
    assert_int_equal(transform_fake.keys, 2);
    transform_fake.refuses_keys = true;
    encoder->class->force_key(encoder);
    expect_error(submit(40), -ENOSYS, "refuses a key frame");
}

static void parameter_sets_are_put_before_a_bare_key_frame(void **state)
{
    static const struct transform_fake_unit bare[] = {{bare_key, sizeof bare_key}};
    uint8_t whole[sizeof sets + sizeof bare_key];
    struct encoder_unit unit;

    memcpy(whole, sets, sizeof sets);
    memcpy(whole + sizeof sets, bare_key, sizeof bare_key);
    transform_fake.units = bare;
    transform_fake.unit_count = 1;
    transform_fake.parameter_sets = (struct transform_fake_unit){sets, sizeof sets};
    open_encoder();
    assert_int_equal(submit(10), 0);
    expect_unit(whole, sizeof whole, true, 10);
    encoder->class->close(encoder);
    transform_fake.parameter_sets.size = 0;
    open_encoder();
    assert_int_equal(submit(10), 0);
    expect_error(encoder->class->get(encoder, FOREVER, &unit), -EPROTO, "without SPS and PPS");
}

static void what_is_no_access_unit_is_an_error(void **state)
{
    static const struct transform_fake_unit wrong[] = {{lengths, sizeof lengths}};
    struct encoder_unit unit;

    transform_fake.units = wrong;
    transform_fake.unit_count = 1;
    open_encoder();
    assert_int_equal(submit(10), 0);
    expect_error(encoder->class->get(encoder, FOREVER, &unit), -EPROTO, "no access unit of H.264");
}

static void the_bitrate_changes_between_pictures(void **state)
{
    open_encoder();
    expect_units();
    encoder->class->set_bitrate(encoder, 1500);
    assert_int_equal(transform_fake.kbps, 1500);
    encoder->class->set_bitrate(encoder, 0);
    assert_int_equal(transform_fake.kbps, 1500);
    expect_units();
    assert_int_equal(transform_fake.keys, 1);
}

static void every_property_is_optional(void **state)
{
    transform_fake.refuses_properties = true;
    open_encoder();
    expect_units();
    assert_int_equal(transform_fake.kbps, 4000); /* by its type */
    assert_string_equal(encoder->class->error(encoder),
                        "Media Foundation: double 0; refused: low latency, CBR, bitrate, buffer, "
                        "GOP, no B pictures, speed");
}

static void the_first_one_that_accepts_the_size_is_used(void **state)
{
    transform_fake.count = 3;
    transform_fake.broken = 2;
    open_encoder();
    assert_int_equal(transform_fake.opened, 3);
    expect_units();
    assert_string_equal(encoder->class->error(encoder), "Media Foundation: double 2");
    encoder->class->close(encoder);
    transform_fake.broken = 3;
    expect_error(encoder->class->open(encoder, &usual), -EINVAL,
                 "double 2 does not encode 64x32 at 4000 kbit/s (0xc00d36b4)");
    assert_int_equal(openings, 1);
    assert_int_equal(transform_fake.objects, 0);
}

static void refuses_what_cannot_be(void **state)
{
    struct encoder_settings odd = usual;

    odd.width_px = 63;
    expect_error(encoder->class->open(encoder, &odd), -EINVAL, "63x32");
    assert_int_equal(submit(0), -EINVAL);
    transform_fake.absent = true;
    expect_error(encoder->class->open(encoder, &usual), -ENOSYS, "no H.264 encoder");
    transform_fake.absent = false;
    transform_fake.has_no_properties = true;
    expect_error(encoder->class->open(encoder, &usual), -ENOSYS, "needs Windows 8");
    transform_fake.has_no_properties = false;
    open_encoder();
    assert_int_equal(encoder->class->open(encoder, &usual), -EBUSY);
    const struct encoder_picture texture = {.texture = pixels};
    assert_int_equal(encoder->class->submit(encoder, &texture), -EINVAL);
    encoder->class->close(encoder);
    encoder->class->close(encoder);
}

/* Wine has Media Foundation, but no such encoder. */
static void without_the_double_there_is_none(void **state)
{
    const struct media_foundation_settings settings = {.find = hardware_transform};

    encoder->class->destroy(encoder);
    encoder = media_foundation_create(&settings);
    expect_error(encoder->class->open(encoder, &usual), -ENOSYS, "no H.264 encoder");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_picture_gives_its_unit),
        TEST(one_with_threads_of_its_own),
        TEST(it_makes_its_samples),
        TEST(its_type_changes),
        TEST(it_is_late_and_full),
        TEST(it_hangs),
        TEST(the_card_is_lost),
        TEST(key_frames_by_request),
        TEST(parameter_sets_are_put_before_a_bare_key_frame),
        TEST(what_is_no_access_unit_is_an_error),
        TEST(the_bitrate_changes_between_pictures),
        TEST(every_property_is_optional),
        TEST(the_first_one_that_accepts_the_size_is_used),
        TEST(refuses_what_cannot_be),
        TEST(without_the_double_there_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
