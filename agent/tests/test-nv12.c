/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The Windows agent's conversion against the Linux agent's, libyuv's. */
#include "agent/windows/nv12.h"

#include <libyuv/convert_from_argb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define WIDTH 66
#define HEIGHT 34
#define STRIDE (WIDTH * 4 + 12)
#define BYTES (WIDTH * HEIGHT * 3 / 2)

static uint8_t bgrx[STRIDE * HEIGHT], ours[BYTES + 1], theirs[BYTES];

static void expect_the_same(void)
{
    ours[BYTES] = 77;
    nv12_from_bgrx(ours, bgrx, STRIDE, WIDTH, HEIGHT);
    /* libyuv's name for these four bytes is that of a little-endian word. */
    ARGBToNV12(bgrx, STRIDE, theirs, WIDTH, theirs + WIDTH * HEIGHT, WIDTH, WIDTH, HEIGHT);
    for (unsigned i = 0; i < BYTES; i++)
        if (abs(ours[i] - theirs[i]) > 1)
            fail_msg("byte %u: %u, and %u by libyuv", i, ours[i], theirs[i]);
    assert_int_equal(ours[BYTES], 77);
}

static void colours_are_libyuvs(void **state)
{
    (void)state;
    static const uint8_t colours[][3] = {{0, 0, 0},     {255, 255, 255}, {255, 0, 0},
                                         {0, 255, 0},   {0, 0, 255},     {255, 255, 0},
                                         {0, 255, 255}, {255, 0, 255},   {128, 128, 128}};

    for (unsigned i = 0; i < sizeof colours / sizeof *colours; i++) {
        for (unsigned at = 0; at + 4 <= sizeof bgrx; at += 4)
            memcpy(bgrx + at, colours[i], 3);
        expect_the_same();
    }
    assert_int_equal(nv12_bytes(WIDTH, HEIGHT), BYTES);
}

static void noise_is_libyuvs(void **state)
{
    (void)state;
    uint32_t seed = 1;

    for (unsigned round = 0; round < 50; round++) {
        for (unsigned at = 0; at < sizeof bgrx; at++) {
            seed = seed * 1664525u + 1013904223u;
            bgrx[at] = (uint8_t)(seed >> 24);
        }
        expect_the_same();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colours_are_libyuvs),
        cmocka_unit_test(noise_is_libyuvs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
