/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "protocol/access-unit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define BYTES(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})
#define SC 0, 0, 0, 1 /* start code */
#define SC3 0, 0, 1   /* the short one */
#define SPS 0x67, 0x64
#define PPS 0x68, 0xee
#define IDR 0x65, 0x88
#define SLICE 0x41, 0x9a
#define AUD 0x09, 0xf0

/* H.265: nal_unit_type << 1, then nuh_layer_id and nuh_temporal_id_plus1. */
#define H265(type) (type) << 1, 0x01
#define VPS_SPS_PPS SC, H265(32), 0x0c, SC3, H265(33), 0x01, SC3, H265(34), 0xc1

static struct access_unit scan(const uint8_t *bytes, size_t size)
{
    struct access_unit unit;
    assert_true(access_unit_scan(PORT_CODEC_H264, bytes, size, &unit));
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
    assert_false(is_key_frame(BYTES(SC, IDR))); /* nothing to start a decoder with */
    assert_false(is_key_frame(BYTES(SC, SPS, SC, IDR)));
    assert_false(is_key_frame(BYTES(SC, PPS, SC, IDR)));
    assert_false(is_key_frame(BYTES(SC, SPS, SC, PPS))); /* no picture */
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

/* A start code behind what looks like one, and one at the very end. */
static void start_codes_are_found_wherever_they_lie(void **state)
{
    (void)state;
    assert_true(is_key_frame(BYTES(SC, 0x67, 1, 0, 1, 0, 0, 1, PPS, 0, 0, 1, IDR)));
    struct access_unit unit;
    assert_false(
        access_unit_scan(PORT_CODEC_H264, BYTES(SC, SPS, SC), &unit)); /* an empty NAL unit */
}

/* A guest may send 8 MiB without a slice: only so much is looked at. A file may
 * hold as much before its first slice as it likes. */
static void a_guests_slice_is_not_looked_for_for_ever(void **state)
{
    (void)state;
    const size_t size = PORT_DATA_MAX_BYTES;
    uint8_t *bytes = malloc(size);
    const uint8_t start[] = {SC, SPS}, slice[] = {SC, SLICE};
    struct access_unit unit;

    for (unsigned filler = 0; filler < 256; filler++) {
        memset(bytes, (int)filler, size);
        memcpy(bytes, start, sizeof start);
        memcpy(bytes + size - sizeof slice, slice, sizeof slice);
        assert_string_equal(access_unit_check(PORT_CODEC_H264, bytes, size, &unit),
                            "DATA: no slice within the first 64 KiB (H.264, H.265)");
        assert_in_range(unit.looked_at_bytes, 1, ACCESS_UNIT_SCAN_MAX_BYTES);
        assert_null(access_unit_check(PORT_CODEC_H264, bytes, ACCESS_UNIT_SCAN_MAX_BYTES, &unit));
        assert_false(unit.has_slice); /* parameter sets on their own */
    }
    assert_true(access_unit_scan(PORT_CODEC_H264, bytes, size, &unit));
    assert_true(unit.has_slice);

    memcpy(bytes + ACCESS_UNIT_SCAN_MAX_BYTES - sizeof slice, slice, sizeof slice);
    assert_null(access_unit_check(PORT_CODEC_H264, bytes, size, &unit));
    assert_true(unit.has_slice);
    free(bytes);
}

/* The scan ends at the slice, however large it is. */
static void a_slices_bytes_cost_nothing(void **state)
{
    (void)state;
    static uint8_t bytes[100000] = {SC, SPS, SC, PPS, SC, IDR};
    struct access_unit unit = scan(bytes, sizeof bytes);
    assert_int_equal(unit.looked_at_bytes, 16);
}

/* NAL units behind their lengths. Expected: refused. With a first one of 256 to
 * 511 bytes, 00 00 01 .., they passed for a byte stream. */
static void lengths_are_no_start_codes(void **state)
{
    (void)state;
    static const uint8_t h264[][2] = {{0x41, 0x9a}, {0x01, 0x9f}, {0x65, 0x88}};
    static const uint8_t h265[][3] = {{0x02, 0x01, 0xd0}, {0x26, 0x01, 0xaf}};
    uint8_t bytes[2 * (4 + 512)];
    struct access_unit unit;

    for (size_t length = 256; length < 512; length++) {
        for (size_t nals = 1; nals <= 2; nals++) {
            const size_t size = nals * (4 + length);
            for (size_t i = 0; i < sizeof h264 / sizeof *h264; i++) {
                memset(bytes, 0x55, sizeof bytes);
                for (size_t at = 0; at < size; at += 4 + length) {
                    memcpy(bytes + at, (uint8_t[]){0, 0, 1, (uint8_t)length}, 4);
                    memcpy(bytes + at + 4, h264[i], sizeof h264[i]);
                }
                assert_false(access_unit_scan(PORT_CODEC_H264, bytes, size, &unit));
            }
            for (size_t i = 0; i < sizeof h265 / sizeof *h265; i++) {
                for (size_t at = 0; at < size; at += 4 + length)
                    memcpy(bytes + at + 4, h265[i], sizeof h265[i]);
                assert_false(access_unit_scan(PORT_CODEC_H265, bytes, size, &unit));
            }
        }
    }
}

/* Byte streams with the short start code, of each size at which the header read
 * as a length ends where the bytes do. */
static void start_codes_are_no_lengths(void **state)
{
    (void)state;
    static const struct {
        enum port_codec codec;
        uint8_t begin[6];
    } streams[] = {
        {PORT_CODEC_H264, {SC3, 0x41, 0x9a, 0x24}}, {PORT_CODEC_H264, {SC3, 0x01, 0x9f, 0x40}},
        {PORT_CODEC_H264, {SC3, 0x65, 0x88, 0x84}}, {PORT_CODEC_H264, {SC3, 0x09, 0x30, 0x00}},
        {PORT_CODEC_H264, {SC3, 0x67, 0x42, 0xc0}}, {PORT_CODEC_H264, {SC3, 0x67, 0x4d, 0x40}},
        {PORT_CODEC_H264, {SC3, 0x67, 0x64, 0x00}}, {PORT_CODEC_H264, {SC3, 0x06, 0x01, 0x04}},
        {PORT_CODEC_H264, {SC3, 0x06, 0x05, 0xff}}, {PORT_CODEC_H264, {SC3, 0x06, 0x06, 0x01}},
        {PORT_CODEC_H265, {SC3, 0x02, 0x01, 0xd0}}, {PORT_CODEC_H265, {SC3, 0x26, 0x01, 0xaf}},
        {PORT_CODEC_H265, {SC3, 0x40, 0x01, 0x0c}}, {PORT_CODEC_H265, {SC3, 0x46, 0x01, 0x50}},
    };
    uint8_t bytes[4 + 512];
    struct access_unit unit;

    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
        const size_t size = 4 + 256 + streams[i].begin[3];
        memset(bytes, 0x55, sizeof bytes);
        memcpy(bytes, streams[i].begin, sizeof streams[i].begin);
        if (!access_unit_scan(streams[i].codec, bytes, size, &unit))
            fail_msg("stream %zu of %zu bytes", i, size);
    }
}

enum answer { REFUSED, FRAME, KEY_FRAME };

static const struct {
    const char *name;
    enum port_codec codec;
    size_t size;
    uint8_t bytes[40];
    enum answer answer;
} frames[] = {
/* clang-format off */
#define LIST(...) sizeof((uint8_t[]){ __VA_ARGS__ }), { __VA_ARGS__ }
    /* clang-format on */
    {"H.264: a zero", PORT_CODEC_H264, LIST(0), REFUSED},
    {"H.264: zeros", PORT_CODEC_H264, LIST(0, 0, 0), REFUSED},
    {"H.264: a start code and nothing", PORT_CODEC_H264, LIST(0, 0, 1), REFUSED},
    {"H.264: one zero too few", PORT_CODEC_H264, LIST(0, 1, 0x65), REFUSED},
    {"H.264: a length (AVCC)", PORT_CODEC_H264, LIST(0, 0, 0, 2, 0x65, 0x88), REFUSED},
    {"H.264: a JPEG", PORT_CODEC_H264, LIST(0xff, 0xd8, 0xff), REFUSED},
    {"H.264: the forbidden bit", PORT_CODEC_H264, LIST(SC, 0xe5, 0x88), REFUSED},

    {"H.265: IDR_W_RADL", PORT_CODEC_H265, LIST(VPS_SPS_PPS, SC3, H265(19), 0xaf), KEY_FRAME},
    {"H.265: CRA", PORT_CODEC_H265, LIST(SC, H265(35), 0x50, VPS_SPS_PPS, SC, H265(21), 0xaf),
     KEY_FRAME},
    {"H.265: BLA_W_LP", PORT_CODEC_H265, LIST(VPS_SPS_PPS, SC, H265(16), 0xaf), KEY_FRAME},
    {"H.265: TRAIL_R", PORT_CODEC_H265, LIST(VPS_SPS_PPS, SC, H265(1), 0xaf), FRAME},
    {"H.265: beyond IRAP", PORT_CODEC_H265, LIST(VPS_SPS_PPS, SC, H265(24), 0xaf), FRAME},
    {"H.265: IDR without VPS", PORT_CODEC_H265,
     LIST(SC, H265(33), 1, SC, H265(34), 1, SC, H265(19), 0xaf), FRAME},
    {"H.265: IDR without SPS", PORT_CODEC_H265,
     LIST(SC, H265(32), 1, SC, H265(34), 1, SC, H265(19), 0xaf), FRAME},
    {"H.265: IDR without PPS", PORT_CODEC_H265,
     LIST(SC, H265(32), 1, SC, H265(33), 1, SC, H265(19), 0xaf), FRAME},
    {"H.265: IDR of another layer", PORT_CODEC_H265,
     LIST(VPS_SPS_PPS, SC, 19 << 1, 0x09, 0xaf, SC, H265(1), 0xaf), FRAME},
    {"H.265: half a header", PORT_CODEC_H265, LIST(SC, 19 << 1), REFUSED},
    {"H.265: the forbidden bit", PORT_CODEC_H265, LIST(SC, 0x80 | 19 << 1, 1), REFUSED},
    {"H.265: nuh_temporal_id_plus1 of 0", PORT_CODEC_H265, LIST(SC, 19 << 1, 0), REFUSED},
    {"H.265: no start code", PORT_CODEC_H265, LIST(H265(19), 0xaf), REFUSED},

    /* The tag: bit 0 is 0 for a key frame, then version, show_frame, first_part_size. */
    {"VP8: key frame", PORT_CODEC_VP8, LIST(0x30, 0, 0, 0x9d, 1, 0x2a, 64, 0, 48, 0, 7), KEY_FRAME},
    {"VP8: frame", PORT_CODEC_VP8, LIST(0x31, 0, 0, 7), FRAME},
    {"VP8: key frame, wrong start code", PORT_CODEC_VP8,
     LIST(0x30, 0, 0, 0x9d, 1, 0x2b, 64, 0, 48, 0, 7), REFUSED},
    {"VP8: key frame, cut", PORT_CODEC_VP8, LIST(0x10, 0, 0, 0x9d, 1, 0x2a, 64, 0, 48), REFUSED},
    {"VP8: first partition cut", PORT_CODEC_VP8, LIST(0x51, 0, 0, 7), REFUSED},
    {"VP8: first partition of 512 KiB", PORT_CODEC_VP8, LIST(0xf1, 0xff, 0xff, 7), REFUSED},
    {"VP8: version 4", PORT_CODEC_VP8, LIST(0x39, 0, 0, 7), REFUSED},
    {"VP8: tag cut", PORT_CODEC_VP8, LIST(0x31, 0), REFUSED},

    {"VP9: key frame", PORT_CODEC_VP9, LIST(0x82, 0x49, 0x83, 0x42, 0), KEY_FRAME},
    {"VP9: key frame of profile 3", PORT_CODEC_VP9, LIST(0xb1, 0x24, 0xc1, 0xa1, 0x00), KEY_FRAME},
    {"VP9: frame", PORT_CODEC_VP9, LIST(0x86, 0x00), FRAME},
    {"VP9: frame of profile 3", PORT_CODEC_VP9, LIST(0xb3, 0x00), FRAME},
    {"VP9: an existing frame shown", PORT_CODEC_VP9, LIST(0x88), FRAME},
    {"VP9: key frame, wrong sync code", PORT_CODEC_VP9, LIST(0x82, 0x49, 0x83, 0x43), REFUSED},
    {"VP9: key frame, cut", PORT_CODEC_VP9, LIST(0x82, 0x49, 0x83), REFUSED},
    {"VP9: reserved bit of profile 3", PORT_CODEC_VP9, LIST(0xb9, 0x24, 0xc1, 0xa1, 0), REFUSED},
    {"VP9: wrong marker", PORT_CODEC_VP9, LIST(0x42, 0x49, 0x83, 0x42), REFUSED},

    {"MJPEG", PORT_CODEC_MJPEG, LIST(0xff, 0xd8, 0xff, 0xe0), KEY_FRAME},
    {"MJPEG: no marker after SOI", PORT_CODEC_MJPEG, LIST(0xff, 0xd8, 0x00), REFUSED},
    {"MJPEG: cut", PORT_CODEC_MJPEG, LIST(0xff, 0xd8), REFUSED},
    {"MJPEG: H.264", PORT_CODEC_MJPEG, LIST(SC, IDR), REFUSED},

    {"codec 0", (enum port_codec)0, LIST(SC, SPS, SC, PPS, SC, IDR), REFUSED},
    {"codec 6", (enum port_codec)6, LIST(SC, SPS, SC, PPS, SC, IDR), REFUSED},
};

static void each_frame_is_taken_for_what_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        struct access_unit unit;
        uint8_t *exact = malloc(frames[i].size); /* for the sanitizer: nothing is read past it */
        memcpy(exact, frames[i].bytes, frames[i].size);
        bool is_one = access_unit_scan(frames[i].codec, exact, frames[i].size, &unit);
        enum answer answer = !is_one                           ? REFUSED
                             : access_unit_is_key_frame(&unit) ? KEY_FRAME
                                                               : FRAME;
        free(exact);
        if (answer != frames[i].answer)
            fail_msg("%s: %d instead of %d", frames[i].name, answer, frames[i].answer);
    }
}

static void nothing_is_no_frame(void **state)
{
    (void)state;
    struct access_unit unit;
    for (enum port_codec codec = 0; codec <= PORT_CODECS_KNOWN + 1; codec++)
        assert_false(access_unit_scan(codec, NULL, 0, &unit));
}

static void the_trailer_is_two_whole_nal_units(void **state)
{
    (void)state;
    const uint8_t *trailer;
    size_t size = access_unit_trailer(PORT_CODEC_H264, &trailer);
    struct access_unit unit = scan(trailer, size);
    assert_true(unit.has_aud);
    assert_int_equal(unit.nals, 2);
    assert_false(unit.has_slice);
    for (enum port_codec codec = PORT_CODEC_MJPEG; codec <= PORT_CODECS_KNOWN; codec++) {
        if (codec != PORT_CODEC_H264) {
            assert_int_equal(access_unit_trailer(codec, &trailer), 0);
            assert_null(trailer);
        }
    }
}

static void the_trailer_is_recognised(void **state)
{
    (void)state;
    static const uint8_t idr[] = {SC, IDR};
    uint8_t frame[64];

    for (enum port_codec codec = PORT_CODEC_MJPEG; codec <= PORT_CODECS_KNOWN; codec++) {
        const uint8_t *trailer;
        size_t more = access_unit_trailer(codec, &trailer), size = sizeof idr + more;
        memcpy(frame, idr, sizeof idr);
        if (more > 0)
            memcpy(frame + sizeof idr, trailer, more);
        assert_int_equal(access_unit_size(codec, frame, size), sizeof idr);
        assert_int_equal(access_unit_size(codec, frame + 1, size - 1), sizeof idr - 1);
        assert_int_equal(access_unit_size(codec, frame, size - 1), size - 1);
        assert_int_equal(access_unit_size(codec, frame, 6), 6);
        assert_int_equal(access_unit_size(codec, NULL, 0), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_frames),
        cmocka_unit_test(what_is_in_a_unit),
        cmocka_unit_test(start_codes_are_found_wherever_they_lie),
        cmocka_unit_test(a_guests_slice_is_not_looked_for_for_ever),
        cmocka_unit_test(a_slices_bytes_cost_nothing),
        cmocka_unit_test(lengths_are_no_start_codes),
        cmocka_unit_test(start_codes_are_no_lengths),
        cmocka_unit_test(each_frame_is_taken_for_what_it_is),
        cmocka_unit_test(nothing_is_no_frame),
        cmocka_unit_test(the_trailer_is_two_whole_nal_units),
        cmocka_unit_test(the_trailer_is_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
