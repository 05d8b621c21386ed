/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* AMD's encoder with a double of AMD's runtime (amf-fake.h). Not run on hardware. Runs on Linux
 * and, under Wine, with Windows' calling convention and wide strings. */
#include "agent/tests/amf-fake.h"
#include "agent/windows/amf.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define FOREVER INT64_MAX
#define AT_ONCE INT64_MIN
#define ROW_BYTES (64 * 4)

static const struct encoder_settings usual = {
    .width_px = 64, .height_px = 32, .fps_num = 30, .fps_den = 1, .kbps = 4000};

/* As much of H.264 as a scan looks at: SPS, PPS, IDR slice; a P slice. */
static const uint8_t sets[] = {0, 0, 0, 1, 0x67, 0x42, 0, 0, 0, 1, 0x68, 0xce};
static const uint8_t key[] = {0, 0, 0, 1, 0x67, 0x42, 0, 0, 0, 1, 0x68, 0xce, 0, 0, 1, 0x65, 1};
static const uint8_t bare_key[] = {0, 0, 1, 0x65, 1};
static const uint8_t first[] = {0, 0, 0, 1, 0x41, 2};
static const uint8_t second[] = {0, 0, 0, 1, 0x41, 3, 3};
static const struct amf_fake_unit units[] = {
    {key, sizeof key}, {first, sizeof first}, {second, sizeof second}};

static uint8_t pixels[ROW_BYTES * 32];
static struct encoder *encoder;

static void *device_of(void *data)
{
    return data;
}

static int set_up(void **state)
{
    static int device;
    const struct amf_runtime runtime = {amf_fake_init, device_of, &device};

    memset(&amf_fake, 0, sizeof amf_fake);
    amf_fake.units = units;
    amf_fake.unit_count = 3;
    encoder = amf_create(&runtime);
    return encoder ? 0 : -1;
}

static int tear_down(void **state)
{
    encoder->class->destroy(encoder);
    return amf_fake.objects == 0 ? 0 : -1;
}

static void open_encoder(void)
{
    assert_int_equal(encoder->class->open(encoder, &usual), 0);
}

static int submit(int64_t planned_ns)
{
    const struct encoder_picture picture = {pixels, ROW_BYTES, NULL, planned_ns};

    return encoder->class->submit(encoder, &picture);
}

static void encode(unsigned number)
{
    const struct amf_fake_unit *expected = &units[number % 3];
    struct encoder_unit unit;

    assert_int_equal(submit(1000 + number), 0);
    assert_int_equal(encoder->class->get(encoder, FOREVER, &unit), 0);
    assert_int_equal(unit.size, expected->size);
    assert_memory_equal(unit.bytes, expected->bytes, unit.size);
    assert_int_equal(unit.planned_ns, 1000 + number);
    assert_int_equal(unit.key, number % 3 == 0);
}

static void each_picture_gives_its_unit(void **state)
{
    pixels[0] = 0x12;
    pixels[3] = 0x34;
    open_encoder();
    for (unsigned i = 0; i < 30; i++)
        encode(i);
    assert_int_equal(amf_fake.first_pixel, 0x34000012);
    assert_int_equal(amf_fake.usage, AMF_USAGE_ULTRA_LOW_LATENCY);
    assert_int_equal(amf_fake.inside_max, 1);
    assert_int_equal(amf_fake.keys, 1); /* the first one alone */
    assert_int_equal(amf_fake.last_pts, 29);
    assert_int_equal(amf_fake.target_bitrate, 4000000);
    assert_non_null(amf_fake.device);
    assert_string_equal(encoder->class->error(encoder), "AMF: usage ultra low latency");
}

static void usages_are_tried_in_their_order(void **state)
{
    static const int64_t order[] = {AMF_USAGE_ULTRA_LOW_LATENCY, AMF_USAGE_LOW_LATENCY,
                                    AMF_USAGE_LOW_LATENCY_HIGH_QUALITY, AMF_USAGE_TRANSCODING};

    for (unsigned i = 0; i < 4; i++) {
        amf_fake.inits = 0;
        open_encoder();
        assert_int_equal(amf_fake.usage, order[i]);
        assert_int_equal(amf_fake.inits, i + 1);
        encoder->class->close(encoder);
        amf_fake.refused_usages |= 1u << order[i];
    }
    assert_int_equal(encoder->class->open(encoder, &usual), -ENOTSUP);
    assert_non_null(strstr(encoder->class->error(encoder), "refused every usage"));
    assert_int_equal(amf_fake.objects, 0);
}

static void every_other_property_is_optional(void **state)
{
    amf_fake.knows_few = true;
    open_encoder();
    assert_non_null(strstr(encoder->class->error(encoder), "; refused: LowLatencyInternal, "));
    encode(0);
    encoder->class->set_bitrate(encoder, 1000);
    encode(1);
}

static void one_picture_at_a_time(void **state)
{
    struct encoder_unit unit;

    open_encoder();
    assert_int_equal(encoder->class->get(encoder, FOREVER, &unit), -EAGAIN);
    assert_int_equal(submit(0), 0);
    assert_int_equal(submit(1), -EBUSY);
    assert_int_equal(amf_fake.pictures, 1);
    assert_int_equal(encoder->class->get(encoder, FOREVER, &unit), 0);
    assert_int_equal(submit(1), 0);
}

static void waits_for_a_unit(void **state)
{
    struct encoder_unit unit;

    amf_fake.repeats = 5;
    open_encoder();
    assert_int_equal(submit(0), 0);
    assert_int_equal(encoder->class->get(encoder, AT_ONCE, &unit), -EAGAIN);
    assert_int_equal(encoder->class->get(encoder, FOREVER, &unit), 0);
    encode(1);
    amf_fake.empty_ok = true; /* as some runtimes do */
    encode(2);
}

static void full_input_is_tried_again(void **state)
{
    struct encoder_unit unit;

    amf_fake.fulls = 3;
    open_encoder();
    for (unsigned i = 0; i < 6; i++)
        encode(i);
    assert_int_equal(amf_fake.pictures, 6);
    assert_int_equal(submit(0), 0);
    assert_int_equal(encoder->class->get(encoder, AT_ONCE, &unit), -EAGAIN);
    encoder->class->close(encoder); /* with a picture that was not taken */
    assert_int_equal(amf_fake.objects, 0);
}

static void an_encoder_that_hangs_is_an_error(void **state)
{
    struct encoder_unit unit;

    amf_fake.repeats = AMF_FAKE_NEVER;
    open_encoder();
    assert_int_equal(submit(0), 0);
    assert_int_equal(encoder->class->get(encoder, FOREVER, &unit), -ETIMEDOUT);
    assert_non_null(strstr(encoder->class->error(encoder), "has hung"));
    encoder->class->close(encoder);
    amf_fake.repeats = 0;
    amf_fake.fulls = AMF_FAKE_NEVER;
    open_encoder();
    assert_int_equal(submit(0), 0);
    assert_int_equal(encoder->class->get(encoder, FOREVER, &unit), -ETIMEDOUT);
}

static void a_lost_device_is_opened_anew(void **state)
{
    struct encoder_unit unit;

    amf_fake.lost_at = 2;
    open_encoder();
    encode(0);
    assert_int_equal(submit(1), 0);
    assert_int_equal(encoder->class->get(encoder, FOREVER, &unit), -ENODEV);
    encoder->class->close(encoder);
    assert_int_equal(amf_fake.objects, 0);
    amf_fake.lost_at = amf_fake.pictures = 0;
    open_encoder();
    encode(0);
}

static void key_frames_by_request(void **state)
{
    open_encoder();
    encode(0);
    encode(1);
    assert_int_equal(amf_fake.keys, 1);
    encoder->class->force_key(encoder);
    encode(2);
    assert_int_equal(amf_fake.keys, 2);
    encode(3);
    assert_int_equal(amf_fake.keys, 2);
}

static void parameter_sets_are_put_before_a_bare_key_frame(void **state)
{
    static const struct amf_fake_unit bare = {bare_key, sizeof bare_key};
    struct encoder_unit unit;

    amf_fake.units = &bare;
    amf_fake.unit_count = 1;
    amf_fake.extra_data = (struct amf_fake_unit){sets, sizeof sets};
    open_encoder();
    assert_int_equal(submit(0), 0);
    assert_int_equal(encoder->class->get(encoder, FOREVER, &unit), 0);
    assert_int_equal(unit.size, sizeof sets + sizeof bare_key);
    assert_memory_equal(unit.bytes, sets, sizeof sets);
    assert_memory_equal(unit.bytes + sizeof sets, bare_key, sizeof bare_key);
    assert_true(unit.key);
    amf_fake.extra_data.size = 0;
    assert_int_equal(submit(1), 0);
    assert_int_equal(encoder->class->get(encoder, FOREVER, &unit), -EPROTO);
}

static void what_is_no_access_unit_is_an_error(void **state)
{
    static const uint8_t nonsense[] = {1, 2, 3};
    static const struct amf_fake_unit wrong = {nonsense, sizeof nonsense};
    struct encoder_unit unit;

    amf_fake.units = &wrong;
    amf_fake.unit_count = 1;
    open_encoder();
    assert_int_equal(submit(0), 0);
    assert_int_equal(encoder->class->get(encoder, FOREVER, &unit), -EPROTO);
}

static void the_bitrate_changes_between_pictures(void **state)
{
    open_encoder();
    encode(0);
    encoder->class->set_bitrate(encoder, 1500);
    assert_int_equal(amf_fake.target_bitrate, 1500000);
    encode(1);
    assert_int_equal(amf_fake.keys, 1);
}

static void the_runtime_waits_where_it_can(void **state)
{
    open_encoder();
    assert_int_equal(amf_fake.query_timeout, 0);
    encoder->class->close(encoder);
    amf_fake.can_wait = true;
    open_encoder();
    assert_int_equal(amf_fake.query_timeout, AMF_RUNTIME_WAIT_MS);
}

static void a_texture_goes_in_as_it_is(void **state)
{
    int texture;
    const struct encoder_picture picture = {.texture = &texture, .planned_ns = 7};
    struct encoder_unit unit;

    open_encoder();
    assert_int_equal(encoder->class->submit(encoder, &picture), 0);
    assert_int_equal(encoder->class->get(encoder, FOREVER, &unit), 0);
    assert_ptr_equal(amf_fake.texture, &texture);
}

static void refuses_what_cannot_be(void **state)
{
    struct encoder_settings odd = usual;

    odd.width_px = 63;
    assert_int_equal(encoder->class->open(encoder, &odd), -EINVAL);
    assert_int_equal(submit(0), -EINVAL);
    open_encoder();
    assert_int_equal(encoder->class->open(encoder, &usual), -EBUSY);
    encoder->class->close(encoder);
    amf_fake.no_device = true;
    assert_int_equal(encoder->class->open(encoder, &usual), -ENOTSUP);
    amf_fake.no_runtime = true;
    assert_int_equal(encoder->class->open(encoder, &usual), -ENOTSUP);
    assert_non_null(strstr(encoder->class->error(encoder), "update the card's driver"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_picture_gives_its_unit),
        TEST(usages_are_tried_in_their_order),
        TEST(every_other_property_is_optional),
        TEST(one_picture_at_a_time),
        TEST(waits_for_a_unit),
        TEST(full_input_is_tried_again),
        TEST(an_encoder_that_hangs_is_an_error),
        TEST(a_lost_device_is_opened_anew),
        TEST(key_frames_by_request),
        TEST(parameter_sets_are_put_before_a_bare_key_frame),
        TEST(what_is_no_access_unit_is_an_error),
        TEST(the_bitrate_changes_between_pictures),
        TEST(the_runtime_waits_where_it_can),
        TEST(a_texture_goes_in_as_it_is),
        TEST(refuses_what_cannot_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
