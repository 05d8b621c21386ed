#include "gpu-module/access-unit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define BYTES(...) (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ })
#define SC 0, 0, 0, 1 /* start code */
#define SC3 0, 0, 1   /* the short one */
#define SPS 0x67, 0x64
#define PPS 0x68, 0xee
#define IDR 0x65, 0x88
#define SLICE 0x41, 0x9a
#define AUD 0x09, 0xf0

static struct access_unit scan(const uint8_t *bytes, size_t size)
{
    struct access_unit unit;
    assert_true(access_unit_scan(bytes, size, &unit));
    return unit;
}

static bool is_key_frame(const uint8_t *bytes, size_t size)
{
    struct access_unit unit = scan(bytes, size);
    return access_unit_is_key_frame(&unit);
}

static void key_frames(void **state)
{
    (void)state;
    assert_true(is_key_frame(BYTES(SC, SPS, SC, PPS, SC, IDR)));
    assert_true(is_key_frame(BYTES(SC, AUD, SC3, SPS, SC3, PPS, SC3, IDR)));
    assert_true(is_key_frame(BYTES(0, 0, SC, SPS, SC, PPS, SC, IDR))); /* leading zero bytes */
    assert_false(is_key_frame(BYTES(SC, IDR)));           /* nothing to start a decoder with */
    assert_false(is_key_frame(BYTES(SC, SPS, SC, IDR)));
    assert_false(is_key_frame(BYTES(SC, SPS, SC, PPS)));  /* no picture */
    assert_false(is_key_frame(BYTES(SC, SPS, SC, PPS, SC, SLICE)));
}

static void what_is_in_a_unit(void **state)
{
    (void)state;
    struct access_unit unit = scan(BYTES(SC, AUD, SC, 0x06, 0x05, SC, SLICE, SC, SLICE));
    assert_true(unit.has_aud && unit.has_slice);
    assert_false(unit.has_idr || unit.has_sps || unit.has_pps);
    assert_int_equal(unit.nals, 3); /* the scan ends at the first slice */
}

/* A start code that lies across what memchr() finds, and one at the very end. */
static void start_codes_are_found_wherever_they_lie(void **state)
{
    (void)state;
    assert_true(is_key_frame(BYTES(SC, 0x67, 1, 0, 1, 0, 0, 1, PPS, 0, 0, 1, IDR)));
    struct access_unit unit;
    assert_false(access_unit_scan(BYTES(SC, SPS, SC), &unit)); /* an empty NAL unit */
}

static void other_bytes_are_refused(void **state)
{
    (void)state;
    struct access_unit unit;
    assert_false(access_unit_scan(BYTES(0), &unit));
    assert_false(access_unit_scan(BYTES(0, 0, 0), &unit));
    assert_false(access_unit_scan(BYTES(0, 0, 1), &unit));
    assert_false(access_unit_scan(BYTES(0, 1, 0x65), &unit));
    assert_false(access_unit_scan(BYTES(0, 0, 0, 2, 0x65, 0x88), &unit)); /* AVCC: a length */
    assert_false(access_unit_scan(BYTES(0xff, 0xd8, 0xff), &unit));       /* JPEG */
    assert_false(access_unit_scan(BYTES(SC, 0xe5, 0x88), &unit));         /* forbidden bit */
    assert_false(access_unit_scan(NULL, 0, &unit));
}

static void the_trailer_is_two_whole_nal_units(void **state)
{
    (void)state;
    struct access_unit unit = scan(access_unit_trailer, ACCESS_UNIT_TRAILER_BYTES);
    assert_true(unit.has_aud);
    assert_int_equal(unit.nals, 2);
    assert_false(unit.has_slice);
}

static void the_trailer_is_recognised(void **state)
{
    (void)state;
    uint8_t frame[6 + ACCESS_UNIT_TRAILER_BYTES] = { SC, IDR };
    memcpy(frame + 6, access_unit_trailer, ACCESS_UNIT_TRAILER_BYTES);
    assert_true(access_unit_has_trailer(frame, sizeof frame));
    assert_false(access_unit_has_trailer(frame, sizeof frame - 1));
    assert_false(access_unit_has_trailer(frame, 6));
    assert_false(access_unit_has_trailer(NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_frames),
        cmocka_unit_test(what_is_in_a_unit),
        cmocka_unit_test(start_codes_are_found_wherever_they_lie),
        cmocka_unit_test(other_bytes_are_refused),
        cmocka_unit_test(the_trailer_is_two_whole_nal_units),
        cmocka_unit_test(the_trailer_is_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
