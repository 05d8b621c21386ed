/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "media/barcode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define WIDTH 640
#define HEIGHT 48
#define STRIDE (WIDTH * 4)

static uint8_t picture[HEIGHT * STRIDE];

static void every_number_is_read_back(void **state)
{
    (void)state;
    for (unsigned number = 0; number <= UINT16_MAX; number += 251) {
        enum barcode_source source;
        uint16_t got;
        barcode_draw(picture, STRIDE, BARCODE_SOURCE_RECORDING, (uint16_t)number);
        assert_true(barcode_read(picture, STRIDE, WIDTH, HEIGHT, &source, &got));
        assert_int_equal(source, BARCODE_SOURCE_RECORDING);
        assert_int_equal(got, number);
    }
}

static void sources_are_told_apart(void **state)
{
    (void)state;
    enum barcode_source source;
    uint16_t number;
    barcode_draw(picture, STRIDE, BARCODE_SOURCE_VGPU, 7);
    assert_true(barcode_read(picture, STRIDE, WIDTH, HEIGHT, &source, &number));
    assert_int_equal(source, BARCODE_SOURCE_VGPU);
}

static void an_ordinary_picture_has_none(void **state)
{
    (void)state;
    enum barcode_source source;
    uint16_t number;
    memset(picture, 0, sizeof picture);
    assert_false(barcode_read(picture, STRIDE, WIDTH, HEIGHT, &source, &number));
    memset(picture, 0x80, sizeof picture);
    assert_false(barcode_read(picture, STRIDE, WIDTH, HEIGHT, &source, &number));
}

static void a_damaged_cell_is_noticed(void **state)
{
    (void)state;
    enum barcode_source source;
    uint16_t number;
    barcode_draw(picture, STRIDE, BARCODE_SOURCE_RECORDING, 0x1234);
    for (unsigned y = 0; y < BARCODE_CELL_PX; y++)
        for (unsigned x = 0; x < BARCODE_CELL_PX * 4; x++)
            picture[y * STRIDE + x] ^= 0xff;
    assert_false(barcode_read(picture, STRIDE, WIDTH, HEIGHT, &source, &number));
}

static void a_small_picture_is_refused(void **state)
{
    (void)state;
    enum barcode_source source;
    uint16_t number;
    barcode_draw(picture, STRIDE, BARCODE_SOURCE_RECORDING, 1);
    assert_false(barcode_read(picture, STRIDE, BARCODE_WIDTH_PX - 1, HEIGHT, &source, &number));
    assert_false(barcode_read(picture, STRIDE, WIDTH, BARCODE_HEIGHT_PX - 1, &source, &number));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_is_read_back),    cmocka_unit_test(sources_are_told_apart),
        cmocka_unit_test(an_ordinary_picture_has_none), cmocka_unit_test(a_damaged_cell_is_noticed),
        cmocka_unit_test(a_small_picture_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
